"""What a driver does for the player, and what it answers."""

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
    """Send one message, in as many WebSocket frames as it has parts.

    The text may be no UTF-8. Nothing happens when the connection has ended.
    """

    who: str
    parts: tuple[bytes, ...]
    binary: bool = False


@frozen
class Pause:
    """Have the servers stand still for so long, and send these, which wait until it is over.

    A server process is stopped for that (SIGSTOP, SIGCONT).
    """

    seconds: float
    meanwhile: tuple[Write, ...]


@frozen
class Read:
    """Answer with the next thing heard; with nothing when none comes within these seconds."""

    who: str
    within: float


@frozen
class Fence:
    """Answer with all that has come and was not read.

    First make sure that the server has handled what everybody wrote, and that what it has to
    say to `who` until now has come: over a WebSocket its pings tell, which are no messages.
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
    | SetsClock
    | LosesAnswer
    | Starts
    | Stops
    | Crashes
    | Knocks
)
"""`Read`, `Fence` and `Knocks` are answered with what was heard, the others with nothing."""


@frozen
class Closed:
    """The connection has ended with this close code; 1006 if it just broke."""

    code: int


@frozen
class Response:
    """The HTTP response to a handshake; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]


Heard = bytes | Closed | Response
"""What was heard; bytes are a text frame."""
