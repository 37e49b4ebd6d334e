"""Rooms that their owners end (ROOM-13 to ROOM-18)."""

from collections.abc import Mapping
from typing import Any

from ...limits import Limits
from .. import examples as example
from ..control_phrases import (
    ban,
    creates_as_owner,
    decides,
    enters_waiting_room,
    host_and_moderator,
    is_locked,
    is_removed,
    lock,
    locks,
)
from ..phrases import are_refused
from ..room_phrases import creates_again, end_room, ends_room
from ..scenario import (
    Connects,
    Drops,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    Scenario,
    Setting,
    Starts,
    Waits,
)
from ..session_phrases import WRITTEN, enters, is_refused, note, visits
from ..vocabulary import (
    BILL,
    BILL_ANEW,
    CAMUS_2,
    DEFAULT_ROOM,
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
    owner_token_of,
    refused,
    resume,
    to,
)

_REASON = "The history report begins."


def _ended(who: str, reason: str) -> Mapping[str, Any]:
    error = refused(who, "room-ended")
    return but(error, data={**error["data"], "reason": reason})


SCENARIOS = (
    Scenario(
        "an owner ends a room for everyone, and all in the session profile hear why",
        ("ROOM-13", "ROOM-14", "ROOM-15", "ROOM-16", "SESS-119"),
        (
            *host_and_moderator(BILL, TED),
            Joins(RUFUS),
            Hears(BILL, client_joined(RUFUS)),
            Hears(TED, client_joined(RUFUS)),
            *locks(BILL, TED),
            *enters_waiting_room(TED_ANEW, BILL, TED),
            Says(BILL, example.END_ROOM),
            Hears(BILL, but(done(BILL), reply_to="13")),
            *(
                step
                for one in (BILL, TED)
                for step in (Hears(one, _ended(one, _REASON)), IsClosed(one, 4508))
            ),
            IsClosed(RUFUS, 4500),
            Hears(TED_ANEW, but(_ended(TED_ANEW, _REASON), reply_to="let me in")),
            *is_refused(TED_ANEW, "room-not-found", join()),
        ),
    ),
    Scenario(
        "without a reason the close code is all that is heard",
        ("ROOM-13", "ROOM-14", "ROOM-16"),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *locks(BILL, TED),
            *enters_waiting_room(RUFUS, BILL),
            *ends_room(BILL, TED),
            Hears(RUFUS, but(refused(RUFUS, "room-ended"), reply_to="let me in")),
        ),
    ),
    Scenario(
        "nobody but an owner ends the room",
        ("ROOM-13",),
        (
            *host_and_moderator(BILL, TED),
            *visits(RUFUS, BILL, TED),
            *are_refused(TED, "not-allowed", end_room(), end_room(reason="Bogus!")),
            *are_refused(RUFUS, "not-allowed", end_room()),
            *are_refused(
                BILL, "malformed-message", end_room(reason=""), end_room(reason="!" * 201)
            ),
            Connects(TED_ANEW, None, CAMUS_2),
            *is_refused(TED_ANEW, "not-joined", end_room()),
            Joins(BILL_ANEW),
            *(Hears(one, client_joined(BILL_ANEW)) for one in (BILL, TED, RUFUS)),
            *are_refused(BILL_ANEW, "unknown-type", end_room()),
            *note(BILL, RUFUS, "Party on!"),
        ),
    ),
    Scenario(
        "the sessions of a room end with it, also those of members that are away",
        ("ROOM-17", "SESS-40"),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *visits(RUFUS, BILL, TED),
            Drops(TED),
            *ends_room(BILL, RUFUS),
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "room-not-found", resume(TED, 1)),
            *creates_again(TED),
            Connects(TED_ANEW, None, CAMUS_2),
            Says(TED_ANEW, resume(TED, 1)),
            Hears(TED_ANEW, joined(TED_ANEW, reason="unknown", clients=[member(TED_ANEW)])),
            Connects(BILL_ANEW, None, CAMUS_2),
            Says(BILL_ANEW, resume(BILL, 4)),
            Hears(BILL_ANEW, joined(BILL_ANEW, reason="unknown")),
            Hears(TED_ANEW, client_joined(BILL_ANEW)),
        ),
    ),
    Scenario(
        "an ended room isn't made on demand for a while",
        ("ROOM-18", "SESS-55"),
        (
            *creates_as_owner(BILL),
            *ends_room(BILL),
            Connects(TED),
            Hears(TED, refused(TED, "room-not-found")),
            IsClosed(TED, 4500),
            Connects(RUFUS, None, CAMUS_2),
            *is_refused(RUFUS, "room-not-found", join()),
            Waits(1.1),
            Says(RUFUS, join()),
            Hears(RUFUS, joined(RUFUS)),
        ),
        Setting(Limits(ended_room_seconds=1.0)),
    ),
    Scenario(
        "a room that ended can be created at once, and is another one",
        ("ROOM-18", "CTRL-39", "SESS-72"),
        (
            *creates_as_owner(BILL, password="69"),
            *enters(TED, password="69"),
            Hears(BILL, client_joined(TED)),
            *decides(BILL, ban(TED), left(TED, "banned")),
            *is_removed(TED, "banned"),
            *decides(BILL, lock(), is_locked()),
            Says(BILL, end_room()),
            Hears(BILL, done(BILL)),
            IsClosed(BILL, 4508),
            Connects(RUFUS, None, CAMUS_2),
            *creates_again(RUFUS),
            Connects(TED_ANEW, None, CAMUS_2),
            *is_refused(
                TED_ANEW, "not-allowed", join(owner_token=owner_token_of(DEFAULT_ROOM))
            ),
            Says(TED_ANEW, join()),
            Hears(TED_ANEW, joined(TED_ANEW)),
        ),
    ),
    Scenario(
        "an ended room is gone for the next server too",
        ("ROOM-18",),
        (
            *creates_as_owner(BILL),
            *ends_room(BILL),
            Waits(0.5),
            Starts(),
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "room-not-found", join()),
            HearsNothing(TED),
        ),
        Setting(rooms_on_demand=False),
    ),
    Scenario(
        "at another server a room that was ended goes on until its last member has left",
        ("ROOM-17", "SESS-51"),
        (
            *creates_as_owner(BILL),
            WRITTEN,
            Starts(),
            *enters(TED),
            *ends_room(BILL),
            Hears(TED, left(BILL, "gone")),
            *enters(RUFUS),
            Hears(TED, client_joined(RUFUS)),
            *note(RUFUS, TED, "Party on, dude!"),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            Hears(RUFUS, left(TED, "left")),
            Says(RUFUS, to(SERVER, "bye")),
            IsClosed(RUFUS, 1000),
            Connects(TED_ANEW, None, CAMUS_2),
            *is_refused(TED_ANEW, "room-not-found", join()),
        ),
        Setting(Limits(place_seconds=1.0), rooms_on_demand=False),
    ),
)
