"""Tests of every codec with one corpus: JSON, messages, and refusals."""

import gc
import json
from contextlib import suppress
from copy import copy

import attrs
import pytest

from camus_core.conformance import examples
from camus_core.wire import messages as m
from camus_core.wire.codec import Codec, installed_scanners
from camus_core.wire.errors import MalformedMessage, ProtocolError
from camus_core.wire.fast_codec import FastCodec
from camus_core.wire.json_codec import JsonCodec, frame_size
from camus_core.wire.json_text import from_json, to_json
from camus_core.wire.messages import Json

from .frames_accepted import ACCEPTED as ACCEPTED_OF_CORE
from .frames_accepted import Accepted
from .frames_of_sessions import ACCEPTED_OF_SESSIONS, REFUSED_OF_SESSIONS
from .frames_refused import REFUSED as REFUSED_OF_CORE
from .frames_refused import Refused
from .frames_with_ids import MISNAMED, NAMED, Named, misnamed

ACCEPTED = [*ACCEPTED_OF_CORE, *ACCEPTED_OF_SESSIONS]
REFUSED = [*REFUSED_OF_CORE, *REFUSED_OF_SESSIONS]

SCANNERS = {one.__name__.rpartition(".")[2]: one for one in installed_scanners()}
"""The scanners that are installed, by the names of their modules."""

EXAMPLES: list[str] = [one for name, one in vars(examples).items() if name.isupper()]
"""The examples of the page of the protocol."""


def _type(example: str) -> str:
    return str(json.loads(example)["type"])


CODECS: list[Codec] = [JsonCodec(), *map(FastCodec, SCANNERS.values())]

every_codec = pytest.mark.parametrize("codec", CODECS, ids=["reference", *SCANNERS])
every_lenient_codec = pytest.mark.parametrize(
    "codec",
    [JsonCodec(lenient=True), *(FastCodec(one, lenient=True) for one in SCANNERS.values())],
    ids=["reference", *SCANNERS],
)


@every_codec
@pytest.mark.parametrize("case", ACCEPTED, ids=lambda one: one.what)
def test_a_frame_of_the_described_form_is_read_exactly(codec: Codec, case: Accepted) -> None:
    assert codec.decode(case.frame) == case.message


@every_codec
@pytest.mark.parametrize("case", ACCEPTED, ids=lambda one: one.what)
def test_a_message_is_written_to_the_byte(codec: Codec, case: Accepted) -> None:
    assert codec.encode(codec.decode(case.frame)) == case.written


@every_codec
@pytest.mark.parametrize("case", REFUSED, ids=lambda one: one.what)
def test_another_frame_is_refused_in_the_same_words(codec: Codec, case: Refused) -> None:
    with pytest.raises(ProtocolError) as caught:
        codec.decode(case.frame)
    assert (type(caught.value), str(caught.value)) == (case.error, case.text)


@pytest.mark.slow
@every_codec
def test_a_refused_frame_leaves_nothing_for_the_garbage_collector(codec: Codec) -> None:
    for case in REFUSED:  # what a codec makes at its first use stays
        with suppress(ProtocolError):
            codec.decode(case.frame, ids=True)
    gc.collect()
    gc.disable()
    try:
        for case in REFUSED:
            with suppress(ProtocolError):
                codec.decode(case.frame, ids=True)
            assert gc.collect() == 0, case.what
    finally:
        gc.enable()


@every_codec
@pytest.mark.parametrize("case", ACCEPTED, ids=lambda one: one.what)
def test_the_size_of_a_frame_is_known_without_encoding_it(codec: Codec, case: Accepted) -> None:
    message = copy(case.message)
    message.receiver = "room"
    assert frame_size(message) == len(codec.encode(message))


@every_codec
@pytest.mark.parametrize(
    "text", ["\x01", "\x7f", "\n", '"', "\\", "\u00fc", "\u20ac", "\U0001f680"]
)
def test_so_it_is_whatever_ids_and_names_are_made_of(codec: Codec, text: str) -> None:
    ann = "a" * 32
    said = m.Text("room", {text: Json(b"1"), "text": to_json(text)}, ann, id=text * 64)
    for message in (
        said,
        said.said_by(ann, to_json(text), 1615918847.68),
        m.Extension(f"x-{text}", ann, Json(b"1"), ann, id=text),
        m.Undeliverable(ann, m.UndeliverableBody(ann, "gone"), m.GROUND_CONTROL, reply_to=text),
        m.ClientUpdated("room", m.SessionClient(ann, text, "guest"), m.GROUND_CONTROL),
    ):
        assert frame_size(message) == len(codec.encode(message))


@every_codec
@pytest.mark.parametrize("example", EXAMPLES, ids=_type)
def test_an_example_of_the_page_is_read_and_written(codec: Codec, example: str) -> None:
    written = json.loads(codec.encode(codec.decode(example.encode(), ids=True)))
    assert written == {"sender": "", "data": None, **json.loads(example)}


