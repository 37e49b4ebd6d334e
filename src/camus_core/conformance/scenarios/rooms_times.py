"""Rooms that open and end at a time (ROOM-19 to ROOM-24)."""

from ...admission.identity import Identity
from ...limits import Limits
from ..control_phrases import creates_as_owner, enters_waiting_room, locks
from ..patterns import Pattern, Wildcard
from ..room_phrases import A_CENTURY, IN_2100
from ..scenario import (
    Connects,
    Drops,
    ExistingRoom,
    Frame,
    Hears,
    IsClosed,
    Joins,
    Says,
    Scenario,
    SetsClock,
    Setting,
    Waits,
)
from ..session_phrases import creates, enters, goes_on, is_refused, visits
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
    by,
    client_joined,
    join,
    joined,
    owner_token_of,
    refused,
    to,
    updated,
)

_FAR_AHEAD = Limits(room_schedule_seconds=1e10)

_NOTICED = Waits(0.2)
"""A wait after which a server has noticed, at the next frame, that its clock was set."""

_DECADES = Wildcard(r"\d{10}(\.\d+)?")
"""Seconds until `IN_2100`, from a scenario that is played before 2068."""


def _not_open(who: str | Wildcard) -> Pattern:
    return refused(who, "room-not-open", retry_after=_DECADES)


def _room(**more: object) -> Frame:
    return to(SERVER, "create-room", {"name": "Excellent Adventure", **more})


