"""How many connections are open, and from where: which newcomer is one too many."""

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
"""Open files beside connections: the database, the log, and newcomers who hear that there is
no place for them."""

_TOLD_AT_ONCE = 16
"""Newcomers that may hear at the same time why they are refused; others are just closed."""

# Never raised: an exception keeps what it has passed through, each time that it is.
_TOO_MANY = Rejected(HTTPStatus.TOO_MANY_REQUESTS, "too many connections from your address")
_FULL = Rejected(HTTPStatus.SERVICE_UNAVAILABLE, "this server is full; try again later")


@define(eq=False)
class CountedConnection:
    """One connection as it is counted; `refusal`, if any, is what its handshake hears.

    One of a trusted proxy has no address until `Arrivals.identify` knows the client.
    """

    peer: object
    is_proxy: bool
    address: NetworkAddress | None
    is_identified: bool = False
    refusal: Rejected | None = None

    def __str__(self) -> str:
        """Return what the log calls it."""
        return self.address or counted_address(self.peer) or "a UNIX socket's peer"


@define(eq=False)
class ConnectionLimits:
    """Counts connections in and out; one that is refused takes nobody's place."""

    limits: Limits
    proxies: TrustedProxies
    _admitted: int = field(default=0, init=False)
    _refused: int = field(default=0, init=False)
    _by_address: dict[str, int] = field(factory=dict, init=False)
    _most: int = field(init=False)
    _most_of_networks: Sequence[float] = field(init=False)

    def __attrs_post_init__(self) -> None:
        most = max(1, descriptor_limit() - _DESCRIPTORS_FOR_OTHERS)
        self._most = self.limits.connections or most
        if self._most > most:
            _log.warning(
                "connections is %d, and the limit of open files leaves room for %d",
                self._most,
                most,
            )
        each = self.limits.connections_per_address
        self._most_of_networks = quotas_within(each, self._most, self.limits)

    @property
    def closes_silently(self) -> bool:
        """Whether so many hear already that they are refused that the next is just closed."""
        return self._refused > _TOLD_AT_ONCE

    def add(self, peer: object) -> CountedConnection:
        """Count a socket's peer in."""
        is_proxy = self.proxies.trust(peer)
        counted = CountedConnection(peer, is_proxy, None if is_proxy else counted_address(peer))
        self._count_in(counted)
        return counted

    def identify(self, counted: CountedConnection, headers: Mapping[str, str]) -> None:
        """Count a proxy's connection for the client whose request has come."""
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
        """Count a connection out."""
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
            self._by_address.get(network, 0) >= most
            for network, most in zip(networks, self._most_of_networks, strict=False)
        ):
            counted.refusal = _TOO_MANY
        elif self._admitted >= self._most:
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
