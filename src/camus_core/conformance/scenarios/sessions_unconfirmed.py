"""Limits of unconfirmed frames (SESS-27, SESS-28, SESS-30)."""

from collections.abc import Mapping
from typing import Any

from ...limits import Limits
from ..phrases import is_answered
from ..scenario import Closes, Connects, Hears, HearsNothing, IsClosed, Says, Scenario, Setting
from ..session_phrases import are_heard, enters, goes_on, meet, note, says
from ..vocabulary import (
    BILL,
    CAMUS_2,
    ROOM,
    RUFUS,
    TED,
    ack,
    but,
    by,
    client_joined,
    joined,
    resume,
    resumed,
    size,
    to,
    undeliverable,
)


def _note(text: str, **more: str) -> Mapping[str, Any]:
    """Return a note as Bill receives it from Ted."""
    return but(by(TED, BILL, "x-note", text), **more)


_KEPT = (_note("1"), _note("22"), _note("333", id="d" * 64), by(TED, BILL, "x-n"))
"""Frames that are together as long as the server may keep for Bill in a scenario."""

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
        "no more is kept for a client than its connection may take at once",
        ("SESS-93",),
        (
            *meet(BILL, TED),
            *says(TED, BILL, *["." * 50_000] * 2),
            *are_heard(BILL, TED, *["." * 50_000] * 2),
            *says(TED, BILL, "." * 50_000),
            Hears(TED, undeliverable(TED, BILL, "full")),
            IsClosed(BILL, 4000),
        ),
        Setting(Limits(send_buffer_bytes=200_000)),
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
        "what waits for a client that is away counts as the bytes of its frames",
        ("SESS-28", "SESS-131"),
        (
            *meet(BILL, TED),
            Says(BILL, ack(1)),
            *is_answered(BILL),
            Closes(BILL, 1000),
            *says(TED, BILL, "1"),
            Says(TED, f'{{"receiver":"{BILL}", "type":"x-note", "data": "22" }}'),
            Says(TED, but(to(BILL, "x-note", "333"), id="d" * 64)),
            HearsNothing(TED),
            Says(TED, to(BILL, "x-no")),
            Hears(TED, undeliverable(TED, BILL, "full")),
            Says(TED, to(BILL, "x-n")),
            *goes_on(BILL, 1, handled=0),
            *(Hears(BILL, message) for message in _KEPT),
            HearsNothing(TED),
        ),
        Setting(Limits(away_bytes=sum(map(size, _KEPT)))),
    ),
    Scenario(
        "a message to the room reaches the members for whom it fits",
        ("SESS-32", "SESS-120", "SESS-132"),
        (
            *meet(BILL, TED, RUFUS),
            Closes(BILL, 1000),
            Says(RUFUS, but(to(ROOM, "x-note", "." * 20_000), id="1")),
            Hears(TED, but(by(RUFUS, ROOM, "x-note", "." * 20_000), id="1")),
            Hears(RUFUS, but(by(RUFUS, ROOM, "x-note", "." * 20_000), id="1")),
            Hears(RUFUS, but(undeliverable(RUFUS, BILL, "full"), reply_to="1")),
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
    Scenario(
        "a client that has come back meanwhile is away from when it went last",
        ("SESS-30",),
        (
            *meet(BILL, TED, RUFUS),
            Closes(BILL, 1000),
            Closes(TED, 1000),
            *goes_on(BILL, 2, handled=0),
            Closes(BILL, 1000),
            *says(RUFUS, BILL, "b" * 30_000),
            *says(RUFUS, TED, *["t" * 30_000] * 3),
            *[Hears(RUFUS, undeliverable(RUFUS, TED, "full"))] * 3,
            *goes_on(BILL, 2, handled=0),
            *are_heard(BILL, RUFUS, "b" * 30_000),
        ),
        Setting(Limits(all_unconfirmed_bytes=100_000)),
    ),
    Scenario(
        "when all keep too much and nobody is away, the client that keeps most is closed",
        ("SESS-30",),
        (
            *meet(BILL, TED, RUFUS),
            *says(RUFUS, BILL, "b" * 20_000),
            *are_heard(BILL, RUFUS, "b" * 20_000),
            *says(RUFUS, TED, "t" * 60_000),
            *says(RUFUS, TED, "t" * 30_000),
            IsClosed(TED, 4000, after_anything=True),
            *[Hears(RUFUS, undeliverable(RUFUS, TED, "full"))] * 2,
            *is_answered(BILL),
        ),
        Setting(Limits(all_unconfirmed_bytes=100_000)),
    ),
    Scenario(
        "when connected clients alone keep too much, the one that keeps most is closed",
        ("SESS-30",),
        (
            *meet(BILL, RUFUS, TED),
            Closes(TED, 1000),
            *says(RUFUS, BILL, *["." * 30_000] * 3),
            HearsNothing(RUFUS),
            *says(RUFUS, BILL, "." * 30_000),
            *[Hears(RUFUS, undeliverable(RUFUS, BILL, "full"))] * 4,
            IsClosed(BILL, 4000, after_anything=True),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 2)),
            Hears(BILL, joined(BILL, nth=2, reason="overflow", received=0)),
            *goes_on(TED, 0, handled=0),
            HearsNothing(RUFUS),
        ),
        Setting(Limits(all_unconfirmed_bytes=100_000)),
    ),
)
