"""Rosters that the server sends after changes (CORE-46 to CORE-49)."""

from ...limits import Limits
from ..patterns import A_TIME
from ..phrases import is_answered
from ..scenario import Hears, HearsNo, IsClosed, Joins, Says, Scenario, Setting, Waits
from ..vocabulary import (
    BILL,
    BILL_ANEW,
    MAJOR_TOM,
    ROOM,
    RUFUS,
    SERVER,
    TED,
    by,
    pushed,
    refused,
    roster,
    to,
)

_SOON = Setting(Limits(roster_interval=0.05))
_SLOWLY = Setting(Limits(roster_interval=0.6))

_ALL_FOUR = ((BILL, "Bill"), (TED, MAJOR_TOM), (RUFUS, MAJOR_TOM), (BILL_ANEW, MAJOR_TOM))


def _is_called(who: str, name: str) -> Says:
    return Says(who, to(SERVER, "profile", {"username": name}))


SCENARIOS = (
    Scenario(
        "the first change after a quiet time is told at once, later ones together",
        ("CORE-46", "CORE-79", "CORE-107"),
        (
            Joins(BILL),
            *is_answered(BILL),
            Waits(0.7),
            _is_called(BILL, "William"),
            Hears(BILL, pushed((BILL, "William")), within=0.3),
            _is_called(BILL, "Will"),
            _is_called(BILL, "Bill"),
            HearsNo(BILL, "room-info"),
            Hears(BILL, pushed((BILL, "Bill"))),
            Waits(0.7),
            HearsNo(BILL, "room-info"),
        ),
        _SLOWLY,
    ),
    Scenario(
        "who asks is answered at once, also while a roster waits",
        ("CORE-34", "CORE-46"),
        (
            Joins(BILL),
            *is_answered(BILL),
            _is_called(BILL, "Bill"),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(BILL, roster(BILL, (BILL, "Bill")), within=0.3),
            Hears(BILL, pushed((BILL, "Bill"))),
        ),
        _SLOWLY,
    ),
    Scenario(
        "a newcomer's joining is told to the others, not to itself",
        ("CORE-47", "CORE-108"),
        (
            Joins(BILL),
            *is_answered(BILL),
            Waits(0.2),
            Joins(TED),
            Hears(BILL, pushed((BILL, MAJOR_TOM), (TED, MAJOR_TOM))),
            *is_answered(TED),
            Waits(0.2),
            HearsNo(TED, "room-info"),
        ),
        _SOON,
    ),
    Scenario(
        "a newcomer is told the roster too if something else has changed with it",
        ("CORE-107", "CORE-108"),
        (
            Joins(BILL),
            *is_answered(BILL),
            _is_called(BILL, "Bill"),
            _is_called(BILL, "William"),
            Joins(TED),
            *is_answered(TED),
            Hears(TED, pushed((BILL, "William"), (TED, MAJOR_TOM))),
        ),
        _SLOWLY,
    ),
    Scenario(
        "newcomers of one quiet time are told of each other, but one alone not of itself",
        ("CORE-107", "CORE-108"),
        (
            Joins(BILL),
            *is_answered(BILL),
            _is_called(BILL, "Bill"),
            Hears(BILL, pushed((BILL, "Bill"))),
            Joins(TED),
            *is_answered(TED),
            HearsNo(BILL, "room-info"),
            Hears(BILL, pushed((BILL, "Bill"), (TED, MAJOR_TOM))),
            HearsNo(TED, "room-info"),
            Joins(RUFUS),
            *is_answered(RUFUS),
            Joins(BILL_ANEW),
            *is_answered(BILL_ANEW),
            *(Hears(who, pushed(*_ALL_FOUR)) for who in (BILL, TED, RUFUS, BILL_ANEW)),
        ),
        _SLOWLY,
    ),
    Scenario(
        "a member that has said nothing hears no roster",
        ("CORE-47",),
        (
            Joins(BILL),
            Joins(TED),
            Joins(RUFUS),
            Waits(0.2),
            HearsNo(BILL, "room-info"),
            HearsNo(TED, "room-info"),
        ),
        _SOON,
    ),
    Scenario(
        "the roster that a silent member has missed follows the answer to its first frame",
        ("CORE-48",),
        (
            Joins(BILL),
            Joins(TED),
            Waits(0.2),
            *is_answered(BILL),
            Hears(BILL, roster(BILL, (BILL, MAJOR_TOM), (TED, MAJOR_TOM))),
            *is_answered(BILL),
            HearsNo(BILL, "room-info"),
        ),
        _SOON,
    ),
    Scenario(
        "it follows too when the first frame is refused, or needs no answer",
        ("CORE-48",),
        (
            Joins(BILL),
            Joins(TED),
            Joins(RUFUS),
            Waits(0.2),
            Says(BILL, "Bogus!"),
            Hears(BILL, refused(BILL, "malformed-message")),
            Hears(BILL, roster(BILL, *((who, MAJOR_TOM) for who in (BILL, TED, RUFUS)))),
            Says(TED, to(SERVER, "pong")),
            Hears(TED, roster(TED, *((who, MAJOR_TOM) for who in (BILL, TED, RUFUS)))),
        ),
        _SOON,
    ),
    Scenario(
        "a member whose first frame asks for the roster hears it once",
        ("CORE-48",),
        (
            Joins(BILL),
            Joins(TED),
            Waits(0.2),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(BILL, roster(BILL, (BILL, MAJOR_TOM), (TED, MAJOR_TOM))),
            HearsNo(BILL, "room-info"),
        ),
        _SOON,
    ),
    Scenario(
        "a bye is never delayed, and comes before the roster",
        ("CORE-49",),
        (
            Joins(BILL),
            *is_answered(BILL),
            Waits(0.7),
            Joins(TED),
            Hears(BILL, pushed((BILL, MAJOR_TOM), (TED, MAJOR_TOM)), within=0.3),
            Says(TED, to(SERVER, "bye")),
            Hears(BILL, by(TED, ROOM, "bye", A_TIME), within=0.3),
            HearsNo(BILL, "room-info"),
            Hears(BILL, pushed((BILL, MAJOR_TOM))),
            IsClosed(TED, 1000),
        ),
        _SLOWLY,
    ),
    Scenario(
        "a bye comes before the roster also when nothing delays that",
        ("CORE-42", "CORE-49"),
        (
            Joins(BILL),
            Joins(TED),
            *is_answered(BILL),
            Waits(0.2),
            Says(TED, to(SERVER, "bye")),
            Hears(BILL, by(TED, ROOM, "bye", A_TIME)),
            Hears(BILL, pushed((BILL, MAJOR_TOM))),
            IsClosed(TED, 1000),
        ),
        _SOON,
    ),
    Scenario(
        "a silent member hears the roster once that its own first frame changes",
        ("CORE-109",),
        (
            Joins(BILL),
            *is_answered(BILL),
            Waits(0.2),
            Joins(TED),
            Hears(BILL, pushed((BILL, MAJOR_TOM), (TED, MAJOR_TOM))),
            Waits(0.2),
            _is_called(TED, "Ted"),
            Hears(TED, roster(TED, (BILL, MAJOR_TOM), (TED, "Ted"))),
            Hears(BILL, pushed((BILL, MAJOR_TOM), (TED, "Ted"))),
            Waits(0.2),
            HearsNo(TED, "room-info"),
        ),
        _SOON,
    ),
)
