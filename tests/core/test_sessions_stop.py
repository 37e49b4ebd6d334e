"""Conversations with a server that stops: the notices, and the stored records."""

from attrs import evolve

from camus_core.effects import ForgetClient, SaveClient
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.records import RoomId, RoomRecord
from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION
from driving.driver import START

from .phrases import hi, id_of, join, rename
from .talk import Talk


def going_away(name: str, seconds: float) -> m.GoingAway:
    return m.GoingAway(id_of(name), m.GoingAwayBody(seconds), GROUND_CONTROL)


# Notices -----------------------------------------------------------------------------------


def test_a_few_are_told_to_come_back_within_a_second_and_not_all_at_once() -> None:
    talk = Talk()
    names = ("ann", "bob", "eve", "joe")
    talk.gather("lobby", *names[:2], profile=SESSION)
    talk.gather("attic", *names[2:], profile=SESSION)
    talk.stops()
    for name, seconds in zip(names, (0.0, 0.25, 0.5, 0.75), strict=True):
        talk.hears(name, going_away(name, seconds))
        talk.hears_nothing(name)
        talk.is_closed(name, 1012)


def test_a_thousand_are_spread_evenly_over_as_many_seconds_as_the_deployment_says() -> None:
    talk = Talk(limits=Limits(reconnects_per_second=100))
    names = [f"guest {number}" for number in range(1000)]
    for number, name in enumerate(names):
        talk.joins(name, f"room-{number % 20}")
    talk.forget()
    talk.stops()
    told = [talk.has_heard(name) for name in names]
    assert told == [[going_away(name, round(at / 100, 3))] for at, name in enumerate(names)]
    for name in names:
        talk.is_closed(name, 1012)


def test_members_of_the_core_profile_are_closed_and_told_nothing() -> None:
    talk = Talk()
    talk.gather("lobby", "joe")
    talk.gather("lobby", "ann", profile=SESSION)
    talk.stops()
    talk.hears("ann", going_away("ann", 0.0))
    talk.hears_nothing("ann", "joe")
    for name in ("ann", "joe"):
        talk.is_closed(name, 1012)
    assert talk.changes[-1] == ForgetClient(id_of("joe"), "this node")
    assert list(talk.store.clients) == [id_of("ann")]


def test_who_has_not_joined_is_closed_and_let_in_no_more() -> None:
    talk = Talk(RoomRecord(RoomId("lobby"), "Lobby", START, password_hash="tin can"))
    talk.connects("ann", None, SESSION)
    talk.holds_questions = True
    talk.connects("bob", None, SESSION)
    talk.says("bob", join("lobby", password="tin can"))
    talk.stops()
    for name in ("ann", "bob"):
        talk.is_closed(name, 1012)
    talk.answers("bob")
    talk.hears_nothing("ann", "bob")
    assert talk.changes == []


# Stored records --------------------------------------------------------------------------


def test_every_place_is_stored_with_the_time_from_which_it_is_held() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    before = talk.store.clients
    talk.drops("bob")
    dropped_at = talk.now
    talk.waits(10)
    talk.stops()
    saved = [one for one in talk.changes if isinstance(one, SaveClient)]
    assert [evolve(one.client, session_snapshot=None) for one in saved] == [
        evolve(before[id_of("ann")], away_since=talk.now),
        evolve(before[id_of("bob")], away_since=dropped_at),
    ]
    assert all(one.client.session_snapshot is not None for one in saved)


def test_a_client_of_an_earlier_node_is_still_taken_over_when_it_is_stored_in_the_end() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    talk.stops()
    talk.starts_again()
    talk.resumes("ann 2", "ann")
    talk.forget()
    talk.stops()
    (saved,) = talk.changes
    assert isinstance(saved, SaveClient)
    assert (saved.takes_over, saved.client.node) == (True, "next node")


# Afterwards ------------------------------------------------------------------------------


def test_after_the_stop_nothing_happens_any_more() -> None:
    ice = IceConfiguration((), ("turn:a.example",), "north")
    talk = Talk(limits=Limits(turn_seconds=10), ice=ice)
    talk.gather("lobby", "joe", "sue")
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    talk.says("ann", hi("room"))
    for name in ("Joe", "Joseph"):
        talk.says("joe", rename(name))
    talk.stops()
    talk.forget()
    talk.says("ann", hi("room"))
    talk.drops("joe")
    talk.waits(400)
    talk.hears_nothing("ann", "joe", "sue")
    assert talk.changes == []


def test_a_stop_while_sessions_overflow_ends_like_any_other() -> None:
    talk = Talk(limits=Limits(unconfirmed_frames=2, all_unconfirmed_bytes=2000))
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    for number in range(2):
        talk.says("ann", hi("bob", number, id=str(number)))
        talk.says("bob", hi("ann", number, id=str(number)))
    talk.stops()
    for name in ("ann", "bob"):
        talk.is_closed(name, 1012)
    talk.starts_again()
    for name in ("ann", "bob"):
        body = talk.resumes(f"{name} 2", name)
        assert (body.reason, body.received) == ("restarted", 2)
        told = [one for one in talk.has_heard(f"{name} 2") if one.type == "undeliverable"]
        assert {one.reply_to for one in told} == {"0", "1"}
