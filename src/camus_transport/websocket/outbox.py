"""What waits to be written to each connection: bounded, and written together.

What one turn of the event loop produces for a connection leaves in one write.

A reader on an ordinary line is behind for seconds after the bursts of a few others, which is no
fault of its own. So it is judged by time: it is slow when more than `slow_reader_bytes` wait,
and less than that has gone in `slow_reader_seconds`. Over `send_buffer_bytes` it goes at once,
and while too much waits for all together, the one goes for which most does. A reader that
stalls costs itself its connection, and nobody else a moment.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from camus_core.limits import Limits

_SMALL = 8192
"""Bytes to one connection that leave at once. Who gets more waits for those who get less."""

_LARGE_AT_ONCE = 256 * 1024
"""Bytes of the others that leave in one turn of the loop, some 3 ms: a full room's roster for
each of its members would take 50.
"""

_PAUSE = 0.5
"""Seconds by which a reader is judged too late for its own part: this process stood still, and
has written nothing to it either. It is watched anew.
"""


class Outboxes:
    """Those outboxes that have something to write when this turn of the loop ends.

    `held` are the bytes that wait in all outboxes whose transports have asked for a pause, or
    more: what their transports have sent since is found out when it matters.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: Limits) -> None:
        self.loop = loop
        self.limits = limits
        self.held = 0
        self._paused: set[Outbox] = set()
        self._filled: list[Outbox] = []
        self._large: deque[Outbox] = deque()

    def add(self, outbox: "Outbox") -> None:
        if not (self._filled or self._large):
            self.loop.call_soon(self._write_all)
        self._filled.append(outbox)

    def hold(self, outbox: "Outbox") -> None:
        """Count one whose transport has asked for a pause, and no longer takes what comes."""
        self._paused.add(outbox)
        self.count(outbox)

    def release(self, outbox: "Outbox") -> None:
        """Count it no more."""
        self._paused.discard(outbox)
        self.held -= outbox.held
        outbox.held = 0

    def count(self, outbox: "Outbox") -> None:
        """Count what waits there now; while that is too much in all, the fullest goes."""
        self._count(outbox)
        if self.held > self.limits.all_send_buffer_bytes:
            for one in self._paused:
                self._count(one)
        while self.held > self.limits.all_send_buffer_bytes:
            max(self._paused, key=lambda one: one.held).give_up()

    def _count(self, outbox: "Outbox") -> None:
        if outbox in self._paused:  # and not one that was given up, and ends soon
            waiting = outbox.waiting
            self.held += waiting - outbox.held
            outbox.held = waiting

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
            self.loop.call_soon(self._write_all)


class Outbox:
    """What waits for one connection: `size` bytes here, and more in the transport.

    `stalled` is called once when the reader is too slow; by then nothing waits here any more.
    """

    __slots__ = (
        "_limit",
        "_mark",
        "_outboxes",
        "_parts",
        "_paused",
        "_stalled",
        "_transport",
        "_watch",
        "_written",
        "held",
        "size",
    )

    def __init__(
        self,
        transport: asyncio.WriteTransport,
        outboxes: Outboxes,
        stalled: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._limit = outboxes.limits.send_buffer_bytes
        self._outboxes = outboxes
        self._stalled = stalled
        self._parts: list[bytes] = []
        self.size = 0
        self.held = 0
        self._paused = False
        self._written = 0
        self._mark = 0
        self._watch: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many bytes wait, those in the transport too."""
        return self.size + self._transport.get_write_buffer_size()

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
        if self._paused:
            self._look()
        return True

    def write(self) -> None:
        """Hand everything to the transport, unless it has asked for a pause."""
        if self._parts and not self._paused:
            data = b"".join(self._parts)
            self._parts.clear()
            self._written += self.size
            self.size = 0
            self._transport.write(data)

    def pause(self) -> None:
        """The transport's buffer is over its high-water mark."""
        self._paused = True
        self._outboxes.hold(self)
        self._look()

    def resume(self) -> None:
        """The transport's buffer is under its low-water mark."""
        self._paused = False
        self._outboxes.release(self)
        if self._parts:
            self._outboxes.add(self)

    def discard(self) -> None:
        """Forget what waits."""
        self._parts.clear()
        self.size = 0

    def close(self) -> None:
        """Nothing is written any more, and nothing fits."""
        self.discard()
        self._limit = -1
        self._outboxes.release(self)
        self._stalled = _ignore  # or it and its owner would wait for the garbage collector
        if self._watch is not None:
            self._watch.cancel()

    def give_up(self) -> None:
        """Take the reader for one that has stalled."""
        self.discard()
        self._outboxes.release(self)
        self._stalled()

    # Slow by time ----------------------------------------------------------------------

    @property
    def _gone(self) -> int:
        """How many bytes have left the transport."""
        return self._written - self._transport.get_write_buffer_size()

    def _look(self) -> None:
        """Count what waits, and watch it when it is much."""
        self._outboxes.count(self)
        limits = self._outboxes.limits
        if self._watch is None and self.held > limits.slow_reader_bytes:
            self._mark = self._gone
            self._watch = self._outboxes.loop.call_later(
                limits.slow_reader_seconds, self._judge
            )

    def _judge(self) -> None:
        watch, self._watch = self._watch, None
        most = self._outboxes.limits.slow_reader_bytes
        if self._paused and self.waiting > most:
            late = watch is not None and self._outboxes.loop.time() - watch.when() > _PAUSE
            if self._gone - self._mark >= most or late:
                self._look()
            else:
                self.give_up()


def _ignore() -> None:
    pass
