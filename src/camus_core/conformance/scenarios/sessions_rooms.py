"""Rooms that clients create and list (SESS-15 to SESS-19)."""

from ...limits import Limits
from .. import examples as example
from ..address_phrases import HERE, THERE
from ..patterns import SOME_ROOM, SOME_SECRET
from ..phrases import are_refused
from ..scenario import (
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    IsClosed,
    LosesAnswer,
    Says,
    Scenario,
    Setting,
    Starts,
    Step,
    Stops,
    Waits,
)
from ..session_phrases import creates, enters, is_refused
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    MAJOR_TOM,
    RUFUS,
    SERVER,
    TED,
    but,
    by,
    join,
    joined,
    member,
    owner_token_of,
    refused,
    roster,
    to,
)


def _are_listed(who: str, *rooms: object) -> tuple[Step, ...]:
    return (
        Says(who, to(SERVER, "list-rooms")),
        Hears(who, by(SERVER, ANY_CLIENT, "rooms", list(rooms))),
    )


def _listed(
    room_id: str, name: str, clients: int = 0, guest_limit: int = 256, password: bool = False
) -> object:
    return {
        "room_id": room_id,
        "name": name,
        "clients": clients,
        "guest_limit": guest_limit,
        "password": password,
    }


SCENARIOS = (
    Scenario(
        "Bill makes a room, and is not in it before he joins",
        ("SESS-15", "SESS-16", "SESS-74"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, example.CREATE_ROOM),
            Hears(
                BILL,
                but(
                    example.ROOM_CREATED,
                    receiver=ANY_CLIENT,
                    data={"room_id": "wyld-stallyns", "owner_token": SOME_SECRET},
                ),
            ),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(BILL, refused(ANY_CLIENT, "not-joined")),
            Says(BILL, join("wyld-stallyns", password="Be excellent to each other")),
            Hears(BILL, joined(BILL, room_id="wyld-stallyns", clients=[member(BILL)])),
        ),
        Setting(rooms_on_demand=False),
    ),
    Scenario(
        "a member may make another room, and stays where it is",
        ("SESS-15", "SESS-74"),
        (
            *enters(BILL),
            *creates(BILL, "circle-k", name="Circle K"),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(BILL, roster(BILL, (BILL, MAJOR_TOM))),
        ),
    ),
    Scenario(
        "a room's id is made of its name",
        ("SESS-16", "SESS-76"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "san-dimas-1988", name=" San Dimas, 1988! "),
            *creates(BILL, "7", name="7"),
            *creates(BILL, SOME_ROOM, name="!!!"),
            *creates(BILL, SOME_ROOM, name="?"),
            *creates(BILL, SOME_ROOM),
            *creates(
                BILL,
                SOME_ROOM,
                name=None,
                password=None,
                guest_limit=None,
                public=None,
                token=None,
            ),
        ),
    ),
    Scenario(
        "a name that is none makes no room",
        ("SESS-16", "SESS-77"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, to(SERVER, "create-room", {"name": ""})),
            Hears(BILL, refused(ANY_CLIENT, "invalid-name")),
            Says(BILL, to(SERVER, "create-room", {"name": "z" * 65})),
            Hears(BILL, refused(ANY_CLIENT, "invalid-name")),
            Says(BILL, to(SERVER, "create-room", {"name": "San\u202eDimas"})),
            Hears(BILL, refused(ANY_CLIENT, "invalid-name")),
            Says(BILL, to(SERVER, "create-room", {"name": "San Dimas\u3164"})),
            Hears(BILL, refused(ANY_CLIENT, "invalid-name")),
            Says(BILL, to(SERVER, "create-room", {"name": "Ground Control"})),
            Hears(BILL, refused(ANY_CLIENT, "invalid-name")),
            *creates(BILL, "z" * 64, name="z" * 64),
        ),
    ),
    Scenario(
        "a room that is there keeps a name that nobody could give it now",
        ("SESS-16", "SESS-80"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, to(SERVER, "create-room", {"name": "room"})),
            Hears(BILL, refused(ANY_CLIENT, "invalid-name")),
            *_are_listed(BILL, _listed("room", "room")),
            *enters(TED, "room"),
        ),
        Setting(rooms=(ExistingRoom("room", public=True),)),
    ),
    Scenario(
        "a name that is taken is taken, however it is written and whoever has it",
        ("SESS-16", "SESS-78"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K"),
            Says(BILL, to(SERVER, "create-room", {"name": "circle  k"})),
            Hears(BILL, refused(ANY_CLIENT, "name-taken")),
            Says(BILL, but(to(SERVER, "create-room", {"name": "San Dimas"}), id="2")),
            Hears(BILL, but(refused(ANY_CLIENT, "name-taken"), reply_to="2")),
            *enters(TED),
            Says(BILL, to(SERVER, "create-room", {"name": DEFAULT_ROOM})),
            Hears(BILL, refused(ANY_CLIENT, "name-taken")),
        ),
        Setting(rooms=(ExistingRoom("san-dimas"),)),
    ),
    Scenario(
        "a room that may have been made is for who asks for the same again, and from there",
        ("SESS-16", "SESS-79"),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            LosesAnswer(),
            Says(BILL, to(SERVER, "create-room", {"name": "Circle K", "password": "69"})),
            Hears(BILL, refused(ANY_CLIENT, "unavailable", retry_after=True)),
            Says(BILL, to(SERVER, "create-room", {"name": "Circle K", "password": "Bogus!"})),
            Hears(BILL, refused(ANY_CLIENT, "name-taken")),
            Connects(TED, None, CAMUS_2, address=THERE),
            Says(TED, to(SERVER, "create-room", {"name": "Circle K", "password": "69"})),
            Hears(TED, refused(ANY_CLIENT, "name-taken")),
            Drops(BILL),
            Connects(BILL, None, CAMUS_2, address=HERE),
            *creates(BILL, "circle-k", name="Circle K", password="69"),
            Says(BILL, to(SERVER, "create-room", {"name": "Circle K", "password": "69"})),
            Hears(BILL, refused(ANY_CLIENT, "name-taken")),
            Says(BILL, join("circle-k", owner_token=owner_token_of("circle-k"))),
            Hears(BILL, joined(BILL, room_id="circle-k", role="owner")),
        ),
    ),
    Scenario(
        "a wish that can't be is refused, and no room is made",
        ("SESS-17", "SESS-81"),
        (
            *enters(BILL),
            *are_refused(
                BILL,
                "malformed-message",
                to(SERVER, "create-room"),
                to(SERVER, "create-room", []),
                to(SERVER, "create-room", {"name": 7}),
                to(SERVER, "create-room", {"name": "Circle K", "guest_limit": 0}),
                to(SERVER, "create-room", {"name": "Circle K", "guest_limit": -1}),
                to(SERVER, "create-room", {"name": "Circle K", "guest_limit": 1.5}),
                to(SERVER, "create-room", {"name": "Circle K", "guest_limit": True}),
                to(SERVER, "create-room", {"name": "Circle K", "public": "yes"}),
                to(SERVER, "create-room", {"name": "Circle K", "password": 7}),
            ),
            *creates(BILL, "circle-k", name="Circle K"),
        ),
    ),
    Scenario(
        "the maker of a room says how many may come",
        ("SESS-17", "SESS-81"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K", guest_limit=1),
            Says(BILL, join("circle-k")),
            Hears(BILL, joined(BILL, room_id="circle-k")),
            Connects(TED, None, CAMUS_2),
            Says(TED, join("circle-k")),
            Hears(TED, refused(ANY_CLIENT, "room-full")),
            *creates(TED, "the-world", name="The World", guest_limit=2_000_000_000),
        ),
    ),
    Scenario(
        "a room may have up to 2,147,483,647 places, if the server's own limit isn't lower",
        ("SESS-81",),
        (
            *enters(BILL),
            *are_refused(
                BILL,
                "malformed-message",
                to(SERVER, "create-room", {"name": "The World", "guest_limit": 2**31}),
            ),
            *creates(BILL, "the-world", name="The World", guest_limit=2**31 - 1),
        ),
    ),
    Scenario(
        "a server that can't have one more room says when to try again",
        ("SESS-12", "SESS-15"),
        (
            *enters(BILL),
            Says(BILL, to(SERVER, "create-room", {"name": "Circle K"})),
            Hears(BILL, refused(BILL, "unavailable", retry_after=True)),
        ),
        Setting(Limits(rooms=1)),
    ),
    Scenario(
        "a room that was made waits longer for its first member than for the next",
        ("SESS-18", "SESS-83"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K"),
            *creates(BILL, "san-dimas", name="San Dimas"),
            Says(BILL, join("circle-k")),
            Hears(BILL, joined(BILL, room_id="circle-k")),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Waits(0.6),
            Connects(TED, None, CAMUS_2),
            Says(TED, join("circle-k")),
            Hears(TED, refused(ANY_CLIENT, "room-not-found")),
            Says(TED, join("san-dimas")),
            Hears(TED, joined(TED, room_id="san-dimas")),
        ),
        Setting(Limits(room_empty_for=0.3), rooms_on_demand=False),
    ),
    Scenario(
        "the time of a room into which nobody comes begins with the room, not with the server",
        ("SESS-83",),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K"),
            Waits(0.9),
            Stops(),
            IsClosed(BILL, 1012),
            Starts(),
            Waits(0.9),
            Connects(TED, None, CAMUS_2),
            Says(TED, join("circle-k")),
            Hears(TED, refused(ANY_CLIENT, "room-not-found")),
        ),
        Setting(Limits(room_empty_for=0.2, unused_room_seconds=1.4), rooms_on_demand=False),
    ),
    Scenario(
        "a client that is turned away doesn't make a room live longer",
        ("SESS-18", "SESS-83"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K", password="69"),
            Says(BILL, join("circle-k", password="69")),
            Hears(BILL, joined(BILL, room_id="circle-k")),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "wrong-password", join("circle-k", password="96")),
            Waits(0.6),
            *is_refused(TED, "room-not-found", join("circle-k", password="96")),
        ),
        Setting(Limits(room_empty_for=0.3), rooms_on_demand=False),
    ),
    Scenario(
        "a room into which nobody comes goes in the end",
        ("SESS-18",),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K"),
            Waits(0.8),
            Says(BILL, join("circle-k")),
            Hears(BILL, refused(ANY_CLIENT, "room-not-found")),
        ),
        Setting(Limits(room_empty_for=0.2, unused_room_seconds=0.4), rooms_on_demand=False),
    ),
    Scenario(
        "public rooms are listed with what one wants to know of them",
        ("SESS-17", "SESS-19", "SESS-82"),
        (
            Connects(BILL, None, CAMUS_2),
            *_are_listed(BILL),
            *creates(BILL, "wyld-stallyns", name="Wyld Stallyns!", public=True),
            *creates(
                BILL, "circle-k", name="Circle K", public=True, password="69", guest_limit=2
            ),
            *creates(BILL, "secret", name="Secret", public=False),
            *creates(BILL, "silent", name="Silent"),
            *_are_listed(
                BILL,
                _listed("circle-k", "Circle K", guest_limit=2, password=True),
                _listed("wyld-stallyns", "Wyld Stallyns!"),
            ),
            *enters(TED, "wyld-stallyns"),
            *enters(RUFUS),
            *_are_listed(
                RUFUS,
                _listed("circle-k", "Circle K", guest_limit=2, password=True),
                _listed("wyld-stallyns", "Wyld Stallyns!", 1),
            ),
        ),
    ),
    Scenario(
        "a list of rooms has an end, and no room in it has more places than the server has",
        ("SESS-19", "SESS-84"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "b", name="B", public=True, guest_limit=1_000),
            *creates(BILL, "c", name="C", public=True),
            *creates(BILL, "a", name="A", public=True, guest_limit=1),
            Says(BILL, but(to(SERVER, "list-rooms"), id="7")),
            Hears(
                BILL,
                but(
                    by(
                        SERVER,
                        ANY_CLIENT,
                        "rooms",
                        [_listed("a", "A", guest_limit=1), _listed("b", "B")],
                    ),
                    reply_to="7",
                ),
            ),
        ),
        Setting(Limits(rooms_listed=2, address_part=1.0)),
    ),
    Scenario(
        "a held place is counted in the list of rooms",
        ("SESS-19", "SESS-85"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K", public=True),
            *enters(TED, "circle-k"),
            Drops(TED),
            *_are_listed(BILL, _listed("circle-k", "Circle K", 1)),
        ),
    ),
)
