"""Conversations about the life of rooms: looked up, created, left, forgotten."""

import pytest

from camus_core.effects import ForgetClient, ForgetRoom
from camus_core.limits import Limits
from camus_core.questions import Failed, LookUpRoom
from camus_core.records import RoomId, RoomRecord, StoredRoom
from camus_core.wire import messages as m
from camus_core.wire.errors import RoomNotFound, Unavailable
from camus_core.wire.messages import Json
from driving.driver import START

from .phrases import greeting, id_of, refusal, roster
from .talk import Talk

LOBBY = RoomId("lobby")
FOR_EVER = RoomRecord(LOBBY, "Lobby", START)
FOR_A_MINUTE = RoomRecord(LOBBY, "Lobby", START, empty_for=60.0)
UNAVAILABLE = Unavailable(retry_after=5.0)


# Looking up ----------------------------------------------------------------------------


def test_a_room_that_nobody_is_in_is_looked_up_and_made_if_absent() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", "lobby")
    made = RoomRecord(LOBBY, "lobby", START, empty_for=300.0)
    talk.asks("ann", LookUpRoom(LOBBY, if_absent=made))
    talk.hears_nothing("ann")
    talk.answers("ann")
    talk.hears("ann", greeting("ann"))


def test_a_room_that_somebody_is_in_needs_no_question() -> None:
    talk = Talk()
    talk.connects("ann", "lobby")
    talk.holds_questions = True
    talk.connects("bob", "lobby")
    talk.asks_nothing("bob")
    talk.hears("bob", greeting("bob"))


def test_where_rooms_are_not_made_on_demand_an_absent_one_is_not_found() -> None:
    talk = Talk(on_demand=False)
    talk.holds_questions = True
    talk.connects("ann", "lobby")
    talk.asks("ann", LookUpRoom(LOBBY, if_absent=None))
    talk.answers("ann")
    talk.hears("ann", refusal("ann", RoomNotFound()))
    talk.hears_nothing("ann")
    talk.is_closed("ann", 4500)


def test_where_rooms_are_not_made_on_demand_a_stored_one_is_entered() -> None:
    talk = Talk(FOR_EVER, on_demand=False)
    talk.connects("ann", "lobby")
    talk.hears("ann", greeting("ann"))


def test_a_store_that_fails_refuses_this_one_client_for_a_while() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", "lobby")
    talk.connects("bob", "lobby")
    talk.answers("ann", Failed("no connection"))
    talk.answers("bob")
    talk.hears("ann", refusal("ann", UNAVAILABLE))
    talk.is_closed("ann", 4003)
    talk.hears("bob", greeting("bob"))
    talk.hears_nothing("ann", "bob")


def test_a_live_room_goes_on_while_the_store_fails() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.holds_questions = True
    talk.connects("eve", "attic")
    talk.answers("eve", Failed("no connection"))
    talk.says("ann", m.Greeting("room", Json(b'"Hi"')))
    talk.hears("bob", m.Greeting("room", Json(b'"Hi"'), id_of("ann")))


def test_an_answer_for_who_has_gone_is_dropped() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", "lobby")
    talk.drops("ann")
    talk.answers("ann")
    talk.hears_nothing("ann")
    assert talk.changes == []


def test_frames_that_come_before_the_answer_are_not_answered() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", "lobby")
    talk.says("ann", m.GetRoomInfo())
    talk.hears_nothing("ann")


def test_two_who_ask_for_one_absent_room_meet_in_it() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", "lobby")
    talk.connects("bob", "lobby")
    talk.answers("bob")
    talk.answers("ann")
    talk.says("bob", m.GetRoomInfo())
    talk.waits(1)
    talk.hears("bob", greeting("bob"), roster("bob", "lobby", "bob", "ann"))
    assert list(talk.rooms) == [LOBBY]


@pytest.mark.parametrize("on_demand", [True, False])
def test_a_full_server_opens_no_more_rooms_but_those_that_it_has(on_demand: bool) -> None:
    attic = RoomRecord(RoomId("attic"), "Attic", START, empty_for=60.0)
    talk = Talk(FOR_A_MINUTE, attic, on_demand=on_demand, limits=Limits(rooms=1))
    talk.connects("ann", "lobby")
    talk.connects("eve", "attic")
    full = Unavailable("this server has too many rooms", retry_after=5.0)
    talk.hears("eve", refusal("eve", full))
    talk.is_closed("eve", 4003)
    talk.drops("ann")
    talk.connects("bob", "lobby")
    talk.hears("bob", greeting("bob"))