def test_every_type_of_the_wire_is_in_the_corpus_or_among_the_examples() -> None:
    types = {*(case.message.type for case in ACCEPTED), *map(_type, EXAMPLES)}
    assert types >= m.MESSAGES.keys()


# The members `id` and `reply_to` -------------------------------------------------------


@every_codec
@pytest.mark.parametrize("case", NAMED, ids=lambda one: one.what)
def test_in_the_session_profile_ids_are_read_and_written(codec: Codec, case: Named) -> None:
    message = codec.decode(case.frame, ids=True)
    assert message == m.Ping("room", Json(b"5"), id=case.id, reply_to=case.reply_to)
    head = b'{"sender":"","receiver":"room","type":"ping",'
    assert codec.encode(message) == head + case.written + b'"data":5}'


@every_codec
@pytest.mark.parametrize("case", NAMED, ids=lambda one: one.what)
def test_in_the_core_profile_they_are_ignored(codec: Codec, case: Named) -> None:
    assert codec.decode(case.frame) == m.Ping("room", Json(b"5"))


@every_codec
@pytest.mark.parametrize(("members", "words"), MISNAMED)
def test_ids_of_another_form_are_refused_where_ids_are_read(
    codec: Codec, members: bytes, words: str
) -> None:
    with pytest.raises(MalformedMessage) as caught:
        codec.decode(misnamed(members), ids=True)
    assert (str(caught.value), caught.value.reply_to) == (words, None)
    assert codec.decode(misnamed(members)) == m.Extension("x-any", "room")


@every_codec
@pytest.mark.parametrize("case", ACCEPTED, ids=lambda one: one.what)
def test_every_type_has_ids(codec: Codec, case: Accepted) -> None:
    without_ids = codec.decode(case.frame)
    named = case.written.replace(b'{"sender":', b'{"id":"a","reply_to":"b","sender":', 1)
    message = codec.decode(named, ids=True)
    assert (message.id, message.reply_to) == ("a", "b")
    message.id = message.reply_to = None
    assert message == without_ids


@every_codec
@pytest.mark.parametrize(
    "refused",
    [
        b'{"receiver":"room","type":"nonsense","id":"7"}',
        b'{"receiver":"room","type":"offer","data":{},"id":"7"}',
        b'{"receiver":"room","type":"ack","data":{"received":-1},"id":"7"}',
        b'{"type":"ack","id":"7"}',
        b'{"receiver":"room","type":"nonsense","id":"7","reply_to":7}',
    ],
)
def test_a_refusal_knows_which_frame_it_answers(codec: Codec, refused: bytes) -> None:
    for ids, reply_to in ((True, "7"), (False, None)):
        with pytest.raises(ProtocolError) as caught:
            codec.decode(refused, ids=ids)
        assert caught.value.reply_to == reply_to


@every_codec
@pytest.mark.parametrize("rest", [b"", b',"receiver":5', b',"receiver":"room","id":8'])
@pytest.mark.parametrize("type", ["ping", "pong", "ack", "text", ["ping"], None])
def test_a_refusal_knows_whether_its_frame_counts(
    codec: Codec, type: object, rest: bytes
) -> None:
    with pytest.raises(MalformedMessage) as caught:
        codec.decode(b'{"type":%b%b}' % (to_json(type), rest), ids=True)
    is_counted = type not in ("ping", "pong", "ack")
    assert caught.value.refusal().is_counted == is_counted


# Words of a newer server ---------------------------------------------------------------

A, B = "a" * 32, "b" * 32

WORDS = [
    ("client-left", {"id": A, "reason": "moved"}, m.ClientLeftBody(A, "gone")),
    ("undeliverable", {"receiver": A, "reason": "moved"}, m.UndeliverableBody(A, "gone")),
    (
        "client-joined",
        {"id": A, "username": "Ann", "role": "speaker"},
        m.SessionClient(A, "Ann", "guest"),
    ),
    (
        "client-updated",
        {"id": A, "username": "Ann", "role": "speaker", "colour": "red"},
        m.SessionClient(A, "Ann", "guest"),
    ),
]
"""Payloads with a word, and what a client makes of them."""


def by_server(type: str, data: object) -> bytes:
    return to_json({"sender": m.GROUND_CONTROL, "receiver": "room", "type": type, "data": data})


@every_lenient_codec
@pytest.mark.parametrize(("type", "data", "read"), WORDS, ids=[type for type, *_ in WORDS])
def test_a_client_takes_a_word_that_it_does_not_know_for_its_fallback(
    codec: Codec, type: str, data: object, read: object
) -> None:
    message = codec.decode(by_server(type, data), ids=True)
    assert isinstance(message, m.Described)
    assert (message.type, message.data) == (type, read)
    for strict in CODECS:
        with pytest.raises(MalformedMessage, match="expected '"):
            strict.decode(by_server(type, data), ids=True)


