"""A server process that pauses and goes on, and the clients that stay.

The process is stopped (SIGSTOP, SIGCONT), or its event loop is blocked.
"""

import asyncio
import os
import signal
import time

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json
from camus_transport import Backoff, Resumed, Signaling, join
from camus_transport.client import SessionEvent
from camus_transport.websocket.outbox import Outbox, Outboxes
from transport.cutting_proxy import cutting_proxy
from transport.raw_socket import RawSocket, eventually, raw_socket, raw_websocket
from transport.serve import camus_serve

PAUSE = 5.0
"""Seconds of the pause: longer than the server's patience, and than a place is held."""

OPTIONS = ("--ping-after=1", "--silent-for=3", "--place-seconds=4")


async def answer_pings(client: RawSocket) -> None:
    """Only answer pings, as an idle page does."""
    while True:
        ping = await client.hear("ping")
        await client.say("pong", data=ping.get("data"))


async def test_after_a_pause_members_stay_and_a_client_that_had_dropped_comes_back() -> None:
    events: list[SessionEvent] = []
    async with (
        camus_serve(*OPTIONS) as server,
        cutting_proxy(server.port) as proxy,
        raw_websocket(server.port) as ann,
        raw_websocket(server.port) as joe,
        join(
            f"ws://127.0.0.1:{proxy.port}/room/lobby/ws",
            on_event=events.append,
            backoff=Backoff(first=0.1, longest=0.5),
        ) as bob,
    ):
        id = bob.id
        pongs = asyncio.create_task(answer_pings(joe))
        await ann.say("ping", data=1)
        await ann.hear("pong")
        proxy.cut()
        await asyncio.sleep(0.05)  # the server notices it
        os.kill(server.pid, signal.SIGSTOP)
        try:
            for number in range(10):
                await asyncio.sleep(PAUSE / 10)
                await ann.say("ping", data=number)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        for number in range(10):
            while (await ann.hear("pong"))["data"] != number:
                pass
        await eventually(lambda: any(isinstance(one, Resumed) for one in events))
        assert bob.id == id
        await bob.send(m.Extension("x-number", m.ROOM, to_json(7)))
        assert (await ann.hear("x-number"))["data"] == 7
        assert not pongs.done(), "joe was closed"
        pongs.cancel()


class Stuck(asyncio.WriteTransport):
    """A transport whose peer reads nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.waiting += len(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting


def block_process() -> None:
    """Block this process for longer than any deadline here, and longer than it may be late."""
    time.sleep(1.0)


async def test_no_reader_is_slow_by_a_pause_but_by_as_long_after_it() -> None:
    limits = Limits(slow_reader_bytes=1000, slow_reader_seconds=0.3)
    stalled = asyncio.Event()
    outbox = Outbox(Stuck(), Outboxes(asyncio.get_running_loop(), limits), stalled.set)
    outbox.put(b"", b"x" * 2000)
    outbox.write()
    outbox.pause()
    block_process()
    await asyncio.sleep(0.05)
    assert not stalled.is_set()
    async with asyncio.timeout(5):
        await stalled.wait()


async def test_no_handshake_is_given_up_for_a_pause_but_as_long_after_it() -> None:
    async with Signaling(limits=Limits(handshake_seconds=0.3)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_socket(port) as client, raw_socket(port) as silent:
            await asyncio.sleep(0.05)
            block_process()
            await asyncio.sleep(0.05)
            await client.request("/room/lobby/ws")
            assert await silent.read_to_the_end() == b""
