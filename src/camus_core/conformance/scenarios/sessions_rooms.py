"""Rooms that clients make, and what members hear of each other (SESS-15 to SESS-23)."""

from ...ice import IceConfiguration
from ...limits import Limits
from .. import examples as example
from ..patterns import A_TIME, SOME_ROOM, SOME_SECRET, TurnServer
from ..phrases import are_refused, enters, is_answered, meet
from ..scenario import (
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    HearsNo,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    Scenario,
    Setting,
    Step,
    Waits,
)
from ..vocabulary import (
    BILL,
    CAMUS_2,
    LOBBY,
    MAJOR_TOM,
    ROOM,
    RUFUS,
    SERVER,
    SOMEBODY,
    TED,
    but,
    by,
    came,
    join,
    joined,
    left,
    member,
    owner_token_of,
    pushed,
    refused,
    resume,
    resumed,
    roster,
    to,
    updated,
)

_TURN = ("turn:turn.example.com:3478",)

_SHORT = Setting(Limits(place_seconds=0.3, roster_interval=0.05))


def _creates(who: str, room_id: object, **wish: object) -> tuple[Step, ...]:
    token = owner_token_of(room_id) if isinstance(room_id, str) else SOME_SECRET
    made = {"room_id": room_id, "owner_token": token}
    return (
        Says(who, to(SERVER, "create-room", wish)),
        Hears(who, by(SERVER, SOMEBODY, "room-created", made)),
    )


