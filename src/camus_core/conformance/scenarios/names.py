"""The names of rooms, and the rooms that clients find by them (NAME-1 to NAME-10)."""

from ...admission.identity import Identity
from ...limits import Limits
from ...records import RoomId
from ..address_phrases import HERE, are_rate_limited
from ..control_phrases import (
    ban,
    creates_as_owner,
    decides,
    enters_waiting_room,
    is_removed,
    locks,
    waiting,
    waits,
)
from ..names_phrases import find, finds, found, found_with
from ..phrases import are_refused
from ..scenario import (
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    HearsNothing,
    Joins,
    Says,
    Scenario,
    Setting,
)
from ..session_phrases import creates, enters, is_refused, visits
from ..vocabulary import (
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    but,
    client_joined,
    join,
    joined,
    left,
    owner_token_of,
    resume,
    resumed,
    to,
)

_PASSWORD = "Be excellent to each other"

_STALLYNS = "wyld-stallyns"

_NEVER_AGAIN = 1e-6
"""A share each minute that doesn't come back during a scenario."""

SCENARIOS = (
    Scenario(
        "whoever comes in hears what the room is called, and whoever waits too",
        ("NAME-1", "NAME-2"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, DEFAULT_ROOM, name=" Excellent Adventure! "),
            Says(BILL, join(owner_token=owner_token_of(DEFAULT_ROOM))),
            Hears(BILL, joined(BILL, role="owner", name="Excellent Adventure!")),
            *locks(BILL),
            Connects(TED, None, CAMUS_2),
            Says(TED, join()),
            Hears(TED, waiting(TED, name="Excellent Adventure!")),
            Hears(BILL, waits(TED)),
            Drops(BILL),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 3)),
            Hears(
                BILL, resumed(BILL, 1, role="owner", name="Excellent Adventure!", locked=True)
            ),
        ),
    ),
    Scenario(
        "a room that is made on demand is called what the join says, or by its id",
        ("NAME-1", "NAME-10"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join("circle-k", name=" Circle K ")),
            Hears(BILL, joined(BILL, room_id="circle-k", name="Circle K")),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(_STALLYNS)),
            Hears(TED, joined(TED, room_id=_STALLYNS, name=_STALLYNS)),
        ),
    ),
    Scenario(
        "a join gives no name to a room that is there",
        ("NAME-10",),
        (
            *enters(BILL, "circle-k"),
            Connects(TED, None, CAMUS_2),
            Says(TED, join("circle-k", name="Circle K")),
            Hears(TED, joined(TED, room_id="circle-k", name="circle-k")),
            Hears(BILL, client_joined(TED)),
        ),
    ),
    Scenario(
        "a name that makes another id, or is none, has no effect in a join",
        ("NAME-10",),
        (
            Connects(BILL, None, CAMUS_2),
            *is_refused(BILL, "malformed-message", join("circle-k", name=7)),
            Says(BILL, join("circle-k", name="Wyld Stallyns")),
            Hears(BILL, joined(BILL, room_id="circle-k", name="circle-k")),
            Connects(TED, None, CAMUS_2),
            Says(TED, join("san-dimas", name="San\u202eDimas")),
            Hears(TED, joined(TED, room_id="san-dimas", name="san-dimas")),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, join("z", name="z" * 65)),
            Hears(RUFUS, joined(RUFUS, room_id="z", name="z")),
        ),
    ),
    Scenario(
        "a room is found by its name, its id, and a link to it",
        ("NAME-3", "NAME-4", "NAME-5"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, _STALLYNS, name="Wyld Stallyns!"),
            *(
                step
                for text in (
                    "Wyld Stallyns!",
                    "  wyld   STALLYNS ",
                    "wyld-stallyns",
                    "https://example.com/#/wyld-stallyns",
                    "https://example.com/#wyld-stallyns",
                    "https://example.com/call/?lang=de#/wyld-stallyns/",
                    "https://example.com/#/wyld-stallyns?password=1&key=2",
                    "https://example.com/#/Wyld%20Stallyns",
                    "wss://example.com/room/wyld-stallyns/ws",
                    "https://example.com/room/wyld-stallyns?x=1",
                    "example.com/#/wyld-stallyns",
                    "example.com/room/wyld-stallyns",
                    "#/wyld-stallyns",
                    "Join us: https://example.com/#/wyld-stallyns now",
                )
                for step in finds(BILL, text, found_with(_STALLYNS, "Wyld Stallyns!"))
            ),
            Says(BILL, but(find("Wyld Stallyns"), id="7")),
            Hears(BILL, but(found_with(_STALLYNS, "Wyld Stallyns!"), reply_to="7")),
        ),
    ),
    Scenario(
        "the id is told also where there is no such room, and none is made",
        ("NAME-3", "NAME-5"),
        (
            Connects(BILL, None, CAMUS_2),
            *finds(BILL, "Circle K", found("circle-k")),
            *finds(BILL, "Circle K", found("circle-k")),
            *finds(BILL, "https://example.com/#/circle--k-", found("circle--k-")),
            *is_refused(BILL, "room-not-found", join("circle-k")),
        ),
        Setting(rooms_on_demand=False),
    ),
    Scenario(
        "an id goes before a name that makes another one",
        ("NAME-5",),
        (
            Connects(BILL, None, CAMUS_2),
            *finds(BILL, "circle--k", found_with("circle--k", "circle--k")),
            *finds(BILL, "Circle -- K", found_with("circle-k", "circle-k")),
        ),
        Setting(rooms=(ExistingRoom("circle--k"), ExistingRoom("circle-k"))),
    ),
    Scenario(
        "whoever types another name than the room has is told that of the room",
        ("NAME-5", "NAME-8"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "c", name="C++"),
            *finds(BILL, "C#", found_with("c", "C++")),
            *finds(BILL, "C", found_with("c", "C++")),
        ),
    ),
    Scenario(
        "a text that names no room finds none",
        ("NAME-3", "NAME-6"),
        (
            Connects(BILL, None, CAMUS_2),
            *is_refused(
                BILL,
                "room-not-found",
                find(""),
                find("   "),
                find("!!!"),
                find("z" * 65),
                find("https://example.com/"),
                find("https://example.com/#/"),
                find("https://example.com/about"),
                find("x" * 2048),
            ),
            *is_refused(
                BILL,
                "malformed-message",
                find("x" * 2049),
                to(SERVER, "find-room"),
                to(SERVER, "find-room", {"name": None}),
                to(SERVER, "find-room", {"name": 7}),
                find("circle-k", password=7),
            ),
        ),
    ),
    Scenario(
        "nobody hears of a search, and the client is where it was",
        ("NAME-3", "NAME-9"),
        (
            *visits(BILL),
            Connects(TED, None, CAMUS_2),
            *finds(TED, DEFAULT_ROOM, found_with(DEFAULT_ROOM, DEFAULT_ROOM, BILL)),
            HearsNothing(BILL),
            *is_refused(TED, "not-joined", to(SERVER, "get-room-info")),
        ),
    ),
    Scenario(
        "the members of both profiles are told, in order of joining, held places among them",
        ("NAME-9",),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, client_joined(TED)),
            Drops(BILL),
            Connects(RUFUS, None, CAMUS_2),
            *finds(RUFUS, DEFAULT_ROOM, found_with(DEFAULT_ROOM, DEFAULT_ROOM, BILL, TED)),
        ),
    ),
    Scenario(
        "a room with a password and none are the same to whoever hasn't it",
        ("NAME-7", "NAME-8"),
        (
            *enters(BILL, _STALLYNS, password=_PASSWORD),
            Connects(TED, None, CAMUS_2),
            *(
                step
                for name in (_STALLYNS, "circle-k")
                for shown in ({}, {"password": "Bogus!"}, {"owner_token": "Bogus!"})
                for step in finds(TED, name, found(name), **shown)
            ),
            *finds(
                TED,
                "Wyld Stallyns",
                found_with(_STALLYNS, _STALLYNS, BILL),
                password=_PASSWORD,
            ),
        ),
        Setting(rooms=(ExistingRoom(_STALLYNS, password=_PASSWORD),)),
    ),
    Scenario(
        "the owner's token shows its room, without the password",
        ("NAME-8", "NAME-9"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K", password=_PASSWORD),
            *finds(BILL, "Circle K", found("circle-k")),
            *finds(
                BILL,
                "Circle K",
                found_with("circle-k", "Circle K"),
                owner_token=owner_token_of("circle-k"),
            ),
        ),
    ),
    Scenario(
        "of a public room with a password the name is told, but not who is in it",
        ("NAME-8", "NAME-9"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, _STALLYNS, name="Wyld Stallyns", public=True, password=_PASSWORD),
            *finds(BILL, "wyld stallyns", found(_STALLYNS, "Wyld Stallyns")),
            *finds(BILL, "wyld stallyns", found(_STALLYNS, "Wyld Stallyns"), password="Bogus!"),
        ),
    ),
    Scenario(
        "of a locked room a guest learns the name, a moderator also who is in it",
        ("NAME-8", "NAME-9"),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            Connects(TED, None, CAMUS_2),
            *finds(TED, DEFAULT_ROOM, found(DEFAULT_ROOM, "Excellent Adventure")),
            *finds(
                TED,
                DEFAULT_ROOM,
                found_with(DEFAULT_ROOM, "Excellent Adventure", BILL),
                token="a moderator's",
            ),
            *finds(TED, DEFAULT_ROOM, found(DEFAULT_ROOM, "Excellent Adventure")),
        ),
        Setting(tokens={"a moderator's": Identity("rufus", role="moderator")}),
    ),
    Scenario(
        "a banned client learns of the room no more than of none",
        ("NAME-8", "NAME-9"),
        (
            *creates_as_owner(BILL),
            *enters(TED, token="Ted's"),
            Hears(BILL, client_joined(TED)),
            *decides(BILL, ban(TED), left(TED, "banned")),
            *is_removed(TED, "banned"),
            Connects(TED_ANEW, None, CAMUS_2),
            *finds(TED_ANEW, DEFAULT_ROOM, found(DEFAULT_ROOM), token="Ted's"),
            *finds(
                TED_ANEW,
                DEFAULT_ROOM,
                found_with(DEFAULT_ROOM, "Excellent Adventure", BILL),
                token="Rufus's",
            ),
        ),
        Setting(tokens={"Ted's": Identity("ted"), "Rufus's": Identity("rufus")}),
    ),
    Scenario(
        "a token shows the rooms that it names, and no others",
        ("NAME-7", "NAME-8"),
        (
            Connects(TED, None, CAMUS_2),
            *finds(TED, _STALLYNS, found_with(_STALLYNS, _STALLYNS), token="Ted's"),
            *finds(TED, "circle-k", found("circle-k"), token="Ted's"),
            *finds(TED, "nowhere", found("nowhere"), token="Ted's"),
            *is_refused(TED, "not-allowed", find("nowhere", token="Bogus!")),
            *is_refused(TED, "not-allowed", join("circle-k", token="Ted's")),
            *finds(TED, _STALLYNS, found(_STALLYNS)),
        ),
        Setting(
            rooms=(ExistingRoom(_STALLYNS, password=_PASSWORD), ExistingRoom("circle-k")),
            tokens={"Ted's": Identity("ted", rooms=frozenset({RoomId(_STALLYNS)}))},
        ),
    ),
    Scenario(
        "where guests aren't let in, a token is needed to learn of a room",
        ("NAME-8",),
        (
            Connects(TED, None, CAMUS_2),
            *finds(TED, "circle-k", found("circle-k")),
            *finds(TED, "circle-k", found_with("circle-k", "circle-k"), token="Ted's"),
            *finds(TED, "circle-k", found("circle-k")),
            *is_refused(TED, "not-allowed", join("circle-k")),
        ),
        Setting(
            rooms=(ExistingRoom("circle-k"),), tokens={"Ted's": Identity("ted")}, guests=False
        ),
    ),
    Scenario(
        "a member learns of its own room without its password, and of others as any client",
        ("NAME-3", "NAME-9"),
        (
            *enters(BILL, _STALLYNS, password=_PASSWORD),
            *finds(BILL, _STALLYNS, found_with(_STALLYNS, _STALLYNS, BILL)),
            *finds(BILL, "san-dimas", found("san-dimas")),
            *finds(BILL, "circle-k", found_with("circle-k", "circle-k")),
        ),
        Setting(
            rooms=(
                ExistingRoom(_STALLYNS, password=_PASSWORD),
                ExistingRoom("san-dimas", password=_PASSWORD),
                ExistingRoom("circle-k"),
            )
        ),
    ),
    Scenario(
        "a client that waits finds no rooms",
        ("NAME-3",),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL),
            *are_refused(TED, "not-joined", find("circle-k")),
        ),
    ),
    Scenario(
        "to find a room costs as much as to join one",
        ("NAME-7",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *finds(BILL, "circle-k", found("circle-k")),
            *is_refused(BILL, "room-not-found", find("https://example.com/")),
            *finds(BILL, "Circle K", found("circle-k")),
            *are_rate_limited(BILL, find("circle-k"), find("Circle K"), join()),
            *is_refused(BILL, "room-not-found", find("https://example.com/"), find("!!!")),
        ),
        Setting(Limits(joins_per_minute=_NEVER_AGAIN, join_burst=2.0)),
    ),
    Scenario(
        "wrong passwords count alike, whether there is such a room or not",
        ("NAME-7",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *finds(BILL, _STALLYNS, found(_STALLYNS), password="Bogus!"),
            *finds(BILL, "circle-k", found("circle-k"), password="Bogus!"),
            *are_rate_limited(
                BILL,
                find("circle-k", password="Bogus!"),
                find(_STALLYNS, password="Bogus!"),
                find(_STALLYNS, password=_PASSWORD),
                join(_STALLYNS, password=_PASSWORD),
            ),
            *finds(BILL, _STALLYNS, found(_STALLYNS)),
            *finds(BILL, "san-dimas", found_with("san-dimas", "san-dimas"), password="Bogus!"),
        ),
        Setting(
            Limits(wrong_passwords=2),
            rooms=(ExistingRoom(_STALLYNS, password=_PASSWORD), ExistingRoom("san-dimas")),
        ),
    ),
    Scenario(
        "a right password counts as a wrong one where it opens nothing",
        ("NAME-7",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *finds(BILL, _STALLYNS, found(_STALLYNS), token="Ted's", password=_PASSWORD),
            *are_rate_limited(BILL, find("circle-k", password="Bogus!")),
        ),
        Setting(
            Limits(wrong_passwords=1),
            rooms=(ExistingRoom(_STALLYNS, password=_PASSWORD),),
            tokens={"Ted's": Identity("ted", rooms=frozenset({RoomId("circle-k")}))},
        ),
    ),
    Scenario(
        "right passwords don't count in a search either",
        ("NAME-7",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *finds(BILL, _STALLYNS, found_with(_STALLYNS, _STALLYNS), password=_PASSWORD) * 2,
        ),
        Setting(
            Limits(wrong_passwords=1),
            rooms=(ExistingRoom(_STALLYNS, password=_PASSWORD),),
        ),
    ),
)
