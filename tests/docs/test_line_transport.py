"""The scenarios of both profiles over the transport of `docs/howto-transport.md`."""

import asyncio
import socket
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from ipaddress import ip_address
from pathlib import Path

import pytest
from line_transport import listen

from camus_core.conformance import (
    SCENARIOS,
    Closed,
    Fence,
    Heard,
    Pause,
    Read,
    Scenario,
    Speak,
    Write,
    run_async,
)
from camus_core.conformance.acts import Act
from camus_core.conformance.scenario import (
    Closes,
    Connects,
    Crashes,
    Drops,
    LosesAnswer,
    SetsClock,
    Starts,
    Stops,
    Waits,
)
from camus_core.limits import Limits
from camus_core.wire.profile import CORE
from camus_transport import Signaling
from conformance.test_websocket import Controls, servers_for

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
            self._writer.close()
            self.inbox.append(Closed(int(line.split()[0]) if line else 1006))
        return True

    async def catch_up(self) -> None:
        """Wait until the server has handled everything written, and its answers are here."""
        self._writer.write(b"\n")
        while not self._ended and await self.read():
            pass

    async def read_to_the_end(self) -> None:
        while not self._ended:
            await self.read()

    def cut(self) -> None:
        self._writer.transport.abort()

    async def hang_up(self) -> None:
        self.cut()
        await asyncio.wait({asyncio.create_task(self._writer.wait_closed())})


class LineDriver:
    """A driver that connects the player with servers of the line transport."""

    def __init__(self, servers: Controls) -> None:
        self._servers = servers
        self._ports: list[int] = []  # of the servers that run, in the order of their start
        self._clients: dict[str, tuple[LineClient, int]] = {}

    async def do(self, act: Act) -> Sequence[Heard]:
        match act:
            case Connects(who, room, subprotocol):
                await self._hang_up(who)
                client = LineClient(*await self._streams(act.address or HOST))
                self._clients[who] = client, self._ports[-1]
                await client.write(f"{subprotocol or CORE.name} {room or ''}".encode())
            case Write(who, parts):
                await self._clients[who][0].write(b"".join(parts))
            case Read(who, within):
                client, _ = self._clients[who]
                try:
                    async with asyncio.timeout(within):
                        while not client.inbox:
                            await client.read()
                except TimeoutError:
                    return ()
                return (client.inbox.popleft(),)
            case Fence(who):
                for client, _ in (*self._clients.values(), self._clients[who]):
                    await client.catch_up()
                heard = list(self._clients[who][0].inbox)
                self._clients[who][0].inbox.clear()
                return heard
            case Drops(who):
                await self._hang_up(who)
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
                self._ports.append(int(await self._servers.start()))
            case Stops():
                port = self._ports.pop(0)
                clients = [
                    client for client, its_port in self._clients.values() if its_port == port
                ]
                reading = (client.read_to_the_end() for client in clients)
                await asyncio.gather(self._servers.stop(), *reading)
            case Crashes():
                self._ports.pop(0)
                await self._servers.crash(self._cut_connections)
            case _:
                raise AssertionError(f"{act} needs a WebSocket")
        return ()

    async def _streams(self, host: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        sock = socket.socket()
        sock.bind((host, 0))  # each address of 127.0.0.0/8 is this machine's
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        await asyncio.get_running_loop().sock_connect(sock, (HOST, self._ports[-1]))
        return await asyncio.open_connection(sock=sock)

    async def _hang_up(self, who: str) -> None:
        if who in self._clients:
            client, _ = self._clients.pop(who)
            await client.hang_up()

    def _cut_connections(self, port: str) -> None:
        for client, its_port in self._clients.values():
            if str(its_port) == port:
                client.cut()

    async def close(self) -> None:
        for who in list(self._clients):
            await self._hang_up(who)


def can_be_played(scenario: Scenario) -> bool:
    """Return whether the clients have addresses of this machine, send no close code, and show
    no token before they join.
    """
    return (
        not scenario.wire
        and all(ip_address(address).is_loopback for address in scenario.addresses)
        and not any(
            isinstance(step, Closes) or (isinstance(step, Connects) and step.token is not None)
            for step in scenario.steps
        )
    )


PLAYED = [scenario for scenario in SCENARIOS if can_be_played(scenario)]


@pytest.mark.parametrize("scenario", PLAYED, ids=lambda scenario: scenario.name)
async def test_over_lines(scenario: Scenario, tmp_path: Path) -> None:
    async with AsyncExitStack() as exits:

        async def listen_for_lines(signaling: Signaling) -> str:
            listening = await listen(signaling, HOST, 0)
            exits.callback(listening.close)
            return str(listening.sockets[0].getsockname()[1])

        driver = LineDriver(await servers_for(scenario, tmp_path, exits, listen_for_lines))
        await driver.do(Starts())
        exits.push_async_callback(driver.close)
        await run_async(scenario, driver.do)


# What the scenarios leave out, as it is different over each transport ----------------------


async def replies(signaling: Signaling, *writes: bytes) -> list[bytes]:
    """Return the lines that a client hears until its end, once it has heard a line for each
    of its writes.
    """
    listening = await listen(signaling, HOST, 0)
    try:
        streams = await asyncio.open_connection(*listening.sockets[0].getsockname())
        return await replies_to(*streams, writes)
    finally:
        listening.close()


async def replies_to(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, writes: Sequence[bytes]
) -> list[bytes]:
    lines = []
    async with asyncio.timeout(10):
        for data in writes:
            writer.write(data)
            lines.append(await reader.readline())
        lines += (await reader.read()).splitlines(keepends=True)
    writer.close()
    await writer.wait_closed()
    return lines


async def test_a_client_that_says_nothing_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "camus")
    async with Signaling(limits=Limits(handshake_seconds=0.2)) as signaling:
        with suppress(ConnectionResetError):
            assert await replies(signaling) == []
    assert caplog.messages == [f"refused {HOST}: no handshake within 0.2 s"]


