"""The policy of reconnection: whether a client connects again, and after which delay."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from attrs import field, frozen, validators

from camus_core.wire.errors import CLOSE_CODES, Reconnect

_ADVICE = {one.code: one.reconnect for one in CLOSE_CODES}

_MAX_DOUBLINGS = 16
"""The delay reaches `longest` much earlier; an unlimited power would overflow a float."""


def advice(code: int) -> Reconnect:
    """Return what a client should do after its connection was closed with this code.

    For a code that isn't in the table of `docs/protocol.md` ("Close codes") its range decides:
    4500 to 4999 end the session, and all others allow another try.
    """
    unknown = Reconnect.NO if 4500 <= code <= 4999 else Reconnect.BACKOFF
    return _ADVICE.get(code, unknown)


def _uniform(maximum: float) -> float:
    return random.uniform(0.0, maximum)


@frozen
class Backoff:
    """The policy by which a client connects again. Durations are in seconds.

    Args:
        give_up_after: the time for which the client tries after it has lost its connection;
            with None it never gives up.
        first: the maximum delay before the first try; it doubles with each further try.
        longest: the maximum delay between two tries, unless the server says when to try again.
        retry_first_connect: True to try again also when the first connection fails, or the
            server says when the client may join, as for a room that isn't open yet; with False
            entering the session raises the reason.
        jitter: returns a random number between 0 and its argument. It draws the whole delay,
            so that the clients of a server that has failed don't all return at one moment.
        sleep: waits for a number of seconds.

    Raises:
        ValueError: `first` or `longest` is not greater than 0.
    """

    give_up_after: float | None = None
    first: float = field(default=0.5, validator=validators.gt(0))
    longest: float = field(default=30.0, validator=validators.gt(0))
    retry_first_connect: bool = False
    jitter: Callable[[float], float] = _uniform
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def after_close(
        self, code: int, tries: int, *, retry_after: float | None, reconnect_in: float | None
    ) -> float | None:
        """Return the delay after a connection has closed, or None if the client must not retry.

        Args:
            code: the WebSocket close code.
            tries: the number of tries since the client was last in its room.
            retry_after: the seconds given by the server's last `error`, if any.
            reconnect_in: the seconds given by the server's `going-away`, if any.
        """
        match advice(code):
            case Reconnect.NO:
                return None
            case Reconnect.RETRY_AFTER if retry_after is not None:
                return self.after_refusal(retry_after)
            case Reconnect.RETRY_AFTER | Reconnect.BACKOFF | Reconnect.SOON:
                # `going-away` needs no jitter: the server gives each client its own time.
                return self.after_failure(tries) if reconnect_in is None else reconnect_in

    def after_refusal(self, retry_after: float | None) -> float | None:
        """Return the delay after a refusal, or None if it gives no time to try again."""
        return None if retry_after is None else retry_after + self.jitter(self.first)

    def after_failure(self, tries: int) -> float:
        """Return the delay after a connection broke or couldn't be established."""
        doubled = self.first * 2.0 ** min(tries, _MAX_DOUBLINGS)
        return self.jitter(min(self.longest, doubled))
