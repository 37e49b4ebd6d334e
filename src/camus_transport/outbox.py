"""What waits to be written to each connection: bounded, and written together.

What one turn of the event loop produces for a connection leaves in one write. A reader that
stalls costs itself its connection after a bounded number of bytes, and nobody else a moment.
"""

import asyncio
from collections import deque

_SMALL = 8192
"""Bytes to one connection that leave at once. Who gets more waits for those who get less."""

_LARGE_AT_ONCE = 256 * 1024
"""Bytes of the others that leave in one turn of the loop, some 3 ms: a full room's roster for
each of its members would take 50.
"""


class Outboxes:
    """Those outboxes that have something to write when this turn of the loop ends."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._filled: list[Outbox] = []
        self._large: deque[Outbox] = deque()

    def add(self, outbox: "Outbox") -> None:
        if not (self._filled or self._large):
            self._loop.call_soon(self._write_all)
        self._filled.append(outbox)

    def _write_all(self) -> None:
        filled, self._filled = self._filled, []
        for outbox in filled:
            if outbox.size > _SMALL:
                self._large.append(outbox)
            else:
                outbox.write()
        left = _LARGE_AT_ONCE
        while self._large and left > 0:
            outbox = self._large.popleft()
            left -= outbox.size
            outbox.write()
        if self._large:
            self._loop.call_soon(self._write_all)


class Outbox:
    """What waits for one connection, `size` bytes. `limit` counts the transport's own, too."""

    __slots__ = ("_limit", "_outboxes", "_parts", "_paused", "_transport", "size")

    def __init__(
        self, transport: asyncio.WriteTransport, limit: int, outboxes: Outboxes
    ) -> None:
        self._transport = transport
        self._limit = limit
        self._outboxes = outboxes
        self._parts: list[bytes] = []
        self.size = 0
        self._paused = False

    def put(self, head: bytes, body: bytes) -> bool:
        """Queue bytes that belong together; False, and neither queued, when it is full."""
        size = self.size + len(head) + len(body)
        if size > self._limit - (
            self._transport.get_write_buffer_size() if self._paused else 0
        ):
            return False
        self.size = size
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
            self.size = 0

    def pause(self) -> None:
        """The transport's buffer is over its high-water mark."""
        self._paused = True

    def resume(self) -> None:
        """The transport's buffer is under its low-water mark."""
        self._paused = False
        if self._parts:
            self._outboxes.add(self)

    def discard(self) -> None:
        """Forget what waits."""
        self._parts.clear()
        self.size = 0
