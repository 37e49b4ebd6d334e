"""What counts as one address: of IPv6 a network, as one person has all of its addresses."""

import ipaddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def read_address(text: str) -> IPAddress:
    """Return an IP address; one of IPv4 that is written as one of IPv6 is the former.

    Raises:
        ValueError: it is none.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def group_of(address: IPAddress) -> str:
    """Return what counts as one address: an IPv4 address, or an IPv6 network of 64 bits."""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


def address_group(peer: object) -> str | None:
    """Return what counts as one address of a socket's peer; None on a UNIX socket."""
    if not isinstance(peer, tuple):
        return None
    if ":" not in peer[0]:
        return str(peer[0])
    return group_of(read_address(peer[0]))
