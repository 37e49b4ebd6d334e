"""Messages about invitations, and frequent sequences of steps with them."""

from collections.abc import Mapping
from typing import Any

from .ban_phrases import SOME_TIME
from .control_phrases import decides, waiting, waits
from .scenario import Connects, Hears, Says, Step
from .session_phrases import is_refused
from .vocabulary import (
    CAMUS_2,
    DEFAULT_ROOM,
    MAJOR_TOM,
    SERVER,
    but,
    by,
    client_joined,
    join,
    joined,
    to,
)

WRONG = "0123456789abcdef" * 4
"""A secret that no invitation has."""


def id_of(nth: int = 1) -> str:
    """Return the placeholder for the id of the nth invitation of a scenario."""
    return f"(id of invitation {nth})"


def secret_of(nth: int = 1) -> str:
    """Return the placeholder for the secret of the nth invitation of a scenario."""
    return f"(secret of invitation {nth})"


def create_invitation(**data: Any) -> Mapping[str, Any]:
    """Return the message that makes an invitation."""
    return to(SERVER, "create-invitation", data)


def revoke(nth: int = 1) -> Mapping[str, Any]:
    """Return the message that revokes the nth invitation of the scenario."""
    return to(SERVER, "revoke-invitation", {"id": id_of(nth)})


def invites(who: str, nth: int = 1, **data: Any) -> tuple[Step, ...]:
    """Return the steps by which a moderator makes the nth invitation of the scenario.

    Args:
        data: The data of `create-invitation`.
    """
    made = {"id": id_of(nth), "secret": secret_of(nth)}
    return (
        Says(who, create_invitation(**data)),
        Hears(who, by(SERVER, who, "invitation-created", made)),
    )


def revokes(who: str, nth: int = 1) -> tuple[Step, ...]:
    """Return the steps by which a moderator revokes an invitation."""
    return decides(who, revoke(nth))


def invitation(nth: int = 1, **more: Any) -> Mapping[str, Any]:
    """Return an invitation as `invitations` lists it, by default one for guests.

    Args:
        more: Members to add or replace.
    """
    return {
        "id": id_of(nth),
        "role": "guest",
        "by": MAJOR_TOM,
        "created_at": SOME_TIME,
        "used": 0,
        **more,
    }


def lists(who: str, *listed: Mapping[str, Any]) -> tuple[Step, ...]:
    """Return a moderator's `list-invitations`, and the reply with these."""
    answer = by(SERVER, who, "invitations", list(listed))
    return Says(who, to(SERVER, "list-invitations")), Hears(who, answer)


def invited(nth: int = 1, room_id: str | None = DEFAULT_ROOM, **more: Any) -> Mapping[str, Any]:
    """Return a `join` that shows the nth invitation of the scenario."""
    return join(room_id, invitation=secret_of(nth), **more)


def comes_invited(
    who: str,
    *others: str,
    nth: int = 1,
    role: str = "guest",
    locked: bool = False,
    address: str | None = None,
    **more: Any,
) -> tuple[Step, ...]:
    """Return the steps by which a client joins with an invitation, and the others are told.

    Args:
        more: Other members of the data of `join`.
    """
    return (
        Connects(who, None, CAMUS_2, address=address),
        Says(who, invited(nth, **more)),
        Hears(who, joined(who, role=role, locked=locked)),
        *(Hears(other, client_joined(who, role=role)) for other in others),
    )


def waits_invited(who: str, *moderators: str, nth: int = 1) -> tuple[Step, ...]:
    """Return the steps by which a client that shows an invitation waits for the room."""
    return (
        Connects(who, None, CAMUS_2),
        Says(who, but(invited(nth), id="let me in")),
        Hears(who, but(waiting(who), reply_to="let me in")),
        *(Hears(one, waits(who)) for one in moderators),
    )


def is_not_invited(
    who: str, nth: int = 1, *, address: str | None = None, **more: Any
) -> tuple[Step, ...]:
    """Return the steps by which a client shows an invitation that isn't valid.

    Args:
        more: Other members of the data of `join`.
    """
    return (
        Connects(who, None, CAMUS_2, address=address),
        *is_refused(who, "invalid-invitation", invited(nth, **more)),
    )
