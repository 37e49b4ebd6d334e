"""The client's delivery state: frames of the server counted, the client's own frames kept.

This is the client's half of "Counting" in `docs/protocol.md` (rules SESS-24 to SESS-26),
without I/O. No frame carries a number; both ends count instead. The client counts the frames
that follow `joined`, and the server those that follow the `join` that it has answered. Neither
counts `ping`, `pong` and `ack`. So "5 frames received" means the same five frames to both
ends.

*Received frames.* The client has to confirm what it has received with `ack`, so that the server
can forget it: at once after `ACK_FRAMES` frames or `ACK_BYTES` bytes, otherwise within
`ACK_SECONDS`. `count_received` says when the first limit is reached; `SessionConnection` runs
the timer.

*Sent frames.* A frame goes through two queues. `_unwritten` holds frames that wait for a
connection; once written, a counted frame moves to `_unconfirmed` and stays until an `ack` or a
`joined` confirms it. The server limits what may wait in both (`fits`).

A connection that breaks loses an unknown number of frames at the end. The next `joined` says
what is left:

- *Resumed*: it carries the number of frames that the server has received. The client drops
  these, and writes the rest again, in order, before anything new. Both counts go on.
- *A new epoch*: both ends count from 0 again. Messages that the server hasn't confirmed may
  have arrived or not. To write them again could deliver them twice, so the client doesn't, and
  reports them to its caller as expired.

Uncounted frames that weren't written are dropped in both cases: a `pong` is for the connection
that its `ping` came from.
"""

from collections import deque

from attrs import define, field

from camus_core.wire.errors import MalformedMessage
from camus_core.wire.messages import UNCOUNTED, Allowance, Message
from camus_core.wire.profile import ACK_BYTES, ACK_FRAMES

Outgoing = tuple[Message, bytes]
"""A message and the frame that it is encoded as."""


@define(eq=False)
class ClientDelivery:
    """The counts and the unconfirmed frames of one session.

    Attributes:
        limits: the limits that the server has announced in `joined`.
        received: the number of the server's frames counted in this epoch.
    """

    limits: Allowance
    received: int = field(default=0, init=False)
    _acknowledged: int = field(default=0, init=False)
    _unacknowledged_bytes: int = field(default=0, init=False)
    _confirmed: int = field(default=0, init=False)
    _kept_bytes: int = field(default=0, init=False)
    _unconfirmed: deque[Outgoing] = field(factory=deque, init=False)
    _unwritten: deque[Outgoing] = field(factory=deque, init=False)

    # From the server -------------------------------------------------------------------

    def count_received(self, size: int) -> bool:
        """Count a frame of `size` bytes; return True if an `ack` has to be sent at once."""
        self.received += 1
        self._unacknowledged_bytes += size
        return (
            self.received - self._acknowledged >= ACK_FRAMES
            or self._unacknowledged_bytes >= ACK_BYTES
        )

    def acknowledge(self) -> int | None:
        """Return the count for the next `ack`, or None if the last one already gave it."""
        if self.received == self._acknowledged:
            return None
        self._acknowledged, self._unacknowledged_bytes = self.received, 0
        return self.received

    def confirm(self, received: int) -> None:
        """Drop the frames that the server confirms; `received` is its count in this epoch.

        Raises:
            MalformedMessage: the count is lower than an earlier one, or higher than the number
                of frames sent.
        """
        confirmed = received - self._confirmed
        if not 0 <= confirmed <= len(self._unconfirmed):
            raise MalformedMessage(f"{received} frames can't have been received")
        for _ in range(confirmed):
            _, frame = self._unconfirmed.popleft()
            self._kept_bytes -= len(frame)
        self._confirmed = received

    # To the server ---------------------------------------------------------------------

    def fits(self, size: int) -> bool:
        """Return True if the server's limits allow one more frame of `size` bytes.

        A single frame always fits: a limit lower than its size would block it for ever.
        """
        kept = len(self._unconfirmed) + len(self._unwritten)
        return not kept or (
            kept < self.limits.unconfirmed_frames
            and self._kept_bytes + size <= self.limits.unconfirmed_bytes
        )

    def put(self, message: Message, frame: bytes) -> None:
        """Queue a message to be written on this connection or a later one."""
        self._unwritten.append((message, frame))
        self._kept_bytes += len(frame)

    def next_frame(self) -> bytes | None:
        """Return the next frame to write, or None if the queue is empty."""
        if not self._unwritten:
            return None
        message, frame = self._unwritten.popleft()
        if type(message) in UNCOUNTED:
            self._kept_bytes -= len(frame)
        else:
            self._unconfirmed.append((message, frame))
        return frame

    # On a new connection ---------------------------------------------------------------

    def resume(self, received: int | None) -> None:
        """Go on in the same epoch: queue the frames again that the server hasn't received.

        Raises:
            MalformedMessage: `received` is missing, or wrong as in `confirm`.
        """
        if received is None:
            raise MalformedMessage("a session was resumed, and `received` is missing")
        self.confirm(received)
        self._unwritten = deque(self._counted())
        self._unconfirmed.clear()
        self._kept_bytes = sum(len(frame) for _, frame in self._unwritten)
        self._acknowledged, self._unacknowledged_bytes = self.received, 0

    def begin_epoch(self, received: int | None) -> tuple[Message, ...]:
        """Count from 0 again; return the messages that the server hasn't confirmed.

        Args:
            received: the server's count in the old epoch, or None if it doesn't know.

        Raises:
            MalformedMessage: `received` is wrong as in `confirm`.
        """
        if received is not None:
            self.confirm(received)
        expired = tuple(message for message, _ in self._counted())
        self._unconfirmed.clear()
        self._unwritten.clear()
        self._confirmed = self._kept_bytes = 0
        self.received = self._acknowledged = self._unacknowledged_bytes = 0
        return expired

    def _counted(self) -> list[Outgoing]:
        """Return the kept messages without those that are never counted, in order."""
        return [
            (message, frame)
            for message, frame in (*self._unconfirmed, *self._unwritten)
            if type(message) not in UNCOUNTED
        ]
