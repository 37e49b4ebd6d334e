"""The effects of stopping camus-serve on clients and the database, in order and not."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM, Signals
from socket import SHUT_WR

import pytest

from camus_transport import Signaling
from transport.certificate import make_certificate
from transport.raw_socket import CLOSE, RawSocket, frame, message, raw_socket, raw_websocket
from transport.serve import CamusServe, camus_serve, run

PROMPTLY = 10.0
"""Seconds that a stop may take, less than a container's runtime waits before it kills."""


async def count_members(url: str, room_id: str) -> int:
    """Return the number of members of a room in the database."""
    listed = (await run("rooms", "list", "--database-url", url)).out.splitlines()
    found = [line.split() for line in listed]
    return sum(int(members) for id, _, members, *_ in found[1:] if id == room_id)


async def wait_for_members(url: str, room_id: str, count: int, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while await count_members(url, room_id) != count:
            pass


@asynccontextmanager
async def promptly() -> AsyncIterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < PROMPTLY


@pytest.mark.parametrize("how", [SIGTERM, SIGINT])
async def test_a_signal_tells_every_client_to_come_back(how: Signals) -> None:
    async with (
        camus_serve() as server,
        raw_websocket(server.port) as ann,
        raw_websocket(server.port) as bob,
        promptly(),
    ):
        stopping = asyncio.create_task(server.end(how))
        for client in ann, bob:
            assert await client.close_code() == 1012
            await client.send(frame((1012).to_bytes(2, "big"), CLOSE))
        assert await stopping == 0


async def hang_up(client: RawSocket) -> None:
    """Hang up after a moment in which the server has sent its last frames."""
    await asyncio.sleep(0.1)
    client.socket.shutdown(SHUT_WR)


@pytest.mark.parametrize("turns", range(6))
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_stop_while_somebody_connects_closes_that_connection_too(
    loop: str, turns: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def conversation() -> None:
        async with Signaling() as signaling:
            port = await signaling.listen("127.0.0.1", 0)
            async with raw_socket(port) as client:
                asking = asyncio.create_task(client.request("/room/lobby/ws"))
                for _ in range(turns):
                    await asyncio.sleep(0)
                hanging_up = asyncio.create_task(hang_up(client))
                await signaling.__aexit__(None, None, None)
                asking.cancel()
                await asyncio.gather(asking, hanging_up, return_exceptions=True)

    factory = pytest.importorskip(loop).new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(asyncio.wait_for(conversation(), PROMPTLY))
    assert not caplog.records


async def test_a_second_signal_changes_nothing() -> None:
    async with camus_serve() as server, raw_websocket(server.port) as client:
        stopping = asyncio.create_task(server.end(SIGTERM))
        assert await client.close_code() == 1012
        assert await server.end(SIGINT) == 0
        assert await stopping == 0


async def test_a_stop_waits_for_nobody_who_has_stalled(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    tls = ["--tls-certificate", certificate, "--tls-key", key]
    burst = ["--message-burst", 1e9, "--relayed-burst-bytes", 1e9]
    async with camus_serve(*burst) as server, raw_websocket(server.port) as ann:
        async with (
            raw_websocket(server.port, receive_buffer=4096),
            raw_socket(server.port),
            raw_socket(server.port) as half_way,
            promptly(),
        ):
            await half_way.send(b"GET /room/lobby/ws HTTP/1.1\r\n")
            for _ in range(60):  # 480 KB wait for the first of them
                await ann.send(frame(message("x-fill", "room", "x" * 8192)))
            assert await server.end() == 0
    async with camus_serve(*tls) as server, raw_socket(server.port) as half_way, promptly():
        await half_way.send(b"\x16\x03\x01\x02\x00\x01")
        assert await server.end() == 0


async def test_a_stop_writes_what_waits(database_url: str) -> None:
    async with camus_serve("--database-url", database_url) as server:
        async with raw_websocket(server.port, "stage") as client:
            await wait_for_members(database_url, "stage", 1)
            await client.say("bye")
            assert await client.close_code() == 1000
            assert await server.end() == 0
    assert await count_members(database_url, "stage") == 0


async def test_who_was_there_at_a_kill_is_forgotten_by_the_next_node(
    database_url: str,
) -> None:
    options = ["--database-url", database_url, "--place-seconds", "1"]
    async with camus_serve(*options) as server, raw_websocket(server.port, "stage"):
        await wait_for_members(database_url, "stage", 1)
        await server.end(SIGKILL)
    async with camus_serve(*options) as server:
        await wait_for_members(database_url, "stage", 0)


@pytest.mark.parametrize("acknowledged", [1, 7, 40])
async def test_a_room_that_somebody_was_let_into_survives_a_kill(
    database_url: str, acknowledged: int
) -> None:
    async with camus_serve("--database-url", database_url) as server:
        entered: asyncio.Queue[str] = asyncio.Queue()
        done = asyncio.Event()
        entering = [
            asyncio.create_task(enter(server, f"room-{number}", entered, done))
            for number in range(60)
        ]
        async with asyncio.timeout(20):
            rooms = {await entered.get() for _ in range(acknowledged)}
        await server.end(SIGKILL)
        while not entered.empty():
            rooms.add(entered.get_nowait())
        done.set()
        await asyncio.gather(*entering, return_exceptions=True)
    listed = (await run("rooms", "list", "--database-url", database_url)).out
    assert rooms <= {line.split()[0] for line in listed.splitlines()}
    async with camus_serve("--no-rooms-on-demand", "--database-url", database_url) as server:
        for room_id in rooms:
            async with raw_websocket(server.port, room_id):
                pass


async def enter(
    server: CamusServe, room_id: str, entered: asyncio.Queue[str], done: asyncio.Event
) -> None:
    async with raw_websocket(server.port, room_id):
        entered.put_nowait(room_id)
        await done.wait()


async def test_a_room_on_demand_that_is_empty_is_forgotten_also_after_a_kill(
    database_url: str,
) -> None:
    options = ["--database-url", database_url, "--room-empty-for", 0.5]
    async with camus_serve(*options) as server, raw_websocket(server.port, "stage"):
        await server.end(SIGKILL)
    async with camus_serve(*options), asyncio.timeout(10):
        while (await run("rooms", "list", *options[:2])).out != "There are no rooms.\n":
            pass
