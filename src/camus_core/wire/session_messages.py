"""The messages that the session profile (`camus.2`) adds."""

from collections.abc import Mapping
from typing import Literal

from attrs import define, field, frozen

from .core_messages import Bye, ClientInfo, IceServer, Ping, Pong
from .message import Bare, Described, Role, TextData, is_count, is_guest_limit
from .states import JOIN_REQUEST, LOBBY_REQUEST, SESSION_REQUEST, SESSION_SERVER_ONLY

__all__ = [
    "UNCOUNTED",
    "UNREPORTED",
    "Ack",
    "AckBody",
    "Allowance",
    "ClientJoined",
    "ClientLeft",
    "ClientLeftBody",
    "ClientUpdated",
    "CreateRoom",
    "CreateRoomBody",
    "Delta",
    "GoingAway",
    "GoingAwayBody",
    "HistoryText",
    "Join",
    "JoinBody",
    "Joined",
    "JoinedBody",
    "LeaveReason",
    "ListRooms",
    "ListedRoom",
    "Lost",
    "Reason",
    "ResumeBody",
    "Role",
    "RoomCreated",
    "RoomCreatedBody",
    "RoomUpdated",
    "RoomUpdatedBody",
    "Rooms",
    "SessionClient",
    "Undeliverable",
    "UndeliverableBody",
]


@frozen
class ResumeBody:
    """The session to resume, and the number of counted frames that the client has received.

    A client that has lost its state leaves `received` out; it keeps only its place.
    """

    session: str = field(repr=False)
    received: int | None = field(default=None, validator=is_count)


@frozen
class JoinBody:
    """The room to join, the client's username and credentials, and the session to resume.

    `name` is the name for the room if this join makes it (rule NAME-10), and `invitation` the
    secret of an invitation (rule INV-2).
    """

    room_id: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    owner_token: str | None = field(default=None, repr=False)
    guest_token: str | None = field(default=None, repr=False)
    resume: ResumeBody | None = None
    name: str | None = None
    invitation: str | None = field(default=None, repr=False)


Lost = Literal["unknown", "overflow", "restarted", "rejoined"]
"""The reasons why a session can't be resumed with nothing lost (rules SESS-38 to SESS-41)."""


@frozen
class SessionClient:
    """A member of a room, as clients of the session profile see it."""

    id: str
    username: str
    role: Role
    attributes: Mapping[str, str] = field(factory=dict)


@frozen
class Allowance:
    """The limits that a client has to know. Times are in seconds."""

    frame_bytes: int
    messages_per_second: int | float
    message_burst: int | float
    unconfirmed_frames: int
    unconfirmed_bytes: int
    place_seconds: int | float
    silent_for: int | float


@frozen
class HistoryText:
    """A text to the room that was said before the client joined."""

    sender: str
    data: TextData
    id: str | None = None


@frozen
class JoinedBody:
    """The client's place in a room. `session` is the token that resumes it.

    `received` is the number of the client's counted frames that the server has handled, where
    that is known. `reason` is there if the client asked for a session that was not resumed. The
    members of the room, `clients`, and for owners and moderators its `waiting` clients, are
    there unless the session was resumed; so are the room's `attributes` where it has any.
    `name` is the room's name, as its maker wrote it; servers without the capability `find-room`
    leave it out. `history` has the last texts to the room, the oldest first, for a client that
    has none of them, where the server keeps any. `encrypted` is there in an encrypted room
    only. `guest_token` is the secret by which the room knows a guest client again; only a
    newcomer has it.
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
    attributes: Mapping[str, str] = field(factory=dict)
    name: str | None = None
    history: tuple[HistoryText, ...] | None = None
    encrypted: bool = False
    guest_token: str | None = field(default=None, repr=False)


@define
class Joined(Described[JoinedBody]):
    """The reply to `join`: the client is in the room."""

    type = "joined"
    legality = SESSION_SERVER_ONLY
    body = JoinedBody


@define
class Join(Described[JoinBody]):
    """A request for a place in a room: a new one, or the one of a session to resume."""

    type = "join"
    legality = JOIN_REQUEST
    reply = Joined
    body = JoinBody


@frozen
class CreateRoomBody:
    """The room to create. Its id is derived from its name.

    `token` asserts the client's identity, on a server where guests may not create rooms. A room
    that is `locked` is so from the start, and again whenever it has become empty. Guests may
    join from `not_before` on, and the room ends when it `expires`, both in UNIX seconds.
    `encrypted` keeps clients of the core profile out, which know nothing of encryption.
    """

    name: str | None = None
    password: str | None = field(default=None, repr=False)
    public: bool | None = False
    guest_limit: int | None = field(default=None, validator=is_guest_limit)
    token: str | None = field(default=None, repr=False)
    locked: bool | None = None
    not_before: int | float | None = None
    expires: int | float | None = None
    encrypted: bool | None = False


@frozen
class RoomCreatedBody:
    """The new room's id, and the token with which a client joins as its owner."""

    room_id: str
    owner_token: str = field(repr=False)


