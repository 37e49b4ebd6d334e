"""Attacks by clients that never join a room."""

import asyncio
import itertools
import ssl
from contextlib import AsyncExitStack

from transport.raw_socket import SECONDS, raw_socket

from .target import SOURCES, Target

HEAD = b"GET /room/attack/ws HTTP/1.1\r\nHost: 127.0.0.1\r\n"

COSTLY = (
    HEAD + b"X:" + b" " * 3000 + b"\x01\r\n\r\n",
    HEAD + b"X: a" + b" \t" * 4000 + b"\x01\r\n\r\n",
    HEAD + b"x:" * 4000 + b"\x01\r\n\r\n",
    HEAD + b"x" * 30_000 + b"\r\n\r\n",
    HEAD + b"".join(b"X-%d: 1\r\n" % number for number in range(5000)) + b"\r\n",
)
"""Requests that make a backtracking regular expression take very long."""


LISTS = (
    "Connection",
    "Upgrade",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions",
    "Accept-Encoding",
    "If-None-Match",
    "Forwarded",
    "X-Forwarded-For",
    "Cookie",
)
"""Headers that hold lists, which may be very long."""

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def with_a_list(name: str, lines: int) -> bytes:
    """Return an upgrade request in which one header has this many lines of 8 KiB."""
    line = f"{name}: {','.join('a' * 4050)}\r\n"
    others = "".join(f"{one}: {value}\r\n" for one, value in UPGRADE.items() if one != name)
    return HEAD + f"{line * lines}{others}\r\n".encode()


LONG_LISTS = tuple(with_a_list(name, lines) for lines in (1, 2, 3, 115) for name in LISTS)
"""From what every proxy lets through up to 939 KiB."""


async def open_and_close(target: Target) -> None:
    """Join a room and hang up, as fast as possible."""

    async def attempt() -> None:
        async with target.member("attack") as client:
            target.outcomes["let in"] += 1
            client.reset()

    await target.repeat(attempt)


async def open_and_hold(target: Target) -> None:
    """Open all connections that one address may have, and go on trying."""
    async with AsyncExitStack() as exits:

        async def attempt() -> None:
            await exits.enter_async_context(target.session())
            target.outcomes["let in"] += 1

        await target.repeat(attempt)


async def say_nothing(target: Target) -> None:
    """Connect and never send a request."""

    async def attempt() -> None:
        async with raw_socket(target.port, source=SOURCES[0]) as client:
            assert await client.read_to_the_end()

    await target.repeat(attempt, workers=100)


async def speak_slowly(target: Target) -> None:
    """Send a request that never ends, byte by byte (slow loris)."""

    async def attempt() -> None:
        async with raw_socket(target.port, source=SOURCES[0]) as client:
            await client.send(HEAD)
            while target.goes_on():
                await client.send(b"X")
                await asyncio.sleep(0.05)

    await target.repeat(attempt, workers=100)


async def ask_at_length(target: Target) -> None:
    """Send requests that take long to parse."""
    requests = itertools.cycle(COSTLY)

    async def attempt() -> None:
        async with raw_socket(target.port, source=SOURCES[0]) as client:
            await client.send(next(requests))
            target.outcomes[str((await client.response()).status)] += 1

    await target.repeat(attempt)


async def ask_with_long_lists(target: Target) -> None:
    """Send request heads whose lists have thousands of elements."""
    requests = itertools.cycle(LONG_LISTS)

    async def attempt() -> None:
        async with raw_socket(target.port, source=SOURCES[0]) as client:
            await client.send(next(requests))
            target.outcomes[str((await client.response()).status)] += 1

    await target.repeat(attempt)


async def drip_long_heads(target: Target) -> None:
    """Send the longest heads accepted, in as many small pieces as the network carries."""
    head = with_a_list("Connection", 2)[:16_000]

    async def attempt() -> None:
        async with raw_socket(target.port, source=SOURCES[0]) as client:
            for start in range(0, len(head), 16):
                await client.send(head[start : start + 16])
                await asyncio.sleep(0)
            target.outcomes["said"] += 1

    await target.repeat(attempt, workers=32)


async def shake_hands(target: Target) -> None:
    """Do as many TLS handshakes at a time as possible, and nothing more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    sources = itertools.cycle(SOURCES)

    async def attempt() -> None:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(
                "127.0.0.1", target.port, ssl=context, local_addr=(next(sources), 0)
            )
        target.outcomes["hands shaken"] += 1
        writer.transport.abort()

    await target.repeat(attempt, workers=100)
