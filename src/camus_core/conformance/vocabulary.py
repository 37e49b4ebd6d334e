"""The clients of the scenarios, and functions that write their messages."""

import json
from collections.abc import Mapping
from typing import Any

from ..wire.messages import GROUND_CONTROL as SERVER
from ..wire.messages import ROOM
from ..wire.profile import SESSION
from .patterns import (
    ANY_ARRAY,
    ANY_OBJECT,
    SECONDS,
    SOME_TEXT,
    IfPresent,
    Pattern,
    Wildcard,
    message_of,
)
from .scenario import DEFAULT_ROOM

__all__ = [
    "ANY_CLIENT", "BILL", "BILL_ANEW", "CAMUS_2", "CAST", "DEFAULT_ROOM", "MAJOR_TOM", "ROOM",
    "RUFUS", "SERVER", "TED", "TED_ANEW", "UNKNOWN_CLIENT", "ack", "but", "by",
    "client_joined", "done", "going_away", "guest_token_of", "join", "joined", "left", "member",
    "owner_token_of", "pushed", "refused", "resume", "resumed", "roster", "session_of", "size",
    "to", "turn_of", "undeliverable", "undeliverable_error", "updated",
]  # fmt: skip

BILL = "d86f5959c08d48ffb244ffd5e621871e"
TED = "f881d631e61a40f7b5c64d3af9493bf0"
RUFUS = "5ba1cf2a6f0d4c0e9a52cf0f1d3f8b77"
BILL_ANEW = "0d1ea9b0c2514f6d8b6fb7a4a4a0f5c3"
TED_ANEW = "b83c6f0e97d14c2fa5608d1e3b7ac942"
"""Bill and Ted with another id, given by the server when their session could not be resumed."""
CAST = {
    "Bill": BILL,
    "Ted": TED,
    "Rufus": RUFUS,
    "Bill anew": BILL_ANEW,
    "Ted anew": TED_ANEW,
}

UNKNOWN_CLIENT = "0" * 32
"""An id that no client has."""

ANY_CLIENT = Wildcard(r'"[0-9a-f]{32}"')
"""Any id: the one of a client that hasn't joined has no meaning."""

CAMUS_2 = SESSION.name

MAJOR_TOM = "Major Tom"
"""The default username."""


def to(receiver: str, type: str, data: Any = None) -> Mapping[str, Any]:
    """Return a message as a client sends it."""
    return {"receiver": receiver, "type": type, "data": data}


def by(sender: str, receiver: str | Wildcard, type: str, data: Any = None) -> Mapping[str, Any]:
    """Return a message as a client receives it."""
    return {"sender": sender, "receiver": receiver, "type": type, "data": data}


def but(message: Pattern, **members: Any) -> Mapping[str, Any]:
    """Return a message with some members replaced or added."""
    return {**message_of(message), **members}


def size(message: Mapping[str, Any]) -> int:
    """Return the bytes of a frame as the server writes it (rule CORE-70)."""
    return len(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode())


def refused(
    who: str | Wildcard, code: str, *, retry_after: bool | Wildcard = False
) -> Mapping[str, Any]:
    """Return the `error` that a client receives.

    Args:
        retry_after: The error says when to try again: after any time, or after this one.
    """
    seconds = retry_after if isinstance(retry_after, Wildcard) else SECONDS
    waiting = {"retry_after": seconds} if retry_after else {}
    return by(SERVER, who, "error", {"code": code, "message": SOME_TEXT, **waiting})


def roster(receiver: str, *clients: tuple[str, str]) -> Mapping[str, Any]:
    """Return the `room-info` with these clients, each by id and username."""
    members = [{"id": id, "username": username} for id, username in clients]
    return by(SERVER, receiver, "room-info", {"room_id": DEFAULT_ROOM, "clients": members})


def pushed(*clients: tuple[str, str]) -> Mapping[str, Any]:
    """Return the `room-info` that the room receives after a change."""
    return roster(ROOM, *clients)


# The session profile -------------------------------------------------------------------


def session_of(who: str, nth: int = 1) -> str:
    """Return the placeholder for the resume token of a client's session.

    Args:
        nth: The ordinal of the session's epoch: the next one begins when the session can't be
            resumed with nothing lost.
    """
    return f"(session {nth} of {_name_of(who)})"


