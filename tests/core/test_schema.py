"""The JSON Schema for other languages: it accepts what the codec reads and what it writes."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camus_core.conformance.scenario import Connects, Hears, Says, Setting
from camus_core.conformance.vocabulary import BILL, CAMUS_2, join, joined
from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.errors import CLOSE_CODES, ProtocolError, Reconnect
from camus_core.wire.json_codec import JsonCodec
from camus_core.wire.json_text import split_members, to_json
from camus_core.wire.messages import Message
from camus_core.wire.schema import contract
from camus_core.wire.states import CLIENT, EVERYONE, SERVER, State
from driving.conversation import Conversation

from .frames_accepted import ACCEPTED, Accepted, frame
from .frames_of_sessions import ACCEPTED_OF_SESSIONS, REFUSED_OF_SESSIONS
from .frames_refused import REFUSED, Refused

jsonschema = pytest.importorskip("jsonschema")

FILE = Path(__file__).parents[2] / "docs" / "protocol.schema.json"

CODEC = JsonCodec()
CONTRACT = contract()
DEFINITIONS: dict[str, Any] = CONTRACT["$defs"]
BESIDE: dict[str, Any] = CONTRACT["x-camus"]

PLAIN = jsonschema.Draft202012Validator

INTEGERS_AS_WRITTEN = jsonschema.validators.extend(
    PLAIN,
    type_checker=PLAIN.TYPE_CHECKER.redefine("integer", lambda _, one: type(one) is int),
)
"""The codec refuses 1.0 for an integer; JSON Schema, which doesn't see the text, accepts it."""


def validator(name: str, judge: Any = INTEGERS_AS_WRITTEN) -> Any:
    return judge({**CONTRACT, "$ref": f"#/$defs/{name}"})


MESSAGE, SAID, HEARD = validator("Message"), validator("Said"), validator("Heard")

BEYOND_A_SCHEMA = {
    "not UTF-8": "a schema is about values, and these bytes are no text",
    "not JSON": "this text is no value",
    "more than 32 levels deep": "a schema can't count levels",
    "an integer has more than 1000 digits": "to a schema numbers have a size, and no digits",
    "a number is too large for a double": "to a schema numbers have no end",
    "a string holds half of a surrogate pair": "to many parsers that is a string",
}
"""Refusals of the codec that a schema can't express, with the reasons.

The codec also gives these refusals for members that are not in the value, because a later
member has the same name. Of members with equal names the codec takes the last one, as Python's
parser does; a schema doesn't determine what other parsers do.
"""


def agree(read: bytes) -> bool:
    """Check that the schema and the codec agree on a frame, the invariant of this file.

    Returns whether the codec accepts the frame. The refusals of `BEYOND_A_SCHEMA` pass.
    """
    try:
        CODEC.decode(read, ids=True)
    except ProtocolError as refusal:
        if not str(refusal).startswith(tuple(BEYOND_A_SCHEMA)):
            assert not MESSAGE.is_valid(json.loads(read.decode()))
        return False
    assert MESSAGE.is_valid(json.loads(read.decode()))
    return True


# Frames that all parsers read alike -----------------------------------------------------


def test_the_contract_is_a_schema() -> None:
    PLAIN.check_schema(CONTRACT)


@pytest.mark.parametrize("case", [*ACCEPTED, *ACCEPTED_OF_SESSIONS], ids=lambda one: one.what)
def test_what_the_codec_takes_the_schema_takes(case: Accepted) -> None:
    assert agree(case.frame)
    assert agree(case.written)


@pytest.mark.parametrize("case", [*REFUSED, *REFUSED_OF_SESSIONS], ids=lambda one: one.what)
def test_what_the_codec_refuses_the_schema_refuses(case: Refused) -> None:
    assert not agree(case.frame)


def test_each_reason_for_a_difference_is_one() -> None:
    texts = [case.text for case in REFUSED]
    for words in BEYOND_A_SCHEMA:
        assert any(text.startswith(words) for text in texts)


def test_a_plain_validator_differs_in_integers_that_are_written_with_a_fraction() -> None:
    whole = json.loads(frame("ack", b'{"received":1.0}'))
    assert (MESSAGE.is_valid(whole), validator("Message", PLAIN).is_valid(whole)) == (
        False,
        True,
    )


