"""Admission in the session profile (SESS-8 to SESS-14)."""

from ...ice import IceConfiguration
from ...limits import Limits
from .. import examples as example
from ..patterns import TurnServer, Wildcard
from ..phrases import is_answered
from ..scenario import (
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    HearsNo,
    HearsNothing,
    IsClosed,
    LosesAnswer,
    Says,
    Scenario,
    Setting,
    Waits,
)
from ..session_phrases import enters, is_refused, meet, note
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
    resume,
    resumed,
    roster,
    to,
)

_TURN = ("turn:turn.example.com:3478",)


def _number(value: int) -> Wildcard:
    """Return a pattern for a number, as 50 or as 50.0: in JSON they are equal."""
    return Wildcard(rf"{value}(\.0)?")


SCENARIOS = (
    Scenario(
        "Bill joins, and Ted after him",
        ("SESS-8", "SESS-9", "SESS-11", "SESS-68"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, example.JOIN),
            Hears(
                BILL,
                but(joined(BILL, clients=[member(BILL, "Bill")]), reply_to="1"),
            ),
            *enters(TED),
            Hears(BILL, client_joined(TED)),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, join(username=" Rufus ")),
            Hears(
                RUFUS,
                joined(
                    RUFUS, clients=[member(BILL, "Bill"), member(TED), member(RUFUS, "Rufus")]
                ),
            ),
            Hears(BILL, client_joined(RUFUS, "Rufus")),
            Hears(TED, client_joined(RUFUS, "Rufus")),
        ),
    ),
    Scenario(
        "the room is that of the address, or of the message, or of both",
        ("SESS-8", "SESS-63", "SESS-64"),
        (
            Connects(BILL, DEFAULT_ROOM, CAMUS_2),
            Says(BILL, join(None)),
            Hears(BILL, joined(BILL)),
            Connects(TED, DEFAULT_ROOM, CAMUS_2),
            *is_refused(TED, "malformed-message", join("circle-k")),
            Says(TED, join(DEFAULT_ROOM)),
            Hears(TED, joined(TED)),
            Hears(BILL, client_joined(TED)),
            Connects(RUFUS, None, CAMUS_2),
            *is_refused(
                RUFUS,
                "malformed-message",
                join(None),
                to(SERVER, "join", {"room_id": 7}),
                to(SERVER, "join"),
            ),
            *is_refused(RUFUS, "room-not-found", join(""), join("San Dimas"), join("a" * 65)),
            Says(
                RUFUS,
                join(username=None, password=None, token=None, owner_token=None, resume=None),
            ),
            Hears(RUFUS, joined(RUFUS)),
            Hears(BILL, client_joined(RUFUS)),
            Hears(TED, client_joined(RUFUS)),
        ),
    ),
    Scenario(
        "joined tells what may be used, and how much",
        ("SESS-9", "SESS-10", "CORE-71", "SESS-67"),
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
                        "unconfirmed_frames": 1000,
                        "unconfirmed_bytes": 1_048_576,
                        "place_seconds": _number(30),
                        "silent_for": _number(60),
                    },
                    capabilities=[
                        "attributes",
                        "bans",
                        "control",
                        "create-room",
                        "encrypted-rooms",
                        "end-room",
                        "find-room",
                        "invitations",
                        "list-rooms",
                        "request-mute",
                        "resume",
                        "undeliverable",
                        "update-room",
                    ],
                ),
            ),
            Drops(BILL),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 0)),
            Hears(BILL, resumed(BILL, 0, ice_servers=[TurnServer(_TURN, BILL, "Rufus knows")])),
        ),
        Setting(ice=IceConfiguration(turn_urls=_TURN, turn_secret="Rufus knows")),
    ),
    Scenario(
        "a name that is none is refused, and may be said better",
        ("SESS-11", "SESS-12", "SESS-55", "SESS-119"),
        (
            Connects(BILL, None, CAMUS_2),
            *is_refused(
                BILL,
                "invalid-username",
                join(username=""),
                join(username="B" * 65),
                join(username="Bill\u202e"),
                join("no slug!", username=""),
            ),
            *is_refused(BILL, "malformed-message", join(username=7)),
            Says(BILL, join(username="Be\u0301atrice")),
            Hears(BILL, joined(BILL, clients=[member(BILL, "B\u00e9atrice")])),
        ),
    ),
    Scenario(
        "a full room refuses, the connection stays, and the first to leave makes room",
        ("SESS-12", "SESS-69", "SESS-119"),
        (
            *enters(BILL),
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "room-full", join(), join()),
            HearsNothing(BILL),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Says(TED, join()),
            Hears(TED, joined(TED, clients=[member(TED)])),
        ),
        Setting(rooms=(ExistingRoom(DEFAULT_ROOM, guest_limit=1),)),
    ),
    Scenario(
        "a room that isn't there is made, or isn't, as the operator wants",
        ("SESS-12",),
        (
            Connects(BILL, None, CAMUS_2),
            *is_refused(BILL, "room-not-found", join("circle-k")),
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
            Hears(TED, refused(ANY_CLIENT, "unavailable", retry_after=True)),
            Says(TED, join("san-dimas")),
            Hears(TED, joined(TED, room_id="san-dimas")),
            Hears(BILL, client_joined(TED)),
        ),
        Setting(Limits(rooms=1)),
    ),
    Scenario(
        "a client whose room can't be looked up is to try again, and others feel nothing",
        ("CORE-10", "SESS-12", "CORE-87"),
        (
            *enters(BILL),
            LosesAnswer(),
            Connects(TED, "circle-k"),
            Hears(TED, refused(TED, "unavailable", retry_after=True)),
            IsClosed(TED, 4003),
            LosesAnswer(),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, join("circle-k")),
            Hears(RUFUS, refused(ANY_CLIENT, "unavailable", retry_after=True)),
            *is_answered(BILL),
            Says(RUFUS, join("circle-k")),
            Hears(RUFUS, joined(RUFUS, room_id="circle-k")),
        ),
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
            *is_refused(TED, "room-not-found", join()),
        ),
        Setting(rooms=(ExistingRoom(DEFAULT_ROOM, empty_for=0.4),), rooms_on_demand=False),
    ),
    Scenario(
        "what is said behind a join is heard after it, in order",
        ("SESS-9", "SESS-24", "SESS-65"),
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
            Hears(TED, client_joined(BILL)),
            Hears(TED, by(BILL, TED, "x-note", 1)),
            Hears(TED, by(BILL, ROOM, "x-note", 2)),
        ),
    ),
    Scenario(
        "two connections, two clients: joining twice is no resuming",
        ("SESS-9", "SESS-66"),
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
