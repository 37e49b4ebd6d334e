"""Tests that TLS handshakes and cancelled tasks leave nothing to the garbage collector."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from camus_core.limits import Limits
from camus_core.wire.profile import SESSION
from camus_transport import Signaling, connect, join
from camus_transport.http.handshake import Handshake
from camus_transport.memory import MemoryWire
from transport.certificate import make_certificate
from transport.failing_store import FailingStore
from transport.raw_socket import eventually, message, raw_socket
from transport.test_garbage import assert_no_garbage

GIVEN_UP = 0.3
"""Seconds after which a handshake is given up."""


def client_hello() -> bytes:
    """Return the first bytes of a TLS client."""
    context = ssl.create_default_context()
    out = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname="localhost")
    with suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return out.read()


@pytest.fixture
async def tls_port(tmp_path: Path) -> AsyncIterator[int]:
    certificate, key = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    async with Signaling(limits=Limits(handshake_seconds=GIVEN_UP)) as signaling:
        yield await signaling.listen("127.0.0.1", 0, context)


@pytest.mark.parametrize("ends", ["resets", "hangs up", "waits"])
@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        client_hello()[:50],
        client_hello(),
        client_hello() + b"x" * 50,
    ],
    ids=["nothing", "HTTP", "half a hello", "a hello", "a hello and nonsense"],
)
async def test_of_a_tls_handshake_that_comes_to_nothing(
    tls_port: int, says: bytes, ends: str
) -> None:
    async def attempt() -> None:
        async with raw_socket(tls_port) as client:
            await client.send(says)
            await asyncio.sleep(0.02)
            match ends:
                case "resets":
                    client.reset()
                case "hangs up":
                    client.socket.shutdown(socket.SHUT_WR)
                    await client.read_to_the_end()
                case _:
                    await asyncio.sleep(GIVEN_UP + 0.1)
        await asyncio.sleep(0.05)

    await attempt()
    with assert_no_garbage():
        await attempt()


@pytest.mark.parametrize("ends", ["closes", "resets", "hangs up"])
async def test_of_a_tls_connection_that_ends(tls_port: int, ends: str) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    async def attempt() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", tls_port, ssl=context)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await reader.readline()
        if ends == "resets":
            writer.transport.abort()
        with suppress(OSError):
            if ends == "hangs up":
                await reader.read()
            writer.close()
            await writer.wait_closed()
        del reader, writer
        await asyncio.sleep(0.05)

    await attempt()
    with assert_no_garbage():
        await attempt()


async def test_of_an_authenticator_that_takes_too_long() -> None:
    async def authenticate(_: Handshake) -> None:
        await asyncio.sleep(60)

    limits = Limits(handshake_seconds=0.05)
    async with Signaling(authenticator=authenticate, limits=limits) as signaling:
        port = await signaling.listen("127.0.0.1", 0)

        async def attempt() -> None:
            async with raw_socket(port) as client:
                await client.request("/room/lobby/ws")
                assert await client.close_code() == 4003
            await asyncio.sleep(0.05)

        await attempt()
        with assert_no_garbage():
            await attempt()


async def test_of_a_server_that_ends_while_questions_are_open() -> None:
    async def authenticate(_: Handshake) -> None:
        await asyncio.sleep(60)

    ended: list[Signaling] = []  # which refers to itself

    async def attempt() -> None:
        store = FailingStore()
        async with Signaling(store, authenticator=authenticate) as signaling:
            ended.append(signaling)
            port = await signaling.listen("127.0.0.1", 0)
            store.open.clear()
            wire = MemoryWire.open(signaling.server, None, SESSION)
            await wire.write(message("join", data={"room_id": "lobby", "username": "Eve"}))
            async with raw_socket(port) as client:
                await client.request("/room/lobby/ws")
                await signaling.__aexit__(None, None, None)

    await attempt()
    with assert_no_garbage():
        await attempt()


async def test_of_a_client_that_is_cancelled() -> None:
    async with Signaling() as signaling:
        port = await signaling.listen("127.0.0.1", 0)

        async def take_part() -> None:
            async with (
                connect(f"ws://127.0.0.1:{port}/room/lobby/ws") as peer,
                join(f"ws://127.0.0.1:{port}/room/lobby/ws", username="Ted") as session,
            ):
                await asyncio.gather(peer.receive(), session.receive(), asyncio.sleep(60))

        async def attempt() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(0.3):
                    await take_part()
            await eventually(lambda: signaling.server.census().connections == 0)
            await asyncio.sleep(0.05)

        await attempt()
        with assert_no_garbage():
            await attempt()
