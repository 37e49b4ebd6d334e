"""Frequent sequences of steps."""

from .scenario import Frame, Hears, HearsNothing, Says, Step
from .vocabulary import BILL, SERVER, TED, by, refused, to


def is_answered(who: str) -> tuple[Step, ...]:
    """Return a ping and its pong: the connection is open, and all frames are handled."""
    return Says(who, to(SERVER, "ping")), Hears(who, by(SERVER, who, "pong"))


def are_refused(who: str, code: str, *frames: Frame) -> tuple[Step, ...]:
    """Return each frame, and the error that answers it."""
    steps: list[Step] = []
    for frame in frames:
        steps += [Says(who, frame), Hears(who, refused(who, code))]
    return tuple(steps)


def are_malformed(type: str, *payloads: object) -> tuple[Step, ...]:
    """Return messages from Bill to Ted with malformed payloads, which Ted doesn't receive."""
    messages = [to(TED, type, data) for data in payloads]
    return (*are_refused(BILL, "malformed-message", *messages), HearsNothing(TED))


def are_relayed(type: str, *payloads: object) -> tuple[Step, ...]:
    """Return messages from Bill, and each as Ted receives it."""
    steps: list[Step] = []
    for data in payloads:
        steps += [Says(BILL, to(TED, type, data)), Hears(TED, by(BILL, TED, type, data))]
    return tuple(steps)
