"""The outboxes: bytes that wait to be written to each connection, within bounds.

All that one turn of the event loop produces for a connection leaves in one write.

A client on an ordinary line lags for seconds behind the bursts of a few others, which is no
fault of its own. So slowness is a matter of time: a client is slow when more than
`slow_reader_bytes` wait for it, and fewer than that have been sent in `slow_reader_seconds`.
It is also stalled when more than `send_buffer_bytes` would wait for it. While more than
`all_send_buffer_bytes` wait for all clients together, the one with most of them is taken for
stalled. A stalled client loses its connection, and delays no other.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from camus_core.limits import Limits

_SMALL_BYTES = 8192
"""Bytes to one connection that leave at once; connections with more come after all others."""

_LARGE_BYTES_AT_ONCE = 256 * 1024
"""Bytes to connections with more that leave in one turn of the event loop, in some 3 ms: the
roster of a full room takes 50 ms to leave for all of its members.
"""

_LATE_SECONDS = 0.5
"""A check of a slow client that is this late means that this process was suspended, and sent
nothing in that time: the client gets its time again.
"""


class Outboxes:
    """The outboxes of all connections: those to be written after this turn of the event loop,
    and those that are paused, because their transports' buffers are full.

    `counted_bytes` is the sum of the bytes that wait in paused outboxes, as each was counted
    last. It may be too high, as transports have sent some since; before it matters all are
    counted again.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: Limits) -> None:
        self.loop = loop
        self.limits = limits
        self.counted_bytes = 0
        self._paused: set[Outbox] = set()
        self._filled: list[Outbox] = []
        self._large: deque[Outbox] = deque()

    def add(self, outbox: "Outbox") -> None:
        """Have an outbox written after this turn."""
        if not (self._filled or self._large):
            self.loop.call_soon(self._write_all)
        self._filled.append(outbox)

    def add_paused(self, outbox: "Outbox") -> None:
        """Count the bytes of an outbox whose transport has asked for a pause."""
        self._paused.add(outbox)
        self.recount(outbox)

    def remove_paused(self, outbox: "Outbox") -> None:
        """Stop counting the bytes of an outbox."""
        self._paused.discard(outbox)
        self.counted_bytes -= outbox.counted_bytes
        outbox.counted_bytes = 0

    def recount(self, outbox: "Outbox") -> None:
        """Count an outbox again; while too much waits in all, declare the fullest stalled."""
        self._update(outbox)
        if self.counted_bytes > self.limits.all_send_buffer_bytes:
            for other in self._paused:
                self._update(other)
        while self.counted_bytes > self.limits.all_send_buffer_bytes:
            max(self._paused, key=lambda other: other.counted_bytes).declare_stalled()

    def _update(self, outbox: "Outbox") -> None:
        if outbox in self._paused:  # else it was declared stalled, and its connection ends
            waiting_bytes = outbox.waiting_bytes
            self.counted_bytes += waiting_bytes - outbox.counted_bytes
            outbox.counted_bytes = waiting_bytes

    def _write_all(self) -> None:
        filled, self._filled = iter(self._filled), []
        budget = _LARGE_BYTES_AT_ONCE
        try:
            for outbox in filled:
                if outbox.size > _SMALL_BYTES:
                    self._large.append(outbox)
                else:
                    outbox.write()
            while self._large and budget > 0:
                outbox = self._large.popleft()
                budget -= outbox.size
                outbox.write()
        finally:  # a fault of one transport leaves no other unwritten
            self._filled[:0] = filled
            if self._filled or self._large:
                self.loop.call_soon(self._write_all)


