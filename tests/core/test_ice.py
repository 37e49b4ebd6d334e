"""Tests of ICE server configurations, and of credentials against known values."""

import pytest

from camus_core.clocks import UnixTime
from camus_core.ice import IceConfiguration, turn_credential
from camus_core.wire.messages import IceServer

CLIENT = "d86f5959c08d48ffb244ffd5e621871e"
NOW = UnixTime(1_615_918_847.68)


@pytest.mark.parametrize(
    ("secret", "username", "credential"),
    [
        # RFC 2202, test case 2 of HMAC-SHA-1
        ("Jefe", "what do ya want for nothing?", "7/zfauXrL6LSdBbV8YTfnCWafHk="),
        # printf %s <username> | openssl dgst -sha1 -hmac north -binary | base64
        ("north", f"1615934570:{CLIENT}", "kr0r4xBR9TCdgxWEIUOoe4rdcFc="),
    ],
)
def test_a_credential_is_the_hmac_of_the_username(
    secret: str, username: str, credential: str
) -> None:
    assert turn_credential(secret, username) == credential


def test_a_credential_expires_at_a_whole_second_and_names_the_client() -> None:
    ice = IceConfiguration((), ("turn:a.example", "turns:a.example:443"), "north")
    username = f"1615934570:{CLIENT}"
    credential = "kr0r4xBR9TCdgxWEIUOoe4rdcFc="
    turn = IceServer(("turn:a.example", "turns:a.example:443"), username, credential, "turn")
    assert ice.servers_for(CLIENT, NOW, 15723) == (turn,)


def test_stun_servers_need_no_credential() -> None:
    ice = IceConfiguration(("stun:a.example:3478", "stuns:[2001:db8::1]"))
    stun = IceServer(("stun:a.example:3478", "stuns:[2001:db8::1]"), kind="stun")
    assert ice.servers_for(CLIENT, NOW, 60) == (stun,)


def test_nothing_configured_is_no_servers() -> None:
    assert IceConfiguration().servers_for(CLIENT, NOW, 60) == ()


@pytest.mark.parametrize(
    "url",
    [
        "a.example",
        "stun:",
        "stun://a.example",
        "turn:a.example",
        "stun:a.example?transport=udp",
        "stun:a b",
        "stun:a.example\n",
        "",
    ],
)
def test_what_is_no_stun_url_is_named_and_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"is not of the form stun:host"):
        IceConfiguration(("stun:a.example", url))


@pytest.mark.parametrize(
    "url", ["stun:a.example", "turn:", "turn:a.example?transport=sctp", "turn:u@a.example", ""]
)
def test_what_is_no_turn_url_is_named_and_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"is not of the form turn:host"):
        IceConfiguration((), (url,), "north")


@pytest.mark.parametrize("url", ["turn:a?transport=udp", "turns:a:443?transport=tcp", "turn:a"])
def test_a_turn_url_may_name_a_transport(url: str) -> None:
    assert IceConfiguration((), (url,), "north").turn_urls == (url,)


@pytest.mark.parametrize("secret", [None, ""])
def test_turn_servers_need_a_secret(secret: str | None) -> None:
    with pytest.raises(ValueError, match="secret"):
        IceConfiguration((), ("turn:a.example",), secret)


def test_the_secret_is_not_shown() -> None:
    assert "north" not in repr(IceConfiguration((), ("turn:a.example",), "north"))
