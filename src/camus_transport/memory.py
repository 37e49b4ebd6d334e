"""The in-memory transport: client and server in one process, without a socket."""

import asyncio
from collections import deque

from camus_core.admission.identity import Identity
from camus_core.limits import Limits
from camus_core.records import NetworkAddress, RoomId
from camus_core.wire.profile import CORE, ProtocolProfile

from .client.wire import WireClosed
from .http.handshake import Handshake
from .server.served_connection import ServedConnection
from .server.server import SignalingServer


class MemoryWire:
    """Both ends of one connection: the server's (`Connection`) and the client's (`Wire`)."""

    _served: ServedConnection

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
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
        handshake: Handshake | None = None,
        identity: Identity | None = None,
    ) -> "MemoryWire":
        """Connect to a room, or in the session profile to the server alone.

        Args:
            address: the network address by which limits and bans count the client.
            handshake: a handshake for the server's authenticator.
            identity: the client's identity, None for a guest.
        """
        wire = cls(server.limits)
        wire._served = server.connect(
            wire, room_id, profile, address=address, handshake=handshake, identity=identity
        )
        return wire

    # The server's end ------------------------------------------------------------------

    def send(self, frame: bytes) -> bool:
        if self._waiting_bytes + len(frame) > self._limits.send_buffer_bytes:
            return False
        self._frames.append(frame)
        self._waiting_bytes += len(frame)
        self._readable.set()
        return True

    def close(self, code: int, reason: str) -> None:
        self._end = WireClosed(code, reason)
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
        self._served.receive(frame)

    async def read(self) -> bytes:
        while not self._frames:
            if self._end is not None:
                raise self._end
            self._readable.clear()
            await self._readable.wait()
        frame = self._frames.popleft()
        self._waiting_bytes -= len(frame)
        return frame

    async def hang_up(self, code: int = 1000) -> None:
        self._end_with(code, "")

    def abort(self) -> None:
        self._end_with(1006, "the connection broke")

    def _end_with(self, code: int, reason: str) -> None:
        if self._end is None:
            self.close(code, reason)
            self._served.closed(code)
