"""Held places, taken over by a client with the same identity (CTRL-10)."""

from ...admission.identity import Identity
from ...limits import Limits
from ...records import RoomId
from ..control_phrases import creates_as_owner, locks
from ..patterns import A_TIME
from ..phrases import are_refused, is_answered
from ..scenario import (
    Closes,
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    Joins,
    Says,
    Scenario,
    Setting,
    Starts,
    Step,
    Waits,
)
from ..session_phrases import enters, is_refused, is_stopped, note, says, visits
from ..vocabulary import (
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
    but,
    by,
    client_joined,
    done,
    join,
    joined,
    left,
    member,
    owner_token_of,
    pushed,
    resume,
    resumed,
    to,
    undeliverable,
    updated,
)

_TOKENS = {
    "Ted's": Identity("ted", name="Ted"),
    "Ted's by now": Identity("ted", name="Theodore", role="moderator"),
    "Ted's for this room": Identity("ted", rooms=frozenset({RoomId(DEFAULT_ROOM)})),
    "Rufus's": Identity("rufus"),
}

_GREETING = "This is Ground Control to Ted"


def _comes_with_a_token(who: str, *others: str) -> tuple[Step, ...]:
    return (
        *enters(who, token="Ted's"),
        *(Hears(other, client_joined(who, "Ted")) for other in others),
    )


def _is_here_again(who: str, *others: str) -> tuple[Step, ...]:
    return tuple(
        step
        for other in others
        for step in (
            Hears(other, left(who, "rejoined")),
            Hears(other, client_joined(who, "Ted")),
        )
    )


