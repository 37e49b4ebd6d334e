"""The client behind a trusted proxy, from Forwarded (RFC 7239) and X-Forwarded headers."""

import ipaddress
import logging
import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from camus_core.records import NetworkAddress

from .addresses import IPAddress, counted_address, counted_network, parse_address

_log = logging.getLogger("camus")

_UNIX = NetworkAddress("unix")

_MAX_CHARACTERS = 1000
"""Characters of a header that are read, from the right: some thirty proxies."""

_LOGGED_CHARACTERS = 100
"""Characters of a header in a log line."""

_NODE = re.compile(r"\[([^]]*)\](?::\d+)?|([\d.]+):\d+|(.*)", re.ASCII)

# Possessive quantifiers (`++`, `*+`) rule out backtracking, which a client could make costly.
_PAIR = r'[^\s"(),/:;<=>?@[\]{}\\]++=(?:"(?:[^"\\]|\\.)*+"|[^\s",;]*+)'
_LAST_ELEMENT = re.compile(
    rf"(?:^|,)[ \t]*+((?:{_PAIR})?+(?:;(?:{_PAIR})?+)*+)[ \t]*+$", re.ASCII
)
_NAMED_PAIR = re.compile(r'([^=;]++)=(?:"((?:[^"\\]|\\.)*+)"|([^\s",;]*+))', re.ASCII)

_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
"""The schemes that proxies report, and the scheme of the client's page for each."""


@frozen
class _Hop:
    """The address and scheme of its client that one proxy has reported."""

    address: IPAddress | None
    scheme: str = ""


class TrustedProxies:
    """The proxies whose forwarding headers are trusted.

    Args:
        names: IP addresses, networks such as `10.0.0.0/8`, and `unix` for every peer of a UNIX
            socket.

    Raises:
        ValueError: a name is none of these.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        names = set(names)
        self._unix = _UNIX in names
        self._networks = [_network(name) for name in names - {_UNIX}]
        self._warned: set[str] = set()

    def trust(self, peer: object) -> bool:
        """Return whether a socket's peer is a trusted proxy."""
        if not isinstance(peer, tuple):
            return self._unix
        return bool(self._networks) and self._contain(parse_address(peer[0]))

    def client(self, peer: object, headers: Mapping[str, str]) -> NetworkAddress:
        """Return the address by which the client behind a trusted peer is counted.

        A header is read from the right, where the nearest proxy has written. The first
        address that isn't a trusted proxy's is the client's; anything left of it may be
        forged. A client that no header names is counted by the proxy's address.
        """
        claims = {
            self._nearest_client(hops)
            for hops in (_x_forwarded_for(headers), _forwarded(headers))
            if hops is not None
        }
        if len(claims) > 1:
            # A proxy that writes one header passes the other on as its client wrote it.
            self._warn(
                "contradiction",
                "Forwarded and X-Forwarded-For disagree, and neither is believed: let %s, a "
                "--trusted-proxy, remove the one that it doesn't write",
                counted_address(peer) or "the UNIX socket's peer",
            )
        client = claims.pop() if len(claims) == 1 else None
        return counted_network(client) if client else counted_address(peer) or _UNIX

    def scheme(self, headers: Mapping[str, str]) -> str | None:
        """Return the scheme by which the client behind a trusted peer connects.

        It is `http` or `https`; None if no proxy reports it, or proxies report different ones,
        as each may report its own hop.
        """
        reported = headers.get("x-forwarded-proto", "")[-_MAX_CHARACTERS:]
        claims = [scheme.strip() for scheme in reported.split(",")]
        claims += [hop.scheme for hop in self._credible_hops(_forwarded(headers))][-1:]
        schemes = {_SCHEMES[scheme.lower()] for scheme in claims if scheme.lower() in _SCHEMES}
        return schemes.pop() if len(schemes) == 1 else None

    def ignore(self, address: NetworkAddress | None, headers: Mapping[str, str]) -> None:
        """Warn once if a client that is no trusted proxy sends forwarding headers."""
        for name in ("X-Forwarded-For", "Forwarded"):
            value = headers.get(name.lower())
            if value is not None:
                self._warn(
                    "stranger",
                    "%s: %s from %s is ignored, as it comes from no --trusted-proxy",
                    name,
                    ascii(value[-_LOGGED_CHARACTERS:]),
                    address or "a UNIX socket",
                )

    def _contain(self, address: IPAddress) -> bool:
        return any(address in network for network in self._networks)

    def _nearest_client(self, hops: Iterator[_Hop]) -> IPAddress | None:
        addresses = [hop.address for hop in self._credible_hops(hops) if hop.address]
        return addresses[-1] if addresses else None

    def _credible_hops(self, hops: Iterator[_Hop] | None) -> Iterator[_Hop]:
        """Yield the hops that trusted proxies have reported, the nearest first."""
        for hop in hops or ():
            yield hop
            # A proxy that reports no address doesn't know its client: the rest may be forged.
            if hop.address is None or not self._contain(hop.address):
                return

    def _warn(self, about: str, text: str, *arguments: object) -> None:
        if about not in self._warned:
            self._warned.add(about)
            _log.warning(text, *arguments)


def _network(name: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(name)
    except ValueError:
        meant = _network_around(name)
        raise ValueError(
            f"a trusted proxy is an IP address, a network as 10.0.0.0/8, or unix, not {name!r}"
            f"{meant} (in a variable, spaces separate several)"
        ) from None


def _network_around(address: str) -> str:
    """Return a hint that gives the network of an address with host bits, else nothing."""
    try:
        return f"; that network is {ipaddress.ip_network(address, strict=False)}"
    except ValueError:
        return ""


def _x_forwarded_for(headers: Mapping[str, str]) -> Iterator[_Hop] | None:
    value = headers.get("x-forwarded-for")
    if value is None:
        return None
    hops = value[-_MAX_CHARACTERS:].split(",")
    return (_Hop(_node(hop.strip())) for hop in reversed(hops))


def _forwarded(headers: Mapping[str, str]) -> Iterator[_Hop] | None:
    value = headers.get("forwarded")
    return None if value is None else _forwarded_hops(value[-_MAX_CHARACTERS:])


def _forwarded_hops(text: str) -> Iterator[_Hop]:
    """Yield the hops of a Forwarded header from the right, up to a malformed element."""
    while text:
        element = _LAST_ELEMENT.search(text)
        if element is None:
            yield _Hop(None)
            return
        pairs = [
            (name.lower(), quoted or token)
            for name, quoted, token in _NAMED_PAIR.findall(element[1])
        ]
        nodes = [value for name, value in pairs if name == "for"]
        schemes = [value for name, value in pairs if name == "proto"]
        yield _Hop(
            _node(nodes[0]) if len(nodes) == 1 else None,
            schemes[0] if len(schemes) == 1 else "",
        )
        text = text[: element.start()]


def _node(text: str) -> IPAddress | None:
    """Return the address of a node, with or without a port (RFC 7239, section 6), if any."""
    match = _NODE.fullmatch(text)
    try:
        return parse_address(next(filter(None, match.groups()), "")) if match else None
    except ValueError:
        return None
