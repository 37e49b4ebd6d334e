"""Rate limits: token buckets for each network address and each limited action.

Anyone who has an IPv6 network has as many addresses in it as they like. For IPv6 an address is
therefore a network of 64 bits (`Connected.address`, such as `2001:db8::/64`). The networks of
56 and 48 bits around it have buckets too, which are larger; an action takes from all three.
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
"""The period of `Limits.wrong_passwords`: long enough to stop guessing, short for a person."""

_WIDER_PREFIXES = (56, 48)
"""Prefix lengths of the IPv6 networks that have buckets beside the /64: what a provider gives a
home, and a company (RIPE-690, sections 4.2.2 and 4.2.1)."""


class LimitedAction(Enum):
    """An action that is limited for each address; the value is the text of its refusal."""

    JOIN = "too many joins from your address"
    CREATE_ROOM = "too many new rooms from your address"
    SET_PASSWORD = "too many new passwords from your address"
    TRY_PASSWORD = "too many wrong passwords or invitations from your address"
    GET_ICE_SERVERS = "too many requests for ICE servers from your address"
    ANNOUNCE = "too many changes from your address are announced to others"
    RELAY_BYTES = "too many bytes for others from your address"


@lru_cache(1024)
def networks_of(address: NetworkAddress) -> tuple[str, ...]:
    """Return the networks that have buckets for an address, the narrowest first."""
    try:
        network = ipaddress.IPv6Network(address if address.endswith("/64") else "")
    except ValueError:
        return (address,)  # IPv4, or a name that another transport uses
    return (address, *(str(network.supernet(new_prefix=bits)) for bits in _WIDER_PREFIXES))


def network_shares(limits: Limits) -> Sequence[float]:
    """Return the size of the buckets of each of `networks_of`, in shares of one address."""
    return (1.0, limits.ipv6_56_shares, limits.ipv6_48_shares)


def quotas_within(each: int, whole: int, limits: Limits) -> Sequence[float]:
    """Return the quotas of `networks_of` for a thing of which one address may have `each`.

    `whole` is how much there is in all: a wider network has to leave a part of that to others.
    """
    address, *wider = (each * share for share in network_shares(limits))
    return [address, *map(min, wider, quotas_of(whole, limits)[1:])]


def quotas_of(whole: int, limits: Limits) -> Sequence[int]:
    """Return the quotas of `networks_of` for a scarce thing of which there are `whole`.

    An address has to leave a part to others, and a wider network a part of that part
    (`Limits.address_part`, rule LIM-13). Each quota is at least 1.
    """
    left = 1.0 - limits.address_part
    return [max(1, floor(whole * (1.0 - left**size))) for size in (1, 2, 3)]


@define(eq=False)
class RateLimits:
    """The token buckets of each address and wider network, one for each limited action.

    A client without an address (in this process, or on a UNIX socket) is not limited.
    """

    limits: Limits

    _known: Sequence[dict[str, dict[LimitedAction, TokenBucket]]] = field(init=False)
    """The buckets by network, a dict for each size of network, the longest idle first; at most
    `Limits.addresses` in each, and the longest idle is forgotten for the next."""

    _rates: dict[LimitedAction, tuple[float, float]] = field(init=False)
    """The rate (units a second) and the burst of one address, for each action."""

    def __attrs_post_init__(self) -> None:
        limits = self.limits
        creations = limits.room_creations_per_minute / 60, limits.room_creation_burst
        self._known = ({}, {}, {})
        self._rates = {
            LimitedAction.JOIN: (limits.joins_per_minute / 60, limits.join_burst),
            LimitedAction.CREATE_ROOM: creations,
            LimitedAction.SET_PASSWORD: creations,
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
        """Return the number of addresses that have buckets."""
        return len(self._known[0])

    def acquire(
        self, action: LimitedAction, address: NetworkAddress | None, now: Timestamp
    ) -> None:
        """Charge an address for one action.

        Raises:
            RateLimited: It is one too many, and was not charged.
        """
        lacking = acquire_all(self.buckets(action, address, now), 1.0, now)
        if lacking is not None:
            raise RateLimited(action.value, retry_after=lacking.retry_after(1.0))

    def buckets(
        self, action: LimitedAction, address: NetworkAddress | None, now: Timestamp
    ) -> list[TokenBucket]:
        """Return the buckets that an action takes from; none without an address."""
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
        """Give an address its unit back for an action that turned out not to be one."""
        if address is None:
            return
        for known, network in zip(self._known, networks_of(address), strict=False):
            bucket = known.get(network, {}).get(action)
            if bucket is not None:
                bucket.refund(1.0)
