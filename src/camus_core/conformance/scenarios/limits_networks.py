"""Limits of IPv6 networks, and of clients behind a proxy (LIM-1, LIM-10, LIM-15 to LIM-17)."""

from ...limits import Limits
from ..address_phrases import THERE, are_rate_limited, joins_from
from ..ban_phrases import bans, listed, lists
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
    Waits,
)
from ..session_phrases import creates, enters, is_refused, note, visits
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    BILL_ANEW,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    client_joined,
    join,
    left,
    refused,
    resume,
    resumed,
    to,
)

_PROXIES = ("127.0.0.1",)

_ONE = "2001:db8:0:1::1"
_ONE_TOO = "2001:db8:0:1:ffff::2"
"""Another address of the same /64."""
_NEXT, _NEXT_BUT_ONE, _FOURTH = "2001:db8:0:80::1", "2001:db8:0:81::1", "2001:db8:0:82::1"
"""Others of the same /56, and not of the same /57."""
_BESIDE, _BESIDE_TOO = "2001:db8:0:8000::1", "2001:db8:0:8100::1"
"""Others of the same /48, and not of the same /49."""
_FAR = "2001:db8:1::1"

_IPV4 = "192.0.2.1"
_TRANSLATED = (
    "64:ff9b::192.0.2.1",
    "2002:c000:201::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdfe",
)
"""The same address, as translated by NAT64, 6to4 and Teredo."""

_LONG = "x" * 20_000


def _joins_from(address: str) -> tuple[Step, ...]:
    """Return a join that counts, although it is refused for want of a password."""
    return (
        Connects(BILL, None, CAMUS_2, address=address),
        *is_refused(BILL, "password-required", join()),
        Drops(BILL),
    )


def _joins_no_more_from(address: str, seconds: int) -> tuple[Step, ...]:
    """Return a join that is refused, and allowed after so many seconds."""
    return (
        Connects(BILL, None, CAMUS_2, address=address),
        Says(BILL, join()),
        Hears(BILL, refused(ANY_CLIENT, "rate-limited", retry_after=about(seconds))),
        Drops(BILL),
    )


