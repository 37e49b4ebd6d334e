"""Which client a trusted proxy speaks for (RFC 7239, and the X-Forwarded ones before it)."""

import ipaddress
import logging
import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from camus_core.records import NetworkAddress

from .addresses import IPAddress, counted_address, counted_network, parse_address
from .request_head import header_lines

_log = logging.getLogger("camus")

_UNIX = NetworkAddress("unix")

_LONGEST = 1000
"""Characters of a header that are looked at, from the right: some thirty proxies."""

_SHOWN = 100
"""Characters of it that the log shows."""

_NODE = re.compile(r"\[([^]]*)\](?::\d+)?|([\d.]+):\d+|(.*)", re.ASCII)

# Nothing is tried twice (`++`, `*+`): of what a client has written everything may be.
_PAIR = r'[^\s"(),/:;<=>?@[\]{}\\]++=(?:"(?:[^"\\]|\\.)*+"|[^\s",;]*+)'
_LAST_ELEMENT = re.compile(
    rf"(?:^|,)[ \t]*+((?:{_PAIR})?+(?:;(?:{_PAIR})?+)*+)[ \t]*+$", re.ASCII
)
_NAMED_PAIR = re.compile(r'([^=;]++)=(?:"((?:[^"\\]|\\.)*+)"|([^\s",;]*+))', re.ASCII)

_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
"""What proxies call how a client has connected, and what its page's origin then begins with."""


@frozen
class _Hop:
    """What one proxy has written of its client."""

    address: IPAddress | None
    scheme: str = ""


class TrustedProxies:
    """The proxies whose word about their clients is believed.

    Args:
        names: IP addresses, networks as `10.0.0.0/8`, and `unix` for whoever connects to a
            UNIX socket.

    Raises:
        ValueError: a name is none of these.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        names = set(names)
        self._unix = _UNIX in names
        self._networks = [_network(name) for name in names - {_UNIX}]
        self._warned: set[str] = set()

    def trust(self, peer: object) -> bool:
        """Tell whether a socket's peer is one of them."""
        if not isinstance(peer, tuple):
            return self._unix
        return bool(self._networks) and self._contain(parse_address(peer[0]))

    def client(self, peer: object, headers: Mapping[str, str]) -> NetworkAddress:
        """Return the address for which a client of this trusted peer counts.

        A header is read from the right, where the nearest proxy has written: the first
        address that is no trusted proxy's is the client's, and what stands left of it anybody
        may have written. Who isn't named counts for the proxy.
        """
        said = {
            self._first_stranger(hops)
            for hops in (_x_forwarded_for(headers), _forwarded(headers))
            if hops is not None
        }
        if len(said) > 1:
            # A proxy that knows one header passes on whatever its client wrote in the other.
            self._warn(
                "contradiction",
                "Forwarded and X-Forwarded-For disagree, and neither is believed: let %s, a "
                "--trusted-proxy, remove the one that it doesn't write",
                counted_address(peer) or "the UNIX socket's peer",
            )
        client = said.pop() if len(said) == 1 else None
        return counted_network(client) if client else counted_address(peer) or _UNIX

    def scheme(self, headers: Mapping[str, str]) -> str | None:
        """Return how the client of a trusted peer has connected, `http` or `https`.

        None where that isn't told, or where proxies differ: each may tell of its own part.
        """
        lines = header_lines(headers, "x-forwarded-proto")
        said = [one.strip() for one in ",".join(lines)[-_LONGEST:].split(",")]
        said += [hop.scheme for hop in self._hops_until_a_stranger(_forwarded(headers))][-1:]
        schemes = {_SCHEMES[one.lower()] for one in said if one.lower() in _SCHEMES}
        return schemes.pop() if len(schemes) == 1 else None

    def ignore(self, address: NetworkAddress | None, headers: Mapping[str, str]) -> None:
        """Say once that such headers come from somebody else, and that nobody reads them."""
        for name in ("X-Forwarded-For", "Forwarded"):
            if name.lower() in headers:
                self._warn(
                    "stranger",
                    "%s: %s from %s is ignored, as it comes from no --trusted-proxy",
                    name,
                    ascii(", ".join(header_lines(headers, name.lower()))[-_SHOWN:]),
                    address or "a UNIX socket",
                )

    def _contain(self, address: IPAddress) -> bool:
        return any(address in network for network in self._networks)

    def _first_stranger(self, hops: Iterator[_Hop]) -> IPAddress | None:
        known = [hop.address for hop in self._hops_until_a_stranger(hops) if hop.address]
        return known[-1] if known else None

    def _hops_until_a_stranger(self, hops: Iterator[_Hop] | None) -> Iterator[_Hop]:
        """Give what trusted proxies have written, the nearest first."""
        for hop in hops or ():
            yield hop
            # Who wrote None didn't know its client: the rest is hearsay.
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
    """Return how the network is written that was named by an address in it."""
    try:
        return f"; that network is {ipaddress.ip_network(address, strict=False)}"
    except ValueError:
        return ""


def _x_forwarded_for(headers: Mapping[str, str]) -> Iterator[_Hop] | None:
    lines = header_lines(headers, "x-forwarded-for")
    if not lines:
        return None
    hops = ",".join(lines)[-_LONGEST:].split(",")
    return (_Hop(_node(hop.strip())) for hop in reversed(hops))


def _forwarded(headers: Mapping[str, str]) -> Iterator[_Hop] | None:
    lines = header_lines(headers, "forwarded")
    return _elements(",".join(lines)[-_LONGEST:]) if lines else None


def _elements(text: str) -> Iterator[_Hop]:
    """Read elements from the right, whatever a client has left open on the left."""
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
    """Return the address of a proxy's client, with a port or without (RFC 7239, section 6)."""
    match = _NODE.fullmatch(text)
    try:
        return parse_address(next(filter(None, match.groups()), "")) if match else None
    except ValueError:
        return None
