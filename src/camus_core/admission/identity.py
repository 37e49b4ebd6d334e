"""A client's identity, as asserted by a join token or by the embedding application."""

from typing import get_args

from attrs import converters, field, frozen, validators

from ..records import RoomId, is_storable
from ..wire.messages import Role
from ..wire.names import checked_name


@frozen
class Identity:
    """The identity of a client, asserted by its token or by the application's authentication.

    Attributes:
        id: The same each time the same person connects; 1 to 256 characters.
        name: The client's username, which it then can't choose itself; None if it may.
        role: The role that the client has at least in a room that it enters.
        rooms: The rooms that the client may enter, without their passwords; None for any room,
            with its password.
        may_create: Whether the client may create rooms, those created on demand included; None
            if nothing says so, in which case it may.

    Raises:
        ValueError: the id is too long, empty or can't be stored, or the name or role is
            invalid.
    """

    id: str = field(
        validator=validators.and_(validators.min_len(1), validators.max_len(256), is_storable)
    )
    name: str | None = field(default=None, converter=converters.optional(checked_name))
    role: Role = field(default="guest", validator=validators.in_(get_args(Role)))
    rooms: frozenset[RoomId] | None = None
    may_create: bool | None = None

    def may_enter(self, room_id: RoomId) -> bool:
        """Tell whether `rooms` allows this room."""
        return self.rooms is None or room_id in self.rooms
