"""The client's end of a connection, whatever carries it."""

from typing import Protocol


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
        """Return the next frame.

        Raises:
            WireClosed: the connection has ended, and all that came before was read.
        """

    async def hang_up(self) -> None:
        """Close the connection, if it hasn't ended."""
