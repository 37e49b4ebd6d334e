"""Legal and illegal byte streams of clients with their outcomes, by sections of RFC 6455.

Each case names the section that decides it. `LIMIT` stands for `frame_bytes`.
"""

from attrs import frozen

from camus_core.limits import Limits
from transport.raw_socket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame
from transport.rfc6455_echo import NO_CODE, Outcome

LIMIT = 70_000
LIMITS = Limits(frame_bytes=LIMIT, message_burst=10_000, relayed_burst_bytes=1e9)
"""A limit above 16 bits, so that each of the three forms of a length occurs."""


@frozen
class Case:
    """Bytes that a client sends after the handshake, and their outcome."""

    section: str
    what: str
    sent: bytes
    outcome: Outcome

    def __str__(self) -> str:
        return f"{self.section} {self.what}"


def echo(*texts: bytes, pongs: tuple[bytes, ...] = ()) -> Outcome:
    """The texts are echoed and the connection stays open."""
    return Outcome(texts, pongs)


def fail(code: int, *texts: bytes, pongs: tuple[bytes, ...] = ()) -> Outcome:
    """The server fails the connection; the client need not answer (section 7.1.7)."""
    return Outcome(texts, pongs, code, code, "half")


def refuse(code: int, *texts: bytes) -> Outcome:
    """The server closes the connection, and the client is to answer (section 7.1.2)."""
    return Outcome(texts, (), code, code, "open")


def close(code: int, *texts: bytes, pongs: tuple[bytes, ...] = ()) -> Outcome:
    """The closing handshake is complete, and the server closes TCP (section 7.1.1)."""
    return Outcome(texts, pongs, code, code, "closed")


def head(size: int, width: int, opcode: int = TEXT) -> bytes:
    """Return the head of a frame whose length is written in 7, 16 or 64 bits; the mask is 0."""
    if width == 7:
        return bytes([0x80 | opcode, 0x80 | size]) + bytes(4)
    mark, count = (126, 2) if width == 16 else (127, 8)
    return bytes([0x80 | opcode, 0x80 | mark]) + size.to_bytes(count, "big") + bytes(4)


def closing(code: int, reason: bytes = b"") -> bytes:
    """Return a client's close frame."""
    return frame(code.to_bytes(2, "big") + reason, CLOSE)


def message(*pieces: bytes) -> bytes:
    """Return a text message in these fragments."""
    last = len(pieces) - 1
    return b"".join(
        frame(piece, CONTINUATION if number else TEXT, fin=number == last)
        for number, piece in enumerate(pieces)
    )


LENGTHS = [
    *(
        Case("5.2", f"{size} bytes", frame(b"x" * size), echo(b"x" * size))
        for size in (0, 1, 125, 126, 127, 128, 65535, 65536, LIMIT)
    ),
    # "the minimal number of bytes MUST be used" binds the sender; a longer form is accepted
    Case("5.2", "5 bytes, said in 16 bits", head(5, 16) + b"hello", echo(b"hello")),
    Case("5.2", "5 bytes, said in 64 bits", head(5, 64) + b"hello", echo(b"hello")),
    Case("5.2", "no byte, said in 64 bits", head(0, 64), echo(b"")),
    Case("5.2", "a ping, said in 16 bits", head(2, 16, PING) + b"hi", echo(pongs=(b"hi",))),
    Case(
        "5.2", "what comes behind a long form", head(5, 64) + b"hello" + frame(b"x"),
        echo(b"hello", b"x"),
    ),
]  # fmt: skip

TOO_LARGE = [
    Case("10.4", "one byte more than the limit", frame(b"x" * (LIMIT + 1)), fail(1009)),
    *(
        Case("10.4", f"only the head of {size} bytes", head(size, 64), fail(1009))
        for size in (LIMIT + 1, 1 << 40, (1 << 63) - 1)
    ),
    # "the most significant bit MUST be 0": treated like any length over the limit
    Case("5.2", "a length whose first bit is 1", head(1 << 63, 64), fail(1009)),
    Case("10.4", "as many in fragments", message(*[b"x" * 10_000] * 7), echo(b"x" * LIMIT)),
    Case(
        "10.4", "one byte more in fragments", message(*[b"x" * 10_000] * 7, b"x"), fail(1009)
    ),
    Case(
        "10.4", "only the head of the fragment that is too much",
        frame(b"x" * 60_000, fin=False) + head(10_001, 64, CONTINUATION), fail(1009),
    ),
    Case(
        "10.4", "a long message after a long message", frame(b"x" * LIMIT) * 2,
        echo(b"x" * LIMIT, b"x" * LIMIT),
    ),
]  # fmt: skip

