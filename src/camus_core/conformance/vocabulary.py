"""Who speaks in the scenarios, and short ways to write what they say and hear."""

from collections.abc import Mapping
from typing import Any

from ..messages import GROUND_CONTROL as SERVER
from ..messages import ROOM
from .patterns import SECONDS, SOME_TEXT, Pattern, message_of
from .scenario import LOBBY

__all__ = [
    "BILL", "CAST", "LOBBY", "MAJOR_TOM", "NOBODY", "ROOM", "RUFUS", "SERVER", "TED",
    "but", "by", "pushed", "refused", "roster", "to",
]  # fmt: skip

BILL = "d86f5959c08d48ffb244ffd5e621871e"
TED = "f881d631e61a40f7b5c64d3af9493bf0"
RUFUS = "5ba1cf2a6f0d4c0e9a52cf0f1d3f8b77"
CAST = {"Bill": BILL, "Ted": TED, "Rufus": RUFUS}

NOBODY = "0" * 32
"""An id that no client has."""

MAJOR_TOM = "Major Tom"
"""The username of a client that hasn't said its own."""


def to(receiver: str, type: str, data: Any = None) -> Mapping[str, Any]:
    """Return a message as a client says it."""
    return {"receiver": receiver, "type": type, "data": data}


def by(sender: str, receiver: str, type: str, data: Any = None) -> Mapping[str, Any]:
    """Return a message as a client hears it."""
    return {"sender": sender, "receiver": receiver, "type": type, "data": data}


def but(message: Pattern, **members: Any) -> Mapping[str, Any]:
    """Return a message with other members."""
    return {**message_of(message), **members}


def refused(who: str, code: str, *, retry_after: bool = False) -> Mapping[str, Any]:
    """Return the `error` that a client hears."""
    waiting = {"retry_after": SECONDS} if retry_after else {}
    return by(SERVER, who, "error", {"code": code, "message": SOME_TEXT, **waiting})


def roster(receiver: str, *clients: tuple[str, str]) -> Mapping[str, Any]:
    """Return the `room-info` that names these clients, each by id and username."""
    members = [{"id": id, "username": username} for id, username in clients]
    return by(SERVER, receiver, "room-info", {"room_id": LOBBY, "clients": members})


def pushed(*clients: tuple[str, str]) -> Mapping[str, Any]:
    """Return the `room-info` that the room hears after a change."""
    return roster(ROOM, *clients)
