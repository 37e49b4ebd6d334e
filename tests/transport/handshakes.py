"""Clients that write and read single frames, over both transports of a server."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from attrs import define
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from camus_core.records import RoomId
from camus_core.wire.profile import CORE, SESSION, ProtocolProfile
from camus_transport import Signaling
from camus_transport.client.websocket_wire import WebSocketWire
from camus_transport.client.wire import Wire, WireClosed
from camus_transport.memory import MemoryWire
from transport.raw_socket import message

SECONDS = 10.0
"""Seconds that any answer may take."""

TRANSPORTS = ("memory", "websocket")


@define(eq=False)
class FrameClient:
    """One connection to the server that reads and writes single frames."""

    wire: Wire

    async def say(self, type: str, data: Any = None, receiver: str = "ground control") -> None:
        """Send a message."""
        await self.wire.write(message(type, receiver, data))

    async def hear(self, *types: str) -> dict[str, Any]:
        """Return the next message of one of these types, skipping others."""
        async with asyncio.timeout(SECONDS):
            while (said := json.loads(await self.wire.read()))["type"] not in types:
                pass
        heard: dict[str, Any] = said
        return heard

    async def join(self, room_id: str | None = "lobby", **shown: Any) -> dict[str, Any]:
        """Send `join`; return the data of `joined` or of the error."""
        await self.say("join", {"room_id": room_id, **shown})
        answer: dict[str, Any] = (await self.hear("joined", "error"))["data"]
        return answer

    async def heard_to_the_end(self) -> tuple[list[str], int]:
        """Return the types of all messages up to the close, and the close code."""
        types = []
        async with asyncio.timeout(SECONDS):
            while True:
                try:
                    types.append(json.loads(await self.wire.read())["type"])
                except WireClosed as closed:
                    return types, closed.code


@asynccontextmanager
async def connect_client(
    port: int,
    room_id: str | None = None,
    profile: ProtocolProfile = SESSION,
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[FrameClient]:
    """Connect to a server over a WebSocket, and close it at the end."""
    path = "/ws" if room_id is None else f"/room/{room_id}/ws"
    async with connect(
        f"ws://127.0.0.1:{port}{path}",
        subprotocols=None if profile is CORE else [Subprotocol(profile.name)],
        additional_headers=headers,
        compression=None,
        ping_interval=None,
        close_timeout=SECONDS,
    ) as websocket:
        yield FrameClient(WebSocketWire(websocket))


@define(eq=False)
class HandshakeServer:
    """One server, and the port on which it listens, if its clients use sockets."""

    signaling: Signaling
    port: int | None

    @asynccontextmanager
    async def connect(
        self,
        room_id: str | None = None,
        profile: ProtocolProfile = SESSION,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[FrameClient]:
        """Connect, and close at the end; a memory connection has no headers."""
        if self.port is not None:
            async with connect_client(self.port, room_id, profile, headers) as client:
                yield client
            return
        room = None if room_id is None else RoomId(room_id)
        wire = MemoryWire.open(self.signaling.server, room, profile)
        try:
            yield FrameClient(wire)
        finally:
            await wire.hang_up()


@asynccontextmanager
async def open_server(name: str, **options: Any) -> AsyncIterator[HandshakeServer]:
    """Start a server with these options of `Signaling`, for one of the `TRANSPORTS`."""
    async with Signaling(**options) as signaling:
        port = await signaling.listen("127.0.0.1", 0) if name == "websocket" else None
        yield HandshakeServer(signaling, port)
