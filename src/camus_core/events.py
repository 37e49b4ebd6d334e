"""What can happen to the core: one of these goes into the router at a time."""

from collections.abc import Sequence
from typing import NewType

from attrs import define, frozen

from .errors import ProtocolError
from .messages import Message
from .records import ClientId, RoomId, RoomRecord

Timestamp = NewType("Timestamp", float)
"""UNIX seconds on a clock that never jumps."""

ConnectionId = NewType("ConnectionId", int)
"""The driver's name for one connection; never used twice."""


@frozen
class Connected:
    """A core-profile client has opened `/room/<room_id>/ws`; `client_id` is fresh."""

    connection: ConnectionId
    client_id: ClientId
    room_id: RoomId


@define
class Received:
    """A frame has come, as the codec read it.

    Made for every frame, so not frozen; treat it as a value.
    """

    connection: ConnectionId
    message: Message | ProtocolError


@frozen
class Heard:
    """A sign of life has come from a connection that is no message."""

    connection: ConnectionId


@frozen
class Failed:
    """The answer to a question that could not be answered, and why (for the log)."""

    reason: str


Answer = RoomRecord | Failed | None
About = Connected
"""An event that may raise a question."""


@frozen
class Answered:
    """The answer to `Ask(connection, about, ...)`."""

    connection: ConnectionId
    about: About
    answer: Answer


@frozen
class Overflowed:
    """A connection's outbox is full: its reader has stalled."""

    connection: ConnectionId


@frozen
class Disconnected:
    """A connection has ended, whoever ended it."""

    connection: ConnectionId


@frozen
class Recalled:
    """The driver has started, and these rooms were stored before."""

    rooms: Sequence[RoomRecord]


@frozen
class Ticked:
    """The time that `next_deadline` named has come."""


@frozen
class Stopped:
    """The driver is about to end."""


Event = (
    Connected
    | Received
    | Heard
    | Answered
    | Overflowed
    | Disconnected
    | Recalled
    | Ticked
    | Stopped
)
