"""Departure of members, and the notices to the others (CORE-42 to CORE-44, CORE-54)."""

from .. import examples as example
from ..patterns import A_TIME
from ..scenario import Drops, Hears, HearsNothing, IsClosed, Joins, Says, Scenario, Stops
from ..vocabulary import (
    BILL,
    MAJOR_TOM,
    ROOM,
    RUFUS,
    SERVER,
    TED,
    but,
    by,
    pushed,
    refused,
    roster,
    to,
)

SCENARIOS = (
    Scenario(
        "who says bye to the server leaves at once, and the others hear it",
        ("CORE-42", "CORE-104"),
        (
            Joins(BILL),
            Joins(TED),
            Joins(RUFUS),
            Says(TED, but(example.BYE, sender=TED, receiver=SERVER)),
            IsClosed(TED, 1000),
            Hears(BILL, by(TED, ROOM, "bye", 1615919897795)),
            Hears(RUFUS, by(TED, ROOM, "bye", 1615919897795)),
            Says(BILL, to(TED, "x-note", "Where are you?")),
            Hears(BILL, refused(BILL, "unknown-receiver")),
        ),
    ),
    Scenario(
        "after a bye the room hears who is left",
        ("CORE-42", "CORE-49", "CORE-79"),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(BILL, roster(BILL, (BILL, MAJOR_TOM), (TED, MAJOR_TOM))),
            Says(TED, to(SERVER, "bye")),
            Hears(BILL, by(TED, ROOM, "bye", A_TIME)),
            Hears(BILL, pushed((BILL, MAJOR_TOM))),
            IsClosed(TED, 1000),
        ),
    ),
    Scenario(
        "what is said after a bye is not heard",
        ("CORE-42", "CORE-104", "CORE-131"),
        (
            Joins(BILL),
            Joins(TED),
            Says(TED, to(SERVER, "bye", 1)),
            Says(TED, to(BILL, "x-note", "one more thing")),
            IsClosed(TED, 1000),
            Hears(BILL, by(TED, ROOM, "bye", 1)),
            HearsNothing(BILL),
        ),
    ),
    Scenario(
        "for a member that vanishes the server says bye",
        ("CORE-43",),
        (
            Joins(BILL),
            Joins(TED),
            Drops(TED),
            Hears(BILL, by(TED, ROOM, "bye", A_TIME)),
        ),
    ),
    Scenario(
        "a bye to others is passed on, and nobody leaves by it",
        ("CORE-44",),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, example.BYE),
            Hears(TED, example.BYE),
            Says(BILL, to(ROOM, "bye", 1615919897795)),
            Hears(TED, by(BILL, ROOM, "bye", 1615919897795)),
            Hears(BILL, by(BILL, ROOM, "bye", 1615919897795)),
            Says(TED, to(SERVER, "get-room-info")),
            Hears(TED, roster(TED, (BILL, MAJOR_TOM), (TED, MAJOR_TOM))),
        ),
    ),
    Scenario(
        "a bye to somebody who has gone already is not answered",
        ("CORE-42", "CORE-44", "CORE-106"),
        (
            Joins(BILL),
            Joins(TED),
            Says(TED, to(SERVER, "bye", 1)),
            IsClosed(TED, 1000),
            Hears(BILL, by(TED, ROOM, "bye", 1)),
            Says(BILL, to(TED, "bye", 1)),
            HearsNothing(BILL),
        ),
    ),
    Scenario(
        "a bye that doesn't say when gets the server's time",
        ("CORE-42", "CORE-44", "CORE-105", "CORE-132"),
        (
            Joins(BILL),
            Joins(TED),
            Says(TED, {"receiver": BILL, "type": "bye"}),
            Hears(BILL, by(TED, BILL, "bye", A_TIME)),
            Says(TED, {"receiver": SERVER, "type": "bye"}),
            Hears(BILL, by(TED, ROOM, "bye", A_TIME)),
            IsClosed(TED, 1000),
        ),
    ),
    Scenario(
        "a bye whose time is no number is refused, and nobody leaves by it",
        ("CORE-42", "CORE-44", "CORE-105"),
        (
            Joins(BILL),
            Joins(TED),
            Says(TED, to(SERVER, "bye", "see you")),
            Hears(TED, refused(TED, "malformed-message")),
            Says(TED, to(BILL, "bye", True)),
            Hears(TED, refused(TED, "malformed-message")),
            HearsNothing(BILL),
        ),
    ),
    Scenario(
        "a server that stops closes every connection",
        ("CORE-54",),
        (
            Joins(BILL),
            Joins(TED, "circle-k"),
            Stops(),
            IsClosed(BILL, 1012),
            IsClosed(TED, 1012),
        ),
    ),
)
