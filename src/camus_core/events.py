"""Events: everything that the driver can tell the router, one at a time."""

from collections.abc import Sequence
from typing import NewType

from attrs import define, field, frozen

from .admission.identity import Identity
from .clocks import Timestamp as Timestamp
from .questions import Answer
from .records import ClientId, NetworkAddress, RoomId, RoomRecord, SessionSecret
from .wire.errors import Refusal
from .wire.messages import UNCOUNTED, Message
from .wire.profile import CORE, ProtocolProfile

ConnectionId = NewType("ConnectionId", int)
"""The driver's number for one connection; never used twice."""


@frozen
class Connected:
    """A client has opened `/room/<room_id>/ws`, or `/ws` without a room.

    Attributes:
        connection: The new connection.
        client_id: A fresh id for the client, which it keeps unless it gets an older place back.
        room_id: The room in the path, or None for `/ws`.
        profile: The protocol profile that the handshake has agreed on.
        session_secret: A fresh secret for the client's session, should it get one.
        address: The client's network address, or None if it has none (a UNIX socket, or a
            client in this process). Limits by address don't count such a client.
        identity: The identity that the embedding application found in the handshake, its
            refusal, or None for a guest.
    """

    connection: ConnectionId
    client_id: ClientId
    room_id: RoomId | None
    profile: ProtocolProfile = CORE
    session_secret: SessionSecret = field(default=SessionSecret(""), repr=False)
    address: NetworkAddress | None = None
    identity: Identity | Refusal | None = None


@define
class Received:
    """A frame has arrived, and the codec has read it.

    This is made for every frame, so it isn't frozen; treat it as a value.

    Attributes:
        connection: The connection that it has arrived on.
        message: The message, or the refusal of a frame that is none.
        size: The size of the frame in bytes.
    """

    connection: ConnectionId
    message: Message | Refusal
    size: int = 0

    @property
    def is_counted(self) -> bool:
        """False for a `ping`, `pong` or `ack`, refused or not (rule SESS-130)."""
        if isinstance(self.message, Refusal):
            return self.message.is_counted
        return type(self.message) not in UNCOUNTED


@frozen
class KeptAlive:
    """A sign of life other than a message, such as a WebSocket pong, has arrived."""

    connection: ConnectionId


@frozen
class Answered:
    """The answer to the open question of a connection, which may have ended meanwhile."""

    connection: ConnectionId
    answer: Answer


@frozen
class Overflowed:
    """Too much waits to be sent on a connection: its client reads too slowly."""

    connection: ConnectionId


@frozen
class Disconnected:
    """A connection has ended, by either end; `code` is the client's close code, if any."""

    connection: ConnectionId
    code: int | None = None


@frozen
class RoomsLoaded:
    """The driver has started, and has loaded these rooms from the store."""

    rooms: Sequence[RoomRecord]


@frozen
class RecordsLost:
    """The store may have lost the client records that this node has written."""


@frozen
class Ticked:
    """The time that `Router.next_deadline` has returned has come.

    `due` is the time for which the driver had set its timer, or None for that of
    `next_deadline`. A driver that wakes more often than it has to measures with it more exactly
    how long the process stood still.
    """

    due: Timestamp | None = None


@frozen
class ClockSet:
    """The wall clock was set: UNIX time is now `ahead` seconds ahead of the deadline clock.

    Until the first of these events both clocks show the same.
    """

    ahead: float


@frozen
class LeaseRenewed:
    """The store has just renewed this node's lease; `time` is that of the store's clock.

    Until the first of these events the store's clock and the deadline clock show the same.
    """

    time: float


@frozen
class StopRequested:
    """The server is about to stop; only `Disconnected` events may follow."""


Event = (
    Connected
    | Received
    | KeptAlive
    | Answered
    | Overflowed
    | Disconnected
    | RoomsLoaded
    | RecordsLost
    | Ticked
    | ClockSet
    | LeaseRenewed
    | StopRequested
)
