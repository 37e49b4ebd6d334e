"""Tests that every codec gives the same result for any bytes."""

import json
from functools import reduce
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camus_core.wire.codec import Codec, installed_scanners
from camus_core.wire.errors import ProtocolError
from camus_core.wire.fast_codec import FastCodec
from camus_core.wire.json_codec import JsonCodec
from camus_core.wire.messages import MESSAGES, Message

from .frames_accepted import ACCEPTED, frame
from .frames_of_sessions import ACCEPTED_OF_SESSIONS, REFUSED_OF_SESSIONS
from .frames_refused import REFUSED
from .frames_with_ids import MISNAMED, NAMED, misnamed

CODECS = [
    (JsonCodec(lenient=it), FastCodec(scanner, lenient=it))
    for scanner in installed_scanners()
    for it in (False, True)
]
"""The codecs of servers and of clients, each with the reference."""

pytestmark = pytest.mark.skipif(not CODECS, reason="needs the extension in C, or msgspec")

Verdict = Message | tuple[type[ProtocolError], str, str | None]


def verdict(codec: Codec, read: bytes, ids: bool) -> Verdict:
    try:
        return codec.decode(read, ids=ids)
    except ProtocolError as error:
        return type(error), str(error), error.reply_to


def agree(read: bytes) -> None:
    """Check that both codecs agree on these bytes, the invariant of this file.

    With and without ids, both return equal messages, which both write in the same bytes, or
    both refuse with the same class, the same text and the same `reply_to`.
    """
    for (slow, fast), ids in product(CODECS, (False, True)):
        first, second = verdict(slow, read, ids), verdict(fast, read, ids)
        assert first == second
        if not isinstance(first, tuple) and not isinstance(second, tuple):
            assert type(first) is type(second)
            assert slow.encode(first) == fast.encode(second)


# Mutations of frames -------------------------------------------------------------------

FRAMES = [
    *(case.frame for case in ACCEPTED),
    *(case.frame for case in ACCEPTED_OF_SESSIONS),
    *(case.frame for case in REFUSED if len(case.frame) < 2_000),
    *(case.frame for case in REFUSED_OF_SESSIONS),
    *(case.frame for case in NAMED),
    *(misnamed(members) for members, _ in MISNAMED),
]

ODD = [
    *(b'{ } [ ] " : , \\ \\\\ \\" / 0 -0 01 1. 1e5 1.0 1e999 -1e999 NaN Infinity').split(b" "),
    *(rb"\ud800 \udc00 \ud83d\ude80 \u0000 \u00 \x null true false x-").split(b" "),
    *(b" ", b"\t", b"\x00", b"\x1f", b"\x7f", b"\xff", b"\xc3\xa9", b"\xed\xa0\x80"),
    *(b"\xef\xbb\xbf", b"\xe2\x80\xa8", b'"a":1,', b"{}", b"[]", b'""', b"9" * 1000),
    *(b"9" * 1001, b"[" * 31, b"[" * 33, b"]" * 33, b"[[[[[[[[]]]]]]]]", b'{"a":' * 16),
    *(b'"data":null,', b'"type":"ping",', b'"receiver":5,', b'"sender":[],', b'"x":5,'),
    *(b'"id":"7",', b'"id":5,', b'"reply_to":"7",', b'"id":"%b",' % (b"7" * 65)),
    *(b'"type":"ack","data":{"received":1},', b'"received":-1,', b'"received":1.0,'),
    b'"x":%b%b,' % (b"[" * 33, b"]" * 33),
    b'"data":%b%b,' % (b"[" * 33, b"]" * 33),
    b'"x":%b,' % (b"9" * 1001),
    b"".join(b'"%d":0,' % number for number in range(40)),
]

places = st.floats(0, 1)


@st.composite
def changed(draw: st.DrawFn, read: bytes) -> bytes:
    """Change a frame at one position: flip a bit, cut, insert, splice, repeat."""
    at = int(draw(places) * len(read))
    to = at + draw(st.integers(0, 12))
    match draw(st.sampled_from(["flip", "cut off", "cut out", "put in", "splice", "repeat"])):
        case "flip" if at < len(read):
            return read[:at] + bytes([read[at] ^ 1 << draw(st.integers(0, 7))]) + read[at + 1 :]
        case "cut off":
            return read[:at]
        case "cut out":
            return read[:at] + read[to:]
        case "put in":
            return read[:at] + draw(st.sampled_from(ODD)) + read[at:]
        case "splice":
            other = draw(st.sampled_from(FRAMES))
            return read[:at] + other[int(draw(places) * len(other)) :]
        case _:
            return read[:to] + read[at:]


@st.composite
def mutated_frames(draw: st.DrawFn) -> bytes:
    read = draw(st.sampled_from(FRAMES))
    return reduce(lambda now, _: draw(changed(now)), range(draw(st.integers(1, 4))), read)


@pytest.mark.slow
@settings(max_examples=2000)
@given(mutated_frames())
def test_the_codecs_agree_on_mutated_frames(read: bytes) -> None:
    agree(read)


# Members of envelopes, in any order and number -----------------------------------------

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=8)
    | st.sampled_from([*MESSAGES, "x-any", "room", 2**64, 10**1000, 10**1000 - 1]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "sdp", "candidate", "sdpMid", "sdpMLineIndex", "text"])
            | st.sampled_from(["from", "time", "username", "code", "message", "retry_after"])
            | st.sampled_from(["urls", "kind", "room_id", "clients", "id", "data"])
            | st.sampled_from(["received", "session", "resume", "role", "reason", "public"])
            | st.text(max_size=3),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)

members = st.tuples(
    st.sampled_from(["sender", "receiver", "type", "data", "id", "reply_to"])
    | st.text(max_size=3),
    values | st.sampled_from([*MESSAGES]),
)


@pytest.mark.slow
@settings(max_examples=1000)
@given(st.lists(members, max_size=7), st.booleans(), st.sampled_from([None, 1]))
def test_the_codecs_agree_on_objects_with_any_members(
    envelope: list[tuple[str, object]], ascii_only: bool, indent: int | None
) -> None:
    parts = [
        f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=ascii_only, indent=indent)}"
        for name, value in envelope
    ]
    agree(("{" + ",".join(parts) + "}").encode(errors="replace"))


@pytest.mark.slow
@settings(max_examples=2000)
@given(st.sampled_from([*MESSAGES, "x-any"]), values)
def test_the_codecs_agree_on_any_payload_of_any_type(type_: str, value: object) -> None:
    agree(frame(type_, json.dumps(value).encode()))


@settings(max_examples=500)
@given(st.binary(max_size=200))
def test_the_codecs_agree_on_any_bytes(read: bytes) -> None:
    agree(read)


@settings(max_examples=300)
@given(st.integers(-2, 2), st.integers(0, 40), st.sampled_from([b"[", b'{"a":']))
def test_the_codecs_agree_on_numbers_and_depths_around_the_limits(
    beside: int, depth: int, bracket: bytes
) -> None:
    closing = (b"]" if bracket == b"[" else b"}") * depth
    agree(frame("x-any", bracket * depth + b"9" * (1000 + beside) + closing))
