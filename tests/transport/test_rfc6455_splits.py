"""Tests that the outcome doesn't depend on how TCP splits a client's bytes.

The transport reads plain requests, texts and close frames by itself, and leaves the rest to the
websockets library, so the same bytes may go two ways. For frames the library alone is the
oracle; for requests it is the outcome of the request byte by byte.
"""

import asyncio
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from camus_core.limits import Limits
from transport.raw_socket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame
from transport.rfc6455_cases import closing, head, message
from transport.rfc6455_echo import UPGRADE, Outcome, answer, play

LIMITS = Limits(frame_bytes=300)
"""Small enough for one payload to exceed it, large enough for a length of 16 bits."""

WOMAN = "👩".encode()

texts = st.one_of(
    st.sampled_from([b"", b"x", WOMAN, *(b"x" * size for size in (125, 126, 300, 301))]).map(
        frame
    ),
    st.sampled_from([7, 16, 64]).map(lambda width: head(2, width) + b"hi"),
)
controls = st.builds(frame, st.binary(max_size=5), st.sampled_from([PING, PONG]))


@st.composite
def fragments(draw: st.DrawFn) -> bytes:
    """Return a message in fragments, with control frames between them."""
    pieces = cut(draw(st.sampled_from([b"", b"ab", WOMAN * 2, b"x" * 301])), draw(places))
    data = b""
    for number, piece in enumerate(pieces):
        opcode = CONTINUATION if number else TEXT
        data += draw(st.just(b"") | controls)
        data += frame(piece, opcode, fin=number == len(pieces) - 1)
    return data


places = st.lists(st.integers(min_value=0, max_value=10_000), max_size=10)

ends = st.sampled_from(
    [
        b"",
        *map(closing, [0, 1000, 1001, 1005, 4000]),
        frame(b"", CLOSE),
        frame(b"x", CLOSE),
        frame(b"x", BINARY),
        frame(b"\xff"),
        message(b"\xe2\x82", b"x"),
        frame(b"x", CONTINUATION),
        frame(b"x", masked=False),
        frame(b"x", rsv=2),
        frame(b"x", 0x3),
        frame(b"x", PING, fin=False),
        frame(b"x", fin=False),
        frame(b"x", fin=False) + frame(b"y"),
        head(301, 16),
        head(1 << 63, 64),
    ]
)
"""The last bytes of a client: they end the connection, or the rest never arrives."""

streams = st.tuples(st.lists(texts | fragments() | controls, max_size=6), ends).map(
    lambda parts: b"".join([*parts[0], parts[1]])
)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Split at these positions, each modulo the length of the data."""
    at = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(at)] or [data]


def as_the_library_reads(stream: bytes) -> Outcome:
    """Return the outcome of a stream that one `ServerProtocol` reads."""
    protocol = ServerProtocol(state=State.OPEN, max_size=LIMITS.frame_bytes)
    protocol.receive_data(stream)
    texts: list[bytes] = []
    pongs: list[bytes] = []
    message = b""
    for event in protocol.events_received():
        assert isinstance(event, Frame)
        match event.opcode:
            case Opcode.BINARY:
                return Outcome(tuple(texts), tuple(pongs), 1003, 1003)
            case Opcode.PING:
                pongs.append(bytes(event.data))
            case Opcode.TEXT | Opcode.CONT:
                message += event.data
                if event.fin:
                    try:
                        message.decode()
                    except UnicodeDecodeError:
                        return Outcome(tuple(texts), tuple(pongs), 1007, 1007)
                    texts.append(message)
                    message = b""
            case _:
                pass
    if protocol.close_sent is None:
        return Outcome(tuple(texts), tuple(pongs))
    code, tcp = protocol.close_sent.code, "closed" if protocol.close_rcvd else "half"
    return Outcome(tuple(texts), tuple(pongs), code, code, tcp)


@given(streams, places)
@example(frame(b"", CLOSE), [])
@example(frame(b"", CLOSE), [1])
@example(closing(1000), [2])
@example(frame(b"x" * 299)[:-1], [])
def test_frames_cut_anywhere_are_read_as_the_library_reads_them(
    stream: bytes, places: list[int]
) -> None:
    assert asyncio.run(play([UPGRADE, *cut(stream, places)], LIMITS)) == as_the_library_reads(
        stream
    )


edits = st.lists(
    st.tuples(
        st.integers(0, len(UPGRADE)),
        st.integers(0, 3),
        st.sampled_from(
            [b"", b" ", b"\t", b",", b";", b":", b"\r\n", b"\n", b"\0", b"\xe9", b"=", b"1",
             b"/", b"?", b"a, b", b"\r\nX: y", b"\r\nSec-WebSocket-Protocol: chat, camus.2"]
        ),
    ),
    max_size=3,
)  # fmt: skip


def edited(edits: list[tuple[int, int, bytes]]) -> bytes:
    """Return the request with some bytes replaced by others."""
    request = UPGRADE
    for at, size, instead in edits:
        request = request[:at] + instead + request[at + size :]
    return request


async def response(pieces: list[bytes]) -> tuple[bytes, list[bytes]]:
    """Return status and headers without the date, or nothing for a hang-up."""
    _, wire = await answer(pieces, LIMITS)
    status, *headers = bytes(wire.written).partition(b"\r\n\r\n")[0].split(b"\r\n")
    return status, [header for header in headers if not header.startswith(b"Date:")]


@given(edits, places)
@example([(len(UPGRADE) - 4, 0, b"\r\nSec-WebSocket-Protocol: ;")], [1])
@example([(len(UPGRADE) - 4, 0, b"\r\nConnection: ;")], [1])
@example([(UPGRADE.index(b": Upgrade") + 9, 0, b", ;")], [1])
@example([(len(UPGRADE) - 4, 0, b"".join(b"\r\nX-%d: 1" % n for n in range(124)))], [1])
@example([(len(UPGRADE) - 4, 0, b"\r\nX: " + b"x" * 8190)], [1])
@example([(UPGRADE.index(b"\r\n"), 2, b"\r\n\n")], [UPGRADE.index(b"\r\n") + 3])
def test_a_request_cut_anywhere_has_one_answer(
    edits: list[tuple[int, int, bytes]], places: list[int]
) -> None:
    request = edited(edits)
    whole = asyncio.run(response([request]))
    assert asyncio.run(response(cut(request, places))) == whole


@given(streams, places)
@example(b"\x81\x84\r\n\r\n" + frame(b"x")[:4], [len(UPGRADE) - 1, len(UPGRADE) + 6])
def test_frames_that_come_together_with_the_request_are_read_after_it(
    stream: bytes, places: list[int]
) -> None:
    pieces = cut(UPGRADE + stream, places)
    assert asyncio.run(play(pieces, LIMITS)) == as_the_library_reads(stream)
