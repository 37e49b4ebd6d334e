"""The network address by which a client is counted: an IPv4 address, or an IPv6 network."""

import ipaddress

from camus_core.records import NetworkAddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def parse_address(text: str) -> IPAddress:
    """Return the IP address in a text; an IPv4-mapped IPv6 address becomes the IPv4 address.

    Raises:
        ValueError: the text is no IP address.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


_TRANSLATED = (
    ipaddress.IPv6Network("64:ff9b::/96"),  # RFC 6052
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # RFC 8215: for local use, mostly a /96 in it
)
"""The networks from which translators (NAT64) map IPv4 clients into IPv6 addresses."""


def counted_network(address: IPAddress) -> NetworkAddress:
    """Return the address by which a client is counted: its IPv4 address, or its IPv6 network.

    The network has 64 bits, as one subscriber has all of its addresses. An IPv6 address that
    embeds the IPv4 address of a client counts as that, so that the clients of one translator
    or relay are counted apart: NAT64, 6to4 (RFC 3056) and Teredo (RFC 4380).
    """
    if isinstance(address, ipaddress.IPv4Address):
        return NetworkAddress(str(address))
    embedded = address.sixtofour or (address.teredo[1] if address.teredo else None)
    if any(address in network for network in _TRANSLATED):
        embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if embedded is not None:
        return NetworkAddress(str(embedded))
    return NetworkAddress(str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64))))


def counted_address(peer: object) -> NetworkAddress | None:
    """Return the address by which a socket's peer is counted; None on a UNIX socket."""
    if not isinstance(peer, tuple):
        return None
    if ":" not in peer[0]:
        return NetworkAddress(peer[0])
    return counted_network(parse_address(peer[0]))
