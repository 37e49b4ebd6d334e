"""Conversations about time: silence, the stop of the server, and the size of its state."""

import pytest

from camus_core.effects import ForgetClient, Send
from camus_core.events import ClockSet, Connected, ConnectionId, RecordsLost, Ticked, Timestamp
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.records import ClientId
from camus_core.router import Router
from camus_core.wire import messages as m
from camus_core.wire.messages import Json
from camus_core.wire.profile import SESSION

from .phrases import id_of, roster
from .talk import Talk

PING = m.Ping("ground control", Json(b"1"))
PONG = m.Pong("ground control", Json(b"1"))


def ping(talk: Talk, name: str) -> m.Ping:
    """Return the server's ping to a silent client."""
    return m.Ping(id_of(name), talk.milliseconds(), "ground control")


# Silence -------------------------------------------------------------------------------


def test_a_silent_client_is_pinged_twice_and_then_taken_for_dead() -> None:
    talk = Talk()
    talk.connects("ann", "lobby")
    talk.forget()
    talk.waits(19.5)
    talk.hears_nothing("ann")
    talk.waits(0.5)
    talk.hears("ann", ping(talk, "ann"))
    talk.waits(19.5)
    talk.hears_nothing("ann")
    talk.waits(0.5)
    talk.hears("ann", ping(talk, "ann"))
    talk.waits(19.5)
    talk.is_open("ann")
    talk.waits(0.5)
    talk.is_closed("ann", 4001)
    talk.hears_nothing("ann")


def test_of_many_deadlines_that_are_due_at_once_some_are_handled_at_a_time() -> None:
    router = Router()
    for number in range(1000):
        client = ClientId(f"{number:032x}")
        router.handle(Connected(ConnectionId(number), client, None, SESSION), Timestamp(0.0))
    now = Timestamp(20.0)
    pinged = []
    while (deadline := router.next_deadline()) is not None and deadline <= now:
        pinged.append(len(router.handle(Ticked(), now)))
    assert sum(pinged) == 1000
    assert max(pinged) <= 256


def most_at_once(talk: Talk) -> tuple[int, int]:
    """Handle all due deadlines; return the most messages and writes at once, and the total."""
    done = []
    while (deadline := talk.router.next_deadline()) is not None and deadline <= talk.now:
        effects = talk.router.handle(Ticked(), talk.now)
        done.append(sum(len(one.to) if isinstance(one, Send) else 1 for one in effects))
    return max(done), sum(done)


def test_of_many_rosters_that_are_due_at_once_some_are_pushed_at_a_time() -> None:
    talk = Talk()
    for number in range(30):
        talk.gather(f"room-{number}", *(f"{number} {name}" for name in range(20)))
    for number in range(30):
        for again in range(2):
            talk.says(f"{number} {again}", m.Profile("ground control", m.ProfileBody("Joe")))
    talk.pauses(1)
    assert most_at_once(talk) == (260, 600)


def test_of_many_clients_that_are_stored_again_some_are_at_a_time() -> None:
    talk = Talk()
    for number in range(30):
        talk.gather(f"room-{number}", *(f"{number} {name}" for name in range(20)))
    at_once = len(talk.router.handle(RecordsLost(), talk.now))
    assert at_once == 0
    assert most_at_once(talk) == (260, 600)


def test_of_many_turn_credentials_that_are_replaced_at_once_some_are_at_a_time() -> None:
    talk = Talk(ice=IceConfiguration((), ("turn:turn.example",), "north"))
    for number in range(300):
        talk.joins(f"ann {number}", f"room-{number}")
    told = talk.router.handle(ClockSet(1e6), talk.now)
    assert len(told) <= 64
    assert len(told) + most_at_once(talk)[1] == 300


def test_the_others_hear_that_a_dead_client_has_left() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    for _ in range(6):
        talk.waits(10)
        talk.says("bob", PONG)
    talk.is_closed("ann", 4001)
    heard = [one for one in talk.has_heard("bob") if not isinstance(one, m.Ping)]
    (bye, pushed) = heard
    assert isinstance(bye, m.Bye)
    assert (bye.receiver, bye.sender) == ("room", id_of("ann"))
    assert pushed == roster("room", "lobby", "bob")


