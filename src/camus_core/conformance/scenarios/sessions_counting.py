"""Counting and confirming of frames (SESS-24 to SESS-26)."""

from ...limits import Limits
from .. import examples as example
from ..patterns import SOME_SECRET
from ..phrases import are_refused, is_answered
from ..scenario import (
    Closes,
    Connects,
    Drops,
    Hears,
    HearsNo,
    IsClosed,
    Says,
    Scenario,
    Setting,
    Waits,
)
from ..session_phrases import are_heard, enters, goes_on, meet, note, says
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    SERVER,
    TED,
    UNKNOWN_CLIENT,
    ack,
    but,
    by,
    join,
    joined,
    member,
    refused,
    resume,
    resumed,
    to,
)

_GREETING = '{"receiver":"ground control","type":"greeting","data":"Hello"}'


def _confirmed(who: str, received: int) -> Hears:
    """Return the server's immediate confirmation of so many frames."""
    return Hears(who, by(SERVER, who, "ack", {"received": received}), within=1.0)


SCENARIOS = (
    Scenario(
        "what counts: everything but ping, pong and ack, refused or not",
        ("SESS-24", "SESS-89", "SESS-130"),
        (
            *meet(BILL, TED),
            *is_answered(BILL),
            Says(BILL, to(SERVER, "pong")),
            Says(BILL, to(TED, "ping", 1)),
            Hears(TED, by(BILL, TED, "ping", 1)),
            Says(BILL, ack(1)),
            *note(BILL, TED, "1"),
            Says(BILL, to(SERVER, "greeting", "2")),
            *are_refused(BILL, "malformed-message", "3", to(SERVER, "profile", 4)),
            *are_refused(BILL, "unknown-type", to(SERVER, "five")),
            *are_refused(BILL, "unknown-receiver", to(UNKNOWN_CLIENT, "x-note", "6")),
            *are_refused(BILL, "already-joined", join()),
            *are_refused(BILL, "malformed-message", but(to(SERVER, "ping", "8"), id=8)),
            Drops(BILL),
            *goes_on(BILL, 7, handled=8),
        ),
    ),
    Scenario(
        "requests that take the server a while count too",
        ("SESS-24",),
        (
            *enters(BILL),
            Says(BILL, to(SERVER, "list-rooms")),
            Says(BILL, to(SERVER, "create-room", {"name": "Circle K"})),
            Says(BILL, to(SERVER, "create-room", {"name": "Circle K"})),
            Says(BILL, to(SERVER, "greeting", "4")),
            Hears(BILL, by(SERVER, BILL, "rooms", [])),
            Hears(
                BILL,
                by(
                    SERVER,
                    BILL,
                    "room-created",
                    {"room_id": "circle-k", "owner_token": SOME_SECRET},
                ),
            ),
            Hears(BILL, refused(BILL, "name-taken")),
            *is_answered(BILL),
            Drops(BILL),
            *goes_on(BILL, 3, handled=4),
        ),
    ),
    Scenario(
        "a frame that is too many in a time counts, and the one that is the last of all",
        ("SESS-24", "SESS-43"),
        (
            *enters(BILL),
            *are_refused(BILL, "unknown-type", to(SERVER, "one")),
            Says(BILL, to(SERVER, "two")),
            Hears(BILL, refused(BILL, "too-many-refusals")),
            IsClosed(BILL, 4002),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(BILL, resumed(BILL, 2)),
            Hears(BILL, refused(BILL, "too-many-refusals")),
        ),
        Setting(Limits(refusals_in_a_row=2)),
    ),
    Scenario(
        "what was said before the join that was answered doesn't count",
        ("SESS-24",),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, to(SERVER, "list-rooms")),
            Hears(BILL, by(SERVER, ANY_CLIENT, "rooms", [])),
            Says(BILL, "Bogus!"),
            Hears(BILL, refused(ANY_CLIENT, "malformed-message")),
            Says(BILL, example.JOIN),
            Hears(BILL, but(joined(BILL, clients=[member(BILL, "Bill")]), reply_to="1")),
            Says(BILL, to(SERVER, "greeting", "1")),
            *is_answered(BILL),
            Drops(BILL),
            *goes_on(BILL, 0, handled=1),
        ),
    ),
    Scenario(
        "32 frames are confirmed at once",
        ("SESS-25",),
        (
            *enters(BILL),
            *[Says(BILL, to(SERVER, "greeting", "Hello"))] * 31,
            HearsNo(BILL, "ack"),
            Says(BILL, to(SERVER, "greeting", "Hello")),
            _confirmed(BILL, 32),
            *[Says(BILL, to(SERVER, "greeting", "Hello"))] * 32,
            _confirmed(BILL, 64),
        ),
    ),
    Scenario(
        "who comes back hears in the answer what was handled, and not a second time",
        ("SESS-25", "SESS-92"),
        (
            *enters(BILL),
            *[Says(BILL, to(SERVER, "greeting", "Hello"))] * 31,
            *is_answered(BILL),
            Drops(BILL),
            *goes_on(BILL, 0, handled=31),
            Says(BILL, to(SERVER, "greeting", "Hello")),
            HearsNo(BILL, "ack"),
        ),
    ),
    Scenario(
        "32 frames of a new epoch are confirmed at once",
        ("SESS-25", "SESS-104"),
        (
            *enters(BILL),
            *[Says(BILL, to(SERVER, "greeting", "Hello"))] * 32,
            _confirmed(BILL, 32),
            Closes(BILL, 1001),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, None)),
            Hears(BILL, joined(BILL, nth=2, reason="rejoined", received=32)),
            *[Says(BILL, to(SERVER, "greeting", "Hello"))] * 31,
            HearsNo(BILL, "ack"),
            Says(BILL, to(SERVER, "greeting", "Hello")),
            _confirmed(BILL, 32),
        ),
    ),
    Scenario(
        "64 KiB are confirmed at once",
        ("SESS-25",),
        (
            *enters(BILL),
            Says(BILL, _GREETING.ljust(32 * 1024)),
            Says(BILL, to(SERVER, "pong", "." * 33_000)),
            HearsNo(BILL, "ack"),
            Says(BILL, _GREETING.ljust(32 * 1024)),
            _confirmed(BILL, 2),
        ),
    ),
    Scenario(
        "a single frame is confirmed in 2 s, with those that have come since",
        ("SESS-25",),
        (
            *enters(BILL),
            Says(BILL, to(SERVER, "greeting", "Hello")),
            Waits(1.0),
            Says(BILL, to(SERVER, "greeting", "Hello")),
            HearsNo(BILL, "ack"),
            Hears(BILL, by(SERVER, BILL, "ack", {"received": 2}), within=1.9),
        ),
    ),
    Scenario(
        "numbers that can't be are refused, and confirm nothing",
        ("SESS-26", "SESS-89", "SESS-130"),
        (
            *meet(BILL, TED),
            *says(TED, BILL, "2", "3"),
            *are_heard(BILL, TED, "2", "3"),
            Says(BILL, ack(1)),
            *are_refused(
                BILL,
                "malformed-message",
                ack(-1),
                ack(0),
                ack(10),
                ack(2**70),
                to(SERVER, "ack"),
                to(SERVER, "ack", {}),
                to(SERVER, "ack", {"received": "2"}),
                to(SERVER, "ack", {"received": 1.0}),
                to(SERVER, "ack", {"received": True}),
                to(SERVER, "ack", {"received": None}),
            ),
            Says(BILL, ack(2)),
            Says(BILL, ack(2)),
            Drops(BILL),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 2)),
            Hears(BILL, resumed(BILL, 7)),
            *are_heard(BILL, TED, "3"),
            *[Hears(BILL, refused(BILL, "malformed-message"))] * 10,
        ),
    ),
)
