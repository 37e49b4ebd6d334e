"""Limits on listing rooms, waiting, bans and connections (LIM-8 to LIM-11)."""

from ...limits import Limits
from ..address_phrases import ELSEWHERE, HERE, THERE, is_refused_from, joins_from
from ..ban_phrases import lists
from ..control_phrases import (
    ban,
    creates_as_owner,
    decides,
    deny,
    enters_waiting_room,
    is_removed,
    locks,
    waiting,
    waits,
    waits_no_more,
)
from ..patterns import Wildcard
from ..phrases import is_answered
from ..scenario import (
    Connects,
    Drops,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    Knocks,
    Says,
    Scenario,
    Setting,
    StandsStill,
    Waits,
)
from ..session_phrases import is_refused, visits
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
    left,
    refused,
    to,
    turn_of,
)

_NEVER_AGAIN = 0.001
"""Units per second: none comes back during a scenario."""

_PLAIN_GET = {"Upgrade": None, "Connection": None}
"""The headers of a request that is no handshake, with which a page asks why one has failed."""

_SOON = {"retry-after": Wildcard(r'"\d+"')}
_READABLE_SOON = {
    **_SOON,
    "access-control-allow-origin": Wildcard(r'"\*"'),
    "access-control-expose-headers": Wildcard(r'"Retry-After"'),
}

