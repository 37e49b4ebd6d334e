"""The opening handshake by sections 1.3, 4.2 and 9.1 of RFC 6455, and its limits.

The tests of `test_handshake` over sockets aren't repeated here. Each request arrives whole, and
split before its last byte.
"""

import time

import pytest

from camus_core.limits import Limits
from transport.rfc6455_echo import UPGRADE, answer

LIMITS = Limits()
SWITCHED = "HTTP/1.1 101 Switching Protocols"
ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
"""The answer to the key of section 1.3, as given there."""

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="


async def answers(request: bytes) -> list[list[str]]:
    """Return status and headers for the whole request and the split one, if answered."""
    return [
        bytes((await answer(pieces, LIMITS))[1].written)
        .partition(b"\r\n\r\n")[0]
        .decode()
        .split("\r\n")
        for pieces in ([request], [request[:-1], request[-1:]])
    ]


def edited(right: str, other: str) -> bytes:
    assert right in UPGRADE.decode()
    return UPGRADE.decode().replace(right, other, 1).encode()


def with_headers(*headers: str) -> bytes:
    return edited("\r\n\r\n", "\r\n".join(["", *headers, "", ""]))


@pytest.mark.parametrize(
    "request_",
    [
        UPGRADE,
        UPGRADE.lower()
        .replace(b"get ", b"GET ")
        .replace(b"http/1.1", b"HTTP/1.1")
        .replace(KEY.lower().encode(), KEY.encode()),
        edited("Upgrade: websocket", "UPGRADE: WEBSOCKET"),
        edited("Connection: Upgrade", "Connection: keep-alive\r\nConnection: Upgrade"),
        edited("Connection: Upgrade", "Connection: keep-alive,upgrade"),
        edited(": 13", ":  13 \t "),
        edited(": 13", ":13"),
        edited("/ws ", "/ws?from=mail "),
        edited("Upgrade: websocket", "Upgrade: h2c, websocket"),
        edited("HTTP/1.1", "HTTP/1.2"),
        edited("/room", "http://server.example/room"),
        b"\r\n\r\n" + UPGRADE,
        with_headers("Content-Length: 0"),
        with_headers("Sec-WebSocket-Protocol: ;"),
        with_headers("Sec-WebSocket-Protocol: chat, superchat"),
        with_headers("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"),
        with_headers("Sec-WebSocket-Extensions: x-unknown"),
        with_headers("Cookie: a=\xe9"),
        with_headers(*(f"X-{number}: 1" for number in range(123))),
        with_headers("Cookie: " + "x" * 15_000),
        with_headers(*(f"Cookie-{number}: " + "x" * 4900 for number in range(3))),
    ],
    ids=[
        "1.2 as printed there", "4.2.1 lower case", "4.2.1 upper case", "4.2.1 two lines",
        "4.2.1 a list", "4.2.1 spaces", "4.2.1 no space", "4.2.1 a query",
        "4.2.1 two upgrades", "HTTP/1.2", "4.2.1 absolute URI", "empty lines first", "no body",
        "no subprotocol",
        "4.2.2 no subprotocol of ours", "9.1 an extension", "9.1 an unknown extension",
        "4.2.1 latin-1", "128 headers", "a long line", "15,000 bytes",
    ],
)  # fmt: skip
async def test_a_request_is_accepted_by_the_key_that_it_has_and_nothing_is_negotiated(
    request_: bytes,
) -> None:
    for status, *headers in await answers(request_):
        assert status == SWITCHED
        assert [header for header in headers if not header.startswith("Date:")] == [
            "Upgrade: websocket",
            "Connection: Upgrade",
            ACCEPT,
        ]


