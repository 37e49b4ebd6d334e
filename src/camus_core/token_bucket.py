"""The token bucket: how much a client, member or address may do at the moment."""

from collections.abc import Sequence
from math import floor

from attrs import define

from .events import Timestamp


@define
class TokenBucket:
    """A token bucket.

    Attributes:
        rate: The units that it gains each second.
        burst: The most units that it holds.
        level: The units that it held at `filled_at`.
        filled_at: The time up to which its gain is counted.
    """

    rate: float
    burst: float
    level: float
    filled_at: Timestamp

    @classmethod
    def full(cls, rate: float, burst: float, now: Timestamp) -> "TokenBucket":
        """Return a full bucket."""
        return cls(rate, burst, burst, now)

    def acquire(self, cost: float, now: Timestamp) -> bool:
        """Take `cost` units and return True; return False, and take none, if there are too few.

        A cost above `burst` takes a full bucket.
        """
        level = self.level + (now - self.filled_at) * self.rate
        self.filled_at = now
        if level > self.burst:
            level = self.burst
        if level < cost and level < self.burst:
            self.level = level
            return False
        self.level = max(0.0, level - cost)
        return True

    def refund(self, cost: float) -> None:
        """Put back units that were taken for nothing."""
        self.level = min(self.burst, self.level + cost)

    def drain(self, cost: float) -> None:
        """Take `cost` units, or as many as there are."""
        self.level = max(0.0, self.level - cost)

    def seconds_until(self, cost: float) -> float:
        """Return the number of seconds after which `acquire(cost)` will succeed."""
        return max(0.0, (min(cost, self.burst) - self.level) / self.rate)

    def retry_after(self, cost: float) -> float:
        """Return `seconds_until(cost)` in whole milliseconds, rounded up past any error."""
        return (floor(self.seconds_until(cost) * 1000) + 1) / 1000


def acquire_all(
    buckets: Sequence[TokenBucket], cost: float, now: Timestamp
) -> TokenBucket | None:
    """Take `cost` units from every bucket and return None, or from none of them.

    Returns:
        The first bucket that has too few.
    """
    for number, bucket in enumerate(buckets):
        if not bucket.acquire(cost, now):
            for taken in buckets[:number]:
                taken.refund(cost)
            return bucket
    return None
