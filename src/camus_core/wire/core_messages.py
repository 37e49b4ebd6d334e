"""The messages of the core profile."""

from typing import Any, Literal

from attrs import define, frozen

from .json_text import join_members
from .message import (
    NULL,
    Bare,
    Described,
    Done,
    Json,
    Opaque,
    Relayable,
    TextData,
    milliseconds,
)
from .relayed_text import RelayedText
from .states import (
    ANYONES_MESSAGE,
    GOODBYE,
    MEMBERS_REQUEST,
    PEER_MESSAGE,
    ROOM_MESSAGE,
    SERVER_ONLY,
    SIGN_OF_LIFE,
)

__all__ = [
    "Answer",
    "AnswerBody",
    "Bye",
    "ClientInfo",
    "Error",
    "ErrorBody",
    "Extension",
    "GetIceServers",
    "GetRoomInfo",
    "Greeting",
    "IceCandidate",
    "IceCandidateBody",
    "IceServer",
    "IceServers",
    "Offer",
    "OfferBody",
    "Ping",
    "Pong",
    "Profile",
    "ProfileBody",
    "RoomInfo",
    "RoomInfoBody",
    "Text",
    "TextBody",
]


@define
class Ping(Opaque):
    """A request for a `pong` with the same data, which usually is a time."""

    type = "ping"
    legality = SIGN_OF_LIFE
    body = Any


@define
class Pong(Opaque):
    """The reply to a `ping`, with its data."""

    type = "pong"
    legality = SIGN_OF_LIFE
    body = Any


@define
class Greeting(Opaque):
    """A friendly greeting. The one from the server tells a client its id, as `receiver`."""

    type = "greeting"
    legality = ANYONES_MESSAGE
    body = str


@define
class Bye(Opaque):
    """The announcement that the sender is leaving. The data is a UNIX time in milliseconds."""

    type = "bye"
    legality = GOODBYE
    body = int | float | None

    def said_by(self, sender: str, username: Json, now: float) -> Relayable:
        if self.data == NULL:
            self.data = milliseconds(now)
        return super().said_by(sender, username, now)


@frozen
class OfferBody:
    """An RTCSessionDescriptionInit (W3C WebRTC 1.0, section 4.6.1) of type `offer`."""

    type: Literal["offer"]
    sdp: str


@define
class Offer(Opaque):
    """The offer of an RTCPeerConnection, to which an `answer` is expected."""

    type = "offer"
    legality = PEER_MESSAGE
    body = OfferBody


@frozen
class AnswerBody:
    """An RTCSessionDescriptionInit (W3C WebRTC 1.0, section 4.6.1) of type `answer`."""

    type: Literal["answer"]
    sdp: str


@define
class Answer(Opaque):
    """The answer to an `offer`."""

    type = "answer"
    legality = PEER_MESSAGE
    body = AnswerBody


@frozen
class IceCandidateBody:
    """An RTCIceCandidateInit (W3C WebRTC 1.0, section 4.8.1).

    An empty `candidate` ends a generation of candidates.
    """

    candidate: str
    sdpMid: str | None = None
    sdpMLineIndex: int | None = None


@define
class IceCandidate(Opaque):
    """An ICE candidate, or with null data the end of the candidates."""

    type = "icecandidate"
    legality = PEER_MESSAGE
    body = IceCandidateBody | None


@define
class Extension(Relayable):
    """An application's own message: its type starts with `x-`, its data is any JSON value."""

    legality = ROOM_MESSAGE

    type: str
    receiver: str
    data: Json = NULL
    sender: str = ""


@frozen
class TextBody:
    """The text of a chat message, and optionally its time. The server adds `from`."""

    text: str
    time: int | float | None = None


@define
class Text(Relayable):
    """A chat message."""

    type = "text"
    legality = ROOM_MESSAGE

    receiver: str
    data: TextData
    sender: str = ""

    def said_by(self, sender: str, username: Json, now: float) -> Relayable:
        time = self.data.get("time", NULL)
        known = {"from": username, "time": milliseconds(now) if time == NULL else time}
        data = join_members({**known, **self.data, **known})
        return RelayedText(self.receiver, data, sender, id=self.id)


@frozen
class ClientInfo:
    """The id and username of a client."""

    id: str
    username: str


@frozen
class RoomInfoBody:
    """A room's id and its members, in order of joining."""

    room_id: str
    clients: tuple[ClientInfo, ...]


@define
class RoomInfo(Described[RoomInfoBody]):
    """The roster of the room: the reply to `get-room-info`, also sent after changes."""

    type = "room-info"
    legality = SERVER_ONLY
    body = RoomInfoBody


@define
class GetRoomInfo(Bare):
    """A request for `room-info`."""

    type = "get-room-info"
    legality = MEMBERS_REQUEST
    reply = RoomInfo
    has_roster = True


@frozen
class ProfileBody:
    """The username that the client asks for."""

    username: str


@define
class Profile(Described[ProfileBody]):
    """A change of the sender's username."""

    type = "profile"
    legality = MEMBERS_REQUEST
    reply = Done
    is_announced = True
    body = ProfileBody


@frozen
class IceServer:
    """An RTCIceServer (W3C WebRTC 1.0, section 4.2.4) with its kind, STUN or TURN."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None
    kind: Literal["stun", "turn"] = "stun"


@define
class IceServers(Described[tuple[IceServer, ...]]):
    """The STUN and TURN servers that the client may use: the reply to `get-ice-servers`."""

    type = "ice-servers"
    legality = SERVER_ONLY
    body = tuple[IceServer, ...]


@define
class GetIceServers(Bare):
    """A request for `ice-servers`."""

    type = "get-ice-servers"
    legality = MEMBERS_REQUEST
    reply = IceServers


@frozen
class ErrorBody:
    """The reason of a refusal, as a code for programs and a text for people.

    `retry_after` is in seconds. `receiver` and `reason` belong to the code `undeliverable`: a
    client of the core profile receives it instead of the message of that name.
    """

    code: str
    message: str
    retry_after: int | float | None = None
    receiver: str | None = None
    reason: str | None = None


@define
class Error(Described[ErrorBody]):
    """The refusal of a frame or of a connection."""

    type = "error"
    legality = SERVER_ONLY
    body = ErrorBody
