"""The messages of the core profile."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import define, frozen

from .message import (
    NULL,
    Described,
    Json,
    Opaque,
    Relayable,
    Request,
    milliseconds,
)


@define
class Ping(Opaque):
    """Asks for a `pong` with the same data; the data is usually a time."""

    type = "ping"
    body = Any


@define
class Pong(Opaque):
    """Answers a `ping`."""

    type = "pong"
    body = Any


@define
class Greeting(Opaque):
    """A friendly greeting. The server's tells a client its id, as the receiver."""

    type = "greeting"
    body = str


@define
class Bye(Opaque):
    """Says that a connection is about to end; the data is a time in milliseconds."""

    type = "bye"
    body = int | float | None

    def said_by(self, sender: str, username: Json, now: float) -> Relayable:
        data = milliseconds(now) if self.data == NULL else self.data
        return Bye(self.receiver, data, sender, id=self.id)


@frozen
class OfferBody:
    """RTCSessionDescriptionInit (W3C WebRTC 1.0, section 4.6.1) of an offer."""

    type: Literal["offer"]
    sdp: str


@define
class Offer(Opaque):
    """Offers an RTCPeerConnection; an `answer` is expected."""

    type = "offer"
    body = OfferBody


@frozen
class AnswerBody:
    """RTCSessionDescriptionInit (W3C WebRTC 1.0, section 4.6.1) of an answer."""

    type: Literal["answer"]
    sdp: str


@define
class Answer(Opaque):
    """Answers an `offer`."""

    type = "answer"
    body = AnswerBody


@frozen
class IceCandidateBody:
    """RTCIceCandidateInit (W3C WebRTC 1.0, section 4.8.1); an empty candidate is the last."""

    candidate: str
    sdpMid: str | None = None
    sdpMLineIndex: int | None = None


@define
class IceCandidate(Opaque):
    """One ICE candidate; null data says that there are no more."""

    type = "icecandidate"
    body = IceCandidateBody | None


@define
class Extension(Relayable):
    """An application's own message: its type starts with `x-`, its data is any JSON."""

    type: str
    receiver: str
    data: Json = NULL
    sender: str = ""

    def said_by(self, sender: str, username: Json, now: float) -> Relayable:
        return Extension(self.type, self.receiver, self.data, sender, id=self.id)


@frozen
class TextBody:
    """What a chat message has to have. `from` may hold anything: the server writes it."""

    text: str
    time: int | float | None = None


@define
class Text(Relayable):
    """A chat message."""

    type = "text"

    receiver: str
    data: Mapping[str, Json]
    """Each member of the payload, as JSON text."""
    sender: str = ""

    def said_by(self, sender: str, username: Json, now: float) -> Relayable:
        time = self.data.get("time", NULL)
        known = {"from": username, "time": milliseconds(now) if time == NULL else time}
        return Text(self.receiver, {**known, **self.data, **known}, sender, id=self.id)


@define
class GetRoomInfo(Request):
    """Asks for `room-info`."""

    type = "get-room-info"


@frozen
class ClientInfo:
    """One member of a room."""

    id: str
    username: str


@frozen
class RoomInfoBody:
    """A room and its members, in order of joining."""

    room_id: str
    clients: tuple[ClientInfo, ...]


@define
class RoomInfo(Described[RoomInfoBody]):
    """Who is in the room: the answer to `get-room-info`, and pushed after changes."""

    type = "room-info"
    body = RoomInfoBody


@frozen
class ProfileBody:
    """What a client says of itself."""

    username: str


@define
class Profile(Described[ProfileBody]):
    """Changes what the room knows of the client that says it."""

    type = "profile"
    body = ProfileBody


@define
class GetIceServers(Request):
    """Asks for `ice-servers`."""

    type = "get-ice-servers"


@frozen
class IceServer:
    """RTCIceServer (W3C WebRTC 1.0, section 4.2.4), and of which kind it is."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None
    kind: Literal["stun", "turn"] = "stun"


@define
class IceServers(Described[tuple[IceServer, ...]]):
    """The STUN and TURN servers that the client may use."""

    type = "ice-servers"
    body = tuple[IceServer, ...]


@frozen
class ErrorBody:
    """Why a frame or a connection was refused; `retry_after` is in seconds.

    `receiver` and `reason` belong to the code `undeliverable`, which a client of the core
    profile hears instead of the message of that name.
    """

    code: str
    message: str
    retry_after: int | float | None = None
    receiver: str | None = None
    reason: str | None = None


@define
class Error(Described[ErrorBody]):
    """Tells a client what it can't do. `code` is for programs, `message` for people."""

    type = "error"
    body = ErrorBody
