"""Every message of the wire, one class each: what the description names, and `error`.

On the wire a message is one JSON object {"sender", "receiver", "type", "data"}. A payload
that the server only passes on stays `Json`: checked text, relayed to the byte. A payload
that the server reads or writes is a class of its own, below its message.

The classes are made for every frame, so they are not frozen (a frozen one costs 2.6 times as
much to make); treat them as values.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Literal, NewType, TypeVar

from attrs import define, frozen

Json = NewType("Json", bytes)
"""UTF-8 text of one JSON value that the codec has checked."""

NULL = Json(b"null")


def milliseconds(now: float) -> Json:
    """Return a time, in UNIX seconds, as the wire has it: whole milliseconds."""
    return Json(b"%d" % (now * 1000))


GROUND_CONTROL = "ground control"
"""The address of the server."""

ROOM = "room"
"""The address of everyone in the sender's room, the sender included."""


class Message:
    """What all messages have in common."""

    __slots__ = ()

    type: str
    receiver: str
    sender: str


class Relayable(Message):
    """A message that one client sends to another, or to its room."""

    __slots__ = ()

    def said_by(self, sender: str, username: Json, now: float) -> "Relayable":
        """Return the message as its receivers hear it, with what the server knows better.

        `sender` is the sender's id, `username` its name as JSON, `now` UNIX seconds.
        """
        raise NotImplementedError


@define
class Opaque(Relayable):
    """A message whose payload goes from client to client as it came.

    `body` is the type that the payload has to have: the codec checks it, and throws the
    checked value away.
    """

    body: ClassVar[Any]

    receiver: str
    data: Json = NULL
    sender: str = ""

    def said_by(self, sender: str, username: Json, now: float) -> Relayable:
        return type(self)(self.receiver, self.data, sender)


@define
class Request(Message):
    """A message without a payload."""

    receiver: str = GROUND_CONTROL
    sender: str = ""


Body = TypeVar("Body")


@define
class Described(Message, Generic[Body]):
    """A message whose payload the server itself reads or writes, of the type `body`."""

    body: ClassVar[Any]

    receiver: str
    data: Body
    sender: str = ""


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
        return Bye(self.receiver, milliseconds(now) if self.data == NULL else self.data, sender)


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
        return Extension(self.type, self.receiver, self.data, sender)


@frozen
class TextBody:
    """What a chat message has to have. `from` may hold anything: the server writes it."""

    text: str
    time: int | float | None = None


@define
class Text(Relayable):
    """A chat message. `data` maps each member of the payload to its JSON text."""

    type = "text"

    receiver: str
    data: Mapping[str, Json]
    sender: str = ""

    def said_by(self, sender: str, username: Json, now: float) -> Relayable:
        time = self.data.get("time", NULL)
        known = {"from": username, "time": milliseconds(now) if time == NULL else time}
        return Text(self.receiver, {**known, **self.data, **known}, sender)


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
    """Why a frame or a connection was refused; `retry_after` is in seconds."""

    code: str
    message: str
    retry_after: int | float | None = None


@define
class Error(Described[ErrorBody]):
    """Tells a client what it can't do. `code` is for programs, `message` for people."""

    type = "error"
    body = ErrorBody


MESSAGES: Mapping[str, type[Message]] = {
    message.type: message
    for message in (
        Ping, Pong, Text, GetRoomInfo, RoomInfo, Profile, GetIceServers, IceServers,
        Offer, Answer, IceCandidate, Greeting, Bye, Error,
    )
}  # fmt: skip
"""Each type of the wire and its class; a type that starts with `x-` is an `Extension`."""
