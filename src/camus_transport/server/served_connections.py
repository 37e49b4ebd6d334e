"""The open connections of a server, and what happens on them as events for the core."""

from collections.abc import Callable

from camus_core.events import (
    Answered,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    KeptAlive,
    Overflowed,
    Received,
)
from camus_core.limits import Limits
from camus_core.records import NetworkAddress
from camus_core.transport import Connection
from camus_core.wire.codec import Codec
from camus_core.wire.errors import ProtocolError, Refusal
from camus_core.wire.messages import Message

from .counts import Counts
from .fair_reads import FairReads
from .served_connection import ServedConnection


class ServedConnections:
    """The open connections of a server, and their `ConnectionHandler`.

    `by_id` is a plain dictionary, because it is read for each recipient of each frame.

    Args:
        codec: decodes frames.
        counts: counts the messages received, and the ends of connections.
        feed: takes the events for the core.
    """

    fair_reads: FairReads

    def __init__(
        self, limits: Limits, codec: Codec, counts: Counts, feed: Callable[[Event], None]
    ) -> None:
        self.limits = limits
        self.by_id: dict[ConnectionId, ServedConnection] = {}
        self._codec = codec
        self._counts = counts
        self._feed = feed
        self._last_id = 0

    def open(
        self, connection: Connection, has_ids: bool, address: NetworkAddress | None
    ) -> ServedConnection:
        """Add a connection under a name that was never used before."""
        self._last_id += 1
        connection_id = ConnectionId(self._last_id)
        served = ServedConnection(connection_id, connection, has_ids, address, self)
        self.by_id[connection_id] = served
        return served

    def close(self, connection_id: ConnectionId, code: int, reason: str) -> bool:
        """Close and remove a connection; return whether it was open."""
        served = self.by_id.pop(connection_id, None)
        if served is None:
            return False
        served.held.clear()
        self._counts.closed[str(code)] += 1
        served.end().close(code, reason)
        return True

    # Called by served connections ------------------------------------------------------

    def handle_frame(self, served: ServedConnection, frame: bytes) -> None:
        """Feed a frame to the core: its message, or its refusal."""
        message: Message | Refusal
        try:
            message = self._codec.decode(frame, ids=served.has_ids)
            self._counts.received[type(message)] += 1
        except ProtocolError as error:
            message = error.refusal()
        self._feed(Received(served.id, message, len(frame)))

    def handle_event(self, event: KeptAlive | Overflowed) -> None:
        """Feed another event of a connection to the core."""
        self._feed(event)

    def handle_answer(self, served: ServedConnection, event: Connected | Answered) -> None:
        """Feed the answer to a question to the core; held frames follow in their turn."""
        served.awaits_answer = False
        if isinstance(event, Answered) or self.by_id.get(served.id) is served:
            self._feed(event)
        served.continue_reading()

    def handle_end(self, served: ServedConnection, code: int | None) -> None:
        """Feed the end of a connection to the core, and forget the connection."""
        if self.by_id.pop(served.id, None) is not None:
            self._counts.count_closed(code)
            self._feed(Disconnected(served.id, code))
