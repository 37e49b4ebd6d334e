"""Rate limits of an address (LIM-1, LIM-2, LIM-5 to LIM-7)."""

from ...ice import IceConfiguration
from ...limits import Limits
from ..address_phrases import (
    ELSEWHERE,
    HERE,
    THERE,
    are_rate_limited,
    is_rate_limited_from,
    is_refused_from,
    joins_from,
)
from ..control_phrases import creates_as_owner, decides
from ..patterns import TurnServer, about
from ..phrases import is_answered
from ..scenario import (
    Connects,
    Drops,
    ExistingRoom,
    Frame,
    Hears,
    HearsNothing,
    IsClosed,
    Says,
    Scenario,
    Setting,
    Starts,
    Step,
    Waits,
)
from ..session_phrases import creates, enters, is_refused, is_stopped, visits
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    BILL_ANEW,
    CAMUS_2,
    DEFAULT_ROOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    but,
    by,
    client_joined,
    join,
    joined,
    owner_token_of,
    refused,
    resume,
    resumed,
    to,
    updated,
)

_NEVER_AGAIN = 0.001
"""Units per minute or hour: none comes back during a scenario."""

_TURN = ("turn:turn.example.com:3478",)


_RENAMED = to(SERVER, "profile", {"username": "Bill"})


def _has_to_wait(who: str, seconds: int, frame: Frame) -> tuple[Step, ...]:
    error = refused(ANY_CLIENT, "rate-limited", retry_after=about(seconds))
    return Says(who, frame), Hears(who, error)


_COMES_BACK: tuple[Step, ...] = (
    Drops(BILL),
    Connects(BILL, None, CAMUS_2, address=HERE),
    Says(BILL, resume(BILL, 0)),
    Hears(BILL, resumed(BILL, 0)),
)

