"""Real proxies, configured as `docs/howto-deploy.md` shows, in front of camus-serve."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import define
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from camus_core.limits import Limits
from interop.proxies import HAProxy, Kind, Nginx, Proxy, program, running
from transport.raw_socket import message, raw_socket
from transport.serve import CamusServe, camus_serve

SECONDS = 20.0
"""Seconds that any answer may take."""

TRUSTING = (
    "--trusted-proxy",
    "127.0.0.1",
    "--host",
    "127.0.0.1",
    "--allowed-host",
    "localhost",
)

ANN, BOB = "127.0.0.5", "127.0.0.6"
"""Addresses from which clients connect to a proxy; the proxy itself has 127.0.0.1."""


@pytest.fixture(params=[Nginx(), HAProxy()], ids=["nginx", "haproxy"])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    program(found.name)
    return found


@define(eq=False)
class ProxiedServer:
    """A server and the proxy in front of it; clients stay connected to the end."""

    server: CamusServe
    proxy: Proxy
    exits: AsyncExitStack

    async def come(
        self, address: str, path: str = "/room/lobby/ws", origin: str = "", **headers: str
    ) -> ClientConnection:
        """Connect through the proxy, from this address."""
        return await self.exits.enter_async_context(
            open_websocket(
                self.proxy.url(path),
                ssl=self.proxy.trust(),
                origin=Origin(origin or self.proxy.url("", "https")),
                additional_headers=headers,
                local_addr=(address, 0),
                compression=None,
            )
        )

    async def refusal(self, address: str, **headers: str) -> tuple[int, str | None]:
        """Return the status of a refused client, and the time after which it may come again."""
        with pytest.raises(InvalidStatus) as raised:
            await self.come(address, **headers)
        response = raised.value.response
        return response.status_code, response.headers.get("Retry-After")


@asynccontextmanager
async def proxied_server(
    kind: Kind, directory: Path, *options: object, **proxied: Any
) -> AsyncIterator[ProxiedServer]:
    async with AsyncExitStack() as exits:
        server = await exits.enter_async_context(camus_serve(*TRUSTING, *options))
        proxy = await exits.enter_async_context(
            running(kind, f"127.0.0.1:{server.port}", directory, **proxied)
        )
        yield ProxiedServer(server, proxy, exits)


async def hear(client: ClientConnection, type: str) -> dict[str, Any]:
    """Return the next message of this type, skipping others."""
    async with asyncio.timeout(SECONDS):
        while (said := json.loads(await client.recv()))["type"] != type:
            pass
    heard: dict[str, Any] = said
    return heard


async def talk(ann: ClientConnection, bob: ClientConnection) -> None:
    """Let Ann send a text to the room, and check that Bob receives it."""
    await ann.send(message("text", "room", {"text": "can you hear me?"}), text=True)
    assert (await hear(bob, "text"))["data"]["text"] == "can you hear me?"


async def get(proxy: Proxy, path: str) -> tuple[int, str]:
    """Request a page through the proxy; return the status and the body."""
    reader, writer = await asyncio.open_connection("localhost", proxy.port, ssl=proxy.trust())
    lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{proxy.port}", "Connection: close"]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    async with asyncio.timeout(SECONDS):
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    return int(head.split(" ")[1]), body


# Through the proxy -----------------------------------------------------------------------


async def test_clients_talk_and_a_person_sees_a_page(kind: Kind, tmp_path: Path) -> None:
    async with proxied_server(kind, tmp_path) as there:
        await talk(await there.come(ANN), await there.come(BOB))
        assert await get(there.proxy, "/healthz") == (200, "ok\n")
        status, page = await get(there.proxy, "/")
        assert (status, "Camus" in page) == (200, True)


async def test_the_numbers_for_monitoring_stay_inside(kind: Kind, tmp_path: Path) -> None:
    async with proxied_server(kind, tmp_path) as there:
        assert (await get(there.proxy, "/metrics"))[0] == 403


async def test_under_a_path_everything_is_as_without(kind: Kind, tmp_path: Path) -> None:
    async with proxied_server(kind, tmp_path, under_a_path=True) as there:
        ann, bob = [await there.come(one, "/call/room/lobby/ws") for one in (ANN, BOB)]
        await talk(ann, bob)
        assert await get(there.proxy, "/call/healthz") == (200, "ok\n")
        status, page = await get(there.proxy, "/call/")
        assert (status, "Camus" in page) == (200, True)


async def test_pages_of_other_origins_may_not_connect(kind: Kind, tmp_path: Path) -> None:
    async with proxied_server(kind, tmp_path) as there:
        elsewhere = "https://elsewhere.example"
        assert await there.refusal(ANN, origin=elsewhere) == (403, None)


async def test_pages_that_came_without_tls_may_not_connect(kind: Kind, tmp_path: Path) -> None:
    async with proxied_server(kind, tmp_path) as there:
        same = there.proxy.url("", "http")
        assert await there.refusal(ANN, origin=same) == (403, None)


# Silent connections ---------------------------------------------------------------------


async def test_the_server_speaks_more_often_than_the_proxy_waits(
    kind: Kind, tmp_path: Path
) -> None:
    waits = {"proxy_read_timeout 60s": "proxy_read_timeout 2s"}
    if kind.name == "haproxy":
        waits = {f"timeout {name} 60s": f"timeout {name} 2s" for name in ("client", "tunnel")}
    silent = ["--ping-after", 0.5, "--silent-for", 60]
    async with proxied_server(kind, tmp_path, *silent, changes=waits) as there:
        ann = await there.come(ANN)
        for _ in range(6):  # three seconds
            await hear(ann, "ping")
        await talk(ann, await there.come(BOB))


def test_each_proxy_waits_for_more_than_two_pings(kind: Kind) -> None:
    configuration = kind.configuration("127.0.0.1:1", under_a_path=False)
    waits = re.findall(
        r"(?:proxy_(?:read|send)_timeout|timeout (?:client|server|tunnel)) (\d+)s",
        configuration,
    )
    assert len(waits) >= 2
    assert min(map(int, waits)) > 2 * Limits().ping_after


# The client's address ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"X-Forwarded-For": "203.0.113.7"},
        {"Forwarded": "for=203.0.113.7"},
        {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"},
    ],
    ids=["nothing", "x-forwarded-for", "forwarded", "both"],
)
async def test_each_address_has_its_share_and_what_it_forges_gives_it_no_more(
    kind: Kind, tmp_path: Path, forged: dict[str, str]
) -> None:
    async with proxied_server(kind, tmp_path, "--connections-per-address", 2) as there:
        ann = [await there.come(ANN, **forged) for _ in range(2)]
        assert await there.refusal(ANN, **forged) == (429, "10")
        await talk(ann[0], await there.come(BOB, **forged))
        assert f"refused {ANN}: too many connections from your address" in log_of(there.server)


async def test_what_is_forged_past_the_proxy_is_not_believed(
    kind: Kind, tmp_path: Path
) -> None:
    async with proxied_server(kind, tmp_path, "--connections-per-address", 2) as there:
        statuses = []
        for last in range(3):
            client = await there.exits.enter_async_context(
                raw_socket(there.server.port, source=BOB)
            )
            headers = ["Host: localhost", f"X-Forwarded-For: 203.0.113.{last}"]
            statuses.append((await client.request("/room/lobby/ws", *headers)).status)
        assert statuses == [101, 101, 429]
        assert "X-Forwarded-For: '203.0.113.0' from 127.0.0.6 is ignored" in log_of(
            there.server
        )
        await there.come(ANN)


def log_of(server: CamusServe) -> str:
    """Return the log of a server."""
    return "\n".join(server.log)


async def test_a_full_server_says_when_to_come_again(kind: Kind, tmp_path: Path) -> None:
    async with proxied_server(kind, tmp_path, "--connections", 2) as there:
        ann, bob = await there.come(ANN), await there.come(BOB)
        assert await there.refusal(ANN) == (503, "10")
        await talk(ann, bob)


# On a UNIX socket ------------------------------------------------------------------------


async def test_on_a_unix_socket_each_address_has_its_share(kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "camus.sock"
    options = ["--unix-socket", path, "--trusted-proxy", "unix", "--connections-per-address", 1]
    async with (
        camus_serve(*options) as server,
        running(kind, str(path), tmp_path) as proxy,
        AsyncExitStack() as exits,
    ):
        there = ProxiedServer(server, proxy, exits)
        ann, bob = await there.come(ANN), await there.come(BOB)
        assert await there.refusal(BOB, Forwarded="for=203.0.113.7") == (429, "10")
        await talk(ann, bob)
