"""Attacks on the histories of rooms: on what they say, and by their cost."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from transport.raw_socket import RawSocket, frame, message, sending_for_ever

from .target import HOME, Refused, Target, hear

SECRET = "the launch code"
"""A text that only members may hear."""


@asynccontextmanager
async def _owner(target: Target, name: str) -> AsyncIterator[RawSocket]:
    """Create a room, and join it as its owner."""
    async with target.session(source=HOME) as owner:
        await owner.say("create-room", data={"name": name})
        token = (await hear(owner, "room-created"))["owner_token"]
        await owner.say("join", data={"room_id": name, "owner_token": token})
        await hear(owner, "joined")
        yield owner


async def scrape_a_locked_history(target: Target) -> None:
    """Ask for the texts of a locked room, in all ways that a client has."""
    async with _owner(target, "vault") as owner:
        await owner.say("text", "room", {"text": SECRET})
        await hear(owner, "text")
        await owner.say("lock", data={"locked": True})
        await hear(owner, "done")

        async def attempt() -> None:
            async with target.session() as client:
                resume = {"session": os.urandom(32).hex()}
                await client.say("join", data={"room_id": "vault", "resume": resume})
                await client.say("remove-text", data={"sender": "ground control"})
                await client.say("ping")
                while (heard := await client.read_message())["type"] != "pong":
                    said = heard["data"].get("code", heard["type"])
                    target.outcomes["the secret" if SECRET in str(heard) else said] += 1

        await target.repeat(attempt)


async def fetch_a_long_history(target: Target) -> None:
    """Join a room with as many texts as it keeps, and leave it, as fast as possible."""
    async with _owner(target, "library") as owner:
        for _ in range(10):
            await owner.say("text", "room", {"text": "x" * 6000})
            await hear(owner, "text")

        async def attempt() -> None:
            async with target.session() as client:
                await client.say("join", data={"room_id": "library"})
                try:
                    await hear(client, "joined")
                except Refused as refused:
                    target.outcomes[str(refused)] += 1
                else:
                    target.outcomes["let in"] += 1

        await target.repeat(attempt)


async def fill_histories(target: Target) -> None:
    """Say long texts to room after room, which have to be kept."""
    texts = b"".join(frame(message("text", "room", {"text": "x" * 6000})) for _ in range(10))

    async def attempt() -> None:
        async with target.member(f"room-{os.urandom(8).hex()}") as client:
            async with sending_for_ever(client, texts):
                async with asyncio.timeout(0.3):
                    await target.count_refusals(client)

    await target.repeat(attempt)
