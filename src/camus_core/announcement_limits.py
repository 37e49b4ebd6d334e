"""Announcement limits: how many changes a member may make the server announce to the others.

Each announcement costs the server a message to every member. A join is charged to the address
(rule LIM-2), and pays for the departure too. Later changes (`Message.is_announced`) are charged
to the member and to its address (rules LIM-12, LIM-26). A client that comes back without its
state is charged as well, because to the others it leaves and joins. Resuming announces nothing,
and is free.
"""

from attrs import define

from .events import Timestamp
from .limits import Limits
from .rate_limits import LimitedAction, RateLimits
from .records import NetworkAddress
from .rooms.member import Member
from .token_bucket import TokenBucket
from .wire.errors import RateLimited

_CHANGE_COST = 1.0

_RETURN_COST = 6.0
"""The cost of coming back without state: two messages to each of the others, and a new peer
connection for each."""


@define(eq=False)
class AnnouncementLimits:
    """The charges for announcements; a change that is refused costs nothing."""

    limits: Limits
    rate_limits: RateLimits

    def charge_change(
        self, member: Member, address: NetworkAddress | None, now: Timestamp
    ) -> None:
        """Charge a member and its address for a change.

        Raises:
            RateLimited: The member or the address has made too many.
        """
        bucket = self._charge(member, _CHANGE_COST, now)
        try:
            self.rate_limits.acquire(LimitedAction.ANNOUNCE, address, now)
        except RateLimited:
            bucket.refund(_CHANGE_COST)
            raise

    def charge_return(self, member: Member, now: Timestamp) -> None:
        """Charge a member that comes back without its state; its address pays for a join.

        Raises:
            RateLimited: The member has made too many changes.
        """
        self._charge(member, _RETURN_COST, now)

    def _charge(self, member: Member, cost: float, now: Timestamp) -> TokenBucket:
        bucket = member.announcement_bucket
        if bucket is None:
            limits = self.limits
            rate, burst = limits.announcements_per_minute / 60, limits.announcement_burst
            bucket = member.announcement_bucket = TokenBucket.full(rate, burst, now)
        if not bucket.acquire(cost, now):
            text = "too many of your changes are announced to others"
            raise RateLimited(text, retry_after=bucket.retry_after(cost))
        return bucket
