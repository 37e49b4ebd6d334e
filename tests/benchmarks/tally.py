"""Counts of frames as a client of the session profile keeps them: rules SESS-24 to SESS-26."""

from attrs import define

UNCOUNTED = frozenset({"ping", "pong", "ack"})
ACK_FRAMES = 32
ACK_BYTES = 64 * 1024
ACK_SECONDS = 2.0


@define
class Tally:
    """Frames that one client has sent and received since its admission, and confirmations."""

    said: int = 0
    confirmed: int = 0
    heard: int = 0
    acknowledged: int = 0
    bytes: int = 0

    def hear(self, size: int) -> bool:
        """Count a frame of the server; return whether an `ack` is due."""
        self.heard += 1
        self.bytes += size
        return self.heard - self.acknowledged >= ACK_FRAMES or self.bytes >= ACK_BYTES

    def acknowledge(self) -> int:
        """Return the number to put into an `ack`."""
        self.acknowledged, self.bytes = self.heard, 0
        return self.heard

    def confirm(self, received: int) -> bool:
        """Apply the number of the server's `ack`; return False for an impossible one."""
        possible = self.confirmed < received <= self.said
        self.confirmed = received
        return possible

    def overdue(self) -> bool:
        """Return whether the server has left more frames unconfirmed than it may."""
        return self.said - self.confirmed >= ACK_FRAMES
