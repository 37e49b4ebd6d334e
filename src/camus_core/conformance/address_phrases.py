"""Steps of clients for which it matters where they come from."""

from .scenario import LOBBY, Connects, Frame, Hears, IsClosed, Says, Step
from .vocabulary import MAJOR_TOM, SERVER, SOMEBODY, by, refused

HERE, THERE, ELSEWHERE = "127.0.0.1", "127.0.0.2", "127.0.0.3"
"""Addresses that one machine has all by itself, where its system is Linux."""


def comes_from(address: str, who: str, room: str = LOBBY) -> tuple[Step, ...]:
    """Return how a client of the core profile comes in from an address."""
    greeting = f"This is Ground Control to {MAJOR_TOM}"
    return (
        Connects(who, room, address=address),
        Hears(who, by(SERVER, who, "greeting", greeting)),
    )


def is_turned_away_from(address: str, who: str, code: str, closed: int) -> tuple[Step, ...]:
    """Return how a client of the core profile is kept out of the lobby at an address."""
    return (
        Connects(who, address=address),
        Hears(who, refused(who, code)),
        IsClosed(who, closed),
    )


def is_to_come_later(address: str, who: str, room: str = LOBBY) -> tuple[Step, ...]:
    """Return how a client of the core profile is told that its address asks for too much."""
    return (
        Connects(who, room, address=address),
        Hears(who, refused(who, "rate-limited", retry_after=True)),
        IsClosed(who, 4004),
    )


def are_too_much(who: str, *frames: Frame) -> tuple[Step, ...]:
    """Return each frame of a client that is in no room, whose address asks for too much."""
    told = refused(SOMEBODY, "rate-limited", retry_after=True)
    return tuple(step for frame in frames for step in (Says(who, frame), Hears(who, told)))
