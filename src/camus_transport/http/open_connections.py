"""The open connections of a transport, whose end a stopping server waits for."""

import asyncio
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar

CLOSING_SECONDS = 2.0
"""Seconds for the peer's part of closing; it is cut off after them."""


class Abortable(Hashable, Protocol):
    """A connection that can be cut off."""

    def abort(self) -> None:
        """Cut the connection off."""


Connection = TypeVar("Connection", bound=Abortable)


class OpenConnections(set[Connection], Generic[Connection]):
    """The set of the open connections of one transport."""

    def __init__(self) -> None:
        super().__init__()
        self._all_closed = asyncio.Event()

    def discard(self, connection: object, /) -> None:
        """Remove a connection that has ended, if it is in the set."""
        super().discard(connection)
        if not self:
            self._all_closed.set()

    async def drain(self) -> None:
        """Wait until the connections that the server closed have ended; cut off the others."""
        if not self:
            return
        self._all_closed.clear()
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                await self._all_closed.wait()
        except TimeoutError:
            for connection in list(self):
                connection.abort()
