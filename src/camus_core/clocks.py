"""The clocks of the core: that of deadlines is an argument, the others are some seconds ahead.

Each is good at one thing. The clock of deadlines never goes back, and means nothing outside of
the process. UNIX time is what others understand, and is set now and then. The store's clock is
the only one that all servers have in common which share a store.
"""

from typing import NewType

from attrs import define

Timestamp = NewType("Timestamp", float)
"""Seconds on the clock of deadlines: it never goes back, and counts a sleep of the machine."""

UnixTime = NewType("UnixTime", float)
"""UNIX seconds on the wall clock, which somebody may set."""


@define(eq=False)
class WallClock:
    """UNIX time, by how much it is ahead of the clock of deadlines."""

    ahead: float = 0.0

    def at(self, now: Timestamp) -> UnixTime:
        """Return the UNIX time of this moment."""
        return UnixTime(now + self.ahead)


@define(eq=False)
class StoreClock:
    """The time of the store, by how much it is ahead of the clock of deadlines."""

    ahead: float = 0.0

    def at(self, now: Timestamp) -> float:
        """Return the store's time of this moment."""
        return now + self.ahead

    def follow(self, time: float, now: Timestamp) -> None:
        """The store has told its time."""
        self.ahead = time - now


def without_pause(began: Timestamp, paused_at: Timestamp, now: Timestamp) -> Timestamp:
    """Return when something has begun, if a pause from `paused_at` to `now` doesn't count."""
    return Timestamp(began + max(0.0, now - max(began, paused_at)))
