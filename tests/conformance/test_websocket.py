"""Every scenario over a real WebSocket on loopback."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed

from camus_core.conformance import (
    Fence,
    Heard,
    Read,
    Response,
    Scenario,
    Write,
    run_async,
)
from camus_core.conformance.acts import Act
from camus_core.conformance.scenario import DEADLINE, Connects, Drops, Knocks, Stops, Waits
from camus_transport import Signaling
from camus_transport.wire import WireClosed
from conformance.ears import all_heard, next_heard
from conformance.plays import every_scenario, store_for

HOST = "127.0.0.1"

_HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
"""The example of RFC 6455, section 1.3."""


@every_scenario
async def test_over_a_websocket(scenario: Scenario) -> None:
    setting = scenario.setting
    async with AsyncExitStack() as server, AsyncExitStack() as sockets:
        signaling = Signaling(
            await store_for(setting),
            limits=setting.limits,
            ice=setting.ice,
            rooms_on_demand=setting.rooms_on_demand,
        )
        await server.enter_async_context(signaling)
        port = await signaling.listen(HOST, 0)
        await run_async(scenario, WebSocketDriver(port, server.aclose, sockets).do)


class WebSocketDriver:
    """Connects the player with whatever listens on a port of this machine."""

    def __init__(
        self, port: int, stop: Callable[[], Awaitable[None]], exits: AsyncExitStack
    ) -> None:
        self._port = port
        self._stop = stop
        self._exits = exits
        self._sockets: dict[str, ClientConnection] = {}

    async def do(self, act: Act) -> Sequence[Heard]:
        match act:
            case Connects(who, room):
                await self._connect(who, f"ws://{HOST}:{self._port}/room/{room}/ws")
            case Write(who, parts, binary):
                message = parts[0] if len(parts) == 1 else parts
                with suppress(ConnectionClosed):
                    await self._sockets[who].send(message, text=not binary)
            case Read(who, within):
                return await next_heard(self._reader(who), within)
            case Fence(who):
                await asyncio.gather(*map(_round_trip, self._sockets.values()))
                await _round_trip(self._sockets[who])
                return await all_heard(self._reader(who))
            case Drops(who):
                self._sockets.pop(who).transport.abort()
            case Waits(seconds):
                await asyncio.sleep(seconds)
            case Stops():
                await self._stop()
            case Knocks(path, _, headers):
                return [await self._knock(path, headers)]
        return ()

    async def _connect(self, who: str, url: str) -> None:
        raw = socket.socket()
        raw.setblocking(False)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)  # or a stall takes long
        await asyncio.get_running_loop().sock_connect(raw, (HOST, self._port))
        websocket = open_websocket(url, sock=raw, compression=None, ping_interval=None)
        self._sockets[who] = await self._exits.enter_async_context(websocket)

    def _reader(self, who: str) -> Callable[[], Awaitable[bytes]]:
        websocket = self._sockets[who]

        async def read() -> bytes:
            try:
                return await websocket.recv(decode=False)
            except ConnectionClosed as error:
                code = error.rcvd.code if error.rcvd else 1006
                raise WireClosed(code, "") from None

        return read

    async def _knock(self, path: str, headers: Mapping[str, str]) -> Response:
        async with asyncio.timeout(DEADLINE):
            reader, writer = await asyncio.open_connection(HOST, self._port)
            lines = {"Host": f"{HOST}:{self._port}", **_HANDSHAKE, **headers}
            head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
            writer.write(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
            status, *answer = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            writer.close()
            await writer.wait_closed()
        fields = (line.split(":", 1) for line in answer if line)
        return Response(
            int(status.split()[1]), {name.lower(): value.strip() for name, value in fields}
        )


async def _round_trip(websocket: ClientConnection) -> None:
    """Return when the server has handled what was written to this connection."""
    with suppress(ConnectionClosed):
        async with asyncio.timeout(DEADLINE):
            await (await websocket.ping())
