"""The client's end of a connection, whatever carries it; and one that a WebSocket carries."""

from typing import Protocol

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed


class WireClosed(Exception):
    """The connection has ended with this WebSocket close code; 1006 if it just broke."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}".rstrip())
        self.code = code
        self.reason = reason


class Wire(Protocol):
    """Carries text frames, in order, until it ends."""

    async def write(self, frame: bytes) -> None:
        """Send a frame; waits while the server doesn't read.

        Raises:
            WireClosed: the connection has ended.
        """

    async def read(self) -> bytes:
        """Return the next frame; who cancels this loses none.

        Raises:
            WireClosed: the connection has ended, and all that came before was read.
        """

    async def hang_up(self) -> None:
        """Close the connection, if it hasn't ended."""

    def abort(self) -> None:
        """Cut the connection off, without a word and without waiting, if it hasn't ended."""


class WebSocketWire:
    """A connection of the websockets library."""

    def __init__(self, websocket: ClientConnection) -> None:
        self._websocket = websocket

    async def write(self, frame: bytes) -> None:
        try:
            await self._websocket.send(frame, text=True)
        except ConnectionClosed as error:
            raise _closed(error) from None

    async def read(self) -> bytes:
        try:
            return await self._websocket.recv(decode=False)
        except ConnectionClosed as error:
            raise _closed(error) from None

    async def hang_up(self) -> None:
        await self._websocket.close()

    def abort(self) -> None:
        self._websocket.transport.abort()


def _closed(error: ConnectionClosed) -> WireClosed:
    """Return how it ended; what this end has closed for, where the server said nothing."""
    close = error.rcvd or error.sent
    if close is None:
        return WireClosed(1006, "the connection broke")
    return WireClosed(close.code, close.reason)
