"""When a client comes back after its connection has ended, if at all."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from attrs import field, frozen, validators

from camus_core.wire.errors import CLOSE_CODES, Reconnect

_ADVICE = {one.code: one.reconnect for one in CLOSE_CODES}

_MOST_DOUBLINGS = 16
"""More would only make numbers larger than a float."""


def advice(code: int) -> Reconnect:
    """Return what a client does after a connection was closed with this code."""
    unknown = Reconnect.NO if 4500 <= code <= 4999 else Reconnect.BACKOFF
    return _ADVICE.get(code, unknown)


def _up_to(most: float) -> float:
    return random.uniform(0.0, most)


@frozen
class Backoff:
    """How patiently a client comes back. Durations are seconds.

    Args:
        give_up_after: it tries for so long after it has lost its connection; None is for ever.
        first: the first try comes within this time, which doubles with each try.
        longest: no try comes later than this after the one before, unless the server has said
            when to come back.
        retry_first_connect: whether to try again also where the first connection can't be had;
            without it, why it can't is raised.
        jitter: draws a number between 0 and the one that it is given. All of a delay is
            drawn, so that those who lost one server together don't come back together.
        sleep: waits.
    """

    give_up_after: float | None = None
    first: float = field(default=0.5, validator=validators.gt(0))
    longest: float = field(default=30.0, validator=validators.gt(0))
    retry_first_connect: bool = False
    jitter: Callable[[float], float] = _up_to
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def after_close(
        self, code: int, tries: int, *, retry_after: float | None, reconnect_in: float | None
    ) -> float | None:
        """Return the delay after a connection has ended, or None for not to come back.

        `retry_after` is what the server's last error said, `reconnect_in` its `going-away`,
        `tries` how often the client has tried since it was last in its room.
        """
        match advice(code):
            case Reconnect.NO:
                return None
            case Reconnect.RETRY_AFTER if retry_after is not None:
                return self.after_refusal(retry_after)
            case Reconnect.RETRY_AFTER | Reconnect.BACKOFF | Reconnect.SOON:
                # The server spreads its clients by itself; and backing off begins soon.
                return self.after_failure(tries) if reconnect_in is None else reconnect_in

    def after_refusal(self, retry_after: float | None) -> float | None:
        """Return the delay after the server has said how long to wait, if it did."""
        return None if retry_after is None else retry_after + self.jitter(self.first)

    def after_failure(self, tries: int) -> float:
        """Return the delay after a connection broke, or could not be had."""
        doubled = self.first * 2.0 ** min(tries, _MOST_DOUBLINGS)
        return self.jitter(min(self.longest, doubled))