PINGS = [
    *(
        Case("5.5.2", f"a ping of {len(data)} bytes", frame(data, PING), echo(pongs=(data,)))
        for data in (b"", b"p", b"p" * 125)
    ),
    Case("5.5.2", "a ping that is no text", frame(b"\0\xff", PING), echo(pongs=(b"\0\xff",))),
    Case(
        "5.5.2", "ten pings", b"".join(frame(b"%d" % n, PING) for n in range(10)),
        echo(pongs=tuple(b"%d" % n for n in range(10))),
    ),
    Case(
        "5.4", "a ping in the middle of a message",
        frame(b"a", fin=False) + frame(b"!", PING) + frame(b"b", CONTINUATION),
        echo(b"ab", pongs=(b"!",)),
    ),
    Case("5.5.3", "a pong that nobody asked for", frame(b"?", PONG) + frame(b"x"), echo(b"x")),
    Case("5.5", "a ping of 126 bytes", frame(b"p" * 126, PING), fail(1002)),
    Case("5.5", "a pong of 126 bytes", frame(b"p" * 126, PONG), fail(1002)),
    Case("5.5", "a ping in fragments", frame(b"p", PING, fin=False), fail(1002)),
    Case("5.5", "a pong in fragments", frame(b"p", PONG, fin=False), fail(1002)),
]  # fmt: skip

RESERVED = [
    *(
        Case("5.2", f"bits {bits:03b}, {name}", frame(b"x", opcode, rsv=bits), fail(1002))
        for bits in range(1, 8)
        for name, opcode in (("text", TEXT), ("ping", PING))
    ),
    *(
        Case("5.2", f"opcode {opcode}", frame(b"x", opcode), fail(1002))
        for opcode in (0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF)
    ),
    Case("5.2", "a bit after a text", frame(b"x") + frame(b"", rsv=4), fail(1002, b"x")),
]  # fmt: skip

UNMASKED = [
    Case("5.1", what, data, fail(1002))
    for what, data in [
        ("a text", frame(b"x", masked=False)),
        ("an empty text", frame(b"", masked=False)),
        ("a ping", frame(b"x", PING, masked=False)),
        ("a close frame", frame(b"\x03\xe8", CLOSE, masked=False)),
        ("a long text", frame(b"x" * 1000, masked=False)),
        ("a fragment", frame(b"a", fin=False) + frame(b"b", CONTINUATION, masked=False)),
    ]
]

FRAGMENTS = [
    Case("5.4", "two", message(b"a", b"b"), echo(b"ab")),
    Case("5.4", "a thousand of one byte", message(*[b"x"] * 1000), echo(b"x" * 1000)),
    Case("5.4", "some are empty", message(b"", b"a", b"", b"b", b""), echo(b"ab")),
    Case("5.4", "all are empty", message(b"", b"", b""), echo(b"")),
    Case(
        "5.4", "one message after another",
        message(b"a", b"b") + frame(b"c") + message(b"d", b""),
        echo(b"ab", b"c", b"d"),
    ),
    Case("5.4", "the last one is missing", frame(b"a", fin=False), echo()),
    Case("5.4", "a last one of nothing", frame(b"a", CONTINUATION), fail(1002)),
    Case("5.4", "a first one of nothing", frame(b"a", CONTINUATION, fin=False), fail(1002)),
    Case(
        "5.4", "one of nothing after a message",
        message(b"a", b"b") + frame(b"c", CONTINUATION), fail(1002, b"ab"),
    ),
    Case("5.4", "a text within a text", frame(b"a", fin=False) + frame(b"b"), fail(1002)),
    Case("5.4", "a second start", frame(b"a", fin=False) + frame(b"b", fin=False), fail(1002)),
]  # fmt: skip

NO_BINARY = [
    Case("7.4.1", "a binary message", frame(b"x", BINARY), refuse(1003)),
    Case("7.4.1", "an empty one", frame(b"", BINARY), refuse(1003)),
    Case("7.4.1", "one in fragments", frame(b"x", BINARY, fin=False), refuse(1003)),
    Case("7.4.1", "one after a text", frame(b"x") + frame(b"", BINARY), refuse(1003, b"x")),
]