@every_lenient_codec
def test_so_it_does_in_joined(codec: Codec) -> None:
    ann, bob = ({"id": id, "username": "Ann", "role": "speaker"} for id in (A, B))
    [joined] = (case for case in ACCEPTED_OF_SESSIONS if case.what == "joined, and not resumed")
    message = codec.decode(joined.frame)
    members = json.loads(joined.frame)
    members["data"] |= {"role": "speaker", "reason": "moved", "clients": [ann, bob]}
    newer = codec.decode(to_json(members))
    assert isinstance(message, m.Joined) and isinstance(newer, m.Joined)
    assert newer.data == attrs.evolve(
        message.data,
        role="guest",
        reason="unknown",
        clients=tuple(m.SessionClient(id, "Ann", "guest") for id in (A, B)),
    )


@every_lenient_codec
@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("client-left", {"id": A, "reason": 5}),
        ("client-left", {"id": A, "reason": None}),
        ("client-left", {"id": A}),
        ("set-role", {"id": A, "role": "speaker"}),
        ("ice-servers", [{"urls": ["turn:example.com"], "kind": "relay"}]),
        ("offer", {"type": "bid", "sdp": ""}),
    ],
)
def test_another_word_has_no_fallback(codec: Codec, type: str, data: object) -> None:
    with pytest.raises(MalformedMessage):
        codec.decode(by_server(type, data), ids=True)


@every_lenient_codec
@pytest.mark.parametrize("case", ACCEPTED, ids=lambda one: one.what)
def test_every_other_frame_a_client_reads_as_a_server_does(
    codec: Codec, case: Accepted
) -> None:
    assert codec.decode(case.frame) == case.message


# Texts of refusals, and written JSON --------------------------------------------------------


@every_codec
def test_the_words_never_repeat_what_the_client_wrote(codec: Codec) -> None:
    secret = "correct horse battery staple"
    for frame in (
        {"receiver": 5, "type": secret},
        {"receiver": "room", "type": secret},
        {"receiver": "room", "type": "offer", "data": {"type": secret, "sdp": [secret]}},
        {"receiver": "room", "type": "text", "data": secret},
        {"receiver": "room", "type": "join", "data": {"password": [secret]}},
        {"receiver": "room", "type": "join", "data": {"resume": {"received": secret}}},
    ):
        with pytest.raises(ProtocolError) as caught:
            codec.decode(json.dumps(frame).encode())
        assert secret not in str(caught.value)


@every_codec
def test_a_payload_of_64_kib_goes_through(codec: Codec) -> None:
    sdp = to_json({"type": "offer", "sdp": "v=0\r\n" * 10_000})
    offer = m.Offer("b0b", sdp, "ann")
    assert codec.decode(codec.encode(offer)) == offer


@every_codec
@pytest.mark.parametrize("before", ["", "[],", "[{}]," * 9000, '"[[",'], ids=len)
@pytest.mark.parametrize("levels", [29, 30, 31, 32, 33, 300])
def test_32_levels_are_read_and_no_more_whatever_stands_before(
    codec: Codec, before: str, levels: int
) -> None:
    deepest = "[" * levels + "]" * levels
    frame = f'{{"receiver":"room","type":"x-deep","data":[{before}{deepest}]}}'.encode()
    if levels + 2 <= 32:
        assert codec.decode(frame).type == "x-deep"
    else:
        with pytest.raises(MalformedMessage, match="more than 32 levels deep"):
            codec.decode(frame)


def test_values_become_json_without_spaces_and_come_back() -> None:
    value = {"a": [1, None, "\u00fc\U0001f680\n"], "b": {}}
    assert to_json(value) == '{"a":[1,null,"\u00fc\U0001f680\\n"],"b":{}}'.encode()
    assert from_json(to_json(value)) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), ["\ud800"]])
def test_what_json_has_no_form_for_does_not_become_json(value: object) -> None:
    with pytest.raises(ValueError):
        to_json(value)


def test_objects_of_python_do_not_become_json() -> None:
    with pytest.raises(TypeError):
        to_json({1, 2})


def test_a_text_without_members_is_written_as_an_empty_object() -> None:
    frames = {codec.encode(m.Text("b0b", {}, "ann")) for codec in CODECS}
    assert frames == {b'{"sender":"ann","receiver":"b0b","type":"text","data":{}}'}


def test_names_in_a_text_are_escaped() -> None:
    frames = {codec.encode(m.Text("b0b", {'"': Json(b"1")}, "ann")) for codec in CODECS}
    assert frames == {b'{"sender":"ann","receiver":"b0b","type":"text","data":{"\\"":1}}'}
