"""The source of a request, according to a trusted proxy or to any other client."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus_core.records import NetworkAddress
from camus_transport.http.forwarded import TrustedProxies
from camus_transport.http.headers import Headers

PROXY = ("10.0.0.1", 40000)
PROXIES = ["10.0.0.0/8", "2001:db8:ffff::/48", "unix"]
X = "X-Forwarded-For"


def client_behind(*lines: tuple[str, str], peer: object = PROXY) -> str:
    """Return the address that counts for the client of a trusted peer."""
    return TrustedProxies(PROXIES).client(peer, Headers(lines))


# Trusted peers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "peer", "expected"),
    [
        ([], PROXY, False),
        ([], "", False),
        (["10.0.0.1"], PROXY, True),
        (["10.0.0.1"], ("10.0.0.2", 1), False),
        (["10.0.0.0/8"], ("10.255.0.1", 1), True),
        (["10.0.0.0/8"], ("11.0.0.1", 1), False),
        (["10.0.0.0/8"], ("::ffff:10.0.0.1", 1, 0, 0), True),
        (["10.0.0.0/8"], ("2001:db8::1", 1, 0, 0), False),
        (["fe80::/10"], ("fe80::1%eth0", 1, 0, 2), True),
        (["2001:db8::/32", "127.0.0.1"], ("2001:db8::1", 1, 0, 0), True),
        (["2001:db8::/32", "127.0.0.1"], ("127.0.0.1", 1), True),
        (["10.0.0.0/8"], "", False),
        (["unix"], "", True),
        (["unix"], b"\0abstract", True),
        (["unix"], PROXY, False),
    ],
)
def test_a_peer_is_trusted_by_its_address_or_for_its_unix_socket(
    names: list[str], peer: object, expected: bool
) -> None:
    assert TrustedProxies(names).trust(peer) is expected


@pytest.mark.parametrize(
    "name", ["", "proxy.example", "10.0.0.1/8", "10.0.0.0/33", "UNIX", "*"]
)
def test_what_is_no_address_no_network_and_not_unix_is_a_mistake(name: str) -> None:
    with pytest.raises(ValueError, match=r"an IP address, a network as .*, or unix"):
        TrustedProxies(["127.0.0.1", name])


# Headers of a trusted proxy ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (X, "203.0.113.7", "203.0.113.7"),
        (X, " 203.0.113.7\t", "203.0.113.7"),
        (X, "203.0.113.7:4711", "203.0.113.7"),
        (X, "2001:db8::17", "2001:db8::/64"),
        (X, "[2001:db8::17]", "2001:db8::/64"),
        (X, "[2001:db8::17]:4711", "2001:db8::/64"),
        (X, "fe80::17%eth0", "fe80::/64"),
        (X, "::ffff:203.0.113.7", "203.0.113.7"),
        ("Forwarded", "for=203.0.113.7", "203.0.113.7"),
        ("Forwarded", 'FOR="203.0.113.7:4711"', "203.0.113.7"),
        ("Forwarded", 'for="[2001:db8::17]"', "2001:db8::/64"),
        ("Forwarded", 'for="[2001:db8::17]:4711"', "2001:db8::/64"),
        ("Forwarded", "proto=https;for=203.0.113.7;by=10.0.0.1", "203.0.113.7"),
        ("Forwarded", 'host="a, b;c\\"";for=203.0.113.7;by=_us', "203.0.113.7"),
    ],
)
def test_a_client_counts_by_its_address_and_one_of_ipv6_by_its_network(
    name: str, value: str, expected: str
) -> None:
    assert client_behind((name, value)) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (X, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (X, "198.51.100.1,203.0.113.7 , 10.1.1.1", "203.0.113.7"),
        (X, "198.51.100.1, 203.0.113.7, 2001:db8:ffff::1, 10.1.1.1", "203.0.113.7"),
        (X, "10.3.3.3, 10.2.2.2", "10.3.3.3"),
        ("Forwarded", "for=198.51.100.1, for=203.0.113.7;by=x", "203.0.113.7"),
        ("Forwarded", "for=198.51.100.1,for=203.0.113.7,for=10.1.1.1", "203.0.113.7"),
    ],
)
def test_of_many_hops_the_client_is_the_last_that_is_no_trusted_proxy(
    name: str, value: str, expected: str
) -> None:
    assert client_behind((name, value)) == expected


def test_lines_of_one_header_are_read_as_one_list() -> None:
    assert client_behind((X, "198.51.100.1"), (X, "203.0.113.7")) == "203.0.113.7"
    assert client_behind((X, "203.0.113.7"), (X, "10.1.1.1")) == "203.0.113.7"


@pytest.mark.parametrize(
    "value",
    [
        'for="198.51.100.1, for=203.0.113.7',
        'for=198.51.100.1;host=", for=203.0.113.7;host="x"',
        'for=198.51.100.1;host=", for="203.0.113.7"',
        "for=198.51.100.1;;;=, for=203.0.113.7",
        "\\, for=203.0.113.7",
        'for=203.0.113.7;host="x, for=198.51.100.1"',
        'for=203.0.113.7;host=";for=198.51.100.1"',
        'host=";for=198.51.100.1;";for=203.0.113.7',
    ],
)
def test_what_a_client_leaves_open_hides_nothing_of_what_its_proxy_writes(value: str) -> None:
    assert client_behind(("Forwarded", value)) == "203.0.113.7"


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [(X, "")],
        [(X, "unknown")],
        [(X, "unix:")],
        [(X, "198.51.100.1, unknown")],
        [(X, "198.51.100.1,")],
        [(X, "203.0.113.256")],
        [(X, "203.0.113.07")],
        [(X, "[203.0.113.7")],
        [(X, "x" * 100_000)],
        [(X, "203.0.113.7" + " " * 100_000)],
        [(X, "," * 100_000)],
        [("Forwarded", "")],
        [("Forwarded", "for=unknown")],
        [("Forwarded", "for=_hidden")],
        [("Forwarded", "for=198.51.100.1, for=_hidden")],
        [("Forwarded", "for=198.51.100.1, by=10.0.0.1")],
        [("Forwarded", "for=198.51.100.1;for=203.0.113.7")],
        [("Forwarded", "for=198.51.100.1,")],
        [("Forwarded", 'for="198.51.100.1')],
        [("Forwarded", "198.51.100.1")],
    ],
)
def test_a_client_that_its_proxy_does_not_name_counts_for_the_proxy(
    lines: list[tuple[str, str]],
) -> None:
    assert client_behind(*lines) == "10.0.0.1"
    assert client_behind(*lines, peer="") == "unix"
    assert client_behind(*lines, peer=("2001:db8:ffff::1", 1, 0, 0)) == "2001:db8:ffff::/64"


def test_a_hop_that_is_not_named_hides_what_stands_left_of_it() -> None:
    assert client_behind((X, "198.51.100.1, unknown, 10.1.1.1")) == "10.1.1.1"


def test_digits_of_other_scripts_make_no_address() -> None:
    assert TrustedProxies().client(PROXY, {"x-forwarded-for": "²03.0.113.7"}) == "10.0.0.1"


def test_headers_that_disagree_are_not_believed_and_the_log_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    proxies = TrustedProxies(PROXIES)
    forged, true = ("Forwarded", "for=198.51.100.1"), (X, "203.0.113.7")
    for _ in range(3):
        assert proxies.client(PROXY, Headers([forged, true])) == "10.0.0.1"
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "Forwarded and X-Forwarded-For disagree" in record.getMessage()
    assert "let 10.0.0.1, a --trusted-proxy," in record.getMessage()
    assert client_behind(forged, (X, "nonsense")) == "10.0.0.1"
    assert client_behind(("Forwarded", "nonsense"), true) == "10.0.0.1"


def test_headers_that_agree_are_believed(caplog: pytest.LogCaptureFixture) -> None:
    assert client_behind((X, "203.0.113.7"), ("Forwarded", "for=203.0.113.7")) == "203.0.113.7"
    assert caplog.records == []


JUNK = st.text(st.sampled_from('for="\\;,=[]:. 10_x'), max_size=40)


@given(JUNK, st.ip_addresses(v=4).map(str))
def test_whatever_a_client_writes_the_address_that_its_proxy_appends_counts(
    junk: str, address: str
) -> None:
    own = TrustedProxies().client(PROXY, {"x-forwarded-for": address})
    assert own == address
    proxies = TrustedProxies()
    assert proxies.client(PROXY, {"x-forwarded-for": f"{junk}, {address}"}) == own
    assert proxies.client(PROXY, {"forwarded": f"{junk}, for={address}"}) == own
    assert proxies.client(PROXY, {"forwarded": f'{junk}, for={address};host="x"'}) == own


@given(st.text(), st.text())
def test_no_header_is_an_error(forwarded: str, x_forwarded_for: str) -> None:
    headers = {"forwarded": forwarded, "x-forwarded-for": x_forwarded_for}
    assert isinstance(TrustedProxies().client(PROXY, headers), str)


# Headers of other clients ------------------------------------------------------------------


def test_headers_from_elsewhere_are_logged_once_escaped_and_short(
    caplog: pytest.LogCaptureFixture,
) -> None:
    proxies = TrustedProxies(PROXIES)
    proxies.ignore(NetworkAddress("203.0.113.7"), Headers([("Host", "calls.example")]))
    assert caplog.records == []
    for value in ["1.2.3.4" + "x" * 5000 + "\t\xe9", "5.6.7.8"]:
        proxies.ignore(
            NetworkAddress("203.0.113.7"), Headers([(X, value), ("Forwarded", value)])
        )
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    said = record.getMessage()
    assert said.startswith("X-Forwarded-For: '")
    assert said.endswith(
        "x\\t\\xe9' from 203.0.113.7 is ignored, as it comes from no --trusted-proxy"
    )
    assert len(said) < 250
