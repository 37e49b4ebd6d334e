"""The acts that a driver carries out for the player, and their results."""

from collections.abc import Mapping

from attrs import frozen

from .scenario import (
    Closes,
    Connects,
    Crashes,
    Drops,
    Knocks,
    LosesAnswer,
    SetsClock,
    Starts,
    Stops,
    Waits,
)


@frozen
class Write:
    """Send one message, in one WebSocket frame for each part.

    The bytes may not be UTF-8. Nothing happens if the connection has ended.
    """

    who: str
    parts: tuple[bytes, ...]
    binary: bool = False


@frozen
class Speak:
    """Have the operator say a message in a room; the bytes are the frame of a client that says
    the same.
    """

    room: str
    frame: bytes


@frozen
class Pause:
    """Suspend the servers for some seconds, and send messages that wait until they go on.

    A server process is suspended with SIGSTOP and SIGCONT.
    """

    seconds: float
    meanwhile: tuple[Write, ...]


@frozen
class Read:
    """Return the next thing received, or nothing if none arrives within these seconds."""

    who: str
    within: float


@frozen
class Fence:
    """Return everything that `who` has received and the player has not read.

    Before that, make sure that the server has handled all messages written so far, and that all
    its messages to `who` have arrived. Over a WebSocket, ping frames show this.
    """

    who: str


Act = (
    Connects
    | Write
    | Read
    | Fence
    | Drops
    | Closes
    | Waits
    | Pause
    | Speak
    | SetsClock
    | LosesAnswer
    | Starts
    | Stops
    | Crashes
    | Knocks
)
"""The acts. `Read`, `Fence` and `Knocks` return what was received, the others nothing."""


@frozen
class Closed:
    """The end of a connection, with its close code; 1006 if there was no close frame."""

    code: int


@frozen
class Response:
    """The HTTP response to a handshake, with header names in lower case."""

    status: int
    headers: Mapping[str, str]


Heard = bytes | Closed | Response
"""A thing received. Bytes are a text frame."""
