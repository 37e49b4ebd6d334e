"""Frames of every kind, whole and in pieces, legal and not, over real sockets."""

import asyncio
import json

import pytest

from camus_core.limits import Limits
from camus_transport import Signaling
from transport.raw_socket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Frame,
    RawSocket,
    frame,
    message,
    raw_socket,
    raw_websocket,
    sending_for_ever,
)

LIMIT = Limits().frame_bytes
PING_7 = message("ping", data=7)


@pytest.fixture
async def port(signaling: Signaling) -> int:
    return await signaling.listen("127.0.0.1", 0)


async def pongs(client: RawSocket, count: int) -> list[object]:
    return [(await client.hear("pong"))["data"] for _ in range(count)]


def ping_of_size(size: int) -> bytes:
    empty = len(message("ping", data=""))
    return message("ping", data="x" * (size - empty))


@pytest.mark.parametrize("size", [125, 126, 127, 65535, LIMIT - 1, LIMIT])
async def test_a_message_of_any_size_up_to_the_limit_is_handled(port: int, size: int) -> None:
    text = ping_of_size(size)
    async with raw_websocket(port) as client:
        await client.send(frame(text))
        assert (await client.hear("pong"))["data"] == json.loads(text)["data"]


@pytest.mark.parametrize("size", [LIMIT + 1, 10 * LIMIT])
async def test_a_frame_over_the_limit_ends_the_connection(port: int, size: int) -> None:
    async with raw_websocket(port) as client:
        await client.send(frame(ping_of_size(size))[: LIMIT + 14])
        assert await client.close_code() == 1009


@pytest.mark.parametrize("announced", [LIMIT + 1, 1 << 40, (1 << 63) - 1])
async def test_a_frame_is_refused_by_its_head_and_none_of_it_is_awaited(
    port: int, announced: int
) -> None:
    async with raw_websocket(port) as client:
        await client.send(b"\x81\xff" + announced.to_bytes(8, "big") + b"mask")
        assert await client.close_code() == 1009


@pytest.mark.parametrize(("size", "fits"), [(LIMIT, True), (LIMIT + 1, False)])
async def test_the_limit_holds_over_all_fragments(port: int, size: int, fits: bool) -> None:
    text = ping_of_size(size)
    pieces = [text[start : start + 10_000] for start in range(0, size, 10_000)]
    async with raw_websocket(port) as client:
        for number, piece in enumerate(pieces):
            opcode = CONTINUATION if number else TEXT
            await client.send(frame(piece, opcode, fin=number == len(pieces) - 1))
        if fits:
            await client.hear("pong")
        else:
            assert await client.close_code() == 1009


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (frame(b"{}", BINARY), 1003),
        (frame(b"{", BINARY, fin=False) + frame(b"}", CONTINUATION), 1003),
        (frame(b'{"\xff":1}'), 1007),
        (frame(b"\xc3", fin=False) + frame(b"(", CONTINUATION), 1007),
        (frame(b'{"\xed\xa0\x80":1}'), 1007),
        (frame(PING_7, rsv=4), 1002),
        (frame(PING_7, rsv=1), 1002),
        (frame(PING_7, masked=False), 1002),
        (frame(b"", masked=False), 1002),
        (frame(PING_7, opcode=0x3), 1002),
        (frame(b"", opcode=0xB), 1002),
        (frame(PING_7, CONTINUATION), 1002),
        (frame(b"{", fin=False) + frame(b"{}"), 1002),
        (frame(b"", PING, fin=False), 1002),
        (frame(b"x" * 126, PING), 1002),
        (frame(b"x", CLOSE), 1002),
        (frame((1005).to_bytes(2, "big"), CLOSE), 1002),
        (frame((999).to_bytes(2, "big"), CLOSE), 1002),
        (frame((1000).to_bytes(2, "big") + b"\xff", CLOSE), 1007),
    ],
    ids=[
        "binary", "binary in fragments", "no UTF-8", "no UTF-8 over fragments", "surrogate",
        "RSV1", "RSV3", "unmasked", "unmasked and empty", "opcode 3", "opcode 11",
        "continuation of nothing", "text within text", "ping in fragments", "long ping",
        "half a close code", "reserved close code", "no close code", "close reason",
    ],
)  # fmt: skip
async def test_what_breaks_the_protocol_ends_the_connection_and_no_other(
    port: int, frames: bytes, code: int
) -> None:
    async with raw_websocket(port) as ann, raw_websocket(port) as bob:
        await ann.say("get-room-info")
        await ann.hear("room-info")
        await bob.send(frames)
        assert await bob.close_code() == code
        await bob.send(frame(code.to_bytes(2, "big"), CLOSE))
        await bob.read_to_the_end()
        await ann.hear("bye")