SCENARIOS = (
    Scenario(
        "before its time a room lets in owners and moderators, and tells guests when to come",
        ("ROOM-19", "ROOM-20", "SESS-55"),
        (
            Connects(RUFUS, None, CAMUS_2),
            *creates(RUFUS, DEFAULT_ROOM, name="Excellent Adventure", not_before=IN_2100),
            Says(RUFUS, join()),
            Hears(RUFUS, _not_open(ANY_CLIENT)),
            Connects(TED_ANEW),
            Hears(TED_ANEW, _not_open(TED_ANEW)),
            IsClosed(TED_ANEW, 4509),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, role="moderator")),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join(owner_token=owner_token_of(DEFAULT_ROOM))),
            Hears(BILL, joined(BILL, role="owner")),
            Hears(TED, client_joined(BILL, role="owner")),
            Says(RUFUS, join()),
            Hears(RUFUS, _not_open(ANY_CLIENT)),
            SetsClock(A_CENTURY),
            _NOTICED,
            Says(RUFUS, join()),
            Hears(RUFUS, joined(RUFUS)),
            *(Hears(one, client_joined(RUFUS)) for one in (TED, BILL)),
        ),
        Setting(_FAR_AHEAD, tokens={"Ted's": Identity("ted", role="moderator")}),
    ),
    Scenario(
        "who has a place comes back to it before the time",
        ("ROOM-20",),
        (
            *creates_as_owner(BILL, not_before=IN_2100),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, role="moderator")),
            Hears(BILL, client_joined(TED, role="moderator")),
            Says(BILL, to(SERVER, "set-role", {"id": TED, "role": "guest"})),
            *(Hears(one, updated(TED, "Major Tom")) for one in (BILL, TED)),
            Hears(BILL, by(SERVER, BILL, "done")),
            Drops(TED),
            *goes_on(TED, 1, 0),
        ),
        Setting(_FAR_AHEAD, tokens={"Ted's": Identity("ted", role="moderator")}),
    ),
    Scenario(
        "what else keeps a guest out is told first, but for the lock",
        ("ROOM-19", "SESS-55"),
        (
            *creates_as_owner(BILL, not_before=IN_2100, password="69", guest_limit=1),
            *locks(BILL),
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "password-required", join()),
            *is_refused(TED, "wrong-password", join(password="96")),
            Says(TED, join(password="69")),
            Hears(TED, _not_open(ANY_CLIENT)),
        ),
        Setting(_FAR_AHEAD),
    ),
    Scenario(
        "a room that isn't open yet is there until its first guest comes",
        ("ROOM-21", "SESS-83"),
        (
            *creates_as_owner(BILL, not_before=IN_2100),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Waits(0.8),
            Connects(TED, None, CAMUS_2),
            Says(TED, join()),
            Hears(TED, _not_open(ANY_CLIENT)),
            SetsClock(A_CENTURY),
            _NOTICED,
            Says(TED, join()),
            Hears(TED, joined(TED)),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            Waits(0.8),
            Connects(RUFUS, None, CAMUS_2),
            *is_refused(RUFUS, "room-not-found", join()),
        ),
        Setting(
            Limits(room_schedule_seconds=1e10, room_empty_for=0.4, unused_room_seconds=0.4),
            rooms_on_demand=False,
        ),
    ),
    Scenario(
        "at its time a room ends for everyone",
        ("ROOM-22", "ROOM-18"),
        (
            *creates_as_owner(BILL, expires=IN_2100),
            *visits(TED, BILL),
            Joins(RUFUS),
            Hears(BILL, client_joined(RUFUS)),
            Hears(TED, client_joined(RUFUS)),
            *locks(BILL, TED),
            *enters_waiting_room(TED_ANEW, BILL),
            SetsClock(A_CENTURY),
            IsClosed(BILL, 4508),
            IsClosed(TED, 4508),
            IsClosed(RUFUS, 4500),
            Hears(TED_ANEW, {**refused(TED_ANEW, "room-ended"), "reply_to": "let me in"}),
            *is_refused(TED_ANEW, "room-not-found", join()),
        ),
        Setting(_FAR_AHEAD),
    ),
    Scenario(
        "a room without members ends at its time too",
        ("ROOM-22", "ROOM-18"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, DEFAULT_ROOM, name="Excellent Adventure", expires=IN_2100),
            SetsClock(A_CENTURY),
            _NOTICED,
            Says(BILL, join(owner_token=owner_token_of(DEFAULT_ROOM))),
            Hears(BILL, refused(ANY_CLIENT, "room-not-found")),
            *is_refused(BILL, "room-not-found", join()),
            *creates(BILL, "circle-k", name="Circle K"),
        ),
        Setting(_FAR_AHEAD),
    ),
    Scenario(
        "a room that has ended while no server ran isn't there, and isn't listed",
        ("ROOM-23",),
        (
            Connects(TED, None, CAMUS_2),
            Says(TED, to(SERVER, "list-rooms")),
            Hears(TED, by(SERVER, ANY_CLIENT, "rooms", [])),
            *is_refused(TED, "room-not-found", join("waterloo"), join("waterloo")),
            *creates(TED, "waterloo", name="Waterloo"),
            *enters(BILL, "waterloo"),
        ),
        Setting(rooms=(ExistingRoom("waterloo", expires=1.0, public=True),)),
    ),
    Scenario(
        "times that make no sense are refused, and no room is made",
        ("ROOM-24", "SESS-133"),
        (
            Connects(BILL, None, CAMUS_2),
            *is_refused(
                BILL,
                "malformed-message",
                _room(expires=1),
                _room(expires=0.5, not_before=0),
                _room(expires=-1),
                _room(expires=IN_2100, not_before=IN_2100),
                _room(expires=IN_2100, not_before=IN_2100 + 0.5),
                _room(expires=1e11),
                _room(not_before=1e11),
                _room(not_before=10**400),
                to(SERVER, "create-room", {"expires": "2100-01-01"}),
                to(SERVER, "create-room", {"not_before": True}),
            ),
            *is_refused(BILL, "invalid-name", _room(expires=1, name="room")),
            *is_refused(BILL, "malformed-message", _room(expires=1, token="Bogus!")),
            *is_refused(BILL, "room-not-found", join()),
            Connects(BILL_ANEW, None, CAMUS_2),
            *creates(
                BILL_ANEW,
                DEFAULT_ROOM,
                name="Excellent Adventure",
                not_before=1,
                expires=IN_2100,
            ),
            *enters(TED),
        ),
        Setting(_FAR_AHEAD, rooms_on_demand=False),
    ),
)
