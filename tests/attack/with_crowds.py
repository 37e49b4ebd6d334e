"""Attacks of a crowd that fills a room: all of its members hear what one of them does."""

import itertools
from typing import Any

from transport.raw_socket import CLOSE, TEXT, RawSocket, frame, message, sending_for_ever

from .target import HOME, SOURCES, Target, hear

CROWD = 300
"""Clients that want to join one room: more than its limit."""

HOMES = tuple(f"127.0.1.{number}" for number in range(1, 255))
"""Addresses of a crowd whose members have one each, so that they share no limit."""

AT_ONCE, EACH = 30, 1.05
"""New names that a member of a full room may take at once, and seconds for one more."""

UNCOUNTED = (b'"type":"ack"', b'"type":"ping"')
"""Parts of frames that aren't counted, and so not confirmed."""

ANSWERS = {b'"type":"done"': "changed", b'"code":"rate-limited"': "rate-limited"}
"""Parts of frames that answer a change, and their outcomes."""


def frames(*messages: bytes) -> bytes:
    return b"".join(map(frame, messages))


def renames() -> bytes:
    return frames(*(message("profile", data={"username": f"Major {n}"}) for n in range(10)))


def set_attributes(*changes: dict[str, str]) -> bytes:
    return frames(*(message("set-attributes", data={"attributes": one}) for one in changes))


# The core profile ---------------------------------------------------------------------------


async def ask_in_a_crowd(target: Target) -> None:
    """Fill a room, and let every member ask for the roster."""
    await crowd(target, frame(message("get-room-info")) * 10)


async def rename_in_a_crowd(target: Target) -> None:
    """Fill a room, and let every member take one name after another."""
    await crowd(target, renames())


async def crowd(target: Target, data: bytes) -> None:
    """Let more clients than a room holds send this to it, and read the answers."""
    sources = itertools.cycle(SOURCES)

    async def attempt() -> None:
        async with target.member("crowd", source=next(sources)) as client:
            target.outcomes["let in"] += 1
            async with sending_for_ever(client, data):
                await target.count_refusals(client)

    await target.repeat(attempt, workers=CROWD)


# Sessions -----------------------------------------------------------------------------------


async def talk_in_a_crowd(target: Target) -> None:
    """Fill a room with sessions, let all of them send much to the room, and confirm nothing."""
    await crowd_of_sessions(target, frame(message("x-noise", "room", "x" * 1000)) * 10)


async def say_little_in_a_crowd(target: Target) -> None:
    """Fill a room with sessions, and let every one send the smallest messages to it."""
    await crowd_of_sessions(target, frame(message("x-", "room")) * 10)


async def set_attributes_in_a_crowd(target: Target) -> None:
    """Fill a room with sessions that have all attributes they may, and change one for ever."""
    most = {"most": "\x01" * 165}  # six bytes for each character, in JSON
    await crowd_of_sessions(
        target, set_attributes(most, *({"a": str(number)} for number in range(9)))
    )


async def raise_hands_in_a_crowd(target: Target) -> None:
    """Fill a room with sessions, and let every one raise its hand again and again."""
    await crowd_of_sessions(target, set_attributes(*({"hand": str(n)} for n in range(10))))


async def rename_sessions_in_a_crowd(target: Target) -> None:
    """Fill a room with sessions, and let every one take one name after another."""
    await crowd_of_sessions(target, renames())


async def moderate_in_a_crowd(target: Target) -> None:
    """Fill a room with owners, and let every one change what may be changed of it."""
    async with target.session(source=HOME) as owner:
        await owner.say("create-room", data={"name": "crowd"})
        shown = await hear(owner, "room-created")
    async with target.session(source=HOME) as guest:
        await guest.say("join", data={"room_id": shown["room_id"]})
        client_id = (await hear(guest, "joined"))["id"]
        changes = (
            *(("set-role", {"id": client_id, "role": role}) for role in ("moderator", "guest")),
            *(("lock", {"locked": locked}) for locked in (True, False)),
            *(("request-mute", {"id": None, "kind": kind}) for kind in ("audio", "video")),
            *(("set-room-attributes", {"attributes": {"a": a}}) for a in ("1", "2")),
        )
        data = frames(*(message(type, data=data) for type, data in changes))
        await crowd_of_sessions(target, data, **shown)


async def crowd_of_sessions(
    target: Target, data: bytes, room_id: str = "crowd", **join: Any
) -> None:
    """Let more sessions than a room holds send this, and confirm nothing."""
    sources = itertools.cycle(SOURCES)

    async def attempt() -> None:
        async with target.session(source=next(sources)) as client:
            await client.say("join", data={"room_id": room_id, **join})
            await hear(client, "joined")
            target.outcomes["let in"] += 1
            async with sending_for_ever(client, data):
                await target.count_refusals(client)

    await target.repeat(attempt, workers=CROWD)


async def rename_within_limits(target: Target) -> None:
    """Fill a room with sessions, each from an address of its own, that take new names as often
    as they may, and confirm everything.
    """
    homes = itertools.cycle(HOMES)
    rename = frame(message("profile", data={"username": "Tom"}))

    async def attempt() -> None:
        async with target.session(source=next(homes)) as client:
            await client.say("join", data={"room_id": "crowd"})
            await hear(client, "joined")
            target.outcomes["let in"] += 1
            await client.send(rename * AT_ONCE)
            async with sending_for_ever(client, rename, pause=EACH):
                await confirm(target, client)

    await target.repeat(attempt, workers=CROWD)


async def confirm(target: Target, client: RawSocket) -> None:
    """Confirm what a client receives, and count the answers, until it is closed."""
    received = 0
    while (said := await client.read_frame()).opcode != CLOSE:
        if said.opcode != TEXT or any(part in said.payload for part in UNCOUNTED):
            continue
        received += 1
        if received % 256 == 0:
            await client.say("ack", data={"received": received})
        for part, outcome in ANSWERS.items():
            if part in said.payload:
                target.outcomes[outcome] += 1
    target.outcomes[f"closed {int.from_bytes(said.payload[:2], 'big')}"] += 1
