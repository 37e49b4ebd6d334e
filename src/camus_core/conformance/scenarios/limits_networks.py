"""Limits of IPv6 networks, and of clients behind a proxy (LIM-1, LIM-13)."""

from ...limits import Limits
from ..address_phrases import THERE, are_rate_limited
from ..control_phrases import creates_as_owner, enters_waiting_room, locks
from ..patterns import about
from ..scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    HearsNothing,
    Knocks,
    Says,
    Scenario,
    Setting,
    Step,
)
from ..session_phrases import creates, is_refused
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    BILL_ANEW,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    join,
    refused,
    to,
)

_NEVER_AGAIN = 0.001
"""Joins per minute: none is allowed again during a scenario."""

_PROXIES = ("127.0.0.1",)

_ONE = "2001:db8:0:1::1"
_ONE_TOO = "2001:db8:0:1:ffff::2"
"""Another address of the same /64."""
_NEXT, _NEXT_BUT_ONE, _FOURTH = "2001:db8:0:2::1", "2001:db8:0:3::1", "2001:db8:0:4::1"
"""Others of the same /56."""
_BESIDE, _BESIDE_TOO = "2001:db8:0:100::1", "2001:db8:0:200::1"
"""Others of the same /48."""
_FAR = "2001:db8:1::1"

_IPV4 = "192.0.2.1"
_TRANSLATED = (
    "64:ff9b::192.0.2.1",
    "2002:c000:201::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdfe",
)
"""The same address, as translated by NAT64, 6to4 and Teredo."""


def _joins_from(address: str) -> tuple[Step, ...]:
    """Return a join that counts, although it is refused for want of a password."""
    return (
        Connects(BILL, None, CAMUS_2, address=address),
        *is_refused(BILL, "password-required", join()),
        Drops(BILL),
    )


def _joins_no_more_from(address: str) -> tuple[Step, ...]:
    return (
        Connects(BILL, None, CAMUS_2, address=address),
        *are_rate_limited(BILL, join()),
        Drops(BILL),
    )


def _makes(who: str, *numbers: int) -> tuple[Step, ...]:
    return tuple(
        step for number in numbers for step in creates(who, f"r{number}", name=f"R{number}")
    )


def _one_join(limits: Limits) -> Setting:
    return Setting(
        limits, rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),), proxies=_PROXIES
    )


