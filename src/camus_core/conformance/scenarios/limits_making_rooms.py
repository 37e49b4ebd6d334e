"""Limits on the rooms that an address creates (LIM-3, LIM-4)."""

from ...admission.identity import Identity
from ...limits import Limits
from ...records import RoomId
from ..address_phrases import HERE, THERE, are_rate_limited, is_rate_limited_from, joins_from
from ..scenario import (
    Connects,
    ExistingRoom,
    Frame,
    Hears,
    IsClosed,
    LosesAnswer,
    Says,
    Scenario,
    Setting,
    Starts,
    Stops,
    Waits,
)
from ..session_phrases import creates, enters, is_refused
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
    joined,
    refused,
    to,
)

_NEVER_AGAIN = 0.001
"""Rooms per minute: none is allowed again during a scenario."""


def _room(name: str, **more: str) -> Frame:
    return to(SERVER, "create-room", {"name": name, **more})


SCENARIOS = (
    Scenario(
        "who makes too many rooms is refused, and may make more later",
        ("LIM-3",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *creates(BILL, "circle-k", name="Circle K"),
            *are_rate_limited(BILL, _room("San Dimas")),
            Connects(TED, None, CAMUS_2, address=THERE),
            *creates(TED, "the-world", name="The World"),
            Waits(2.2),
            *creates(BILL, "san-dimas", name="San Dimas"),
        ),
        Setting(Limits(room_creations_per_minute=30.0, room_creation_burst=1.0)),
    ),
    Scenario(
        "what is wrong with a room that is to be made is answered in this order",
        ("SESS-133",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *creates(BILL, "circle-k", name="Circle K"),
            *is_refused(BILL, "invalid-name", _room("", token="Bogus!")),
            *is_refused(BILL, "not-allowed", _room("Circle K", token="Bogus!")),
            *is_refused(BILL, "not-allowed", to(SERVER, "create-room", {"token": "for one"})),
            *are_rate_limited(BILL, _room("Circle K")),
            *are_rate_limited(BILL, _room("Circle K", token="for one")),
            Connects(TED, None, CAMUS_2, address=THERE),
            *is_refused(TED, "not-allowed", _room("Circle K", token="for one")),
            *are_rate_limited(TED, _room("San Dimas", token="for one")),
        ),
        Setting(
            Limits(room_creations_per_minute=_NEVER_AGAIN, room_creation_burst=1.0),
            tokens={"for one": Identity("ted", rooms=frozenset({RoomId("san-dimas")}))},
        ),
    ),
    Scenario(
        "rooms that are made on demand count, and rooms that are there don't",
        ("LIM-3", "LIM-20"),
        (
            *enters(BILL, "san-dimas", address=HERE),
            *enters(TED, "circle-k", address=HERE),
            Connects(RUFUS, None, CAMUS_2, address=HERE),
            *are_rate_limited(RUFUS, join("the-world"), _room("The World")),
            *is_rate_limited_from(HERE, TED_ANEW, "the-world"),
            *joins_from(HERE, BILL_ANEW, "circle-k"),
            Hears(TED, client_joined(BILL_ANEW)),
            Says(RUFUS, join("san-dimas")),
            Hears(RUFUS, joined(RUFUS, room_id="san-dimas")),
            Hears(BILL, client_joined(RUFUS)),
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
            *enters(BILL, "circle-k", address=HERE),
            *enters(TED, "san-dimas", address=HERE),
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
            Connects(BILL, None, CAMUS_2, address=HERE),
            Says(BILL, _room("San Dimas")),
            Hears(BILL, refused(ANY_CLIENT, "name-taken")),
            *are_rate_limited(BILL, _room("Circle K")),
        ),
        Setting(
            Limits(room_creations_per_minute=_NEVER_AGAIN, room_creation_burst=1.0),
            rooms=(ExistingRoom("san-dimas"),),
        ),
    ),
    Scenario(
        "a room that a client may not make costs its address nothing",
        ("LIM-3", "CTRL-9"),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *is_refused(BILL, "not-allowed", _room("Circle K"), join("circle-k")),
            *creates(BILL, "circle-k", name="Circle K", token="Ted's"),
        ),
        Setting(
            Limits(room_creations_per_minute=_NEVER_AGAIN, room_creation_burst=1.0),
            tokens={"Ted's": Identity("ted")},
            guests=False,
        ),
    ),
    Scenario(
        "one address may have so many rooms, until one of them ends",
        ("LIM-4", "LIM-18"),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *creates(BILL, "circle-k", name="Circle K"),
            *are_rate_limited(BILL, _room("San Dimas"), join("san-dimas")),
            *is_rate_limited_from(HERE, TED, "san-dimas"),
            *joins_from(HERE, TED_ANEW, "circle-k"),
            *are_rate_limited(BILL, _room("San Dimas")),
            *joins_from(THERE, RUFUS, "san-dimas"),
            Says(TED_ANEW, to(SERVER, "bye")),
            IsClosed(TED_ANEW, 1000),
            Waits(0.8),
            *creates(BILL, "the-world", name="The World"),
        ),
        Setting(
            Limits(
                rooms_per_address=1,
                room_empty_for=0.4,
                unused_room_seconds=0.4,
                room_creations_per_minute=_NEVER_AGAIN,
                room_creation_burst=2.0,
            )
        ),
    ),
    Scenario(
        "another server doesn't know which address has made a room",
        ("LIM-4",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *creates(BILL, "circle-k", name="Circle K"),
            *are_rate_limited(BILL, _room("San Dimas")),
            Stops(),
            IsClosed(BILL, 1012),
            Starts(),
            Connects(BILL, None, CAMUS_2, address=HERE),
            *creates(BILL, "san-dimas", name="San Dimas"),
            *are_rate_limited(BILL, _room("The World")),
        ),
        Setting(Limits(rooms_per_address=1)),
    ),
    Scenario(
        "when one room of an address has ended, its other ones still count",
        ("LIM-4",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *creates(BILL, "circle-k", name="Circle K"),
            *creates(BILL, "san-dimas", name="San Dimas"),
            *joins_from(THERE, TED, "circle-k"),
            Waits(0.8),
            *creates(BILL, "the-world", name="The World"),
            *are_rate_limited(BILL, _room("San Dimas")),
        ),
        Setting(Limits(rooms_per_address=2, room_empty_for=0.4, unused_room_seconds=0.4)),
    ),
    Scenario(
        "a room that was not made, because its name is taken, is not there to count",
        ("LIM-4",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            Says(BILL, _room("San Dimas")),
            Hears(BILL, refused(ANY_CLIENT, "name-taken")),
            *creates(BILL, "circle-k", name="Circle K"),
        ),
        Setting(Limits(rooms_per_address=1), rooms=(ExistingRoom("san-dimas"),)),
    ),
    Scenario(
        "a room that may have been made counts once",
        ("SESS-79", "LIM-3", "LIM-4"),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            LosesAnswer(),
            Says(BILL, _room("Circle K")),
            Hears(BILL, refused(ANY_CLIENT, "unavailable", retry_after=True)),
            *creates(BILL, "circle-k", name="Circle K"),
        ),
        Setting(Limits(rooms_per_address=1, room_creation_burst=1.0)),
    ),
    Scenario(
        "a room that has ended on another server is not counted any more once it is made anew",
        ("LIM-4", "LIM-27"),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *creates(BILL, "circle-k", name="Circle K", public=True),
            *are_rate_limited(BILL, _room("San Dimas")),
            Starts(),
            *enters(TED, "circle-k", address=THERE),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            Waits(0.8),
            Says(BILL, join("circle-k")),
            Hears(BILL, joined(BILL, room_id="circle-k")),
            *creates(BILL, "san-dimas", name="San Dimas", public=True),
        ),
        Setting(Limits(rooms_per_address=1, room_empty_for=0.3, rooms_listed=2)),
    ),
)
