"""What owners and moderators say, what is heard of it, and steps that often go together."""

from collections.abc import Mapping
from typing import Any

from .patterns import Pattern
from .scenario import Connects, Frame, Hears, IsClosed, Says, Step
from .session_phrases import creates, visits
from .vocabulary import (
    CAMUS_2,
    LOBBY,
    MAJOR_TOM,
    ROOM,
    SERVER,
    but,
    by,
    came,
    done,
    join,
    joined,
    left,
    owner_token_of,
    to,
    updated,
)


def kick(who: str) -> Mapping[str, Any]:
    """Return how somebody is sent out."""
    return to(SERVER, "kick", {"id": who})


def ban(who: str) -> Mapping[str, Any]:
    """Return how somebody is sent out for good."""
    return to(SERVER, "ban", {"id": who})


def set_role(who: str, role: str) -> Mapping[str, Any]:
    """Return how somebody is given a role."""
    return to(SERVER, "set-role", {"id": who, "role": role})


def lock(locked: bool = True) -> Mapping[str, Any]:
    """Return how the room is locked, or opened again."""
    return to(SERVER, "lock", {"locked": locked})


def admit(who: str) -> Mapping[str, Any]:
    """Return how somebody who waits is let in."""
    return to(SERVER, "admit", {"id": who})


def deny(who: str) -> Mapping[str, Any]:
    """Return how somebody who waits is sent away."""
    return to(SERVER, "deny", {"id": who})


def is_locked(locked: bool = True) -> Mapping[str, Any]:
    """Return the `room-updated` that the room hears."""
    return by(SERVER, ROOM, "room-updated", {"locked": locked})


def waiting(who: str) -> Mapping[str, Any]:
    """Return the answer to a `join` at a locked door."""
    return by(SERVER, who, "waiting", {"room_id": LOBBY})


def at_the_door(who: str, username: str = MAJOR_TOM) -> Mapping[str, Any]:
    """Return what owners and moderators see of somebody who waits."""
    return {"id": who, "username": username}


def waits(who: str, username: str = MAJOR_TOM) -> Mapping[str, Any]:
    """Return the `client-waiting` that owners and moderators hear."""
    return by(SERVER, ROOM, "client-waiting", at_the_door(who, username))


def waits_no_more(who: str) -> Mapping[str, Any]:
    """Return the `client-waiting-left` that owners and moderators hear."""
    return by(SERVER, ROOM, "client-waiting-left", {"id": who})


def hosts(who: str, *, address: str | None = None, **wish: Any) -> tuple[Step, ...]:
    """Return how somebody makes the lobby, and comes in as its owner.

    `wish` is the rest of the data of `create-room`.
    """
    return (
        Connects(who, None, CAMUS_2, address=address),
        *creates(who, LOBBY, name="Excellent Adventure", **wish),
        Says(who, join(owner_token=owner_token_of(LOBBY))),
        Hears(who, joined(who, role="owner")),
    )


def decides(who: str, order: Frame, *heard: Pattern) -> tuple[Step, ...]:
    """Return what an owner or moderator wants, what the room hears of it, and `done`."""
    return (Says(who, order), *(Hears(who, one) for one in heard), Hears(who, done(who)))


def makes_a_moderator(owner: str, who: str) -> tuple[Step, ...]:
    """Return how the owner makes a member a moderator, of which both hear."""
    told = updated(who, MAJOR_TOM, "moderator")
    return (*decides(owner, set_role(who, "moderator"), told), Hears(who, told))


def host_and_moderator(owner: str, moderator: str) -> tuple[Step, ...]:
    """Return how an owner and a moderator get into the lobby."""
    return (
        *hosts(owner),
        *visits(moderator, owner),
        *makes_a_moderator(owner, moderator),
    )


def locks(who: str, *others: str) -> tuple[Step, ...]:
    """Return how somebody locks the room, of which the others hear."""
    return (*decides(who, lock(), is_locked()), *(Hears(one, is_locked()) for one in others))


def is_sent_out(who: str, reason: str, *others: str) -> tuple[Step, ...]:
    """Return how somebody is closed that was kicked or banned, and what the others hear."""
    code = {"kicked": 4506, "banned": 4507}[reason]
    return (IsClosed(who, code), *(Hears(other, left(who, reason)) for other in others))


def waits_at_the_door(
    who: str, *moderators: str, address: str | None = None, **more: Any
) -> tuple[Step, ...]:
    """Return how somebody comes to the locked lobby; `more` are members of its `join`."""
    return (
        Connects(who, None, CAMUS_2, address=address),
        Says(who, but(join(**more), id="let me in")),
        Hears(who, but(waiting(who), reply_to="let me in")),
        *(Hears(one, waits(who, more.get("username", MAJOR_TOM))) for one in moderators),
    )


def is_let_in(who: str, *others: str, role: str = "guest") -> tuple[Step, ...]:
    """Return what somebody hears who has waited, and what those hear who are in the room."""
    return (
        Hears(who, but(joined(who, role=role, locked=True), reply_to="let me in")),
        *(Hears(other, came(who)) for other in others),
    )
