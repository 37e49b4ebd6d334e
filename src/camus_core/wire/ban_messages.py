"""The messages about bans: list them, and take one back."""

from typing import Any

from attrs import Attribute, define, field, frozen

from .message import Bare, Described, is_reason
from .moderation_messages import Order, WhoBody
from .states import SESSION_REQUEST, SESSION_SERVER_ONLY

__all__ = [
    "MOST_BAN_SECONDS",
    "Ban",
    "BanBody",
    "BanInfo",
    "Bans",
    "ListBans",
    "Unban",
    "is_ban_time",
]

MOST_BAN_SECONDS = 2**31 - 1
"""The longest time of a ban that ends by itself, 68 years: as many seconds as `guest_limit`
has members at most, so that a client has one bound to know."""


def is_ban_time(_: object, attribute: "Attribute[Any]", value: int | None) -> None:
    """Refuse a number outside 1 to `MOST_BAN_SECONDS`."""
    if value is not None and not 1 <= value <= MOST_BAN_SECONDS:
        raise ValueError(f"{attribute.name} is not from 1 to {MOST_BAN_SECONDS}")


@frozen
class BanBody:
    """The client to ban, the reason that it is told, and the seconds after which the ban ends.

    Without `seconds` it stays.
    """

    id: str
    reason: str | None = field(default=None, validator=is_reason)
    seconds: int | None = field(default=None, validator=is_ban_time)


@define
class Ban(Described[BanBody], Order):
    """A request to remove a member or waiting client, and to refuse it from now on."""

    type = "ban"
    body = BanBody


@frozen
class BanInfo:
    """A ban of the room.

    `id` is the id that `unban` names, `username` the name of the client at the time, and `by`
    that of the moderator. `at` and `until` are in UNIX seconds; a ban without `until` stays.
    """

    id: str
    username: str | None = None
    by: str | None = None
    at: int | None = None
    until: int | None = None


@define
class Bans(Described[tuple[BanInfo, ...]]):
    """The reply to `list-bans`, the oldest ban first."""

    type = "bans"
    legality = SESSION_SERVER_ONLY
    body = tuple[BanInfo, ...]


@define
class ListBans(Bare):
    """A moderator's request for the bans of the room."""

    type = "list-bans"
    legality = SESSION_REQUEST
    reply = Bans
    capability = "bans"
    least_role = "moderator"
    cost = 10.0


@define
class Unban(Described[WhoBody], Order):
    """A request to end a ban. `id` is that of the ban."""

    type = "unban"
    capability = "bans"
    body = WhoBody
