"""Attacks on invitations: to guess them, and to make as many as possible."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from transport.raw_socket import RawSocket

from .target import HOME, SOURCES, Refused, Target, hear


@asynccontextmanager
async def _owner(target: Target, source: str) -> AsyncIterator[tuple[RawSocket, str]]:
    """Create a room with a password and join it as its owner; yield the owner and the room."""
    async with target.session(source=source) as owner:
        requested = {"name": os.urandom(8).hex(), "password": os.urandom(8).hex()}
        await owner.say("create-room", data=requested)
        made = await hear(owner, "room-created")
        await owner.say("join", data=made)
        await hear(owner, "joined")
        yield owner, made["room_id"]


async def guess_invitations(target: Target) -> None:
    """Show one secret after another, to join a room and to find it, or one that isn't there."""
    async with _owner(target, HOME) as (owner, room_id):
        await owner.say("create-invitation", data={"role": "moderator"})
        await hear(owner, "invitation-created")

        async def attempt() -> None:
            async with target.session() as client:
                while target.goes_on():
                    for room in (room_id, os.urandom(8).hex()):
                        guess = {"invitation": os.urandom(32).hex()}
                        await _try(target, client, "join", {"room_id": room, **guess})
                        await _try(target, client, "find-room", {"name": room, **guess})

        await target.repeat(attempt)


async def _try(target: Target, client: RawSocket, type: str, data: dict[str, str]) -> None:
    try:
        await client.say(type, data=data)
        if type == "join":
            await hear(client, "joined")
            target.outcomes["let in for what it guessed"] += 1
        else:
            is_bare = await hear(client, "room-found") == {"room_id": data["name"]}
            target.outcomes["the id alone" if is_bare else "more"] += 1
    except Refused as refused:
        target.outcomes[f"{type}: {refused}"] += 1


async def flood_invitations(target: Target) -> None:
    """Make invitations, list them, and revoke one, as fast as the server allows."""

    async def attempt() -> None:
        async with _owner(target, SOURCES[0]) as (owner, _):
            made = ""
            while target.goes_on():
                await owner.say("create-invitation", data={"name": "x" * 64})
                await owner.say("list-invitations")
                try:
                    made = (await hear(owner, "invitation-created"))["id"]
                    target.outcomes["made"] += 1
                    await hear(owner, "invitations")
                except Refused as refused:
                    target.outcomes[str(refused)] += 1
                await owner.say("revoke-invitation", data={"id": made})

    await target.repeat(attempt)