UTF8 = [
    "Hello-µ@ßöäüàá-UTF-8!!".encode(),
    "κόσμε".encode(),
    *(
        chr(point).encode()
        for point in (
            0x0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFDD0, 0xFFFD, 0xFFFE, 0xFFFF,
            0x10000, 0x1F469, 0x1FFFF, 0x10FFFF,
        )
    ),
]  # fmt: skip
"""The first and last character of each length in RFC 3629 (section 8.1), and invalid ones."""

NOT_UTF8 = {
    "a continuation byte": b"\x80",
    "the last continuation byte": b"\xbf",
    "two characters cut off": b"\xce\xce",
    "half of two bytes": b"\xc3",
    "a third of three": b"\xe2",
    "two thirds of three": b"\xe2\x82",
    "three quarters of four": b"\xf0\x9f\x91",
    "two bytes, the second of ASCII": b"\xc3(",
    "overlong slash in two bytes": b"\xc0\xaf",
    "overlong DEL in two bytes": b"\xc1\xbf",
    "overlong slash in three bytes": b"\xe0\x80\xaf",
    "overlong U+07FF": b"\xe0\x9f\xbf",
    "overlong slash in four bytes": b"\xf0\x80\x80\xaf",
    "overlong U+FFFF": b"\xf0\x8f\xbf\xbf",
    "overlong NUL": b"\xc0\x80",
    "the first surrogate": b"\xed\xa0\x80",
    "the last surrogate": b"\xed\xbf\xbf",
    "a pair of surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
    "U+110000": b"\xf4\x90\x80\x80",
    "the first of five bytes": b"\xf8\x88\x80\x80\x80",
    "the first of six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "0xFE": b"\xfe",
    "0xFF": b"\xff",
}

TEXTS = [
    *(Case("8.1", ascii(text.decode()), frame(text), echo(text)) for text in UTF8),
    *(
        Case(
            "8.1", f"{text.decode()!a}, each byte a fragment",
            message(*(text[at : at + 1] for at in range(len(text)))), echo(text),
        )
        for text in UTF8
    ),
]  # fmt: skip

BAD_TEXTS = [
    *(Case("8.1", what, frame(b"-" + t), refuse(1007)) for what, t in NOT_UTF8.items()),
    *(
        Case("8.1", f"{what}, at the end of fragments", message(b"-", t), refuse(1007))
        for what, t in NOT_UTF8.items()
    ),
    Case("8.1", "after a text", frame(b"x") + frame(b"\xff"), refuse(1007, b"x")),
]

CLOSES = [
    Case("5.5.1", "no code", frame(b"", CLOSE), close(NO_CODE)),
    *(
        Case("7.4", f"code {code}", closing(code), close(code))
        for code in (
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
            3000, 3999, 4000, 4999,
        )
    ),
    Case("5.5.1", "a reason", closing(1001, b"the page is closed"), close(1001)),
    Case("5.5.1", "the longest reason", closing(1000, b"r" * 123), close(1000)),
    Case("5.5.1", "after a text", frame(b"x") + closing(1000), close(1000, b"x")),
    Case("1.4", "before a text", closing(1000) + frame(b"x"), close(1000)),
    Case("1.4", "before a ping", closing(1000) + frame(b"x", PING), close(1000)),
    Case("1.4", "before what is no frame", closing(1000) + b"\xff" * 20, close(1000)),
    Case("1.4", "twice", closing(1000) + closing(1001), close(1000)),
    Case("5.4", "within a message", frame(b"x", fin=False) + closing(1001), close(1001)),
    Case("5.5.1", "in answer to ours", frame(b"", BINARY) + closing(1003), close(1003)),
]  # fmt: skip

BAD_CLOSES = [
    *(
        Case("7.4", f"code {code}", closing(code), fail(1002))
        for code in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)
    ),
    Case("5.5.1", "half a code", frame(b"\x03", CLOSE), fail(1002)),
    Case("5.5.1", "a reason that is no UTF-8", closing(1000, b"\xff"), fail(1007)),
    Case("5.5", "124 bytes of reason", closing(1000, b"r" * 124), fail(1002)),
    Case("5.5", "in fragments", frame(b"\x03\xe8", CLOSE, fin=False), fail(1002)),
]
