"""A proxy in front of a PostgreSQL server that loses the answer to one request."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from attrs import define, field

from store.postgres_cluster import PostgresCluster

SOCKET = ".s.PGSQL.5432"


@define(eq=False)
class LossyProxy:
    """A proxy that forwards to the cluster until `loses` names a request.

    The next request that contains these bytes is forwarded, and its answer isn't: the proxy
    cuts all connections when the answer arrives, so that the request has been carried out, and
    no client can repeat it over another connection. Then it awaits `meanwhile`, before any
    client can connect again.
    """

    target: str
    url: str
    loses: bytes | None = None
    lost: int = 0
    meanwhile: "asyncio.Future[None]" = field(init=False)
    _goes_on: asyncio.Event = field(factory=asyncio.Event)
    _open: set["asyncio.Task[None]"] = field(factory=set)
    _clients: set[asyncio.StreamWriter] = field(factory=set)

    def lose(self, request: bytes, *, hold: bool = False) -> None:
        """Lose the answer to the next such request; with `hold`, refuse connections until
        `go_on`.
        """
        self.loses = request
        self.meanwhile = asyncio.get_running_loop().create_future()
        if hold:
            self._goes_on.clear()
        else:
            self._goes_on.set()

    def go_on(self) -> None:
        """Let clients connect again."""
        self._goes_on.set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self._clients.add(writer)
        try:
            if self.lost:
                await self._goes_on.wait()
            await self._forward(reader, writer)
        finally:
            writer.transport.abort()
            self._clients.discard(writer)
            self._open.discard(task)

    async def close(self) -> None:
        """Cut all open connections."""
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        from_server, to_server = await asyncio.open_unix_connection(self.target)
        cut = asyncio.Event()
        answering = asyncio.create_task(self._answer(from_server, writer, cut))
        try:
            with suppress(OSError):
                while chunk := await reader.read(65536):
                    if self.loses is not None and self.loses in chunk:
                        self.loses = None
                        cut.set()
                    to_server.write(chunk)
                    await to_server.drain()
        finally:
            answering.cancel()
            to_server.transport.abort()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65536):
                if cut.is_set():
                    self.lost += 1
                    for client in self._clients:
                        client.transport.abort()
                    self.meanwhile.set_result(None)
                    return
                writer.write(chunk)
                await writer.drain()


@asynccontextmanager
async def lossy_proxy(cluster: PostgresCluster) -> AsyncIterator[LossyProxy]:
    """Run a proxy before the cluster's database `postgres`."""
    with tempfile.TemporaryDirectory(prefix="camus-lossy-") as directory:
        url = f"postgresql://postgres@/postgres?host={quote(directory, safe='')}"
        proxy = LossyProxy(str(cluster.directory / SOCKET), url)
        server = await asyncio.start_unix_server(proxy.accept, Path(directory) / SOCKET)
        try:
            yield proxy
        finally:
            server.close()
            await proxy.close()
