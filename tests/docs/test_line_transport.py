"""Every scenario of the core profile over the transport of `docs/howto-transport.md`."""

import asyncio
import socket
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress

from line_transport import listening

from camus_core.conformance import Closed, Fence, Heard, Pause, Read, Scenario, Write, run_async
from camus_core.conformance.acts import Act
from camus_core.conformance.scenario import Connects, Drops, Stops, Waits
from camus_transport.server.server import SignalingServer
from conformance.setup import block_process, every_core_scenario_without_a_wire, store_for
from driving.bare_router import router_for

HOST = "127.0.0.1"


# the driver: docs/howto-transport.md includes it from here
class LineClient:
    """One client; `inbox` has the messages received and not yet requested."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.inbox: deque[Heard] = deque()
        self._ended = False

    async def write(self, text: bytes) -> None:
        with suppress(ConnectionError):
            self._writer.write((text.replace(b"\n", b" ") or b" ") + b"\n")
            await self._writer.drain()

    async def read(self) -> bool:
        """Put the next message into the inbox; return False for a sign of life."""
        try:
            line = await self._reader.readline()
        except ConnectionError:
            line = b""
        if line == b"\n":
            return False
        if line[:1] == b"{":
            self.inbox.append(line)
        else:
            self._ended = True
            self.inbox.append(Closed(int(line.split()[0]) if line else 1006))
        return True

    async def catch_up(self) -> None:
        """Wait until the server has handled everything written, and its answers are here."""
        self._writer.write(b"\n")
        while not self._ended and await self.read():
            pass

    async def hang_up(self) -> None:
        self._writer.transport.abort()
        await asyncio.wait({asyncio.create_task(self._writer.wait_closed())})


class LineDriver:
    """A driver that connects the player with a server of the line transport."""

    def __init__(self, server: SignalingServer, port: int) -> None:
        self._server = server
        self._port = port
        self._clients: dict[str, LineClient] = {}

    async def do(self, act: Act) -> Sequence[Heard]:
        match act:
            case Connects(who, str(room)):
                self._clients[who] = LineClient(*await self._streams())
                await self._clients[who].write(room.encode())
            case Write(who, parts):
                await self._clients[who].write(b"".join(parts))
            case Read(who, within):
                client = self._clients[who]
                try:
                    async with asyncio.timeout(within):
                        while not client.inbox:
                            await client.read()
                except TimeoutError:
                    return ()
                return (client.inbox.popleft(),)
            case Fence(who):
                for client in (*self._clients.values(), self._clients[who]):
                    await client.catch_up()
                heard = list(self._clients[who].inbox)
                self._clients[who].inbox.clear()
                return heard
            case Drops(who):
                await self._clients.pop(who).hang_up()
            case Waits(seconds):
                await asyncio.sleep(seconds)
            case Pause(seconds, meanwhile):
                for write in meanwhile:
                    await self.do(write)
                block_process(seconds)  # which also blocks the event loop of the server
            case Stops():
                await self._server.stop()
            case _:
                raise AssertionError(f"{act} needs a WebSocket")
        return ()

    async def _streams(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        await asyncio.get_running_loop().sock_connect(sock, (HOST, self._port))
        return await asyncio.open_connection(sock=sock)

    async def close(self) -> None:
        for client in self._clients.values():
            await client.hang_up()


@every_core_scenario_without_a_wire
async def test_over_lines(scenario: Scenario) -> None:
    store = await store_for(scenario.setting)
    async with (
        store,
        SignalingServer(router_for(scenario.setting), store) as server,
        listening(server, HOST, 0) as port,
        AsyncExitStack() as exits,
    ):
        driver = LineDriver(server, port)
        exits.push_async_callback(driver.close)
        await run_async(scenario, driver.do)