BOUNDS = [
    ("ack", {"received": 0}, True),
    ("ack", {"received": -1}, False),
    ("ack", {"received": 10**999}, True),
    ("join", {"resume": {"session": "s", "received": -1}}, False),
    ("join", {"resume": {"session": "s", "received": None}}, True),
    ("create-room", {"guest_limit": 0}, False),
    ("create-room", {"guest_limit": 1}, True),
    ("create-room", {"guest_limit": 2**31 - 1}, True),
    ("create-room", {"guest_limit": 2**31}, False),
    ("create-room", {"guest_limit": None}, True),
    ("create-invitation", {"uses": 0}, False),
    ("create-invitation", {"uses": 1_000_000}, True),
    ("create-invitation", {"uses": 1_000_001}, False),
    ("create-invitation", {"not_before": -1}, False),
    ("create-invitation", {"not_before": 0, "expires": None}, True),
    ("create-invitation", {"expires": 253_402_300_799}, True),
    ("create-invitation", {"expires": 253_402_300_800}, False),
    ("create-room", {"public": None}, True),
    ("create-room", {"not_before": 1.5, "expires": None}, True),
    ("update-room", {"guest_limit": None, "password": None}, True),
    ("update-room", {"guest_limit": 0}, False),
    ("update-room", {"name": None}, False),
    ("update-room", {"locked": None}, False),
    *(
        ("end-room", {"reason": "\U0001f680" * length}, 1 <= length <= 200)
        for length in (0, 1, 200, 201)
    ),
    ("client-left", {"id": "a", "reason": "left"}, True),
    ("client-left", {"id": "a", "reason": "bored"}, False),
    ("client-left", {"id": "a", "reason": None}, False),
    *(
        ("kick", {"id": "a", "reason": "\U0001f680" * length}, 1 <= length <= 200)
        for length in (0, 1, 200, 201)
    ),
    ("deny", {"id": "a", "reason": None}, True),
    ("ban", {"id": "a", "reason": 5}, False),
    ("remove-text", {"sender": "a"}, True),
    ("remove-text", {"id": "a"}, False),
    ("done", None, True),
    ("done", {}, False),
    ("list-rooms", {"ignored": 5}, True),
]


@pytest.mark.parametrize(("type_", "data", "is_taken"), BOUNDS)
def test_bounds_and_words_are_the_same(type_: str, data: object, is_taken: bool) -> None:
    assert agree(frame(type_, to_json(data))) == is_taken


@pytest.mark.parametrize(
    ("id", "is_taken"),
    [("", True), ("\U0001f680" * 64, True), ("a" * 65, False), (None, True), (5, False)],
)
@pytest.mark.parametrize("name", ["id", "reply_to"])
def test_an_id_has_as_many_characters(name: str, id: object, is_taken: bool) -> None:
    envelope = {"receiver": "room", "type": "ping", name: id}
    assert agree(to_json(envelope)) == is_taken


# Frames of every message ---------------------------------------------------------------

texts = st.text(max_size=8)
ids = st.none() | st.text(max_size=64)
numbers = st.floats(allow_nan=False, allow_infinity=False)

odd_values: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, 0, -1, 1.0, 1.5, 2**31, "", "x-", "ping", "offer", "guest", "a" * 65),
        *([], {}, ["room"], [{}], {"id": "a", "username": "Ann", "role": "guest"}),
    ]
).map(deepcopy)

json_values = odd_values | texts | st.dictionaries(texts, odd_values, max_size=2)


BOUNDED: dict[Any, st.SearchStrategy[Any]] = {
    m.is_reason: st.sampled_from(["a", "\U0001f680" * m.LONGEST_REASON]),
    m.is_number_of_uses: st.integers(1, m.MOST_USES),
    m.is_invitation_time: st.integers(0, m.LATEST_TIME) | st.floats(0, m.LATEST_TIME),
}
"""Values that the validators of a member accept."""