def _makes_no_more(who: str) -> tuple[Step, ...]:
    return are_rate_limited(who, to(SERVER, "create-room", {"name": "R9"}))


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
            *_joins_no_more_from(_ONE_TOO, 120),
            *_joins_from(_NEXT),
            *_joins_no_more_from(_NEXT_BUT_ONE, 60),
            *_joins_from(_BESIDE),
            *_joins_no_more_from(_BESIDE_TOO, 40),
            *_joins_from(_FAR),
        ),
        _one_join(
            Limits(
                joins_per_minute=0.5,
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
            *(step for address in _TRANSLATED for step in _joins_no_more_from(address, 60)),
            *_joins_from("64:ff9b::192.0.2.2"),
        ),
        _one_join(Limits(joins_per_minute=1.0, join_burst=1.0)),
    ),
    Scenario(
        "right passwords don't count for the networks of an address either",
        ("LIM-15", "LIM-21"),
        (
            Connects(BILL, None, CAMUS_2, address=_FOURTH),
            *enters(TED, address=_ONE, password="Wyld Stallyns"),
            *enters(RUFUS, address=_NEXT, password="Wyld Stallyns"),
            Hears(TED, client_joined(RUFUS)),
            *is_refused(BILL, "wrong-password", join(password="Bogus!")),
            Connects(TED_ANEW, None, CAMUS_2, address=_NEXT_BUT_ONE),
            *are_rate_limited(TED_ANEW, join(password="Wyld Stallyns")),
        ),
        _one_join(Limits(wrong_passwords=1, ipv6_56_shares=1.0)),
    ),
    Scenario(
        "a server that forgets an address remembers its networks",
        ("LIM-7", "LIM-15"),
        (
            *_joins_from(_ONE),
            *_joins_from(_BESIDE),
            *_joins_no_more_from(_BESIDE_TOO, 60),
        ),
        _one_join(
            Limits(joins_per_minute=0.5, join_burst=1.0, ipv6_48_shares=2.0, addresses=1)
        ),
    ),
    Scenario(
        "the rooms of an IPv6 address count for its /56 and its /48, which may have more",
        ("LIM-4", "LIM-15"),
        (
            Connects(BILL, None, CAMUS_2, address=_ONE),
            *_makes(BILL, 1),
            *_makes_no_more(BILL),
            Connects(TED, None, CAMUS_2, address=_NEXT),
            *_makes(TED, 2),
            Connects(RUFUS, None, CAMUS_2, address=_NEXT_BUT_ONE),
            *_makes_no_more(RUFUS),
            Connects(BILL_ANEW, None, CAMUS_2, address=_BESIDE),
            *_makes(BILL_ANEW, 3),
            Connects(TED_ANEW, None, CAMUS_2, address=_BESIDE_TOO),
            *_makes_no_more(TED_ANEW),
        ),
        Setting(
            Limits(rooms_per_address=1, ipv6_56_shares=2.0, ipv6_48_shares=3.0),
            proxies=_PROXIES,
        ),
    ),
    Scenario(
        "the bytes of all clients of a /56 are counted together",
        ("LIM-14", "LIM-15"),
        (
            *joins_from(_ONE, BILL),
            *joins_from(_NEXT, TED),
            *note(BILL, TED, _LONG),
            Says(TED, to(BILL, "x-note", _LONG)),
            Hears(TED, refused(TED, "rate-limited", retry_after=True)),
            HearsNothing(BILL),
        ),
        Setting(
            Limits(
                relayed_bytes_per_second=1.0,
                relayed_burst_bytes=25_000.0,
                relayed_shares=1.2,
                ipv6_56_shares=1.0,
            ),
            proxies=_PROXIES,
        ),
    ),
    Scenario(
        "of all rooms a /56 leaves a quarter to others, and a /48 an eighth",
        ("LIM-1", "LIM-4", "LIM-17"),
        (
            Connects(BILL, None, CAMUS_2, address=_ONE),
            *_makes(BILL, 1, 2, 3, 4, 5, 6),
            *_makes_no_more(BILL),
            Connects(TED, None, CAMUS_2, address=_BESIDE),
            *_makes(TED, 7),
            *_makes_no_more(TED),
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
    Scenario(
        "a /48 leaves a part of a waiting room to others, too",
        ("LIM-13", "LIM-9"),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL, address=_ONE),
            *enters_waiting_room(RUFUS, BILL, address=_NEXT),
            *enters_waiting_room(BILL_ANEW, BILL, address=_BESIDE),
            Connects(TED_ANEW, None, CAMUS_2, address=_BESIDE_TOO),
            *is_refused(TED_ANEW, "room-locked", join()),
            Drops(TED_ANEW),
            *enters_waiting_room(TED_ANEW, BILL, address=_FAR),
        ),
        Setting(Limits(waiting=4), proxies=_PROXIES),
    ),
    Scenario(
        "a client of the core profile gets a place that is over the part of a /48",
        ("LIM-28",),
        (
            *visits(BILL, address=_ONE),
            *visits(BILL_ANEW, BILL, address=_NEXT),
            *visits(TED, BILL, BILL_ANEW, address=_BESIDE),
            *visits(TED_ANEW, BILL, BILL_ANEW, TED, address=_BESIDE_TOO),
            Drops(BILL),
            Waits(0.1),
            *map(Drops, (BILL_ANEW, TED, TED_ANEW)),
            Waits(0.1),
            *joins_from(_FAR, RUFUS),
            Connects(BILL, None, CAMUS_2, address=_ONE),
            *is_refused(BILL, "room-full", resume(BILL, 3)),
            Connects(TED, None, CAMUS_2, address=_BESIDE),
            Says(TED, resume(TED, 1)),
            Hears(TED, resumed(TED, 0)),
            Hears(TED, left(BILL, "gone")),
            Hears(TED, client_joined(RUFUS)),
        ),
        Setting(Limits(guest_limit=4), proxies=_PROXIES),
    ),
    Scenario(
        "who is banned in one network of its /48 after the other ends no ban of others",
        ("LIM-10", "LIM-15"),
        (
            *creates_as_owner(BILL, address=_IPV4),
            *visits(TED, BILL, address=_FAR),
            *bans(BILL, TED),
            *visits(RUFUS, BILL, address=_ONE),
            *bans(BILL, RUFUS),
            *visits(TED_ANEW, BILL, address=_BESIDE),
            *bans(BILL, TED_ANEW),
            *lists(BILL, listed(TED), listed(TED_ANEW)),
        ),
        Setting(Limits(bans=2), proxies=_PROXIES),
    ),
    Scenario(
        "of the bans of one /48 the oldest of the /56 that has the most ends",
        ("LIM-10", "LIM-15"),
        (
            *creates_as_owner(BILL, address=_IPV4),
            *visits(TED, BILL, address=_BESIDE),
            *bans(BILL, TED),
            *visits(RUFUS, BILL, address=_ONE),
            *bans(BILL, RUFUS),
            *visits(TED_ANEW, BILL, address=_NEXT),
            *bans(BILL, TED_ANEW),
            *visits(BILL_ANEW, BILL, address=_FAR),
            *bans(BILL, BILL_ANEW),
            *lists(BILL, listed(TED), listed(TED_ANEW), listed(BILL_ANEW)),
        ),
        Setting(Limits(bans=3), proxies=_PROXIES),
    ),
)
