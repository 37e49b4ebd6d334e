"""Texts to the room and its history, and frequent sequences of steps with them."""

from collections.abc import Mapping
from typing import Any

from .patterns import Pattern
from .scenario import Connects, Hears, Says, Step
from .session_phrases import creates
from .vocabulary import (
    CAMUS_2,
    DEFAULT_ROOM,
    MAJOR_TOM,
    ROOM,
    SERVER,
    but,
    by,
    client_joined,
    join,
    joined,
    owner_token_of,
    to,
)

TIME = 1615918847680
"""The time of every text here."""


def chat(text: str, id: str | None = None, receiver: str = ROOM) -> Mapping[str, Any]:
    """Return a text as a client says it."""
    message = to(receiver, "text", {"text": text, "time": TIME})
    return message if id is None else but(message, id=id)


def chatted(
    sender: str, text: str, id: str | None = None, name: str = MAJOR_TOM, receiver: str = ROOM
) -> Mapping[str, Any]:
    """Return a text as clients of the session profile receive it."""
    message = by(sender, receiver, "text", {"from": name, "time": TIME, "text": text})
    return message if id is None else but(message, id=id)


def chats(who: str, text: str, *others: str, id: str | None = None) -> tuple[Step, ...]:
    """Return a text of a client to the room, which it and the others receive."""
    heard = [Hears(one, chatted(who, text, id)) for one in (who, *others)]
    return (Says(who, chat(text, id)), *heard)


def kept(
    sender: str, text: str, id: str | None = None, name: str = MAJOR_TOM
) -> Mapping[str, Any]:
    """Return a text as it is in the history."""
    message = chatted(sender, text, id, name)
    return {name: message[name] for name in ("sender", "id", "data") if name in message}


def remove_text(sender: str, **more: Any) -> Mapping[str, Any]:
    """Return the message that removes texts of a sender: with `id`, those that have it."""
    return to(SERVER, "remove-text", {"sender": sender, **more})


def text_removed(sender: str, **more: Any) -> Mapping[str, Any]:
    """Return the `text-removed` that the members receive."""
    return by(SERVER, ROOM, "text-removed", {"sender": sender, **more})


def hosts(who: str, **more: Any) -> tuple[Step, ...]:
    """Return the steps by which a client creates `DEFAULT_ROOM`, and joins as its owner.

    Args:
        more: Other members of the data of `create-room`.
    """
    return (
        Connects(who, None, CAMUS_2),
        *creates(who, DEFAULT_ROOM, name="Excellent Adventure", **more),
        Says(who, join(owner_token=owner_token_of(DEFAULT_ROOM))),
        Hears(who, joined(who, role="owner", history=[])),
    )


def comes(who: str, *others: str, history: list[Pattern] | None = None) -> tuple[Step, ...]:
    """Return the steps by which a client joins, is told this history, and the others of it."""
    return (
        Connects(who, None, CAMUS_2),
        Says(who, join()),
        Hears(who, joined(who, history=history or [])),
        *(Hears(other, client_joined(who)) for other in others),
    )
