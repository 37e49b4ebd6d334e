"""Conversations about time: silence, turns of work, the stop, and the size of the state."""

from camus_core.conformance import Setting
from camus_core.conformance.patterns import A_TIME
from camus_core.conformance.scenario import (
    Connects,
    Drops,
    Hears,
    HearsNo,
    IsClosed,
    Joins,
    Says,
    Stops,
    Waits,
)
from camus_core.conformance.session_phrases import note
from camus_core.conformance.vocabulary import BILL, CAMUS_2, RUFUS, SERVER, TED, by, join, to
from camus_core.effects import ForgetClient, Send
from camus_core.events import ClockSet, Event, KeptAlive, RecordsLost, Ticked
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.records import ClientId
from driving.conversation import Conversation
from driving.driver import START
from driving.weight import weight_of

PONG = to(SERVER, "pong")


# Silence ------------------------------------------------------------------------------------


def test_a_client_is_pinged_each_20_s_after_its_last_sign_of_life_and_closed_after_60_s() -> (
    None
):
    talk = Conversation()
    talk.plays(Joins(BILL))
    for _ in range(10):
        talk.plays(Waits(18.5), HearsNo(BILL, "ping"))
        talk.server.happens(KeptAlive(talk.server.connection_of(BILL)))
    ping = Hears(BILL, by(SERVER, BILL, "ping", A_TIME), within=0.5)
    talk.plays(Waits(19.5), HearsNo(BILL, "ping"), ping)
    talk.plays(Waits(19.5), HearsNo(BILL, "ping"), ping, Waits(19.5), IsClosed(BILL, 4001))
    assert talk.server.now == START + 10 * 18.5 + 60


def test_a_client_that_talks_all_the_time_wakes_the_server_rarely() -> None:
    talk = Conversation()
    talk.plays(Joins(BILL))
    talk.server.ticks = 0
    talk.plays(*(Says(BILL, PONG), Waits(0.125)) * 2000)
    assert talk.server.ticks <= 2000 * 0.125 / 20 + 2


# Turns of work that is due at once ------------------------------------------------------------


def crowd(size: int) -> list[str]:
    """Return the ids of many clients."""
    return [f"{number:032x}" for number in range(size)]


def turns(talk: Conversation, event: Event) -> list[int]:
    """Feed an event, and ticks while work is due; return the messages and changes of each."""
    done: list[int] = []
    while True:
        effects = talk.router.handle(event, talk.server.now)
        done.append(sum(len(one.to) if isinstance(one, Send) else 1 for one in effects))
        deadline = talk.router.next_deadline()
        if deadline is None or deadline > talk.server.now:
            return done
        event = Ticked()


def test_of_many_silent_clients_some_are_pinged_in_one_turn() -> None:
    talk = Conversation()
    talk.plays(*(Connects(who, None, CAMUS_2) for who in crowd(1000)))
    talk.server.pauses(20)
    pinged = turns(talk, Ticked())
    assert sum(pinged) == 1000
    assert max(pinged) <= 256


def test_of_many_rosters_and_records_some_are_sent_and_written_in_one_turn() -> None:
    talk = Conversation()
    for number, who in enumerate(crowd(600)):
        talk.plays(Connects(who, f"room-{number % 30}"), Says(who, PONG))
    talk.plays(Waits(1))
    for who in crowd(600)[:60]:  # the second new name in a room is told later
        talk.plays(Says(who, to(SERVER, "profile", {"username": "Bill"})))
    talk.server.pauses(1)
    assert turns(talk, Ticked()) == [260, 260, 80]
    assert turns(talk, RecordsLost()) == [0, 260, 260, 80]


def test_of_many_places_some_end_in_one_turn() -> None:
    talk = Conversation()
    talk.plays(*(step for who in crowd(60) for step in (Connects(who, None, CAMUS_2),)))
    talk.plays(*(Says(who, join()) for who in crowd(60)), *map(Drops, crowd(60)))
    talk.server.pauses(Limits().place_seconds)
    assert len(turns(talk, Ticked())) > 4


def test_of_many_turn_credentials_some_are_replaced_in_one_turn() -> None:
    talk = Conversation(Setting(ice=IceConfiguration((), ("turn:turn.example",), "north")))
    for who in crowd(300):
        talk.plays(Connects(who, None, CAMUS_2), Says(who, join(f"room-{who[-3:]}")))
    replaced = turns(talk, ClockSet(1e6))
    assert replaced == [64, 300 - 64]


# The stop -----------------------------------------------------------------------------------


def test_a_server_that_stops_forgets_members_of_the_core_profile_and_admits_nobody() -> None:
    talk = Conversation()
    talk.plays(Joins(BILL))
    talk.server.holds_questions = True
    talk.plays(Connects(TED, "circle-k"), Stops(), IsClosed(BILL, 1012), IsClosed(TED, 1012))
    talk.answers(TED)
    talk.plays(Connects(RUFUS), IsClosed(RUFUS, 1012))
    assert talk.server.changes[1:] == [ForgetClient(ClientId(BILL), "node 1")]


# The size of the state ----------------------------------------------------------------------


def test_when_all_clients_have_gone_nothing_is_left() -> None:
    talk = Conversation()
    empty = weight_of(talk.router)
    clients = crowd(100)
    for number, who in enumerate(clients):
        talk.plays(Connects(who, f"room-{number % 50}"))
    assert weight_of(talk.router) > empty + 1000
    for who in clients[:50]:
        talk.plays(Drops(who))
    for who in clients[50:]:
        talk.plays(Says(who, to(SERVER, "bye")))
    talk.plays(Waits(400))
    assert talk.router.next_deadline() is None
    assert weight_of(talk.router) < empty + 100


def test_clients_that_come_and_go_leave_nothing_behind() -> None:
    talk = Conversation()
    weights = []
    for number, who in enumerate(crowd(2000)):
        talk.plays(Connects(who, f"room-{number % 3}"), Says(who, PONG), Waits(0.125))
        talk.plays(Drops(who))
        if number % 100 == 99:
            weights.append(weight_of(talk.router))
    assert max(weights[10:]) <= max(weights[:10]) * 1.1
    assert talk.server.ticks < 4 * 2000


def test_frames_cost_no_memory() -> None:
    talk = Conversation()
    talk.plays(Joins(BILL), Joins(TED))
    before = weight_of(talk.router)
    for number in range(1000):
        talk.plays(
            *note(BILL, TED, "Dude!"),
            Says(TED, to(SERVER, "profile", {"username": f"Ted {number % 10}"})),
            Waits(1),
        )
    assert weight_of(talk.router) < before + 200
