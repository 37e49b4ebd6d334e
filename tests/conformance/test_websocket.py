"""Every scenario over a real WebSocket on loopback."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from attrs import define, frozen
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from camus_core.conformance import (
    Fence,
    Heard,
    Pause,
    Read,
    Response,
    Scenario,
    Speak,
    Write,
    run_async,
)
from camus_core.conformance.acts import Act
from camus_core.conformance.scenario import (
    DEADLINE,
    Closes,
    Connects,
    Crashes,
    Drops,
    Knocks,
    LosesAnswer,
    SetsClock,
    Setting,
    Starts,
    Stops,
    Waits,
)
from camus_core.store import Store
from camus_store import open_store
from camus_transport import Signaling
from camus_transport.client.wire import WireClosed
from conformance.cut_off import CutOffStore
from conformance.receiving import all_heard, next_heard
from conformance.setup import (
    authenticator_for,
    block_process,
    every_scenario,
    fill,
    store_for,
    token_headers,
    token_reader_for,
    words_in,
)
from transport.adjustable_clock import MachineClocks

_HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
"""The example of RFC 6455, section 1.3."""


@every_scenario
async def test_over_a_websocket(scenario: Scenario, tmp_path: Path) -> None:
    async with AsyncExitStack() as exits:
        servers = await servers_for(scenario, tmp_path, exits, _listen)
        driver = WebSocketDriver(servers, exits)
        await driver.do(Starts())
        await run_async(scenario, driver.do)


Listen = Callable[[Signaling], Awaitable[str]]
"""A function that has a server listen on loopback, and returns its URL."""


async def _listen(signaling: Signaling) -> str:
    return f"ws://127.0.0.1:{await signaling.listen('127.0.0.1', 0)}"


async def servers_for(
    scenario: Scenario, folder: Path, exits: AsyncExitStack, listen: Listen
) -> "Servers":
    """Return the servers of a scenario, with a database in this folder if they share it."""
    if any(isinstance(step, Starts) for step in scenario.steps):
        url = f"sqlite:///{folder}/camus.db"
        async with open_store(url) as store:
            await fill(store, scenario.setting)
        return Servers(scenario.setting, lambda: open_store(url), exits, listen)
    memory = await store_for(scenario.setting)
    return Servers(scenario.setting, lambda: memory, exits, listen)


@frozen(eq=False)
class _Server:
    url: str
    signaling: Signaling
    stop: Callable[[], Awaitable[None]]
    store: CutOffStore


class Servers:
    """Servers in this process, on loopback; each opens the database by itself."""

    def __init__(
        self,
        setting: Setting,
        open_database: Callable[[], Store],
        exits: AsyncExitStack,
        listen: Listen,
    ) -> None:
        self._setting = setting
        self._listen = listen
        self._open_database = open_database
        self._exits = exits
        self._machine = MachineClocks()
        self._running: list[_Server] = []

    async def start(self) -> str:
        setting, store = self._setting, CutOffStore(self._open_database())
        signaling = Signaling(
            store,
            limits=setting.limits,
            ice=setting.ice,
            rooms_on_demand=setting.rooms_on_demand,
            guests=setting.guests,
            guests_create=setting.guests_create,
            first_moderates=setting.first_moderates,
            hosts=setting.hosts,
            origins=setting.origins,
            trusted_proxies=setting.proxies,
            tokens=token_reader_for(setting),
            authenticator=authenticator_for(setting),
            wall_clock=self._machine.wall_clock,
        )
        exits = await self._exits.enter_async_context(AsyncExitStack())
        await exits.enter_async_context(signaling)
        url = await self._listen(signaling)
        self._running.append(_Server(url, signaling, exits.aclose, store))
        return url

    async def stop(self) -> None:
        await self._running.pop(0).stop()

    async def pause(self, seconds: float, speak: Callable[[], Awaitable[None]]) -> None:
        await speak()  # into the sockets, which no server reads before it goes on
        block_process(seconds)

    def set_clock(self, seconds: float) -> None:
        self._machine.wall_clock_error += seconds

    def say(self, room: str, frame: bytes) -> None:
        self._running[-1].signaling.say(room, words_in(frame))

    def lose_answer(self) -> None:
        for server in self._running:
            server.store.lose_next_answer()

    async def crash(self, cut_connections: Callable[[str], None]) -> None:
        server = self._running.pop(0)
        server.store.cut_off()
        cut_connections(server.url)
        await server.stop()


class Controls(Protocol):
    """The control of servers that a driver needs.

    `stop` and `crash` end the server that was started first.
    """

    async def start(self) -> str:
        """Start a server with the same database as those before; return its URL."""

    async def stop(self) -> None:
        """Stop a server in order."""

    async def pause(self, seconds: float, speak: Callable[[], Awaitable[None]]) -> None:
        """Pause all servers; `speak` sends the frames that they read afterwards."""

    def set_clock(self, seconds: float) -> None:
        """Shift the servers' UNIX time by this many seconds."""

    def say(self, room: str, frame: bytes) -> None:
        """Have the operator of the newest server say a message in a room."""

    def lose_answer(self) -> None:
        """Let the database carry out the next request for a client and fail to report it."""

    async def crash(self, cut_connections: Callable[[str], None]) -> None:
        """End a server at once; `cut_connections` ends the clients' connections to its URL.

        Where the server is really killed, `cut_connections` has nothing left to do.
        """


