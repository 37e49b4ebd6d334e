"""Who somebody is, as somebody says who has checked it."""

from typing import get_args

from attrs import converters, field, frozen, validators

from ..records import RoomId, is_storable
from ..wire.messages import Role
from ..wire.names import checked_name


@frozen
class Identity:
    """What a token, or whoever looks at handshakes, says of a client.

    `id` is the same whenever the same person comes again. `name`, where there is one, is the
    client's username, and only that. `rooms` are the rooms that it may enter, without their
    passwords; None for any room, by the password that it has.

    Raises:
        ValueError: the id has not 1 to 256 characters that can be stored, the name is no
            username, or the role is none.
    """

    id: str = field(
        validator=validators.and_(validators.min_len(1), validators.max_len(256), is_storable)
    )
    name: str | None = field(default=None, converter=converters.optional(checked_name))
    role: Role = field(default="guest", validator=validators.in_(get_args(Role)))
    rooms: frozenset[RoomId] | None = None

    def may_enter(self, room_id: RoomId) -> bool:
        """Tell whether the room is one of its own, or any room is."""
        return self.rooms is None or room_id in self.rooms
