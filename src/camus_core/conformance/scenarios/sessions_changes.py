"""Notices of changes in the room, and new TURN credentials (SESS-20 to SESS-23)."""

from ...ice import IceConfiguration
from ...limits import Limits
from .. import examples as example
from ..patterns import A_TIME, TurnServer
from ..phrases import is_answered
from ..scenario import (
    Connects,
    Drops,
    Hears,
    HearsNo,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    Scenario,
    SetsClock,
    Setting,
    Waits,
)
from ..session_phrases import enters, meet
from ..vocabulary import (
    BILL,
    CAMUS_2,
    MAJOR_TOM,
    ROOM,
    RUFUS,
    SERVER,
    TED,
    but,
    by,
    client_joined,
    done,
    join,
    joined,
    left,
    pushed,
    refused,
    roster,
    to,
    updated,
)

_TURN = ("turn:turn.example.com:3478",)

_SHORT = Setting(Limits(place_seconds=0.3, roster_interval=0.05))


SCENARIOS = (
    Scenario(
        "members of both profiles hear of each other in their own way",
        ("SESS-20", "SESS-21", "CORE-79", "SESS-86", "SESS-124"),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, client_joined(TED)),
            *is_answered(TED),
            Waits(0.1),
            *enters(RUFUS, username="Rufus"),
            Hears(BILL, client_joined(RUFUS, "Rufus")),
            Hears(TED, pushed((BILL, MAJOR_TOM), (TED, MAJOR_TOM), (RUFUS, "Rufus"))),
            Says(RUFUS, to(SERVER, "bye", 1615919897795)),
            IsClosed(RUFUS, 1000),
            Hears(BILL, left(RUFUS, "left")),
            Hears(TED, by(RUFUS, ROOM, "bye", 1615919897795)),
            Hears(TED, pushed((BILL, MAJOR_TOM), (TED, MAJOR_TOM))),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            Hears(BILL, left(TED, "left")),
            Waits(0.1),
            HearsNo(BILL, "room-info"),
            HearsNo(BILL, "bye"),
        ),
        _SHORT,
    ),
    Scenario(
        "who vanishes is gone: at once in the core profile, later in the other",
        ("SESS-20", "SESS-21", "SESS-43", "SESS-86"),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, client_joined(TED)),
            *enters(RUFUS),
            Hears(BILL, client_joined(RUFUS)),
            Drops(RUFUS),
            HearsNothing(TED),
            Hears(BILL, left(RUFUS, "gone")),
            Hears(TED, by(RUFUS, ROOM, "bye", A_TIME)),
            Drops(TED),
            Hears(BILL, left(TED, "gone")),
        ),
        _SHORT,
    ),
    Scenario(
        "a bye to others is relayed in this profile too, and nobody leaves by it",
        ("SESS-20",),
        (
            *meet(BILL, TED),
            Says(BILL, to(ROOM, "bye", 1)),
            Hears(TED, by(BILL, ROOM, "bye", 1)),
            Hears(BILL, by(BILL, ROOM, "bye", 1)),
            Says(TED, to(SERVER, "get-room-info")),
            Hears(TED, roster(TED, (BILL, MAJOR_TOM), (TED, MAJOR_TOM))),
        ),
    ),
    Scenario(
        "a new name is told to all, at once and each by itself, and to its bearer as done",
        ("SESS-20", "SESS-21", "SESS-22", "SESS-87"),
        (
            *meet(BILL, TED),
            Says(BILL, but(example.PROFILE, id="3")),
            Says(BILL, to(SERVER, "profile", {"username": " William "})),
            Hears(TED, updated(BILL, "Bill")),
            Hears(TED, updated(BILL, "William")),
            Hears(BILL, updated(BILL, "Bill")),
            Hears(BILL, but(done(BILL), reply_to="3")),
            Hears(BILL, updated(BILL, "William")),
            Hears(BILL, done(BILL)),
            Says(BILL, but(to(SERVER, "profile", {"username": ""}), id="4")),
            Hears(BILL, but(refused(BILL, "invalid-username"), reply_to="4")),
            HearsNothing(TED),
        ),
    ),
    Scenario(
        "a new name of one profile is heard in the other",
        ("SESS-20", "SESS-22"),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, client_joined(TED)),
            Says(TED, to(SERVER, "profile", {"username": "Ted"})),
            Hears(BILL, updated(TED, "Ted")),
            Hears(TED, pushed((BILL, MAJOR_TOM), (TED, "Ted"))),
            Says(BILL, to(SERVER, "profile", {"username": "Bill"})),
            Hears(BILL, updated(BILL, "Bill")),
            Hears(BILL, done(BILL)),
            Hears(TED, pushed((BILL, "Bill"), (TED, "Ted"))),
            HearsNothing(TED),
        ),
        _SHORT,
    ),
    Scenario(
        "TURN credentials that grow old are replaced without a word of the client",
        ("SESS-23",),
        (
            Joins(TED),
            Says(TED, to(SERVER, "get-ice-servers")),
            Hears(TED, by(SERVER, TED, "ice-servers", [TurnServer(_TURN, TED, "69")])),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, ice_servers=[TurnServer(_TURN, BILL, "69")])),
            Waits(1.3),
            HearsNo(BILL, "ice-servers"),
            Hears(
                BILL,
                by(SERVER, BILL, "ice-servers", [TurnServer(_TURN, BILL, "69")]),
                within=0.6,
            ),
            HearsNo(TED, "ice-servers"),
        ),
        Setting(Limits(turn_seconds=2), IceConfiguration((), _TURN, "69")),
    ),
    Scenario(
        "TURN credentials are replaced at once when the clock of the server was set",
        ("SESS-23", "SESS-88"),
        (
            Joins(TED),
            Says(TED, to(SERVER, "get-ice-servers")),
            Hears(TED, by(SERVER, TED, "ice-servers", [TurnServer(_TURN, TED, "69")])),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, ice_servers=[TurnServer(_TURN, BILL, "69")])),
            HearsNo(BILL, "ice-servers"),
            *(
                step
                for seconds in (3600.0, -7200.0)
                for step in (
                    SetsClock(seconds),
                    Hears(
                        BILL,
                        by(SERVER, BILL, "ice-servers", [TurnServer(_TURN, BILL, "69")]),
                    ),
                )
            ),
            HearsNo(TED, "ice-servers"),
        ),
        Setting(ice=IceConfiguration((), _TURN, "69")),
    ),
    Scenario(
        "TURN credentials are replaced also when the clock is set back to what it was",
        ("SESS-88",),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, ice_servers=[TurnServer(_TURN, BILL, "69")])),
            *(
                step
                for seconds in (3600.0, -3600.0)
                for step in (
                    SetsClock(seconds),
                    Hears(
                        BILL,
                        by(SERVER, BILL, "ice-servers", [TurnServer(_TURN, BILL, "69")]),
                    ),
                )
            ),
        ),
        Setting(ice=IceConfiguration((), _TURN, "69")),
    ),
    Scenario(
        "credentials that a client has asked for count from then",
        ("SESS-23",),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, ice_servers=[TurnServer(_TURN, BILL, "69")])),
            Waits(0.9),
            Says(BILL, to(SERVER, "get-ice-servers")),
            Hears(BILL, by(SERVER, BILL, "ice-servers", [TurnServer(_TURN, BILL, "69")])),
            Waits(1.0),
            HearsNo(BILL, "ice-servers"),
        ),
        Setting(Limits(turn_seconds=2), IceConfiguration((), _TURN, "69")),
    ),
    Scenario(
        "credentials that a client has asked for are replaced in time as well",
        ("SESS-23",),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, ice_servers=[TurnServer(_TURN, BILL, "69")])),
            Waits(0.5),
            Says(BILL, to(SERVER, "get-ice-servers")),
            Hears(BILL, by(SERVER, BILL, "ice-servers", [TurnServer(_TURN, BILL, "69")])),
            Waits(0.5),
            HearsNo(BILL, "ice-servers"),
            Hears(
                BILL,
                by(SERVER, BILL, "ice-servers", [TurnServer(_TURN, BILL, "69")]),
                within=0.7,
            ),
        ),
        Setting(Limits(turn_seconds=1), IceConfiguration((), _TURN, "69")),
    ),
    Scenario(
        "a name is told anew, also where it is the one from before",
        ("CORE-96",),
        (
            *meet(BILL, TED),
            Says(BILL, to(SERVER, "profile", {"username": MAJOR_TOM})),
            Hears(BILL, updated(BILL, MAJOR_TOM)),
            Hears(BILL, done(BILL)),
            Hears(TED, updated(BILL, MAJOR_TOM)),
        ),
    ),
)