async def test_an_address_with_too_many_connections_is_cut_off(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "camus")
    async with Signaling(limits=Limits(connections_per_address=1)) as signaling:
        other = signaling.access.accept((HOST, 1), lambda: None)
        with suppress(ConnectionResetError):
            assert await replies(signaling) == []
        other.closed()
        assert await replies(signaling, b"lobby\n") != []
    assert caplog.messages[0] == f"refused {HOST}: too many connections from your address"


@pytest.mark.parametrize(
    "first", [b"GET /room/lobby/ws HTTP/1.1\r\n", b"\n", b"\xff\n", b"x" * 501]
)
async def test_a_first_line_that_names_no_room_is_refused(first: bytes) -> None:
    async with Signaling(limits=Limits(frame_bytes=500)) as signaling:
        error, close = await replies(signaling, first)
    assert b'"room-not-found"' in error
    assert close == b"4500 room-not-found\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [(b"x" * 501, b"1009"), (b"x" * 501 + b"\n", b"1009"), (b"\xff\n", b"1007")],
)
async def test_a_line_that_is_too_long_or_no_utf_8_closes(text: bytes, code: bytes) -> None:
    async with Signaling(limits=Limits(frame_bytes=500)) as signaling:
        greeting, close = await replies(signaling, b"camus.1 lobby\n", text)
    assert b'"greeting"' in greeting
    assert close.startswith(code)


async def test_empty_lines_that_arrive_together_are_answered_once() -> None:
    bye = b'{"receiver": "ground control", "type": "bye"}\n'
    async with Signaling() as signaling:
        heard = await replies(signaling, b"camus.1 lobby\n", b"\n" * 100, bye)
    assert heard[1:] == [b"\n", b"1000 the client sent `bye`\n"]


async def test_clients_that_have_gone_disturb_no_stop(caplog: pytest.LogCaptureFixture) -> None:
    async with Signaling() as signaling:
        listening = await listen(signaling, HOST, 0)
        for _ in range(3):
            sock = socket.create_connection(listening.sockets[0].getsockname())
            reader, writer = await asyncio.open_connection(sock=sock)
            writer.write(b"camus.1 lobby\n")
            await reader.readline()
            writer.transport.abort()
            sock.close()
        listening.close()
    assert signaling.server.census().connections == 0
    assert caplog.messages == []
