"""What the server has done since it started, in numbers that only grow."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from attrs import define, field

from camus_core.effects import Effect, Send
from camus_core.store import Store
from camus_core.wire import errors
from camus_core.wire import messages as m

COUNTED = frozenset({m.Error, m.Joined, m.Undeliverable})
"""What is counted when it is said."""

BUCKETS = (
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
)  # fmt: skip
"""Seconds: from a look-up in a file that is in memory to a database that is all but away."""

_ENDS = frozenset({1000, 1001, 1002, 1003, 1007, 1009})
"""Close codes that say something where the router has closed nothing: of clients that go, and
of frames that break the WebSocket protocol. A client may send any other."""


def _codes(error: type[errors.ProtocolError]) -> set[str]:
    """Return the codes of an error and of those below it."""
    own = {error.code} if "code" in vars(error) else set()
    return own.union(*map(_codes, error.__subclasses__()))


_REFUSALS = sorted(_codes(errors.ProtocolError) - {errors.DeliveryUnconfirmed.code})
_RESUMES = ("resumed", *get_args(m.Lost))
_CLOSES = (*(str(close.code) for close in errors.CLOSE_CODES), "1001", "other", "none")


def _zeros(keys: Iterable[str]) -> Counter[str]:
    return Counter(dict.fromkeys(keys, 0))


@define
class Timing:
    """How long calls took. `calls` has how many took at most as long as each of `BUCKETS`, but
    longer than the one before; the last are those that took longer than all.
    """

    calls: list[int] = field(factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0
    errors: int = 0

    def add(self, seconds: float) -> None:
        """Note a call."""
        self.calls[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds


@define
class Counts:
    """Each key that may come is there from the start, or monitoring would miss a first one.

    `received` counts messages by class, `refused` refusals by code, `resumes` by result,
    `undelivered` the notices sent to senders, by reason, `closed` connections by close code.
    `store` has the calls of the store by operation, where they are timed.

    `received` grows with every frame, which takes a `Counter` twice as long as a dict.
    """

    received: dict[type[m.Message], int] = field(
        factory=lambda: dict.fromkeys((*m.MESSAGES.values(), m.Extension), 0)
    )
    refused: Counter[str] = field(factory=lambda: _zeros(_REFUSALS))
    resumes: Counter[str] = field(factory=lambda: _zeros(_RESUMES))
    undelivered: Counter[str] = field(factory=lambda: _zeros(get_args(m.Reason)))
    closed: Counter[str] = field(factory=lambda: _zeros(_CLOSES))
    frames_sent: int = 0
    bytes_sent: int = 0
    store: Mapping[str, Timing] = field(
        factory=lambda: {name: Timing() for name in vars(Store) if not name.startswith("_")}
    )

    def count_sent(self, send: Send, effects: Sequence[Effect]) -> str | None:
        """Note what a client is told, and return the code of a refusal if it is one.

        `effects` are all that come of one event.
        """
        match send.message:
            case m.Error(data=m.ErrorBody(reason=str() as reason)):
                self.undelivered[reason] += 1
            case m.Error(data=error):
                if not any(_resumes(effect, send) for effect in effects):
                    self.refused[error.code] += 1
                    return error.code
            case m.Undeliverable(data=notice):
                self.undelivered[notice.reason] += 1
            case m.Joined(data=joined) if joined.resumed:
                self.resumes["resumed"] += 1
            case m.Joined(data=joined) if joined.reason is not None:
                self.resumes[joined.reason] += 1
            case _:
                pass
        return None

    def count_closed(self, code: int | None) -> None:
        """Note that a connection has ended that the server had not closed."""
        self.closed["none" if code is None else str(code) if code in _ENDS else "other"] += 1


def _resumes(effect: Effect, send: Send) -> bool:
    """Tell whether an effect lets the client's session go on: what it is told besides was sent
    before, and counted then.
    """
    return (
        isinstance(effect, Send)
        and isinstance(effect.message, m.Joined)
        and effect.message.data.resumed
        and effect.to == send.to
    )
