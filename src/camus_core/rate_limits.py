"""What one address on the network may still do: each has its share, and takes nobody else's.

Somebody who is given an IPv6 network has as many addresses in it as they like. An address is
therefore a network of 64 bits there (`Connected.address`, as `2001:db8::/64`), and the networks
of 56 and of 48 bits that it is part of have shares too, larger ones: what is counted takes from
all three.
"""

import ipaddress
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from math import floor

from attrs import define, field

from .events import Timestamp
from .limits import Limits
from .records import NetworkAddress
from .token_bucket import TokenBucket, acquire_all
from .wire.errors import RateLimited

WRONG_PASSWORD_SECONDS = 600.0
"""The time within which `Limits.wrong_passwords` holds."""

_WIDER = (56, 48)
"""Bits of the networks that have a share beside an IPv6 address: what a provider gives a home,
and a company (RIPE-690, sections 4.2.2 and 4.2.1)."""


class LimitedAction(Enum):
    """What is counted by address, and what is said of too much of it."""

    JOIN = "too many joins from your address"
    CREATE_ROOM = "too many new rooms from your address"
    TRY_PASSWORD = "too many wrong passwords from your address"
    GET_ICE_SERVERS = "too many requests for ICE servers from your address"
    ANNOUNCE = "too much that others are to be told from your address"
    RELAY_BYTES = "too many bytes for others from your address"


@lru_cache(1024)
def networks_of(address: NetworkAddress) -> tuple[str, ...]:
    """Return an address and the wider networks that have a share too, the narrowest first."""
    try:
        network = ipaddress.IPv6Network(address if address.endswith("/64") else "")
    except ValueError:
        return (address,)  # of IPv4, or whatever a transport of one's own counts by
    return (address, *(str(network.supernet(new_prefix=bits)) for bits in _WIDER))


def network_shares(limits: Limits) -> Sequence[float]:
    """Return how many shares of one address there are for each of `networks_of`."""
    return (1.0, limits.ipv6_56_shares, limits.ipv6_48_shares)


def quotas_within(each: int, whole: int, limits: Limits) -> Sequence[float]:
    """Return the most that each of `networks_of` may have, where one address may have `each`.

    `whole` is all that there is: a wider network leaves a part of that to others.
    """
    address, *wider = (each * share for share in network_shares(limits))
    return [address, *map(min, wider, quotas_of(whole, limits)[1:])]


def quotas_of(whole: int, limits: Limits) -> Sequence[int]:
    """Return how much of something that many want each of `networks_of` may have, 1 at least.

    An address leaves some of it to others, and a wider network some of that.
    """
    left = 1.0 - limits.address_part
    return [max(1, floor(whole * (1.0 - left**size))) for size in (1, 2, 3)]


@define(eq=False)
class RateLimits:
    """A token bucket for each address and doing, and for each wider network.

    At most `Limits.addresses` of each size are known, the one longest idle first; it leaves
    first. What has no address is not counted: it comes from this process, or through a UNIX
    socket.
    """

    limits: Limits
    _known: Sequence[dict[str, dict[LimitedAction, TokenBucket]]] = field(init=False)
    _rates: dict[LimitedAction, tuple[float, float]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        limits = self.limits
        self._known = ({}, {}, {})
        self._rates = {
            LimitedAction.JOIN: (limits.joins_per_minute / 60, limits.join_burst),
            LimitedAction.CREATE_ROOM: (
                limits.room_creations_per_minute / 60,
                limits.room_creation_burst,
            ),
            LimitedAction.TRY_PASSWORD: (
                limits.wrong_passwords / WRONG_PASSWORD_SECONDS,
                limits.wrong_passwords,
            ),
            LimitedAction.GET_ICE_SERVERS: (
                limits.ice_servers_per_hour / 3600,
                limits.ice_servers_per_hour,
            ),
            LimitedAction.ANNOUNCE: (
                limits.announcements_per_minute / 60 * limits.announcement_shares,
                limits.announcement_burst * limits.announcement_shares,
            ),
            LimitedAction.RELAY_BYTES: (
                limits.relayed_bytes_per_second * limits.relayed_shares,
                limits.relayed_burst_bytes * limits.relayed_shares,
            ),
        }

    def __len__(self) -> int:
        """Return how many addresses are known."""
        return len(self._known[0])

    def acquire(
        self, action: LimitedAction, address: NetworkAddress | None, now: Timestamp
    ) -> None:
        """Count a doing.

        Raises:
            RateLimited: it is one too many; it was not counted.
        """
        lacking = acquire_all(self.buckets(action, address, now), 1.0, now)
        if lacking is not None:
            raise RateLimited(action.value, retry_after=lacking.retry_after(1.0))

    def buckets(
        self, action: LimitedAction, address: NetworkAddress | None, now: Timestamp
    ) -> list[TokenBucket]:
        """Return the shares that a doing takes from: none without address."""
        if address is None:
            return []
        buckets = []
        networks, sizes = networks_of(address), network_shares(self.limits)
        for known, network, size in zip(self._known, networks, sizes, strict=False):
            of_network = known.pop(network, None)
            if of_network is None:
                of_network = {}
                if len(known) >= self.limits.addresses:
                    del known[next(iter(known))]
            known[network] = of_network
            bucket = of_network.get(action)
            if bucket is None:
                rate, burst = self._rates[action]
                bucket = of_network[action] = TokenBucket.full(rate * size, burst * size, now)
            buckets.append(bucket)
        return buckets

    def refund(self, action: LimitedAction, address: NetworkAddress | None) -> None:
        """Take back one that was counted, for it turned out to be none."""
        if address is None:
            return
        for known, network in zip(self._known, networks_of(address), strict=False):
            bucket = known.get(network, {}).get(action)
            if bucket is not None:
                bucket.refund(1.0)
