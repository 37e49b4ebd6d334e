"""Sessions that can't be resumed (SESS-39 to SESS-41)."""

from ...limits import Limits
from ..patterns import A_TIME
from ..phrases import is_answered
from ..scenario import (
    Closes,
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    HearsNo,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    Scenario,
    Setting,
    Step,
    Waits,
)
from ..session_phrases import enters, goes_on, is_refused, meet, note, says, visits
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    BILL_ANEW,
    CAMUS_2,
    DEFAULT_ROOM,
    MAJOR_TOM,
    ROOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    ack,
    but,
    by,
    client_joined,
    done,
    join,
    joined,
    left,
    member,
    pushed,
    refused,
    resume,
    to,
    undeliverable,
    undeliverable_error,
    updated,
)

_NEW_CONNECTION = "Bill's new connection"

_LOST = Hears(RUFUS, undeliverable(RUFUS, BILL, "full"))


def _is_renamed_often(who: str, hearer: str) -> tuple[Step, ...]:
    names = [f"Number {number}" for number in range(10)]
    return tuple(
        step
        for name in names
        for step in (
            Says(who, to(SERVER, "profile", {"username": name})),
            Hears(who, updated(who, name)),
            Hears(hearer, updated(who, name)),
            Hears(who, done(who)),
        )
    )


_LOSES_JOINED = (Connects(BILL, None, CAMUS_2), Says(BILL, resume(BILL, 1)), Closes(BILL, 1000))

