"""The clocks of this machine: one for deadlines, and UNIX time, which may be set."""

import time
from collections.abc import Callable

from camus_core.events import ClockSet, Timestamp

_COMPARE_SECONDS = 0.1
"""Seconds between comparisons of the two clocks: one for each frame would cost too much."""

_APART_SECONDS = 0.02
"""Seconds by which the clocks have moved apart when somebody has set UNIX time."""

UnixClock = Callable[[], float]
"""Returns UNIX seconds, right again after each correction."""


def deadline_clock() -> Callable[[], Timestamp]:
    """Return a clock that never goes back, and counts sleeps where the system has such a one.

    Python's own, `time.monotonic`, stands still on Linux while the machine sleeps. On macOS
    the POSIX clock counts sleeps.
    """
    clock: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    if clock is None:
        return lambda: Timestamp(time.monotonic())
    return lambda: Timestamp(time.clock_gettime(clock))


class UnixClockWatch:
    """Notices that somebody has set UNIX time.

    The next comparison is worth its cost from `compare_at` on.
    """

    def __init__(self, wall_clock: UnixClock) -> None:
        self._wall_clock = wall_clock
        self._ahead = 0.0
        self.compare_at = Timestamp(float("-inf"))

    def compare(self, now: Timestamp) -> ClockSet | None:
        """Return the event for the core if UNIX time was set, else None."""
        self.compare_at = Timestamp(now + _COMPARE_SECONDS)
        ahead = self._wall_clock() - now
        if abs(ahead - self._ahead) <= _APART_SECONDS:
            return None
        self._ahead = ahead
        return ClockSet(ahead)
