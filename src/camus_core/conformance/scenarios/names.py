"""The names of rooms, and the rooms that clients find by them (NAME-1 to NAME-6, NAME-10)."""

from ..control_phrases import (
    locks,
    waiting,
    waits,
)
from ..names_phrases import find, finds, found, found_with
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
    but,
    client_joined,
    join,
    joined,
    owner_token_of,
    resume,
    resumed,
    to,
)

_STALLYNS = "wyld-stallyns"

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
)