SCENARIOS = (
    Scenario(
        "who joins anew with its token has its held place, and a new session",
        ("CTRL-10", "SESS-39", "CTRL-35", "CTRL-62", "CTRL-63"),
        (
            *visits(BILL),
            *_comes_with_a_token(TED, BILL),
            *says(BILL, TED, "1"),
            Hears(TED, by(BILL, TED, "x-note", "1")),
            Drops(TED),
            Says(BILL, but(to(TED, "x-note", "2"), id="2")),
            *is_answered(BILL),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, nth=2, clients=[member(BILL), member(TED, "Ted")])),
            Hears(BILL, undeliverable(BILL, TED, "expired")),
            Hears(BILL, but(undeliverable(BILL, TED, "expired"), reply_to="2")),
            *_is_here_again(TED, BILL),
            *note(BILL, TED, "3"),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 1, nth=2)),
            Hears(TED, resumed(TED, 0, nth=2)),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, resume(TED, 1)),
            Hears(RUFUS, joined(RUFUS, reason="unknown")),
            Hears(BILL, client_joined(RUFUS)),
            Hears(TED, client_joined(RUFUS)),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "who joins anew with its token while it is there is there twice",
        ("CTRL-10", "CTRL-36"),
        (
            *visits(BILL),
            *_comes_with_a_token(TED, BILL),
            *_comes_with_a_token(TED_ANEW, BILL, TED),
            *note(BILL, TED, "for the first"),
            *note(BILL, TED_ANEW, "for the second"),
            Drops(TED_ANEW),
            Connects(TED_ANEW, None, CAMUS_2, token="Ted's"),
            Says(TED_ANEW, join()),
            Hears(TED_ANEW, joined(TED_ANEW, nth=2)),
            Hears(BILL, undeliverable(BILL, TED_ANEW, "expired")),
            *_is_here_again(TED_ANEW, BILL, TED),
            *note(BILL, TED, "for the first again"),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "a held place is taken over in a full room too, and in a locked one",
        ("CTRL-10", "CTRL-15"),
        (
            *creates_as_owner(BILL, guest_limit=2),
            *_comes_with_a_token(TED, BILL),
            *locks(BILL, TED),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, nth=2, locked=True)),
            *_is_here_again(TED, BILL),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "a held place is taken over in its room only, and after the room's password",
        ("CTRL-10",),
        (
            *enters(TED, token="Ted's", password="Wyld Stallyns"),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "password-required", join(token="Ted's")),
            Says(TED, join("circle-k", token="Ted's")),
            Hears(TED, joined(TED_ANEW, room_id="circle-k")),
        ),
        Setting(tokens=_TOKENS, rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),)),
    ),
    Scenario(
        "somebody else's held place, and a guest's, is not taken over",
        ("CTRL-10",),
        (
            *visits(BILL),
            *_comes_with_a_token(TED, BILL),
            Drops(TED),
            Drops(BILL),
            *enters(RUFUS, token="Rufus's"),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(
                BILL,
                joined(
                    BILL_ANEW,
                    clients=[
                        member(BILL),
                        member(TED, "Ted"),
                        member(RUFUS),
                        member(BILL_ANEW),
                    ],
                ),
            ),
            Hears(RUFUS, client_joined(BILL_ANEW)),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "who takes its place over is called what the token says now, and may do more",
        ("CTRL-10", "CTRL-2", "CTRL-35", "CTRL-61"),
        (
            *visits(BILL),
            *_comes_with_a_token(TED, BILL),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's by now")),
            Hears(
                TED,
                joined(
                    TED,
                    nth=2,
                    role="moderator",
                    clients=[member(BILL), member(TED, "Theodore", "moderator")],
                ),
            ),
            Hears(BILL, left(TED, "rejoined")),
            Hears(BILL, client_joined(TED, "Theodore", "moderator")),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, nth=3, role="moderator")),
            Hears(BILL, left(TED, "rejoined")),
            Hears(BILL, client_joined(TED, "Ted", "moderator")),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "a client that takes its place over has the name and the rooms of its new token",
        ("CTRL-61", "CTRL-33", "CTRL-58"),
        (
            *visits(BILL),
            *_comes_with_a_token(TED, BILL),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's for this room", username="Theodore")),
            Hears(TED, joined(TED, nth=2, clients=[member(BILL), member(TED, "Theodore")])),
            Hears(BILL, left(TED, "rejoined")),
            Hears(BILL, client_joined(TED, "Theodore")),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 0, nth=2)),
            Hears(TED, resumed(TED, 0, nth=2)),
            *are_refused(TED, "not-allowed", to(SERVER, "create-room", {"name": "Circle K"})),
            Says(TED, to(SERVER, "profile", {"username": "Teddy"})),
            Hears(TED, updated(TED, "Teddy")),
            Hears(TED, done(TED)),
            Hears(BILL, updated(TED, "Teddy")),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "who takes its place over with the owner's token is the owner",
        ("CTRL-10", "SESS-14"),
        (
            *creates_as_owner(BILL),
            *_comes_with_a_token(TED, BILL),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's", owner_token=owner_token_of(DEFAULT_ROOM))),
            Hears(TED, joined(TED, nth=2, role="owner")),
            Hears(BILL, left(TED, "rejoined")),
            Hears(BILL, client_joined(TED, "Ted", "owner")),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "members of the core profile hear a bye, and then the roster",
        ("CTRL-10", "CTRL-63"),
        (
            Joins(BILL),
            *is_answered(BILL),
            *enters(TED, token="Ted's"),
            Hears(BILL, pushed((BILL, MAJOR_TOM), (TED, "Ted"))),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, nth=2)),
            Hears(BILL, by(TED, ROOM, "bye", A_TIME)),
            Hears(BILL, pushed((BILL, MAJOR_TOM), (TED, "Ted"))),
        ),
        Setting(Limits(roster_interval=0.05), tokens=_TOKENS),
    ),
    Scenario(
        "a client of the core profile takes no place over",
        ("CTRL-10",),
        (
            *visits(BILL),
            *_comes_with_a_token(TED, BILL),
            Drops(TED),
            Connects(TED_ANEW, token="Ted's"),
            Hears(TED_ANEW, by(SERVER, TED_ANEW, "greeting", _GREETING)),
            Hears(BILL, client_joined(TED_ANEW, "Ted")),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "who takes its place over with a wrong resume token doesn't hear of its lost messages",
        ("CTRL-10", "CTRL-63", "SESS-107"),
        (
            *enters(RUFUS),
            *_comes_with_a_token(TED, RUFUS),
            *note(TED, RUFUS, "1"),
            Drops(TED),
            Closes(RUFUS, 1001),
            Waits(0.6),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's", resume={"session": "7" * 64, "received": 0})),
            Hears(TED, joined(TED, nth=2, reason="rejoined", clients=[member(TED, "Ted")])),
        ),
        Setting(Limits(reload_seconds=0.3), tokens=_TOKENS),
    ),
    Scenario(
        "a place that is held since a restart is taken over as well",
        ("CTRL-10", "SESS-49"),
        (
            *visits(BILL),
            *_comes_with_a_token(TED, BILL),
            *is_stopped(BILL, TED),
            Starts(),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, nth=2, clients=[member(BILL), member(TED, "Ted")])),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, resume(TED, 1)),
            Hears(RUFUS, joined(RUFUS, reason="unknown")),
            Hears(TED, client_joined(RUFUS)),
            *is_stopped(TED, RUFUS),
            Starts(),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 2, nth=2)),
            Hears(TED, joined(TED, nth=3, reason="restarted", received=0)),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "a client that takes over after a restart doesn't hear of its lost messages either",
        ("CTRL-10", "SESS-107"),
        (
            *visits(BILL),
            *_comes_with_a_token(TED, BILL),
            *note(TED, BILL, "1"),
            Drops(TED),
            *is_stopped(BILL),
            Starts(),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, nth=2, clients=[member(BILL), member(TED, "Ted")])),
        ),
        Setting(tokens=_TOKENS),
    ),
)
