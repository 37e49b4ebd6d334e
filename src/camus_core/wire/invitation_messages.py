"""The messages about invitations: make one, list them, and revoke one."""

from typing import Any

from attrs import Attribute, define, field, frozen

from .message import Bare, Described, Role
from .moderation_messages import GrantedRole, Order, WhoBody
from .states import SESSION_REQUEST, SESSION_SERVER_ONLY

__all__ = [
    "LATEST_TIME",
    "MOST_USES",
    "CreateInvitation",
    "CreateInvitationBody",
    "InvitationCreated",
    "InvitationCreatedBody",
    "InvitationInfo",
    "Invitations",
    "ListInvitations",
    "RevokeInvitation",
    "is_invitation_time",
    "is_number_of_uses",
]

MOST_USES = 1_000_000
"""The largest number of uses of one invitation. One for more people needs no number."""

LATEST_TIME = 253_402_300_799
"""The end of the year 9999 in UNIX seconds, the last one that calendars of programs know."""


def is_number_of_uses(_: object, attribute: "Attribute[Any]", value: int | None) -> None:
    """Refuse a number outside 1 to `MOST_USES`."""
    if value is not None and not 1 <= value <= MOST_USES:
        raise ValueError(f"{attribute.name} is not from 1 to {MOST_USES}")


def is_invitation_time(_: object, attribute: "Attribute[Any]", value: float | None) -> None:
    """Refuse a time outside 0 to `LATEST_TIME`."""
    if value is not None and not 0 <= value <= LATEST_TIME:
        raise ValueError(f"{attribute.name} is not from 0 to {LATEST_TIME}")


@frozen
class CreateInvitationBody:
    """The invitation to make.

    `name` is for those who list it. `role` is that of the clients that come with it, `guest`
    without one. It is valid from `not_before` until it `expires`, both in UNIX seconds, and for
    so many `uses`; without these, at once, for ever, and for any number of clients.
    """

    name: str | None = None
    role: GrantedRole | None = None
    not_before: int | float | None = field(default=None, validator=is_invitation_time)
    expires: int | float | None = field(default=None, validator=is_invitation_time)
    uses: int | None = field(default=None, validator=is_number_of_uses)


@frozen
class InvitationCreatedBody:
    """The id of the new invitation, and the secret with which clients join."""

    id: str
    secret: str = field(repr=False)


@define
class InvitationCreated(Described[InvitationCreatedBody]):
    """The reply to `create-invitation`."""

    type = "invitation-created"
    legality = SESSION_SERVER_ONLY
    body = InvitationCreatedBody


@define
class CreateInvitation(Described[CreateInvitationBody]):
    """A moderator's request to make an invitation to the room."""

    type = "create-invitation"
    legality = SESSION_REQUEST
    reply = InvitationCreated
    capability = "invitations"
    least_role = "moderator"
    cost = 10.0
    body = CreateInvitationBody


@frozen
class InvitationInfo:
    """An invitation to the room.

    `id` is the id that `revoke-invitation` names, `by` the username of the maker at the time,
    and `used` the number of clients that have come with it. Times are in UNIX seconds.
    """

    id: str
    role: Role
    by: str
    created_at: int
    used: int
    name: str | None = None
    not_before: int | float | None = None
    expires: int | float | None = None
    uses: int | None = None


@define
class Invitations(Described[tuple[InvitationInfo, ...]]):
    """The reply to `list-invitations`, the oldest invitation first."""

    type = "invitations"
    legality = SESSION_SERVER_ONLY
    body = tuple[InvitationInfo, ...]


@define
class ListInvitations(Bare):
    """A moderator's request for the invitations to the room."""

    type = "list-invitations"
    legality = SESSION_REQUEST
    reply = Invitations
    capability = "invitations"
    least_role = "moderator"
    cost = 10.0


@define
class RevokeInvitation(Described[WhoBody], Order):
    """A request to end an invitation. `id` is that of the invitation."""

    type = "revoke-invitation"
    capability = "invitations"
    body = WhoBody
