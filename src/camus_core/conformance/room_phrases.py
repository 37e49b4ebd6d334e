"""Messages that change and end rooms, and frequent sequences of steps with them."""

from collections.abc import Mapping
from typing import Any

from .control_phrases import decides
from .patterns import SOME_SECRET
from .scenario import Hears, IsClosed, Says, Step
from .vocabulary import ANY_CLIENT, DEFAULT_ROOM, ROOM, SERVER, by, done, to

IN_2100 = 4_102_444_800
"""The first second of the year 2100. A scenario doesn't know when it is played."""

A_CENTURY = 3_200_000_000.0
"""Seconds by which a clock is set to be after `IN_2100`, whenever a scenario is played."""


def update_room(**changes: Any) -> Mapping[str, Any]:
    """Return the message that changes the room."""
    return to(SERVER, "update-room", changes)


def end_room(**data: Any) -> Mapping[str, Any]:
    """Return the message that ends the room; `data` may have a `reason`."""
    return to(SERVER, "end-room", data)


def is_updated(locked: bool = False, **changed: Any) -> Mapping[str, Any]:
    """Return the `room-updated` that the members receive."""
    return by(SERVER, ROOM, "room-updated", {"locked": locked, **changed})


def updates(
    who: str, *others: str, changes: Mapping[str, Any], **changed: Any
) -> tuple[Step, ...]:
    """Return the steps by which an owner changes the room; all are told of what has changed."""
    news = is_updated(**changed)
    return (
        *decides(who, update_room(**changes), news),
        *(Hears(one, news) for one in others),
    )


def creates_again(who: str) -> tuple[Step, ...]:
    """Return the steps by which a client creates `DEFAULT_ROOM` after it has ended."""
    created = {"room_id": DEFAULT_ROOM, "owner_token": SOME_SECRET}
    return (
        Says(who, to(SERVER, "create-room", {"name": "Excellent Adventure"})),
        Hears(who, by(SERVER, ANY_CLIENT, "room-created", created)),
    )


def ends_room(who: str, *others: str) -> tuple[Step, ...]:
    """Return the steps by which an owner ends the room for all these members."""
    return (
        Says(who, end_room()),
        Hears(who, done(who)),
        *(IsClosed(one, 4508) for one in (who, *others)),
    )
