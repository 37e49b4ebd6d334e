"""Sessions with too many unconfirmed frames while away (SESS-29)."""

from ...limits import Limits
from ..phrases import are_refused, is_answered
from ..scenario import (
    Closes,
    Connects,
    Hears,
    HearsNothing,
    IsClosed,
    Says,
    Scenario,
    Setting,
    Waits,
)
from ..session_phrases import are_heard, enters, meet, note, says, visits
from ..vocabulary import (
    BILL,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    ack,
    but,
    by,
    client_joined,
    done,
    joined,
    member,
    resume,
    size,
    to,
    undeliverable,
    updated,
)

_REPORT_BYTES = size(but(undeliverable(BILL, TED, "gone"), reply_to="1"))

SCENARIOS = (
    Scenario(
        "a slow reader is closed too when the server has one thing too many to tell it",
        ("SESS-27", "SESS-29", "SESS-38"),
        (
            *enters(TED),
            *enters(BILL),
            Hears(TED, client_joined(BILL)),
            Says(TED, ack(1)),
            Says(TED, but(to(BILL, "x-note", "1"), id="1")),
            Hears(BILL, but(by(TED, BILL, "x-note", "1"), id="1")),
            *note(BILL, BILL, "2"),
            *enters(RUFUS),
            Hears(TED, client_joined(RUFUS)),
            Hears(TED, but(undeliverable(TED, BILL, "full"), reply_to="1")),
            IsClosed(BILL, 4000),
            *says(RUFUS, BILL, "3"),
            *is_answered(RUFUS),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 2)),
            Hears(
                BILL,
                joined(
                    BILL,
                    nth=2,
                    reason="overflow",
                    received=1,
                    clients=[member(TED), member(BILL), member(RUFUS)],
                ),
            ),
            Hears(BILL, undeliverable(BILL, BILL, "full")),
            *are_heard(BILL, RUFUS, "3"),
            HearsNothing(TED),
            HearsNothing(RUFUS),
        ),
        Setting(Limits(unconfirmed_frames=2)),
    ),
    Scenario(
        "a frame of the server that doesn't fit breaks the session, and senders are told",
        ("SESS-29", "SESS-38", "SESS-95", "SESS-129", "SESS-132"),
        (
            *meet(BILL, TED),
            Says(BILL, to(SERVER, "greeting", "1")),
            *is_answered(BILL),
            Closes(BILL, 1000),
            Says(TED, but(to(BILL, "x-note", "1"), id="1")),
            Says(TED, but(to(BILL, "x-note", "2"), id="2")),
            HearsNothing(TED),
            *enters(RUFUS),
            Hears(TED, client_joined(RUFUS)),
            Hears(TED, but(undeliverable(TED, BILL, "full"), reply_to="1")),
            Hears(TED, but(undeliverable(TED, BILL, "full"), reply_to="2")),
            Says(TED, ack(3)),
            *says(TED, BILL, "3"),
            *is_answered(TED),
            Says(RUFUS, to(SERVER, "profile", {"username": "Rufus"})),
            Hears(RUFUS, updated(RUFUS, "Rufus")),
            Hears(RUFUS, done(RUFUS)),
            Hears(TED, updated(RUFUS, "Rufus")),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(
                BILL,
                joined(
                    BILL,
                    nth=2,
                    reason="overflow",
                    received=1,
                    clients=[member(BILL), member(TED), member(RUFUS, "Rufus")],
                ),
            ),
            *are_heard(BILL, TED, "3"),
            Says(BILL, ack(1)),
            *are_refused(BILL, "malformed-message", ack(2)),
            HearsNothing(TED),
            HearsNothing(RUFUS),
            *note(BILL, TED, "I'm back"),
        ),
        Setting(Limits(unconfirmed_frames=3)),
    ),
    Scenario(
        "who comes back to a broken session hears first of its own lost messages",
        ("SESS-35", "SESS-38", "SESS-96", "SESS-126"),
        (
            *meet(BILL, TED),
            Says(BILL, but(to(TED, "x-note", "1"), id="1")),
            Hears(TED, but(by(BILL, TED, "x-note", "1"), id="1")),
            Closes(TED, 1001),
            Closes(BILL, 1000),
            Waits(0.6),
            *enters(RUFUS),
            *says(RUFUS, BILL, "5"),
            Hears(RUFUS, undeliverable(RUFUS, BILL, "full")),
            Says(RUFUS, to(SERVER, "profile", {"username": "Rufus"})),
            Hears(RUFUS, updated(RUFUS, "Rufus")),
            Hears(RUFUS, done(RUFUS)),
            *says(RUFUS, BILL, "6"),
            *is_answered(RUFUS),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(
                BILL,
                joined(
                    BILL,
                    nth=2,
                    reason="overflow",
                    received=1,
                    clients=[member(BILL), member(RUFUS, "Rufus")],
                ),
            ),
            Hears(BILL, but(undeliverable(BILL, TED, "gone"), reply_to="1")),
            *are_heard(BILL, RUFUS, "6"),
        ),
        Setting(Limits(unconfirmed_frames=4, reload_seconds=0.3)),
    ),
    Scenario(
        "of reports that don't all fit a broken session the oldest are kept",
        ("SESS-96", "SESS-131"),
        (
            *meet(BILL, TED),
            *(
                step
                for number in "123456"
                for step in (
                    Says(BILL, but(to(TED, "x-note"), id=number)),
                    Hears(TED, but(by(BILL, TED, "x-note"), id=number)),
                )
            ),
            Closes(TED, 1001),
            Closes(BILL, 1000),
            Waits(0.6),
            *enters(RUFUS),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(BILL, joined(BILL, nth=2, reason="overflow", received=6)),
            *(
                Hears(BILL, but(undeliverable(BILL, TED, "gone"), reply_to=number))
                for number in "1234"
            ),
            HearsNothing(BILL),
        ),
        Setting(
            Limits(
                unconfirmed_frames=8, away_bytes=2 * 5 * _REPORT_BYTES - 1, reload_seconds=0.3
            )
        ),
    ),
    Scenario(
        "a report that doesn't fit breaks a session too, and is not lost by it",
        ("SESS-29", "SESS-35", "SESS-96"),
        (
            *meet(BILL, TED, RUFUS),
            *(
                step
                for number in "123"
                for step in (
                    Says(BILL, but(to(TED, "x-note", number), id=number)),
                    Hears(TED, but(by(BILL, TED, "x-note", number), id=number)),
                )
            ),
            Closes(BILL, 1000),
            Closes(TED, 1000),
            Says(RUFUS, but(to(BILL, "x-note"), id="4")),
            HearsNothing(RUFUS),
            *visits(TED_ANEW, RUFUS),
            Hears(RUFUS, but(undeliverable(RUFUS, BILL, "full"), reply_to="4")),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 2)),
            Hears(
                BILL,
                joined(
                    BILL,
                    nth=2,
                    reason="overflow",
                    received=3,
                    clients=[member(one) for one in (BILL, TED, RUFUS, TED_ANEW)],
                ),
            ),
            *(
                Hears(BILL, but(undeliverable(BILL, TED, "full"), reply_to=number))
                for number in "123"
            ),
        ),
        Setting(Limits(unconfirmed_frames=4)),
    ),
)
