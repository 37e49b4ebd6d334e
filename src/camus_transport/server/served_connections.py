"""The open connections of a server."""

from camus_core.events import ConnectionId
from camus_core.records import NetworkAddress
from camus_core.transport import Connection

from .counts import Counts
from .served_connection import FrameHandler, ServedConnection


class ServedConnections:
    """The open connections of a server, whose ends are counted in `counts.closed`.

    `by_id` is a plain dictionary, because it is read for each recipient of each frame.
    """

    def __init__(self, counts: Counts) -> None:
        self.by_id: dict[ConnectionId, ServedConnection] = {}
        self._counts = counts
        self._last_id = 0

    def open(
        self,
        connection: Connection,
        has_ids: bool,
        address: NetworkAddress | None,
        handler: FrameHandler,
    ) -> ServedConnection:
        """Add a connection under a name that was never used before."""
        self._last_id += 1
        connection_id = ConnectionId(self._last_id)
        served = ServedConnection(connection_id, connection, has_ids, address, handler)
        self.by_id[connection_id] = served
        return served

    def close(self, connection_id: ConnectionId, code: int, reason: str) -> bool:
        """Close and remove a connection; return whether it was open."""
        served = self.by_id.pop(connection_id, None)
        if served is None:
            return False
        served.held.clear()
        self._counts.closed[str(code)] += 1
        served.connection.close(code, reason)
        return True

    def remove_ended(self, connection_id: ConnectionId, code: int | None) -> bool:
        """Remove a connection that has ended by itself; return whether it was open."""
        if self.by_id.pop(connection_id, None) is None:
            return False
        self._counts.count_closed(code)
        return True