def turn_of(who: str) -> str:
    """Return the placeholder for the token that brings a waiting client back to its turn."""
    return f"(turn of {_name_of(who)})"


def _name_of(who: str) -> str:
    """Return the name of a client, or its id in two parts: a whole one would be translated."""
    return next((name for name, id in CAST.items() if id == who), f"{who[:16]} {who[16:]}")


def guest_token_of(who: str, room_id: str = DEFAULT_ROOM) -> str:
    """Return the placeholder for the guest token that a client was given in a room."""
    return f"(guest token of {_name_of(who)} in {room_id})"


def owner_token_of(room_id: str) -> str:
    """Return the placeholder for the owner token of a room."""
    return f"(owner's token of {room_id})"


def join(room_id: str | None = DEFAULT_ROOM, **more: Any) -> Mapping[str, Any]:
    """Return a `join`, with more members of its data."""
    room = {} if room_id is None else {"room_id": room_id}
    return to(SERVER, "join", {**room, **more})


def resume(who: str, received: int | None, nth: int = 1, **more: Any) -> Mapping[str, Any]:
    """Return the `join` that resumes; `received` is None if the client lost its state."""
    count = {} if received is None else {"received": received}
    return join(resume={"session": session_of(who, nth), **count}, **more)


def member(who: str, username: str = MAJOR_TOM, role: str = "guest") -> Mapping[str, Any]:
    """Return a member as clients of the session profile see it."""
    return {"id": who, "username": username, "role": role}


def joined(who: str, nth: int = 1, **more: Any) -> Mapping[str, Any]:
    """Return the reply to `join`, by default that to a guest. The waiting room is empty.

    Args:
        more: Members of the data to add or replace.
    """
    is_moderator = more.get("role", "guest") != "guest"
    data = {
        "id": who,
        "room_id": DEFAULT_ROOM,
        "role": "guest",
        "session": session_of(who, nth),
        "resumed": False,
        "ice_servers": [],
        "limits": ANY_OBJECT,
        "capabilities": ANY_ARRAY,
        "locked": False,
        "clients": ANY_ARRAY,
        "name": IfPresent(SOME_TEXT),
        "guest_token": IfPresent(guest_token_of(who, more.get("room_id", DEFAULT_ROOM))),
        **({"waiting": []} if is_moderator else {}),
        **more,
    }
    return by(SERVER, who, "joined", data)


def resumed(who: str, received: int, nth: int = 1, **more: Any) -> Mapping[str, Any]:
    """Return the reply to a `join` that resumes a session with nothing lost."""
    data = dict(joined(who, nth, resumed=True, received=received, **more)["data"])
    for omitted in ("clients", "waiting", "guest_token"):
        data.pop(omitted, None)
    return by(SERVER, who, "joined", data)


def client_joined(
    who: str, username: str = MAJOR_TOM, role: str = "guest"
) -> Mapping[str, Any]:
    """Return the `client-joined` that the other members receive."""
    return by(SERVER, ROOM, "client-joined", member(who, username, role))


def left(who: str, reason: str) -> Mapping[str, Any]:
    """Return the `client-left` that the other members receive."""
    return by(SERVER, ROOM, "client-left", {"id": who, "reason": reason})


def updated(who: str, username: str, role: str = "guest") -> Mapping[str, Any]:
    """Return the `client-updated` that the room receives."""
    return by(SERVER, ROOM, "client-updated", member(who, username, role))


def done(who: str) -> Mapping[str, Any]:
    """Return the reply to a request that has no other reply."""
    return by(SERVER, who, "done")


def going_away(who: str) -> Mapping[str, Any]:
    """Return the `going-away` of a server that is about to stop."""
    return by(SERVER, who, "going-away", {"reconnect_in": SECONDS})


def undeliverable(sender: str, receiver: str, reason: str) -> Mapping[str, Any]:
    """Return the report that a message was not confirmed."""
    return by(SERVER, sender, "undeliverable", {"receiver": receiver, "reason": reason})


def undeliverable_error(sender: str, receiver: str, reason: str) -> Mapping[str, Any]:
    """Return the report that a message was not confirmed, for a sender of the core profile."""
    error = refused(sender, "undeliverable")
    return but(error, data={**error["data"], "receiver": receiver, "reason": reason})


def ack(received: int) -> Mapping[str, Any]:
    """Return the confirmation of so many received frames."""
    return to(SERVER, "ack", {"received": received})
