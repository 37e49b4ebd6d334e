"""Where camus-serve listens: names with two addresses, TLS, and a UNIX socket."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGKILL

from websockets.asyncio.client import connect as open_websocket
from websockets.asyncio.client import unix_connect

from transport.certificate import make_certificate
from transport.raw_socket import raw_socket
from transport.serve import CamusServe, camus_serve


async def test_localhost_is_served_on_every_address_that_it_has() -> None:
    names = {info[4][0] for info in socket.getaddrinfo("localhost", 0)}
    async with camus_serve("--host", "localhost") as server:
        for address in names:
            async with raw_socket(server.port, host=str(address)) as client:
                headers = f"Host: localhost:{server.port}"
                assert (await client.request("/room/lobby/ws", headers)).status == 101


@asynccontextmanager
async def tls_server(tmp_path: Path) -> AsyncIterator[tuple[CamusServe, ssl.SSLContext]]:
    certificate, key = make_certificate(tmp_path)
    options = ["--tls-certificate", certificate, "--tls-key", key]
    async with camus_serve("--host", "127.0.0.1", *options) as server:
        yield server, ssl.create_default_context(cafile=certificate)


async def test_with_a_certificate_it_speaks_tls_and_nothing_else(tmp_path: Path) -> None:
    async with tls_server(tmp_path) as (server, trust):
        assert any("wss://" in line and "https://" in line for line in server.log)
        url = f"wss://localhost:{server.port}/room/lobby/ws"
        async with open_websocket(url, ssl=trust, host="127.0.0.1", compression=None) as client:
            assert '"greeting"' in str(await client.recv())
        async with raw_socket(server.port) as plain:
            await plain.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b" 200 " not in await plain.read_to_the_end()


async def test_on_a_unix_socket_it_serves_and_takes_the_socket_away(tmp_path: Path) -> None:
    path = tmp_path / "camus.sock"
    async with camus_serve("--unix-socket", path) as server:
        uri = "ws://calls.example/room/lobby/ws"
        async with unix_connect(str(path), uri, compression=None) as client:
            assert '"greeting"' in str(await client.recv())
        assert await server.end() == 0
        assert not path.exists()


async def test_a_unix_socket_of_a_server_that_was_killed_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "camus.sock"
    async with camus_serve("--unix-socket", path) as server:
        await server.end(SIGKILL)
    async with camus_serve("--unix-socket", path):
        pass


async def test_a_server_that_stops_leaves_the_unix_socket_of_its_successor(
    tmp_path: Path,
) -> None:
    path = tmp_path / "camus.sock"
    async with camus_serve("--unix-socket", path) as first:
        async with camus_serve("--unix-socket", path):
            assert await first.end() == 0
            uri = "ws://calls.example/room/lobby/ws"
            async with unix_connect(str(path), uri, compression=None) as client:
                assert '"greeting"' in str(await client.recv())


async def test_a_tls_handshake_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    options = ["--tls-certificate", certificate, "--tls-key", key, "--handshake-seconds", 0.5]
    async with camus_serve(*options) as server, raw_socket(server.port) as client:
        async with asyncio.timeout(5):
            await client.send(b"\x16\x03\x01\x02\x00\x01")
            await client.read_to_the_end()
