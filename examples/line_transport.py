"""A transport written from scratch: messages as lines of JSON over TCP, without WebSockets.

The first line that a client sends is the id of a room; each later line is a message. An empty
line keeps the connection alive, and is answered by another. The server's last line is a close
code and its meaning.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from camus_core import Router
from camus_core.records import RoomId
from camus_core.wire.profile import CORE
from camus_store import open_store
from camus_transport.server.served_connection import ServedConnection
from camus_transport.server.server import SignalingServer

CLOSING_SECONDS = 2.0
"""The time a client has to read the last line and close, before the connection is cut."""


class LineConnection(asyncio.Protocol):
    """The server's end of one connection: a `camus_core.transport.Connection`."""

    def __init__(self, server: SignalingServer) -> None:
        self._server = server
        self._limits = server.limits
        self._loop = asyncio.get_running_loop()
        self._served: ServedConnection | None = None
        self._unread = b""
        self.gone = self._loop.create_future()

    # Called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._cut_off_after(self._limits.handshake_seconds)

    def data_received(self, data: bytes) -> None:
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            self._line_received(line)
        if len(self._unread) > self._limits.frame_bytes:
            self._line_received(self._unread)
            self._unread = b""

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()
        if self._served is not None:
            self._served.closed()
        self.gone.set_result(None)

    # Called by the server

    def send(self, frame: bytes) -> bool:
        waiting = self._transport.get_write_buffer_size()
        if waiting + len(frame) > self._limits.send_buffer_bytes:
            return False
        # A line break between JSON tokens is white space; strings escape it.
        self._transport.write(frame.replace(b"\n", b" ") + b"\n")
        return True

    def close(self, code: int, reason: str) -> None:
        self._transport.write(f"{code} {reason}\n".encode())
        self._transport.write_eof()  # keep reading: unread data would make TCP reset
        self._transport.resume_reading()
        self._deadline.cancel()
        self._cut_off_after(CLOSING_SECONDS)

    def pause(self) -> None:
        self._transport.pause_reading()

    def resume(self) -> None:
        self._transport.resume_reading()

    # Handling of lines

    def _line_received(self, line: bytes) -> None:
        if self._served is None:
            self._deadline.cancel()
            room_id = RoomId(line.decode(errors="replace"))
            self._served = self._server.connect(self, room_id, CORE, address=None)
        elif line:
            self._served.receive(line)
        elif self._served.is_open:
            self._served.heard()
            if not self.send(b""):
                self._served.overflowed()

    def _cut_off_after(self, seconds: float) -> None:
        self._deadline = self._loop.call_later(seconds, self._transport.abort)


@asynccontextmanager
async def listening(server: SignalingServer, host: str, port: int) -> AsyncIterator[int]:
    """Accept connections and yield the port; at the end close every connection in order."""
    open_connections: set[asyncio.Future[None]] = set()

    def accept() -> LineConnection:
        connection = LineConnection(server)
        open_connections.add(connection.gone)
        connection.gone.add_done_callback(open_connections.discard)
        return connection

    listener = await asyncio.get_running_loop().create_server(accept, host, port)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        await server.stop()
        if open_connections:
            await asyncio.wait(open_connections, timeout=CLOSING_SECONDS + 1.0)


async def main() -> None:
    store = open_store("memory:")
    async with (
        store,
        SignalingServer(Router(), store) as server,
        listening(server, "localhost", 0) as port,
    ):
        reader, writer = await asyncio.open_connection("localhost", port)
        writer.write(b'lobby\n{"receiver": "ground control", "type": "ping", "data": 1}\n')
        print("received:", (await reader.readline()).decode(), end="")
        print("received:", (await reader.readline()).decode(), end="")
        writer.write(b'{"receiver": "ground control", "type": "bye"}\n')
        print("received:", (await reader.readline()).decode(), end="")
        writer.close()
        await writer.wait_closed()


if __name__ == "__main__":
    asyncio.run(main())
