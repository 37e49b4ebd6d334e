"""Conversations about what a router keeps of texts, and when it forgets them."""

import pytest

from camus_core.conformance import Setting
from camus_core.conformance.history_phrases import (
    chat,
    chats,
    chatted,
    comes,
    hosts,
    kept,
    remove_text,
    text_removed,
)
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Hears,
    IsClosed,
    OperatorSays,
    Says,
    Step,
)
from camus_core.conformance.session_phrases import enters
from camus_core.conformance.vocabulary import BILL, RUFUS, SERVER, TED, client_joined, to
from camus_core.conformance.vocabulary import ROOM as EVERYONE
from camus_core.limits import Limits
from camus_core.orders import Say
from camus_core.records import RoomId, RoomRecord
from camus_core.wire.errors import NotFound, RoomNotFound, UnknownReceiver
from camus_core.wire.json_text import to_json
from camus_core.wire.messages import Text
from driving.conversation import Conversation

ON = Setting(Limits(history_texts=10))


def talk_of(*steps: Step, setting: Setting = ON) -> Conversation:
    talk = Conversation(setting)
    talk.plays(*steps)
    return talk


def kept_in(talk: Conversation) -> tuple[int, int]:
    """Return the number of texts that are kept, and of bytes."""
    inspection = talk.router.inspect()
    return inspection.texts, inspection.history_bytes


def test_a_text_takes_its_bytes_and_those_of_the_objects_that_hold_it() -> None:
    talk = talk_of(*comes(BILL), *chats(BILL, "Bogus!"))
    assert kept_in(talk) == (1, len(to_json(kept(BILL, "Bogus!"))) + 300)


def test_a_text_is_forgotten_on_time_though_nothing_happens() -> None:
    setting = Setting(Limits(history_texts=10, history_seconds=30.0))
    talk = talk_of(*comes(BILL), *chats(BILL, "Bogus!"), setting=setting)
    talk.server.waits(1)
    talk.plays(*chats(BILL, "Excellent!"))
    talk.server.waits(29)
    assert kept_in(talk)[0] == 1
    talk.server.waits(1)
    assert kept_in(talk) == (0, 0)


@pytest.mark.parametrize("how", ["left", "stopped", "removed"])
def test_nothing_is_kept_of_texts_that_have_ended(how: str) -> None:
    talk = talk_of(*hosts(BILL), *chats(BILL, "Bogus!"))
    router = talk.router
    match how:
        case "left":
            talk.plays(Says(BILL, to(SERVER, "bye")), IsClosed(BILL, 1000))
        case "stopped":
            talk.server.stop(talk.server.node)
        case _:
            assert talk.orders(remove_text(BILL)) is None
            assert talk.orders(remove_text(BILL)) == NotFound().refusal()
    inspection = router.inspect()
    assert (inspection.texts, inspection.history_bytes) == (0, 0)


def test_a_server_that_keeps_no_texts_keeps_none() -> None:
    talk = talk_of(*enters(BILL), *chats(BILL, "Bogus!"), setting=Setting())
    assert kept_in(talk) == (0, 0)


def test_the_room_that_an_operator_has_put_in_its_place_has_no_texts_of_the_former() -> None:
    talk = talk_of(*comes(BILL), *chats(BILL, "Bogus!"))
    talk.server.store.put(RoomRecord(RoomId(DEFAULT_ROOM), "another", 1.0))
    talk.server.waits(6)
    talk.plays(*comes(TED), Hears(BILL, client_joined(TED)))
    assert kept_in(talk) == (0, 0)


def test_the_operator_learns_that_nobody_is_there_to_speak_to() -> None:
    talk = talk_of(*comes(BILL))
    words = Text(EVERYONE, {"text": to_json("Hello?")})
    nobody_there = RoomNotFound("nobody is in that room").refusal()
    assert talk.server.order(RoomId("attic"), Say(words)) == nobody_there
    to_rufus = Text(RUFUS, words.data)
    assert talk.server.order(RoomId(DEFAULT_ROOM), Say(to_rufus)) == UnknownReceiver().refusal()
    talk.ends()


def test_the_operator_takes_back_its_own_words() -> None:
    talk = talk_of(*comes(BILL), OperatorSays({**chat("Party on!"), "id": "s"}))
    assert talk.orders(remove_text(SERVER, id="s")) is None
    said = chatted(SERVER, "Party on!", "s", name=SERVER)
    removed = text_removed(SERVER, id="s")
    talk.plays(Hears(BILL, said), Hears(BILL, removed), *comes(TED, BILL))
    talk.ends()
