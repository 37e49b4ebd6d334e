"""The client's end of delivery: what it hears is counted, what it says is kept. No I/O.

Nothing is stamped: both ends count every frame after `joined`, and after the `join` that it
answers, but `ping`, `pong` and `ack` ("Delivery and resume" in `docs/protocol.md`).
"""

from collections import deque

from attrs import define, field

from camus_core.wire.errors import MalformedMessage
from camus_core.wire.messages import UNCOUNTED, Allowance, Message
from camus_core.wire.profile import ACK_BYTES, ACK_FRAMES

Outgoing = tuple[Message, bytes]
"""A message and its frame."""


@define(eq=False)
class ClientDelivery:
    """What one session has said and heard.

    `received` counts the frames of the server. Of the client's own frames some wait to be
    written, and those that were written are kept until the server confirms them.
    """

    limits: Allowance
    received: int = field(default=0, init=False)
    _acknowledged: int = field(default=0, init=False)
    _unacknowledged_bytes: int = field(default=0, init=False)
    _confirmed: int = field(default=0, init=False)
    _bytes: int = field(default=0, init=False)
    _unconfirmed: deque[Outgoing] = field(factory=deque, init=False)
    _unwritten: deque[Outgoing] = field(factory=deque, init=False)

    # From the server -------------------------------------------------------------------

    def count_received(self, size: int) -> bool:
        """Count a frame of the server; tell whether an `ack` is due."""
        self.received += 1
        self._unacknowledged_bytes += size
        return (
            self.received - self._acknowledged >= ACK_FRAMES
            or self._unacknowledged_bytes >= ACK_BYTES
        )

    def acknowledge(self) -> int | None:
        """Return the number to put into an `ack`, or None when it has not grown."""
        if self.received == self._acknowledged:
            return None
        self._acknowledged, self._unacknowledged_bytes = self.received, 0
        return self.received

    def confirm(self, received: int) -> None:
        """The server has received so many frames: those need not be kept.

        Raises:
            MalformedMessage: it has been sent fewer, or has confirmed more before.
        """
        confirmed = received - self._confirmed
        if not 0 <= confirmed <= len(self._unconfirmed):
            raise MalformedMessage(f"{received} frames can't have been received")
        for _ in range(confirmed):
            _, frame = self._unconfirmed.popleft()
            self._bytes -= len(frame)
        self._confirmed = received

    # To the server ---------------------------------------------------------------------

    def fits(self, size: int) -> bool:
        """Tell whether a frame of this size may be put; an only one always may."""
        kept = len(self._unconfirmed) + len(self._unwritten)
        return not kept or (
            kept < self.limits.unconfirmed_frames
            and self._bytes + size <= self.limits.unconfirmed_bytes
        )

    def put(self, message: Message, frame: bytes) -> None:
        """Have a message written, when there is a connection."""
        self._unwritten.append((message, frame))
        self._bytes += len(frame)

    def next_frame(self) -> bytes | None:
        """Return the next frame to write, if there is one."""
        if not self._unwritten:
            return None
        message, frame = self._unwritten.popleft()
        if type(message) in UNCOUNTED:
            self._bytes -= len(frame)
        else:
            self._unconfirmed.append((message, frame))
        return frame

    # On a new connection ---------------------------------------------------------------

    def resume(self, received: int | None) -> None:
        """Go on: what the server has not received is written again, in order.

        Messages that don't count were of the old connection, and go with it.

        Raises:
            MalformedMessage: see `confirm`; or the server doesn't say what it has received.
        """
        if received is None:
            raise MalformedMessage("a session was resumed, and `received` is missing")
        self.confirm(received)
        self._unwritten = deque(self._kept())
        self._unconfirmed.clear()
        self._bytes = sum(len(frame) for _, frame in self._unwritten)
        self._acknowledged, self._unacknowledged_bytes = self.received, 0

    def begin_epoch(self, received: int | None) -> tuple[Message, ...]:
        """Count from 0 again, and return what nobody has confirmed.

        `received` is how many frames of the old count the server has received, if it knows.

        Raises:
            MalformedMessage: see `confirm`.
        """
        if received is not None:
            self.confirm(received)
        expired = tuple(message for message, _ in self._kept())
        self._unconfirmed.clear()
        self._unwritten.clear()
        self._confirmed = self._bytes = 0
        self.received = self._acknowledged = self._unacknowledged_bytes = 0
        return expired

    def _kept(self) -> list[Outgoing]:
        return [
            (message, frame)
            for message, frame in (*self._unconfirmed, *self._unwritten)
            if type(message) not in UNCOUNTED
        ]