SCENARIOS = (
    Scenario(
        "to list rooms costs as much as ten messages",
        ("LIM-8",),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, to(SERVER, "list-rooms")),
            Hears(BILL, by(SERVER, ANY_CLIENT, "rooms", [])),
            Says(BILL, to(SERVER, "ping", 1)),
            Hears(BILL, by(SERVER, ANY_CLIENT, "pong", 1)),
            Says(BILL, to(SERVER, "list-rooms")),
            Hears(BILL, refused(ANY_CLIENT, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(messages_per_second=_NEVER_AGAIN, message_burst=20.0)),
    ),
    Scenario(
        "to list bans costs as much as ten messages",
        ("LIM-8",),
        (
            *creates_as_owner(BILL),
            *lists(BILL),
            Says(BILL, to(SERVER, "list-bans")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(messages_per_second=_NEVER_AGAIN, message_burst=20.0)),
    ),
    Scenario(
        "only so many may wait at one door",
        ("LIM-9",),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL),
            Connects(RUFUS, None, CAMUS_2),
            *is_refused(RUFUS, "room-locked", join()),
            HearsNothing(BILL),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            Hears(BILL, waits_no_more(TED)),
            Says(RUFUS, join()),
            Hears(RUFUS, waiting(RUFUS)),
            Hears(BILL, waits(RUFUS)),
        ),
        Setting(Limits(waiting=1)),
    ),
    Scenario(
        "nobody waits for ever, but may begin again",
        ("LIM-9", "CTRL-22", "LIM-23"),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL),
            HearsNothing(TED),
            Waits(0.6),
            Hears(TED, but(refused(TED, "room-locked"), reply_to="let me in")),
            Hears(BILL, waits_no_more(TED)),
            Says(TED, join()),
            Hears(TED, waiting(TED)),
            Hears(BILL, waits(TED)),
            *is_answered(TED),
        ),
        Setting(Limits(waiting_seconds=0.5)),
    ),
    Scenario(
        "a pause of the server is added to the time for which a client may wait",
        ("LIM-23", "LIM-30"),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL),
            Waits(0.2),
            StandsStill(3.0),
            Waits(0.2),
            HearsNothing(TED),
            Hears(TED, but(refused(TED, "room-locked"), reply_to="let me in")),
            Hears(BILL, waits_no_more(TED)),
        ),
        Setting(Limits(waiting_seconds=2.4)),
    ),
    Scenario(
        "a pause of the server is added to the time for which a turn is held",
        ("DOOR-5", "LIM-30"),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL),
            Drops(TED),
            Waits(0.2),
            StandsStill(3.0),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(resume={"session": turn_of(TED)})),
            Hears(TED, waiting(TED)),
            HearsNothing(BILL),
        ),
        Setting(Limits(reload_seconds=2.4)),
    ),
    Scenario(
        "a client that was denied and waits again has its whole time from then",
        ("LIM-23", "CTRL-57"),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL),
            Waits(0.6),
            *decides(BILL, deny(TED), waits_no_more(TED)),
            Hears(TED, but(refused(TED, "denied"), reply_to="let me in")),
            Says(TED, join()),
            Hears(TED, waiting(TED)),
            Hears(BILL, waits(TED)),
            Waits(0.7),
            HearsNothing(TED),
        ),
        Setting(Limits(waiting_seconds=1.0)),
    ),
    Scenario(
        "of too many bans the oldest ends",
        ("LIM-10",),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *visits(RUFUS, BILL, TED, address=ELSEWHERE),
            *decides(BILL, ban(TED), left(TED, "banned")),
            *is_removed(TED, "banned", RUFUS),
            *decides(BILL, ban(RUFUS), left(RUFUS, "banned")),
            *is_removed(RUFUS, "banned"),
            *is_refused_from(ELSEWHERE, BILL_ANEW, "banned", 4507),
            *visits(TED_ANEW, BILL, address=THERE),
        ),
        Setting(Limits(bans=1)),
    ),
    Scenario(
        "two bans of one address are one",
        ("LIM-10",),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(BILL_ANEW, BILL, address=ELSEWHERE),
            *joins_from(THERE, TED),
            Hears(BILL, client_joined(TED)),
            Hears(BILL_ANEW, client_joined(TED)),
            *joins_from(THERE, RUFUS),
            Hears(BILL, client_joined(RUFUS)),
            Hears(BILL_ANEW, client_joined(RUFUS)),
            *decides(BILL, ban(BILL_ANEW), left(BILL_ANEW, "banned")),
            *is_removed(BILL_ANEW, "banned"),
            *decides(BILL, ban(TED), left(TED, "banned")),
            IsClosed(TED, 4507, after_anything=True),
            *decides(BILL, ban(RUFUS), left(RUFUS, "banned")),
            IsClosed(RUFUS, 4507, after_anything=True),
            *is_refused_from(ELSEWHERE, TED_ANEW, "banned", 4507),
        ),
        Setting(Limits(bans=2)),
    ),
    Scenario(
        "who is refused a connection hears in the response when to come back",
        ("LIM-11", "CORE-9"),
        (Joins(BILL), Knocks(f"/room/{DEFAULT_ROOM}/ws", 503, answered=_SOON)),
        Setting(Limits(connections=1)),
        wire=True,
    ),
    Scenario(
        "an address that has too many connections hears it as well",
        ("LIM-11", "CORE-9"),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            Knocks(f"/room/{DEFAULT_ROOM}/ws", 429, answered=_SOON),
            *visits(TED, address=THERE),
        ),
        Setting(Limits(connections_per_address=1)),
        wire=True,
    ),
    Scenario(
        "who would be refused again is not told to come back",
        ("LIM-11",),
        tuple(
            Knocks(path, status, headers, without=("retry-after",))
            for path, status, headers in (
                (f"/room/{DEFAULT_ROOM}/ws", 400, {"Host": None}),
                (f"/room/{DEFAULT_ROOM}/ws", 403, {"Origin": "https://evil.example"}),
                (f"/room/{DEFAULT_ROOM}", 404, {}),
                (f"/room/{DEFAULT_ROOM}/ws", 426, _PLAIN_GET),
            )
        ),
        wire=True,
    ),
    Scenario(
        "a page that asks why its handshake has failed is told the same",
        ("LIM-11", "LIM-24"),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            Knocks("/ws", 429, _PLAIN_GET, answered=_READABLE_SOON),
            Knocks(f"/room/{DEFAULT_ROOM}/ws", 429, _PLAIN_GET, answered=_READABLE_SOON),
        ),
        Setting(Limits(connections_per_address=1)),
        wire=True,
    ),
    Scenario(
        "a page that asks a full server why its handshake has failed is told the same",
        ("LIM-11", "LIM-24"),
        (Joins(BILL), Knocks("/ws", 503, _PLAIN_GET, answered=_READABLE_SOON)),
        Setting(Limits(connections=1)),
        wire=True,
    ),
)
