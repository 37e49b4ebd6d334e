"""The messages of moderation and of the waiting room."""

from typing import ClassVar, Literal

from attrs import define, field, frozen

from .core_messages import ClientInfo
from .message import Described, Done, Message, Role, is_reason
from .session_messages import Delta
from .states import SESSION_REQUEST, SESSION_SERVER_ONLY

__all__ = [
    "Admit",
    "ClientWaiting",
    "ClientWaitingLeft",
    "Deny",
    "DismissalBody",
    "GrantedRole",
    "Kick",
    "Lock",
    "LockBody",
    "Order",
    "SetRole",
    "SetRoleBody",
    "Waiting",
    "WaitingBody",
    "WhoBody",
]


class Order(Message):
    """A request of a moderator, which the operator can give as an order too."""

    __slots__ = ()

    legality = SESSION_REQUEST
    reply = Done
    capability = "control"
    least_role: ClassVar[Role] = "moderator"


@frozen
class WhoBody:
    """The id of the client that the message is about."""

    id: str


@frozen
class DismissalBody:
    """The client to send out or turn away, and the reason that it is told."""

    id: str
    reason: str | None = field(default=None, validator=is_reason)


@define
class Kick(Described[DismissalBody], Order):
    """A request to remove a member from the room; it may join again."""

    type = "kick"
    body = DismissalBody


GrantedRole = Literal["moderator", "guest"]
"""The roles that one member can give to another."""


@frozen
class SetRoleBody:
    """The id of a member, and its new role."""

    id: str
    role: GrantedRole


@define
class SetRole(Described[SetRoleBody], Order):
    """A request to make a member a moderator, or a guest again."""

    type = "set-role"
    is_announced = True
    body = SetRoleBody


@frozen
class LockBody:
    """The lock: true to have newcomers wait, false to admit them."""

    locked: bool


@define
class Lock(Described[LockBody], Order):
    """A request to lock the room, or to unlock it and admit its waiting clients."""

    type = "lock"
    is_announced = True
    body = LockBody


@define
class Admit(Described[WhoBody], Order):
    """A request to admit a waiting client."""

    type = "admit"
    body = WhoBody


@define
class Deny(Described[DismissalBody], Order):
    """A request to turn a waiting client away."""

    type = "deny"
    body = DismissalBody


@frozen
class WaitingBody:
    """The id of the room. `moderated` is true if an owner or moderator has a place in it.

    `session` is the token with which a client whose connection is lost comes back to its place
    among the waiting clients. `name` is the room's name, as its maker wrote it; servers without
    the capability `find-room` leave it out. `guest_token` is the secret by which the room knows
    a guest client again. `encrypted` is there in an encrypted room only.
    """

    room_id: str
    moderated: bool | None = None
    session: str | None = field(default=None, repr=False)
    name: str | None = None
    guest_token: str | None = field(default=None, repr=False)
    encrypted: bool = False


@define
class Waiting(Described[WaitingBody]):
    """The reply to `join` of a client that waits for `joined` or `error`."""

    type = "waiting"
    legality = SESSION_SERVER_ONLY
    body = WaitingBody


@define
class ClientWaiting(Described[ClientInfo], Delta):
    """A notice for owners and moderators that a client waits."""

    type = "client-waiting"
    legality = SESSION_SERVER_ONLY
    body = ClientInfo


@define
class ClientWaitingLeft(Described[WhoBody], Delta):
    """A notice for owners and moderators that a client no longer waits."""

    type = "client-waiting-left"
    legality = SESSION_SERVER_ONLY
    body = WhoBody
