"""Attacks by members of a room, with frames of every kind at full speed."""

import itertools
import os

from camus_core.limits import Limits
from transport.raw_socket import (
    CONTINUATION,
    PING,
    frame,
    message,
    sending_for_ever,
)

from .target import Target

LIMIT = Limits().frame_bytes
AT_ONCE = 200
"""Small frames in one write: what the network brings in one piece."""

COSTLY = (
    b"[" * 33 + b'"' + b'\\"' * 4000,
    b"[" * LIMIT,
    b'{"receiver":"ground control","type":"joined","data":{"clients":['
    + b"{}," * 15_000
    + b"{}]}}",
    b"{" + b'"a":1,' * 8000 + b'"receiver":"ground control","type":"ping"}',
    message("profile", data={"username": "a" + "\u0315\u0300" * 3000}),
)
"""Texts that take long to refuse, and one that is a ping."""


async def flood(target: Target, *frames: bytes) -> None:
    """Send each of these from a member of its own, again and again."""
    several = itertools.cycle(frames)

    async def attempt() -> None:
        async with (
            target.inside("attack") as client,
            sending_for_ever(client, next(several)),
        ):
            await target.hear_out(client)

    await target.repeat(attempt)


async def send_the_largest(target: Target) -> None:
    """Send messages of just the size that is taken."""
    empty = len(message("ping", data=""))
    await flood(target, frame(message("ping", data="x" * (LIMIT - empty))))


async def send_too_large(target: Target) -> None:
    """Send messages that are one byte too large."""
    await flood(target, frame(b"x" * (LIMIT + 1)))


async def never_end_a_message(target: Target) -> None:
    """Send fragments, of which none is the last."""

    async def attempt() -> None:
        async with target.inside("attack") as client:
            await client.send(frame(b"", fin=False))
            more = frame(b"", CONTINUATION, fin=False) * AT_ONCE
            async with sending_for_ever(client, more):
                await target.hear_out(client)

    await target.repeat(attempt)


async def send_noise(target: Target) -> None:
    """Send bytes that are no frames."""
    await flood(target, *(os.urandom(LIMIT) for _ in range(8)))


async def send_no_messages(target: Target) -> None:
    """Send texts that are no messages."""
    await flood(target, frame(b"no message") * AT_ONCE)


async def send_unknown_types(target: Target) -> None:
    """Send messages of a type that nobody has described."""
    await flood(target, frame(message("unknown")) * AT_ONCE)


async def send_riddles(target: Target) -> None:
    """Send texts that take long to refuse."""
    await flood(target, *map(frame, COSTLY))


async def send_pings(target: Target) -> None:
    """Send ping frames, which the server has to answer."""
    await flood(target, frame(b"", PING) * AT_ONCE)


async def talk_too_much(target: Target) -> None:
    """Say more to the room than a member may."""
    await flood(target, frame(message("text", "room", {"text": "!"})) * AT_ONCE)


async def stop_reading(target: Target) -> None:
    """Be in a room where much is said, and read none of it."""
    loud = frame(message("x-noise", "room", "x" * 30_000))

    async def attempt() -> None:
        async with (
            target.inside("busy", receive_buffer=4096),
            target.inside("busy") as talker,
            sending_for_ever(talker, loud),
        ):
            while (await talker.read_message())["type"] != "bye":
                pass
            target.outcomes["the slow one is gone"] += 1

    await target.repeat(attempt, workers=4)