def test_who_gets_no_answer_comes_into_the_room_that_somebody_else_has_opened_meanwhile() -> (
    None
):
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", "lobby")
    talk.connects("bob", "lobby")
    talk.answers("ann")
    talk.answers("bob", Failed("no connection"))
    talk.hears("bob", greeting("bob"))


def test_who_is_answered_after_the_first_has_left_again_finds_an_empty_room() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", "lobby")
    talk.connects("bob", "lobby")
    talk.answers("ann")
    talk.drops("ann")
    talk.answers("bob")
    talk.says("bob", m.GetRoomInfo())
    talk.hears("bob", greeting("bob"), roster("bob", "lobby", "bob"))
    talk.waits(1000)
    assert LOBBY not in talk.rooms


def test_there_are_no_more_rooms_than_the_server_allows() -> None:
    talk = Talk(limits=Limits(rooms=2))
    talk.gather("lobby", "ann")
    talk.gather("attic", "bob")
    talk.connects("eve", "cellar")
    (heard,) = talk.has_heard("eve")
    assert isinstance(heard, m.Error)
    assert heard.data.code == Unavailable.code
    talk.is_closed("eve", 4003)
    talk.connects("joe", "attic")
    talk.is_open("joe")


def test_a_room_that_was_one_too_many_does_not_stay_in_the_store() -> None:
    talk = Talk(limits=Limits(rooms=1))
    talk.connects("ann", "lobby")
    talk.connects("bob", "attic")
    talk.is_closed("bob", 4003)
    for _ in range(7):
        talk.waits(50)
        talk.says("ann", m.GetRoomInfo())
    assert list(talk.rooms) == [LOBBY]


# Forgetting ----------------------------------------------------------------------------


def test_a_room_goes_some_time_after_its_last_member() -> None:
    talk = Talk(FOR_A_MINUTE)
    talk.gather("lobby", "ann", "bob")
    talk.drops("ann")
    talk.drops("bob")
    talk.forget()
    talk.waits(59.5)
    assert talk.changes == []
    talk.waits(1)
    assert talk.changes == [ForgetRoom(LOBBY, FOR_A_MINUTE.incarnation, if_unused=True)]
    assert talk.router.next_deadline() is None


def test_a_room_stays_when_somebody_comes_back_and_goes_when_that_one_has_left() -> None:
    talk = Talk(FOR_A_MINUTE)
    talk.gather("lobby", "ann")
    talk.drops("ann")
    talk.waits(50)
    talk.gather("lobby", "ann again")
    talk.waits(50)
    talk.drops("ann again")
    talk.waits(59.5)
    assert LOBBY in talk.rooms
    talk.waits(1)
    assert LOBBY not in talk.rooms


def test_a_room_without_an_end_stays() -> None:
    talk = Talk(FOR_EVER)
    talk.gather("lobby", "ann")
    talk.drops("ann")
    talk.waits(10_000_000)
    assert LOBBY in talk.rooms
    assert talk.changes == [ForgetClient(id_of("ann"), "this node")]


def test_a_room_that_went_is_made_anew() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.drops("ann")
    talk.waits(301)
    assert LOBBY not in talk.rooms
    talk.connects("bob", "lobby")
    assert talk.rooms[LOBBY].created_at == talk.now


def test_a_room_is_not_forgotten_while_its_question_is_open() -> None:
    talk = Talk(FOR_A_MINUTE)
    talk.gather("lobby", "ann")
    talk.drops("ann")
    talk.waits(59.5)
    talk.holds_questions = True
    talk.connects("bob", "lobby")
    talk.waits(1)
    talk.answers("bob", StoredRoom(FOR_A_MINUTE))
    talk.is_open("bob")
    assert LOBBY in talk.rooms


def test_a_room_made_for_somebody_who_left_before_is_forgotten_in_time() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", "lobby")
    talk.drops("ann")
    talk.answers("ann")
    assert LOBBY in talk.rooms
    talk.waits(301)
    assert LOBBY not in talk.rooms


@pytest.mark.parametrize("seconds_later", [0.5, 58.5])
def test_rooms_of_an_earlier_node_go_unless_somebody_comes(seconds_later: float) -> None:
    attic = RoomRecord(RoomId("attic"), "Attic", START, empty_for=60.0)
    cellar = RoomRecord(RoomId("cellar"), "Cellar", START)
    talk = Talk(FOR_A_MINUTE, attic, cellar)
    talk.starts_again()
    talk.waits(seconds_later)
    talk.gather("attic", "ann")
    talk.waits(59)
    talk.says("ann", m.GetRoomInfo())
    talk.waits(59)
    assert set(talk.rooms) == {"attic", "cellar"}
