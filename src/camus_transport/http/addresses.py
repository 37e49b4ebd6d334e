"""What counts as one address: of IPv6 a network, as one person has all of its addresses."""

import ipaddress

from camus_core.records import NetworkAddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def parse_address(text: str) -> IPAddress:
    """Return an IP address; one of IPv4 that is written as one of IPv6 is the former.

    Raises:
        ValueError: it is none.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


_TRANSLATED = (
    ipaddress.IPv6Network("64:ff9b::/96"),  # RFC 6052
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # RFC 8215: an operator's own, mostly a /96 of it
)
"""Networks in which an address is that of an IPv4 client whom a translator (NAT64) brings."""


def counted_network(address: IPAddress) -> NetworkAddress:
    """Return what counts as one address: an IPv4 address, or an IPv6 network of 64 bits.

    An address that has that of an IPv4 client in it counts as the latter, so that the clients
    of one translator or relay aren't one: NAT64, 6to4 (RFC 3056) and Teredo (RFC 4380).
    """
    if isinstance(address, ipaddress.IPv4Address):
        return NetworkAddress(str(address))
    inside = address.sixtofour or (address.teredo[1] if address.teredo else None)
    if any(address in network for network in _TRANSLATED):
        inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inside is not None:
        return NetworkAddress(str(inside))
    return NetworkAddress(str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64))))


def counted_address(peer: object) -> NetworkAddress | None:
    """Return what counts as one address of a socket's peer; None on a UNIX socket."""
    if not isinstance(peer, tuple):
        return None
    if ":" not in peer[0]:
        return NetworkAddress(peer[0])
    return counted_network(parse_address(peer[0]))
