"""What can happen to the core: one of these goes into the router at a time."""

from collections.abc import Sequence
from typing import NewType

from attrs import define, field, frozen

from .admission.identity import Identity
from .clocks import Timestamp as Timestamp
from .questions import Answer, Question
from .records import ClientId, NetworkAddress, RoomId, RoomRecord, SessionSecret
from .wire.errors import ProtocolError
from .wire.messages import Message, Order
from .wire.profile import CORE, ProtocolProfile

ConnectionId = NewType("ConnectionId", int)
"""The driver's name for one connection; never used twice."""


@frozen
class Connected:
    """A client has opened `/room/<room_id>/ws`, or `/ws` without a room.

    `client_id` and `token`, the secret of its session should it get one, are fresh. `address`
    is what counts as one address on the network, None for a client that has none. `identity`
    is what somebody who looked at the handshake says: None for a guest, or a refusal.
    """

    connection: ConnectionId
    client_id: ClientId
    room_id: RoomId | None
    profile: ProtocolProfile = CORE
    session_secret: SessionSecret = field(default=SessionSecret(""), repr=False)
    address: NetworkAddress | None = None
    identity: Identity | ProtocolError | None = None


@define
class Received:
    """A frame of `size` bytes has come, as the codec read it.

    Made for every frame, so not frozen; treat it as a value.
    """

    connection: ConnectionId
    message: Message | ProtocolError
    size: int = 0


@frozen
class KeptAlive:
    """A sign of life has come from a connection that is no message."""

    connection: ConnectionId


About = Connected | Received
"""An event that may raise a question."""


@frozen
class Answered:
    """The answer to `Ask(connection, about, question)`."""

    connection: ConnectionId
    about: About
    question: Question
    answer: Answer


@frozen
class Ordered:
    """Whoever runs the server wants this of a room; answered `Obeyed`."""

    room_id: RoomId
    order: Order


@frozen
class Overflowed:
    """A connection's outbox is full: its reader has stalled."""

    connection: ConnectionId


@frozen
class Disconnected:
    """A connection has ended, whoever ended it; `code` is the client's close code, if any."""

    connection: ConnectionId
    code: int | None = None


@frozen
class RoomsLoaded:
    """The driver has started, and these rooms were stored before."""

    rooms: Sequence[RoomRecord]


@frozen
class RecordsLost:
    """The store may have lost what this run has written of its clients."""


@frozen
class Ticked:
    """The time that `next_deadline` named has come.

    `due` is when this was to be fed, if that was earlier: a driver that wakes oftener than it
    has to can tell more exactly for how long it stood still.
    """

    due: Timestamp | None = None


@frozen
class ClockSet:
    """UNIX time is ahead of the clock of deadlines by so many seconds from now on.

    Without it they are one clock.
    """

    ahead: float


@frozen
class LeaseRenewed:
    """The store has noted that this run lives, just now; `time` is that of the store's clock.

    Without it the store's clock and that of deadlines are one.
    """

    time: float


@frozen
class StopRequested:
    """The driver is about to end: the last event but those of connections that end."""


Event = (
    Connected
    | Received
    | KeptAlive
    | Answered
    | Ordered
    | Overflowed
    | Disconnected
    | RoomsLoaded
    | RecordsLost
    | Ticked
    | ClockSet
    | LeaseRenewed
    | StopRequested
)
