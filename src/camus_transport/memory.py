"""The in-memory transport: client and server in one process, without a socket."""

import asyncio
from collections import deque

from camus_core.admission.identity import Identity
from camus_core.events import ConnectionId
from camus_core.records import NetworkAddress, RoomId
from camus_core.wire.errors import TOO_BIG
from camus_core.wire.profile import CORE, ProtocolProfile

from .client.wire import WireClosed
from .server.server import SignalingServer


class MemoryWire:
    """Both ends of one connection: the server's (`Connection`) and the client's (`Wire`)."""

    def __init__(self, server: SignalingServer) -> None:
        self._server = server
        self._id: ConnectionId | None = None
        self._frames: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._end: WireClosed | None = None
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()

    @classmethod
    def open(
        cls,
        server: SignalingServer,
        room_id: RoomId | None,
        profile: ProtocolProfile = CORE,
        *,
        address: NetworkAddress | None = None,
        identity: Identity | None = None,
    ) -> "MemoryWire":
        """Connect to a room, or in the session profile to the server alone.

        Args:
            address: the network address by which limits and bans count the client.
            identity: the client's identity, None for a guest.
        """
        wire = cls(server)
        connection_id = server.connect(
            wire, room_id, profile, address=address, identity=identity
        )
        if wire._end is None:
            wire._id = connection_id
        return wire

    # The server's end ------------------------------------------------------------------

    def send(self, frame: bytes) -> bool:
        if self._end is None:
            if self._waiting_bytes + len(frame) > self._server.limits.send_buffer_bytes:
                return False
            self._frames.append(frame)
            self._waiting_bytes += len(frame)
            self._readable.set()
        return True

    def close(self, code: int, reason: str) -> None:
        if self._end is None:
            self._end = WireClosed(code, reason)
            self._id = None
            self._readable.set()
            self._writable.set()

    def pause(self) -> None:
        self._writable.clear()

    def resume(self) -> None:
        self._writable.set()

    # The client's end ------------------------------------------------------------------

    async def write(self, frame: bytes) -> None:
        await self._writable.wait()
        if self._end is not None:
            raise self._end
        if len(frame) > self._server.limits.frame_bytes:
            self._hang_up(TOO_BIG.code, TOO_BIG.meaning)
        elif self._id is not None:
            self._server.receive(self._id, frame)

    async def read(self) -> bytes:
        while not self._frames:
            if self._end is not None:
                raise self._end
            self._readable.clear()
            await self._readable.wait()
        frame = self._frames.popleft()
        self._waiting_bytes -= len(frame)
        return frame

    async def hang_up(self) -> None:
        self._hang_up(1000, "")

    def abort(self) -> None:
        self._hang_up(1006, "the connection broke")

    def _hang_up(self, code: int, reason: str) -> None:
        connection_id = self._id
        self.close(code, reason)
        if connection_id is not None:
            self._server.disconnect(connection_id, code)
