"""Tests that a flood delays itself, and other clients by no more than milliseconds."""

import asyncio
import gc
import socket
import time
from contextlib import AsyncExitStack

from attrs import define, evolve
from websockets.protocol import Protocol

from camus_core.effects import ForgetClient
from camus_core.limits import Limits
from camus_core.records import ClientId, RoomId, RoomRecord
from camus_core.wire.errors import ProtocolError
from camus_core.wire.messages import GetRoomInfo, Ping
from camus_transport import Signaling
from camus_transport.http.refusals import Rejected
from camus_transport.memory import MemoryWire
from camus_transport.server.fair_reads import FairReads
from camus_transport.server.write_behind import WriteBehind
from camus_transport.websocket.connection import WebSocketConnection
from camus_transport.websocket.stream import Stream
from transport.failing_store import FailingStore
from transport.raw_socket import (
    CLOSE,
    eventually,
    frame,
    message,
    raw_socket,
    raw_websocket,
    sending_for_ever,
)

NO_RATE = Limits(message_burst=1e9, messages_per_second=1e9, relayed_burst_bytes=1e9)

FLOODERS = 30
HELD = 200
CROWD = 2000
AHEAD = 2000
"""Requests that may be answered before a later one: all that have arrived are more."""


async def test_a_flood_waits_for_a_member_who_says_little() -> None:
    async with Signaling(limits=NO_RATE) as signaling, AsyncExitStack() as exits:
        answered = signaling.server.counts.received
        port = await signaling.listen("127.0.0.1", 0)
        for number in range(FLOODERS):
            flooder = await exits.enter_async_context(raw_websocket(port, f"room-{number}"))
            flood = frame(message("get-room-info")) * 100
            await exits.enter_async_context(sending_for_ever(flooder, flood))
        async with raw_websocket(port) as member:
            for _ in range(20):
                before = answered[GetRoomInfo]
                await member.say("ping")
                await member.hear("pong")
                assert answered[GetRoomInfo] < before + AHEAD


@define(eq=False)
class QueuedReader:
    """A reader with one thing to read, at which it may fail."""

    fails: bool
    busy_until: float = 0.0
    has_read: bool = False

    def read_on(self) -> bool:
        if self.fails:
            raise ValueError("a fault of this reader")
        self.has_read = True
        return False


async def test_a_fault_of_one_reader_keeps_no_other_waiting() -> None:
    loop = asyncio.get_running_loop()
    faults: list[object] = []
    loop.set_exception_handler(lambda _, context: faults.append(context["exception"]))
    fair_reads = FairReads(loop)
    readers = [QueuedReader(fails=True), QueuedReader(fails=False), QueuedReader(fails=False)]
    for reader in readers[:2]:
        fair_reads.enqueue(reader)
    await asyncio.sleep(0.01)
    fair_reads.enqueue(readers[2])
    await asyncio.sleep(0.01)
    assert [reader.has_read for reader in readers] == [False, True, True]
    assert [str(fault) for fault in faults] == ["a fault of this reader"]


async def test_who_asks_and_says_no_more_is_answered(signaling: Signaling) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    async with raw_socket(port) as client:
        await client.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        client.socket.shutdown(socket.SHUT_WR)
        assert (await client.read_to_the_end()).startswith(b"HTTP/1.1 200 ")


async def test_who_says_a_lot_and_hangs_up_has_said_it(signaling: Signaling) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    async with raw_websocket(port) as ann, raw_websocket(port) as bob:
        await bob.send(b"".join(frame(message("x-n", "room", n)) for n in range(50)))
        bob.socket.shutdown(socket.SHUT_WR)
        assert [(await ann.hear("x-n"))["data"] for _ in range(50)] == list(range(50))


async def test_what_was_held_back_for_many_is_handled_in_turns() -> None:
    store = FailingStore()
    store.open.clear()
    limits = evolve(NO_RATE, room_creation_burst=1e9)
    async with Signaling(store, limits=limits) as signaling:
        answered = signaling.server.counts.received
        for number in range(FLOODERS):
            wire = MemoryWire.open(signaling.server, RoomId(f"room-{number}"))
            for _ in range(HELD):
                await wire.write(message("ping"))
        store.open.set()
        most = before = 0
        while before < FLOODERS * HELD:
            await asyncio.sleep(0)
            most, before = max(most, answered[Ping] - before), answered[Ping]
        assert most < FLOODERS * HELD / 5


