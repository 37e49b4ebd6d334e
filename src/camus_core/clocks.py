"""Clocks: the deadline clock, UNIX time, and the clock of the store.

The deadline clock is the `now` of every event. It never goes back, and means nothing outside of
the process. UNIX time means the same everywhere, but somebody may set it. The store's clock is
the only one that all servers on one store have in common. The core reads none of them: events
tell it by how many seconds the latter two are ahead of the first.
"""

from typing import NewType

from attrs import define

Timestamp = NewType("Timestamp", float)
"""Seconds on the deadline clock, which never goes back and counts a sleep of the machine."""

LONG_AGO = Timestamp(float("-inf"))
"""A time before all others."""

UnixTime = NewType("UnixTime", float)
"""Seconds since 1970 on the wall clock, which somebody may set."""


@define(eq=False)
class WallClock:
    """UNIX time, as the number of seconds that it is ahead of the deadline clock."""

    ahead: float = 0.0

    def at(self, now: Timestamp) -> UnixTime:
        """Return the UNIX time at a time of the deadline clock."""
        return UnixTime(now + self.ahead)


@define(eq=False)
class StoreClock:
    """The store's time, as the number of seconds that it is ahead of the deadline clock."""

    ahead: float = 0.0

    def at(self, now: Timestamp) -> float:
        """Return the store's time at a time of the deadline clock."""
        return now + self.ahead

    def follow(self, time: float, now: Timestamp) -> None:
        """Adjust to the time that the store's clock shows now."""
        self.ahead = time - now


def without_pause(began: Timestamp, paused_at: Timestamp, now: Timestamp) -> Timestamp:
    """Return a start time, moved so that a pause from `paused_at` to `now` doesn't count."""
    return Timestamp(began + max(0.0, now - max(began, paused_at)))
