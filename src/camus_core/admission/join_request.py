"""What a `join` says: into which room, and under which name."""

from contextlib import suppress

from attrs import frozen

from ..client_connection import ClientConnection
from ..events import Received
from ..records import SLUG, RoomId
from ..wire.errors import (
    InvalidUsername,
    MalformedMessage,
    RoomNotFound,
)
from ..wire.messages import JoinBody
from ..wire.names import DEFAULT_USERNAME, checked_name


@frozen(eq=False)
class JoinRequest:
    """A `join` on its way: who says it, the event that brought it, and what it says."""

    connection: ClientConnection
    event: Received
    id: str | None
    body: JoinBody
    username: str


def room_id_of(connection: ClientConnection, join: JoinBody) -> RoomId:
    """Return which room is meant: that of the address, or of the message."""
    at, said = connection.handshake.room_id, join.room_id
    if said is None and at is None:
        raise MalformedMessage("required field missing @ $.data.room_id")
    if said is not None and at is not None and said != at:
        raise MalformedMessage("$.data.room_id is another room than that of the address")
    room_id = said or at or ""
    if not SLUG.fullmatch(room_id):
        raise RoomNotFound
    return RoomId(room_id)


def username_of(connection: ClientConnection, join: JoinBody) -> str:
    """Return the name that a client's identity gives it, or else the one that it says.

    Raises:
        InvalidUsername: see `checked_name`.
    """
    if connection.asserted_username is not None:
        return connection.asserted_username
    if join.username is None:
        return DEFAULT_USERNAME
    try:
        return checked_name(join.username)
    except ValueError:
        raise InvalidUsername from None


def join_request_of(
    connection: ClientConnection, event: Received, id: str | None, join: JoinBody
) -> JoinRequest:
    """Return a `join` with the username that it asks for.

    A bad name of a newcomer is refused before; a member that comes back keeps the name it has.
    """
    username = DEFAULT_USERNAME
    with suppress(InvalidUsername):
        username = username_of(connection, join)
    return JoinRequest(connection, event, id, join, username)
