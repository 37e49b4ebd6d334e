"""How sessions outlive their server (SESS-47 to SESS-51)."""

from collections.abc import Mapping
from typing import Any

from ...limits import Limits
from ..patterns import SECONDS
from ..phrases import enters, goes_on, is_answered, meet, note
from ..scenario import (
    Closes,
    Connects,
    Crashes,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    Scenario,
    Setting,
    Starts,
    Step,
    Stops,
    Waits,
)
from ..vocabulary import (
    BILL,
    BILL_ANEW,
    CAMUS_2,
    LOBBY,
    SERVER,
    SOMEBODY,
    TED,
    ack,
    but,
    by,
    came,
    join,
    joined,
    left,
    member,
    owner_token_of,
    refused,
    resume,
    to,
    undeliverable,
    undeliverable_error,
    updated,
)

_WRITTEN = Waits(0.5)
"""Whoever has joined is in the database by then, also of a server that crashes."""

_MOVED = "Bill's connection to the second server"

_MADE = {"room_id": "circle-k", "owner_token": owner_token_of("circle-k")}


def _is_stopped(*clients: str) -> tuple[Step, ...]:
    """Each is told, and closed; none has anything else to hear."""
    return (
        Stops(),
        *(
            step
            for who in clients
            for step in (Hears(who, _going_away(who)), IsClosed(who, 1012))
        ),
    )


def _is_crashed(*clients: str) -> tuple[Step, ...]:
    return (Crashes(), *(IsClosed(who, 1006) for who in clients))


def _going_away(who: str) -> Mapping[str, Any]:
    return by(SERVER, who, "going-away", {"reconnect_in": SECONDS})


def _is_back(who: str, received: int, *clients: str, handled: int | None) -> tuple[Step, ...]:
    """Resume on the next server; `clients` are those whom it knows."""
    said = {} if handled is None else {"received": handled}
    there = [member(one) for one in clients]
    return (
        Connects(who, None, CAMUS_2),
        Says(who, resume(who, received)),
        Hears(who, joined(who, nth=2, reason="restarted", clients=there, **said)),
    )


def _makes_a_room_and_owns_it(who: str) -> tuple[Step, ...]:
    return (
        Says(who, to(SERVER, "create-room", {"name": "Circle K", "password": "69"})),
        Hears(who, by(SERVER, SOMEBODY, "room-created", _MADE)),
        Says(who, join("circle-k", owner_token=owner_token_of("circle-k"))),
        Hears(who, joined(who, room_id="circle-k", role="owner")),
    )


