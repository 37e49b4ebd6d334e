"""Conversations after a pause of the server, which must not cost any client anything."""

from camus_core.effects import ForgetRoom
from camus_core.events import Ticked
from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION

from .moderated_room import locked_room
from .phrases import admit, id_of, seen
from .talk import Talk

LOBBY = RoomId("lobby")


def ping(talk: Talk, name: str) -> m.Ping:
    return m.Ping(id_of(name), talk.milliseconds(), GROUND_CONTROL)


# Silence ----------------------------------------------------------------------------------


def test_after_a_pause_everybody_is_pinged_and_nobody_closed() -> None:
    talk = Talk()
    talk.gather("lobby", "joe")
    talk.gather("lobby", "ann", profile=SESSION)
    talk.lives(10)
    talk.pauses(1000)
    talk.wakes()
    for name in ("ann", "joe"):
        talk.hears(name, ping(talk, name))
        talk.is_open(name)
        talk.shows_life(name)
    talk.waits(50)
    talk.is_open("ann", "joe")


def test_who_was_to_be_closed_in_the_pause_is_pinged_first_and_has_time_to_answer() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.waits(58)
    talk.forget()
    talk.pauses(100)
    talk.wakes()
    for name in ("ann", "bob"):
        talk.hears(name, ping(talk, name))
        talk.is_open(name)
    talk.waits(15)
    talk.shows_life("ann")
    talk.waits(24.5)
    talk.is_open("ann", "bob")
    talk.waits(0.5)
    talk.is_open("ann")
    talk.is_closed("bob", 4001)


def test_who_was_heard_after_the_pause_is_not_even_pinged() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.pauses(100)
    talk.shows_life("ann")
    talk.wakes()
    talk.waits(19.5)
    talk.hears_nothing("ann")
    talk.is_open("ann")


def test_a_pause_in_which_nothing_was_due_is_one_all_the_same_if_the_driver_says_so() -> None:
    talk = Talk(limits=Limits(ping_after=20.0, silent_for=30.0))
    talk.connects("ann", "lobby")
    talk.waits(20)
    paused_at = talk.now
    talk.pauses(8)
    talk.wakes(due=paused_at)
    talk.waits(9)
    talk.is_open("ann")
    talk.waits(1)
    talk.is_closed("ann", 4001)


def test_a_tick_that_is_a_little_late_forgives_nothing() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.waits(59.5)
    talk.pauses(0.25)
    talk.happens(Ticked())
    talk.is_closed("ann", 4001)


# Extended times -----------------------------------------------------------------------------


def test_a_place_is_held_longer_by_the_pause() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", "sue", profile=SESSION)
    talk.drops("bob")
    talk.drops("sue")
    talk.lives(10)
    paused_at = talk.now
    talk.pauses(100)
    talk.wakes(due=paused_at)
    talk.lives(19.5)
    assert talk.resumes("bob 2", "bob").resumed
    talk.lives(0.5)
    assert talk.router.roster(LOBBY) == (seen("ann"), seen("bob"))


def test_the_pause_is_added_on_the_next_server_too() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    paused_at = talk.now
    talk.pauses(100)
    talk.wakes(due=paused_at)
    talk.waits(10)
    talk.stops()
    talk.starts_again()
    talk.waits(19.5)
    assert talk.resumes("bob 2", "bob").reason == "restarted"


def test_who_is_known_to_have_dropped_only_after_the_pause_has_its_usual_time() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    paused_at = talk.now
    talk.pauses(100)
    talk.drops("bob")
    talk.wakes(due=paused_at)
    talk.lives(29.5)
    assert talk.router.census().away == 1
    talk.lives(0.5)
    assert talk.router.census().away == 0


def test_a_waiting_client_may_wait_longer_by_the_pause() -> None:
    talk = locked_room(waiting=["eve", "joe"], limits=Limits(waiting_seconds=60.0))
    talk.lives(10)
    paused_at = talk.now
    talk.pauses(100)
    talk.wakes(due=paused_at)
    talk.is_open("eve", "joe")
    talk.forget()
    talk.says("ann", admit("eve"))
    talk.is_in("eve")
    talk.lives(60)
    assert any(isinstance(one, m.Error) for one in talk.has_heard("joe"))


def test_an_empty_room_outlives_the_pause() -> None:
    talk = Talk(limits=Limits(room_empty_for=60.0))
    talk.gather("lobby", "ann")
    room = talk.rooms[LOBBY]
    talk.drops("ann")
    talk.forget()
    talk.waits(10)
    paused_at = talk.now
    talk.pauses(100)
    talk.wakes(due=paused_at)
    talk.waits(49.5)
    assert talk.changes == []
    talk.waits(0.5)
    assert talk.changes == [ForgetRoom(LOBBY, room.incarnation, if_unused=True)]


def test_a_pause_is_forgiven_once_however_much_is_due_after_it() -> None:
    talk = Talk(limits=Limits(place_seconds=30.0))
    for number in range(600):
        talk.connects(f"idle {number}", None, SESSION)
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    talk.lives(18)
    talk.pauses(1000)
    talk.wakes()
    talk.waits(9)
    assert talk.router.census().away == 1
    talk.waits(3)
    assert talk.router.census().away == 0


def test_one_pause_after_the_other_is_forgiven() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    for _ in range(20):
        paused_at = talk.now
        talk.pauses(30)
        talk.shows_life("ann")
        talk.wakes(due=paused_at)
        talk.waits(1)
    talk.is_open("ann")
    assert talk.resumes("bob 2", "bob").resumed
