"""Tests that a peer that doesn't read loses its own connection and disturbs no other."""

import asyncio
from pathlib import Path

import pytest
from attrs import evolve

from camus_core.limits import Limits
from camus_transport import Signaling
from transport.raw_socket import (
    PING,
    RawSocket,
    eventually,
    frame,
    raw_websocket,
    sending_for_ever,
)
from transport.serve import CamusServe, camus_serve

KIB = 1024
SMALL = 4 * KIB
"""A receive buffer that fills immediately, even if the system enlarges it."""

WAITING = 256 * KIB
NO_RATE = 1e9

SYSTEM_BUFFERS = 8192 * KIB
"""Bytes that TCP may hold of one connection: tcp_wmem allows 4 MB on either side."""

_FILLER = "x" * 8 * KIB


def limits() -> Limits:
    return Limits(
        message_burst=NO_RATE,
        messages_per_second=NO_RATE,
        relayed_burst_bytes=NO_RATE,
        send_buffer_bytes=WAITING,
    )


async def take_part(client: RawSocket) -> None:
    """Send a message, since a silent client gets no roster."""
    await client.say("get-room-info")
    await client.hear("room-info")


async def count(sender: RawSocket, number: int, *hearers: RawSocket) -> None:
    await sender.say("x-count", "room", {"number": number, "filler": _FILLER})
    for hearer in (sender, *hearers):
        assert (await hearer.hear("x-count"))["data"]["number"] == number


async def test_a_reader_that_stalls_is_told_so_and_closed_after_so_many_bytes() -> None:
    async with Signaling(limits=limits()) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with (
            raw_websocket(port) as ann,
            raw_websocket(port) as bob,
            raw_websocket(port, receive_buffer=SMALL) as staller,
        ):
            await take_part(bob)
            gone, number = asyncio.create_task(bob.hear("bye")), 0
            while not gone.done():
                await count(ann, number)
                number += 1
                assert number * len(_FILLER) < WAITING + SYSTEM_BUFFERS
            await gone
            assert await staller.close_code() == 4000


async def test_who_reads_hears_everything_in_order_while_another_stalls() -> None:
    async with Signaling(limits=limits()) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with (
            raw_websocket(port) as ann,
            raw_websocket(port) as bob,
            raw_websocket(port, receive_buffer=SMALL),
        ):
            for number in range((WAITING + SYSTEM_BUFFERS) // len(_FILLER)):
                await count(ann, number, bob)
            await bob.say("get-room-info")
            assert len((await bob.hear("room-info"))["data"]["clients"]) == 2


async def test_a_reader_that_pauses_and_reads_on_loses_nothing() -> None:
    async with Signaling(limits=limits()) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with (
            raw_websocket(port) as ann,
            raw_websocket(port, receive_buffer=SMALL) as pauser,
        ):
            for number in range(WAITING // len(_FILLER) - 2):
                await count(ann, number)
            for number in range(WAITING // len(_FILLER) - 2):
                assert (await pauser.hear("x-count"))["data"]["number"] == number


async def fill(client: RawSocket, number: int) -> None:
    """Let a client send 8 KiB this many times to the room, and receive them itself."""
    for one in range(number):
        await count(client, one)


async def test_who_is_behind_for_long_and_reads_nothing_is_closed() -> None:
    slow = evolve(limits(), send_buffer_bytes=64 * WAITING, slow_reader_bytes=WAITING)
    async with Signaling(limits=evolve(slow, slow_reader_seconds=0.5)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with (
            raw_websocket(port) as ann,
            raw_websocket(port, receive_buffer=SMALL) as staller,
        ):
            await take_part(ann)
            await fill(ann, number=4 * WAITING // len(_FILLER))
            await eventually(lambda: signaling.server.counts.closed["4000"] == 1)
            assert await staller.close_code() == 4000


async def test_who_is_behind_for_long_and_reads_on_stays() -> None:
    slow = evolve(limits(), send_buffer_bytes=64 * WAITING, slow_reader_bytes=WAITING)
    async with Signaling(limits=evolve(slow, slow_reader_seconds=1.5)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        number = 12 * WAITING // len(_FILLER)
        async with (
            raw_websocket(port) as ann,
            raw_websocket(port, receive_buffer=SMALL) as reader,
        ):
            filling = asyncio.create_task(fill(ann, number=number))
            for one in range(number):
                assert (await reader.hear("x-count"))["data"]["number"] == one
                await asyncio.sleep(0.01)
            await filling
            assert signaling.server.counts.closed["4000"] == 0


async def test_while_too_much_waits_for_all_the_one_goes_for_which_most_does() -> None:
    bound = evolve(limits(), send_buffer_bytes=64 * WAITING, all_send_buffer_bytes=3 * WAITING)
    async with Signaling(limits=bound) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with (
            raw_websocket(port) as ann,
            raw_websocket(port, receive_buffer=SMALL) as first,
        ):
            await take_part(ann)
            await fill(ann, number=3 * WAITING // len(_FILLER))
            async with raw_websocket(port, receive_buffer=SMALL):
                await fill(ann, number=3 * WAITING // len(_FILLER))
                assert signaling.server.counts.closed["4000"] == 1
                assert await first.close_code() == 4000


@pytest.fixture
def peak() -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells in /proc how much memory another process has taken")


def peak_of(server: CamusServe) -> int:
    """Return the peak of the memory of the server's process, in bytes."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * KIB


async def test_readers_that_stall_cost_a_bounded_amount_of_memory(peak: None) -> None:
    options = ["--send-buffer-bytes", WAITING, "--message-burst", NO_RATE]
    options += ["--relayed-burst-bytes", NO_RATE]
    async with camus_serve(*options) as server, raw_websocket(server.port) as ann:
        await take_part(ann)
        before = peak_of(server)
        for _ in range(10):
            async with raw_websocket(server.port, receive_buffer=SMALL):
                for number in range((WAITING + SYSTEM_BUFFERS) // len(_FILLER)):
                    await count(ann, number)
        assert peak_of(server) - before < 10 * WAITING, "they were sent 80 MB"


async def test_a_peer_that_floods_with_pings_and_reads_no_pong_is_cut_off(peak: None) -> None:
    async with (
        camus_serve("--send-buffer-bytes", WAITING) as server,
        raw_websocket(server.port) as ann,
        raw_websocket(server.port, receive_buffer=SMALL) as flooder,
    ):
        await take_part(ann)
        before = peak_of(server)
        async with sending_for_ever(flooder, frame(b"x" * 125, PING) * 100):
            await ann.hear("bye")
        assert peak_of(server) - before < 10 * WAITING


@pytest.mark.parametrize("kind", ["ping", "refusal"])
async def test_a_peer_that_asks_on_and_reads_no_answer_is_cut_off(kind: str) -> None:
    async with Signaling(limits=limits()) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with (
            raw_websocket(port) as ann,
            raw_websocket(port, receive_buffer=SMALL) as asker,
        ):
            await take_part(ann)
            asked = b'{"receiver":"ground control","type":"ping","data":"%s"}' % (b"x" * 1000)
            async with sending_for_ever(asker, frame(asked if kind == "ping" else b"?") * 20):
                await ann.hear("bye")
