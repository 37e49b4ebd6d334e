"""The part of the schema beside JSON Schema (`x-camus`), by which clients are generated."""

from collections.abc import Iterator
from typing import Any

from camus_core.conformance.scenario import Connects, Hears, Says, Setting
from camus_core.conformance.vocabulary import BILL, CAMUS_2, join, joined
from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.errors import CLOSE_CODES, ProtocolError, Reconnect
from camus_core.wire.schema import contract
from camus_core.wire.states import CLIENT, EVERYONE, SERVER, State
from driving.conversation import Conversation

BESIDE: dict[str, Any] = contract()["x-camus"]


def test_recipients_in_each_state_are_those_that_the_message_declares() -> None:
    words = {SERVER: "server", CLIENT: "client", EVERYONE: "room"}
    kinds: tuple[type[m.Message], ...] = (*m.MESSAGES.values(), m.Extension)
    for kind in kinds:
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
