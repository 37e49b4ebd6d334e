"""Counters of a server since its start, for monitoring."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from attrs import define, field

from camus_core.effects import Effect, Send
from camus_core.store import Store
from camus_core.wire import errors
from camus_core.wire import messages as m
from camus_core.wire.errors import DeliveryUnconfirmed

COUNTED = frozenset({m.Error, m.Joined, m.Undeliverable})
"""The messages that `Counts.count_sent` counts: a set, as every sent message is looked up."""

BUCKETS = (
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
)  # fmt: skip
"""Upper bounds in seconds, from a read of a cached file to a database that hardly answers."""

_ENDS = frozenset({1000, 1001, 1002, 1003, 1007, 1009})
"""Close codes (RFC 6455, section 7.4.1) counted by themselves when the router hasn't closed the
connection: of clients that leave, and of frames that break the WebSocket protocol. Any other
code is counted as `other`, as clients may send whichever they like.
"""


def _codes(error: type[errors.ProtocolError]) -> set[str]:
    """Return the codes of an error class and its subclasses."""
    own = {error.code} if "code" in vars(error) else set()
    return own.union(*map(_codes, error.__subclasses__()))


_REFUSALS = sorted(_codes(errors.ProtocolError) - {errors.DeliveryUnconfirmed.code})
_RESUMES = ("resumed", *get_args(m.Lost))
_CLOSES = (*(str(close.code) for close in errors.CLOSE_CODES), "1001", "other", "none")


def _zeros(keys: Iterable[str]) -> Counter[str]:
    return Counter(dict.fromkeys(keys, 0))


@define
class Timing:
    """The durations of calls of one operation.

    `calls[i]` is the number of calls that took at most `BUCKETS[i]` seconds and more than the
    bound before; the last number is that of all longer calls. `seconds` is the sum.
    """

    calls: list[int] = field(factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0
    errors: int = 0

    def add(self, seconds: float) -> None:
        """Count one call of this duration."""
        self.calls[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds


@define
class Counts:
    """All counters. Each possible key exists from the start: a counter that appears with its
    first event hides that event from monitoring, which looks at increases.

    `received` counts messages by class, `refused` refusals by code, `resumes` by result,
    `undelivered` the notices sent to senders, by reason, `closed` connections by close code.
    `store` has the durations of store calls by operation, where these are timed.

    `received` is counted for every frame, for which a `Counter` takes twice as long as a dict.
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
        """Count a message of a class in `COUNTED`; return the code if it is a refusal.

        `effects` are all effects of the same event.
        """
        match send.message:
            case m.Error(
                data=m.ErrorBody(code=DeliveryUnconfirmed.code, reason=str() as reason)
            ):
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
        """Count the end of a connection that the server had not closed."""
        self.closed["none" if code is None else str(code) if code in _ENDS else "other"] += 1


def _resumes(effect: Effect, send: Send) -> bool:
    """Return whether an effect resumes the recipient's session: then the refusals beside it
    are sent again, and were counted when they were sent first.
    """
    return (
        isinstance(effect, Send)
        and isinstance(effect.message, m.Joined)
        and effect.message.data.resumed
        and effect.to == send.to
    )
