"""Listening of camus-serve: names with two addresses, TLS, and a UNIX socket."""

import asyncio
import errno
import os
import socket
import ssl
import stat
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGKILL
from threading import Barrier

import pytest
from websockets.asyncio.client import connect as open_websocket
from websockets.asyncio.client import unix_connect

from camus_transport.websocket.acceptor import listen_unix
from transport.certificate import make_certificate
from transport.raw_socket import raw_socket
from transport.serve import CamusServe, camus_serve, run


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


async def test_a_unix_socket_of_a_living_server_is_left_to_it(tmp_path: Path) -> None:
    path = tmp_path / "camus.sock"
    async with camus_serve("--unix-socket", path):
        finished = await run("--unix-socket", path)
        assert finished.code == 1
        assert f"can't listen on {path}: another server listens there" in finished.err
        await check_greeting(path)


async def test_a_living_socket_whose_queue_is_full_is_left_alone_too(tmp_path: Path) -> None:
    path = tmp_path / "camus.sock"
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as waiting:
        listening.bind(str(path))
        listening.listen(0)
        waiting.connect(str(path))
        finished = await run("--unix-socket", path, seconds=10)
        assert "another server listens there" in finished.err


def test_of_servers_that_start_at_once_one_gets_the_unix_socket(tmp_path: Path) -> None:
    together = Barrier(4)

    def listen(path: str) -> socket.socket | None:
        together.wait()
        try:
            return listen_unix(path)
        except OSError as error:
            assert error.errno == errno.EADDRINUSE
            return None

    with ThreadPoolExecutor(4) as servers:
        for number in range(200):
            path = str(tmp_path / f"{number}.sock")
            with socket.socket(socket.AF_UNIX) as dead:
                dead.bind(path)
            made = [one for one in servers.map(listen, [path] * 4) if one is not None]
            for one in made:
                one.close()
            assert len(made) == 1, number


async def test_a_file_at_the_path_of_a_unix_socket_is_left_alone_and_named(
    tmp_path: Path,
) -> None:
    path = tmp_path / "camus.sock"
    path.write_text("mine")
    finished = await run("--unix-socket", path, seconds=10)
    assert f"can't listen on {path}: there is a file or a folder" in finished.err
    assert path.read_text() == "mine"


def test_a_datagram_socket_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = str(tmp_path / "log")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as another:
        another.bind(path)
        with pytest.raises(OSError):
            listen_unix(path)
        assert os.path.exists(path)


async def test_a_server_that_stops_leaves_the_unix_socket_of_its_successor(
    tmp_path: Path,
) -> None:
    path = tmp_path / "camus.sock"
    async with camus_serve("--unix-socket", path) as first:
        path.unlink()  # by hand, or together with the folder
        async with camus_serve("--unix-socket", path):
            assert await first.end() == 0
            await check_greeting(path)


@pytest.mark.parametrize(
    ("options", "mode"),
    [
        ([], 0o660),
        (["--unix-socket-mode", "0600"], 0o600),
        (["--unix-socket-mode", "666"], 0o666),
    ],
)
async def test_a_unix_socket_has_the_mode_that_is_said_whatever_the_umask_is(
    tmp_path: Path, options: list[str], mode: int
) -> None:
    path = tmp_path / "camus.sock"
    before = os.umask(0o077)
    try:
        async with camus_serve("--unix-socket", path, *options):
            assert stat.S_IMODE(path.stat().st_mode) == mode
    finally:
        os.umask(before)


async def check_greeting(path: Path) -> None:
    """Connect to a room over a UNIX socket, and check that the greeting arrives."""
    uri = "ws://calls.example/room/lobby/ws"
    async with unix_connect(str(path), uri, compression=None) as client:
        assert '"greeting"' in str(await client.recv())


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="there is no IPv6 here")
@pytest.mark.parametrize(
    ("host", "reached", "shown"),
    [
        ("::", ["127.0.0.1", "::1"], "localhost"),
        ("[::]", ["127.0.0.1", "::1"], "localhost"),
        ("", ["127.0.0.1", "::1"], "localhost"),
        ("0.0.0.0", ["127.0.0.1"], "127.0.0.1"),
        ("::1", ["::1"], "[::1]"),
    ],
)
async def test_every_address_is_both_families_and_what_is_shown_can_be_opened(
    host: str, reached: list[str], shown: str
) -> None:
    async with camus_serve("--host", host) as server:
        for address in "127.0.0.1", "::1":
            if address in reached:
                async with raw_socket(server.port, host=address) as client:
                    response = await client.request("/healthz", upgrade=False)
                    assert response.status == 200
            else:
                with pytest.raises(ConnectionRefusedError):
                    async with raw_socket(server.port, host=address):
                        pass
        assert any(f"http://{shown}:{server.port}/" in line for line in server.log)


async def test_an_ipv4_client_of_both_families_counts_by_its_ipv4_address() -> None:
    options = ["--host", "::", "--connections-per-address", 1]
    async with camus_serve(*options) as server, raw_socket(server.port, host="::1"):
        async with raw_socket(server.port), raw_socket(server.port) as second:
            assert (await second.request("/room/lobby/ws")).status == 429
    assert any("127.0.0.1" in line and "too many" in line for line in server.log)


async def test_a_tls_handshake_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    options = ["--tls-certificate", certificate, "--tls-key", key, "--handshake-seconds", 0.5]
    async with camus_serve(*options) as server, raw_socket(server.port) as client:
        async with asyncio.timeout(5):
            await client.send(b"\x16\x03\x01\x02\x00\x01")
            await client.read_to_the_end()
