"""Which client a trusted proxy speaks for (RFC 7239, and X-Forwarded-For before it)."""

import ipaddress
import logging
import re
from collections.abc import Iterable, Iterator, Mapping

from .addresses import IPAddress, address_group, group_of, read_address
from .upgrade import header_lines

_log = logging.getLogger("camus")

_UNIX = "unix"

_LONGEST = 1000
"""Characters of a header that are looked at, from the right: some thirty proxies."""

_SHOWN = 100
"""Characters of it that the log shows."""

_NODE = re.compile(r"\[([^]]*)\](?::\d+)?|([\d.]+):\d+|(.*)", re.ASCII)
_PAIR = r'[^\s"(),/:;<=>?@[\]{}\\]+=(?:"(?:[^"\\]|\\.)*"|[^\s",;]*)'
_LAST_ELEMENT = re.compile(rf"(?:^|,)[ \t]*((?:{_PAIR})?(?:;(?:{_PAIR})?)*)[ \t]*$", re.ASCII)
_NAMED_PAIR = re.compile(r'([^=;]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))', re.ASCII)


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
        return bool(self._networks) and self._contain(read_address(peer[0]))

    def client(self, peer: object, headers: Mapping[str, str]) -> str:
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
                address_group(peer) or "the UNIX socket's peer",
            )
        client = said.pop() if len(said) == 1 else None
        return group_of(client) if client else address_group(peer) or _UNIX

    def ignore(self, address: str | None, headers: Mapping[str, str]) -> None:
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

    def _first_stranger(self, hops: Iterator[IPAddress | None]) -> IPAddress | None:
        found = None
        for hop in hops:
            if hop is None:  # who wrote that didn't know its client: the rest is hearsay
                break
            found = hop
            if not self._contain(hop):
                break
        return found

    def _warn(self, about: str, text: str, *arguments: object) -> None:
        if about not in self._warned:
            self._warned.add(about)
            _log.warning(text, *arguments)


def _network(name: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(name)
    except ValueError:
        raise ValueError(
            f"a trusted proxy is an IP address, a network as 10.0.0.0/8, or unix, not {name!r}"
        ) from None


def _x_forwarded_for(headers: Mapping[str, str]) -> Iterator[IPAddress | None] | None:
    lines = header_lines(headers, "x-forwarded-for")
    if not lines:
        return None
    hops = ",".join(lines)[-_LONGEST:].split(",")
    return (_node(hop.strip()) for hop in reversed(hops))


def _forwarded(headers: Mapping[str, str]) -> Iterator[IPAddress | None] | None:
    lines = header_lines(headers, "forwarded")
    return _elements(",".join(lines)[-_LONGEST:]) if lines else None


def _elements(text: str) -> Iterator[IPAddress | None]:
    """Read elements from the right, whatever a client has left open on the left."""
    while text:
        element = _LAST_ELEMENT.search(text)
        if element is None:
            yield None
            return
        pairs = _NAMED_PAIR.findall(element[1])
        nodes = [quoted or token for name, quoted, token in pairs if name.lower() == "for"]
        yield _node(nodes[0]) if len(nodes) == 1 else None
        text = text[: element.start()]


def _node(text: str) -> IPAddress | None:
    """Return the address of a proxy's client, with a port or without (RFC 7239, section 6)."""
    match = _NODE.fullmatch(text)
    try:
        return read_address(next(filter(None, match.groups()), "")) if match else None
    except ValueError:
        return None