async def test_a_character_split_over_fragments_is_whole_again(port: int) -> None:
    text = '{"receiver":"ground control","type":"ping","data":"👩"}'.encode()
    cut = text.index("👩".encode()) + 2
    async with raw_websocket(port) as client:
        await client.send(frame(text[:cut], fin=False) + frame(text[cut:], CONTINUATION))
        assert await pongs(client, 1) == ["👩"]


async def test_a_ping_frame_is_answered_with_its_payload(port: int) -> None:
    async with raw_websocket(port) as client:
        for payload in [b"", b"\0\xff", b"x" * 125]:
            await client.send(frame(payload, PING))
            assert await client.read_frame() == Frame(PONG, payload)


async def test_a_ping_frame_between_fragments_is_answered_before_their_message(
    port: int,
) -> None:
    async with raw_websocket(port) as client:
        await client.send(frame(PING_7[:9], fin=False) + frame(b"!", PING))
        assert await client.read_frame() == Frame(PONG, b"!")
        await client.send(frame(b"", CONTINUATION, fin=False) + frame(PING_7[9:], CONTINUATION))
        assert await pongs(client, 1) == [7]


async def test_a_pong_frame_that_nobody_asked_for_is_ignored(port: int) -> None:
    async with raw_websocket(port) as client:
        await client.send(frame(b"?", PONG) + frame(PING_7))
        assert await pongs(client, 1) == [7]


async def test_an_empty_text_is_refused_at_once(port: int) -> None:
    async with raw_websocket(port) as client:
        await client.send(frame(b""))
        assert (await client.hear("error"))["data"]["code"] == "malformed-message"


@pytest.mark.parametrize("size", [len(PING_7), 200])
async def test_a_frame_may_come_byte_by_byte(port: int, size: int) -> None:
    text = PING_7 if size == len(PING_7) else ping_of_size(size)
    async with raw_websocket(port) as client:
        for byte in frame(text):
            await client.send(bytes([byte]))
            await asyncio.sleep(0)  # the server reads before the next byte
        await client.hear("pong")


async def test_frames_may_be_cut_at_any_byte(port: int) -> None:
    kinds = [
        frame(PING_7),
        frame(PING_7[:9], fin=False) + frame(b"", PING) + frame(PING_7[9:], CONTINUATION),
        frame(ping_of_size(130)),
    ]
    stream = b"".join(kinds)
    async with raw_websocket(port) as client:
        for cut in range(1, len(stream)):
            await client.send(stream[:cut])
            await asyncio.sleep(0)
            await client.send(stream[cut:])
            assert len(await pongs(client, 3)) == 3


async def test_many_frames_in_one_write_are_answered_in_order(port: int) -> None:
    pings = [message("ping", data=number) for number in range(500)]
    async with raw_websocket(port) as client:
        await client.send(b"".join(map(frame, pings)))
        assert await pongs(client, 500) == list(range(500))


async def test_what_comes_together_with_the_handshake_is_not_lost(port: int) -> None:
    request = (
        f"GET /room/lobby/ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
    ping = frame(PING_7)
    for early in [1, 5, len(ping)]:
        async with raw_socket(port) as client:
            await client.send(request + ping[:early])
            assert (await client.response()).status == 101
            await client.send(ping[early:])
            assert await pongs(client, 1) == [7]


async def test_endless_fragments_are_no_sign_of_life() -> None:
    limits = Limits(ping_after=0.2, silent_for=0.6)
    async with Signaling(limits=limits) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port) as client:
            await client.send(frame(b"{", fin=False))
            more = frame(b"", CONTINUATION, fin=False)
            async with sending_for_ever(client, more, pause=0.005):
                assert await client.close_code() == 4001


@pytest.mark.parametrize(
    "start, more",
    [
        (b"", frame(b"", PING)),
        (b"", frame(b"", PONG)),
        (b"{", frame(b"", CONTINUATION, fin=False)),
    ],
    ids=["pings", "pongs", "fragments"],
)
async def test_who_floods_with_frames_that_are_no_messages_is_closed(
    start: bytes, more: bytes
) -> None:
    async with Signaling() as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port) as client:
            if start:
                await client.send(frame(start, fin=False))
            async with sending_for_ever(client, more * 100):
                assert await client.close_code() == 4004
