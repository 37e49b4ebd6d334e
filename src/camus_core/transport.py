"""The interface of every transport, with its guarantees."""

from typing import Protocol


class Connection(Protocol):
    """The server's end of the connection to one client.

    No method waits, and none raises for anything that the client or the network did. The
    server calls none after `close`, nor once its transport has reported the connection's end.
    """

    def send(self, frame: bytes) -> bool:
        """Queue one text frame and return True; return False, and drop it, if too much waits.

        Frames arrive in the order of the calls, or the connection ends.
        """

    def close(self, code: int, reason: str) -> None:
        """Close the connection with a WebSocket close code, after the frames sent before.

        From now on nothing is read. A client that doesn't take part in the closing handshake is
        cut off after a bounded time.
        """

    def pause(self) -> None:
        """Stop reading; frames that were read already may still be delivered."""

    def resume(self) -> None:
        """Go on reading."""
