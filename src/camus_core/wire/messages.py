"""Every message of the wire, one class each: the core profile's, then the session profile's.

On the wire a message is one JSON object {"sender", "receiver", "type", "data"}; the session
profile adds "id" and "reply_to". A payload that the server only passes on stays `Json`:
checked text, relayed to the byte. A payload that the server reads or writes is a class of its
own, below its message.

The classes are made for every frame, so they are not frozen (a frozen one costs 2.6 times as
much to make); treat them as values.
"""

from collections.abc import Mapping
from types import NoneType
from typing import Any, ClassVar, Generic, Literal, NewType, TypeVar

from attrs import Attribute, define, field, frozen

Json = NewType("Json", bytes)
"""UTF-8 text of one JSON value that the codec has checked."""

NULL = Json(b"null")


def milliseconds(now: float) -> Json:
    """Return a time, in UNIX seconds, as the wire has it: whole milliseconds."""
    return Json(b"%d" % (now * 1000))


def is_count(_: object, attribute: "Attribute[Any]", value: int | None) -> None:
    """Refuse a negative number."""
    if value is not None and value < 0:
        raise ValueError(f"{attribute.name} is negative")


MOST_GUESTS = 2**31 - 1
"""What an integer of Postgres holds."""


def is_guest_limit(_: object, attribute: "Attribute[Any]", value: int | None) -> None:
    """Refuse a number that is no limit of members."""
    if value is not None and not 1 <= value <= MOST_GUESTS:
        raise ValueError(f"{attribute.name} is not from 1 to {MOST_GUESTS}")


GROUND_CONTROL = "ground control"
"""The address of the server."""

ROOM = "room"
"""The address of everyone in the sender's room, the sender included."""


@define
class _Ids:
    """What a client of the session profile calls its message, and which one this answers."""

    id: str | None = field(default=None, kw_only=True)
    reply_to: str | None = field(default=None, kw_only=True)


class Message(_Ids):
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
        return type(self)(self.receiver, self.data, sender, id=self.id)


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


# The session profile --------------------------------------------------------------------


@frozen
class ResumeBody:
    """A session that shall go on; `received` is how many counted frames have come.

    Without `received` the client has lost its state, and keeps only its place.
    """

    session: str = field(repr=False)
    received: int | None = field(default=None, validator=is_count)


@frozen
class JoinBody:
    """Which room, as whom, and by what right."""

    room_id: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    owner_token: str | None = field(default=None, repr=False)
    resume: ResumeBody | None = None


@define
class Join(Described[JoinBody]):
    """Asks for a place in a room, new or kept."""

    type = "join"
    body = JoinBody


Role = Literal["owner", "moderator", "guest"]
"""Each may do what those after it may; the first two decide about others (rule CTRL-1)."""

Lost = Literal["unknown", "overflow", "restarted", "rejoined"]
"""Why a session could not simply go on (rule SESS-38)."""


@frozen
class SessionClient:
    """One member of a room, as clients of the session profile see it."""

    id: str
    username: str
    role: Role


@frozen
class Allowance:
    """What a client may do, and how long its place is held: those limits it has to know."""

    frame_bytes: int
    messages_per_second: int | float
    message_burst: int | float
    unconfirmed_frames: int
    unconfirmed_bytes: int
    place_seconds: int | float
    silent_for: int | float


@frozen
class JoinedBody:
    """A place in a room. `session` is the secret that resumes it.

    `received` counts the client's frames that were handled, where that is known; `reason` says
    why the session was not resumed, where one was asked for; `clients` are there unless it was,
    and for owners and moderators those who are `waiting` at the locked door.
    """

    id: str
    room_id: str
    role: Role
    session: str = field(repr=False)
    resumed: bool
    ice_servers: tuple[IceServer, ...]
    limits: Allowance
    capabilities: tuple[str, ...]
    locked: bool
    received: int | None = None
    reason: Lost | None = None
    clients: tuple[SessionClient, ...] | None = None
    waiting: tuple[ClientInfo, ...] | None = None


@define
class Joined(Described[JoinedBody]):
    """Answers `join`: the client is in the room."""

    type = "joined"
    body = JoinedBody


@frozen
class CreateRoomBody:
    """A room that shall be made; its id is made from the name.

    Where guests may not make rooms, `token` says who it is that does.
    """

    name: str | None = None
    password: str | None = field(default=None, repr=False)
    public: bool = False
    guest_limit: int | None = field(default=None, validator=is_guest_limit)
    token: str | None = field(default=None, repr=False)


@define
class CreateRoom(Described[CreateRoomBody]):
    """Asks for a new room."""

    type = "create-room"
    body = CreateRoomBody


@frozen
class RoomCreatedBody:
    """The new room; who joins with the token is its owner."""

    room_id: str
    owner_token: str = field(repr=False)


@define
class RoomCreated(Described[RoomCreatedBody]):
    """Answers `create-room`: the room is there to stay."""

    type = "room-created"
    body = RoomCreatedBody


@define
class ListRooms(Request):
    """Asks for `rooms`."""

    type = "list-rooms"


