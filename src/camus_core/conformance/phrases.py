"""Steps that often go together."""

from typing import Any

from .scenario import Connects, Frame, Hears, HearsNothing, Says, Step
from .vocabulary import (
    BILL,
    CAMUS_2,
    LOBBY,
    SERVER,
    TED,
    by,
    came,
    join,
    joined,
    refused,
    resume,
    resumed,
    to,
)


def is_answered(who: str) -> tuple[Step, ...]:
    """Return a ping and its pong: the connection is open, and the client has been heard."""
    return Says(who, to(SERVER, "ping")), Hears(who, by(SERVER, who, "pong"))


def are_refused(who: str, code: str, *frames: Frame) -> tuple[Step, ...]:
    """Return each frame with its error."""
    steps: list[Step] = []
    for frame in frames:
        steps += [Says(who, frame), Hears(who, refused(who, code))]
    return tuple(steps)


def are_malformed(type: str, *payloads: object) -> tuple[Step, ...]:
    """Return what Bill says to Ted, who hears nothing of it."""
    messages = [to(TED, type, data) for data in payloads]
    return (*are_refused(BILL, "malformed-message", *messages), HearsNothing(TED))


def are_relayed(type: str, *payloads: object) -> tuple[Step, ...]:
    """Return what Bill says to Ted, and Ted hears."""
    steps: list[Step] = []
    for data in payloads:
        steps += [Says(BILL, to(TED, type, data)), Hears(TED, by(BILL, TED, type, data))]
    return tuple(steps)


def enters(who: str, room: str = LOBBY, **more: Any) -> tuple[Step, ...]:
    """Return how a client of the session profile comes in; `more` are members of its `join`."""
    return (
        Connects(who, None, CAMUS_2),
        Says(who, join(room, **more)),
        Hears(who, joined(who, room_id=room)),
    )


def meet(*clients: str) -> tuple[Step, ...]:
    """Return how clients of the session profile come in, one after the other.

    Each has heard then of those that came after it.
    """
    steps: list[Step] = []
    for number, who in enumerate(clients):
        steps += enters(who)
        steps += [Hears(other, came(who)) for other in clients[:number]]
    return tuple(steps)


def goes_on(who: str, received: int, handled: int, nth: int = 1) -> tuple[Step, ...]:
    """Return how a client comes back that has `received` so many frames.

    Of its own the server has `handled` so many.
    """
    return (
        Connects(who, None, CAMUS_2),
        Says(who, resume(who, received, nth)),
        Hears(who, resumed(who, handled, nth)),
    )


def note(sender: str, receiver: str, text: str) -> tuple[Step, ...]:
    """Return what one client says to another, which hears it."""
    return (
        Says(sender, to(receiver, "x-note", text)),
        Hears(receiver, by(sender, receiver, "x-note", text)),
    )
