"""What the core asks its driver to do: an ordered list of these comes out of the router."""

from collections.abc import Sequence

from attrs import define, frozen

from .events import About, ConnectionId, Ordered
from .questions import Question
from .records import ClientId, ClientRecord, RoomId, RoomRecord
from .wire.errors import CloseCode, ProtocolError
from .wire.messages import Message


@define
class Send:
    """Write one message to each of these connections; encode it once.

    Made for every relayed frame, so not frozen (a frozen one costs 2.6 times as much to
    make); treat it as a value.
    """

    to: Sequence[ConnectionId]
    message: Message


@frozen
class Close:
    """End a connection with this WebSocket close code (RFC 6455, section 7.4).

    What was sent before goes out first. Nothing more is read from the connection.
    """

    connection: ConnectionId
    code: int
    reason: str

    @classmethod
    def of(cls, connection: ConnectionId, close_code: CloseCode) -> "Close":
        """Return the end of a connection for the reason that one of our close codes names."""
        return cls(connection, close_code.code, close_code.meaning)


@frozen
class Ask:
    """Find the answer and feed `Answered(connection, about, question, answer)`.

    Until then the driver holds back what it reads from that connection.
    """

    connection: ConnectionId
    about: About
    question: Question


@frozen
class AnswerOrder:
    """An order was carried out, or why it can't be."""

    ordered: Ordered
    refusal: ProtocolError | None = None


@frozen
class SaveRoom:
    """Write the lock and the bans of a room to the store.

    One that was forgotten stays so, and another one that has its id now stays as it is.
    """

    room: RoomRecord


@frozen
class ForgetRoom:
    """Remove this incarnation of a room, and the clients in it, from the store.

    With `if_unused` nothing is removed while the store knows clients in it: another server
    may share the store, and have them.
    """

    room_id: RoomId
    incarnation: str
    if_unused: bool = False


@frozen
class SaveClient:
    """Write a client to the store: new, or changed.

    A record that another run wrote stays as it is, unless this one `takes_over`.
    """

    client: ClientRecord
    takes_over: bool = False


@frozen
class ForgetClient:
    """Remove a client that has left from the store.

    With `run` its record stays where another run has written it since.
    """

    client_id: ClientId
    node: str | None = None


Change = SaveRoom | ForgetRoom | SaveClient | ForgetClient
"""What may be written behind: later, in groups, in order."""

Effect = Send | Close | Ask | AnswerOrder | Change
