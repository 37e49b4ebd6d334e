"""What has come and waits for the caller: bounded, for nothing is read while it is full."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from camus_core.wire.messages import Message


class Inbox:
    """The messages of one session; `most` may wait, and those that come while it is open."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._messages: deque[Message] = deque()
        self._end: Exception | None = None
        self._open = 0
        self._news = asyncio.Event()
        self._wanted = asyncio.Event()

    def put(self, message: Message) -> None:
        """A message has come."""
        self._messages.append(message)
        self._news.set()

    def end(self, error: Exception) -> None:
        """No more will come: who has received all hears this."""
        self._end = error
        self._news.set()

    async def get(self) -> Message:
        """Return the next message.

        Raises:
            Exception: what `end` was called with.
        """
        while not self._messages:
            if self._end is not None:
                raise self._end.with_traceback(None)
            self._news.clear()
            await self._news.wait()
        self._wanted.set()
        return self._messages.popleft()

    async def until_wanted(self) -> None:
        """Wait until there is a place, or somebody who can't empty it waits for something."""
        while len(self._messages) >= self.most and not self._open:
            self._wanted.clear()
            await self._wanted.wait()

    def lift(self) -> None:
        """Take in all that comes from now on."""
        self._open += 1
        self._wanted.set()

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Take in what comes: the caller itself waits for something that comes behind it."""
        self.lift()
        try:
            yield
        finally:
            self._open -= 1
