"""Conversations about the rooms that one address creates: how fast, and how many at a time."""

import pytest

from camus_core.limits import Limits
from camus_core.questions import Failed
from camus_core.records import RoomId, RoomRecord
from camus_core.wire import messages as m
from camus_core.wire.errors import NameTaken, NotAllowed, RateLimited, Unavailable
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION
from driving.driver import START

from .moderated_room import OWNED
from .phrases import greeting, join, refusal
from .talk import Talk

HOME, OFFICE = "192.0.2.1", "192.0.2.2"


def new_rooms(retry_after: float) -> RateLimited:
    return RateLimited("too many new rooms from your address", retry_after=retry_after)


def rooms_there() -> RateLimited:
    return RateLimited("too many rooms of your address are still there", retry_after=300.0)


def create(name: str) -> m.CreateRoom:
    return m.CreateRoom(GROUND_CONTROL, m.CreateRoomBody(name))


# New rooms ------------------------------------------------------------------------------


def test_after_a_burst_of_new_rooms_the_next_is_refused_until_its_time() -> None:
    talk = Talk(limits=Limits(room_creations_per_minute=30, room_creation_burst=2))
    talk.connects("ann", None, SESSION, address=HOME)
    for name in ("one", "two"):
        talk.says("ann", create(name))
    talk.forget()
    talk.says("ann", create("three"))
    talk.hears("ann", refusal("ann", new_rooms(2.001)))
    assert set(talk.rooms) == {"one", "two"}
    talk.waits(2)
    talk.says("ann", create("three"))
    assert set(talk.rooms) == {"one", "two", "three"}


def test_rooms_made_on_demand_are_counted_with_those_that_are_asked_for() -> None:
    talk = Talk(limits=Limits(room_creations_per_minute=60, room_creation_burst=3))
    talk.connects("ann", None, SESSION, address=HOME)
    talk.says("ann", create("one"))
    talk.joins("bob", "two", address=HOME)
    talk.connects("joe", "three", address=HOME)
    talk.knocks("eve", "four", address=HOME, id="7")
    talk.hears("eve", refusal("eve", new_rooms(1.001), reply_to="7"))
    talk.is_open("eve")
    talk.connects("sue", "four", address=HOME)
    talk.hears("sue", refusal("sue", new_rooms(1.001)))
    talk.is_closed("sue", 4004)
    assert set(talk.rooms) == {"one", "two", "three"}
    assert talk.joins("max", "four", address=OFFICE).room_id == "four"


def test_who_may_make_no_more_rooms_still_enters_those_that_are_there() -> None:
    stored = RoomRecord(RoomId("stored"), "Stored", START)
    talk = Talk(stored, limits=Limits(room_creation_burst=1))
    talk.joins("ann", "lobby", address=HOME)
    talk.joins("bob", "lobby", address=HOME)
    talk.joins("eve", "stored", address=HOME)
    talk.connects("joe", "stored", address=HOME)
    talk.hears("joe", greeting("joe"))


def test_a_room_that_was_there_already_costs_nothing() -> None:
    rooms = [RoomRecord(RoomId(f"room-{number}"), "Room", START) for number in range(5)]
    talk = Talk(*rooms, limits=Limits(room_creation_burst=1))
    for room in rooms:
        talk.joins(f"in {room.id}", room.id, address=HOME)
    talk.joins("ann", "new", address=HOME)
    talk.knocks("bob", "newer", address=HOME)
    talk.hears("bob", refusal("bob", new_rooms(3.001)))


def test_a_room_that_the_store_could_not_make_costs_nothing() -> None:
    talk = Talk(limits=Limits(room_creation_burst=1))
    talk.holds_questions = True
    talk.connects("ann", None, SESSION, address=HOME)
    talk.says("ann", create("one"))
    talk.answers("ann", Failed("no connection"))
    talk.says("ann", join("one"))
    talk.answers("ann", Failed("no connection"))
    talk.hears("ann", *[refusal("ann", Unavailable(retry_after=5.0))] * 2)
    talk.holds_questions = False
    talk.says("ann", create("one"))
    assert set(talk.rooms) == {"one"}


