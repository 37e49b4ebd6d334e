"""The messages by which a client finds a room by its name or link."""

from attrs import define, field, frozen

from .core_messages import ClientInfo
from .message import Described, is_typed
from .states import LOBBY_REQUEST, SESSION_SERVER_ONLY

__all__ = ["FindRoom", "FindRoomBody", "RoomFound", "RoomFoundBody"]


@frozen
class FindRoomBody:
    """The text that a person has typed: the name of a room, its id, or a link to it.

    The credentials are those of `join`. They decide what the answer tells of the room.
    """

    name: str = field(validator=is_typed)
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    owner_token: str | None = field(default=None, repr=False)
    invitation: str | None = field(default=None, repr=False)


@frozen
class RoomFoundBody:
    """The id that the text means, whether there is such a room or not.

    `name` is the name of the room, as its maker wrote it, and `clients` its members. Each is
    there only if this client may know it (rules NAME-8 and NAME-9). With the name `encrypted`
    is there, in an encrypted room only.
    """

    room_id: str
    name: str | None = None
    clients: tuple[ClientInfo, ...] | None = None
    encrypted: bool = False


@define
class RoomFound(Described[RoomFoundBody]):
    """The reply to `find-room`."""

    type = "room-found"
    legality = SESSION_SERVER_ONLY
    body = RoomFoundBody


@define
class FindRoom(Described[FindRoomBody]):
    """A request for the id of the room that a person means."""

    type = "find-room"
    legality = LOBBY_REQUEST
    reply = RoomFound
    capability = "find-room"
    body = FindRoomBody
