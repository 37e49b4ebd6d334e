"""The bounded queue of messages that have been received and wait for the caller."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from camus_core.wire.messages import Message


class Inbox:
    """The received messages of one session.

    While it is full nothing more is read from the connection, so that TCP slows the server
    down. The bound is lifted while the caller waits for something that only arrives behind the
    messages in the queue: it couldn't empty the queue meanwhile, and both would wait for ever.

    Attributes:
        capacity: the number of messages that may wait before reading stops.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._messages: deque[Message] = deque()
        self._end: Exception | None = None
        self._unbounded = 0
        self._changed = asyncio.Event()
        self._may_read = asyncio.Event()

    def put(self, message: Message) -> None:
        """Add a message that was received."""
        self._messages.append(message)
        self._changed.set()

    def end(self, error: Exception) -> None:
        """Have `get` raise this error once it has returned every message."""
        self._end = error
        self._changed.set()

    async def get(self) -> Message:
        """Wait for the next message and return it.

        Raises:
            Exception: the argument of `end`, when no message is left.
        """
        while not self._messages:
            if self._end is not None:
                raise self._end.with_traceback(None)
            self._changed.clear()
            await self._changed.wait()
        self._may_read.set()
        return self._messages.popleft()

    async def wait_for_space(self) -> None:
        """Wait until one more message may be read from the connection."""
        while len(self._messages) >= self.capacity and not self._unbounded:
            self._may_read.clear()
            await self._may_read.wait()

    def lift_bound(self) -> None:
        """Accept any number of messages from now on."""
        self._unbounded += 1
        self._may_read.set()

    @contextmanager
    def without_bound(self) -> Iterator[None]:
        """Accept any number of messages within this context."""
        self.lift_bound()
        try:
            yield
        finally:
            self._unbounded -= 1
