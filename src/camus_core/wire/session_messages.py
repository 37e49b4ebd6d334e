"""The messages that the session profile (`camus.2`) adds."""

from types import NoneType
from typing import Literal

from attrs import define, field, frozen

from .core_messages import Bye, ClientInfo, IceServer, Ping, Pong
from .message import Described, Request, is_count, is_guest_limit


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


UNCOUNTED = frozenset({Ping, Pong, Ack})
"""Messages that are neither counted nor kept (rule SESS-24): each is of its moment."""


UNREPORTED = frozenset({Bye, Ping, Pong})
"""Messages whose sender doesn't hear that they were not delivered (rule SESS-34)."""
