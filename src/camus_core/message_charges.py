"""Message charges: the cost of each frame, in units of messages and in relayed bytes."""

from attrs import define

from .client_connection import ClientConnection
from .events import Received, Timestamp
from .rate_limits import LimitedAction, RateLimits
from .rooms.member import Member
from .token_bucket import acquire_all
from .wire import messages as m
from .wire.errors import ProtocolError, RateLimited, Refusal
from .wire.states import CLIENT, EVERYONE, SERVER

FRAME_BYTES = 8192
"""Bytes for which a frame costs one unit more: reading a hostile frame takes 0.3 µs a byte."""

_REFUSAL_COST = 10.0
"""Units that a refused frame costs, unless it costs more itself: the refusal is work for the
server, and helps no client."""

_BYTES_CHARGED_TOGETHER = 8192
"""Bytes that are charged together: a charge takes 0.4 µs, of the 10 µs of a relayed message."""


@define(eq=False)
class MessageCharges:
    """The charges to a client for its frames, and to its network address for relayed bytes."""

    rate_limits: RateLimits

    def charge(self, connection: ClientConnection, event: Received, now: Timestamp) -> str:
        """Charge a client for a frame, and return its kind of recipient (see `wire.states`).

        Raises:
            RateLimited: The client, or its address, has sent too much.
        """
        message, member = event.message, connection.member
        recipient, cost, size = CLIENT, 1.0, event.size
        if isinstance(message, Refusal) or message.receiver == m.GROUND_CONTROL:
            recipient = SERVER
            if not isinstance(message, Refusal):
                cost = message.cost
                if member is not None and (message.is_announced or message.has_roster):
                    cost += len(member.room.members) / 10.0
        elif message.receiver == m.ROOM:
            count = 0 if member is None else len(member.room.members)
            recipient, cost, size = EVERYONE, 1.0 + count / 10.0, size * count
        cost += event.size // FRAME_BYTES
        connection.frame_cost = cost
        if not connection.message_bucket.acquire(cost, now):
            connection.frame_cost = 0.0
            self.charge_refusal(connection, RateLimited)
            raise RateLimited(retry_after=connection.message_bucket.retry_after(cost))
        connection.uncharged_bytes += size
        if connection.uncharged_bytes > _BYTES_CHARGED_TOGETHER:
            self._charge_bytes(connection, size, now)
        return recipient

    def charge_telling(self, member: Member, size: int, now: Timestamp) -> None:
        """Charge a member for bytes that the server sends others because of its request.

        Raises:
            RateLimited: The member, or its address, has sent too much.
        """
        assert member.buckets is not None
        _, own = member.buckets
        of_address = self.rate_limits.buckets(LimitedAction.RELAY_BYTES, member.address, now)
        lacking = acquire_all((own, *of_address), size, now)
        if lacking is not None:
            raise RateLimited(retry_after=lacking.retry_after(size))

    def charge_refusal(self, connection: ClientConnection, kind: type[ProtocolError]) -> None:
        """Charge a client the rest of a refused frame, once (rule CORE-114)."""
        bucket, cost = connection.message_bucket, connection.frame_cost
        if cost < _REFUSAL_COST:
            bucket.drain(_REFUSAL_COST - cost)
        elif kind is RateLimited:
            taken = min(cost, bucket.burst)  # a full bucket pays for any frame
            bucket.refund(max(0.0, taken - _REFUSAL_COST))
        connection.frame_cost = _REFUSAL_COST

    def _charge_bytes(self, connection: ClientConnection, size: int, now: Timestamp) -> None:
        """Charge for all bytes not charged yet, of which the current frame has `size`."""
        owed = connection.uncharged_bytes
        if connection.address_buckets is None:
            address = connection.handshake.address
            connection.address_buckets = self.rate_limits.buckets(
                LimitedAction.RELAY_BYTES, address, now
            )
        lacking = acquire_all((connection.byte_bucket, *connection.address_buckets), owed, now)
        if lacking is None:
            connection.uncharged_bytes = 0
            return
        connection.uncharged_bytes -= size
        text = None if lacking is connection.byte_bucket else LimitedAction.RELAY_BYTES.value
        raise RateLimited(text, retry_after=lacking.retry_after(owed))
