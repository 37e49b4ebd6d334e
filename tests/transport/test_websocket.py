"""The ends of connections, in order and not, over real sockets."""

import asyncio
import json
import logging

import pytest

from camus_core.limits import Limits
from camus_transport import Signaling
from transport.raw_socket import (
    CLOSE,
    PING,
    RawSocket,
    frame,
    message,
    raw_websocket,
    sending_for_ever,
)


@pytest.fixture
async def port(signaling: Signaling) -> int:
    return await signaling.listen("127.0.0.1", 0)


async def take_part(client: RawSocket) -> None:
    """Send a message, since a silent client gets no roster."""
    await client.say("get-room-info")
    await client.hear("room-info")


def closing(code: int) -> bytes:
    return frame(code.to_bytes(2, "big"), CLOSE)


async def test_a_bye_is_answered_with_a_closing_handshake(port: int) -> None:
    async with raw_websocket(port) as client:
        await client.say("bye")
        assert await client.close_code() == 1000
        await client.send(closing(1000))
        assert await client.read_to_the_end() == b""


@pytest.mark.parametrize("code", [1000, 1001, 3000, 4999])
async def test_a_close_frame_is_echoed_and_the_others_hear_of_it(port: int, code: int) -> None:
    async with raw_websocket(port) as ann, raw_websocket(port) as bob:
        await take_part(ann)
        await bob.send(closing(code))
        assert await bob.close_code() == code
        assert await bob.read_to_the_end() == b""
        await ann.hear("bye")


async def test_a_close_frame_without_a_code_is_answered_by_one(port: int) -> None:
    async with raw_websocket(port) as client:
        await client.send(frame(b"", CLOSE))
        assert (await client.read_frame()).opcode == CLOSE
        assert await client.read_to_the_end() == b""


async def test_what_is_said_after_a_bye_is_not_heard(port: int) -> None:
    async with raw_websocket(port) as ann, raw_websocket(port) as bob:
        await take_part(ann)
        bye, text = message("bye"), message("text", "room", {"text": "I'm still here"})
        await bob.send(frame(bye) + frame(text))
        await ann.hear("bye")
        await ann.hear("room-info")
        await ann.say("ping")
        assert json.loads((await ann.read_frame()).payload)["type"] == "pong"


async def test_a_peer_that_takes_no_part_in_closing_is_cut_off(port: int) -> None:
    async with raw_websocket(port) as client:
        await client.say("bye")
        assert await client.close_code() == 1000
        assert await client.read_to_the_end() == b""


async def test_a_reset_tells_the_others_at_once(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with raw_websocket(port) as ann, raw_websocket(port) as bob:
        await take_part(ann)
        bob.reset()
        await ann.hear("bye")
        assert len((await ann.hear("room-info"))["data"]["clients"]) == 1
    assert caplog.records == []


async def test_a_peer_that_closes_tcp_tells_the_others_at_once(port: int) -> None:
    async with raw_websocket(port) as ann, raw_websocket(port) as bob:
        await take_part(ann)
        bob.socket.shutdown(1)
        assert await bob.read_to_the_end() == b""
        await ann.hear("bye")


async def test_a_peer_whose_network_has_gone_is_found_out_by_its_silence() -> None:
    limits = Limits(ping_after=0.1, silent_for=0.5)
    async with Signaling(limits=limits) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port) as silent:
            await silent.hear("ping")
            assert await silent.close_code() == 4001


async def test_a_ping_frame_is_a_sign_of_life() -> None:
    limits = Limits(ping_after=0.1, silent_for=0.3)
    async with Signaling(limits=limits) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port) as alive:
            for _ in range(5):  # longer than it may be silent
                await alive.hear("ping")
                await alive.send(frame(b"", PING))
            await alive.say("ping")
            await alive.hear("pong")


async def test_a_flood_of_messages_is_answered_with_refusals_and_then_ends() -> None:
    async with Signaling(limits=Limits(message_burst=10, refusals_in_a_row=20)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port) as client:
            async with sending_for_ever(client, frame(b"no message")):
                assert await client.close_code() == 4002


async def test_the_clients_are_told_when_the_server_stops() -> None:
    async with Signaling() as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port) as client:
            stopping = asyncio.create_task(signaling.__aexit__(None, None, None))
            assert await client.close_code() == 1012
            await client.send(closing(1012))
            assert await client.read_to_the_end() == b""
            await stopping
