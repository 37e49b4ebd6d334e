"""The client's end of a connection: the interface of every transport."""

from typing import Protocol


class WireClosed(Exception):
    """The connection has ended.

    Attributes:
        code: the WebSocket close code; 1006 if the connection broke without one.
        reason: the reason beside it; empty if there is none.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}".rstrip())
        self.code = code
        self.reason = reason


class Wire(Protocol):
    """A connection that carries text frames in order."""

    async def write(self, frame: bytes) -> None:
        """Send a frame, after waiting until the server reads.

        Raises:
            WireClosed: the connection has ended.
        """

    async def read(self) -> bytes:
        """Wait for the next frame and return it; cancelling this loses no frame.

        Raises:
            WireClosed: the connection has ended, and every frame was returned.
        """

    async def hang_up(self) -> None:
        """Close the connection in order, if it hasn't ended."""

    def abort(self) -> None:
        """End the connection at once, without a close frame, if it hasn't ended."""
