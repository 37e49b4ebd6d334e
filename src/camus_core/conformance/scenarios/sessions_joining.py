"""How a client of the session profile gets into a room (SESS-1 to SESS-14)."""

from ...ice import IceConfiguration
from ...limits import Limits
from .. import examples as example
from ..patterns import TurnServer, Wildcard
from ..phrases import are_refused, enters, is_answered, meet, note
from ..scenario import (
    Connects,
    ExistingRoom,
    Hears,
    HearsNo,
    HearsNothing,
    IsClosed,
    Joins,
    Knocks,
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
    member,
    refused,
    roster,
    to,
)

_OFFERED = "Sec-WebSocket-Protocol"
_CHOSEN = {"sec-websocket-protocol": CAMUS_2}

_SECRET_ROOM = Setting(rooms=(ExistingRoom(LOBBY, password="Wyld Stallyns"),))

_TURN = ("turn:turn.example.com:3478",)


def _is_turned_away(who: str, code: str, *joins: object) -> tuple[Step, ...]:
    """Each `join` is refused, and the connection stays open."""
    steps: list[Step] = []
    for said in joins:
        assert isinstance(said, dict)
        steps += [Says(who, said), Hears(who, refused(SOMEBODY, code))]
    return (
        *steps,
        Says(who, to(SERVER, "ping", 1)),
        Hears(who, by(SERVER, SOMEBODY, "pong", 1)),
    )


def _number(value: int) -> Wildcard:
    """JSON has one number for 50 and 50.0."""
    return Wildcard(rf"{value}(\.0)?")


