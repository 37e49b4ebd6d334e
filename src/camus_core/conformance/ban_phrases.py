"""Messages about bans, and frequent sequences of steps with them."""

from collections.abc import Mapping
from typing import Any

from .control_phrases import ban, decides, is_removed
from .patterns import Wildcard
from .scenario import Hears, Says, Step
from .vocabulary import MAJOR_TOM, SERVER, by, left, to

SOME_TIME = Wildcard(r"\d{10}")
"""Whole UNIX seconds: ten digits from 2001 to 2286."""


def unban(who: str) -> Mapping[str, Any]:
    """Return the message that takes a ban back; its id is that of the client."""
    return to(SERVER, "unban", {"id": who})


def listed(who: str, by: str = MAJOR_TOM, **more: Any) -> Mapping[str, Any]:
    """Return a ban as `bans` lists it; `by` is the username of the moderator."""
    return {"id": who, "username": MAJOR_TOM, "by": by, "at": SOME_TIME, **more}


def lists(who: str, *listed: Mapping[str, Any]) -> tuple[Step, ...]:
    """Return a moderator's `list-bans`, and the reply with these bans."""
    return Says(who, to(SERVER, "list-bans")), Hears(who, by(SERVER, who, "bans", list(listed)))


def bans(moderator: str, who: str, *others: str, **more: Any) -> tuple[Step, ...]:
    """Return the steps by which a moderator bans a member, and the others are told.

    Args:
        more: Other members of the data of `ban`.
    """
    return (
        *decides(moderator, ban(who, **more), left(who, "banned")),
        *is_removed(who, "banned", *others),
    )


def bans_both(
    moderator: str, first: str, named: str, *others: str, **more: Any
) -> tuple[Step, ...]:
    """Return the steps by which a ban of a member sends out another one before it.

    Args:
        more: Other members of the data of `ban`.
    """
    return (
        *decides(moderator, ban(named, **more), left(first, "banned"), left(named, "banned")),
        *is_removed(first, "banned", named, *others),
        *is_removed(named, "banned", *others),
    )
