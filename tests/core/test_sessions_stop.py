"""Conversations with a server that stops: the notices, and the stored records."""

import pytest
from attrs import evolve

from camus_core.conformance import Setting
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    IsClosed,
    Joins,
    Says,
    Starts,
    Stops,
    Waits,
)
from camus_core.conformance.session_phrases import enters, is_back, is_stopped, meet
from camus_core.conformance.vocabulary import (
    BILL,
    CAMUS_2,
    ROOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    but,
    client_joined,
    going_away,
    join,
    to,
)
from camus_core.effects import ForgetClient, SaveClient
from camus_core.events import Disconnected, KeptAlive, Overflowed, Received, Ticked, Timestamp
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.records import ClientId
from camus_core.wire.messages import Greeting, Json
from driving.conversation import Conversation

BILL_ID, TED_ID = ClientId(BILL), ClientId(TED)


@pytest.mark.parametrize(
    ("reconnects_per_second", "seconds"),
    [(500, (0.0, 0.25, 0.5, 0.75)), (0.5, (0.0, 2.0, 4.0, 6.0))],
)
def test_clients_are_told_to_come_back_one_after_another(
    reconnects_per_second: float, seconds: tuple[float, ...]
) -> None:
    talk = Conversation(Setting(Limits(reconnects_per_second=reconnects_per_second)))
    clients = (BILL, TED, RUFUS, TED_ANEW)
    for number, who in enumerate(clients):
        talk.plays(*enters(who, f"room-{number % 2}"))
    talk.plays(Hears(BILL, client_joined(RUFUS)), Hears(TED, client_joined(TED_ANEW)), Stops())
    for who, reconnect_in in zip(clients, seconds, strict=True):
        notice = but(going_away(who), data={"reconnect_in": reconnect_in})
        talk.plays(Hears(who, notice), IsClosed(who, 1012))


def test_a_place_is_stored_with_the_time_since_which_it_is_held() -> None:
    talk = Conversation()
    talk.plays(*meet(BILL, TED), Joins(RUFUS), Hears(BILL, client_joined(RUFUS)), Drops(TED))
    before, dropped_at = talk.server.store.clients, talk.server.now
    talk.plays(Waits(10))
    talk.server.changes.clear()
    talk.plays(*is_stopped(BILL), IsClosed(RUFUS, 1012))
    [bill, ted, rufus] = talk.server.changes
    assert isinstance(bill, SaveClient) and isinstance(ted, SaveClient)
    for saved, client_id, since in (
        (bill, BILL_ID, talk.server.now),
        (ted, TED_ID, dropped_at),
    ):
        assert evolve(saved.client, session_snapshot=None) == evolve(
            before[client_id], away_since=since
        )
        assert saved.client.session_snapshot is not None
    assert rufus == ForgetClient(ClientId(RUFUS), talk.router.node)


def test_a_client_of_an_earlier_node_is_taken_over_at_the_next_stop_too() -> None:
    talk = Conversation()
    talk.plays(*enters(BILL), *is_stopped(BILL), Starts(), *is_back(BILL, 1, BILL, handled=0))
    talk.server.changes.clear()
    talk.plays(*is_stopped(BILL))
    [saved] = talk.server.changes
    assert isinstance(saved, SaveClient)
    assert (saved.takes_over, saved.client.node) == (True, talk.router.node)


def test_a_client_that_is_being_admitted_is_closed_and_admitted_no_more() -> None:
    room = ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns")
    talk = Conversation(Setting(rooms=(room,)))
    talk.server.holds_questions = True
    talk.plays(Connects(BILL, None, CAMUS_2), Says(BILL, join(password="Wyld Stallyns")))
    talk.plays(Stops(), IsClosed(BILL, 1012))
    talk.answers(BILL)
    assert talk.server.changes == []


def test_after_the_stop_nothing_happens_any_more() -> None:
    ice = IceConfiguration((), ("turn:a.example",), "north")
    talk = Conversation(Setting(Limits(turn_seconds=10), ice))
    rename = to(SERVER, "profile", {"username": "Rufus"})
    talk.plays(Joins(RUFUS), Says(RUFUS, rename), Says(RUFUS, rename))
    talk.plays(Connects(BILL, None, CAMUS_2), Says(BILL, join()), Says(BILL, to(ROOM, "bye")))
    talk.plays(Connects(TED, None, CAMUS_2), Says(TED, join()), Drops(TED), Stops())
    bill, rufus = map(talk.server.connection_of, (BILL, RUFUS))
    later = Timestamp(talk.server.now + 400)
    late = Received(bill, Greeting(ROOM, Json(b'"too late"')))
    for event in (late, KeptAlive(bill), Overflowed(rufus), Disconnected(rufus), Ticked()):
        assert talk.router.handle(event, later) == []
    census = talk.router.census()
    assert (census.connections, census.rooms, census.members, census.away) == (0, 0, 0, 0)
    talk.plays(Connects(TED_ANEW), IsClosed(TED_ANEW, 1012))
