"""A TCP proxy that breaks and stalls connections, as networks do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from attrs import define, field


@define(eq=False)
class CuttingProxy:
    """A proxy that forwards to `target`, a port of this machine, until a test says otherwise.

    After `cut_after` more bytes to clients every connection is cut, in the middle of a frame if
    need be. While it is `deaf`, the proxy hangs up on new connections.
    """

    target: int
    port: int = 0
    deaf: bool = False
    accepted: int = 0
    cut_after: int | None = None
    _pipes: set["_Pipe"] = field(factory=set)

    def cut(self) -> None:
        """Cut every connection, with a reset at both ends."""
        self.cut_after = None
        for pipe in list(self._pipes):
            pipe.cut()

    def stall(self) -> None:
        """Stop forwarding on the open connections without ending them."""
        for pipe in self._pipes:
            pipe.moving.clear()

    def unstall(self) -> None:
        """Forward the bytes that were held back, and go on."""
        for pipe in self._pipes:
            pipe.moving.set()

    @property
    def open(self) -> int:
        """The number of open connections."""
        return len(self._pipes)

    def forwards(self, size: int) -> int:
        """Return how many of `size` bytes for a client to forward."""
        if self.cut_after is None:
            return size
        self.cut_after -= size
        return size + min(0, self.cut_after)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self.deaf:
            writer.transport.abort()
            return
        with suppress(OSError):
            to_server = await asyncio.open_connection("127.0.0.1", self.target)
            pipe = _Pipe(self, (reader, writer), to_server)
            self._pipes.add(pipe)
            try:
                await pipe.run()
            finally:
                self._pipes.discard(pipe)
                pipe.cut()
        writer.transport.abort()


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@define(eq=False)
class _Pipe:
    proxy: CuttingProxy
    client: _Streams
    server: _Streams
    moving: asyncio.Event = field(factory=asyncio.Event)

    async def run(self) -> None:
        self.moving.set()
        with suppress(OSError):
            await asyncio.gather(self._to_server(), self._to_client())

    def cut(self) -> None:
        for _, writer in (self.client, self.server):
            writer.transport.abort()
        self.moving.set()

    async def _to_server(self) -> None:
        while data := await self.client[0].read(1 << 16):
            await self.moving.wait()
            self.server[1].write(data)
        self.server[1].close()

    async def _to_client(self) -> None:
        while data := await self.server[0].read(1 << 16):
            await self.moving.wait()
            taken = self.proxy.forwards(len(data))
            self.client[1].write(data[:taken])
            if taken < len(data):
                await self.client[1].drain()
                self.proxy.cut()
        self.client[1].close()


@asynccontextmanager
async def cutting_proxy(target: int) -> AsyncIterator[CuttingProxy]:
    """Run a proxy on a free port of this machine."""
    proxy = CuttingProxy(target)
    listener = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.port = listener.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listener.close()
        proxy.cut()
