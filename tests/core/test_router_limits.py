"""Conversations about excess: of relayed bytes, and of bytes that wait for a slow reader."""

from camus_core.conformance import Setting
from camus_core.conformance.scenario import (
    Connects,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
)
from camus_core.conformance.session_phrases import note, says
from camus_core.conformance.vocabulary import BILL, TED, refused
from camus_core.events import Overflowed
from camus_core.limits import Limits
from driving.conversation import Conversation


def overflows(talk: Conversation, who: str) -> None:
    """Tell the router that too much waits to be sent to a client."""
    talk.server.happens(Overflowed(talk.server.connection_of(who)))


def test_a_slow_reader_is_closed_once_and_also_while_its_room_is_looked_up() -> None:
    talk = Conversation()
    talk.plays(Joins(BILL))
    overflows(talk, BILL)
    overflows(talk, BILL)
    talk.server.holds_questions = True
    talk.plays(IsClosed(BILL, 4000), Connects(TED, "circle-k"))
    overflows(talk, TED)
    talk.plays(IsClosed(TED, 4000))
    talk.answers(TED)
    assert (talk.router.census().connections, talk.router.census().members) == (0, 0)


def test_the_bytes_of_many_small_messages_count_together() -> None:
    limits = Limits(relayed_bytes_per_second=0.001, relayed_burst_bytes=50_000.0)
    talk = Conversation(Setting(limits))
    talk.plays(Joins(BILL), Joins(TED), *note(BILL, TED, "." * 900) * 50)
    talk.plays(*says(BILL, TED, "." * 900) * 9)
    talk.plays(Hears(BILL, refused(BILL, "rate-limited", retry_after=True)))


def test_a_newcomer_may_offer_to_forty_peers_at_once() -> None:
    talk = Conversation()
    peers = [f"{number:032x}" for number in range(40)]
    talk.plays(Joins(BILL), *map(Connects, peers))
    for peer in peers:
        talk.plays(*says(BILL, peer, "." * 16_400), *says(BILL, peer, "." * 300) * 21)
    talk.plays(HearsNothing(BILL))


def test_a_client_may_send_a_thousand_small_messages_at_once() -> None:
    talk = Conversation()
    talk.plays(Joins(BILL), Joins(TED), *says(BILL, TED, "." * 900) * 1000)
    talk.plays(HearsNothing(BILL))
