"""Conversations about the life of rooms: looked up, created, entered, forgotten."""

import pytest
from attrs import evolve

from camus_core.conformance import Setting
from camus_core.conformance.phrases import is_answered
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    Waits,
)
from camus_core.conformance.vocabulary import (
    BILL,
    MAJOR_TOM,
    RUFUS,
    SERVER,
    TED,
    by,
    roster,
    to,
)
from camus_core.effects import ForgetClient, ForgetRoom, SaveClient
from camus_core.limits import Limits
from camus_core.questions import Failed, LookUpRoom
from camus_core.records import ClientId, ClientRecord, RoomId, RoomRecord
from driving.conversation import Conversation
from driving.driver import START

ROOM_ID = RoomId(DEFAULT_ROOM)
FOR_A_MINUTE = ExistingRoom(DEFAULT_ROOM, empty_for=60.0)


def is_greeted(who: str) -> Hears:
    """Return the greeting to a new member."""
    return Hears(who, by(SERVER, who, "greeting", f"This is Ground Control to {MAJOR_TOM}"))


def arrivals(*clients: str) -> Conversation:
    """Return a conversation in which the room of these clients is still being looked up."""
    talk = Conversation()
    talk.server.holds_questions = True
    talk.plays(*map(Connects, clients))
    return talk


# Looked up and entered ----------------------------------------------------------------------


def test_a_room_is_looked_up_for_its_first_member_and_not_for_the_second() -> None:
    talk = arrivals(BILL)
    created = RoomRecord(ROOM_ID, DEFAULT_ROOM, START, empty_for=300.0)
    assert talk.question_about(BILL) == LookUpRoom(ROOM_ID, if_absent=created)
    talk.plays(Says(BILL, to(SERVER, "ping")), HearsNothing(BILL))
    talk.answers(BILL)
    talk.plays(is_greeted(BILL), Joins(TED))
    talk.ends()


def test_clients_that_ask_for_one_absent_room_meet_in_it_even_if_a_look_up_fails() -> None:
    talk = arrivals(BILL, TED, RUFUS)
    talk.answers(TED)
    talk.answers(BILL)
    talk.answers(RUFUS, Failed("no connection"))
    talk.plays(
        *map(is_greeted, (TED, BILL, RUFUS)),
        Says(BILL, to(SERVER, "get-room-info")),
        Hears(BILL, roster(BILL, (TED, MAJOR_TOM), (BILL, MAJOR_TOM), (RUFUS, MAJOR_TOM))),
    )
    assert list(talk.server.store.rooms) == [DEFAULT_ROOM]


def test_a_client_whose_answer_comes_after_all_others_have_left_is_alone() -> None:
    talk = arrivals(BILL, TED)
    talk.answers(BILL)
    talk.plays(is_greeted(BILL), Drops(BILL))
    talk.answers(TED)
    talk.plays(
        is_greeted(TED),
        Says(TED, to(SERVER, "get-room-info")),
        Hears(TED, roster(TED, (TED, MAJOR_TOM))),
        Drops(TED),
        Waits(301),
    )
    assert talk.server.store.rooms == {}


def test_a_room_is_forgotten_in_time_if_its_client_leaves_before_it_is_created() -> None:
    talk = arrivals(BILL)
    talk.plays(Drops(BILL))
    talk.answers(BILL)
    assert list(talk.server.store.rooms) == [DEFAULT_ROOM]
    assert talk.server.changes == []
    talk.plays(Waits(301))
    assert talk.server.store.rooms == {}


def test_a_full_server_stores_no_room_that_it_can_not_open() -> None:
    talk = Conversation(Setting(Limits(rooms=1)))
    why = {"code": "unavailable", "message": "this server has too many rooms"}
    full = by(SERVER, TED, "error", {**why, "retry_after": 5.0})
    talk.plays(Joins(BILL), Connects(TED, "circle-k"), Hears(TED, full), IsClosed(TED, 4003))
    assert list(talk.server.store.rooms) == [DEFAULT_ROOM]


def test_members_are_written_to_the_store_and_removed_from_it() -> None:
    talk = Conversation()
    talk.plays(
        Joins(BILL), Says(BILL, to(SERVER, "profile", {"username": "Bill"})), Drops(BILL)
    )
    bill = ClientRecord(
        ClientId(BILL), ROOM_ID, "Bill", START, node="node 1", incarnation=repr(START)
    )
    assert talk.server.changes == [
        SaveClient(evolve(bill, username=MAJOR_TOM)),
        SaveClient(bill),
        ForgetClient(bill.id, "node 1"),
    ]


# Forgotten ----------------------------------------------------------------------------------


def test_a_room_is_forgotten_when_it_has_been_empty_for_its_time() -> None:
    talk = Conversation(Setting(rooms=(FOR_A_MINUTE,)))
    [room] = talk.server.store.rooms.values()
    talk.plays(Joins(BILL), Waits(0.5), Drops(BILL))
    talk.server.changes.clear()
    talk.plays(Waits(59.5))
    assert talk.server.changes == []
    talk.plays(Waits(0.5))
    assert talk.server.changes == [ForgetRoom(ROOM_ID, room.incarnation, if_unused=True)]
    assert talk.router.next_deadline() is None


def test_a_room_is_not_forgotten_while_it_is_looked_up_for_a_client() -> None:
    talk = Conversation(Setting(rooms=(FOR_A_MINUTE,)))
    talk.plays(Waits(59.5))
    talk.server.holds_questions = True
    talk.plays(Connects(BILL), Waits(1))
    assert talk.server.changes == []
    talk.answers(BILL)
    talk.plays(is_greeted(BILL))


@pytest.mark.parametrize("seconds_later", [0.5, 58.5])
def test_rooms_of_an_earlier_node_are_forgotten_unless_a_client_comes_or_they_have_no_end(
    seconds_later: float,
) -> None:
    attic, cellar = ExistingRoom("attic", empty_for=60.0), ExistingRoom("cellar")
    talk = Conversation(Setting(rooms=(FOR_A_MINUTE, attic, cellar)))
    talk.plays(Waits(seconds_later), Joins(BILL, "attic"), Waits(59), *is_answered(BILL))
    talk.plays(Waits(59), Joins(TED, "cellar"))
    assert set(talk.server.store.rooms) == {"attic", "cellar"}
    talk.plays(Drops(BILL), Drops(TED), Waits(10_000_000))
    assert set(talk.server.store.rooms) == {"cellar"}
