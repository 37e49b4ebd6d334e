"""Limits of unconfirmed frames (SESS-27, SESS-28, SESS-30)."""

from ...limits import Limits
from ..phrases import is_answered
from ..scenario import Closes, Connects, Hears, HearsNothing, IsClosed, Says, Scenario, Setting
from ..session_phrases import are_heard, enters, meet, note, says
from ..vocabulary import (
    BILL,
    CAMUS_2,
    RUFUS,
    TED,
    ack,
    but,
    client_joined,
    joined,
    resume,
    resumed,
    to,
    undeliverable,
)

SCENARIOS = (
    Scenario(
        "who leaves too many frames unconfirmed is closed, and its place is held",
        ("SESS-27", "SESS-93"),
        (
            *enters(TED),
            *enters(BILL),
            Hears(TED, client_joined(BILL)),
            *says(TED, BILL, "1", "2", "3"),
            Says(TED, but(to(BILL, "x-note", "4"), id="4")),
            Hears(TED, but(undeliverable(TED, BILL, "full"), reply_to="4")),
            *are_heard(BILL, TED, "1", "2", "3"),
            IsClosed(BILL, 4000),
            HearsNothing(TED),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(BILL, resumed(BILL, 0)),
            *are_heard(BILL, TED, "2", "3"),
            *note(TED, BILL, "4"),
        ),
        Setting(Limits(unconfirmed_frames=3)),
    ),
    Scenario(
        "who confirms may hear as many frames as it likes",
        ("SESS-26", "SESS-27"),
        (
            *enters(TED),
            *enters(BILL),
            Hears(TED, client_joined(BILL)),
            Says(TED, ack(1)),
            *(
                step
                for number in range(1, 8)
                for step in (
                    *note(TED, BILL, "again"),
                    Says(BILL, ack(number)),
                    *is_answered(BILL),
                )
            ),
        ),
        Setting(Limits(unconfirmed_frames=2)),
    ),
    Scenario(
        "who leaves too many bytes unconfirmed is closed, and then hears them again",
        ("SESS-27", "SESS-37", "SESS-93"),
        (
            *enters(TED),
            *enters(BILL),
            Hears(TED, client_joined(BILL)),
            *says(TED, BILL, *["." * 60_000] * 16),
            Says(TED, but(to(BILL, "x-note", "." * 60_000), id="17")),
            Hears(TED, but(undeliverable(TED, BILL, "full"), reply_to="17")),
            IsClosed(BILL, 4000, after_anything=True),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 0)),
            Hears(BILL, resumed(BILL, 0)),
            *are_heard(BILL, TED, *["." * 60_000] * 16),
        ),
        Setting(Limits(unconfirmed_bytes=960 * 1024)),
    ),
    Scenario(
        "for who is away less may wait, and what is too long is refused",
        ("SESS-28", "SESS-120"),
        (
            *meet(BILL, TED),
            Closes(BILL, 1000),
            *says(TED, BILL, "1"),
            Says(TED, but(to(BILL, "x-note", "." * 20_000), id="2")),
            Hears(TED, but(undeliverable(TED, BILL, "full"), reply_to="2")),
            *says(TED, BILL, "3"),
            HearsNothing(TED),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(BILL, resumed(BILL, 0)),
            *are_heard(BILL, TED, "1", "3"),
        ),
        Setting(Limits(away_bytes=10_000)),
    ),
    Scenario(
        "what waits already when a client goes away stays",
        ("SESS-28", "SESS-94"),
        (
            *meet(BILL, TED),
            *note(TED, BILL, "." * 20_000),
            Closes(BILL, 1000),
            *says(TED, BILL, "2"),
            Hears(TED, undeliverable(TED, BILL, "full")),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(BILL, resumed(BILL, 0)),
            *are_heard(BILL, TED, "." * 20_000),
        ),
        Setting(Limits(away_bytes=10_000)),
    ),
    Scenario(
        "when all keep too much, the session breaks whose client is away the longest",
        ("SESS-30",),
        (
            *meet(BILL, TED, RUFUS),
            Closes(TED, 1000),
            Closes(BILL, 1000),
            *says(RUFUS, TED, "t" * 30_000),
            *says(RUFUS, BILL, *["b" * 30_000] * 2),
            HearsNothing(RUFUS),
            *says(RUFUS, BILL, "b" * 30_000),
            Hears(RUFUS, undeliverable(RUFUS, TED, "full")),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 2)),
            Hears(BILL, resumed(BILL, 0)),
            *are_heard(BILL, RUFUS, *["b" * 30_000] * 3),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 1)),
            Hears(TED, joined(TED, nth=2, reason="overflow", received=0)),
        ),
        Setting(Limits(all_unconfirmed_bytes=100_000)),
    ),
)
