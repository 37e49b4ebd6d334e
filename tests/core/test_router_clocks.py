"""Conversations while UNIX time jumps, and with a store whose clock differs."""

import pytest
from attrs import evolve

from camus_core.effects import ForgetRoom, SaveClient
from camus_core.events import Timestamp
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION

from .phrases import id_of
from .talk import Talk

HOUR, DAY = 3600.0, 24 * 3600.0
JUMPS = pytest.mark.parametrize("seconds", [HOUR, -HOUR, DAY, -DAY])

ICE = IceConfiguration((), ("turn:a.example",), "north")


def ice_servers(talk: Talk, name: str) -> m.IceServers:
    """Return the notice of new credentials, computed with the current UNIX time."""
    servers = ICE.servers_for(id_of(name), talk.unix_time, talk.router.limits.turn_seconds)
    return m.IceServers(id_of(name), servers, GROUND_CONTROL)


# Deadlines --------------------------------------------------------------------------------


@JUMPS
def test_nobody_is_pinged_closed_or_sent_away_because_a_clock_was_set(seconds: float) -> None:
    talk = Talk()
    talk.gather("lobby", "joe")
    talk.gather("lobby", "ann", profile=SESSION)
    talk.lives(15)
    talk.sets_clock(seconds)
    talk.waits(4.5)
    talk.hears_nothing("ann", "joe")
    talk.is_open("ann", "joe")


@JUMPS
def test_a_place_is_held_for_its_time_whatever_the_clock_on_the_wall_does(
    seconds: float,
) -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    talk.sets_clock(seconds)
    talk.lives(29.5)
    assert talk.router.census().away == 1
    talk.lives(0.5)
    assert talk.router.census().away == 0


@JUMPS
def test_a_room_that_waits_for_its_first_member_waits_as_long(seconds: float) -> None:
    talk = Talk(limits=Limits(unused_room_seconds=1000.0, room_empty_for=10.0))
    talk.connects("ann", None, SESSION)
    talk.says("ann", m.CreateRoom(GROUND_CONTROL, m.CreateRoomBody("new-room")))
    room = talk.rooms[RoomId("new-room")]
    talk.sets_clock(seconds)
    talk.lives(990)
    forgets = ForgetRoom(room.id, room.incarnation, if_unused=True)
    assert forgets not in talk.changes
    talk.lives(20)
    assert forgets in talk.changes


# Times on the wire and in records ----------------------------------------------------------


@JUMPS
def test_what_is_said_of_time_is_right_from_the_next_message_on(seconds: float) -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.sets_clock(seconds)
    assert talk.unix_time == talk.now + seconds
    for name in ("ann", "bob"):
        talk.shows_life(name)
    talk.waits(20)
    talk.hears("bob", m.Ping(id_of("bob"), talk.milliseconds(), GROUND_CONTROL))
    talk.drops("ann")
    talk.hears("bob", m.Bye(m.ROOM, talk.milliseconds(), id_of("ann")))


@JUMPS
def test_rooms_and_clients_are_stored_with_the_right_time(seconds: float) -> None:
    talk = Talk()
    talk.sets_clock(seconds)
    talk.joins("ann", "lobby")
    assert talk.rooms[RoomId("lobby")].created_at == talk.unix_time
    assert talk.store.clients[id_of("ann")].joined_at == talk.unix_time


# TURN credentials -------------------------------------------------------------------------


@JUMPS
def test_sessions_are_told_of_new_credentials_as_soon_as_the_clock_was_set(
    seconds: float,
) -> None:
    talk = Talk(ice=ICE)
    talk.gather("lobby", "joe")
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.lives(100)
    talk.forget()
    talk.sets_clock(seconds)
    for name in ("ann", "bob"):
        talk.hears(name, ice_servers(talk, name))
    talk.hears_nothing("ann", "bob", "joe")
    talk.says("joe", m.GetIceServers())
    talk.hears("joe", ice_servers(talk, "joe"))


def test_who_is_away_when_the_clock_is_set_is_told_in_joined() -> None:
    talk = Talk(ice=ICE)
    talk.gather("lobby", "ann", profile=SESSION)
    talk.drops("ann")
    talk.sets_clock(HOUR)
    body = talk.resumes("ann 2", "ann")
    assert body.ice_servers == ice_servers(talk, "ann").data
    talk.hears_nothing("ann 2")


def test_small_corrections_trouble_nobody_until_they_add_up() -> None:
    talk = Talk(ice=ICE, limits=Limits(turn_seconds=1000))
    talk.gather("lobby", "ann", profile=SESSION)
    for _ in range(9):
        talk.sets_clock(1)
    talk.hears_nothing("ann")
    talk.sets_clock(1)
    talk.hears("ann", ice_servers(talk, "ann"))
    for _ in range(9):
        talk.sets_clock(-1)
    talk.hears_nothing("ann")


def test_credentials_replaced_by_a_jump_are_replaced_in_time_again() -> None:
    talk = Talk(ice=ICE, limits=Limits(turn_seconds=100))
    talk.gather("lobby", "ann", profile=SESSION)
    talk.lives(50)
    talk.sets_clock(DAY)
    talk.forget()
    talk.lives(79.5)
    talk.hears_nothing("ann")
    talk.lives(0.5)
    talk.hears("ann", ice_servers(talk, "ann"))


# The clock of the store -------------------------------------------------------------------


def test_a_place_is_stored_by_the_clock_of_the_store() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    before = talk.store.clients
    talk.sets_store_clock(5000.0)
    talk.drops("bob")
    talk.sets_clock(HOUR)
    talk.waits(10)
    talk.stops()
    saved = [one.client for one in talk.changes if isinstance(one, SaveClient)]
    assert [evolve(one, session_snapshot=None) for one in saved] == [
        evolve(before[id_of("ann")], away_since=5010.0),
        evolve(before[id_of("bob")], away_since=5000.0),
    ]


@pytest.mark.parametrize(("seconds", "reason"), [(29.5, "restarted"), (30.0, "unknown")])
@pytest.mark.parametrize("ahead", [45.0, -45.0, DAY, -DAY])
def test_how_long_a_place_was_away_is_judged_by_the_clock_of_the_store(
    ahead: float, seconds: float, reason: str
) -> None:
    """The next server has another clock of its own; both share the store's."""
    talk = Talk()
    talk.sets_store_clock(1000.0)
    talk.gather("lobby", "ann", profile=SESSION)
    talk.stops()
    talk.now = Timestamp(talk.now + ahead)
    talk.store_ahead -= ahead
    talk.starts_again()
    talk.waits(seconds)
    assert talk.resumes("ann 2", "ann").reason == reason