@define(eq=False)
class _Socket:
    url: str
    websocket: ClientConnection


class WebSocketDriver:
    """A driver that connects the player with any server that listens at a URL."""

    def __init__(self, servers: Controls, exits: AsyncExitStack) -> None:
        self._servers = servers
        self._exits = exits
        self._url = ""
        self._sockets: dict[str, _Socket] = {}

    async def do(self, act: Act) -> Sequence[Heard]:
        match act:
            case Connects():
                await self._connect(act)
            case Write(who, parts, binary):
                message = parts[0] if len(parts) == 1 else parts
                with suppress(ConnectionClosed):
                    await self._sockets[who].websocket.send(message, text=not binary)
            case Read(who, within):
                return await next_heard(self._reader(who), within)
            case Fence(who):
                sockets = [one.websocket for one in self._sockets.values()]
                await asyncio.gather(*map(_round_trip, sockets))
                await _round_trip(self._sockets[who].websocket)
                return await all_heard(self._reader(who))
            case Drops(who):
                await _cut(self._sockets.pop(who).websocket)
            case Closes(who, code):
                await self._sockets.pop(who).websocket.close(code)
            case Waits(seconds):
                await asyncio.sleep(seconds)
            case Pause(seconds, meanwhile):

                async def speak() -> None:
                    for write in meanwhile:
                        await self.do(write)

                await self._servers.pause(seconds, speak)
            case SetsClock(seconds):
                self._servers.set_clock(seconds)
            case Speak(room, frame):
                self._servers.say(room, frame)
            case LosesAnswer():
                self._servers.lose_answer()
            case Starts():
                self._url = await self._servers.start()
            case Stops():
                await self._servers.stop()
            case Crashes():
                await self._servers.crash(self._cut_connections)
            case Knocks(path, _, headers):
                return [await self._knock(path, headers)]
        return ()

    async def _connect(self, act: Connects) -> None:
        path = "/ws" if act.room is None else f"/room/{act.room}/ws"
        subprotocol = act.subprotocol
        headers = token_headers(act.token)
        raw = socket.socket()
        if act.address is not None and ip_address(act.address).is_loopback:
            raw.bind((act.address, 0))
        elif act.address is not None:
            headers["X-Forwarded-For"] = act.address
        raw.setblocking(False)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)  # for short stalls
        await asyncio.get_running_loop().sock_connect(raw, self._address())
        websocket = open_websocket(
            self._url + path,
            sock=raw,
            additional_headers=headers,
            subprotocols=None if subprotocol is None else [Subprotocol(subprotocol)],
            compression=None,
            ping_interval=None,
        )
        opened = await self._exits.enter_async_context(websocket)
        assert opened.subprotocol == subprotocol
        self._sockets[act.who] = _Socket(self._url, opened)

    def _address(self) -> tuple[str, int]:
        url = urlsplit(self._url)
        return url.hostname or "", url.port or 80

    def _reader(self, who: str) -> Callable[[], Awaitable[bytes]]:
        websocket = self._sockets[who].websocket

        async def read() -> bytes:
            try:
                return await websocket.recv(decode=False)
            except ConnectionClosed as error:
                code = error.rcvd.code if error.rcvd else 1006
                raise WireClosed(code, "") from None

        return read

    def _cut_connections(self, url: str) -> None:
        for one in self._sockets.values():
            if one.url == url:
                one.websocket.transport.abort()

    async def _knock(self, path: str, headers: Mapping[str, str | None]) -> Response:
        async with asyncio.timeout(DEADLINE):
            reader, writer = await asyncio.open_connection(*self._address())
            lines = {"Host": urlsplit(self._url).netloc, **_HANDSHAKE, **headers}
            head = "".join(
                f"{name}: {value}\r\n" for name, value in lines.items() if value is not None
            )
            writer.write(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
            status, *answer = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            writer.close()
            await writer.wait_closed()
        fields = (line.split(":", 1) for line in answer if line)
        return Response(
            int(status.split()[1]), {name.lower(): value.strip() for name, value in fields}
        )


async def _cut(websocket: ClientConnection) -> None:
    websocket.transport.abort()
    await websocket.wait_closed()


async def _round_trip(websocket: ClientConnection) -> None:
    """Wait until the server has handled everything written to this connection."""
    with suppress(ConnectionClosed):
        async with asyncio.timeout(DEADLINE):
            await (await websocket.ping())
