"""What clients of one address may do together (LIM-1 to LIM-7)."""

from ...ice import IceConfiguration
from ...limits import Limits
from ..control_phrases import hosts
from ..patterns import TurnServer
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
    Step,
    Waits,
)
from ..session_phrases import creates, enters, is_turned_away, visits
from ..vocabulary import (
    BILL,
    BILL_ANEW,
    CAMUS_2,
    LOBBY,
    RUFUS,
    SERVER,
    SOMEBODY,
    TED,
    TED_ANEW,
    but,
    by,
    came,
    join,
    joined,
    owner_token_of,
    refused,
    resume,
    resumed,
    to,
)

_HERE, _THERE = "127.0.0.1", "127.0.0.2"

_NEVER_AGAIN = 0.001
"""Tokens a minute, or an hour: none comes back while a scenario lasts."""

_TURN = ("turn:turn.example.com:3478",)


def _comes_from(who: str, room: str, address: str) -> tuple[Step, ...]:
    """Return how a client of the core profile comes in from an address."""
    greeting = "This is Ground Control to Major Tom"
    return (
        Connects(who, room, address=address),
        Hears(who, by(SERVER, who, "greeting", greeting)),
    )


def _is_sent_back(who: str, room: str, address: str) -> tuple[Step, ...]:
    """Return how a client of the core profile is told to come back later."""
    return (
        Connects(who, room, address=address),
        Hears(who, refused(who, "rate-limited", retry_after=True)),
        IsClosed(who, 4004),
    )


def _is_told_to_wait(who: str, *frames: Frame) -> tuple[Step, ...]:
    """Return each frame of a client that is in no room, which is one too many."""
    told = refused(SOMEBODY, "rate-limited", retry_after=True)
    return tuple(step for frame in frames for step in (Says(who, frame), Hears(who, told)))


def _room(name: str) -> Frame:
    return to(SERVER, "create-room", {"name": name})