def test_any_frame_is_a_sign_of_life() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    for said in (PONG, PING, m.GetRoomInfo(), m.Offer("nobody", Json(b"{}"))):
        talk.waits(18.5)
        talk.says("ann", said)
    assert not [heard for heard in talk.has_heard("ann") if isinstance(heard, m.Ping)]


def test_so_is_what_the_transport_hears() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    for _ in range(10):
        talk.waits(18.5)
        talk.shows_life("ann")
    talk.hears_nothing("ann")
    talk.is_open("ann")


def test_who_answers_pings_stays_for_ever() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    for _ in range(1000):
        talk.waits(21)
        talk.says("ann", PONG)
    talk.is_open("ann")


def test_the_seconds_are_the_deployments() -> None:
    talk = Talk(limits=Limits(ping_after=1.0, silent_for=1.5))
    talk.connects("ann", "lobby")
    talk.forget()
    talk.waits(1)
    talk.hears("ann", ping(talk, "ann"))
    talk.waits(0.5)
    talk.is_closed("ann", 4001)


def test_a_client_that_talks_all_the_time_wakes_the_server_rarely() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.ticks = 0
    for _ in range(2000):
        talk.says("ann", PONG)
        talk.waits(0.125)
    assert talk.ticks <= 2000 * 0.125 / 20 + 2


# The stop -------------------------------------------------------------------------------


def test_when_the_server_stops_everyone_is_closed_to_come_back() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.gather("attic", "eve")
    talk.stops()
    for name in ("ann", "bob", "eve"):
        talk.is_closed(name, 1012)
    talk.hears_nothing("ann", "bob", "eve")


def test_who_waits_for_an_answer_when_the_server_stops_is_closed_too() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", "lobby")
    talk.stops()
    talk.is_closed("ann", 1012)
    talk.answers("ann")
    talk.hears_nothing("ann")


def test_after_the_stop_nobody_is_answered_pinged_or_said_bye_for() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.stops()
    talk.says("ann", PING)
    talk.waits(25)
    talk.drops("ann")
    talk.waits(100)
    talk.hears_nothing("ann", "bob")


def test_who_was_there_when_the_server_stops_is_removed_from_the_store() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.stops()
    talk.drops("ann")
    assert talk.changes == [
        ForgetClient(id_of("ann"), "this node"),
        ForgetClient(id_of("bob"), "this node"),
    ]


# The state -----------------------------------------------------------------------------


def test_when_all_have_gone_nothing_is_left() -> None:
    talk = Talk()
    empty = talk.weight()
    for number in range(50):
        talk.gather(f"room-{number}", f"a {number}", f"b {number}")
    for number in range(50):
        talk.drops(f"a {number}")
        talk.says(f"b {number}", m.Bye("ground control"))
    assert talk.weight() > empty + 1000
    talk.waits(400)
    assert talk.router.next_deadline() is None
    assert talk.weight() < empty + 100


@pytest.mark.slow
def test_ten_thousand_who_come_and_go_cost_no_more_than_the_first_thousand() -> None:
    talk = Talk()
    weights = []
    for number in range(10_000):
        name = str(number)
        talk.connects(name, f"room-{number % 3}")
        talk.says(name, m.GetRoomInfo())
        talk.waits(0.125)
        talk.drops(name)
        if number % 100 == 99:
            weights.append(talk.weight())
    assert max(weights[10:]) <= max(weights[:10]) * 1.1
    assert talk.ticks < 40_000


def test_frames_cost_no_memory() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    before = talk.weight()
    for number in range(5000):
        talk.says("ann", m.Offer(id_of("bob"), Json(b'{"n":%d}' % number)))
        talk.says("bob", m.Profile("ground control", m.ProfileBody(f"Bob {number % 10}")))
        talk.waits(0.25)
        talk.forget()
    talk.is_open("ann", "bob")
    assert talk.weight() < before + 200
