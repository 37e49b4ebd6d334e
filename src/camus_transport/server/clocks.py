"""The clocks of this machine: a monotonic one for deadlines, and UNIX time."""

import time
from collections.abc import Callable
from functools import partial
from typing import cast

from camus_core.events import ClockSet, Timestamp

_COMPARE_SECONDS = 0.1
"""The interval between comparisons of the clocks: one for each frame would cost too much."""

_APART_SECONDS = 0.02
"""A change of the clocks' difference by more than this means that UNIX time was set."""

UnixClock = Callable[[], float]
"""A clock that returns UNIX seconds, and follows each correction of the system's time."""


def deadline_clock() -> Callable[[], Timestamp]:
    """Return a clock that never goes back, and counts the machine's sleep where it can.

    Python's `time.monotonic` stands still on Linux while the machine sleeps; `CLOCK_BOOTTIME`
    doesn't. On macOS `CLOCK_MONOTONIC` counts sleep.
    """
    clock: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    read = time.monotonic if clock is None else partial(time.clock_gettime, clock)
    return cast(Callable[[], Timestamp], read)  # a lambda would add a call to each frame


class UnixClockWatch:
    """A detector of changes to UNIX time; the next comparison is due at `compare_at`."""

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
