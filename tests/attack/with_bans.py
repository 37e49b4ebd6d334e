"""An attack on bans: to come back with another guest token, again and again."""

import asyncio
import os

from transport.raw_socket import RawSocket

from .target import HOME, Target, hear


async def come_back_when_banned(target: Target) -> None:
    """Come to the waiting room with another guest token each time; the owner bans each."""
    async with target.session(source=HOME) as owner:
        await owner.say("create-room", data={"name": "vault"})
        made = await hear(owner, "room-created")
        await owner.say("join", data=made)
        await hear(owner, "joined")
        async with target.session() as first:
            await first.say("join", data={"room_id": "vault"})
            await hear(first, "joined")
            joined = await hear(owner, "client-joined")
            await owner.say("ban", data={"id": joined["id"]})
            await hear(owner, "done")

        async def attempt() -> None:
            async with target.session() as client:
                body = {"room_id": "vault", "guest_token": os.urandom(32).hex()}
                await client.say("join", data=body)
                await hear(client, "waiting")
                target.outcomes["waiting"] += 1
                await hear(client, "joined")
                target.outcomes["let in"] += 1

        banning = asyncio.create_task(_ban_all(owner))
        await target.repeat(attempt)
        banning.cancel()


async def _ban_all(owner: RawSocket) -> None:
    while True:
        said = await owner.read_message()
        if said["type"] == "client-waiting":
            await owner.say("ban", data={"id": said["data"]["id"]})
            await owner.say("list-bans")
