"""Tests of the check of ICE URLs, and of the texts of its refusals."""

import pytest

from camus_core.ice import IceConfiguration
from camus_core.ice_urls import checked_ice_url
from core.ice_urls import NEVER_WORK, REFUSED, TAKEN


@pytest.mark.parametrize("url", TAKEN)
def test_what_a_browser_takes_is_taken_with_its_scheme_in_lower_case(url: str) -> None:
    scheme, _, rest = url.replace("=UDP", "=udp").partition(":")
    assert checked_ice_url(url) == f"{scheme.lower()}:{rest}"


@pytest.mark.parametrize("url", [*REFUSED, *NEVER_WORK])
def test_what_a_browser_throws_at_or_never_finds_is_refused_with_the_right_form(
    url: str,
) -> None:
    with pytest.raises(ValueError, match=r"is not of the form (stun|turn):host\[:port\]"):
        checked_ice_url(url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("stun:a:3478,stun:b:3478", "more than one URL; give each by itself"),
        ("stun:a.example:99999", "a port is a number from 1 to 65535"),
        ("stun:2001:db8::1", r"an IPv6 address stands in brackets, as \[2001:db8::1\]"),
        ("turn://a.example", "no // stands before the host"),
        ("turn:a.example?transport=sctp", "transport=udp or transport=tcp and nothing else"),
        ("stun:a.example?transport=udp", "a STUN server has no [?]"),
        ("stun:m\u00fcnchen.example", "as DNS has it, with xn--"),
        ("stun:1.2.3", "ends in a number and is no IPv4 address"),
    ],
)
def test_a_refusal_says_what_is_wrong(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        checked_ice_url(url)


def test_a_password_in_a_url_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="no user stands before the host") as raised:
        checked_ice_url("turn:ann:geheim@a.example")
    assert "geheim" not in str(raised.value)


def test_a_url_of_the_other_kind_of_server_is_refused_with_the_form_that_is_wanted() -> None:
    with pytest.raises(ValueError, match="is not of the form stun:"):
        checked_ice_url("turn:a.example", "stun")
    with pytest.raises(ValueError, match="is not of the form turn:"):
        IceConfiguration((), ("STUN:a.example",), "north")


def test_a_configuration_tells_urls_as_browsers_write_them() -> None:
    ice = IceConfiguration(("STUN:a.example",), ("Turn:b.example?transport=TCP",), "north")
    assert ice.stun_urls == ("stun:a.example",)
    assert ice.turn_urls == ("turn:b.example?transport=tcp",)


@pytest.mark.parametrize("secret", ["north\n", "no\rrth", "\0north", "no\x7frth", "\udcff"])
def test_a_secret_of_several_lines_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="one line of plain text") as raised:
        IceConfiguration((), ("turn:a.example",), secret)
    assert "rth" not in str(raised.value)