SCENARIOS = (
    Scenario(
        "who has lost its state keeps its id, and is to be called anew",
        ("SESS-39", "SESS-97", "SESS-104", "SESS-105", "SESS-106", "SESS-121", "SESS-128"),
        (
            *enters(BILL, username="Bill"),
            *enters(TED),
            Hears(BILL, client_joined(TED)),
            Joins(RUFUS),
            Hears(BILL, client_joined(RUFUS)),
            Hears(TED, client_joined(RUFUS)),
            *is_answered(RUFUS),
            *note(BILL, TED, "1"),
            Says(TED, but(to(BILL, "x-note", "2"), id="2")),
            Hears(BILL, but(by(TED, BILL, "x-note", "2"), id="2")),
            Closes(BILL, 1001),
            Says(RUFUS, to(BILL, "x-note", "3")),
            HearsNothing(TED),
            HearsNothing(RUFUS),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, None, username="William")),
            Hears(
                BILL,
                joined(
                    BILL,
                    nth=2,
                    reason="rejoined",
                    received=1,
                    clients=[member(BILL, "Bill"), member(TED), member(RUFUS)],
                ),
            ),
            Hears(TED, but(undeliverable(TED, BILL, "expired"), reply_to="2")),
            Hears(TED, left(BILL, "rejoined")),
            Hears(TED, client_joined(BILL, "Bill")),
            Hears(RUFUS, undeliverable_error(RUFUS, BILL, "expired")),
            Hears(RUFUS, by(BILL, ROOM, "bye", A_TIME)),
            Hears(RUFUS, pushed((BILL, "Bill"), (TED, MAJOR_TOM), (RUFUS, MAJOR_TOM))),
            HearsNo(BILL, "client-joined"),
            *note(BILL, TED, "1"),
            *note(TED, BILL, "1"),
            Drops(BILL),
            *goes_on(BILL, 1, handled=1, nth=2),
        ),
        Setting(Limits(roster_interval=0.05)),
    ),
    Scenario(
        "who has lost its state doesn't hear of messages that it doesn't know",
        ("SESS-39", "SESS-107"),
        (
            *meet(BILL, TED),
            Says(BILL, to(TED, "x-note", "1")),
            Hears(TED, by(BILL, TED, "x-note", "1")),
            Closes(TED, 1001),
            Closes(BILL, 1000),
            Waits(0.6),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, None)),
            Hears(
                BILL,
                joined(BILL, nth=2, reason="rejoined", received=1, clients=[member(BILL)]),
            ),
        ),
        Setting(Limits(reload_seconds=0.3)),
    ),
    Scenario(
        "a page that is loaded again while its connection looks open takes its place over",
        ("SESS-39", "SESS-42"),
        (
            *meet(BILL, TED),
            Connects(_NEW_CONNECTION, None, CAMUS_2),
            Says(_NEW_CONNECTION, resume(BILL, None)),
            Hears(
                _NEW_CONNECTION,
                joined(
                    BILL,
                    nth=2,
                    reason="rejoined",
                    received=0,
                    clients=[member(BILL), member(TED)],
                ),
            ),
            IsClosed(BILL, 4505),
            Hears(TED, left(BILL, "rejoined")),
            Hears(TED, client_joined(BILL)),
            Says(TED, to(BILL, "x-note", "Hello again")),
            Hears(_NEW_CONNECTION, by(TED, BILL, "x-note", "Hello again")),
        ),
    ),
    Scenario(
        "a session that nobody has is unknown, and its client comes in as anybody does",
        ("SESS-40", "SESS-55"),
        (
            *enters(TED),
            Connects(BILL, None, CAMUS_2),
            *is_refused(
                BILL, "invalid-username", join(resume={"session": "7" * 64}, username="")
            ),
            Says(BILL, but(join(resume={"session": "7" * 64, "received": 69}), id="7")),
            Hears(
                BILL,
                but(
                    joined(BILL, reason="unknown", clients=[member(TED), member(BILL)]),
                    reply_to="7",
                ),
            ),
            Hears(TED, client_joined(BILL)),
            Drops(BILL),
            *goes_on(BILL, 0, handled=0),
        ),
    ),
    Scenario(
        "sessions can't be guessed at, whatever they look like",
        ("SESS-40", "SESS-108"),
        (
            Connects(BILL, None, CAMUS_2),
            *(
                step
                for session in ("", ".", "\u0000", "é" * 1_000, "__proto__")
                for step in (
                    Says(BILL, join("no slug!", resume={"session": session, "received": 0})),
                    Hears(BILL, refused(ANY_CLIENT, "room-not-found")),
                    Says(BILL, join(resume={"session": session})),
                    Hears(BILL, refused(ANY_CLIENT, "password-required")),
                )
            ),
        ),
        Setting(rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),)),
    ),
    Scenario(
        "a session whose place has ended is unknown, and the password is asked for again",
        ("SESS-40", "SESS-44"),
        (
            *enters(BILL, password="Wyld Stallyns"),
            *enters(TED, password="Wyld Stallyns"),
            Hears(BILL, client_joined(TED)),
            Drops(BILL),
            Hears(TED, left(BILL, "gone")),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(BILL, refused(ANY_CLIENT, "password-required")),
            Says(BILL, resume(BILL, 1, password="Wyld Stallyns")),
            Hears(
                BILL,
                joined(BILL_ANEW, reason="unknown", clients=[member(TED), member(BILL_ANEW)]),
            ),
            Hears(TED, client_joined(BILL_ANEW)),
        ),
        Setting(
            Limits(place_seconds=0.3),
            rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),),
        ),
    ),
    Scenario(
        "a joined that is lost on its way is said again",
        ("SESS-41", "SESS-104", "SESS-109", "SESS-122"),
        (
            *meet(BILL, TED),
            Says(BILL, to(SERVER, "greeting", "1")),
            *is_answered(BILL),
            Closes(BILL, 1000),
            Says(TED, to(BILL, "x-note", "1")),
            *is_answered(TED),
            *enters(RUFUS),
            Hears(TED, client_joined(RUFUS)),
            Hears(TED, undeliverable(TED, BILL, "full")),
            Says(TED, to(BILL, "x-note", "2")),
            *is_answered(TED),
            *_LOSES_JOINED,
            *_LOSES_JOINED,
            Says(TED, to(SERVER, "ack", {"received": 2})),
            *is_answered(TED),
            Says(RUFUS, to(SERVER, "bye")),
            IsClosed(RUFUS, 1000),
            Hears(TED, left(RUFUS, "left")),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(
                BILL,
                joined(
                    BILL,
                    nth=2,
                    reason="overflow",
                    received=1,
                    clients=[member(BILL), member(TED)],
                ),
            ),
            Hears(BILL, by(TED, BILL, "x-note", "2")),
            *note(TED, BILL, "3"),
            Closes(BILL, 1000),
            *goes_on(BILL, 2, handled=0, nth=2),
        ),
        Setting(Limits(unconfirmed_frames=2)),
    ),
    Scenario(
        "a count of an earlier epoch confirms no report of a later one",
        ("SESS-41", "SESS-126"),
        (
            *meet(BILL, TED, RUFUS),
            Says(BILL, but(to(TED, "x-note", "1"), id="1")),
            Hears(TED, but(by(BILL, TED, "x-note", "1"), id="1")),
            Closes(BILL, 1000),
            *says(RUFUS, BILL, "2"),
            *visits(BILL_ANEW, TED, RUFUS),
            _LOST,
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 2)),
            Closes(BILL, 1000),
            Says(RUFUS, ack(2)),
            *is_answered(RUFUS),
            Closes(TED, 1001),
            Hears(RUFUS, left(TED, "gone")),
            Hears(BILL_ANEW, left(TED, "gone")),
            Says(RUFUS, ack(3)),
            *says(RUFUS, BILL, "3"),
            *visits(TED_ANEW, BILL_ANEW, RUFUS),
            _LOST,
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 2)),
            Hears(BILL, joined(BILL, nth=2, reason="overflow", received=1)),
            Hears(BILL, but(undeliverable(BILL, TED, "gone"), reply_to="1")),
        ),
        Setting(Limits(unconfirmed_frames=3, reload_seconds=0.3)),
    ),
    Scenario(
        "changes of which a new roster tells take no space any more",
        ("SESS-28", "SESS-109"),
        (
            *meet(BILL, TED),
            Says(BILL, ack(1)),
            *is_answered(BILL),
            Closes(BILL, 1000),
            Says(TED, to(BILL, "x-note", "." * 8_500)),
            *is_answered(TED),
            *enters(RUFUS),
            Hears(TED, client_joined(RUFUS)),
            Hears(TED, undeliverable(TED, BILL, "full")),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Closes(BILL, 1000),
            *is_answered(TED),
            *_is_renamed_often(RUFUS, TED),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(BILL, joined(BILL, nth=2, reason="overflow", received=0)),
            Closes(BILL, 1000),
            Says(TED, to(BILL, "x-note", "." * 6_000)),
            *is_answered(TED),
            *goes_on(BILL, 0, handled=0, nth=2),
            Hears(BILL, by(TED, BILL, "x-note", "." * 6_000)),
        ),
        Setting(Limits(away_bytes=8_700)),
    ),
)
