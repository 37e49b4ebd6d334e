"""The messages by which owners change a room, and end it."""

from attrs import define, field, frozen

from .message import UNCHANGED, Described, Done, Unchanged, is_guest_limit, is_reason
from .moderation_messages import Order
from .states import SESSION_REQUEST

__all__ = ["EndRoom", "EndRoomBody", "UpdateRoom", "UpdateRoomBody"]


@frozen
class UpdateRoomBody:
    """The new values of attributes of the room; those that are left out stay as they are.

    Null removes the password, and the limit of members.
    """

    name: str | Unchanged = UNCHANGED
    password: str | Unchanged | None = field(default=UNCHANGED, repr=False)
    guest_limit: int | Unchanged | None = field(default=UNCHANGED, validator=is_guest_limit)
    locked: bool | Unchanged = UNCHANGED
    public: bool | Unchanged = UNCHANGED


@define
class UpdateRoom(Described[UpdateRoomBody]):
    """A request of an owner to change the room."""

    type = "update-room"
    legality = SESSION_REQUEST
    reply = Done
    capability = "update-room"
    least_role = "owner"
    is_announced = True
    cost = 10.0
    body = UpdateRoomBody


@frozen
class EndRoomBody:
    """The reason that the members are told, if any."""

    reason: str | None = field(default=None, validator=is_reason)


@define
class EndRoom(Described[EndRoomBody], Order):
    """A request of an owner to end the room for everyone."""

    type = "end-room"
    capability = "end-room"
    least_role = "owner"
    body = EndRoomBody
