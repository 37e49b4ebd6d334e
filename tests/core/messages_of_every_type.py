"""One message of each type of the wire, and the receivers that each type may have."""

from camus_core.wire import messages as m
from camus_core.wire.errors import AlreadyJoined, ProtocolError, ServerOnlyType, UnknownType
from camus_core.wire.messages import Json, Message
from camus_core.wire.profile import CORE, ProtocolProfile

_BOB, _EVE = "b0" * 16, "e0" * 16

_SDP = Json(rb'{"type": "offer", "sdp": "v=0\r\n", "new": null}')
_HI = Json(b'"Hi"')
_SEEN = m.SessionClient(_EVE, "Eve", "owner")

_BODIES = {
    m.Text: {"text": _HI},
    m.Profile: m.ProfileBody("Ann"),
    m.RoomInfo: m.RoomInfoBody("lobby", ()),
    m.IceServers: (),
    m.Error: m.ErrorBody("rate-limited", "go away"),
    m.Join: m.JoinBody("lobby"),
    m.Joined: None,
    m.CreateRoom: m.CreateRoomBody("attic"),
    m.RoomCreated: m.RoomCreatedBody("lobby", "o"),
    m.Rooms: (),
    m.ClientJoined: _SEEN,
    m.ClientLeft: m.ClientLeftBody(_BOB, "gone"),
    m.ClientUpdated: _SEEN,
    m.Done: None,
    m.Ack: m.AckBody(0),
    m.Undeliverable: m.UndeliverableBody(_BOB, "gone"),
    m.GoingAway: m.GoingAwayBody(0),
    m.Kick: m.WhoBody(_BOB),
    m.Ban: m.WhoBody(_BOB),
    m.SetRole: m.SetRoleBody(_BOB, "moderator"),
    m.Lock: m.LockBody(True),
    m.Admit: m.WhoBody(_BOB),
    m.Deny: m.WhoBody(_BOB),
    m.RoomUpdated: m.RoomUpdatedBody(True),
    m.Waiting: m.WaitingBody("lobby"),
    m.ClientWaiting: m.ClientInfo(_EVE, "Eve"),
    m.ClientWaitingLeft: m.WhoBody(_EVE),
}


def message(type_: str, receiver: str) -> Message:
    """Return a message of this type to this receiver, with a forged sender."""
    kind = m.MESSAGES.get(type_, m.Extension)
    if kind is m.Extension:
        return m.Extension(type_, receiver, Json(b"[1, 2]"), _EVE)
    if issubclass(kind, m.Request):
        return kind(receiver, _EVE)
    made: Message = kind(receiver, _BODIES.get(kind, _SDP), _EVE)  # type: ignore[arg-type, call-arg]
    return made


RECEIVERS = {"server": "ground control", "client": _BOB, "room": "room"}

ALLOWED = {
    "ping": "server client",
    "pong": "server client",
    "text": "client room",
    "get-room-info": "server",
    "room-info": "",
    "profile": "server",
    "get-ice-servers": "server",
    "ice-servers": "",
    "offer": "client",
    "answer": "client",
    "icecandidate": "client",
    "greeting": "server client room",
    "bye": "server client room",
    "error": "",
    "x-any": "client room",
}
"""The receivers that each type may have once its client has joined: server, client or room."""

ALLOWED_IN_SESSION_PROFILE = {
    "join": "",
    "joined": "",
    "create-room": "server",
    "room-created": "",
    "list-rooms": "server",
    "rooms": "",
    "client-joined": "",
    "client-left": "",
    "client-updated": "",
    "done": "",
    "ack": "server",
    "undeliverable": "",
    "going-away": "",
    "kick": "server",
    "ban": "server",
    "set-role": "server",
    "lock": "server",
    "admit": "server",
    "deny": "server",
    "room-updated": "",
    "waiting": "",
    "client-waiting": "",
    "client-waiting-left": "",
}
"""The same for types that only the session profile has."""


def allowed_recipients(profile: ProtocolProfile, type_: str) -> list[str]:
    """Return the receivers to which a client of this profile may send a type."""
    if type_ in ALLOWED:
        return ALLOWED[type_].split()
    return [] if profile is CORE else ALLOWED_IN_SESSION_PROFILE[type_].split()


def refusal_to_anybody(profile: ProtocolProfile, type_: str) -> ProtocolError:
    """Return the refusal of a type that a client of this profile may send to no receiver."""
    if type_ in ALLOWED:
        return ServerOnlyType()
    if profile is CORE:
        return UnknownType()
    return AlreadyJoined() if type_ == "join" else ServerOnlyType()