@pytest.mark.parametrize(
    "headers",
    [
        ["Sec-WebSocket-Protocol: camus.2"],
        ["Sec-WebSocket-Protocol: chat,camus.2, superchat"],
        ["Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: camus.2"],
    ],
)
async def test_of_the_subprotocols_that_are_offered_ours_is_taken(headers: list[str]) -> None:
    """Section 4.2.2, /subprotocol/."""
    for status, *answered in await answers(with_headers(*headers)):
        assert status == SWITCHED
        assert answered[-1] == "Sec-WebSocket-Protocol: camus.2"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (edited("HTTP/1.1", "HTTP/1.0"), 426),
        (edited("HTTP/1.1", "HTTP/2.0"), 505),
        (edited("GET", "HEAD"), 405),
        (edited("Connection: Upgrade\r\n", ""), 426),
        (edited("Connection: Upgrade", "Connection: keep-alive"), 426),
        (edited("Upgrade: websocket", "Upgrade: h2c"), 426),
        (edited(KEY, f"{KEY}\r\n{KEY}"), 400),
        (edited(KEY, "Sec-WebSocket-Key: "), 400),
        (edited(KEY, KEY.replace("==", "A=")), 400),
        (edited(": 13", ": 13\r\nSec-WebSocket-Version: 13"), 400),
        (edited(": 13", ": 13, 8"), 400),
        (edited(": 13", ": 8"), 400),
        (edited(": 13", ": 013"), 400),
        (with_headers("Sec-WebSocket-Protocol: a" + ",a" * 64), 431),
        (with_headers(*(f"X-{number}: 1" for number in range(124))), 431),
        (with_headers("Cookie: " + "x" * 16_384), 431),
        (edited("/room/echo/ws", "/" + "x" * 16_384), 414),
        (edited("/room/echo/ws", "*"), 404),
        (edited("/room", "http://somebody@server.example/room"), 404),
        (edited("/room", "ftp://server.example/room"), 404),
        (with_headers("Content-Length: 2"), 400),
        (with_headers("Transfer-Encoding: chunked"), 400),
    ],
    ids=[
        "HTTP/1.0", "HTTP/2", "HEAD", "no Connection", "another Connection", "h2c", "two keys",
        "an empty key", "17 bytes of key", "two versions", "a list of versions", "version 8",
        "013", "a long list", "129 headers", "a line that is too long",
        "a path that is too long", "no path", "an URI with a user", "an URI of another scheme",
        "a body", "a body in chunks",
    ],
)  # fmt: skip
async def test_a_request_of_another_form_is_refused(request_: bytes, status: int) -> None:
    """Section 4.2.1: "return an HTTP response with an appropriate error code"."""
    for answered, *_ in await answers(request_):
        assert answered.split(" ")[:2] == ["HTTP/1.1", str(status)]


async def test_who_speaks_another_version_is_told_ours() -> None:
    """Section 4.4."""
    for _, *headers in await answers(edited(": 13", ": 8")):
        assert "Sec-WebSocket-Version: 13" in headers


@pytest.mark.parametrize(
    "request_",
    [
        edited(": 13", ":\r\n 13"),
        edited("Version: 13", "Version : 13"),
        with_headers("no colon"),
        with_headers(": no name"),
        with_headers("X: \0"),
        with_headers("X: \x7f"),
        UPGRADE.replace(b"\r\n", b"\n"),
        edited("GET /", "GET  /"),
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ],
    ids=[
        "a folded line", "a space before the colon", "no colon", "no name", "NUL", "DEL",
        "LF", "two spaces", "a response",
    ],
)  # fmt: skip
async def test_what_is_no_request_is_told_so(request_: bytes) -> None:
    for answered, *_ in await answers(request_):
        assert answered == "HTTP/1.1 400 Bad Request"


@pytest.mark.alone("it measures a time")
@pytest.mark.parametrize(
    "request_",
    [
        with_headers("X:" + " " * 3000 + "\x01"),
        with_headers("X: a" + " \t" * 4000 + "\x01"),
        with_headers("X: a" + " b" * 4000 + "\x01"),
        with_headers("x" * 8000),
        with_headers("x:" * 4000 + "\x01"),
        with_headers("x" * 30_000),
        with_headers("Connection: " + "," * 8000),
        with_headers("Sec-WebSocket-Protocol: " + "a, " * 2500 + ";"),
    ],
    ids=[
        "spaces",
        "spaces and tabs",
        "words",
        "a name",
        "colons",
        "a long name",
        "commas",
        "offers",
    ],
)
async def test_no_request_keeps_the_server_busy(request_: bytes) -> None:
    """A backtracking regular expression takes minutes for some of these."""
    begun_at = time.monotonic()
    await answer([request_], LIMITS)
    assert time.monotonic() - begun_at < 1.0