def instances(form: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a type."""
    plain = {str: texts, int: st.integers(1, 2**31 - 1), float: numbers, bool: st.booleans()}
    if form is Any:
        return json_values
    if form is NoneType:
        return st.none()
    if form in plain:
        return plain[form]
    if attrs.has(form):
        fields = attrs.fields_dict(form)
        values = {
            name: st.none() | BOUNDED[one.validator]
            if one.validator in BOUNDED
            else instances(one.type)
            for name, one in fields.items()
        }
        return st.builds(form, **values)
    if form is m.Unchanged:
        return st.just(m.UNCHANGED)
    if form == m.TextData:
        return st.builds(
            lambda name, time, text: {
                "from": to_json(name),
                "time": to_json(time),
                "text": to_json(text),
            },
            texts,
            numbers,
            texts,
        )
    if get_origin(form) is Literal:
        return st.sampled_from(get_args(form))
    if get_origin(form) is tuple:
        return st.lists(instances(get_args(form)[0]), max_size=2).map(tuple)
    if get_origin(form) is Mapping:
        return st.dictionaries(texts, instances(get_args(form)[1]), max_size=2)
    return st.one_of([instances(kind) for kind in get_args(form)])


def relayed(form: Any) -> st.SearchStrategy[bytes]:
    """Return a strategy for the payloads of a type, as text."""
    return instances(form).map(
        lambda body: to_json(attrs.asdict(body) if attrs.has(type(body)) else body)
    )


def messages(kind: type[Message]) -> st.SearchStrategy[Message]:
    more: dict[str, Any] = {"receiver": texts, "sender": texts, "id": ids, "reply_to": ids}
    if kind is m.Extension:
        more |= {"type": texts.map("x-".__add__), "data": relayed(Any)}
    elif kind is m.Text:
        payloads = relayed(m.TextBody)
        more["data"] = payloads.map(lambda text: split_members(text.decode()))
    elif issubclass(kind, m.Opaque):
        more["data"] = relayed(kind.body)
    elif issubclass(kind, m.Described):
        more["data"] = instances(kind.body)
    return st.builds(kind, **more)


KINDS: tuple[type[Message], ...] = (*m.MESSAGES.values(), m.Extension)

every_message = st.sampled_from(KINDS).flatmap(messages)


def is_sent_by_server(kind: type[Message]) -> bool:
    """Return whether clients receive a type; requests are only sent by clients."""
    return kind.reply is None


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(every_message)
def test_all_that_is_written_is_of_the_form_in_the_contract(message: Message) -> None:
    """Messages of every class are valid, and are valid for the direction in which they go."""
    written = CODEC.encode(message)
    assert agree(written)
    whole, kind = json.loads(written), type(message)
    assert SAID.is_valid(whole) == any(kind.legality.recipients[state] for state in State)
    if isinstance(message, m.Text):
        relayed_text = message.said_by("ann", to_json("Ann"), 1615918847.68)
        whole = json.loads(CODEC.encode(relayed_text))
    assert HEARD.is_valid(whole) == is_sent_by_server(kind)


@pytest.mark.parametrize("missing", ["sender", "data"])
def test_what_the_server_writes_always_has_a_sender_and_data(missing: str) -> None:
    whole = {"sender": "a", "receiver": "b", "type": "ping", "data": None}
    assert HEARD.is_valid(whole)
    del whole[missing]
    assert MESSAGE.is_valid(whole)
    assert not HEARD.is_valid(whole)


def test_a_text_is_heard_with_the_name_and_the_time_that_the_server_writes() -> None:
    whole = {"sender": "a", "receiver": "b", "type": "text", "data": {"text": "Hello!"}}
    assert (MESSAGE.is_valid(whole), HEARD.is_valid(whole)) == (True, False)
    whole["data"] = {"text": "Hello!", "from": "Ann", "time": 1615918847680}
    assert HEARD.is_valid(whole)


def test_what_a_client_writes_as_sender_is_ignored_and_the_server_writes_a_string() -> None:
    whole = {"sender": 5, "receiver": "b", "type": "ping", "data": None}
    assert (MESSAGE.is_valid(whole), HEARD.is_valid(whole)) == (True, False)


def members(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every object or array inside a value, with each of its names or indexes."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from members(value[key])


@st.composite
def altered(draw: st.DrawFn) -> bytes:
    """Draw a frame of any message in which one to three members are replaced or missing."""
    whole = json.loads(CODEC.encode(draw(every_message)))
    for _ in range(draw(st.integers(1, 3))):
        inside = list(members(whole))
        if not inside:
            break
        container, key = inside[draw(st.integers(0, len(inside) - 1))]
        if draw(st.booleans()):
            container[key] = draw(json_values)
        else:
            del container[key]
    return to_json(whole)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(altered())
def test_the_schema_and_the_codec_agree_on_altered_frames(read: bytes) -> None:
    agree(read)


# Properties that a code generator relies on -------------------------------------------------


def test_every_message_has_a_definition_under_its_name() -> None:
    types = {name: DEFINITIONS[name]["properties"]["type"] for name in BESIDE["messages"]}
    assert types == {
        **{kind.__name__: {"const": type_} for type_, kind in m.MESSAGES.items()},
        "Extension": {"type": "string", "pattern": "^x-"},
    }


def test_every_reference_leads_to_a_definition_and_every_definition_is_reached() -> None:
    text = json.dumps(CONTRACT)
    led_to = set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', text))
    assert led_to | {"Said", "Heard"} == set(DEFINITIONS)


def test_every_object_is_described_in_sentences() -> None:
    for name, definition in DEFINITIONS.items():
        if "enum" not in definition:
            assert re.fullmatch(r"[A-Z`].*[.]", definition["description"], re.S), name


def test_payloads_that_may_be_missing_are_those_that_may_be_null() -> None:
    needless = {
        name for name in BESIDE["messages"] if "data" not in DEFINITIONS[name]["required"]
    }
    assert needless == {
        *("Ping", "Pong", "Bye", "IceCandidate", "Extension", "Done"),
        *("GetRoomInfo", "GetIceServers", "ListRooms", "ListBans"),
        "ListInvitations",
    }


def test_recipients_in_each_state_are_those_that_the_message_declares() -> None:
    words = {SERVER: "server", CLIENT: "client", EVERYONE: "room"}
    for kind in KINDS:
        said = BESIDE["messages"][kind.__name__]["said"]
        assert list(said) == [state.name.lower() for state in State]
        for cell, told in zip(kind.legality.cells.values(), said.values(), strict=True):
            if isinstance(cell, frozenset):
                assert {words[recipient] for recipient in cell} == set(told)
            else:
                assert told == cell.code


def test_a_profile_knows_the_messages_that_are_not_unknown_to_it() -> None:
    rules = BESIDE["messages"].values()
    assert {tuple(one["profiles"]) for one in rules} == {("camus.1", "camus.2"), ("camus.2",)}
    for one in rules:
        assert ("camus.1" in one["profiles"]) == (one["said"]["core"] != "unknown-type")


def test_frames_of_three_types_are_not_counted() -> None:
    rules = BESIDE["messages"].items()
    assert {name for name, one in rules if not one["counted"]} == {"Ping", "Pong", "Ack"}


def spoken(kind: type[ProtocolError] = ProtocolError) -> Iterator[type[ProtocolError]]:
    for error in kind.__subclasses__():
        if "code" in vars(error):
            yield error
        yield from spoken(error)


def test_every_error_is_there() -> None:
    assert BESIDE["errors"] == {
        one.code: {
            "meaning": one.meaning,
            "advice": one.advice,
            "close_code": one.close_code,
        }
        for one in spoken()
    }


def test_what_a_client_does_after_a_close_is_one_of_four_words() -> None:
    words = {
        Reconnect.NO: "no",
        Reconnect.SOON: "soon",
        Reconnect.BACKOFF: "backoff",
        Reconnect.RETRY_AFTER: "retry-after",
    }
    assert BESIDE["reconnect"] == {word: one.value for one, word in words.items()}
    assert BESIDE["close_codes"] == {
        str(close.code): {"meaning": close.meaning, "reconnect": words[close.reconnect]}
        for close in CLOSE_CODES
    }


def test_codes_that_are_not_listed_say_by_their_range_whether_to_come_back() -> None:
    come_back, stay_away = BESIDE["other_close_codes"]
    assert come_back == {"first": 1000, "last": 4499, "reconnect": "backoff"}
    assert stay_away == {"first": 4500, "last": 4999, "reconnect": "no"}


def test_the_limits_are_the_defaults_and_the_capabilities_all_that_a_server_may_name() -> None:
    told = {"limits": BESIDE["limits"], "capabilities": BESIDE["capabilities"]}
    talk = Conversation(Setting(Limits(history_texts=1)))
    talk.plays(
        Connects(BILL, None, CAMUS_2),
        Says(BILL, join()),
        Hears(BILL, joined(BILL, history=[], **told)),
    )


def test_the_numbers_and_names_that_both_ends_go_by() -> None:
    names = ("subprotocol", "addresses", "ack_after", "json")
    assert {name: BESIDE[name] for name in names} == {
        "subprotocol": "camus.2",
        "addresses": {"server": "ground control", "room": "room"},
        "ack_after": {"frames": 32, "bytes": 64 * 1024, "seconds": 2.0},
        "json": {"levels": 32, "digits": 1000},
    }


def test_the_file_in_the_documentation_is_this_contract() -> None:
    """If this fails, `python docs/generate.py` writes the file."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    assert kept.pop("$comment").startswith("Generated by `python docs/generate.py`")
    assert kept == CONTRACT
