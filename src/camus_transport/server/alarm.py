"""The one timer of a server, which also notices that the process stood still."""

import asyncio
from collections.abc import Callable

from camus_core.events import Timestamp

_WAKE_SECONDS = 1.0
"""It goes off as often as this at least: a pause, or a sleep of the machine, is noticed so
soon, and its length known so exactly. The event loop's own clock may stand still in a sleep."""

_LATE_SECONDS = 0.1
"""When it goes off so late, whatever has come meanwhile is read first."""

_NEVER = Timestamp(float("inf"))


class Alarm:
    """Calls `ring` with the time for which it was set, at that time or later.

    It may ring before the deadline that it was set for; it is set by whoever hears it.
    """

    def __init__(
        self, clock: Callable[[], Timestamp], ring: Callable[[Timestamp], None]
    ) -> None:
        self._clock = clock
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None
        self.at = _NEVER

    def set(self, deadline: Timestamp) -> None:
        """Ring at this time, and no more at the one that it was set for."""
        self.cancel()
        now = self._clock()
        self.at = Timestamp(min(deadline, now + _WAKE_SECONDS))
        delay = max(0.0, self.at - now)
        self._timer = asyncio.get_running_loop().call_later(delay, self._go_off)

    def cancel(self) -> None:
        """Don't ring."""
        if self._timer is not None:
            self._timer.cancel()
        self.at = _NEVER

    def _go_off(self) -> None:
        if self._clock() - self.at < _LATE_SECONDS:
            self._go_off_now()
        else:  # one turn of the loop later all is read that came before
            self._timer = asyncio.get_running_loop().call_later(0.0, self._go_off_now)

    def _go_off_now(self) -> None:
        due, self.at = self.at, _NEVER
        self._ring(due)
