"""The messages by which owners and moderators decide, and the waiting room."""

from typing import Literal

from attrs import define, frozen

from .core_messages import ClientInfo
from .message import Described
from .session_messages import Delta


@frozen
class WhoBody:
    """Which client is meant."""

    id: str


@define
class Kick(Described[WhoBody]):
    """Sends a member out; it may come again."""

    type = "kick"
    body = WhoBody


@define
class Ban(Described[WhoBody]):
    """Sends a member out for good."""

    type = "ban"
    body = WhoBody


GrantedRole = Literal["moderator", "guest"]
"""What one member can make of another."""


@frozen
class SetRoleBody:
    """Which client is meant, and what it shall be."""

    id: str
    role: GrantedRole


@define
class SetRole(Described[SetRoleBody]):
    """Makes a member a moderator, or a guest again."""

    type = "set-role"
    body = SetRoleBody


@frozen
class LockBody:
    """Whether newcomers have to wait."""

    locked: bool


@define
class Lock(Described[LockBody]):
    """Locks the room, or opens it again."""

    type = "lock"
    body = LockBody


@define
class Admit(Described[WhoBody]):
    """Lets somebody in who waits."""

    type = "admit"
    body = WhoBody


@define
class Deny(Described[WhoBody]):
    """Sends somebody away who waits."""

    type = "deny"
    body = WhoBody


Order = Kick | Ban | SetRole | Lock | Admit | Deny
"""What an owner or a moderator asks for; answered `done`."""


@frozen
class WaitingBody:
    """At which door the client waits."""

    room_id: str


@define
class Waiting(Described[WaitingBody]):
    """Answers `join` at a locked door: `joined` or `error` comes when somebody has decided."""

    type = "waiting"
    body = WaitingBody


@define
class ClientWaiting(Described[ClientInfo], Delta):
    """Tells owners and moderators that somebody waits."""

    type = "client-waiting"
    body = ClientInfo


@define
class ClientWaitingLeft(Described[WhoBody], Delta):
    """Tells owners and moderators that somebody waits no more."""

    type = "client-waiting-left"
    body = WhoBody
