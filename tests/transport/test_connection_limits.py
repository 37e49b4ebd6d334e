"""Limits of connections: in total and for one address, with and without a proxy."""

import ipaddress
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from camus_core.limits import Limits
from camus_transport.http.connection_limits import ConnectionLimits, CountedConnection
from camus_transport.http.forwarded import TrustedProxies

PROXY = ("10.0.0.1", 40000)


def connection_limits(in_all: int | None = None, per_address: int = 64) -> ConnectionLimits:
    limits = Limits(connections=in_all, connections_per_address=per_address)
    return ConnectionLimits(limits, TrustedProxies(["10.0.0.1", "unix"]))


def peer(address: str) -> tuple[object, ...]:
    return (address, 40000, 0, 0) if ":" in address else (address, 40000)


def named(address: str) -> dict[str, str]:
    """Return the headers of a proxy that names its client."""
    return {"x-forwarded-for": address}


def status(connection: CountedConnection) -> int | None:
    """Return the status of a refusal."""
    return None if connection.refusal is None else connection.refusal.status


@contextmanager
def descriptor_limit(files: int) -> Iterator[None]:
    """Limit the open files of this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# Addresses -------------------------------------------------------------------------------


def test_an_address_has_its_share_and_again_when_one_has_left() -> None:
    connections = connection_limits(per_address=2)
    first, second, third = (connections.add(peer("203.0.113.7")) for _ in range(3))
    assert [status(one) for one in (first, second, third)] == [None, None, 429]
    assert status(connections.add(peer("203.0.113.8"))) is None
    connections.remove(first)
    assert status(connections.add(peer("203.0.113.7"))) is None
    assert status(connections.add(peer("203.0.113.7"))) == 429


def test_an_ipv6_address_counts_by_its_network_and_a_mapped_one_as_ipv4() -> None:
    connections = connection_limits(per_address=1)
    addresses = ["2001:db8::1", "2001:db8::2:1", "2001:db8:0:1::1", "::ffff:203.0.113.7"]
    assert [status(connections.add(peer(one))) for one in addresses] == [None, 429, None, None]
    assert status(connections.add(peer("203.0.113.7"))) == 429


def test_a_wider_ipv6_network_has_a_larger_share() -> None:
    connections = connection_limits(per_address=2)
    homes = [f"2001:db8:0:{number:x}::1" for number in range(12)]
    companies = [f"2001:db8:1:{number:x}00::1" for number in range(12)]
    for networks, share in ((homes, 4), (companies, 8)):
        opened = [connections.add(peer(one)) for one in networks for _ in range(3)]
        assert [status(one) for one in opened].count(None) == 2 * share
        for one in opened:
            connections.remove(one)
    assert connections._by_address == {}
    assert status(connections.add(peer(homes[-1]))) is None


def test_a_wider_ipv6_network_leaves_connections_to_others() -> None:
    connections = connection_limits(in_all=100, per_address=64)
    opened = [connections.add(peer(f"2001:db8:1:{n:x}00::1")) for n in range(100)]
    assert [status(one) for one in opened] == [None] * 87 + [429] * 13
    assert status(connections.add(peer("203.0.113.7"))) is None


@pytest.mark.parametrize(
    "written",
    [
        "64:ff9b::{:x}",  # NAT64
        "64:ff9b:1:2::{:x}",  # NAT64 of an operator's own
        "2002:{:x}::1",  # 6to4
        "2001:0:4136:e378:8000:63bf:{:x}",  # Teredo, which writes the address inverted
    ],
)
def test_the_clients_of_a_translator_count_by_their_ipv4_addresses(written: str) -> None:
    connections = connection_limits(per_address=1)
    opened = []
    for last in (7, 8):
        inside = int(ipaddress.IPv4Address(f"203.0.113.{last}"))
        inside ^= 0xFFFFFFFF if written.startswith("2001:") else 0
        halves = f"{inside >> 16:x}:{inside & 0xFFFF:x}"
        opened.append(connections.add(peer(written.replace("{:x}", halves))))
    assert [one.address for one in opened] == ["203.0.113.7", "203.0.113.8"]
    assert [status(one) for one in opened] == [None, None]
    assert status(connections.add(peer("203.0.113.7"))) == 429


def test_whoever_writes_the_address_of_a_proxy_into_its_own_is_no_proxy() -> None:
    connections = connection_limits(per_address=1)
    for address in ("64:ff9b::a00:1", "2002:a00:1::1"):
        assert not connections.add(peer(address)).is_proxy


def test_peers_of_a_unix_socket_have_no_address_to_count_by() -> None:
    connections = ConnectionLimits(Limits(connections_per_address=1), TrustedProxies())
    assert [status(connections.add("")) for _ in range(3)] == [None] * 3


# Proxies ---------------------------------------------------------------------------------


@pytest.mark.parametrize("proxy", [PROXY, "", b""])
def test_clients_of_a_trusted_proxy_count_by_their_own_addresses(proxy: object) -> None:
    connections = connection_limits(per_address=1)
    addresses = ["203.0.113.7", "203.0.113.8", "203.0.113.7", "2001:db8::1", "2001:db8::2"]
    opened = [connections.add(proxy) for _ in addresses]
    assert [status(one) for one in opened] == [None] * 5
    for one, address in zip(opened, addresses, strict=True):
        connections.identify(one, named(address))
    assert [status(one) for one in opened] == [None, None, 429, None, 429]
    assert opened[3].address == "2001:db8::/64"
    assert status(connections.add(peer("203.0.113.7"))) == 429, (
        "the address itself is the same one"
    )


def test_clients_that_their_proxy_does_not_name_share_the_address_of_the_proxy() -> None:
    connections = connection_limits(per_address=1)
    for proxy, address in [(PROXY, "10.0.0.1"), ("", "unix")]:
        first, second = connections.add(proxy), connections.add(proxy)
        connections.identify(first, {})
        connections.identify(second, named("unknown"))
        assert (first.address, second.address) == (address, address)
        assert (status(first), status(second)) == (None, 429)


def test_who_is_no_trusted_proxy_is_counted_by_its_own_address_whatever_it_says() -> None:
    connections = connection_limits(per_address=1)
    opened = connections.add(peer("203.0.113.7"))
    connections.identify(opened, named("198.51.100.1"))
    assert opened.address == "203.0.113.7"
    assert status(connections.add(peer("198.51.100.1"))) is None
    assert status(connections.add(peer("203.0.113.7"))) == 429


def test_a_request_says_once_who_it_is_from() -> None:
    connections = connection_limits(per_address=1)
    opened = connections.add(PROXY)
    connections.identify(opened, named("203.0.113.7"))
    connections.identify(opened, named("203.0.113.8"))
    assert opened.address == "203.0.113.7"


# In all ----------------------------------------------------------------------------------


def test_a_full_server_refuses_connections_until_one_ends() -> None:
    connections = connection_limits(in_all=2)
    opened = [connections.add(peer(f"203.0.113.{last}")) for last in range(3)]
    assert [status(one) for one in opened] == [None, None, 503]
    assert status(connections.add(PROXY)) == 503, "a proxy's too, before its request says whose"
    connections.remove(opened[2])
    assert status(connections.add(PROXY)) == 503
    connections.remove(opened[0])
    assert [status(connections.add(PROXY)) for _ in range(2)] == [None, 503]


def test_a_counted_connection_stays_while_others_are_refused() -> None:
    connections = connection_limits(in_all=1)
    first, _ = connections.add(PROXY), connections.add(PROXY)
    connections.identify(first, named("203.0.113.7"))
    assert status(first) is None


def test_a_connection_is_accepted_if_another_ends_before_its_request_has_come() -> None:
    connections = connection_limits(in_all=1)
    first, second = connections.add(PROXY), connections.add(PROXY)
    assert (status(first), status(second)) == (None, 503)
    connections.remove(first)
    connections.identify(second, named("203.0.113.7"))
    assert status(second) is None


@pytest.mark.parametrize("through", [peer("203.0.113.7"), PROXY])
def test_what_an_address_opens_beyond_its_share_takes_none_from_others(
    through: object,
) -> None:
    connections = connection_limits(in_all=4, per_address=2)
    flood = []
    for _ in range(20):
        flood.append(connections.add(through))
        connections.identify(flood[-1], named("203.0.113.7"))
    others = [connections.add(peer("203.0.113.8")), connections.add(PROXY)]
    assert [status(one) for one in others] == [None, None]
    assert status(connections.add(peer("203.0.113.9"))) == 503
    for one in flood:
        connections.remove(one)
    later = [connections.add(peer(f"203.0.113.{last}")) for last in range(10, 13)]
    assert [status(one) for one in later] == [None, None, 503]


def test_only_so_many_hear_at_once_that_they_are_refused() -> None:
    connections = connection_limits(per_address=1)
    opened, crowded = [], []
    for _ in range(18):
        opened.append(connections.add(peer("203.0.113.7")))
        crowded.append(connections.closes_silently)
    assert [status(one) for one in opened] == [None] + [429] * 17
    assert crowded == [False] * 17 + [True]
    connections.remove(opened[5])
    crowded.append(connections.closes_silently)
    assert crowded[-1] is False


def test_without_a_limit_connections_leave_64_files_for_everything_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with descriptor_limit(500):
        connections = connection_limits(per_address=500)
    opened = [status(connections.add(PROXY)) for _ in range(438)]
    assert opened == [None] * 436 + [503] * 2
    assert caplog.messages == []


def test_a_limit_over_that_of_open_files_stands_and_the_log_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with descriptor_limit(500):
        connections = connection_limits(in_all=437)
    assert caplog.messages == [
        "connections is 437, and the limit of open files leaves room for 436"
    ]
    assert [status(connections.add(PROXY)) for _ in range(438)] == [None] * 437 + [503]
