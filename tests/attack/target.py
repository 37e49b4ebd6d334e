"""Common parts of all attacks: clients that obey no rule, and counts of the answers."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from attrs import define, field

from transport.raw_socket import CLOSE, TEXT, RawSocket, raw_socket

HOME = "127.0.0.1"
"""The address of the honest clients."""

SOURCES = tuple(f"127.0.0.{number}" for number in range(2, 10))
"""The addresses of attackers, so that limits per address don't affect honest clients."""

Try = Callable[[], Awaitable[None]]


class Refused(Exception):
    """The server has refused, with this HTTP status or error code."""


@define(eq=False)
class Target:
    """A server under attack until `ends_at` (monotonic time).

    `outcomes` counts the server's answers, and the ways in which connections ended.
    """

    port: int
    ends_at: float
    outcomes: Counter[str] = field(factory=Counter)

    def goes_on(self) -> bool:
        """Tell whether the attack goes on."""
        return time.monotonic() < self.ends_at

    async def repeat(self, attempt: Try, workers: int = 16) -> None:
        """Repeat an attempt in this many concurrent workers."""
        working = [asyncio.create_task(self._repeat_one(attempt)) for _ in range(workers)]
        await asyncio.wait(working, timeout=self.ends_at - time.monotonic())
        for task in working:
            task.cancel()
        for result in await asyncio.gather(*working, return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    async def _repeat_one(self, attempt: Try) -> None:
        while self.goes_on():
            try:
                await attempt()
            except Refused as refused:
                self.outcomes[str(refused)] += 1
            except TimeoutError:
                self.outcomes["no answer"] += 1
            except (OSError, AssertionError):  # a reset, or an end where more was to come
                self.outcomes["cut off"] += 1

    @asynccontextmanager
    async def websocket(
        self, path: str, *headers: str, source: str = SOURCES[0], receive_buffer: int = 0
    ) -> AsyncIterator[RawSocket]:
        """Open a WebSocket.

        Raises:
            Refused: the HTTP status isn't 101.
        """
        async with raw_socket(
            self.port, source=source, receive_buffer=receive_buffer
        ) as client:
            status = (await client.request(path, *headers)).status
            if status != 101:
                raise Refused(status)
            yield client

    @asynccontextmanager
    async def member(
        self, room_id: str, *, source: str = SOURCES[0], receive_buffer: int = 0
    ) -> AsyncIterator[RawSocket]:
        """Join a room in the core profile.

        Raises:
            Refused: the server's reason.
        """
        path = f"/room/{room_id}/ws"
        async with self.websocket(path, source=source, receive_buffer=receive_buffer) as client:
            await hear(client, "greeting")
            yield client

    @asynccontextmanager
    async def session(self, *, source: str = SOURCES[0]) -> AsyncIterator[RawSocket]:
        """Open a connection of the session profile that has not joined.

        Raises:
            Refused: the HTTP status isn't 101.
        """
        offer = "Sec-WebSocket-Protocol: camus.2"
        async with self.websocket("/ws", offer, source=source) as client:
            yield client

    async def count_refusals(self, client: RawSocket) -> None:
        """Count the refusals that a client receives, until it is closed."""
        while (said := await client.read_frame()).opcode != CLOSE:
            if said.opcode == TEXT and b'"type":"error"' in said.payload:
                self.outcomes[json.loads(said.payload)["data"]["code"]] += 1
        self.outcomes[f"closed {int.from_bytes(said.payload[:2], 'big')}"] += 1


async def hear(client: RawSocket, type: str) -> Any:
    """Return the data of the next message of this type.

    Raises:
        Refused: an `error` arrives before it.
    """
    while (said := await client.read_message())["type"] != type:
        if said["type"] == "error":
            raise Refused(said["data"]["code"])
    return said["data"]