SCENARIOS = (
    Scenario(
        "an IPv6 address counts by its /64, and takes of the shares of its /56 and its /48",
        ("LIM-1", "LIM-2", "LIM-15"),
        (
            *_joins_from(_ONE),
            *_joins_no_more_from(_ONE_TOO),
            *_joins_from(_NEXT),
            *_joins_no_more_from(_NEXT_BUT_ONE),
            *_joins_from(_BESIDE),
            *_joins_no_more_from(_BESIDE_TOO),
            *_joins_from(_FAR),
        ),
        _one_join(
            Limits(
                joins_per_minute=_NEVER_AGAIN,
                join_burst=1.0,
                ipv6_56_shares=2.0,
                ipv6_48_shares=3.0,
            )
        ),
    ),
    Scenario(
        "a join that is too much for a /56 is not counted for its /64",
        ("LIM-15", "LIM-18"),
        (
            *_joins_from(_ONE),
            *_joins_from(_NEXT),
            Connects(BILL, None, CAMUS_2, address=_NEXT_BUT_ONE),
            *(
                Says(BILL, join()),
                Hears(BILL, refused(ANY_CLIENT, "rate-limited", retry_after=about(30))),
            )
            * 2,
        ),
        _one_join(Limits(joins_per_minute=1.0, join_burst=1.0, ipv6_56_shares=2.0)),
    ),
    Scenario(
        "an address that a translator makes of one of IPv4 counts as that one",
        ("LIM-1", "LIM-2", "LIM-16"),
        (
            *_joins_from(_IPV4),
            *(step for address in _TRANSLATED for step in _joins_no_more_from(address)),
            *_joins_from("64:ff9b::192.0.2.2"),
        ),
        _one_join(Limits(joins_per_minute=_NEVER_AGAIN, join_burst=1.0)),
    ),
    Scenario(
        "of all rooms a /56 leaves a quarter to others, and a /48 an eighth",
        ("LIM-1", "LIM-4", "LIM-17"),
        (
            Connects(BILL, None, CAMUS_2, address=_ONE),
            *_makes(BILL, 1, 2, 3, 4, 5, 6),
            *are_rate_limited(BILL, to(SERVER, "create-room", {"name": "R7"})),
            Connects(TED, None, CAMUS_2, address=_BESIDE),
            *_makes(TED, 7),
            *are_rate_limited(TED, to(SERVER, "create-room", {"name": "R8"})),
            Connects(RUFUS, None, CAMUS_2, address=_FAR),
            *_makes(RUFUS, 8),
        ),
        Setting(Limits(rooms=8, rooms_per_address=8), proxies=_PROXIES),
    ),
    Scenario(
        "of all connections a /56 leaves a quarter to others",
        ("LIM-1", "CORE-9", "LIM-17"),
        (
            Connects(BILL, None, CAMUS_2, address=_ONE),
            Connects(TED, None, CAMUS_2, address=_NEXT),
            Connects(RUFUS, None, CAMUS_2, address=_NEXT_BUT_ONE),
            Knocks(f"/room/{DEFAULT_ROOM}/ws", 429, {"X-Forwarded-For": _FOURTH}),
            Knocks(f"/room/{DEFAULT_ROOM}/ws", 101, {"X-Forwarded-For": _FAR}),
        ),
        Setting(Limits(connections=4, connections_per_address=4), proxies=_PROXIES),
        wire=True,
    ),
    Scenario(
        "an address is the one that a trusted proxy tells of, in either header",
        ("LIM-1", "CORE-9", "CORE-66"),
        (
            Connects(BILL, None, CAMUS_2, address=_IPV4),
            Knocks(f"/room/{DEFAULT_ROOM}/ws", 429, {"X-Forwarded-For": _IPV4}),
            Knocks(f"/room/{DEFAULT_ROOM}/ws", 429, {"X-Forwarded-For": f"{_FAR}, {_IPV4}"}),
            Knocks(f"/room/{DEFAULT_ROOM}/ws", 429, {"Forwarded": f"for={_IPV4}"}),
            Knocks(f"/room/{DEFAULT_ROOM}/ws", 101, {"Forwarded": f'for="[{_FAR}]:69"'}),
        ),
        Setting(Limits(connections_per_address=1), proxies=_PROXIES),
        wire=True,
    ),
    Scenario(
        "an address that nobody may tell of is none",
        ("LIM-1", "CORE-9", "CORE-66", "CORE-127"),
        (
            Connects(BILL, None, CAMUS_2, address="127.0.0.1"),
            Knocks(f"/room/{DEFAULT_ROOM}/ws", 429, {"X-Forwarded-For": _IPV4}),
        ),
        Setting(Limits(connections_per_address=1)),
        wire=True,
    ),
    Scenario(
        "a /56 leaves a quarter of a door to others",
        ("LIM-13", "LIM-9"),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL, address=_ONE),
            *enters_waiting_room(RUFUS, BILL, address=_NEXT),
            *enters_waiting_room(BILL_ANEW, BILL, address=_NEXT_BUT_ONE),
            Connects(TED_ANEW, None, CAMUS_2, address=_FOURTH),
            *is_refused(TED_ANEW, "room-locked", join()),
            HearsNothing(BILL),
            Drops(TED_ANEW),
            *enters_waiting_room(TED_ANEW, BILL, address=THERE),
        ),
        Setting(Limits(waiting=4), proxies=_PROXIES),
    ),
)
