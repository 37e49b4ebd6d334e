"""A transport written from scratch: messages as lines of JSON over TCP, without WebSockets.

The first line of a client names its profile and a room (`camus.1 lobby`), or the session
profile alone (`camus.2`). Each later line is a message; empty lines are a sign of life, and are
answered by another. The server's last line is a close code and its meaning.
"""

import asyncio
from contextlib import suppress
from typing import cast

from camus_core.records import RoomId
from camus_core.wire.profile import CORE, SESSION
from camus_transport import Signaling
from camus_transport.server.served_connection import ServedConnection

CLOSING_SECONDS = 2.0
"""The time a client has to read the last line and close, before the connection is cut."""

READ_BYTES = 4096
"""The bytes read from one client in a turn of the event loop: a flood of them takes 10 ms."""


class LineConnection(asyncio.BufferedProtocol):
    """The server's end of one connection: a `camus_core.transport.Connection`."""

    _served: ServedConnection | None = None

    def __init__(self, signaling: Signaling) -> None:
        self._server, self._access = signaling.server, signaling.access
        self._limits = signaling.server.limits
        self._buffer = bytearray(READ_BYTES)
        self._unread = b""

    # Called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._accepted = self._access.accept(peer, self._transport.abort)

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        *lines, self._unread = (self._unread + self._buffer[:nbytes]).split(b"\n")
        if len(self._unread) > self._limits.frame_bytes:  # too long, as the server will say
            lines.append(self._unread)
            self._unread = b""
        for line in lines:
            if self._served is None:
                self._served = self._connect(line)
            elif line:
                self._served.receive(line)
        if b"" in lines and self._served is not None and self._served.is_open:
            self._served.heard()  # once for all of them: a flood of line breaks is cheap
            self.send(b"")

    def connection_lost(self, exc: Exception | None) -> None:
        self._accepted.closed()
        if self._served is not None:
            self._served.closed()

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
        with suppress(OSError):  # the client has gone
            self._transport.write_eof()  # keep reading: unread data would make TCP reset
        self._transport.resume_reading()
        asyncio.get_running_loop().call_later(CLOSING_SECONDS, self._transport.abort)

    def pause(self) -> None:
        self._transport.pause_reading()

    def resume(self) -> None:
        self._transport.resume_reading()

    # The first line

    def _connect(self, line: bytes) -> ServedConnection:
        self._accepted.opened()
        name, _, room = line.decode(errors="replace").partition(" ")
        profile = SESSION if name == SESSION.name else CORE
        address = self._accepted.address
        return self._server.connect(self, RoomId(room), profile, address=address)


async def listen(signaling: Signaling, host: str, port: int) -> asyncio.Server:
    """Accept connections until the server that is returned is closed."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: LineConnection(signaling), host, port)


async def main() -> None:
    async with Signaling() as signaling:
        listening = await listen(signaling, "127.0.0.1", 0)
        address = listening.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b'camus.1 lobby\n{"receiver": "ground control", "type": "ping"}\n')
        print("received:", (await reader.readline()).decode(), end="")
        print("received:", (await reader.readline()).decode(), end="")
        writer.write(b'{"receiver": "ground control", "type": "bye"}\n')
        print("received:", (await reader.readline()).decode(), end="")
        writer.close()
        await writer.wait_closed()
        listening.close()


if __name__ == "__main__":
    asyncio.run(main())
