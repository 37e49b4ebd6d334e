"""Conversations about excess: of relayed bytes, and of bytes that wait for a slow reader."""

import pytest

from camus_core.conformance import Fence, Setting
from camus_core.conformance.attribute_phrases import set_attributes
from camus_core.conformance.scenario import (
    Connects,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
)
from camus_core.conformance.session_phrases import note, says
from camus_core.conformance.vocabulary import BILL, CAMUS_2, SERVER, TED, join, refused, to
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


@pytest.mark.slow
def test_in_a_full_room_a_class_takes_names_and_raises_hands_again_and_again() -> None:
    talk = Conversation()
    members = [f"{number:032x}" for number in range(Limits().guest_limit)]
    for number, who in enumerate(members):
        talk.plays(Connects(who, None, CAMUS_2, address=f"192.0.2.{number // 64}"))
        talk.plays(Says(who, join()))
    a_class = members[:64]
    for hand in ("1", None, "2", None, "3"):
        talk.plays(*(Says(who, set_attributes(hand=hand)) for who in a_class))
    talk.plays(*(Says(who, to(SERVER, "profile", {"username": "Bill"})) for who in a_class))
    heard = [frame for who in a_class for frame in talk.server.do(Fence(who))]
    assert not [frame for frame in heard if isinstance(frame, bytes) and b'"error"' in frame]