async def test_answers_for_many_are_handled_in_turns() -> None:
    store = FailingStore()
    store.open.clear()
    async with Signaling(store, limits=evolve(NO_RATE, room_creation_burst=1e9)) as signaling:
        for number in range(CROWD):
            MemoryWire.open(signaling.server, RoomId(f"room-{number}"))
        await asyncio.sleep(0.01)
        store.open.set()
        most = before = 0
        while before < CROWD:
            await asyncio.sleep(0)
            members = signaling.server.census().members
            most, before = max(most, members - before), members
        assert most < CROWD / 5


async def test_connections_that_end_together_do_so_in_turns() -> None:
    async with Signaling(limits=NO_RATE) as signaling:
        wires = [
            MemoryWire.open(signaling.server, RoomId(f"room-{number // 4}"))
            for number in range(CROWD)
        ]
        await eventually(lambda: signaling.server.census().members == CROWD)
        for wire in wires:
            await wire.write(message("get-room-info"))
        await asyncio.sleep(0)
        for wire in wires:
            wire.abort()
        assert signaling.server.census().connections > CROWD / 2
        await eventually(lambda: signaling.server.census().connections == 0)


async def test_whoever_embeds_a_server_goes_on_while_it_takes_up_stored_rooms() -> None:
    store = FailingStore()
    for number in range(CROWD):
        id = f"room-{number}"
        await store.create_room(RoomRecord(RoomId(id), id, time.time(), empty_for=300.0))
    turns = 0

    async def go_on() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    going_on = asyncio.create_task(go_on())
    async with Signaling(store):
        assert turns >= CROWD / 1000
    going_on.cancel()


async def test_changes_of_many_are_written_in_turns() -> None:
    writing = WriteBehind(FailingStore(), CROWD)
    for number in range(CROWD):
        writing.add(ForgetClient(ClientId(f"{number:032x}"), "run"))
    flushing = asyncio.create_task(writing.flush())
    most, before = 0, CROWD
    while before:
        await asyncio.sleep(0)
        most, before = max(most, before - len(writing)), len(writing)
    await flushing
    assert most <= CROWD / 4


async def test_what_many_say_before_they_hang_up_is_handled_in_turns() -> None:
    async with Signaling(limits=NO_RATE) as signaling, AsyncExitStack() as exits:
        answered = signaling.server.counts.received
        port = await signaling.listen("127.0.0.1", 0)
        clients = [
            await exits.enter_async_context(raw_websocket(port)) for _ in range(FLOODERS)
        ]
        for client in clients:
            client.socket.send(frame(message("ping")) * HELD)
            client.socket.shutdown(socket.SHUT_WR)
        most = before = 0
        while signaling.server.census().connections:
            await asyncio.sleep(0)
            most, before = max(most, answered[Ping] - before), answered[Ping]
        assert before == FLOODERS * HELD
        assert most < FLOODERS * HELD / 5


async def test_what_is_refused_leaves_nothing_for_the_garbage_collector(
    signaling: Signaling,
) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for request in b"no request\r\n\r\n", b"GET / HTTP/1.1\r\nX:" + b"x" * 17_000:
            async with raw_socket(port) as client:
                await client.send(request)
                await client.read_to_the_end()
        async with raw_websocket(port) as client:
            await client.send(frame(b"no message") + frame(message("unknown")))
            await client.hear("error")
            await client.hear("error")
            await client.send(frame(b"\xff"))
            assert await client.close_code() == 1007
            await client.send(frame((1007).to_bytes(2, "big"), CLOSE))
            await client.read_to_the_end()
        gc.collect()
        refused = Protocol | ProtocolError | Rejected | Stream | WebSocketConnection
        assert not [left for left in gc.garbage if isinstance(left, refused)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
