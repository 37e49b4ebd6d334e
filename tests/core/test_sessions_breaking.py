"""Conversations about a session that breaks while many messages are unconfirmed."""

from camus_core.conformance import Fence, Setting
from camus_core.conformance.phrases import is_answered
from camus_core.conformance.scenario import (
    Closes,
    Connects,
    Drops,
    Hears,
    IsClosed,
    Joins,
    Says,
    Stops,
    Waits,
)
from camus_core.conformance.session_phrases import enters, meet, note, says
from camus_core.conformance.vocabulary import (
    BILL,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    but,
    client_joined,
    joined,
    resume,
    to,
    undeliverable,
)
from camus_core.limits import Limits
from camus_core.wire.json_text import to_json
from driving.conversation import Conversation

MANY = 600
"""Messages, each of which is reported. One event sends 256 reports."""


def broken_session() -> Conversation:
    """Return a conversation in which Bill's session breaks, with all of Ted's messages."""
    talk = Conversation(Setting(Limits(unconfirmed_frames=MANY, message_burst=2 * MANY)))
    talk.plays(
        Joins(TED),
        *enters(RUFUS),
        *enters(BILL),
        Hears(RUFUS, client_joined(BILL)),
        *says(TED, BILL, *["."] * MANY),
        *is_answered(TED),
        Says(RUFUS, to(SERVER, "profile", {"username": "Rufus"})),
        IsClosed(BILL, 4000, after_anything=True),
    )
    return talk


def reports_to_ted(talk: Conversation) -> int:
    """Return the number of reports that Ted has received since the last call."""
    frames = talk.server.do(Fence(TED))
    return sum(isinstance(one, bytes) and b'"undeliverable"' in one for one in frames)


def test_other_messages_are_handled_before_all_reports_are_sent() -> None:
    talk = broken_session()
    reported = reports_to_ted(talk)
    assert 0 < reported < MANY
    talk.plays(*note(TED, TED, "Hello"))
    assert reports_to_ted(talk) == 0
    talk.plays(Waits(0))
    assert reported + reports_to_ted(talk) == MANY


def test_reports_for_a_sender_that_is_away_take_turns_too() -> None:
    talk = Conversation(Setting(Limits(unconfirmed_frames=MANY, message_burst=2 * MANY)))
    talk.plays(*meet(TED, BILL), *says(TED, BILL, *["."] * MANY), Drops(TED), Drops(BILL))
    talk.plays(Waits(Limits().place_seconds - 1), *enters(RUFUS))
    talk.server.ticks = 0
    talk.plays(Waits(1))
    assert talk.server.ticks >= MANY / 256


def test_changes_that_a_broken_session_drops_are_no_work() -> None:
    limits = Limits(
        unconfirmed_frames=MANY, message_burst=10 * MANY, announcement_burst=MANY + 1.0
    )
    talk = Conversation(Setting(limits))
    talk.plays(Joins(TED), *enters(BILL))
    for number in range(MANY + 1):
        talk.plays(Says(TED, to(SERVER, "profile", {"username": f"Ted {number}"})))
    talk.plays(IsClosed(BILL, 4000, after_anything=True))
    deadline = talk.router.next_deadline()
    assert deadline is not None and deadline > talk.server.now


def test_a_server_that_stops_sends_all_reports_at_once() -> None:
    talk = broken_session()
    talk.plays(Stops())
    assert reports_to_ted(talk) == MANY


def test_the_oldest_reports_outlive_the_break_as_many_as_fit_half_of_what_may_wait() -> None:
    """SESS-96: five reports fit half of the bytes, six don't."""
    reports = [but(undeliverable(BILL, TED, "gone"), reply_to=number) for number in "12345678"]
    away_bytes = 2 * 6 * len(to_json(reports[0])) - 1
    limits = Limits(unconfirmed_frames=10, away_bytes=away_bytes, reload_seconds=1)
    talk = Conversation(Setting(limits))
    talk.plays(
        *meet(BILL, TED),
        *(Says(BILL, but(to(TED, "x-note"), id=number)) for number in "12345678"),
        Closes(TED, 1001),
        Drops(BILL),
        Waits(1),
        *enters(RUFUS),
        Connects(BILL, None, CAMUS_2),
        Says(BILL, resume(BILL, 1)),
        Hears(BILL, joined(BILL, nth=2, reason="overflow", received=8)),
        *(Hears(BILL, report) for report in reports[:5]),
    )
    talk.ends()
