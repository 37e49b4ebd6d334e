"""Recipients and senders of messages (CORE-11 to CORE-17)."""

from typing import Any

from .. import examples as example
from ..phrases import are_refused
from ..scenario import Hears, HearsNothing, Joins, Says, Scenario, Step
from ..vocabulary import BILL, ROOM, RUFUS, SERVER, TED, UNKNOWN_CLIENT, but, by, to

_PAYLOADS: dict[str, Any] = {
    "ping": 1615918847680,
    "pong": 1615918847680,
    "text": {"from": "Major Tom", "time": 1615918847680, "text": "Be excellent."},
    "offer": {"type": "offer", "sdp": "v=0"},
    "answer": {"type": "answer", "sdp": "v=0"},
    "icecandidate": {"candidate": "candidate:1"},
    "greeting": "Party on, dudes!",
    "bye": 1615919897795,
    "x-air-guitar": True,
    "get-room-info": None,
    "profile": {"username": "Bill"},
    "get-ice-servers": None,
}


def _is_relayed(type: str, receiver: str, *hearers: str) -> tuple[Step, ...]:
    data = _PAYLOADS[type]
    return (
        Says(BILL, to(receiver, type, data)),
        *(Hears(hearer, by(BILL, receiver, type, data)) for hearer in hearers),
    )


def _goes_wrong(type: str, receiver: str) -> tuple[Step, ...]:
    return are_refused(BILL, "wrong-receiver", to(receiver, type, _PAYLOADS[type]))


SCENARIOS = (
    Scenario(
        "`room` is everyone in the room, the sender too",
        ("CORE-11", "CORE-14"),
        (
            Joins(BILL),
            Joins(TED),
            Joins(RUFUS),
            *_is_relayed("text", ROOM, BILL, TED, RUFUS),
            *_is_relayed("greeting", ROOM, BILL, TED, RUFUS),
            *_is_relayed("bye", ROOM, BILL, TED, RUFUS),
            *_is_relayed("x-air-guitar", ROOM, BILL, TED, RUFUS),
        ),
    ),
    Scenario(
        "an id is one client, and nobody else hears",
        ("CORE-11", "CORE-14"),
        (
            Joins(BILL),
            Joins(TED),
            Joins(RUFUS),
            *_is_relayed("ping", TED, TED),
            *_is_relayed("pong", TED, TED),
            *_is_relayed("text", TED, TED),
            *_is_relayed("offer", TED, TED),
            *_is_relayed("answer", TED, TED),
            *_is_relayed("icecandidate", TED, TED),
            *_is_relayed("greeting", TED, TED),
            *_is_relayed("bye", TED, TED),
            *_is_relayed("x-air-guitar", TED, TED),
            HearsNothing(BILL),
            HearsNothing(RUFUS),
        ),
    ),
    Scenario(
        "messages arrive in the order in which they were said",
        ("CORE-11", "CORE-77"),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, to(ROOM, "x-count", 1)),
            Says(BILL, to(TED, "x-count", 2)),
            Says(BILL, to(ROOM, "x-count", 3)),
            Hears(TED, by(BILL, ROOM, "x-count", 1)),
            Hears(TED, by(BILL, TED, "x-count", 2)),
            Hears(TED, by(BILL, ROOM, "x-count", 3)),
            Hears(BILL, by(BILL, ROOM, "x-count", 1)),
            Hears(BILL, by(BILL, ROOM, "x-count", 3)),
        ),
    ),
    Scenario(
        "whoever isn't in the room can't be reached",
        ("CORE-12", "CORE-78"),
        (
            Joins(BILL),
            Joins(TED, "circle-k"),
            *are_refused(
                BILL,
                "unknown-receiver",
                to(TED, "x-air-guitar"),
                to("Ground Control", "x-air-guitar"),
                to("", "x-air-guitar"),
            ),
            HearsNothing(TED),
        ),
    ),
    Scenario(
        "the sender is who said it, whatever is written there",
        ("CORE-13",),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, but(to(TED, "x-count", 1), sender=RUFUS)),
            Says(BILL, but(to(TED, "x-count", 2), sender=SERVER)),
            Says(BILL, but(to(TED, "x-count", 3), sender=[TED])),
            Says(BILL, to(TED, "x-count", 4)),
            *(Hears(TED, by(BILL, TED, "x-count", count)) for count in (1, 2, 3, 4)),
        ),
    ),
    Scenario(
        "a message doesn't go to a kind of receiver that its type isn't for",
        ("CORE-15",),
        (
            Joins(BILL),
            Joins(TED),
            *_goes_wrong("ping", ROOM),
            *_goes_wrong("pong", ROOM),
            *_goes_wrong("text", SERVER),
            *_goes_wrong("offer", SERVER),
            *_goes_wrong("offer", ROOM),
            *_goes_wrong("answer", SERVER),
            *_goes_wrong("answer", ROOM),
            *_goes_wrong("icecandidate", SERVER),
            *_goes_wrong("icecandidate", ROOM),
            *_goes_wrong("get-room-info", TED),
            *_goes_wrong("get-room-info", ROOM),
            *_goes_wrong("profile", TED),
            *_goes_wrong("profile", ROOM),
            *_goes_wrong("get-ice-servers", TED),
            *_goes_wrong("get-ice-servers", ROOM),
            *_goes_wrong("x-air-guitar", SERVER),
            HearsNothing(TED),
        ),
    ),
    Scenario(
        "what only the server says is refused from a client, whoever it is for",
        ("CORE-16",),
        (
            Joins(BILL),
            Joins(TED),
            *are_refused(
                BILL,
                "server-only-type",
                but(example.ROOM_INFO, receiver=TED),
                but(example.ICE_SERVERS, receiver=ROOM),
                to(SERVER, "error", {"code": "room-full", "message": "Bogus!"}),
            ),
            HearsNothing(TED),
        ),
    ),
    Scenario(
        "a type that nobody has described is refused",
        ("CORE-17",),
        (
            Joins(BILL),
            Joins(TED),
            *are_refused(
                BILL,
                "unknown-type",
                to(TED, "air-guitar"),
                to(UNKNOWN_CLIENT, "Offer"),
                to(SERVER, ""),
            ),
            HearsNothing(TED),
        ),
    ),
)
