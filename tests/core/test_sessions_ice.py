"""Conversations about TURN credentials, which are replaced before they expire."""

from camus_core.census import Census
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION

from .phrases import ack, bye, id_of
from .talk import Talk

ICE = IceConfiguration(("stun:a.example",), ("turn:a.example",), "north")


def ice_servers(talk: Talk, name: str, seconds: int = 100) -> m.IceServers:
    """Return the ICE servers with credentials computed now."""
    servers = ICE.servers_for(id_of(name), talk.unix_time, seconds)
    return m.IceServers(id_of(name), servers, GROUND_CONTROL)


def talk_of(*names: str, seconds: int = 100) -> Talk:
    talk = Talk(limits=Limits(turn_seconds=seconds), ice=ICE)
    for name in names:
        talk.joins(name, "lobby")
    talk.forget()
    return talk


def test_credentials_are_replaced_at_four_fifths_of_their_life_for_ever() -> None:
    """nextcloud/spreed issue 6323: credentials expired and were not replaced."""
    talk = talk_of("ann")
    for number in range(1, 50):
        talk.lives(79.5)
        talk.hears_nothing("ann")
        talk.lives(0.5)
        talk.hears("ann", ice_servers(talk, "ann"))
        talk.says("ann", ack(number))


def test_each_is_told_in_its_own_time() -> None:
    talk = talk_of("ann")
    talk.lives(10)
    talk.joins("bob", "lobby")
    talk.forget()
    talk.lives(70)
    talk.hears("ann", ice_servers(talk, "ann"))
    talk.hears_nothing("bob")
    talk.lives(10)
    talk.hears("bob", ice_servers(talk, "bob"))
    talk.hears_nothing("ann", "bob")


def test_who_asks_is_told_later() -> None:
    talk = talk_of("ann")
    talk.lives(50)
    talk.says("ann", m.GetIceServers())
    talk.hears("ann", ice_servers(talk, "ann"))
    talk.waits(2)
    talk.forget()
    talk.lives(77.5)
    talk.hears_nothing("ann")
    talk.lives(0.5)
    talk.hears("ann", ice_servers(talk, "ann"))


def test_who_is_away_at_the_time_is_told_when_it_comes_back() -> None:
    talk = talk_of("ann")
    talk.lives(70)
    talk.drops("ann")
    talk.lives(20)
    body = talk.resumes("ann 2", "ann")
    assert body.ice_servers == ICE.servers_for(id_of("ann"), talk.unix_time, 100)
    talk.hears_nothing("ann 2")
    talk.lives(80)
    talk.hears("ann 2", ice_servers(talk, "ann"))


def test_members_of_the_core_profile_are_told_when_they_ask() -> None:
    talk = Talk(limits=Limits(turn_seconds=100), ice=ICE)
    talk.gather("lobby", "joe")
    talk.lives(200)
    talk.hears_nothing("joe")
    talk.says("joe", m.GetIceServers())
    talk.hears("joe", ice_servers(talk, "joe"))


def test_where_there_is_no_turn_server_nothing_is_replaced() -> None:
    talk = Talk(limits=Limits(turn_seconds=100), ice=IceConfiguration(("stun:a.example",)))
    talk.gather("lobby", "ann", profile=SESSION)
    talk.lives(200)
    talk.hears_nothing("ann")


def test_who_has_left_leaves_nothing_behind() -> None:
    talk = talk_of("first", seconds=40)
    weights = []
    for number in range(500):
        name = f"guest {number}"
        talk.joins(name, "lobby")
        talk.lives(1)
        talk.confirms("first")
        talk.says(name, bye()) if number % 2 else talk.drops(name, 1001)
        if number % 50 == 49:
            weights.append(talk.weight())
    assert max(weights[3:]) <= max(weights[:3]) * 1.1
    talk.confirms("first")
    talk.says("first", bye())
    talk.waits(400)
    assert talk.router.census() == Census(0, 0, 0, 0, 0)
    assert talk.router.next_deadline() is None


def test_to_refresh_wakes_the_server_once_for_all_who_are_due() -> None:
    talk = talk_of(*(f"guest {number}" for number in range(100)))
    talk.lives(79)
    talk.ticks = 0
    talk.lives(1)
    assert talk.ticks == 1
    for number in range(100):
        name = f"guest {number}"
        talk.hears(name, ice_servers(talk, name))
