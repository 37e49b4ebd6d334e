"""Conversations about counting: when frames are confirmed, and what is kept until then."""

import tracemalloc

import pytest

from camus_core.census import Census
from camus_core.conformance import Setting
from camus_core.conformance.scenario import (
    Connects,
    Drops,
    Hears,
    HearsNo,
    Joins,
    Says,
    Waits,
)
from camus_core.conformance.session_phrases import enters, says
from camus_core.conformance.vocabulary import (
    BILL,
    CAMUS_2,
    SERVER,
    TED,
    ack,
    by,
    refused,
    resume,
    to,
)
from camus_core.limits import Limits
from camus_core.questions import Failed
from camus_core.records import SessionDigest
from camus_core.sessions.delivery import Delivery, MemoryUse
from camus_core.wire.codec import best_codec
from camus_core.wire.json_codec import frame_size
from camus_core.wire.json_text import to_json
from camus_core.wire.message import Relayable
from driving.conversation import Conversation

PATIENT = Limits(ping_after=10_000, silent_for=10_000)

NOTE = len(to_json(by(BILL, TED, "x-note", "1")))
"""The bytes that the server counts for one kept note: those of its frame."""


def acked(who: str, received: int) -> Hears:
    """Return the confirmation that a client receives at this moment."""
    return Hears(who, by(SERVER, who, "ack", {"received": received}), within=0)


def test_frames_are_confirmed_once_and_each_within_two_seconds() -> None:
    talk = Conversation(Setting(PATIENT))
    greeting = Says(BILL, to(SERVER, "greeting", "Hello"))
    talk.plays(*enters(BILL), greeting, Waits(1.5), greeting, HearsNo(BILL, "ack"))
    talk.plays(Waits(0.5), acked(BILL, 2), Waits(60), HearsNo(BILL, "ack"))
    talk.plays(greeting, Waits(1.9), HearsNo(BILL, "ack"), Waits(0.1), acked(BILL, 3))
    talk.plays(*[greeting] * 32, acked(BILL, 35), Waits(10), HearsNo(BILL, "ack"))


def test_a_frame_counts_once_its_question_is_answered_even_if_that_fails() -> None:
    talk = Conversation(Setting(PATIENT))
    talk.plays(*enters(BILL))
    talk.server.holds_questions = True
    talk.plays(Says(BILL, to(SERVER, "list-rooms")), Waits(5), HearsNo(BILL, "ack"))
    talk.answers(BILL, [])
    talk.plays(Hears(BILL, by(SERVER, BILL, "rooms", [])), Waits(2), acked(BILL, 1))
    talk.plays(Says(BILL, to(SERVER, "list-rooms")))
    talk.answers(BILL, Failed("the database is down"))
    talk.plays(Hears(BILL, refused(BILL, "unavailable", retry_after=True)), Waits(2))
    talk.plays(acked(BILL, 2))


def test_the_census_counts_clients_that_are_away_and_unconfirmed_bytes() -> None:
    talk = Conversation(Setting(Limits(unconfirmed_frames=3)))

    def counts(away: int, unconfirmed_bytes: int) -> None:
        connections = 2 - away
        assert talk.router.census() == Census(connections, 1, 2, away, unconfirmed_bytes)

    talk.plays(Joins(BILL), *enters(TED), *says(BILL, TED, "1", "2", "3"))
    counts(away=0, unconfirmed_bytes=3 * NOTE)
    talk.plays(Says(TED, ack(2)), Says(TED, ack(2)))
    counts(away=0, unconfirmed_bytes=NOTE)
    talk.plays(Drops(TED), *says(BILL, TED, "4", "5"))
    counts(away=1, unconfirmed_bytes=3 * NOTE)
    breaks_the_session = Says(BILL, to(SERVER, "profile", {"username": "Bill"}))
    talk.plays(breaks_the_session)
    counts(away=1, unconfirmed_bytes=0)
    talk.plays(*says(BILL, TED, "6"))
    counts(away=1, unconfirmed_bytes=NOTE)
    talk.plays(Connects(TED, None, CAMUS_2), Says(TED, resume(TED, 0)))
    counts(away=0, unconfirmed_bytes=NOTE)
    talk.plays(Drops(TED), Waits(30))
    assert talk.router.census() == Census(1, 1, 1, 0, 0)


@pytest.mark.parametrize(
    "rest",
    [
        '"type":"x-","data":1',
        '"type":"bye"',
        '"type":"text","data":{"text":""}',
        '"type":"text","data":{"text":"","' + '":10,"'.join(map(str, range(1000))) + '":10}',
        '"type":"x-","id":"\U0001f680%s"' % ("a" * 63),
        '"type":"x-\U0001f680%s"' % ("a" * 10_000),
        '"type":"offer","data":{"type":"offer","sdp":""}',
    ],
    ids=["x-", "bye", "text", "members", "id", "type", "offer"],
)
def test_a_kept_message_takes_at_most_four_times_the_bytes_of_its_frame(rest: str) -> None:
    delivery = Delivery(SessionDigest("bill"), "0", Limits(), MemoryUse())
    frame, codec = f'{{"receiver":"{BILL}",{rest}}}'.encode(), best_codec()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(100):
            message = codec.decode(frame, ids=True)
            assert isinstance(message, Relayable)
            relayed = message.said_by(TED, to_json("Ted"), 1615918847.68)
            assert delivery.keep(relayed, frame_size(relayed), away=False)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before <= 4 * delivery.unconfirmed_bytes
