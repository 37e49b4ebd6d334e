"""Who speaks in the scenarios, and short ways to write what they say and hear."""

from collections.abc import Mapping
from typing import Any

from ..messages import GROUND_CONTROL as SERVER
from ..messages import ROOM
from ..profile import SESSION
from .patterns import ANY_ARRAY, ANY_OBJECT, SECONDS, SOME_TEXT, Pattern, Wildcard, message_of
from .scenario import LOBBY

__all__ = [
    "BILL", "BILL_ANEW", "CAMUS_2", "CAST", "LOBBY", "MAJOR_TOM", "NOBODY", "ROOM", "RUFUS",
    "SERVER", "SOMEBODY", "TED", "but", "by", "client", "join", "joined", "left", "pushed",
    "refused", "resume", "roster", "session_of", "to", "undeliverable",
]  # fmt: skip

BILL = "d86f5959c08d48ffb244ffd5e621871e"
TED = "f881d631e61a40f7b5c64d3af9493bf0"
RUFUS = "5ba1cf2a6f0d4c0e9a52cf0f1d3f8b77"
BILL_ANEW = "0d1ea9b0c2514f6d8b6fb7a4a4a0f5c3"
"""Bill, to whom the server has given another id."""
CAST = {"Bill": BILL, "Ted": TED, "Rufus": RUFUS, "Bill anew": BILL_ANEW}

NOBODY = "0" * 32
"""An id that no client has."""

SOMEBODY = Wildcard(r'"[0-9a-f]{32}"')
"""Any id: that of a client which hasn't joined means nothing."""

CAMUS_2 = SESSION.name

MAJOR_TOM = "Major Tom"
"""The username of a client that hasn't said its own."""


def to(receiver: str, type: str, data: Any = None, **ids: str) -> Mapping[str, Any]:
    """Return a message as a client says it; `ids` are its `id` and `reply_to`, if any."""
    return {"receiver": receiver, "type": type, **ids, "data": data}


def by(
    sender: str, receiver: str | Wildcard, type: str, data: Any = None, **ids: str
) -> Mapping[str, Any]:
    """Return a message as a client hears it."""
    return {"sender": sender, "receiver": receiver, "type": type, **ids, "data": data}


def but(message: Pattern, **members: Any) -> Mapping[str, Any]:
    """Return a message with other members."""
    return {**message_of(message), **members}


def refused(
    who: str | Wildcard, code: str, *, retry_after: bool = False, **ids: str
) -> Mapping[str, Any]:
    """Return the `error` that a client hears."""
    waiting = {"retry_after": SECONDS} if retry_after else {}
    return by(SERVER, who, "error", {"code": code, "message": SOME_TEXT, **waiting}, **ids)


def roster(receiver: str, *clients: tuple[str, str]) -> Mapping[str, Any]:
    """Return the `room-info` that names these clients, each by id and username."""
    members = [{"id": id, "username": username} for id, username in clients]
    return by(SERVER, receiver, "room-info", {"room_id": LOBBY, "clients": members})


def pushed(*clients: tuple[str, str]) -> Mapping[str, Any]:
    """Return the `room-info` that the room hears after a change."""
    return roster(ROOM, *clients)


# The session profile -------------------------------------------------------------------


def session_of(who: str) -> str:
    """Return what the secret of a client's session is called in a scenario."""
    [name] = (name for name, id in CAST.items() if id == who)
    return f"{name}'s session"


def join(room_id: str | None = LOBBY, id: str | None = None, **members: Any) -> Mapping[str, Any]:
    """Return a `join`; `members` are further ones of its data."""
    room = {} if room_id is None else {"room_id": room_id}
    ids = {} if id is None else {"id": id}
    return to(SERVER, "join", {**room, **members}, **ids)


def resume(who: str, received: int | None) -> Mapping[str, Any]:
    """Return the `join` of a client that has received so many frames, or lost its state."""
    said = {} if received is None else {"received": received}
    return join(resume={"session": session_of(who), **said})


def client(who: str, username: str = MAJOR_TOM, role: str = "guest") -> Mapping[str, Any]:
    """Return a client as others of the session profile see it."""
    return {"id": who, "username": username, "role": role}


def joined(who: str, *clients: Any, id: str | None = None, **members: Any) -> Mapping[str, Any]:
    """Return the answer to a `join`; `clients` are in the room, `members` differ from those
    of a newcomer. Without clients the session was resumed.
    """
    data = {
        "id": who,
        "room_id": LOBBY,
        "role": "guest",
        "session": session_of(who),
        "resumed": not clients,
        "ice_servers": [],
        "limits": ANY_OBJECT,
        "capabilities": ANY_ARRAY,
        **({"clients": clients} if clients else {}),
        **members,
    }
    ids = {} if id is None else {"reply_to": id}
    return by(SERVER, who, "joined", data, **ids)


def left(who: str, reason: str) -> Mapping[str, Any]:
    """Return the `client-left` that the others hear."""
    return by(SERVER, ROOM, "client-left", {"id": who, "reason": reason})


def undeliverable(sender: str, receiver: str, reason: str, **ids: str) -> Mapping[str, Any]:
    """Return what the sender of a message hears that was not confirmed."""
    data = {"receiver": receiver, "reason": reason}
    return by(SERVER, sender, "undeliverable", data, **ids)
