"""Conversations across a restart of the server: the stored records of clients."""

from attrs import evolve

from camus_core.conformance.scenario import (
    Connects,
    Drops,
    Hears,
    IsClosed,
    Says,
    Starts,
    Waits,
)
from camus_core.conformance.session_phrases import enters, is_back, is_stopped, meet
from camus_core.conformance.vocabulary import (
    BILL,
    BILL_ANEW,
    CAMUS_2,
    SERVER,
    TED,
    joined,
    member,
    resume,
    to,
)
from camus_core.effects import ForgetClient, SaveClient
from camus_core.events import RecordsLost
from camus_core.records import ClientId
from driving.conversation import Conversation

BILL_ID = ClientId(BILL)
UNSEEN = "\u3164"
"""A username that was valid under an older rule, and now isn't."""


def test_the_next_node_takes_a_record_over_and_removes_it_at_the_end() -> None:
    talk = Conversation()
    talk.plays(*enters(BILL))
    before = talk.server.store.clients[BILL_ID]
    talk.plays(*is_stopped(BILL), Starts())
    talk.server.changes.clear()
    talk.plays(*is_back(BILL, 1, BILL, handled=0))
    taken_over = SaveClient(evolve(before, node=talk.router.node), takes_over=True)
    assert talk.server.changes == [taken_over]
    talk.plays(Says(BILL, to(SERVER, "bye")), IsClosed(BILL, 1000))
    assert talk.server.changes == [taken_over, ForgetClient(BILL_ID, None)]
    assert talk.server.store.clients == {}


def test_a_restored_member_keeps_a_username_that_no_newcomer_could_take() -> None:
    talk = Conversation()
    talk.plays(*enters(BILL), *is_stopped(BILL))
    store = talk.server.store
    store.put_client(evolve(store.clients[BILL_ID], username=UNSEEN))
    back = joined(BILL, nth=2, reason="restarted", received=0, clients=[member(BILL, UNSEEN)])
    talk.plays(
        Starts(),
        Connects(BILL, None, CAMUS_2),
        Says(BILL, resume(BILL, 1, username=UNSEEN)),
        Hears(BILL, back),
    )


def test_a_record_of_the_same_node_holds_no_place() -> None:
    talk = Conversation()
    talk.plays(*meet(TED, BILL))
    record = evolve(talk.server.store.clients[BILL_ID], away_since=talk.server.now)
    talk.plays(Says(BILL, to(SERVER, "bye")), IsClosed(BILL, 1000))
    talk.server.store.put_client(record)
    talk.plays(
        Connects(BILL, None, CAMUS_2),
        Says(BILL, resume(BILL, 0)),
        Hears(
            BILL, joined(BILL_ANEW, reason="unknown", clients=[member(TED), member(BILL_ANEW)])
        ),
    )


def test_a_node_that_counted_as_dead_writes_its_clients_again() -> None:
    talk = Conversation()
    talk.plays(*meet(BILL, TED), Drops(TED))
    before = talk.server.store.clients
    for client_id in before:
        talk.server.store.write(ForgetClient(client_id))
    talk.server.happens(RecordsLost())
    talk.plays(Waits(0))
    assert talk.server.store.clients == before
