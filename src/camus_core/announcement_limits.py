"""What others are told of a member is paid for: by the member, and by its address.

A newcomer is paid for as a join (LIM-2), and so is its leaving, however it leaves. What a
member makes others hear after that takes from a share of its own and from one of its address: a
new name, a role that it gives, the lock, and to come back as one that has lost its state, which
is another going and coming. To resume tells nobody anything, and costs nothing.
"""

from attrs import define

from .events import Timestamp
from .limits import Limits
from .rate_limits import LimitedAction, RateLimits
from .records import NetworkAddress
from .rooms.member import Member
from .token_bucket import TokenBucket
from .wire.errors import RateLimited

_CHANGE = 1.0

_RETURN = 6.0
"""What coming back anew costs: two messages to each of the others, and a peer connection."""


@define(eq=False)
class AnnouncementLimits:
    """Takes from both shares, or refuses and takes from none."""

    limits: Limits
    rate_limits: RateLimits

    def charge_change(
        self, member: Member, address: NetworkAddress | None, now: Timestamp
    ) -> None:
        """Charge a member, and the address that it has, for a change that others hear of.

        Raises:
            RateLimited: it has made them hear too much.
        """
        bucket = self._take(member, _CHANGE, now)
        try:
            self.rate_limits.acquire(LimitedAction.ANNOUNCE, address, now)
        except RateLimited:
            bucket.refund(_CHANGE)
            raise

    def charge_return(self, member: Member, now: Timestamp) -> None:
        """Charge a member that comes back without its state; its address has paid for a join.

        Raises:
            RateLimited: it has made others hear too much.
        """
        self._take(member, _RETURN, now)

    def _take(self, member: Member, cost: float, now: Timestamp) -> TokenBucket:
        bucket = member.announcement_bucket
        if bucket is None:
            limits = self.limits
            rate, burst = limits.announcements_per_minute / 60, limits.announcement_burst
            bucket = member.announcement_bucket = TokenBucket.full(rate, burst, now)
        if not bucket.acquire(cost, now):
            text = "too much that others are to be told of you"
            raise RateLimited(text, retry_after=bucket.retry_after(cost))
        return bucket
