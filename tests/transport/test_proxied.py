"""The addresses of clients behind a trusted proxy and without one, over real sockets."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from attrs import define, field

from camus_core.admission.identity import Identity
from camus_core.limits import Limits
from camus_transport import Signaling
from camus_transport.http.handshake import Handshake
from camus_transport.http.headers import Headers
from transport.plain_http import parsed
from transport.raw_socket import raw_socket

ODD = ("X-Odd: 1", "X-Odd: 2")
"""Headers that leave the request to the parser of `ServerProtocol`."""

WAYS = pytest.mark.parametrize("odd", [(), ODD], ids=["plain", "odd"])


@define(eq=False)
class LimitedServer:
    """A server that allows two connections for each address; `opened` are those that stay."""

    port: int
    opened: AsyncExitStack = field(factory=AsyncExitStack)

    async def open_websocket(self, *headers: str, source: str = "127.0.0.1") -> int:
        """Ask for a WebSocket; return the status, and keep a successful connection open."""
        client = await self.opened.enter_async_context(raw_socket(self.port, source=source))
        status = (await client.request("/room/lobby/ws", *headers)).status
        if status != 101:
            client.socket.close()
        return status


@asynccontextmanager
async def limited_server(*trusted: str) -> AsyncIterator[LimitedServer]:
    limits = Limits(connections_per_address=2)
    async with Signaling(limits=limits, trusted_proxies=trusted) as signaling:
        made = LimitedServer(await signaling.listen("127.0.0.1", 0))
        async with made.opened:
            yield made


# Behind a proxy --------------------------------------------------------------------------


@WAYS
@pytest.mark.parametrize("header", ["X-Forwarded-For: ", "Forwarded: for="])
async def test_clients_of_a_trusted_proxy_are_counted_apart(
    header: str, odd: tuple[str, ...]
) -> None:
    async with limited_server("127.0.0.1") as proxied:
        ann, bob = f"{header}203.0.113.7", f"{header}198.51.100.1"
        statuses = [
            await proxied.open_websocket(who, *odd) for who in (ann, ann, ann, bob, bob, bob)
        ]
        assert statuses == [101, 101, 429, 101, 101, 429]


@WAYS
async def test_what_a_client_forges_through_a_trusted_proxy_gives_it_no_more(
    odd: tuple[str, ...],
) -> None:
    async with limited_server("127.0.0.1") as proxied:
        statuses = [
            await proxied.open_websocket(f"X-Forwarded-For: {forged}, 203.0.113.7", *odd)
            for forged in ("1.1.1.1", "2.2.2.2", "127.0.0.1")
        ]
        assert statuses == [101, 101, 429]
        lines = ["X-Forwarded-For: 3.3.3.3", "X-Forwarded-For: 203.0.113.7", *odd]
        assert await proxied.open_websocket(*lines) == 429


@WAYS
async def test_forwarded_headers_from_elsewhere_are_not_believed(
    odd: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with limited_server("127.0.0.1") as proxied:
        forged = [f"X-Forwarded-For: 203.0.113.{last}" for last in range(3)]
        statuses = [
            await proxied.open_websocket(one, *odd, source="127.0.0.2") for one in forged
        ]
        assert statuses == [101, 101, 429]
        assert caplog.messages == [
            "X-Forwarded-For: '203.0.113.0' from 127.0.0.2 is ignored, as it comes from no "
            "--trusted-proxy"
        ]
        assert await proxied.open_websocket(forged[0], *odd) == 101


async def test_without_trusted_proxies_nobody_is_believed() -> None:
    async with limited_server() as direct:
        statuses = [
            await direct.open_websocket(f"Forwarded: for=203.0.113.{last}") for last in range(3)
        ]
        assert statuses == [101, 101, 429]


@pytest.mark.parametrize("trusted", [(), ("127.0.0.1",)])
@pytest.mark.parametrize(
    "said",
    [
        b"PROXY TCP4 203.0.113.7 127.0.0.1 40000 443\r\n",
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xcb\x00\x71\x07\x7f\0\0\1\x9c\x40\x01\xbb",
    ],
    ids=["v1", "v2"],
)
async def test_the_proxy_protocol_is_no_request_whoever_speaks_it(
    trusted: tuple[str, ...], said: bytes
) -> None:
    async with limited_server(*trusted) as proxied, raw_socket(proxied.port) as client:
        await client.send(said + b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert (await client.read_to_the_end()).startswith(b"HTTP/1.1 400 ")


# Refusals --------------------------------------------------------------------------------


@WAYS
@pytest.mark.parametrize(
    ("limits", "status"),
    [(Limits(connections_per_address=1), 429), (Limits(connections=1), 503)],
)
async def test_one_too_many_hears_when_to_come_again(
    limits: Limits, status: int, odd: tuple[str, ...]
) -> None:
    async with Signaling(limits=limits, trusted_proxies=["127.0.0.1"]) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_socket(port) as member, raw_socket(port) as other:
            for client in (member, other):
                lines = [
                    "GET /room/lobby/ws HTTP/1.1",
                    "Host: 127.0.0.1",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    "Sec-WebSocket-Version: 13",
                    "X-Forwarded-For: 203.0.113.7",
                    *odd,
                ]
                await client.send("\r\n".join([*lines, "", ""]).encode())
                if client is member:
                    assert (await client.response()).status == 101
            refusal = parsed(await other.read_to_the_end())
            assert (refusal.status, refusal.headers["retry-after"]) == (status, "10")


async def test_the_log_tells_the_client_of_a_proxy_and_the_reason_but_no_query(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "camus")
    async with limited_server("127.0.0.1") as proxied:
        ann = "X-Forwarded-For: 203.0.113.7"
        for path in ("/rooms/lobby?token=secret", "/room/lobby/ws?token=secret"):
            async with raw_socket(proxied.port) as client:
                await client.request(path, ann, "Origin: https://elsewhere.example")
        async with raw_socket(proxied.port) as client:
            await client.request("/room/lobby/ws?token=secret", ann, upgrade=False)
        async with raw_socket(proxied.port) as client:
            await client.request("/rooms/lobby?token=secret", ann)
        async with raw_socket(proxied.port, source="127.0.0.2") as client:
            await client.send(b"secret\r\n")
            await client.read_to_the_end()
    refused = [said for said in caplog.messages if said.startswith("refused ")]
    foreign = "pages of this Origin may not connect here: 'https://elsewhere.example'"
    assert refused == [
        f"refused 203.0.113.7: {foreign}",
        "refused 203.0.113.7: this is the address of a WebSocket, which no browser shows as a "
        "page: '/room/lobby/ws'",
        "refused 203.0.113.7: WebSockets are at /room/<room id>/ws, and at /ws for clients "
        "that offer the subprotocol camus.2: '/rooms/lobby'",
        "refused 127.0.0.2: this is no HTTP request; plain HTTP/1.1 is spoken here",
        "refused 1 more within 60 seconds",
    ]
    assert "secret" not in caplog.text


# Authenticators --------------------------------------------------------------------------


@WAYS
async def test_an_authenticator_sees_path_headers_and_the_address_of_the_client(
    odd: tuple[str, ...],
) -> None:
    seen: asyncio.Queue[Handshake] = asyncio.Queue()

    async def look_at(handshake: Handshake) -> Identity | None:
        seen.put_nowait(handshake)
        return None

    async with Signaling(authenticator=look_at, trusted_proxies=["127.0.0.1"]) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_socket(port) as client:
            headers = ["Host: localhost", "X-Forwarded-For: 2001:db8::1", "cookie: a=1", *odd]
            status = (await client.request("/room/lobby/ws?ticket=5", *headers)).status
            handshake = await seen.get()
        assert status == 101
        assert handshake.path == "/room/lobby/ws?ticket=5"
        assert handshake.address == "2001:db8::/64"
        shown = {name: handshake.headers[name] for name in ("Host", "COOKIE", "upgrade")}
        assert shown == {"Host": "localhost", "COOKIE": "a=1", "upgrade": "websocket"}
        assert handshake.headers.get("X-Odd") == ("1, 2" if odd else None)


def test_lines_of_one_header_are_one_value_and_nobody_can_change_it() -> None:
    lines = Headers([("Cookie", "a=1"), ("X-Ids", "1"), ("cookie", "b=2"), ("X-Ids", "2, 3")])
    headers = Handshake("/ws", lines, None).headers
    assert dict(headers) == {"cookie": "a=1; b=2", "x-ids": "1, 2, 3"}
    assert not hasattr(headers, "__setitem__")