SCENARIOS = (
    Scenario(
        "a server that stops says so, and every session goes on with the next",
        ("SESS-47", "SESS-48", "SESS-49"),
        (
            *meet(BILL, TED),
            Says(BILL, but(to(TED, "x-note", "1"), id="7")),
            Hears(TED, but(by(BILL, TED, "x-note", "1"), id="7")),
            Says(BILL, to(SERVER, "greeting", "2")),
            *is_answered(BILL),
            Stops(),
            Hears(BILL, _going_away(BILL)),
            Hears(BILL, but(undeliverable(BILL, TED, "expired"), reply_to="7")),
            IsClosed(BILL, 1012),
            Hears(TED, _going_away(TED)),
            IsClosed(TED, 1012),
            Starts(),
            *_is_back(BILL, 3, BILL, TED, handled=2),
            *_is_back(TED, 2, BILL, TED, handled=0),
            HearsNothing(BILL),
            *note(BILL, TED, "1"),
            *note(TED, BILL, "1"),
            Closes(BILL, 1000),
            *goes_on(BILL, 1, handled=1, nth=2),
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
            *_is_stopped(BILL, TED),
        ),
    ),
    Scenario(
        "a sender of the core profile hears too what the server couldn't deliver",
        ("SESS-48",),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, came(TED)),
            *note(TED, BILL, "1"),
            Stops(),
            Hears(TED, undeliverable_error(TED, BILL, "expired")),
            IsClosed(TED, 1012),
            Hears(BILL, _going_away(BILL)),
            IsClosed(BILL, 1012),
        ),
    ),
    Scenario(
        "a report that doesn't reach its sender waits in the database",
        ("SESS-48", "SESS-49"),
        (
            *meet(BILL, TED),
            Says(BILL, but(to(TED, "x-note"), id="7")),
            Hears(TED, but(by(BILL, TED, "x-note"), id="7")),
            Closes(BILL, 1000),
            *_is_stopped(TED),
            Starts(),
            *_is_back(BILL, 1, BILL, TED, handled=1),
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
            Hears(BILL, _going_away(BILL)),
            Hears(BILL, undeliverable(BILL, TED, "expired")),
            IsClosed(BILL, 1012),
            Hears(TED, _going_away(TED)),
            IsClosed(TED, 1012),
            Starts(),
            *_is_back(BILL, 1, BILL, TED, handled=1),
            Hears(BILL, undeliverable(BILL, TED, "expired")),
        ),
    ),
    Scenario(
        "who isn't in a room is closed without a word when the server stops",
        ("SESS-47",),
        (Connects(BILL, LOBBY, CAMUS_2), Stops(), IsClosed(BILL, 1012)),
    ),
    Scenario(
        "a client that comes first finds the places of the others held",
        ("SESS-43", "SESS-49"),
        (
            *enters(BILL, username="Bill"),
            *_is_stopped(BILL),
            Starts(),
            Connects(TED, None, CAMUS_2),
            Says(TED, join()),
            Hears(TED, joined(TED, clients=[member(BILL, "Bill"), member(TED)])),
            Says(TED, to(BILL, "x-note", "Are you there?")),
            *is_answered(TED),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(
                BILL,
                joined(
                    BILL,
                    nth=2,
                    reason="restarted",
                    received=0,
                    clients=[member(BILL, "Bill"), member(TED)],
                ),
            ),
            Hears(BILL, by(TED, BILL, "x-note", "Are you there?")),
            HearsNothing(TED),
        ),
    ),
    Scenario(
        "members of the core profile have no place to come back to",
        ("SESS-49",),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, came(TED)),
            *_is_stopped(BILL),
            IsClosed(TED, 1012),
            Starts(),
            *_is_back(BILL, 2, BILL, handled=0),
        ),
    ),
    Scenario(
        "a place that nobody takes up after a restart ends",
        ("SESS-49",),
        (
            *meet(BILL, TED),
            *_is_stopped(BILL, TED),
            Starts(),
            *_is_back(BILL, 2, BILL, TED, handled=0),
            Says(BILL, but(to(TED, "x-note"), id="7")),
            Hears(BILL, left(TED, "gone")),
            Hears(BILL, but(undeliverable(BILL, TED, "gone"), reply_to="7")),
        ),
        Setting(Limits(place_seconds=1.5)),
    ),
    Scenario(
        "a place is not held longer than its time while no server runs",
        ("SESS-40", "SESS-49"),
        (
            *meet(BILL, TED),
            *_is_stopped(BILL, TED),
            Waits(0.8),
            Starts(),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 2)),
            Hears(BILL, joined(BILL_ANEW, reason="unknown", clients=[member(BILL_ANEW)])),
        ),
        Setting(Limits(place_seconds=0.4)),
    ),
    Scenario(
        "a session that ended before the server did is unknown to the next",
        ("SESS-46", "SESS-49"),
        (
            *meet(BILL, TED),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Hears(TED, left(BILL, "left")),
            *_is_stopped(TED),
            Starts(),
            *_is_back(TED, 2, TED, handled=0),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(
                BILL,
                joined(BILL_ANEW, reason="unknown", clients=[member(TED), member(BILL_ANEW)]),
            ),
            Hears(TED, came(BILL_ANEW)),
        ),
    ),
    Scenario(
        "two restarts, of which one client has slept through the first",
        ("SESS-49",),
        (
            *meet(BILL, TED),
            Says(BILL, to(SERVER, "greeting", "1")),
            *is_answered(BILL),
            *_is_stopped(BILL, TED),
            Starts(),
            *_is_back(TED, 1, BILL, TED, handled=0),
            *_is_stopped(TED),
            Starts(),
            *_is_back(BILL, 2, BILL, TED, handled=1),
        ),
    ),
    Scenario(
        "names and roles outlive the server",
        ("SESS-49",),
        (
            Connects(BILL, None, CAMUS_2),
            *_makes_a_room_and_owns_it(BILL),
            Says(BILL, to(SERVER, "profile", {"username": "Bill"})),
            Hears(BILL, updated(BILL, "Bill", "owner")),
            Hears(BILL, by(SERVER, BILL, "done")),
            *_is_stopped(BILL),
            Starts(),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 3)),
            Hears(
                BILL,
                joined(
                    BILL,
                    nth=2,
                    room_id="circle-k",
                    role="owner",
                    reason="restarted",
                    received=1,
                    clients=[member(BILL, "Bill", "owner")],
                ),
            ),
        ),
        Setting(rooms_on_demand=False),
    ),
    Scenario(
        "a room of which a client has heard is there also when the server crashes then",
        ("SESS-15",),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, to(SERVER, "create-room", {"name": "Circle K", "password": "69"})),
            Hears(BILL, by(SERVER, SOMEBODY, "room-created", _MADE)),
            *_is_crashed(BILL),
            Starts(),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join("circle-k")),
            Hears(BILL, refused(SOMEBODY, "password-required")),
            Says(BILL, join("circle-k", owner_token=owner_token_of("circle-k"))),
            Hears(BILL, joined(BILL, room_id="circle-k", role="owner")),
        ),
        Setting(rooms_on_demand=False),
    ),
    Scenario(
        "after a crash the places are held, and nobody knows what was handled",
        ("SESS-50",),
        (
            *meet(BILL, TED),
            *note(BILL, TED, "1"),
            Says(BILL, to(SERVER, "profile", {"username": "Bill"})),
            Hears(BILL, updated(BILL, "Bill")),
            Hears(BILL, by(SERVER, BILL, "done")),
            Hears(TED, updated(BILL, "Bill")),
            _WRITTEN,
            *_is_crashed(BILL, TED),
            Starts(),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 2)),
            Hears(
                TED,
                joined(
                    TED, nth=2, reason="restarted", clients=[member(BILL, "Bill"), member(TED)]
                ),
            ),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(
                BILL,
                joined(
                    BILL, nth=2, reason="restarted", clients=[member(BILL, "Bill"), member(TED)]
                ),
            ),
            HearsNothing(TED),
            *note(TED, BILL, "1"),
            *note(BILL, TED, "1"),
        ),
    ),
    Scenario(
        "after a crash a place that nobody takes up ends too",
        ("SESS-50",),
        (
            *meet(BILL, TED),
            _WRITTEN,
            *_is_crashed(BILL, TED),
            Starts(),
            *_is_back(BILL, 1, BILL, TED, handled=None),
            Hears(BILL, left(TED, "gone")),
        ),
        Setting(Limits(place_seconds=1.5)),
    ),
    Scenario(
        "a deploy: the next server runs already when the first one stops",
        ("SESS-49", "SESS-51"),
        (
            *meet(BILL, TED),
            Says(BILL, to(SERVER, "greeting", "1")),
            *is_answered(BILL),
            _WRITTEN,
            Starts(),
            *_is_stopped(BILL, TED),
            *_is_back(BILL, 2, BILL, TED, handled=1),
            *_is_back(TED, 1, BILL, TED, handled=0),
            *note(BILL, TED, "1"),
            *note(TED, BILL, "1"),
        ),
    ),
    Scenario(
        "a client moves to a second server, and the first can't take it back",
        ("SESS-51",),
        (
            *enters(BILL),
            _WRITTEN,
            Starts(),
            Connects(TED, None, CAMUS_2),
            Says(TED, join()),
            Hears(TED, joined(TED, clients=[member(BILL), member(TED)])),
            Connects(_MOVED, None, CAMUS_2),
            Says(_MOVED, resume(BILL, 0)),
            Hears(
                _MOVED,
                joined(BILL, nth=2, reason="restarted", clients=[member(BILL), member(TED)]),
            ),
            HearsNothing(TED),
            HearsNothing(BILL),
            *_is_stopped(BILL),
            Says(TED, to(BILL, "x-note", "1")),
            Hears(_MOVED, by(TED, BILL, "x-note", "1")),
            Closes(_MOVED, 1000),
            *goes_on(BILL, 1, handled=0, nth=2),
            _WRITTEN,
            *_is_crashed(TED, BILL),
            Starts(),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1, nth=2)),
            Hears(
                BILL,
                joined(BILL, nth=3, reason="restarted", clients=[member(BILL), member(TED)]),
            ),
        ),
    ),
    Scenario(
        "who moves to a second server after its place there has ended comes in again",
        ("SESS-51",),
        (
            *enters(BILL),
            _WRITTEN,
            Starts(),
            *enters(TED),
            Hears(TED, left(BILL, "gone")),
            HearsNothing(BILL),
            Connects(_MOVED, None, CAMUS_2),
            Says(_MOVED, resume(BILL, 0)),
            Hears(
                _MOVED,
                joined(BILL, nth=2, reason="restarted", clients=[member(TED), member(BILL)]),
            ),
            Hears(TED, came(BILL)),
            *is_answered(BILL),
        ),
        Setting(Limits(place_seconds=1.0)),
    ),
)
