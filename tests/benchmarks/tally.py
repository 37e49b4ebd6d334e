"""Counts frames as a client of the session profile does: rules SESS-24 to SESS-26."""

from attrs import define

UNCOUNTED = frozenset({"ping", "pong", "ack"})
ACK_FRAMES = 32
ACK_BYTES = 64 * 1024
ACK_SECONDS = 2.0


@define
class Tally:
    """What one client has said and heard since it was admitted, and what of it is confirmed."""

    said: int = 0
    confirmed: int = 0
    heard: int = 0
    acknowledged: int = 0
    bytes: int = 0

    def hear(self, size: int) -> bool:
        """Count a frame of the server; tell whether an `ack` is due."""
        self.heard += 1
        self.bytes += size
        return self.heard - self.acknowledged >= ACK_FRAMES or self.bytes >= ACK_BYTES

    def acknowledge(self) -> int:
        """The number to put into an `ack`."""
        self.acknowledged, self.bytes = self.heard, 0
        return self.heard

    def confirm(self, received: int) -> bool:
        """Take the number of the server's `ack`; False for one that can't be."""
        possible = self.confirmed < received <= self.said
        self.confirmed = received
        return possible

    def overdue(self) -> bool:
        """Whether the server has let more frames go unconfirmed than it may."""
        return self.said - self.confirmed >= ACK_FRAMES