def test_a_name_that_is_taken_costs_as_much_as_a_room() -> None:
    """Otherwise one could try names without a limit."""
    talk = Talk(OWNED, limits=Limits(room_creation_burst=1))
    talk.connects("eve", None, SESSION, address=HOME)
    talk.says("eve", create("lobby"))
    talk.hears("eve", refusal("eve", NameTaken()))
    talk.says("eve", create("attic"))
    talk.hears("eve", refusal("eve", new_rooms(3.001)))


def test_who_is_refused_a_room_for_what_it_is_pays_nothing_for_it() -> None:
    talk = Talk(guests=False, limits=Limits(room_creation_burst=1))
    talk.connects("eve", None, SESSION, address=HOME)
    why = NotAllowed("guests may not create rooms here: present a token")
    for _ in range(3):
        talk.says("eve", create("attic"))
        talk.hears("eve", refusal("eve", why))


def test_two_from_one_address_who_meet_in_a_new_room_pay_for_one() -> None:
    talk = Talk(limits=Limits(room_creation_burst=2))
    talk.holds_questions = True
    talk.connects("ann", "lobby", address=HOME)
    talk.waits(0.5)
    talk.connects("bob", "lobby", address=HOME)
    talk.answers("ann")
    talk.answers("bob")
    talk.holds_questions = False
    assert talk.joins("joe", "attic", address=HOME).room_id == "attic"


# Existing rooms -------------------------------------------------------------------


def test_an_address_has_so_many_rooms_at_a_time() -> None:
    talk = Talk(limits=Limits(rooms_per_address=2))
    talk.connects("ann", None, SESSION, address=HOME)
    talk.says("ann", create("one"))
    talk.joins("bob", "two", address=HOME)
    talk.forget()
    talk.says("ann", create("three"))
    talk.hears("ann", refusal("ann", rooms_there()))
    talk.knocks("joe", "three", address=HOME)
    talk.hears("joe", refusal("joe", rooms_there()))
    talk.connects("sue", "three", address=HOME)
    talk.hears("sue", refusal("sue", rooms_there()))
    talk.is_closed("sue", 4004)
    assert talk.joins("eve", "one", address=HOME).room_id == "one"
    assert talk.joins("max", "three", address=OFFICE).room_id == "three"


def test_when_one_of_them_has_gone_another_may_be_made() -> None:
    talk = Talk(limits=Limits(rooms_per_address=1))
    talk.connects("ann", "one", address=HOME)
    talk.drops("ann")
    talk.waits(299.5)
    talk.knocks("bob", "two", address=HOME)
    talk.hears("bob", refusal("bob", rooms_there()))
    talk.waits(0.5)
    talk.says("bob", join("two"))
    assert talk.has_heard("bob")[-1].type == "joined"


def test_a_room_is_its_makers_whoever_is_in_it_and_however_often_it_was_empty() -> None:
    talk = Talk(limits=Limits(rooms_per_address=1))
    talk.connects("ann", "one", address=HOME)
    talk.drops("ann")
    talk.waits(100)
    talk.connects("bob", "one", address=OFFICE)
    talk.drops("bob")
    talk.waits(100)
    talk.connects("joe", "one", address=OFFICE)
    talk.connects("eve", "two", address=HOME)
    talk.hears("eve", refusal("eve", rooms_there()))
    talk.connects("sue", "two", address=OFFICE)
    talk.hears("sue", greeting("sue"))


@pytest.mark.parametrize("ann_is_gone", [False, True])
@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_two_who_meet_in_a_new_room_have_made_one(seconds: float, ann_is_gone: bool) -> None:
    talk = Talk(limits=Limits(rooms_per_address=2))
    talk.holds_questions = True
    talk.connects("ann", "lobby", address=HOME)
    talk.waits(seconds)
    talk.connects("bob", "lobby", address=HOME)
    if ann_is_gone:
        talk.drops("ann")
    talk.answers("ann")
    talk.answers("bob")
    talk.holds_questions = False
    talk.joins("joe", "attic", address=HOME)
    talk.knocks("eve", "cellar", address=HOME)
    talk.hears("eve", refusal("eve", rooms_there()))


def test_what_is_asked_for_at_once_counts_before_it_is_there() -> None:
    talk = Talk(limits=Limits(rooms_per_address=1))
    talk.holds_questions = True
    talk.connects("ann", "one", address=HOME)
    talk.connects("bob", "two", address=HOME)
    for name in list(talk.questions):
        talk.answers(name)
    assert set(talk.rooms) == {"one"}
    talk.hears("bob", refusal("bob", rooms_there()))
