"""The single timer of a server, which also notices that the process was suspended."""

import asyncio
from collections.abc import Callable

from camus_core.events import Timestamp

_WAKE_SECONDS = 1.0
"""The longest interval between two rings: it bounds how late a suspended process or a sleeping
machine is noticed, and how exactly its length is known. The event loop's own clock may stand
still while the machine sleeps.
"""

_LATE_SECONDS = 0.1
"""A ring this late waits for one turn of the event loop, so that sockets are read first."""

_NEVER = Timestamp(float("inf"))


class Alarm:
    """A timer that calls `ring` at the time for which it was set, or later, with that time.

    It may ring before the requested deadline, at least every second; the owner then sets it
    again. `at` is the time for which it is set, infinity if it isn't.
    """

    def __init__(
        self, clock: Callable[[], Timestamp], ring: Callable[[Timestamp], None]
    ) -> None:
        self._clock = clock
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None
        self.at = _NEVER

    def set(self, deadline: Timestamp) -> None:
        """Ring at this time instead of the one set before."""
        self.cancel()
        now = self._clock()
        self.at = Timestamp(min(deadline, now + _WAKE_SECONDS))
        delay = max(0.0, self.at - now)
        self._timer = asyncio.get_running_loop().call_later(delay, self._expire)

    def cancel(self) -> None:
        """Cancel the ring, if one is set."""
        if self._timer is not None:
            self._timer.cancel()
        self.at = _NEVER

    def _expire(self) -> None:
        if self._clock() - self.at < _LATE_SECONDS:
            self._ring_now()
        else:  # one turn of the event loop later, sockets have been read
            self._timer = asyncio.get_running_loop().call_later(0.0, self._ring_now)

    def _ring_now(self) -> None:
        due, self.at = self.at, _NEVER
        self._ring(due)