def _are_listed(who: str, *rooms: object) -> tuple[Step, ...]:
    return (
        Says(who, to(SERVER, "list-rooms")),
        Hears(who, by(SERVER, SOMEBODY, "rooms", list(rooms))),
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
        ("SESS-15", "SESS-16"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, example.CREATE_ROOM),
            Hears(
                BILL,
                but(
                    example.ROOM_CREATED,
                    receiver=SOMEBODY,
                    data={"room_id": "wyld-stallyns", "owner_token": SOME_SECRET},
                ),
            ),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(BILL, refused(SOMEBODY, "not-joined")),
            Says(BILL, join("wyld-stallyns", password="Be excellent to each other")),
            Hears(BILL, joined(BILL, room_id="wyld-stallyns", clients=[member(BILL)])),
        ),
        Setting(rooms_on_demand=False),
    ),
    Scenario(
        "a member may make another room, and stays where it is",
        ("SESS-15",),
        (
            *enters(BILL),
            *_creates(BILL, "circle-k", name="Circle K"),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(BILL, roster(BILL, (BILL, MAJOR_TOM))),
        ),
    ),
    Scenario(
        "whoever shows the owner's token is the owner, and needs no password",
        ("SESS-14", "SESS-15"),
        (
            Connects(BILL, None, CAMUS_2),
            *_creates(BILL, "circle-k", name="Circle K", password="69"),
            Says(BILL, join("circle-k", owner_token=owner_token_of("circle-k"))),
            Hears(
                BILL,
                joined(
                    BILL,
                    room_id="circle-k",
                    role="owner",
                    clients=[member(BILL, role="owner")],
                ),
            ),
            Connects(TED, None, CAMUS_2),
            Says(
                TED,
                join("circle-k", owner_token=owner_token_of("circle-k"), password="Bogus!"),
            ),
            Hears(TED, joined(TED, room_id="circle-k", role="owner")),
            Hears(BILL, came(TED, role="owner")),
            Says(BILL, to(SERVER, "profile", {"username": "Bill"})),
            Hears(BILL, updated(BILL, "Bill", "owner")),
            Hears(BILL, by(SERVER, BILL, "done")),
            Hears(TED, updated(BILL, "Bill", "owner")),
            Drops(BILL),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 3)),
            Hears(BILL, resumed(BILL, 1, room_id="circle-k", role="owner")),
        ),
    ),
    Scenario(
        "the owner's token of one room is worth nothing in another",
        ("SESS-14",),
        (
            Connects(BILL, None, CAMUS_2),
            *_creates(BILL, "circle-k", name="Circle K"),
            *_creates(BILL, "san-dimas", name="San Dimas"),
            Says(BILL, join("san-dimas", owner_token=owner_token_of("circle-k"))),
            Hears(BILL, refused(SOMEBODY, "not-allowed")),
            Says(BILL, join(owner_token=owner_token_of("circle-k"))),
            Hears(BILL, refused(SOMEBODY, "not-allowed")),
        ),
    ),
    Scenario(
        "the owner too finds the room full",
        ("SESS-12", "SESS-14"),
        (
            Connects(BILL, None, CAMUS_2),
            *_creates(BILL, "circle-k", name="Circle K", guest_limit=1),
            *enters(TED, "circle-k"),
            Says(BILL, join("circle-k", owner_token=owner_token_of("circle-k"))),
            Hears(BILL, refused(SOMEBODY, "room-full")),
        ),
    ),
    Scenario(
        "whoever has made a room can't come in as its owner by guessing the token",
        ("SESS-14", "SESS-15"),
        (
            Connects(BILL, None, CAMUS_2),
            *_creates(BILL, "circle-k", name="Circle K"),
            Says(BILL, join("circle-k", owner_token="guess")),
            Hears(BILL, refused(SOMEBODY, "not-allowed")),
            Says(BILL, join("circle-k")),
            Hears(BILL, joined(BILL, room_id="circle-k")),
        ),
    ),
    Scenario(
        "a room's id is made of its name",
        ("SESS-16",),
        (
            Connects(BILL, None, CAMUS_2),
            *_creates(BILL, "san-dimas-1988", name=" San Dimas, 1988! "),
            *_creates(BILL, "7", name="7"),
            *_creates(BILL, SOME_ROOM, name="!!!"),
            *_creates(BILL, SOME_ROOM, name="?"),
            *_creates(BILL, SOME_ROOM),
            *_creates(BILL, SOME_ROOM, name=None, password=None, guest_limit=None),
        ),
    ),
    Scenario(
        "a name that is none makes no room",
        ("SESS-16",),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, to(SERVER, "create-room", {"name": ""})),
            Hears(BILL, refused(SOMEBODY, "invalid-name")),
            Says(BILL, to(SERVER, "create-room", {"name": "z" * 65})),
            Hears(BILL, refused(SOMEBODY, "invalid-name")),
            Says(BILL, to(SERVER, "create-room", {"name": "San\u202eDimas"})),
            Hears(BILL, refused(SOMEBODY, "invalid-name")),
            *_creates(BILL, "z" * 64, name="z" * 64),
        ),
    ),
    Scenario(
        "a name that is taken is taken, however it is written and whoever has it",
        ("SESS-16",),
        (
            Connects(BILL, None, CAMUS_2),
            *_creates(BILL, "circle-k", name="Circle K"),
            Says(BILL, to(SERVER, "create-room", {"name": "circle  k"})),
            Hears(BILL, refused(SOMEBODY, "name-taken")),
            Says(BILL, but(to(SERVER, "create-room", {"name": "San Dimas"}), id="2")),
            Hears(BILL, but(refused(SOMEBODY, "name-taken"), reply_to="2")),
            *enters(TED),
            Says(BILL, to(SERVER, "create-room", {"name": LOBBY})),
            Hears(BILL, refused(SOMEBODY, "name-taken")),
        ),
        Setting(rooms=(ExistingRoom("san-dimas"),)),
    ),
    Scenario(
        "a wish that can't be is refused, and no room is made",
        ("SESS-17",),
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
            *_creates(BILL, "circle-k", name="Circle K"),
        ),
    ),
    Scenario(
        "the maker of a room says how many may come",
        ("SESS-17",),
        (
            Connects(BILL, None, CAMUS_2),
            *_creates(BILL, "circle-k", name="Circle K", guest_limit=1),
            Says(BILL, join("circle-k")),
            Hears(BILL, joined(BILL, room_id="circle-k")),
            Connects(TED, None, CAMUS_2),
            Says(TED, join("circle-k")),
            Hears(TED, refused(SOMEBODY, "room-full")),
            *_creates(TED, "the-world", name="The World", guest_limit=2_000_000_000),
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
        ("SESS-18",),
        (
            Connects(BILL, None, CAMUS_2),
            *_creates(BILL, "circle-k", name="Circle K"),
            *_creates(BILL, "san-dimas", name="San Dimas"),
            Says(BILL, join("circle-k")),
            Hears(BILL, joined(BILL, room_id="circle-k")),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Waits(0.6),
            Connects(TED, None, CAMUS_2),
            Says(TED, join("circle-k")),
            Hears(TED, refused(SOMEBODY, "room-not-found")),
            Says(TED, join("san-dimas")),
            Hears(TED, joined(TED, room_id="san-dimas")),
        ),
        Setting(Limits(room_empty_for=0.3), rooms_on_demand=False),
    ),
    Scenario(
        "a room into which nobody comes goes in the end",
        ("SESS-18",),
        (
            Connects(BILL, None, CAMUS_2),
            *_creates(BILL, "circle-k", name="Circle K"),
            Waits(0.8),
            Says(BILL, join("circle-k")),
            Hears(BILL, refused(SOMEBODY, "room-not-found")),
        ),
        Setting(Limits(room_empty_for=0.2, unused_room_seconds=0.4), rooms_on_demand=False),
    ),
    Scenario(
        "public rooms are listed with what one wants to know of them",
        ("SESS-17", "SESS-19"),
        (
            Connects(BILL, None, CAMUS_2),
            *_are_listed(BILL),
            *_creates(BILL, "wyld-stallyns", name="Wyld Stallyns!", public=True),
            *_creates(
                BILL, "circle-k", name="Circle K", public=True, password="69", guest_limit=2
            ),
            *_creates(BILL, "secret", name="Secret", public=False),
            *_creates(BILL, "silent", name="Silent"),
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
        "a list of rooms has an end, and its password is not asked for",
        ("SESS-19",),
        (
            Connects(BILL, None, CAMUS_2),
            *_creates(BILL, "b", name="B", public=True, guest_limit=1_000),
            *_creates(BILL, "c", name="C", public=True),
            *_creates(BILL, "a", name="A", public=True, guest_limit=1),
            Says(BILL, but(to(SERVER, "list-rooms"), id="7")),
            Hears(
                BILL,
                but(
                    by(
                        SERVER,
                        SOMEBODY,
                        "rooms",
                        [_listed("a", "A", guest_limit=1), _listed("b", "B")],
                    ),
                    reply_to="7",
                ),
            ),
        ),
        Setting(Limits(rooms_listed=2)),
    ),
    Scenario(
        "a held place is counted in the list of rooms",
        ("SESS-19",),
        (
            Connects(BILL, None, CAMUS_2),
            *_creates(BILL, "circle-k", name="Circle K", public=True),
            *enters(TED, "circle-k"),
            Drops(TED),
            *_are_listed(BILL, _listed("circle-k", "Circle K", 1)),
        ),
    ),
    Scenario(
        "members of both profiles hear of each other in their own way",
        ("SESS-20", "SESS-21"),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, came(TED)),
            *is_answered(TED),
            Waits(0.1),
            *enters(RUFUS, username="Rufus"),
            Hears(BILL, came(RUFUS, "Rufus")),
            Hears(TED, pushed((BILL, MAJOR_TOM), (TED, MAJOR_TOM), (RUFUS, "Rufus"))),
            Says(RUFUS, to(SERVER, "bye", 1615919897795)),
            IsClosed(RUFUS, 1000),
            Hears(BILL, left(RUFUS, "left")),
            Hears(TED, by(RUFUS, ROOM, "bye", 1615919897795)),
            Hears(TED, pushed((BILL, MAJOR_TOM), (TED, MAJOR_TOM))),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            Hears(BILL, left(TED, "left")),
            Waits(0.1),
            HearsNo(BILL, "room-info"),
            HearsNo(BILL, "bye"),
        ),
        _SHORT,
    ),
    Scenario(
        "who vanishes is gone: at once in the core profile, later in the other",
        ("SESS-20", "SESS-21", "SESS-43"),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, came(TED)),
            *enters(RUFUS),
            Hears(BILL, came(RUFUS)),
            Drops(RUFUS),
            HearsNothing(TED),
            Hears(BILL, left(RUFUS, "gone")),
            Hears(TED, by(RUFUS, ROOM, "bye", A_TIME)),
            Drops(TED),
            Hears(BILL, left(TED, "gone")),
        ),
        _SHORT,
    ),
    Scenario(
        "a bye to others is relayed in this profile too, and nobody leaves by it",
        ("SESS-20",),
        (
            *meet(BILL, TED),
            Says(BILL, to(ROOM, "bye", 1)),
            Hears(TED, by(BILL, ROOM, "bye", 1)),
            Hears(BILL, by(BILL, ROOM, "bye", 1)),
            Says(TED, to(SERVER, "get-room-info")),
            Hears(TED, roster(TED, (BILL, MAJOR_TOM), (TED, MAJOR_TOM))),
        ),
    ),
    Scenario(
        "a new name is told to all, at once and each by itself, and to its bearer as done",
        ("SESS-20", "SESS-21", "SESS-22"),
        (
            *meet(BILL, TED),
            Says(BILL, but(example.PROFILE, id="3")),
            Says(BILL, to(SERVER, "profile", {"username": " William "})),
            Hears(TED, updated(BILL, "Bill")),
            Hears(TED, updated(BILL, "William")),
            Hears(BILL, updated(BILL, "Bill")),
            Hears(BILL, but(by(SERVER, BILL, "done"), reply_to="3")),
            Hears(BILL, updated(BILL, "William")),
            Hears(BILL, by(SERVER, BILL, "done")),
            Says(BILL, but(to(SERVER, "profile", {"username": ""}), id="4")),
            Hears(BILL, but(refused(BILL, "invalid-username"), reply_to="4")),
            HearsNothing(TED),
        ),
    ),
    Scenario(
        "a new name of one profile is heard in the other",
        ("SESS-20", "SESS-22"),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, came(TED)),
            Says(TED, to(SERVER, "profile", {"username": "Ted"})),
            Hears(BILL, updated(TED, "Ted")),
            Hears(TED, pushed((BILL, MAJOR_TOM), (TED, "Ted"))),
            Says(BILL, to(SERVER, "profile", {"username": "Bill"})),
            Hears(BILL, updated(BILL, "Bill")),
            Hears(BILL, by(SERVER, BILL, "done")),
            Hears(TED, pushed((BILL, "Bill"), (TED, "Ted"))),
            HearsNothing(TED),
        ),
        _SHORT,
    ),
    Scenario(
        "TURN credentials that grow old are replaced without a word of the client",
        ("SESS-23",),
        (
            Joins(TED),
            Says(TED, to(SERVER, "get-ice-servers")),
            Hears(TED, by(SERVER, TED, "ice-servers", [TurnServer(_TURN, TED, "69")])),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, ice_servers=[TurnServer(_TURN, BILL, "69")])),
            Waits(1.3),
            HearsNo(BILL, "ice-servers"),
            Hears(
                BILL,
                by(SERVER, BILL, "ice-servers", [TurnServer(_TURN, BILL, "69")]),
                within=0.6,
            ),
            HearsNo(TED, "ice-servers"),
        ),
        Setting(Limits(turn_seconds=2), IceConfiguration((), _TURN, "69")),
    ),
    Scenario(
        "credentials that a client has asked for count from then",
        ("SESS-23",),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, ice_servers=[TurnServer(_TURN, BILL, "69")])),
            Waits(0.9),
            Says(BILL, to(SERVER, "get-ice-servers")),
            Hears(BILL, by(SERVER, BILL, "ice-servers", [TurnServer(_TURN, BILL, "69")])),
            Waits(1.0),
            HearsNo(BILL, "ice-servers"),
        ),
        Setting(Limits(turn_seconds=2), IceConfiguration((), _TURN, "69")),
    ),
)
