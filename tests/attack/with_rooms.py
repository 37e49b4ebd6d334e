"""Attacks on rooms: on their passwords and sessions, and by their cost."""

import itertools
import os
from contextlib import AsyncExitStack

from transport.raw_socket import frame, message

from .target import HOME, SOURCES, Refused, Target, hear


async def guess_passwords(target: Target) -> None:
    """Try one password after another."""
    async with target.session(source=HOME) as owner:
        requested = {"name": "vault", "password": os.urandom(8).hex()}
        await owner.say("create-room", data=requested)
        await hear(owner, "room-created")

    async def attempt() -> None:
        async with target.session() as client:
            while target.goes_on():
                guess = {"room_id": "vault", "password": os.urandom(2).hex()}
                await client.say("join", data=guess)
                try:
                    await hear(client, "joined")
                except Refused as refused:
                    target.outcomes[str(refused)] += 1

    await target.repeat(attempt)


async def look_for_private_rooms(target: Target) -> None:
    """Ask for a private room, and for one that isn't there: is there any difference?"""
    async with target.session(source=HOME) as owner:
        requested = {"name": "vault", "password": os.urandom(8).hex()}
        await owner.say("create-room", data=requested)
        await hear(owner, "room-created")

    async def attempt() -> None:
        async with target.session() as client:
            while target.goes_on():
                for name in ("vault", os.urandom(4).hex()):
                    guess = (
                        {"password": os.urandom(2).hex()} if os.urandom(1)[0] % 8 == 0 else {}
                    )
                    await client.say("find-room", data={"name": name, **guess})
                    try:
                        found = await hear(client, "room-found")
                    except Refused as refused:
                        target.outcomes[str(refused)] += 1
                    else:
                        is_bare = found == {"room_id": name}
                        target.outcomes["the id alone" if is_bare else "more"] += 1

    await target.repeat(attempt)


async def talk_while_asked(target: Target) -> None:
    """While a password is hashed, send all that the server holds back, on many connections."""
    said = frame(message("ping")) * 1000

    async def attempt() -> None:
        async with AsyncExitStack() as exits:
            clients = [
                await exits.enter_async_context(target.session(source=source))
                for source in SOURCES
                for _ in range(4)
            ]
            for client in clients:
                requested = {"name": os.urandom(8).hex(), "password": "x"}
                await client.send(frame(message("create-room", data=requested)) + said)
            for client in clients:
                await hear(client, "room-created")
                target.outcomes["made"] += 1
                await client.hear("pong")

    await target.repeat(attempt, workers=1)


async def make_rooms(target: Target) -> None:
    """Join rooms that don't exist yet."""

    async def attempt() -> None:
        async with target.member(f"room-{os.urandom(8).hex()}"):
            target.outcomes["made"] += 1

    await target.repeat(attempt)


async def create_rooms(target: Target) -> None:
    """Create rooms."""

    async def attempt() -> None:
        async with target.session() as client:
            while target.goes_on():
                await client.say("create-room", data={"name": os.urandom(8).hex()})
                await hear(client, "room-created")
                target.outcomes["made"] += 1

    await target.repeat(attempt)


async def change_rooms(target: Target) -> None:
    """Create rooms, and change them all the time: each change costs a commit, or a hash too."""
    changes = [*({"name": f"Room {number}"} for number in range(19)), {"password": "x"}]

    async def attempt() -> None:
        async with target.session() as client:
            await client.say("create-room", data={"name": os.urandom(8).hex()})
            shown = await hear(client, "room-created")
            await client.say("join", data=shown)
            await hear(client, "joined")
            for change in itertools.cycle(changes):
                await client.say("update-room", data=change)
                await hear(client, "done")
                target.outcomes["changed"] += 1

    await target.repeat(attempt)


async def come_and_go(target: Target) -> None:
    """Join a room and leave it, as fast as possible."""

    async def attempt() -> None:
        async with target.member("attack") as client:
            target.outcomes["let in"] += 1
            await client.say("bye")
            await client.close_code()

    await target.repeat(attempt)


async def guess_sessions(target: Target) -> None:
    """Try to resume the sessions of others."""

    async def attempt() -> None:
        async with target.session() as client:
            resume = {"session": os.urandom(32).hex(), "received": 0}
            await client.say("join", data={"room_id": "attack", "resume": resume})
            joined = await hear(client, "joined")
            target.outcomes["resumed" if joined["resumed"] else "a newcomer"] += 1
            await client.say("bye")
            await client.close_code()

    await target.repeat(attempt)


async def rejoin_again_and_again(target: Target) -> None:
    """Rejoin one's own session as a reloaded page does, as fast as possible."""

    async def attempt() -> None:
        async with target.session() as client:
            await client.say("join", data={"room_id": "attack"})
            session = (await hear(client, "joined"))["session"]
        while target.goes_on():
            async with target.session() as client:
                resume = {"session": session}
                await client.say("join", data={"room_id": "attack", "resume": resume})
                try:
                    joined = await hear(client, "joined")
                except Refused as refused:
                    target.outcomes[str(refused)] += 1
                else:
                    target.outcomes[str(joined["reason"])] += 1
                    session = joined["session"]

    await target.repeat(attempt)
