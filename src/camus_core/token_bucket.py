"""A token bucket: how much a client may still do right now."""

from collections.abc import Sequence
from math import floor

from attrs import define

from .events import Timestamp


@define
class TokenBucket:
    """Holds at most `burst` tokens and gains `rate` of them a second."""

    rate: float
    burst: float
    level: float
    filled_at: Timestamp

    @classmethod
    def full(cls, rate: float, burst: float, now: Timestamp) -> "TokenBucket":
        return cls(rate, burst, burst, now)

    def acquire(self, cost: float, now: Timestamp) -> bool:
        """Take `cost` tokens, or a full bucket if that is less; False, and none taken, when
        there are too few.
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
        """Put tokens back that were taken for nothing."""
        self.level = min(self.burst, self.level + cost)

    def drain(self, cost: float) -> None:
        """Take up to `cost` tokens."""
        self.level = max(0.0, self.level - cost)

    def seconds_until(self, cost: float) -> float:
        """Return in how many seconds `take(cost)` will succeed."""
        return max(0.0, (min(cost, self.burst) - self.level) / self.rate)

    def retry_after(self, cost: float) -> float:
        """Return the same in whole milliseconds, so long that rounding can't undo it."""
        return (floor(self.seconds_until(cost) * 1000) + 1) / 1000


def acquire_all(
    buckets: Sequence[TokenBucket], cost: float, now: Timestamp
) -> TokenBucket | None:
    """Take so much from each, or from none; return the first that has too little."""
    for number, bucket in enumerate(buckets):
        if not bucket.acquire(cost, now):
            for taken in buckets[:number]:
                taken.refund(cost)
            return bucket
    return None
