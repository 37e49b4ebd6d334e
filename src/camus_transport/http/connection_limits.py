"""The limits on open connections, in all and per network address."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from attrs import define, field

from camus_core.limits import Limits
from camus_core.rate_limits import networks_of, quotas_within
from camus_core.records import NetworkAddress

from ..descriptors import descriptor_limit
from .addresses import counted_address
from .forwarded import TrustedProxies
from .refusals import Rejected

_log = logging.getLogger("camus")

_DESCRIPTORS_FOR_OTHERS = 64
"""Open files beside admitted connections: the database, the log, and connections that are being
refused.
"""

_REFUSALS_AT_ONCE = 16
"""Connections that may be refused with an HTTP response at a time; others are just closed."""

# These are never raised: each raise would add to the traceback of an exception that is shared.
_TOO_MANY = Rejected(HTTPStatus.TOO_MANY_REQUESTS, "too many connections from your address")
_FULL = Rejected(HTTPStatus.SERVICE_UNAVAILABLE, "this server is full; try again later")


@define(eq=False)
class CountedConnection:
    """One connection as `ConnectionLimits` counts it.

    `refusal` is the answer to its handshake if it is over a limit. The connection of a trusted
    proxy has no `address` until `ConnectionLimits.identify` has read its client's.
    """

    peer: object
    is_proxy: bool
    address: NetworkAddress | None
    is_identified: bool = False
    refusal: Rejected | None = None

    def __str__(self) -> str:
        """Return the client's name in the log."""
        return self.address or counted_address(self.peer) or "a UNIX socket's peer"


@define(eq=False)
class ConnectionLimits:
    """The count of open connections, and the limits on it; refused connections don't count."""

    limits: Limits
    proxies: TrustedProxies
    _admitted: int = field(default=0, init=False)
    _refused: int = field(default=0, init=False)
    _by_address: dict[str, int] = field(factory=dict, init=False)
    _limit: int = field(init=False)
    _network_limits: Sequence[float] = field(init=False)

    def __attrs_post_init__(self) -> None:
        available = max(1, descriptor_limit() - _DESCRIPTORS_FOR_OTHERS)
        self._limit = self.limits.connections or available
        if self._limit > available:
            _log.warning(
                "connections is %d, and the limit of open files leaves room for %d",
                self._limit,
                available,
            )
        per_address = self.limits.connections_per_address
        self._network_limits = quotas_within(per_address, self._limit, self.limits)

    @property
    def closes_silently(self) -> bool:
        """True if so many refusals are in progress that others are closed silently."""
        return self._refused > _REFUSALS_AT_ONCE

    def add(self, peer: object) -> CountedConnection:
        """Count a new connection from a socket's peer, and refuse it if a limit is reached."""
        is_proxy = self.proxies.trust(peer)
        counted = CountedConnection(peer, is_proxy, None if is_proxy else counted_address(peer))
        self._count_in(counted)
        return counted

    def identify(self, counted: CountedConnection, headers: Mapping[str, str]) -> None:
        """Count a trusted proxy's connection for the client that the request's headers name."""
        if counted.is_identified:
            return
        counted.is_identified = True
        if counted.is_proxy:
            self.remove(counted)
            counted.address = self.proxies.client(counted.peer, headers)
            self._count_in(counted)
        else:
            self.proxies.ignore(counted.address, headers)

    def remove(self, counted: CountedConnection) -> None:
        """Stop counting a connection that has ended."""
        if counted.refusal is not None:
            self._refused -= 1
            return
        self._admitted -= 1
        for network in _networks(counted):
            count = self._by_address.pop(network) - 1
            if count:
                self._by_address[network] = count

    def _count_in(self, counted: CountedConnection) -> None:
        networks = _networks(counted)
        if any(
            self._by_address.get(network, 0) >= limit
            for network, limit in zip(networks, self._network_limits, strict=False)
        ):
            counted.refusal = _TOO_MANY
        elif self._admitted >= self._limit:
            counted.refusal = _FULL
        else:
            counted.refusal = None
        if counted.refusal is not None:
            self._refused += 1
            return
        self._admitted += 1
        for network in networks:
            self._by_address[network] = self._by_address.get(network, 0) + 1


def _networks(counted: CountedConnection) -> tuple[str, ...]:
    return () if counted.address is None else networks_of(counted.address)