SCENARIOS = (
    Scenario(
        "who offers camus.2 gets it, in a room's address and without one",
        ("SESS-1", "SESS-2"),
        (
            Knocks("/ws", 101, {_OFFERED: CAMUS_2}, answered=_CHOSEN),
            Knocks(f"/room/{LOBBY}/ws", 101, {_OFFERED: CAMUS_2}, answered=_CHOSEN),
            Knocks("/ws", 101, {_OFFERED: f"soap, {CAMUS_2},wamp"}, answered=_CHOSEN),
            Knocks("/room/San-Dimas/ws", 404, {_OFFERED: CAMUS_2}),
            Knocks("/", 404, {_OFFERED: CAMUS_2}),
        ),
        wire=True,
    ),
    Scenario(
        "without camus.2 there is nothing at /ws",
        ("SESS-2",),
        (
            Knocks("/ws", 404),
            Knocks("/ws", 404, {_OFFERED: "camus"}),
            Knocks("/ws", 404, {_OFFERED: "Camus.2"}),
        ),
        wire=True,
    ),
    Scenario(
        "a page of another site may not offer camus.2 either",
        ("SESS-1",),
        (Knocks("/ws", 403, {_OFFERED: CAMUS_2, "Origin": "https://evil.example"}),),
        wire=True,
    ),
    Scenario(
        "who connects is in no room, and nobody says anything",
        ("SESS-3",),
        (
            Connects(BILL, LOBBY, CAMUS_2),
            Connects(TED, None, CAMUS_2),
            *enters(RUFUS),
            HearsNothing(BILL),
            HearsNothing(TED),
            Says(RUFUS, to(SERVER, "get-room-info")),
            Hears(RUFUS, roster(RUFUS, (RUFUS, MAJOR_TOM))),
        ),
    ),
    Scenario(
        "outside of rooms there are pings, and a bye",
        ("SESS-3", "SESS-4"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, to(SERVER, "ping", 1)),
            Hears(BILL, by(SERVER, SOMEBODY, "pong", 1)),
            Says(BILL, to(SERVER, "pong", 2)),
            HearsNothing(BILL),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
        ),
    ),
    Scenario(
        "a silent client is pinged and taken for dead outside of rooms too",
        ("SESS-3",),
        (Connects(BILL, None, CAMUS_2), IsClosed(BILL, 4001, after_anything=True)),
        Setting(Limits(ping_after=0.2, silent_for=0.5)),
    ),
    Scenario(
        "what belongs into a room is refused outside",
        ("SESS-4",),
        (
            Connects(BILL, LOBBY, CAMUS_2),
            *_is_turned_away(
                BILL,
                "not-joined",
                to(SERVER, "get-room-info"),
                to(SERVER, "get-ice-servers"),
                to(SERVER, "profile", {"username": "Bill"}),
                to(SERVER, "greeting", "Hello"),
                to(SERVER, "ack", {"received": 0}),
                to(ROOM, "text", {"text": "Hello"}),
                to(ROOM, "x-note"),
                to(BILL, "icecandidate"),
            ),
            *_is_turned_away(
                BILL,
                "wrong-receiver",
                {**join(), "receiver": ROOM},
                to(TED, "ping"),
                to(ROOM, "bye"),
                to(ROOM, "list-rooms"),
            ),
            *_is_turned_away(BILL, "unknown-type", to(SERVER, "enter")),
        ),
    ),
    Scenario(
        "a connection is in one room",
        ("SESS-4",),
        (
            *enters(BILL),
            *are_refused(BILL, "already-joined", join(), join("circle-k"), join("no slug!")),
            *is_answered(BILL),
        ),
    ),
    Scenario(
        "forged words of the server are refused, in a room and outside",
        ("SESS-4",),
        (
            *meet(BILL, TED),
            *are_refused(
                BILL,
                "server-only-type",
                but(example.JOINED, receiver=TED),
                to(TED, "room-created", {"room_id": LOBBY, "owner_token": "guess"}),
                to(ROOM, "rooms", []),
                to(ROOM, "client-joined", member(RUFUS)),
                to(ROOM, "client-left", {"id": TED, "reason": "gone"}),
                to(ROOM, "client-updated", member(TED, role="owner")),
                to(TED, "done"),
                to(TED, "undeliverable", {"receiver": BILL, "reason": "gone"}),
                to(ROOM, "going-away", {"reconnect_in": 1}),
                to(TED, "room-info", {"room_id": LOBBY, "clients": []}),
                to(TED, "ice-servers", []),
                to(TED, "error", {"code": "room-full", "message": "Go away"}),
            ),
            *are_refused(BILL, "wrong-receiver", to(TED, "ack", {"received": 0})),
            HearsNothing(TED),
            Connects(RUFUS, LOBBY, CAMUS_2),
            *_is_turned_away(RUFUS, "server-only-type", to(ROOM, "client-joined", member(TED))),
        ),
    ),
    Scenario(
        "the core profile doesn't know the messages of this one",
        ("SESS-4",),
        (
            Joins(BILL),
            *are_refused(
                BILL,
                "unknown-type",
                join(),
                to(SERVER, "create-room", {}),
                to(SERVER, "list-rooms"),
                to(SERVER, "ack", {"received": 0}),
                to(ROOM, "client-left", {"id": BILL, "reason": "gone"}),
            ),
        ),
    ),
    Scenario(
        "an answer, an error too, carries the id of what it answers",
        ("SESS-5", "SESS-6"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, but(to(SERVER, "ping", 1), id="1")),
            Hears(BILL, but(by(SERVER, SOMEBODY, "pong", 1), reply_to="1")),
            Says(BILL, but(to(SERVER, "get-room-info"), id="2")),
            Hears(BILL, but(refused(SOMEBODY, "not-joined"), reply_to="2")),
            Says(BILL, but(join(), id="join me!")),
            Hears(BILL, but(joined(BILL), reply_to="join me!")),
            Says(BILL, but(to(SERVER, "get-room-info"), id="é" * 64)),
            Hears(BILL, but(roster(BILL, (BILL, MAJOR_TOM)), reply_to="é" * 64)),
            Says(BILL, but(to(SERVER, "get-ice-servers"), id="")),
            Hears(BILL, but(by(SERVER, BILL, "ice-servers", []), reply_to="")),
            Says(BILL, but(to(ROOM, "offer"), id="5")),
            Hears(BILL, but(refused(BILL, "malformed-message"), reply_to="5")),
            Says(BILL, but(to(SERVER, "ping", 1), id=None)),
            Hears(BILL, by(SERVER, BILL, "pong", 1)),
        ),
    ),
    Scenario(
        "ids that are too long or no strings are refused",
        ("SESS-5", "SESS-7"),
        (
            *enters(BILL),
            *are_refused(
                BILL,
                "malformed-message",
                but(to(SERVER, "ping"), id="7" * 65),
                but(to(SERVER, "ping"), id=7),
                but(to(SERVER, "ping"), id=["7"]),
                but(to(SERVER, "ping"), reply_to="7" * 65),
                but(to(SERVER, "ping"), reply_to=7),
            ),
            *is_answered(BILL),
        ),
    ),
    Scenario(
        "a message takes its id along, to others and back to its sender",
        ("SESS-7",),
        (
            *meet(BILL, TED),
            Says(BILL, but(example.ANSWER, id="7", reply_to="6")),
            Hears(TED, but(example.ANSWER, id="7")),
            Says(TED, but(to(ROOM, "x-note", "Dude!"), id="8")),
            Hears(BILL, but(by(TED, ROOM, "x-note", "Dude!"), id="8")),
            Hears(TED, but(by(TED, ROOM, "x-note", "Dude!"), id="8")),
        ),
    ),
    Scenario(
        "clients of the core profile hear ids and have none",
        ("SESS-6", "SESS-7"),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, came(TED)),
            Says(BILL, but(to(TED, "x-note"), id="7")),
            Hears(TED, but(by(BILL, TED, "x-note"), id="7")),
            Says(TED, but(to(BILL, "x-note"), id="8", reply_to="7")),
            Hears(BILL, by(TED, BILL, "x-note")),
            Says(TED, but(to(SERVER, "ping"), id="9")),
            Hears(TED, by(SERVER, TED, "pong")),
            Says(TED, but(to(SERVER, "ping"), id=10)),
            Hears(TED, by(SERVER, TED, "pong")),
        ),
    ),
    Scenario(
        "Bill joins, and Ted after him",
        ("SESS-8", "SESS-9", "SESS-11"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, example.JOIN),
            Hears(
                BILL,
                but(joined(BILL, clients=[member(BILL, "Bill")]), reply_to="1"),
            ),
            *enters(TED),
            Hears(BILL, came(TED)),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, join(username=" Rufus ")),
            Hears(
                RUFUS,
                joined(
                    RUFUS, clients=[member(BILL, "Bill"), member(TED), member(RUFUS, "Rufus")]
                ),
            ),
            Hears(BILL, came(RUFUS, "Rufus")),
            Hears(TED, came(RUFUS, "Rufus")),
        ),
    ),
    Scenario(
        "the room is that of the address, or of the message, or of both",
        ("SESS-8",),
        (
            Connects(BILL, LOBBY, CAMUS_2),
            Says(BILL, join(None)),
            Hears(BILL, joined(BILL)),
            Connects(TED, LOBBY, CAMUS_2),
            *_is_turned_away(TED, "malformed-message", join("circle-k")),
            Says(TED, join(LOBBY)),
            Hears(TED, joined(TED)),
            Hears(BILL, came(TED)),
            Connects(RUFUS, None, CAMUS_2),
            *_is_turned_away(
                RUFUS,
                "malformed-message",
                join(None),
                to(SERVER, "join", {"room_id": 7}),
                to(SERVER, "join"),
            ),
            *_is_turned_away(
                RUFUS, "room-not-found", join(""), join("San Dimas"), join("a" * 65)
            ),
            Says(
                RUFUS,
                join(username=None, password=None, token=None, owner_token=None, resume=None),
            ),
            Hears(RUFUS, joined(RUFUS)),
            Hears(BILL, came(RUFUS)),
            Hears(TED, came(RUFUS)),
        ),
    ),
    Scenario(
        "joined tells what may be used, and how much",
        ("SESS-9", "SESS-10"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(
                BILL,
                joined(
                    BILL,
                    clients=[member(BILL)],
                    ice_servers=[TurnServer(_TURN, BILL, "Rufus knows")],
                    limits={
                        "frame_bytes": 65_536,
                        "messages_per_second": _number(50),
                        "message_burst": _number(1000),
                        "unconfirmed_frames": 1024,
                        "unconfirmed_bytes": 983_040,
                        "place_seconds": _number(30),
                        "silent_for": _number(60),
                    },
                    capabilities=["create-room", "list-rooms", "resume", "undeliverable"],
                ),
            ),
        ),
        Setting(ice=IceConfiguration(turn_urls=_TURN, turn_secret="Rufus knows")),
    ),
    Scenario(
        "a name that is none is refused, and may be said better",
        ("SESS-11", "SESS-12"),
        (
            Connects(BILL, None, CAMUS_2),
            *_is_turned_away(
                BILL,
                "invalid-username",
                join(username=""),
                join(username="B" * 65),
                join(username="Bill\u202e"),
                join("no slug!", username=""),
            ),
            *_is_turned_away(BILL, "malformed-message", join(username=7)),
            Says(BILL, join(username="Be\u0301atrice")),
            Hears(BILL, joined(BILL, clients=[member(BILL, "B\u00e9atrice")])),
        ),
    ),
    Scenario(
        "a full room refuses, the connection stays, and the first to leave makes room",
        ("SESS-12",),
        (
            *enters(BILL),
            Connects(TED, None, CAMUS_2),
            *_is_turned_away(TED, "room-full", join(), join()),
            HearsNothing(BILL),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Says(TED, join()),
            Hears(TED, joined(TED, clients=[member(TED)])),
        ),
        Setting(rooms=(ExistingRoom(LOBBY, guest_limit=1),)),
    ),
    Scenario(
        "a room that isn't there is made, or isn't, as the operator wants",
        ("SESS-12",),
        (
            Connects(BILL, None, CAMUS_2),
            *_is_turned_away(BILL, "room-not-found", join("circle-k")),
            Says(BILL, join("san-dimas")),
            Hears(BILL, joined(BILL, room_id="san-dimas")),
        ),
        Setting(rooms=(ExistingRoom("san-dimas"),), rooms_on_demand=False),
    ),
    Scenario(
        "who can't be let in at the moment hears when to try again",
        ("SESS-12",),
        (
            *enters(BILL, "san-dimas"),
            Connects(TED, None, CAMUS_2),
            Says(TED, join("circle-k")),
            Hears(TED, refused(SOMEBODY, "unavailable", retry_after=True)),
            Says(TED, join("san-dimas")),
            Hears(TED, joined(TED, room_id="san-dimas")),
            Hears(BILL, came(TED)),
        ),
        Setting(Limits(rooms=1)),
    ),
    Scenario(
        "a room is forgotten a while after its last member has left",
        ("SESS-12",),
        (
            *enters(BILL),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Waits(0.8),
            Connects(TED, None, CAMUS_2),
            *_is_turned_away(TED, "room-not-found", join()),
        ),
        Setting(rooms=(ExistingRoom(LOBBY, empty_for=0.4),), rooms_on_demand=False),
    ),
    Scenario(
        "the password opens the room",
        ("SESS-13",),
        (
            Connects(BILL, None, CAMUS_2),
            *_is_turned_away(BILL, "password-required", join(), join(password=None)),
            *_is_turned_away(
                BILL,
                "wrong-password",
                join(password="wyld stallyns"),
                join(password=""),
                join(password="\u0000"),
            ),
            *_is_turned_away(BILL, "malformed-message", join(password=7)),
            Says(BILL, join(password="Wyld Stallyns")),
            Hears(BILL, joined(BILL, clients=[member(BILL)])),
            Connects(TED, LOBBY, CAMUS_2),
            *_is_turned_away(TED, "password-required", join(None)),
            *_is_turned_away(TED, "wrong-password", join(password="Bogus!")),
            Says(TED, join(None, password="Wyld Stallyns")),
            Hears(TED, joined(TED, clients=[member(BILL), member(TED)])),
            Hears(BILL, came(TED)),
        ),
        _SECRET_ROOM,
    ),
    Scenario(
        "who hasn't the password doesn't hear that the room is full",
        ("SESS-12", "SESS-13"),
        (
            *enters(BILL, password="Wyld Stallyns"),
            Connects(TED, None, CAMUS_2),
            *_is_turned_away(TED, "password-required", join()),
            *_is_turned_away(TED, "wrong-password", join(password="Bogus!")),
            *_is_turned_away(TED, "room-full", join(password="Wyld Stallyns")),
        ),
        Setting(rooms=(ExistingRoom(LOBBY, password="Wyld Stallyns", guest_limit=1),)),
    ),
    Scenario(
        "a room without a password doesn't mind one",
        ("SESS-13",),
        enters(BILL, password="Wyld Stallyns"),
    ),
    Scenario(
        "nobody is let in by a token that this server doesn't know",
        ("SESS-12", "SESS-14"),
        (
            Connects(BILL, None, CAMUS_2),
            *_is_turned_away(
                BILL,
                "not-allowed",
                join(token="eyJhbGciOiJub25lIn0.e30."),
                join(owner_token="guess"),
                join(owner_token="guess", password="Wyld Stallyns"),
                join(owner_token=""),
            ),
        ),
        _SECRET_ROOM,
    ),
    Scenario(
        "what is said behind a join is heard after it, in order",
        ("SESS-9", "SESS-24"),
        (
            *enters(TED),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Says(BILL, to(TED, "x-note", 1)),
            Says(BILL, to(ROOM, "x-note", 2)),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(BILL, joined(BILL)),
            Hears(BILL, by(BILL, ROOM, "x-note", 2)),
            Hears(BILL, roster(BILL, (TED, MAJOR_TOM), (BILL, MAJOR_TOM))),
            Hears(TED, came(BILL)),
            Hears(TED, by(BILL, TED, "x-note", 1)),
            Hears(TED, by(BILL, ROOM, "x-note", 2)),
        ),
    ),
    Scenario(
        "what is said behind a join that is refused is refused too",
        ("SESS-4", "SESS-12"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Says(BILL, to(ROOM, "x-note", 1)),
            Hears(BILL, refused(SOMEBODY, "password-required")),
            Hears(BILL, refused(SOMEBODY, "not-joined")),
        ),
        _SECRET_ROOM,
    ),
    Scenario(
        "two connections, two clients: joining twice is no resuming",
        ("SESS-9",),
        (
            *meet(BILL, TED),
            *note(BILL, TED, "for the second"),
            HearsNothing(BILL),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            Hears(BILL, by(SERVER, ROOM, "client-left", {"id": TED, "reason": "left"})),
            HearsNo(BILL, "bye"),
        ),
    ),
)
