"""Announcement of a stop of the server (SESS-47, SESS-48)."""

from ...limits import Limits
from ..patterns import Pattern, Wildcard
from ..phrases import is_answered
from ..scenario import (
    Closes,
    Connects,
    Drops,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    Scenario,
    Setting,
    Starts,
    Stops,
)
from ..session_phrases import (
    are_heard,
    enters,
    goes_on,
    is_back,
    is_stopped,
    meet,
    note,
    says,
)
from ..vocabulary import (
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    SERVER,
    TED,
    ack,
    but,
    by,
    client_joined,
    going_away,
    left,
    refused,
    to,
    undeliverable,
    undeliverable_error,
)

_MANY = tuple(map(str, range(600)))
"""More messages than a server should send a client at once."""


def _lost(sender: str, receiver: str) -> Pattern:
    """Return the report of a message that was lost with the server, or didn't fit any more."""
    body = {"receiver": receiver, "reason": Wildcard('"(expired|full)"')}
    return by(SERVER, sender, "undeliverable", body)


SCENARIOS = (
    Scenario(
        "a server that stops says so, and every session goes on with the next",
        ("SESS-47", "SESS-48", "SESS-49", "SESS-117", "SESS-118"),
        (
            *meet(BILL, TED),
            Says(BILL, but(to(TED, "x-note", "1"), id="7")),
            Hears(TED, but(by(BILL, TED, "x-note", "1"), id="7")),
            Says(BILL, to(SERVER, "greeting", "2")),
            *is_answered(BILL),
            Stops(),
            Hears(BILL, going_away(BILL)),
            Hears(BILL, but(undeliverable(BILL, TED, "expired"), reply_to="7")),
            IsClosed(BILL, 1012),
            Hears(TED, going_away(TED)),
            IsClosed(TED, 1012),
            Starts(),
            *is_back(BILL, 3, BILL, TED, handled=2),
            *is_back(TED, 2, BILL, TED, handled=0),
            HearsNothing(BILL),
            *note(BILL, TED, "1"),
            *note(TED, BILL, "1"),
            Closes(BILL, 1000),
            *goes_on(BILL, 1, handled=1, nth=2),
        ),
    ),
    Scenario(
        "a server that stops sends and reports very many frames to the end",
        ("SESS-48", "SESS-102"),
        (
            *meet(BILL, TED),
            Closes(TED, 1000),
            *says(BILL, TED, *["."] * 300),
            *is_answered(BILL),
            *goes_on(TED, 0, handled=0),
            Stops(),
            *are_heard(TED, BILL, *["."] * 300),
            Hears(TED, going_away(TED)),
            IsClosed(TED, 1012),
            Hears(BILL, going_away(BILL)),
            *[Hears(BILL, undeliverable(BILL, TED, "expired"))] * 300,
            IsClosed(BILL, 1012),
        ),
    ),
    Scenario(
        "what is confirmed is not reported when the server stops",
        ("SESS-48",),
        (
            *meet(BILL, TED),
            *note(BILL, TED, "1"),
            Says(TED, ack(1)),
            *is_answered(TED),
            *is_stopped(BILL, TED),
        ),
    ),
    Scenario(
        "a sender of the core profile hears too what the server couldn't deliver",
        ("SESS-48",),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, client_joined(TED)),
            *note(TED, BILL, "1"),
            Stops(),
            Hears(TED, undeliverable_error(TED, BILL, "expired")),
            IsClosed(TED, 1012),
            Hears(BILL, going_away(BILL)),
            IsClosed(BILL, 1012),
        ),
    ),
    Scenario(
        "a report that doesn't reach its sender waits in the database",
        ("SESS-48", "SESS-49", "SESS-116"),
        (
            *meet(BILL, TED),
            Says(BILL, but(to(TED, "x-note"), id="7")),
            Hears(TED, but(by(BILL, TED, "x-note"), id="7")),
            Closes(BILL, 1000),
            *is_stopped(TED),
            Starts(),
            *is_back(BILL, 1, BILL, TED, handled=1),
            Hears(BILL, but(undeliverable(BILL, TED, "expired"), reply_to="7")),
            Says(BILL, ack(1)),
            Says(BILL, ack(2)),
            Hears(BILL, refused(BILL, "malformed-message")),
        ),
    ),
    Scenario(
        "of the last words of a server is said again what a client has missed",
        ("SESS-48", "SESS-49"),
        (
            *meet(BILL, TED),
            *note(BILL, TED, "1"),
            Stops(),
            Hears(BILL, going_away(BILL)),
            Hears(BILL, undeliverable(BILL, TED, "expired")),
            IsClosed(BILL, 1012),
            Hears(TED, going_away(TED)),
            IsClosed(TED, 1012),
            Starts(),
            *is_back(BILL, 1, BILL, TED, handled=1),
            Hears(BILL, undeliverable(BILL, TED, "expired")),
        ),
    ),
    Scenario(
        "a client that is hearing what it has missed hears the rest before the server stops",
        ("SESS-47", "SESS-102"),
        (
            *meet(BILL, TED),
            Drops(BILL),
            *says(TED, BILL, *_MANY),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            *goes_on(BILL, 1, handled=0),
            Stops(),
            *are_heard(BILL, TED, *_MANY),
            Hears(BILL, left(TED, "left")),
            Hears(BILL, going_away(BILL)),
            IsClosed(BILL, 1012),
        ),
    ),
    Scenario(
        "clients for which too much waits when the server stops hear of it from the next",
        ("SESS-48", "SESS-116"),
        (
            *meet(BILL, TED),
            Says(BILL, ack(1)),
            *note(BILL, TED, "1"),
            *note(BILL, TED, "2"),
            *note(TED, BILL, "1"),
            *note(TED, BILL, "2"),
            Stops(),
            IsClosed(BILL, 1012, after_anything=True),
            IsClosed(TED, 1012, after_anything=True),
            Starts(),
            *is_back(BILL, 3, BILL, TED, handled=2),
            *[Hears(BILL, _lost(BILL, TED))] * 2,
            *is_back(TED, 2, BILL, TED, handled=2),
            *[Hears(TED, _lost(TED, BILL))] * 2,
        ),
        Setting(Limits(unconfirmed_frames=2, all_unconfirmed_bytes=2_000)),
    ),
    Scenario(
        "who isn't in a room is closed without a word when the server stops",
        ("SESS-47", "SESS-115"),
        (Connects(BILL, DEFAULT_ROOM, CAMUS_2), Stops(), IsClosed(BILL, 1012)),
    ),
)
