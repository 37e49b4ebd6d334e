"""A `join` that is being decided: its room, and the username that it asks for."""

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
    """A `join` that is being decided.

    Attributes:
        event: The event that brought the `join`; questions about it refer to this event.
        id: The message's `id`, which the reply repeats.
        username: The username that the client gets as a newcomer.
    """

    connection: ClientConnection
    event: Received
    id: str | None
    body: JoinBody
    username: str


def room_id_of(connection: ClientConnection, join: JoinBody) -> RoomId:
    """Return the room that the URL or the message names (rules SESS-8 and SESS-63).

    Raises:
        MalformedMessage: neither names a room, or they name different ones.
        RoomNotFound: the name is no slug.
    """
    in_url, in_message = connection.handshake.room_id, join.room_id
    if in_message is None and in_url is None:
        raise MalformedMessage("required field missing @ $.data.room_id")
    if in_message is not None and in_url is not None and in_message != in_url:
        raise MalformedMessage("$.data.room_id is not the room that the URL names")
    room_id = in_message or in_url or ""
    if not SLUG.fullmatch(room_id):
        raise RoomNotFound
    return RoomId(room_id)


def username_of(connection: ClientConnection, join: JoinBody) -> str:
    """Return the username asserted by the client's identity, or else the requested one.

    Raises:
        InvalidUsername: the requested one is invalid; see `checked_name`.
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
    """Return the request that a `join` makes.

    An invalid username becomes the default here: `username_of` refuses that of a newcomer, and
    a client that resumes keeps the name that it has.
    """
    username = DEFAULT_USERNAME
    with suppress(InvalidUsername):
        username = username_of(connection, join)
    return JoinRequest(connection, event, id, join, username)
