"""The choice of the session profile, and its legal messages (SESS-1 to SESS-7)."""

from ...limits import Limits
from .. import examples as example
from ..patterns import A_TIME
from ..phrases import are_refused, is_answered
from ..scenario import (
    Connects,
    ExistingRoom,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    Knocks,
    Says,
    Scenario,
    Setting,
)
from ..session_phrases import enters, is_refused, meet
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    MAJOR_TOM,
    ROOM,
    RUFUS,
    SERVER,
    TED,
    but,
    by,
    client_joined,
    join,
    joined,
    member,
    refused,
    roster,
    to,
)

_OFFERED = "Sec-WebSocket-Protocol"

_CHOSEN = {"sec-websocket-protocol": CAMUS_2}

_SECRET_ROOM = Setting(rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),))


SCENARIOS = (
    Scenario(
        "who offers camus.2 gets it, in a room's address and without one",
        ("SESS-1", "SESS-2"),
        (
            Knocks("/ws", 101, {_OFFERED: CAMUS_2}, answered=_CHOSEN),
            Knocks(f"/room/{DEFAULT_ROOM}/ws", 101, {_OFFERED: CAMUS_2}, answered=_CHOSEN),
            Knocks("/ws", 101, {_OFFERED: f"soap, {CAMUS_2},wamp"}, answered=_CHOSEN),
            Knocks("/room/San-Dimas/ws", 404, {_OFFERED: CAMUS_2}),
            Knocks("/", 404, {_OFFERED: CAMUS_2}),
        ),
        wire=True,
    ),
    Scenario(
        "without camus.2 there is nothing at /ws",
        ("SESS-2", "SESS-56"),
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
            Connects(BILL, DEFAULT_ROOM, CAMUS_2),
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
        ("SESS-3", "SESS-4", "SESS-57"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, to(SERVER, "ping", 1)),
            Hears(BILL, by(SERVER, ANY_CLIENT, "pong", 1)),
            Says(BILL, to(SERVER, "pong", 2)),
            HearsNothing(BILL),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
        ),
    ),
    Scenario(
        "a silent client is pinged and taken for dead outside of rooms too",
        ("SESS-3", "SESS-58"),
        (Connects(BILL, None, CAMUS_2), IsClosed(BILL, 4001, after_anything=True)),
        Setting(Limits(ping_after=0.2, silent_for=0.5)),
    ),
    Scenario(
        "what belongs into a room is refused outside",
        ("SESS-4",),
        (
            Connects(BILL, DEFAULT_ROOM, CAMUS_2),
            *is_refused(
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
            *is_refused(
                BILL,
                "wrong-receiver",
                {**join(), "receiver": ROOM},
                to(TED, "ping"),
                to(ROOM, "bye"),
                to(ROOM, "list-rooms"),
            ),
            *is_refused(BILL, "unknown-type", to(SERVER, "enter")),
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
                to(TED, "room-created", {"room_id": DEFAULT_ROOM, "owner_token": "guess"}),
                to(ROOM, "rooms", []),
                to(ROOM, "client-joined", member(RUFUS)),
                to(ROOM, "client-left", {"id": TED, "reason": "gone"}),
                to(ROOM, "client-updated", member(TED, role="owner")),
                to(TED, "done"),
                to(TED, "undeliverable", {"receiver": BILL, "reason": "gone"}),
                to(ROOM, "going-away", {"reconnect_in": 1}),
                to(TED, "room-info", {"room_id": DEFAULT_ROOM, "clients": []}),
                to(TED, "ice-servers", []),
                to(TED, "error", {"code": "room-full", "message": "Go away"}),
            ),
            *are_refused(BILL, "wrong-receiver", to(TED, "ack", {"received": 0})),
            HearsNothing(TED),
            Connects(RUFUS, DEFAULT_ROOM, CAMUS_2),
            *is_refused(RUFUS, "server-only-type", to(ROOM, "client-joined", member(TED))),
        ),
    ),
    Scenario(
        "the core profile doesn't know the messages of this one",
        ("SESS-4", "SESS-59"),
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
        ("SESS-5", "SESS-6", "SESS-60"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, but(to(SERVER, "ping", 1), id="1")),
            Hears(BILL, but(by(SERVER, ANY_CLIENT, "pong", 1), reply_to="1")),
            Says(BILL, but(to(SERVER, "get-room-info"), id="2")),
            Hears(BILL, but(refused(ANY_CLIENT, "not-joined"), reply_to="2")),
            Says(BILL, but(join(), id="join me!")),
            Hears(BILL, but(joined(BILL), reply_to="join me!")),
            Says(BILL, but(to(SERVER, "get-room-info"), id="é" * 64)),
            Hears(BILL, but(roster(BILL, (BILL, MAJOR_TOM)), reply_to="é" * 64)),
            Says(BILL, but(to(SERVER, "get-ice-servers"), id="")),
            Hears(BILL, but(by(SERVER, BILL, "ice-servers", []), reply_to="")),
            Says(BILL, but(to(ROOM, "offer"), id="5")),
            Hears(BILL, but(refused(BILL, "malformed-message"), reply_to="5")),
            Says(BILL, '{"id":"6","type":"offer"}'),
            Hears(BILL, but(refused(BILL, "malformed-message"), reply_to="6")),
            Says(BILL, but(to(SERVER, "ping"), id="7", reply_to=7)),
            Hears(BILL, but(refused(BILL, "malformed-message"), reply_to="7")),
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
        ("SESS-7", "SESS-62"),
        (
            *meet(BILL, TED),
            Says(BILL, but(example.ANSWER, id="7", reply_to="6")),
            Hears(TED, but(example.ANSWER, id="7")),
            Says(TED, but(to(ROOM, "x-note", "Dude!"), id="8")),
            Hears(BILL, but(by(TED, ROOM, "x-note", "Dude!"), id="8")),
            Hears(TED, but(by(TED, ROOM, "x-note", "Dude!"), id="8")),
            Says(BILL, but(to(TED, "text", {"text": "Dude!"}), id="9")),
            Hears(
                TED,
                but(
                    by(BILL, TED, "text", {"from": MAJOR_TOM, "time": A_TIME, "text": "Dude!"}),
                    id="9",
                ),
            ),
        ),
    ),
    Scenario(
        "clients of the core profile hear ids and have none",
        ("SESS-6", "SESS-7", "SESS-61"),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, client_joined(TED)),
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
        "what is said behind a join that is refused is refused too",
        ("SESS-4", "SESS-12"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Says(BILL, to(ROOM, "x-note", 1)),
            Hears(BILL, refused(ANY_CLIENT, "password-required")),
            Hears(BILL, refused(ANY_CLIENT, "not-joined")),
        ),
        _SECRET_ROOM,
    ),
)
