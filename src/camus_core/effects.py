"""Effects: everything that the router can ask its driver to do, in order."""

from collections.abc import Sequence

from attrs import define, frozen

from .events import ConnectionId
from .questions import Question
from .records import BanRecord, ClientId, ClientRecord, InvitationRecord, RoomId
from .wire.errors import CloseCode, Refusal
from .wire.messages import Message


@define
class Send:
    """Write one message to each of these connections; encode it once.

    This is made for every relayed frame, so it isn't frozen (a frozen one costs 2.6 times as
    much to make); treat it as a value.
    """

    to: Sequence[ConnectionId]
    message: Message


@frozen
class Close:
    """End a connection with this WebSocket close code (RFC 6455, section 7.4).

    Frames that were sent before go out first. Nothing more is read from the connection.
    """

    connection: ConnectionId
    code: int
    reason: str

    @classmethod
    def of(cls, connection: ConnectionId, close_code: CloseCode) -> "Close":
        """Return the effect that closes a connection with one of the protocol's close codes."""
        return cls(connection, close_code.code, close_code.meaning)

    @classmethod
    def refused(cls, connection: ConnectionId, refusal: Refusal) -> "Close":
        """Return the effect that closes a refused connection with the code of its error."""
        return cls(connection, CloseCode.of(refusal.kind).code, refusal.kind.code)


@frozen
class Ask:
    """Find the answer to a question and feed `Answered(connection, answer)`.

    Until then the driver feeds no other frame of that connection. The answer is due even if the
    connection has ended meanwhile.
    """

    connection: ConnectionId
    question: Question


@frozen
class SaveLock:
    """Write to the store whether a room is locked.

    A room that isn't stored, or of which another incarnation is stored, is left alone.
    """

    room_id: RoomId
    incarnation: str
    locked: bool


@frozen
class SaveBan:
    """Write a new or changed ban to the store, if this incarnation of its room is stored."""

    room_id: RoomId
    incarnation: str
    ban: BanRecord


@frozen
class ForgetBan:
    """Remove a ban from the store."""

    room_id: RoomId
    incarnation: str
    ban_id: str


@frozen
class SaveInvitation:
    """Write a new invitation to the store, if this incarnation of its room is stored.

    An invitation with the same id that is stored already is left alone, and so its `used`.
    """

    room_id: RoomId
    incarnation: str
    invitation: InvitationRecord


@frozen
class ForgetInvitation:
    """Remove an invitation from the store."""

    room_id: RoomId
    incarnation: str
    invitation_id: str


@frozen
class ForgetRoom:
    """Remove this incarnation of a room from the store, with its clients, bans and invitations.

    With `if_unused` nothing is removed while the store has clients in it: they may be those of
    another server that shares the store.
    """

    room_id: RoomId
    incarnation: str
    if_unused: bool = False


@frozen
class SaveClient:
    """Write a new or changed client to the store.

    A record that another node wrote is left alone, unless `takes_over` is true.
    """

    client: ClientRecord
    takes_over: bool = False


@frozen
class ForgetClient:
    """Remove a client that has left from the store.

    With `node`, the record is left alone if another node has written it since.
    """

    client_id: ClientId
    node: str | None = None


Change = (
    SaveLock
    | SaveBan
    | ForgetBan
    | SaveInvitation
    | ForgetInvitation
    | ForgetRoom
    | SaveClient
    | ForgetClient
)
"""The effects that a driver may carry out later, in groups, in their order."""

Effect = Send | Close | Ask | Change
