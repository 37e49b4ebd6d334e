"""A TCP proxy that simulates an ordinary line: it delays bytes, and limits their rate."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_AT_ONCE = 4096
"""Bytes that are forwarded in one piece."""

_RECEIVE_BUFFER = 64 * 1024
"""Bytes that the line itself buffers; the server notices everything beyond."""


@asynccontextmanager
async def slow_line(
    target: int, *, bytes_per_second: float = 10e6 / 8, round_trip: float = 0.06
) -> AsyncIterator[int]:
    """Forward to `target`, a port of this machine; yield the port to connect to."""
    loop = asyncio.get_running_loop()
    writers: set[asyncio.StreamWriter] = set()

    async def forward(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds_per_byte: float
    ) -> None:
        free_at = loop.time()
        with suppress(OSError):
            while data := await reader.read(_AT_ONCE):
                free_at = max(free_at, loop.time()) + len(data) * seconds_per_byte
                await asyncio.sleep(free_at - loop.time())
                loop.call_later(round_trip / 2, _write, writer, data)
        loop.call_later(round_trip / 2, writer.close)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_server, server = await asyncio.open_connection(
            "127.0.0.1", target, limit=_RECEIVE_BUFFER
        )
        writers.update((writer, server))
        with suppress(asyncio.CancelledError):  # else unread streams warn at the end
            await asyncio.gather(
                forward(reader, server, 0.0), forward(to_server, writer, 1 / bytes_per_second)
            )

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(round_trip)  # until all bytes on their way have arrived


def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    if not writer.is_closing():
        writer.write(data)
