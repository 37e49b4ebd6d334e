"""What one address on the network may still do: each has its share, and takes nobody else's."""

from enum import Enum

from attrs import define, field

from .buckets import Bucket
from .errors import RateLimited
from .events import Timestamp
from .limits import Limits

WRONG_PASSWORD_SECONDS = 600.0
"""The time within which `Limits.wrong_passwords` holds."""


class Doing(Enum):
    """What is counted by address, and what is said of too much of it."""

    JOIN = "too many joins from your address"
    MAKE_ROOM = "too many new rooms from your address"
    TRY_PASSWORD = "too many wrong passwords from your address"
    ASK_ICE_SERVERS = "too many requests for ICE servers from your address"


@define(eq=False)
class Addresses:
    """A token bucket for each address and doing.

    At most `Limits.addresses` are known, the one longest idle first; it leaves first. What has
    no address is not counted: it comes from this process, or through a UNIX socket.
    """

    limits: Limits
    _known: dict[str, dict[Doing, Bucket]] = field(factory=dict, init=False)
    _rates: dict[Doing, tuple[float, float]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        limits = self.limits
        self._rates = {
            Doing.JOIN: (limits.joins_per_minute / 60, limits.join_burst),
            Doing.MAKE_ROOM: (
                limits.room_creations_per_minute / 60,
                limits.room_creation_burst,
            ),
            Doing.TRY_PASSWORD: (
                limits.wrong_passwords / WRONG_PASSWORD_SECONDS,
                limits.wrong_passwords,
            ),
            Doing.ASK_ICE_SERVERS: (
                limits.ice_servers_per_hour / 3600,
                limits.ice_servers_per_hour,
            ),
        }

    def __len__(self) -> int:
        """Return how many addresses are known."""
        return len(self._known)

    def take(self, doing: Doing, address: str | None, now: Timestamp) -> None:
        """Count a doing.

        Raises:
            RateLimited: it is one too many; it was not counted.
        """
        if address is None:
            return
        buckets = self._known.pop(address, None)
        if buckets is None:
            buckets = {}
            if len(self._known) >= self.limits.addresses:
                del self._known[next(iter(self._known))]
        self._known[address] = buckets
        bucket = buckets.get(doing)
        if bucket is None:
            bucket = buckets[doing] = Bucket.full(*self._rates[doing], now)
        if not bucket.take(1.0, now):
            raise RateLimited(doing.value, retry_after=bucket.retry_after(1.0))

    def give_back(self, doing: Doing, address: str | None) -> None:
        """Take back one that was counted, for it turned out to be none."""
        bucket = self._known.get(address or "", {}).get(doing)
        if bucket is not None:
            bucket.give_back(1.0)