SCENARIOS = (
    Scenario(
        "what is too much for one address is refused with the time to wait, and hurts no other",
        ("LIM-1", "LIM-2", "LIM-18"),
        (
            *enters(BILL, address=HERE),
            Connects(TED, None, CAMUS_2, address=HERE),
            Says(TED, but(join(), id="1")),
            Hears(
                TED, but(refused(ANY_CLIENT, "rate-limited", retry_after=True), reply_to="1")
            ),
            HearsNothing(BILL),
            *is_answered(BILL),
            *visits(RUFUS, BILL, address=THERE),
            Waits(2.2),
            Says(TED, join()),
            Hears(TED, joined(TED)),
            Hears(BILL, client_joined(TED)),
            Hears(RUFUS, client_joined(TED)),
        ),
        Setting(Limits(joins_per_minute=30.0, join_burst=1.0)),
    ),
    Scenario(
        "what is too much is refused with the time in which one more is allowed",
        ("LIM-18", "LIM-2", "LIM-3", "LIM-6", "LIM-12"),
        (
            *enters(BILL, address=HERE),
            *creates(BILL, "circle-k", name="Circle K"),
            Says(BILL, to(SERVER, "get-ice-servers")),
            Hears(BILL, by(SERVER, BILL, "ice-servers", [])),
            *decides(BILL, _RENAMED, updated(BILL, "Bill")),
            *_has_to_wait(BILL, 60, to(SERVER, "create-room", {"name": "San Dimas"})),
            *_has_to_wait(BILL, 3600, to(SERVER, "get-ice-servers")),
            *_has_to_wait(BILL, 60, _RENAMED),
            Connects(TED, None, CAMUS_2, address=HERE),
            *_has_to_wait(TED, 60, join()),
        ),
        Setting(
            Limits(
                joins_per_minute=1.0,
                join_burst=1.0,
                room_creations_per_minute=1.0,
                room_creation_burst=1.0,
                ice_servers_per_hour=1.0,
                announcements_per_minute=1.0,
                announcement_burst=1.0,
            ),
            rooms=(ExistingRoom(DEFAULT_ROOM),),
        ),
    ),
    Scenario(
        "of several wrong passwords one is allowed again in a part of ten minutes",
        ("LIM-5", "LIM-18"),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *is_refused(BILL, "wrong-password", *[join(password="Bogus!")] * 4),
            *_has_to_wait(BILL, 150, join(password="Bogus!")),
        ),
        Setting(
            Limits(wrong_passwords=4),
            rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),),
        ),
    ),
    Scenario(
        "a change that is too much for an address takes nothing of its member's share",
        ("LIM-18", "LIM-26"),
        (
            *enters(BILL, address=HERE),
            *visits(TED, BILL, address=HERE),
            *decides(BILL, _RENAMED, updated(BILL, "Bill")),
            Hears(TED, updated(BILL, "Bill")),
            *decides(TED, _RENAMED, updated(TED, "Bill")),
            Hears(BILL, updated(TED, "Bill")),
            Says(BILL, _RENAMED),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            Drops(BILL),
            Connects(BILL, None, CAMUS_2, address=THERE),
            Says(BILL, resume(BILL, 5)),
            Hears(BILL, resumed(BILL, 2)),
            *decides(BILL, _RENAMED, updated(BILL, "Bill")),
            Hears(TED, updated(BILL, "Bill")),
        ),
        Setting(
            Limits(
                announcements_per_minute=_NEVER_AGAIN,
                announcement_burst=2.0,
                announcement_shares=1.0,
            )
        ),
    ),
    Scenario(
        "a return that is too much for a member is no join of its address",
        ("LIM-12", "LIM-18", "LIM-19"),
        (
            *enters(BILL, address=HERE),
            *(
                step
                for answer in (
                    joined(BILL, nth=2, reason="rejoined", received=0),
                    refused(ANY_CLIENT, "rate-limited", retry_after=True),
                )
                for step in (
                    Drops(BILL),
                    Connects(BILL, None, CAMUS_2, address=HERE),
                    Says(BILL, resume(BILL, None)),
                    Hears(BILL, answer),
                )
            ),
            *enters(TED, address=HERE),
        ),
        Setting(
            Limits(
                joins_per_minute=_NEVER_AGAIN,
                join_burst=3.0,
                announcements_per_minute=_NEVER_AGAIN,
                announcement_burst=6.0,
            )
        ),
    ),
    Scenario(
        "who joins too often in the core profile is closed, to come back",
        ("LIM-1", "LIM-2", "CORE-5", "LIM-18", "LIM-29"),
        (
            *joins_from(HERE, BILL),
            *is_rate_limited_from(HERE, TED),
            *is_answered(BILL),
            *joins_from(THERE, RUFUS),
        ),
        Setting(Limits(joins_per_minute=_NEVER_AGAIN, join_burst=1.0)),
    ),
    Scenario(
        "joins of both profiles count together, let in or not",
        ("LIM-2",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *is_refused(BILL, "password-required", join()),
            *is_refused_from(HERE, TED, "password-required", 4502),
            *are_rate_limited(BILL, join(), join(password="Wyld Stallyns"), join("circle-k")),
            *is_rate_limited_from(HERE, RUFUS, "circle-k"),
        ),
        Setting(
            Limits(joins_per_minute=_NEVER_AGAIN, join_burst=2.0),
            rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),),
        ),
    ),
    Scenario(
        "to come back is no join, as long as the place is there",
        ("LIM-2", "LIM-19"),
        (
            *enters(BILL, address=HERE),
            *_COMES_BACK * 3,
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Connects(BILL, None, CAMUS_2, address=HERE),
            *are_rate_limited(BILL, resume(BILL, 0)),
        ),
        Setting(Limits(joins_per_minute=_NEVER_AGAIN, join_burst=1.0)),
    ),
    Scenario(
        "to come back after a restart is no join either",
        ("LIM-2", "LIM-19", "SESS-49"),
        (
            *enters(BILL, address=HERE),
            *is_stopped(BILL),
            Starts(),
            Connects(BILL, None, CAMUS_2, address=HERE),
            Says(BILL, resume(BILL, 1)),
            Hears(BILL, joined(BILL, nth=2, reason="restarted", received=0)),
            *visits(TED, BILL, address=HERE),
            Connects(RUFUS, None, CAMUS_2, address=HERE),
            *are_rate_limited(RUFUS, join()),
        ),
        Setting(Limits(joins_per_minute=_NEVER_AGAIN, join_burst=1.0)),
    ),
    Scenario(
        "who guesses passwords has to wait, also with the right one",
        ("LIM-5",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *is_refused(
                BILL,
                "wrong-password",
                join(password="Bogus!"),
                join("san-dimas", password="Bogus!"),
            ),
            *are_rate_limited(BILL, join(password="Bogus!"), join(password="Wyld Stallyns")),
            *is_refused(BILL, "password-required", join()),
            *enters(BILL_ANEW, "circle-k", address=HERE),
            *enters(RUFUS, address=THERE, password="Wyld Stallyns"),
        ),
        Setting(
            Limits(wrong_passwords=2),
            rooms=(
                ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),
                ExistingRoom("san-dimas", password="69"),
            ),
        ),
    ),
    Scenario(
        "right passwords don't count",
        ("LIM-5", "LIM-21"),
        (
            *enters(BILL, address=HERE, password="Wyld Stallyns"),
            *enters(TED, address=HERE, password="Wyld Stallyns"),
            Hears(BILL, client_joined(TED)),
            Connects(RUFUS, None, CAMUS_2, address=HERE),
            *is_refused(RUFUS, "wrong-password", join(password="Bogus!")),
            *are_rate_limited(RUFUS, join(password="Wyld Stallyns")),
        ),
        Setting(
            Limits(wrong_passwords=1),
            rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),),
        ),
    ),
    Scenario(
        "by guessing nobody keeps out who needs no password",
        ("LIM-5", "SESS-36", "LIM-22"),
        (
            *creates_as_owner(BILL, address=HERE, password="69"),
            *enters(TED, address=HERE, password="69"),
            Hears(BILL, client_joined(TED)),
            Connects(RUFUS, None, CAMUS_2, address=HERE),
            *is_refused(RUFUS, "wrong-password", join(password="Bogus!")),
            *are_rate_limited(RUFUS, join(password="69")),
            Drops(TED),
            Connects(TED, None, CAMUS_2, address=HERE),
            Says(TED, resume(TED, 0)),
            Hears(TED, resumed(TED, 0)),
            Says(RUFUS, join(owner_token=owner_token_of(DEFAULT_ROOM))),
            Hears(RUFUS, joined(RUFUS, role="owner")),
            Hears(BILL, client_joined(RUFUS, role="owner")),
            Hears(TED, client_joined(RUFUS, role="owner")),
        ),
        Setting(Limits(wrong_passwords=1)),
    ),
    Scenario(
        "who asks for ICE servers too often is refused; those that come by themselves are free",
        ("LIM-6",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, ice_servers=[TurnServer(_TURN, BILL, "69")])),
            *joins_from(HERE, TED),
            Hears(BILL, client_joined(TED)),
            Says(TED, to(SERVER, "get-ice-servers")),
            Hears(TED, by(SERVER, TED, "ice-servers", [TurnServer(_TURN, TED, "69")])),
            *(
                step
                for who in (TED, BILL)
                for step in (
                    Says(who, to(SERVER, "get-ice-servers")),
                    Hears(who, refused(who, "rate-limited", retry_after=True)),
                )
            ),
            Hears(BILL, by(SERVER, BILL, "ice-servers", [TurnServer(_TURN, BILL, "69")])),
            *joins_from(THERE, RUFUS, "circle-k"),
            Says(RUFUS, to(SERVER, "get-ice-servers")),
            Hears(RUFUS, by(SERVER, RUFUS, "ice-servers", [TurnServer(_TURN, RUFUS, "69")])),
        ),
        Setting(
            Limits(ice_servers_per_hour=1.0, turn_seconds=2),
            IceConfiguration((), _TURN, "69"),
        ),
    ),
    Scenario(
        "a server remembers so many addresses, and forgets the one longest idle",
        ("LIM-7",),
        (
            *enters(BILL, address=HERE),
            Connects(TED, None, CAMUS_2, address=HERE),
            *are_rate_limited(TED, join()),
            *visits(RUFUS, BILL, address=THERE),
            Says(TED, join()),
            Hears(TED, joined(TED)),
            Hears(BILL, client_joined(TED)),
            Hears(RUFUS, client_joined(TED)),
        ),
        Setting(Limits(joins_per_minute=_NEVER_AGAIN, join_burst=1.0, addresses=1)),
    ),
    Scenario(
        "of the addresses that a server remembers it forgets the one longest idle",
        ("LIM-7",),
        (
            *enters(BILL, address=HERE),
            *enters(TED, "circle-k", address=THERE),
            Connects(RUFUS, None, CAMUS_2, address=HERE),
            *are_rate_limited(RUFUS, join()),
            *enters(BILL_ANEW, "san-dimas", address=ELSEWHERE),
            *are_rate_limited(RUFUS, join()),
            *enters(TED_ANEW, "wyld-stallyns", address=THERE),
        ),
        Setting(Limits(joins_per_minute=_NEVER_AGAIN, join_burst=1.0, addresses=2)),
    ),
    Scenario(
        "what is wrong with a join is told before it counts, or only after",
        ("SESS-55",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *is_refused(BILL, "invalid-username", join(None, username="")),
            *is_refused(BILL, "malformed-message", join(None, token="Bogus!")),
            *is_refused(BILL, "room-not-found", join("no slug!", token="Bogus!")),
            *is_refused(BILL, "not-allowed", join("nowhere", token="Bogus!")),
            *are_rate_limited(BILL, join("nowhere", token="Bogus!")),
        ),
        Setting(Limits(joins_per_minute=0.06, join_burst=1.0), rooms_on_demand=False),
    ),
)