@frozen
class ListedRoom:
    """A public room: how many are in it, how many may be, and whether it has a password."""

    room_id: str
    name: str
    clients: int
    guest_limit: int
    password: bool


@define
class Rooms(Described[tuple[ListedRoom, ...]]):
    """Answers `list-rooms`."""

    type = "rooms"
    body = tuple[ListedRoom, ...]


class Delta:
    """A change of the room, which a fresh roster tells as well."""

    __slots__ = ()


@define
class ClientJoined(Described[SessionClient], Delta):
    """Somebody has come in."""

    type = "client-joined"
    body = SessionClient


LeaveReason = Literal["left", "gone", "rejoined", "kicked", "banned"]
"""Said `bye`; dropped, and its place was not kept or has ended; has lost its state; was sent
out, or for good."""


@frozen
class ClientLeftBody:
    """Who has left, and why."""

    id: str
    reason: LeaveReason


@define
class ClientLeft(Described[ClientLeftBody], Delta):
    """Somebody's place has ended."""

    type = "client-left"
    body = ClientLeftBody


@define
class ClientUpdated(Described[SessionClient], Delta):
    """Somebody has another name or role now."""

    type = "client-updated"
    body = SessionClient


@frozen
class RoomUpdatedBody:
    """What has changed in the room itself."""

    locked: bool


@define
class RoomUpdated(Described[RoomUpdatedBody], Delta):
    """The room is locked now, or open again."""

    type = "room-updated"
    body = RoomUpdatedBody


@define
class Done(Described[None]):
    """Answers a request that has no answer of its own."""

    type = "done"
    body = NoneType


@frozen
class AckBody:
    """How many counted frames have come."""

    received: int = field(validator=is_count)


@define
class Ack(Described[AckBody]):
    """Confirms frames; goes both ways (rule SESS-25)."""

    type = "ack"
    body = AckBody


# Room control ----------------------------------------------------------------------------


@frozen
class WhoBody:
    """Which client is meant."""

    id: str


@define
class Kick(Described[WhoBody]):
    """Sends a member out; it may come again."""

    type = "kick"
    body = WhoBody


@define
class Ban(Described[WhoBody]):
    """Sends a member out for good."""

    type = "ban"
    body = WhoBody


GrantedRole = Literal["moderator", "guest"]
"""What one member can make of another."""


@frozen
class SetRoleBody:
    """Which client is meant, and what it shall be."""

    id: str
    role: GrantedRole


@define
class SetRole(Described[SetRoleBody]):
    """Makes a member a moderator, or a guest again."""

    type = "set-role"
    body = SetRoleBody


@frozen
class LockBody:
    """Whether newcomers have to wait."""

    locked: bool


@define
class Lock(Described[LockBody]):
    """Locks the room, or opens it again."""

    type = "lock"
    body = LockBody


@define
class Admit(Described[WhoBody]):
    """Lets somebody in who waits."""

    type = "admit"
    body = WhoBody


@define
class Deny(Described[WhoBody]):
    """Sends somebody away who waits."""

    type = "deny"
    body = WhoBody


Order = Kick | Ban | SetRole | Lock | Admit | Deny
"""What an owner or a moderator asks for; answered `done`."""


@frozen
class WaitingBody:
    """At which door the client waits."""

    room_id: str


@define
class Waiting(Described[WaitingBody]):
    """Answers `join` at a locked door: `joined` or `error` comes when somebody has decided."""

    type = "waiting"
    body = WaitingBody


@define
class ClientWaiting(Described[ClientInfo], Delta):
    """Tells owners and moderators that somebody waits."""

    type = "client-waiting"
    body = ClientInfo


@define
class ClientWaitingLeft(Described[WhoBody], Delta):
    """Tells owners and moderators that somebody waits no more."""

    type = "client-waiting-left"
    body = WhoBody


# Delivery --------------------------------------------------------------------------------


Reason = Literal["gone", "full", "expired"]


@frozen
class UndeliverableBody:
    """Who may not have received a message, and why."""

    receiver: str
    reason: Reason


@define
class Undeliverable(Described[UndeliverableBody]):
    """Tells a sender that its message was not confirmed; it may have arrived."""

    type = "undeliverable"
    body = UndeliverableBody


@frozen
class GoingAwayBody:
    """After how many seconds to come back."""

    reconnect_in: int | float


@define
class GoingAway(Described[GoingAwayBody]):
    """Says that the server is about to stop, and when its successor expects this client."""

    type = "going-away"
    body = GoingAwayBody


MESSAGES: Mapping[str, type[Message]] = {
    message.type: message
    for message in (
        Ping, Pong, Text, GetRoomInfo, RoomInfo, Profile, GetIceServers, IceServers,
        Offer, Answer, IceCandidate, Greeting, Bye, Error,
        Join, Joined, CreateRoom, RoomCreated, ListRooms, Rooms, ClientJoined, ClientLeft,
        ClientUpdated, RoomUpdated, Done, Ack, Undeliverable, GoingAway,
        Kick, Ban, SetRole, Lock, Admit, Deny, Waiting, ClientWaiting, ClientWaitingLeft,
    )
}  # fmt: skip
"""Each type of the wire and its class; a type that starts with `x-` is an `Extension`."""
