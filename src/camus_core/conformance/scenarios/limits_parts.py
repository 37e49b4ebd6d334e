"""The part of a scarce thing that an address leaves to others (LIM-13, LIM-27, LIM-28)."""

from ...limits import Limits
from ..address_phrases import ELSEWHERE, HERE, THERE
from ..control_phrases import (
    admit,
    creates_as_owner,
    enters_waiting_room,
    is_admitted,
    is_locked,
    lock,
    locks,
    waits_no_more,
)
from ..scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    HearsNothing,
    Says,
    Scenario,
    Setting,
    Step,
    Waits,
)
from ..session_phrases import creates, enters, is_refused, visits
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    BILL_ANEW,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    but,
    client_joined,
    done,
    join,
    joined,
    left,
    member,
    refused,
    resume,
    resumed,
    to,
)


def _public_room(name: str) -> Step:
    return Says(BILL, to(SERVER, "create-room", {"name": name, "public": True}))


_LOCKED_WITH_TWO_AWAY = (
    *creates_as_owner(BILL, address=THERE),
    *visits(TED, BILL, address=HERE),
    *visits(TED_ANEW, BILL, TED, address=HERE),
    Drops(TED),
    Waits(0.1),
    Drops(TED_ANEW),
    *locks(BILL),
    *enters_waiting_room(RUFUS, BILL, address=THERE),
)
"""Bill's room is full, Rufus waits, and the address of both places of Ted may hold one."""

_WITHOUT_TED = [member(BILL, role="owner"), member(TED_ANEW), member(RUFUS)]

SCENARIOS = (
    Scenario(
        "an address has half of a door, and leaves the rest to others",
        ("LIM-13", "LIM-9"),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL, address=HERE),
            Connects(TED_ANEW, None, CAMUS_2, address=HERE),
            *is_refused(TED_ANEW, "room-locked", join()),
            HearsNothing(BILL),
            *enters_waiting_room(RUFUS, BILL, address=THERE),
        ),
        Setting(Limits(waiting=2)),
    ),
    Scenario(
        "of a full room's places an address has half without a connection, if others come",
        ("LIM-13", "SESS-45", "SESS-43", "LIM-28"),
        (
            *enters(BILL, address=THERE),
            *visits(TED, BILL, address=HERE),
            *visits(TED_ANEW, BILL, TED, address=HERE),
            Drops(TED_ANEW),
            Waits(0.1),
            Connects(RUFUS, None, CAMUS_2, address=ELSEWHERE),
            *is_refused(RUFUS, "room-full", join()),
            Drops(TED),
            HearsNothing(BILL),
            Connects(BILL_ANEW, None, CAMUS_2, address=HERE),
            *is_refused(BILL_ANEW, "room-full", join()),
            Says(RUFUS, join()),
            Hears(RUFUS, joined(RUFUS)),
            Hears(BILL, left(TED_ANEW, "gone")),
            Hears(BILL, client_joined(RUFUS)),
            Connects(TED_ANEW, None, CAMUS_2, address=HERE),
            *is_refused(TED_ANEW, "room-full", resume(TED_ANEW, 0)),
            Connects(TED, None, CAMUS_2, address=HERE),
            Says(TED, resume(TED, 1)),
            Hears(TED, resumed(TED, 0)),
            Hears(TED, left(TED_ANEW, "gone")),
            Hears(TED, client_joined(RUFUS)),
        ),
        Setting(rooms=(ExistingRoom(DEFAULT_ROOM, guest_limit=3),)),
    ),
    Scenario(
        "a moderator admits a client to a place that is over the part of an address",
        ("LIM-28", "CTRL-19", "CTRL-53", "SESS-132"),
        (
            *_LOCKED_WITH_TWO_AWAY,
            Says(BILL, admit(RUFUS)),
            Hears(BILL, waits_no_more(RUFUS)),
            Hears(BILL, left(TED, "gone")),
            Hears(BILL, client_joined(RUFUS)),
            Hears(BILL, done(BILL)),
            Hears(
                RUFUS,
                but(joined(RUFUS, locked=True, clients=_WITHOUT_TED), reply_to="let me in"),
            ),
        ),
        Setting(Limits(guest_limit=3)),
    ),
    Scenario(
        "the end of the lock admits clients to the places that are over the part of an address",
        ("LIM-28", "CTRL-21", "CTRL-52", "SESS-132"),
        (
            *_LOCKED_WITH_TWO_AWAY,
            *enters_waiting_room(BILL_ANEW, BILL, address=THERE),
            Says(BILL, lock(False)),
            Hears(BILL, is_locked(False)),
            Hears(BILL, waits_no_more(RUFUS)),
            Hears(BILL, left(TED, "gone")),
            *is_admitted(RUFUS, BILL, locked=False),
            Hears(BILL, waits_no_more(BILL_ANEW)),
            Hears(BILL, done(BILL)),
            Hears(BILL_ANEW, but(refused(BILL_ANEW, "room-full"), reply_to="let me in")),
        ),
        Setting(Limits(guest_limit=3)),
    ),
    Scenario(
        "an address makes half of the rooms that are listed, until one of them ends",
        ("LIM-13", "SESS-19", "LIM-27"),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            _public_room("The World"),
            Hears(BILL, refused(ANY_CLIENT, "name-taken")),
            *creates(BILL, "circle-k", name="Circle K", public=True),
            Says(BILL, to(SERVER, "create-room", {"name": "The World"})),
            Hears(BILL, refused(ANY_CLIENT, "name-taken")),
            _public_room("San Dimas"),
            Hears(BILL, refused(ANY_CLIENT, "rate-limited", retry_after=True)),
            *creates(BILL, "san-dimas", name="San Dimas"),
            Connects(TED, None, CAMUS_2, address=THERE),
            *creates(TED, "wyld-stallyns", name="Wyld Stallyns", public=True),
            Waits(0.8),
            *creates(BILL, "waterloo", name="Waterloo", public=True),
        ),
        Setting(
            Limits(rooms_listed=2, room_empty_for=0.4, unused_room_seconds=0.4),
            rooms=(ExistingRoom("the-world"),),
        ),
    ),
    Scenario(
        "an address to which all belongs leaves no part of it to others",
        ("LIM-13", "LIM-27", "LIM-28"),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *creates(BILL, "circle-k", name="Circle K", public=True),
            *creates(BILL, "san-dimas", name="San Dimas", public=True),
            *enters(TED, address=HERE),
            *visits(TED_ANEW, TED, address=HERE),
            Drops(TED),
            Drops(TED_ANEW),
            Waits(0.1),
            Connects(RUFUS, None, CAMUS_2, address=THERE),
            *is_refused(RUFUS, "room-full", join()),
        ),
        Setting(Limits(address_part=1.0, rooms_listed=1, guest_limit=2)),
    ),
)