@define
class RoomCreated(Described[RoomCreatedBody]):
    """The reply to `create-room`: the room is stored durably."""

    type = "room-created"
    legality = SESSION_SERVER_ONLY
    body = RoomCreatedBody


@define
class CreateRoom(Described[CreateRoomBody]):
    """A request to create a room."""

    type = "create-room"
    legality = LOBBY_REQUEST
    reply = RoomCreated
    capability = "create-room"
    body = CreateRoomBody


@frozen
class ListedRoom:
    """A public room. `clients` is the number of its members, `password` true if it has one."""

    room_id: str
    name: str
    clients: int
    guest_limit: int
    password: bool


@define
class Rooms(Described[tuple[ListedRoom, ...]]):
    """The public rooms: the reply to `list-rooms`."""

    type = "rooms"
    legality = SESSION_SERVER_ONLY
    body = tuple[ListedRoom, ...]


@define
class ListRooms(Bare):
    """A request for `rooms`."""

    type = "list-rooms"
    legality = LOBBY_REQUEST
    reply = Rooms
    capability = "list-rooms"
    cost = 10.0


class Delta:
    """A change of the room that a later roster includes."""

    __slots__ = ()


@define
class ClientJoined(Described[SessionClient], Delta):
    """A notice that a member has joined."""

    type = "client-joined"
    legality = SESSION_SERVER_ONLY
    body = SessionClient


LeaveReason = Literal["left", "gone", "rejoined", "kicked", "banned"]
"""The reasons for which a member leaves: it sent `bye`; its connection was lost, and its place
wasn't held any longer; it lost its state and joins again; it was kicked; it was banned.
"""


@frozen
class ClientLeftBody:
    """The id of the member that has left, and the reason."""

    id: str
    reason: LeaveReason


@define
class ClientLeft(Described[ClientLeftBody], Delta):
    """A notice that a member has left."""

    type = "client-left"
    legality = SESSION_SERVER_ONLY
    body = ClientLeftBody


@define
class ClientUpdated(Described[SessionClient], Delta):
    """A notice that a member has another username, role or attributes."""

    type = "client-updated"
    legality = SESSION_SERVER_ONLY
    body = SessionClient


@frozen
class RoomUpdatedBody:
    """The state of the room's lock, and what has changed of the room.

    `password` says whether the room has one, `guest_limit` how many members it may have, and
    `attributes` are all attributes of the room.
    """

    locked: bool
    name: str | None = None
    password: bool | None = None
    guest_limit: int | None = None
    public: bool | None = None
    attributes: Mapping[str, str] | None = None


@define
class RoomUpdated(Described[RoomUpdatedBody], Delta):
    """A notice that the lock, or something else of the room, has changed."""

    type = "room-updated"
    legality = SESSION_SERVER_ONLY
    body = RoomUpdatedBody


@frozen
class AckBody:
    """The number of counted frames received in this epoch."""

    received: int = field(validator=is_count)


@define
class Ack(Described[AckBody]):
    """The confirmation of received frames; both ends send it (rule SESS-25)."""

    type = "ack"
    legality = SESSION_REQUEST
    body = AckBody


Reason = Literal["gone", "full", "expired"]
"""The reasons why a message may not have been delivered (rule SESS-31)."""


@frozen
class UndeliverableBody:
    """The recipient that may not have received a message, and the reason."""

    receiver: str
    reason: Reason


@define
class Undeliverable(Described[UndeliverableBody]):
    """A notice that a recipient did not confirm a message; it may have arrived."""

    type = "undeliverable"
    legality = SESSION_SERVER_ONLY
    body = UndeliverableBody


@frozen
class GoingAwayBody:
    """The number of seconds after which the client should reconnect."""

    reconnect_in: int | float


@define
class GoingAway(Described[GoingAwayBody]):
    """The announcement that the server is about to stop, and when to reconnect."""

    type = "going-away"
    legality = SESSION_SERVER_ONLY
    body = GoingAwayBody


UNCOUNTED = frozenset({Ping, Pong, Ack})
"""The messages that are neither counted nor resent (rule SESS-130): late ones are of no use."""


UNREPORTED = frozenset({Bye, Ping, Pong})
"""The messages for which no `undeliverable` is sent (rule SESS-34)."""
