"""The interface that every transport fulfils, and what it promises."""

from typing import Protocol


class Connection(Protocol):
    """The server's end of one connection to one client.

    No method waits, and none raises for anything that the peer or the network did: a
    connection that has ended swallows what it is told.
    """

    def send(self, frame: bytes) -> bool:
        """Queue one text frame; frames arrive in this order, or the connection ends.

        False, and the frame is dropped, when more waits than the connection may hold: the
        reader has stalled.
        """

    def close(self, code: int, reason: str) -> None:
        """End the connection with a WebSocket close code, after what was sent before.

        From now on the connection reads nothing. A peer that doesn't take part in closing
        is cut off after a bounded time.
        """

    def pause(self) -> None:
        """Stop reading; what has been read already may still arrive."""

    def resume(self) -> None:
        """Read again."""
