"""Messages of attributes and muting, and frequent sequences of steps with them."""

from collections.abc import Mapping
from typing import Any

from .control_phrases import decides
from .scenario import Hears, Step
from .vocabulary import MAJOR_TOM, ROOM, SERVER, by, member, to


def set_attributes(about: str | None = None, /, **changes: str | None) -> Mapping[str, Any]:
    """Return the message that changes attributes of its sender, or of the member `about`."""
    whose = {} if about is None else {"id": about}
    return to(SERVER, "set-attributes", {"attributes": changes, **whose})


def set_room_attributes(**changes: str | None) -> Mapping[str, Any]:
    """Return the message that changes attributes of the room."""
    return to(SERVER, "set-room-attributes", {"attributes": changes})


def request_mute(about: str | None, kind: str = "audio") -> Mapping[str, Any]:
    """Return the message that asks a member, or everyone, to mute."""
    return to(SERVER, "request-mute", {"id": about, "kind": kind})


def mute_requested(receiver: str, author: str, kind: str = "audio") -> Mapping[str, Any]:
    """Return the `mute-requested` that a member receives."""
    return by(SERVER, receiver, "mute-requested", {"by": author, "kind": kind})


def has(
    who: str, username: str = MAJOR_TOM, role: str = "guest", **attributes: str
) -> Mapping[str, Any]:
    """Return a member with attributes, as clients of the session profile see it."""
    return {**member(who, username, role), "attributes": attributes}


def now_has(who: str, role: str = "guest", **attributes: str) -> Mapping[str, Any]:
    """Return the `client-updated` of a member that has these attributes now, or none."""
    about = has(who, role=role, **attributes) if attributes else member(who, role=role)
    return by(SERVER, ROOM, "client-updated", about)


def room_now_has(**attributes: str) -> Mapping[str, Any]:
    """Return the `room-updated` of an unlocked room that has these attributes now."""
    return by(SERVER, ROOM, "room-updated", {"locked": False, "attributes": attributes})


def sets(who: str, *others: str, **attributes: str) -> tuple[Step, ...]:
    """Return the steps by which a guest without attributes sets some; the others are told."""
    notice = now_has(who, **attributes)
    return (
        *decides(who, set_attributes(**attributes), notice),
        *(Hears(other, notice) for other in others),
    )


def sets_for_room(who: str, *others: str, **attributes: str) -> tuple[Step, ...]:
    """Return the steps by which a moderator sets attributes of a room that has none."""
    notice = room_now_has(**attributes)
    return (
        *decides(who, set_room_attributes(**attributes), notice),
        *(Hears(other, notice) for other in others),
    )


def silences(who: str, about: str, *others: str) -> tuple[Step, ...]:
    """Return the steps by which a moderator takes `speak` from a guest; all are told."""
    notice = now_has(about, speak="no")
    return (
        *decides(who, set_attributes(about, speak="no"), notice),
        *(Hears(one, notice) for one in (about, *others)),
    )
