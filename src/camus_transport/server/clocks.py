"""The clocks of this machine: one for deadlines, and UNIX time, which may be set."""

import time
from collections.abc import Callable

from camus_core.events import Timestamp

WallClock = Callable[[], float]
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
