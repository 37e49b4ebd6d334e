"""What waits to be written to each connection: bounded, and written together.

What one turn of the event loop produces for a connection leaves in one write. A reader that
stalls costs itself its connection after a bounded number of bytes, and nobody else a moment.
"""

import asyncio


class Outboxes:
    """Those outboxes that have something to write when this turn of the loop ends."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._filled: list[Outbox] = []

    def add(self, outbox: "Outbox") -> None:
        if not self._filled:
            self._loop.call_soon(self._write_all)
        self._filled.append(outbox)

    def _write_all(self) -> None:
        filled, self._filled = self._filled, []
        for outbox in filled:
            outbox.write()


class Outbox:
    """What waits for one connection. `limit` counts bytes, the transport's own included."""

    __slots__ = ("_limit", "_outboxes", "_parts", "_paused", "_size", "_transport")

    def __init__(
        self, transport: asyncio.WriteTransport, limit: int, outboxes: Outboxes
    ) -> None:
        self._transport = transport
        self._limit = limit
        self._outboxes = outboxes
        self._parts: list[bytes] = []
        self._size = 0
        self._paused = False

    def put(self, head: bytes, body: bytes) -> bool:
        """Queue bytes that belong together; False, and neither queued, when it is full."""
        size = self._size + len(head) + len(body)
        if size > self._limit - (
            self._transport.get_write_buffer_size() if self._paused else 0
        ):
            return False
        self._size = size
        if not self._parts and not self._paused:
            self._outboxes.add(self)
        self._parts.append(head)
        self._parts.append(body)
        return True

    def write(self) -> None:
        """Hand everything to the transport, unless it has asked for a pause."""
        if self._parts and not self._paused:
            self._transport.write(b"".join(self._parts))
            self._parts.clear()
            self._size = 0

    def pause(self) -> None:
        """The transport's buffer is over its high-water mark."""
        self._paused = True

    def resume(self) -> None:
        """The transport's buffer is under its low-water mark."""
        self._paused = False
        self.write()

    def discard(self) -> None:
        """Forget what waits."""
        self._parts.clear()
        self._size = 0
