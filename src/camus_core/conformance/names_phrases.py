"""Messages by which clients find rooms, and frequent sequences of steps with them."""

from collections.abc import Mapping
from typing import Any

from .scenario import Hears, Says, Step
from .vocabulary import ANY_CLIENT, MAJOR_TOM, SERVER, by, to


def find(name: str, **more: Any) -> Mapping[str, Any]:
    """Return a `find-room`, with more members of its data."""
    return to(SERVER, "find-room", {"name": name, **more})


def found(room_id: str, name: str | None = None) -> Mapping[str, Any]:
    """Return the `room-found` for a client that may not know the members of the room.

    Args:
        name: The room's name, or None if the client may not know that either.
    """
    named = {} if name is None else {"name": name}
    return by(SERVER, ANY_CLIENT, "room-found", {"room_id": room_id, **named})


def found_with(room_id: str, name: str, *clients: str) -> Mapping[str, Any]:
    """Return the `room-found` for a client that may know the members, which are these."""
    members = [{"id": one, "username": MAJOR_TOM} for one in clients]
    data = {"room_id": room_id, "name": name, "clients": members}
    return by(SERVER, ANY_CLIENT, "room-found", data)


def finds(who: str, name: str, answer: Mapping[str, Any], **more: Any) -> tuple[Step, ...]:
    """Return a `find-room` and its answer.

    Args:
        more: Members of the data of `find-room`.
    """
    return Says(who, find(name, **more)), Hears(who, answer)
