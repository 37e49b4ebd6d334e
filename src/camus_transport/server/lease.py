"""The renewal of this node's lease, by which servers on the same database know it is alive."""

import asyncio
from collections.abc import Callable

from camus_core.events import Event, LeaseRenewed, RecordsLost
from camus_core.limits import Limits
from camus_core.store import Store, renewal_interval
from camus_core.wire.errors import StoreError

from ..logs import RateLimitedLog

_STALE_PLACES = 2.0
"""A lease not renewed for this many times `place_seconds` is stale: its node is dead."""


class Lease:
    """The lease of one node: renews it, and feeds the core an event for each renewal.

    Args:
        feed: takes the events for the core.
        failures: the log of failing store calls.
    """

    def __init__(
        self,
        store: Store,
        node: str,
        limits: Limits,
        feed: Callable[[Event], None],
        failures: RateLimitedLog,
    ) -> None:
        self._store = store
        self._node = node
        self._feed = feed
        self._failures = failures
        self._interval = renewal_interval(limits)
        self._stale_seconds = _STALE_PLACES * limits.place_seconds
        self._renewed_at: float | None = None

    async def renew(self) -> None:
        """Renew the lease once.

        Raises:
            StoreError: the store failed.
        """
        time = await self._store.renew(self._node, self._stale_seconds)
        self._feed(LeaseRenewed(time))
        if self._renewed_at is not None and time - self._renewed_at > self._stale_seconds:
            self._feed(RecordsLost())  # another node may have removed this one's records
        self._renewed_at = time

    async def keep_renewing(self) -> None:
        """Renew the lease at its interval until cancelled."""
        while True:
            await asyncio.sleep(self._interval)
            try:
                await self.renew()
            except StoreError as error:
                self._failures.add(f"can't tell the database that this server lives: {error}")
            except Exception as error:
                self._failures.add(f"a fault in the store, will try again: {error}", error)
