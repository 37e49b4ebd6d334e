"""Messages of moderation and the waiting room, and frequent sequences of steps with them."""

from collections.abc import Mapping
from typing import Any

from .patterns import SOME_TEXT, IfPresent, Pattern
from .scenario import Connects, Frame, Hears, IsClosed, Says, Step
from .session_phrases import creates, visits
from .vocabulary import (
    CAMUS_2,
    DEFAULT_ROOM,
    MAJOR_TOM,
    ROOM,
    SERVER,
    but,
    by,
    client_joined,
    done,
    guest_token_of,
    join,
    joined,
    left,
    owner_token_of,
    refused,
    to,
    turn_of,
    updated,
)


def kick(who: str, **more: Any) -> Mapping[str, Any]:
    """Return the message that kicks a member, with more members of its data."""
    return to(SERVER, "kick", {"id": who, **more})


def ban(who: str, **more: Any) -> Mapping[str, Any]:
    """Return the message that bans a client, with more members of its data."""
    return to(SERVER, "ban", {"id": who, **more})


def set_role(who: str, role: str) -> Mapping[str, Any]:
    """Return the message that sets the role of a member."""
    return to(SERVER, "set-role", {"id": who, "role": role})


def lock(locked: bool = True) -> Mapping[str, Any]:
    """Return the message that locks the room, or unlocks it."""
    return to(SERVER, "lock", {"locked": locked})


def admit(who: str) -> Mapping[str, Any]:
    """Return the message that admits a waiting client."""
    return to(SERVER, "admit", {"id": who})


def deny(who: str, **more: Any) -> Mapping[str, Any]:
    """Return the message that denies a waiting client, with more members of its data."""
    return to(SERVER, "deny", {"id": who, **more})


def refused_because(who: str, code: str, reason: str) -> Mapping[str, Any]:
    """Return the `error` with the reason of a moderator."""
    error = refused(who, code)
    return but(error, data={**error["data"], "reason": reason})


def is_locked(locked: bool = True) -> Mapping[str, Any]:
    """Return the `room-updated` that the members receive."""
    return by(SERVER, ROOM, "room-updated", {"locked": locked})


def waiting(who: str, *, moderated: bool = True, **more: Any) -> Mapping[str, Any]:
    """Return the reply to a `join` of a client that has to wait.

    Args:
        more: Members of the data to add or replace.
    """
    data = {
        "room_id": DEFAULT_ROOM,
        "moderated": moderated,
        "session": turn_of(who),
        "name": IfPresent(SOME_TEXT),
        "guest_token": IfPresent(guest_token_of(who, more.get("room_id", DEFAULT_ROOM))),
        **more,
    }
    return by(SERVER, who, "waiting", data)


def waiting_client(who: str, username: str = MAJOR_TOM) -> Mapping[str, Any]:
    """Return a waiting client as owners and moderators see it."""
    return {"id": who, "username": username}


def waits(who: str, username: str = MAJOR_TOM) -> Mapping[str, Any]:
    """Return the `client-waiting` that owners and moderators receive."""
    return by(SERVER, ROOM, "client-waiting", waiting_client(who, username))


def waits_no_more(who: str) -> Mapping[str, Any]:
    """Return the `client-waiting-left` that owners and moderators receive."""
    return by(SERVER, ROOM, "client-waiting-left", {"id": who})


def creates_as_owner(who: str, *, address: str | None = None, **more: Any) -> tuple[Step, ...]:
    """Return the steps by which a client creates `DEFAULT_ROOM`, and joins as its owner.

    Args:
        more: Other members of the data of `create-room`.
    """
    is_locked = more.get("locked", False)
    return (
        Connects(who, None, CAMUS_2, address=address),
        *creates(who, DEFAULT_ROOM, name="Excellent Adventure", **more),
        Says(who, join(owner_token=owner_token_of(DEFAULT_ROOM))),
        Hears(who, joined(who, role="owner", locked=is_locked)),
    )


def decides(who: str, order: Frame, *heard: Pattern) -> tuple[Step, ...]:
    """Return an owner's or moderator's request, the notices that it receives, and `done`."""
    return (Says(who, order), *(Hears(who, one) for one in heard), Hears(who, done(who)))


def makes_a_moderator(owner: str, who: str) -> tuple[Step, ...]:
    """Return the steps by which an owner makes a member a moderator; both are told."""
    notice = updated(who, MAJOR_TOM, "moderator")
    return (*decides(owner, set_role(who, "moderator"), notice), Hears(who, notice))


def host_and_moderator(owner: str, moderator: str) -> tuple[Step, ...]:
    """Return the steps by which an owner and a moderator join the room `DEFAULT_ROOM`."""
    return (
        *creates_as_owner(owner),
        *visits(moderator, owner),
        *makes_a_moderator(owner, moderator),
    )


def locks(who: str, *others: str) -> tuple[Step, ...]:
    """Return the steps by which a moderator locks the room; the others are told."""
    return (*decides(who, lock(), is_locked()), *(Hears(one, is_locked()) for one in others))


def is_removed(who: str, reason: str, *others: str) -> tuple[Step, ...]:
    """Return the close of a kicked or banned member, and the notices to the others."""
    code = {"kicked": 4506, "banned": 4507}[reason]
    return (IsClosed(who, code), *(Hears(other, left(who, reason)) for other in others))


def enters_waiting_room(
    who: str, *moderators: str, address: str | None = None, **more: Any
) -> tuple[Step, ...]:
    """Return the steps by which a client waits for the locked room `DEFAULT_ROOM`.

    Args:
        more: Members of the data of `join`.
    """
    return (
        Connects(who, None, CAMUS_2, address=address),
        Says(who, but(join(**more), id="let me in")),
        Hears(who, but(waiting(who), reply_to="let me in")),
        *(Hears(one, waits(who, more.get("username", MAJOR_TOM))) for one in moderators),
    )


def is_admitted(
    who: str, *others: str, role: str = "guest", locked: bool = True
) -> tuple[Step, ...]:
    """Return the reply to an admitted waiting client, and the notices to the members."""
    return (
        Hears(who, but(joined(who, role=role, locked=locked), reply_to="let me in")),
        *(Hears(other, client_joined(who)) for other in others),
    )
