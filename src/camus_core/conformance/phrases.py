"""Steps that often go together."""

from .scenario import Frame, Hears, HearsNothing, Says, Step
from .vocabulary import BILL, SERVER, TED, by, refused, to


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
