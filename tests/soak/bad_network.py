"""A bad network, which cuts TCP connections anywhere, even in the middle of a frame."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from attrs import define, field

_HALF_OPEN = 0.2
"""The share of cuts that one end doesn't notice: its peer just falls silent."""

_CHUNK = 4096
"""Bytes that are carried at once; each such piece has at most one cut."""


@define(eq=False)
class BadNetwork:
    """A network that carries bytes to `port`, and cuts a connection every `bytes_between_cuts`
    or so.

    `cuts` counts the cuts. With `bytes_between_cuts` None there are none.
    """

    port: int
    dice: random.Random
    bytes_between_cuts: int | None = None
    cuts: int = 0
    _half_open: list[asyncio.StreamWriter] = field(factory=list)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Accept connections; yield the port."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for writer in self._half_open:
                writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            to_server = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.transport.abort()
            return
        ways = [
            asyncio.create_task(self._pump(reader, to_server[1])),
            asyncio.create_task(self._pump(to_server[0], writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            half_open = self.bytes_between_cuts is not None and self.dice.random() < _HALF_OPEN
            if half_open:
                self._half_open.append(to_server[1])  # still open for the server
            else:
                to_server[1].transport.abort()
            writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK):
            cut_at = self._cut_within(len(data))
            if cut_at is not None:
                self.cuts += 1
                writer.write(data[:cut_at])
                await asyncio.sleep(0)
                return
            writer.write(data)
            await writer.drain()

    def _cut_within(self, size: int) -> int | None:
        """Return the position within this many bytes at which to cut, if there is one."""
        if self.bytes_between_cuts is None:
            return None
        distance = int(self.dice.expovariate(1.0 / self.bytes_between_cuts))
        return distance if distance < size else None