SCENARIOS = (
    Scenario(
        "what is too much for one address is refused with the time to wait, and hurts no other",
        ("LIM-1", "LIM-2"),
        (
            *enters(BILL, address=_HERE),
            Connects(TED, None, CAMUS_2, address=_HERE),
            Says(TED, but(join(), id="1")),
            Hears(TED, but(refused(SOMEBODY, "rate-limited", retry_after=True), reply_to="1")),
            HearsNothing(BILL),
            *is_answered(BILL),
            *visits(RUFUS, BILL, address=_THERE),
            Waits(1.2),
            Says(TED, join()),
            Hears(TED, joined(TED)),
            Hears(BILL, came(TED)),
            Hears(RUFUS, came(TED)),
        ),
        Setting(Limits(joins_per_minute=60.0, join_burst=1.0)),
    ),
    Scenario(
        "who joins too often in the core profile is closed, to come back",
        ("LIM-1", "LIM-2", "CORE-5"),
        (
            *_comes_from(BILL, LOBBY, _HERE),
            *_is_sent_back(TED, LOBBY, _HERE),
            *is_answered(BILL),
            *_comes_from(RUFUS, LOBBY, _THERE),
        ),
        Setting(Limits(joins_per_minute=_NEVER_AGAIN, join_burst=1.0)),
    ),
    Scenario(
        "joins of both profiles count together, let in or not",
        ("LIM-2",),
        (
            Connects(BILL, None, CAMUS_2, address=_HERE),
            *is_turned_away(BILL, "password-required", join()),
            Connects(TED, address=_HERE),
            Hears(TED, refused(TED, "password-required")),
            IsClosed(TED, 4502),
            *_is_told_to_wait(BILL, join(), join(password="Wyld Stallyns"), join("circle-k")),
            *_is_sent_back(RUFUS, "circle-k", _HERE),
        ),
        Setting(
            Limits(joins_per_minute=_NEVER_AGAIN, join_burst=2.0),
            rooms=(ExistingRoom(LOBBY, password="Wyld Stallyns"),),
        ),
    ),
    Scenario(
        "to come back is no join, as long as the place is there",
        ("LIM-2",),
        (
            *enters(BILL, address=_HERE),
            *[
                Drops(BILL),
                Connects(BILL, None, CAMUS_2, address=_HERE),
                Says(BILL, resume(BILL, 0)),
                Hears(BILL, resumed(BILL, 0)),
            ]
            * 3,
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Connects(BILL, None, CAMUS_2, address=_HERE),
            *_is_told_to_wait(BILL, resume(BILL, 0)),
        ),
        Setting(Limits(joins_per_minute=_NEVER_AGAIN, join_burst=1.0)),
    ),
    Scenario(
        "who makes too many rooms is refused, and may make more later",
        ("LIM-3",),
        (
            Connects(BILL, None, CAMUS_2, address=_HERE),
            *creates(BILL, "circle-k", name="Circle K"),
            *_is_told_to_wait(BILL, _room("San Dimas")),
            Connects(TED, None, CAMUS_2, address=_THERE),
            *creates(TED, "the-world", name="The World"),
            Waits(1.2),
            *creates(BILL, "san-dimas", name="San Dimas"),
        ),
        Setting(Limits(room_creations_per_minute=60.0, room_creation_burst=1.0)),
    ),
    Scenario(
        "rooms that are made on demand count, and rooms that are there don't",
        ("LIM-3",),
        (
            *enters(BILL, "san-dimas", address=_HERE),
            *enters(TED, "circle-k", address=_HERE),
            Connects(RUFUS, None, CAMUS_2, address=_HERE),
            *_is_told_to_wait(RUFUS, join("the-world"), _room("The World")),
            *_is_sent_back(TED_ANEW, "the-world", _HERE),
            *_comes_from(BILL_ANEW, "circle-k", _HERE),
            Hears(TED, came(BILL_ANEW)),
            Says(RUFUS, join("san-dimas")),
            Hears(RUFUS, joined(RUFUS, room_id="san-dimas")),
            Hears(BILL, came(RUFUS)),
        ),
        Setting(
            Limits(room_creations_per_minute=_NEVER_AGAIN, room_creation_burst=1.0),
            rooms=(ExistingRoom("san-dimas"),),
        ),
    ),
    Scenario(
        "who may make no more rooms still comes into one that nobody is in",
        ("LIM-3",),
        (
            *enters(BILL, "circle-k", address=_HERE),
            *enters(TED, "san-dimas", address=_HERE),
        ),
        Setting(
            Limits(room_creations_per_minute=_NEVER_AGAIN, room_creation_burst=1.0),
            rooms=(ExistingRoom("san-dimas"),),
        ),
    ),
    Scenario(
        "a name that is taken counts as a room that was made",
        ("LIM-3",),
        (
            Connects(BILL, None, CAMUS_2, address=_HERE),
            Says(BILL, _room("San Dimas")),
            Hears(BILL, refused(SOMEBODY, "name-taken")),
            *_is_told_to_wait(BILL, _room("Circle K")),
        ),
        Setting(
            Limits(room_creations_per_minute=_NEVER_AGAIN, room_creation_burst=1.0),
            rooms=(ExistingRoom("san-dimas"),),
        ),
    ),
    Scenario(
        "one address may have so many rooms, until one of them ends",
        ("LIM-4",),
        (
            Connects(BILL, None, CAMUS_2, address=_HERE),
            *creates(BILL, "circle-k", name="Circle K"),
            *_is_told_to_wait(BILL, _room("San Dimas"), join("san-dimas")),
            *_is_sent_back(TED, "san-dimas", _HERE),
            *_comes_from(TED_ANEW, "circle-k", _HERE),
            *_comes_from(RUFUS, "san-dimas", _THERE),
            Says(TED_ANEW, to(SERVER, "bye")),
            IsClosed(TED_ANEW, 1000),
            Waits(0.8),
            *creates(BILL, "the-world", name="The World"),
        ),
        Setting(Limits(rooms_per_address=1, room_empty_for=0.4, unused_room_seconds=0.4)),
    ),
    Scenario(
        "who guesses passwords has to wait, also with the right one",
        ("LIM-5",),
        (
            Connects(BILL, None, CAMUS_2, address=_HERE),
            *is_turned_away(BILL, "wrong-password", *[join(password="Bogus!")] * 2),
            *_is_told_to_wait(BILL, join(password="Bogus!"), join(password="Wyld Stallyns")),
            *is_turned_away(BILL, "password-required", join()),
            *enters(BILL_ANEW, "circle-k", address=_HERE),
            *enters(RUFUS, address=_THERE, password="Wyld Stallyns"),
        ),
        Setting(
            Limits(wrong_passwords=2), rooms=(ExistingRoom(LOBBY, password="Wyld Stallyns"),)
        ),
    ),
    Scenario(
        "right passwords don't count",
        ("LIM-5",),
        (
            *enters(BILL, address=_HERE, password="Wyld Stallyns"),
            *enters(TED, address=_HERE, password="Wyld Stallyns"),
            Hears(BILL, came(TED)),
            Connects(RUFUS, None, CAMUS_2, address=_HERE),
            *is_turned_away(RUFUS, "wrong-password", join(password="Bogus!")),
            *_is_told_to_wait(RUFUS, join(password="Wyld Stallyns")),
        ),
        Setting(
            Limits(wrong_passwords=1), rooms=(ExistingRoom(LOBBY, password="Wyld Stallyns"),)
        ),
    ),
    Scenario(
        "by guessing nobody keeps out who needs no password",
        ("LIM-5", "SESS-36"),
        (
            *hosts(BILL, address=_HERE, password="69"),
            *enters(TED, address=_HERE, password="69"),
            Hears(BILL, came(TED)),
            Connects(RUFUS, None, CAMUS_2, address=_HERE),
            *is_turned_away(RUFUS, "wrong-password", join(password="Bogus!")),
            *_is_told_to_wait(RUFUS, join(password="69")),
            Drops(TED),
            Connects(TED, None, CAMUS_2, address=_HERE),
            Says(TED, resume(TED, 0)),
            Hears(TED, resumed(TED, 0)),
            Says(RUFUS, join(owner_token=owner_token_of(LOBBY))),
            Hears(RUFUS, joined(RUFUS, role="owner")),
            Hears(BILL, came(RUFUS, role="owner")),
            Hears(TED, came(RUFUS, role="owner")),
        ),
        Setting(Limits(wrong_passwords=1)),
    ),
    Scenario(
        "who asks for ICE servers too often is refused; those that come by themselves are free",
        ("LIM-6",),
        (
            Connects(BILL, None, CAMUS_2, address=_HERE),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, ice_servers=[TurnServer(_TURN, BILL, "69")])),
            *_comes_from(TED, LOBBY, _HERE),
            Hears(BILL, came(TED)),
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
            *_comes_from(RUFUS, "circle-k", _THERE),
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
            *enters(BILL, address=_HERE),
            Connects(TED, None, CAMUS_2, address=_HERE),
            *_is_told_to_wait(TED, join()),
            *visits(RUFUS, BILL, address=_THERE),
            Says(TED, join()),
            Hears(TED, joined(TED)),
            Hears(BILL, came(TED)),
            Hears(RUFUS, came(TED)),
        ),
        Setting(Limits(joins_per_minute=_NEVER_AGAIN, join_burst=1.0, addresses=1)),
    ),
)
