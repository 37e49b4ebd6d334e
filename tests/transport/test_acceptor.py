"""Tests of accepting connections: at the limit of open files, with TLS, and in a flood."""

import asyncio
import logging
import os
import resource
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AsyncExitStack,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from pathlib import Path

import pytest
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import InvalidHandshake, InvalidStatus

from camus_transport import Signaling
from transport.certificate import make_certificate
from transport.raw_socket import SECONDS, RawSocket, eventually, raw_socket, raw_websocket
from transport.serve import CamusServe, camus_serve

FEW = 128
"""The limit of open files for a server in tests that exhaust it."""

FLOOD = 300


@contextmanager
def descriptor_limit(files: int) -> Iterator[None]:
    """Limit the open files of this process, and of those that it starts, at first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def flood(port: int, source: str = "127.0.0.2") -> Iterator[list[socket.socket]]:
    """Open many connections and send nothing on them."""
    with ExitStack() as opened:
        made = [opened.enter_context(socket.socket()) for _ in range(FLOOD)]
        for one in made:
            one.bind((source, 0))
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield made


def is_closed(client: socket.socket) -> bool:
    """Return whether the server has closed a connection without sending anything."""
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# The limit of open files -----------------------------------------------------------------


@pytest.mark.parametrize("connections", [FEW - 64, 10_000])
async def test_at_the_limit_of_open_files_members_talk_and_newcomers_are_refused(
    connections: int,
) -> None:
    limits = ["--connections", connections, "--connections-per-address", 10_000]
    slow = ["--handshake-seconds", 60]  # the flood stays until the test ends it
    async with camus_serve("--ping-after", 0.5, *limits, *slow) as server:
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (FEW, FEW))
        async with raw_websocket(server.port) as ann, raw_websocket(server.port) as bob:
            with flood(server.port) as flooding:
                await eventually(lambda: sum(map(is_closed, flooding)) >= FLOOD - FEW)
                await ann.say("text", "room", {"text": "can you hear me?"})
                assert (await bob.hear("text"))["data"]["text"] == "can you hear me?"
                assert not await is_accepted(server)
                started_at, cpu_before = time.monotonic(), cpu_seconds(server.pid)
                for _ in range(2):
                    await ann.hear("ping")
                seconds = time.monotonic() - started_at
                assert cpu_seconds(server.pid) - cpu_before < seconds / 2, "it spins"
            async with asyncio.timeout(SECONDS):  # until it has noticed the end of the flood
                while not await is_accepted(server):
                    pass
        refusals = [line for line in server.log if " refused " in line]
        assert 1 <= len(refusals) <= 11


async def is_accepted(server: CamusServe) -> bool:
    """Try to connect once; a refused client gets 503 or is cut off."""
    try:
        async with open_websocket(server.url("lobby"), local_addr=("127.0.0.3", 0)):
            return True
    except InvalidStatus as refusal:
        assert refusal.response.status_code == 503
        return False
    except (InvalidHandshake, OSError):
        return False


async def test_what_cant_be_accepted_waits_until_it_can_be(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "camus")
    async with Signaling() as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        with socket.socket() as made:
            free = os.dup(made.fileno())  # the lowest
            os.close(free)
            with descriptor_limit(free):
                made.connect(("127.0.0.1", port))
                made.setblocking(False)
                await eventually(lambda: caplog.messages != [])
            assert (await RawSocket(made).request("/room/lobby/ws")).status == 101
    assert caplog.messages == [
        "refused everybody: no connection can be accepted, Too many open files"
    ]


async def test_a_server_takes_as_many_connections_as_its_own_limit_lets_it() -> None:
    async with AsyncExitStack() as exits:
        with descriptor_limit(
            150
        ):  # the server raises this limit, and counts with the higher one
            options = ["--connections-per-address", 10_000]
            server = await exits.enter_async_context(camus_serve(*options))
        with flood(server.port) as flooding:
            async with raw_websocket(server.port):
                assert not any(map(is_closed, flooding))


# Handshakes that never finish ------------------------------------------------------------


async def test_connections_that_say_nothing_take_none_from_other_addresses() -> None:
    async with camus_serve("--connections", 100, "--host", "127.0.0.1") as server:
        with flood(server.port) as flooding:
            await eventually(lambda: sum(map(is_closed, flooding)) >= FLOOD - 64 - 17)
            async with raw_websocket(server.port):
                pass


@asynccontextmanager
async def tls_server(directory: Path, *options: object) -> AsyncIterator[CamusServe]:
    certificate, key = make_certificate(directory)
    tls = ["--host", "127.0.0.1", "--tls-certificate", certificate, "--tls-key", key]
    async with camus_serve(*tls, *options) as server:
        yield server


async def tls_status(port: int, source: str = "127.0.0.1") -> int:
    """Ask for a WebSocket over TLS; return the status."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    url = f"wss://127.0.0.1:{port}/room/lobby/ws"
    try:
        async with open_websocket(url, ssl=context, local_addr=(source, 0)):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


async def test_a_tls_handshake_that_never_finishes_is_counted(
    tmp_path: Path,
) -> None:
    async with tls_server(tmp_path, "--connections-per-address", 2) as server:
        async with raw_socket(server.port), raw_socket(server.port):
            assert await tls_status(server.port) == 429
            assert await tls_status(server.port, source="127.0.0.2") == 101


async def test_a_tls_handshake_that_fails_is_counted_no_more(tmp_path: Path) -> None:
    async with tls_server(tmp_path, "--connections-per-address", 1) as server:
        for _ in range(3):
            async with raw_socket(server.port) as plain:
                await plain.send(b"GET / HTTP/1.1\r\n\r\n")
                await plain.read_to_the_end()
        assert await tls_status(server.port) == 101


def client_hello() -> bytes:
    """Return the first bytes of a TLS client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    out = ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), out).do_handshake()
    return out.read()


async def test_a_tls_handshake_that_comes_in_pieces_is_answered(tmp_path: Path) -> None:
    hello = client_hello()
    async with tls_server(tmp_path) as server, raw_socket(server.port) as client:
        for piece in hello[:3], hello[3:50], hello[50:]:
            await client.send(piece)
            await asyncio.sleep(0.05)
        answer = await asyncio.get_running_loop().sock_recv(client.socket, 1000)
        assert answer[0] == 22, "a record of a handshake"


@pytest.mark.parametrize("size", [0, 3, 100])
async def test_a_tls_handshake_that_ends_early_is_counted_no_more(
    tmp_path: Path, size: int
) -> None:
    hello = client_hello()
    async with tls_server(tmp_path, "--connections-per-address", 1) as server:
        async with raw_socket(server.port) as client:
            await client.send(hello[:size])
            client.socket.shutdown(socket.SHUT_WR)
            await client.read_to_the_end()
        assert await tls_status(server.port) == 101


async def test_tls_handshakes_that_wait_are_given_up_when_the_server_stops(
    tmp_path: Path,
) -> None:
    async with tls_server(tmp_path, "--drain-seconds", 0.1) as server:
        async with raw_socket(server.port) as waiting:
            assert await server.end() == 0, server.log
            assert await waiting.read_to_the_end() == b""
