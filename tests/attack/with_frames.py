"""Attacks by members of a room, with frames of every kind at full speed."""

import asyncio
import itertools
import os
import socket
from contextlib import AsyncExitStack, suppress

from camus_core.limits import Limits
from transport.raw_socket import (
    CLOSE,
    CONTINUATION,
    PING,
    RawSocket,
    frame,
    message,
    raw_websocket,
    sending_for_ever,
)
from transport.slow_line import slow_line

from .target import SOURCES, Target

LIMIT = Limits().frame_bytes
AT_ONCE = 200
"""Small frames in one write: as many as the network delivers in one piece."""

COSTLY = (
    b"[" * 33 + b'"' + b'\\"' * 4000,
    b"[" * LIMIT,
    b'{"receiver":"ground control","type":"joined","data":{"clients":['
    + b"{}," * 15_000
    + b"{}]}}",
    b"{" + b'"a":1,' * 8000 + b'"receiver":"ground control","type":"ping"}',
    message("profile", data={"username": "a" + "\u0315\u0300" * 3000}),
)
"""Texts that take long to refuse, and a ping."""


DICTIONARY = b"{%b}" % b",".join(b'"%d":1' % number for number in range(5000))
DICTIONARIES = (
    DICTIONARY,
    b'{"receiver":"ground control","type":"profile","data":%b}' % DICTIONARY,
    b'{"receiver":"nobody","type":"offer","data":%b}' % DICTIONARY,
)
"""Texts of many small values, which take much memory until they are refused."""

LISTENERS = 3


async def flood(target: Target, *frames: bytes) -> None:
    """Send each of these from a member of its own, again and again."""
    several = itertools.cycle(frames)

    async def attempt() -> None:
        async with (
            target.member("attack") as client,
            sending_for_ever(client, next(several)),
        ):
            await target.count_refusals(client)

    await target.repeat(attempt)


async def send_the_largest(target: Target) -> None:
    """Send messages of exactly the largest size that is accepted."""
    empty = len(message("ping", data=""))
    await flood(target, frame(message("ping", data="x" * (LIMIT - empty))))


async def send_too_large(target: Target) -> None:
    """Send messages that are one byte too large."""
    await flood(target, frame(b"x" * (LIMIT + 1)))


async def never_end_a_message(target: Target) -> None:
    """Send fragments of which none is the last."""

    async def attempt() -> None:
        async with target.member("attack") as client:
            await client.send(frame(b"", fin=False))
            more = frame(b"", CONTINUATION, fin=False) * AT_ONCE
            async with sending_for_ever(client, more):
                await target.count_refusals(client)

    await target.repeat(attempt)


async def send_noise(target: Target) -> None:
    """Send bytes that are not frames."""
    await flood(target, *(os.urandom(LIMIT) for _ in range(8)))


async def send_no_messages(target: Target) -> None:
    """Send texts that are not messages."""
    await flood(target, frame(b"no message") * AT_ONCE)


async def send_unknown_types(target: Target) -> None:
    """Send messages of an unknown type."""
    await flood(target, frame(message("unknown")) * AT_ONCE)


async def send_costly_texts(target: Target) -> None:
    """Send texts that take long to refuse."""
    await flood(target, *map(frame, COSTLY))


async def send_pings(target: Target) -> None:
    """Send ping frames, which the server has to answer."""
    await flood(target, frame(b"", PING) * AT_ONCE)


async def talk_too_much(target: Target) -> None:
    """Send more to the room than a member may."""
    await flood(target, frame(message("text", "room", {"text": "!"})) * AT_ONCE)


async def stop_reading(target: Target) -> None:
    """Join a room with much traffic, and read none of it."""
    loud = frame(message("x-noise", "room", "x" * 30_000))

    async def attempt() -> None:
        async with (
            target.member("busy", receive_buffer=4096),
            target.member("busy") as talker,
            sending_for_ever(talker, loud),
        ):
            while (await talker.read_message())["type"] != "bye":
                pass
            target.outcomes["the slow one is gone"] += 1

    await target.repeat(attempt, workers=4)


async def send_dictionaries(target: Target) -> None:
    """Send texts that take much memory to refuse."""
    await flood(target, *map(frame, DICTIONARIES))


async def talk_at_length(target: Target) -> None:
    """Send the largest burst that is allowed to a room of members behind ordinary lines."""
    burst = frame(message("text", "room", {"text": "x" * 8000})) * 400
    rooms = itertools.count()

    async def attempt() -> None:
        room_id = f"lines-{next(rooms)}"
        async with AsyncExitStack() as exits:
            listeners = []
            for _ in range(LISTENERS):
                line = await exits.enter_async_context(slow_line(target.port))
                listeners.append(await exits.enter_async_context(raw_websocket(line, room_id)))
            talker = await exits.enter_async_context(target.member(room_id, source=SOURCES[1]))
            hearing = [asyncio.create_task(_hear_bye(one)) for one in listeners]
            for task in hearing:
                exits.callback(task.cancel)
            with suppress(OSError):  # the server has closed the connection
                await talker.send(burst)
                await target.count_refusals(talker)
            talker.reset()
            for stays in await asyncio.gather(*hearing):
                target.outcomes["a listener stays" if stays else "a listener is gone"] += 1

    await target.repeat(attempt, workers=2)


async def _hear_bye(listener: RawSocket) -> bool:
    """Read until the talker's `bye`; tell whether it arrived."""
    while (heard := await listener.read_frame()).opcode != CLOSE:
        if b'"type":"bye"' in heard.payload:
            return True
    return False


async def say_much_and_hang_up(target: Target) -> None:
    """Send, over all connections at the same time, as much as is read at once, and hang up."""
    said = frame(message("ping")) * 600

    async def attempt() -> None:
        async with AsyncExitStack() as exits:
            clients = [
                await exits.enter_async_context(target.member("attack", source=source))
                for source in SOURCES
                for _ in range(8)
            ]
            for client in clients:
                with suppress(BlockingIOError):
                    client.socket.send(said)
                client.socket.shutdown(socket.SHUT_WR)
            for client in clients:
                await client.read_to_the_end()
                target.outcomes["hung up"] += 1

    await target.repeat(attempt, workers=1)
