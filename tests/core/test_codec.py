"""What is JSON, what is a message, and what is said of the rest: one corpus, every codec."""

import json

import pytest

from camus_core import messages as m
from camus_core.codec import Codec, JsonCodec, best_codec
from camus_core.errors import ProtocolError
from camus_core.json_text import from_json, to_json
from camus_core.messages import Json

from .frames_accepted import ACCEPTED, Accepted
from .frames_refused import REFUSED, Refused

CODECS = {type(codec): codec for codec in (JsonCodec(), best_codec())}.values()
"""Where msgspec is not installed there is but one."""

every_codec = pytest.mark.parametrize("codec", CODECS, ids=lambda one: type(one).__name__)


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


def test_every_type_of_the_wire_is_in_the_corpus() -> None:
    assert {case.message.type for case in ACCEPTED} >= m.MESSAGES.keys()


@every_codec
def test_the_words_never_repeat_what_the_client_wrote(codec: Codec) -> None:
    secret = "correct horse battery staple"
    for frame in (
        {"receiver": 5, "type": secret},
        {"receiver": "room", "type": secret},
        {"receiver": "room", "type": "offer", "data": {"type": secret, "sdp": [secret]}},
        {"receiver": "room", "type": "text", "data": secret},
    ):
        with pytest.raises(ProtocolError) as caught:
            codec.decode(json.dumps(frame).encode())
        assert secret not in str(caught.value)


@every_codec
def test_a_payload_of_64_kib_goes_through(codec: Codec) -> None:
    sdp = to_json({"type": "offer", "sdp": "v=0\r\n" * 10_000})
    offer = m.Offer("b0b", sdp, "ann")
    assert codec.decode(codec.encode(offer)) == offer


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