class Outbox:
    """The bytes that wait for one connection: `size` of them here, others in the transport.

    `on_stall` is called once, when the client is too slow; the outbox is empty by then.
    """

    __slots__ = (
        "_is_closed",
        "_limit",
        "_on_stall",
        "_outboxes",
        "_parts",
        "_paused",
        "_sent_before",
        "_slow_timer",
        "_transport",
        "_written",
        "counted_bytes",
        "size",
    )

    def __init__(
        self,
        transport: asyncio.WriteTransport,
        outboxes: Outboxes,
        on_stall: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._limit = outboxes.limits.send_buffer_bytes
        self._is_closed = False
        self._outboxes = outboxes
        self._on_stall = on_stall
        self._parts: list[bytes] = []
        self.size = 0
        self.counted_bytes = 0
        self._paused = False
        self._written = 0
        self._sent_before = 0
        self._slow_timer: asyncio.TimerHandle | None = None

    @property
    def waiting_bytes(self) -> int:
        """The number of bytes that wait, here and in the transport."""
        return self.size + self._transport.get_write_buffer_size()

    def put(self, head: bytes, body: bytes) -> bool:
        """Queue a head and a body; return False, and queue neither, if they don't fit.

        A closed outbox drops them and returns True, as an ended connection ignores every call.
        """
        size = self.size + len(head) + len(body)
        if size > self._limit - (
            self._transport.get_write_buffer_size() if self._paused else 0
        ):
            return self._is_closed
        self.size = size
        if not self._parts and not self._paused:
            self._outboxes.add(self)
        self._parts.append(head)
        self._parts.append(body)
        if self._paused:
            self._check_backlog()
        return True

    def write(self, *, is_last: bool = False) -> None:
        """Write all to the transport, unless it has asked for a pause.

        Args:
            is_last: True to write nevertheless, because the transport is closed next.
        """
        if self._parts and (is_last or not self._paused):
            data = b"".join(self._parts)
            self._parts.clear()
            self._written += self.size
            self.size = 0
            self._transport.write(data)

    def pause(self) -> None:
        """Stop writing: the transport's buffer is over its high-water mark."""
        self._paused = True
        self._outboxes.add_paused(self)
        self._check_backlog()

    def resume(self) -> None:
        """Write again: the transport's buffer is under its low-water mark."""
        self._paused = False
        self._outboxes.remove_paused(self)
        if self._parts:
            self._outboxes.add(self)

    def discard(self) -> None:
        """Drop the bytes that wait here."""
        self._parts.clear()
        self.size = 0

    def close(self) -> None:
        """Drop all bytes, now and from now on."""
        self.discard()
        self._limit, self._is_closed = 0, True
        self._outboxes.remove_paused(self)
        self._on_stall = _ignore  # breaks a reference cycle with the owner
        if self._slow_timer is not None:
            self._slow_timer.cancel()

    def declare_stalled(self) -> None:
        """Empty the outbox, and tell its owner that the client has stalled."""
        self.discard()
        self._outboxes.remove_paused(self)
        self._on_stall()

    # Slow clients ----------------------------------------------------------------------

    @property
    def _sent_bytes(self) -> int:
        """The number of bytes that have left the transport."""
        return self._written - self._transport.get_write_buffer_size()

    def _check_backlog(self) -> None:
        """Count the waiting bytes, and start the timer for slow clients if they are many."""
        self._outboxes.recount(self)
        limits = self._outboxes.limits
        if self._slow_timer is None and self.counted_bytes > limits.slow_reader_bytes:
            self._sent_before = self._sent_bytes
            self._slow_timer = self._outboxes.loop.call_later(
                limits.slow_reader_seconds, self._check_progress
            )

    def _check_progress(self) -> None:
        """Declare the client stalled unless enough was sent since the timer was started."""
        timer, self._slow_timer = self._slow_timer, None
        limit = self._outboxes.limits.slow_reader_bytes
        if self._paused and self.waiting_bytes > limit:
            late = (
                timer is not None and self._outboxes.loop.time() - timer.when() > _LATE_SECONDS
            )
            if self._sent_bytes - self._sent_before >= limit or late:
                self._check_backlog()
            else:
                self.declare_stalled()


def _ignore() -> None:
    pass
