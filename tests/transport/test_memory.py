"""Tests of the in-memory transport alone, and beside other transports."""

import asyncio
import logging

import pytest

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json
from camus_transport import ConnectionClosed, Signaling, connect


async def test_a_client_in_memory_and_one_on_a_socket_are_in_one_room(
    signaling: Signaling,
) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    url = f"ws://127.0.0.1:{port}/room/lobby/ws"
    async with signaling.connect("lobby") as bot, connect(url) as ann:
        candidate = to_json({"candidate": "", "usernameFragment": "x", "sdpMid": None})
        await ann.send(m.IceCandidate(bot.id, candidate))
        assert await bot.receive() == m.IceCandidate(bot.id, candidate, ann.id)
        await bot.send(m.IceCandidate(ann.id))
        assert await ann.receive() == m.IceCandidate(ann.id, m.NULL, bot.id)


async def test_a_client_that_doesnt_read_is_closed_and_the_others_go_on() -> None:
    limits = Limits(send_buffer_bytes=10_000, message_burst=1e9, relayed_burst_bytes=1e9)
    async with Signaling(limits=limits) as signaling, asyncio.timeout(10):
        async with (
            signaling.connect("lobby") as ann,
            signaling.connect("lobby") as bob,
            signaling.connect("lobby") as staller,
        ):
            for number in range(100):
                said = to_json([number, "x" * 1000])
                await ann.send(m.Extension("x-count", m.ROOM, said))
                for hearer in (ann, bob):
                    while not isinstance(heard := await hearer.receive(), m.Extension):
                        pass
                    assert heard.data == said
            with pytest.raises(ConnectionClosed) as raised:
                async for _ in staller:
                    pass
            assert raised.value.code == 4000


async def test_a_room_that_no_address_could_name_is_a_mistake_and_no_fault_of_the_server(
    signaling: Signaling, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ["", "The Lobby", "x" * 65]:
        with pytest.raises((ValueError, ConnectionClosed)):
            async with signaling.connect(name):
                pass
    assert not any(record.levelno >= logging.ERROR for record in caplog.records)


async def test_two_servers_in_one_process_share_nothing() -> None:
    async with Signaling() as one, Signaling() as other, asyncio.timeout(10):
        async with one.connect("lobby") as ann, other.connect("lobby") as bob:
            await ann.send(m.Greeting(bob.id, to_json("Hello")))
            answer = await ann.receive()
            assert isinstance(answer, m.Error)
            assert answer.data.code == "unknown-receiver"
