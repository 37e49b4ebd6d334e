"""Steps of clients whose network address matters."""

from .scenario import DEFAULT_ROOM, Connects, Frame, Hears, IsClosed, Says, Step
from .vocabulary import ANY_CLIENT, MAJOR_TOM, SERVER, by, refused

HERE, THERE, ELSEWHERE = "127.0.0.1", "127.0.0.2", "127.0.0.3"
"""Loopback addresses, all of which every Linux machine has."""


def joins_from(address: str, who: str, room: str = DEFAULT_ROOM) -> tuple[Step, ...]:
    """Return the steps by which a client of the core profile joins from an address."""
    greeting = f"This is Ground Control to {MAJOR_TOM}"
    return (
        Connects(who, room, address=address),
        Hears(who, by(SERVER, who, "greeting", greeting)),
    )


def is_refused_from(address: str, who: str, code: str, closed: int) -> tuple[Step, ...]:
    """Return the steps by which a client of the core profile is refused at an address."""
    return (
        Connects(who, address=address),
        Hears(who, refused(who, code)),
        IsClosed(who, closed),
    )


def is_rate_limited_from(address: str, who: str, room: str = DEFAULT_ROOM) -> tuple[Step, ...]:
    """Return the steps by which a client of the core profile is refused by a rate limit."""
    return (
        Connects(who, room, address=address),
        Hears(who, refused(who, "rate-limited", retry_after=True)),
        IsClosed(who, 4004),
    )


def are_rate_limited(who: str, *frames: Frame) -> tuple[Step, ...]:
    """Return frames of a client in no room, each refused by a rate limit of its address."""
    error = refused(ANY_CLIENT, "rate-limited", retry_after=True)
    return tuple(step for frame in frames for step in (Says(who, frame), Hears(who, error)))
