"""The messages of moderation and of the waiting room."""

from typing import Literal

from attrs import define, frozen

from .core_messages import ClientInfo
from .message import Described
from .session_messages import Delta


@frozen
class WhoBody:
    """The id of the client that the message is about."""

    id: str


@define
class Kick(Described[WhoBody]):
    """A request to remove a member from the room; it may join again."""

    type = "kick"
    body = WhoBody


@define
class Ban(Described[WhoBody]):
    """A request to remove a member or waiting client, and to refuse it from now on."""

    type = "ban"
    body = WhoBody


GrantedRole = Literal["moderator", "guest"]
"""The roles that one member can give to another."""


@frozen
class SetRoleBody:
    """The id of a member, and its new role."""

    id: str
    role: GrantedRole


@define
class SetRole(Described[SetRoleBody]):
    """A request to make a member a moderator, or a guest again."""

    type = "set-role"
    body = SetRoleBody


@frozen
class LockBody:
    """The lock: true to have newcomers wait, false to admit them."""

    locked: bool


@define
class Lock(Described[LockBody]):
    """A request to lock the room, or to unlock it and admit its waiting clients."""

    type = "lock"
    body = LockBody


@define
class Admit(Described[WhoBody]):
    """A request to admit a waiting client."""

    type = "admit"
    body = WhoBody


@define
class Deny(Described[WhoBody]):
    """A request to turn a waiting client away."""

    type = "deny"
    body = WhoBody


Order = Kick | Ban | SetRole | Lock | Admit | Deny
"""The requests of moderation, each answered `done`."""


@frozen
class WaitingBody:
    """The id of the locked room."""

    room_id: str


@define
class Waiting(Described[WaitingBody]):
    """The reply to `join` of a locked room: the client waits for `joined` or `error`."""

    type = "waiting"
    body = WaitingBody


@define
class ClientWaiting(Described[ClientInfo], Delta):
    """A notice for owners and moderators that a client waits."""

    type = "client-waiting"
    body = ClientInfo


@define
class ClientWaitingLeft(Described[WhoBody], Delta):
    """A notice for owners and moderators that a client no longer waits."""

    type = "client-waiting-left"
    body = WhoBody
