"""Members behind ordinary lines, and guests who send them full bursts."""

import asyncio
from contextlib import AsyncExitStack, suppress

import pytest

from camus_core.wire.messages import ROOM
from camus_transport import ConnectionClosed, Peer, Session, Signaling, connect, join
from transport.raw_socket import CLOSE, RawSocket, frame, message, raw_websocket
from transport.slow_line import slow_line

SECONDS = 60.0
SHARE = 17
"""The number of messages of 60 KB that one guest may send at once to one member."""


async def connect_slow_member(exits: AsyncExitStack, port: int, profile: str) -> Peer | Session:
    """Connect a member behind a line of 10 Mbit/s with a round trip of 60 ms."""
    line = await exits.enter_async_context(slow_line(port))
    if profile == "core":
        return await exits.enter_async_context(connect(f"ws://127.0.0.1:{line}/room/lobby/ws"))
    session = join(f"ws://127.0.0.1:{line}/ws", room_id="lobby", username="Ted")
    return await exits.enter_async_context(session)


async def read_to_last(member: Peer | Session) -> None:
    """Read until everything sent before the last message has arrived."""
    while (await member.receive()).type != "x-last":
        pass


async def send_burst(guest: RawSocket, frames: bytes) -> None:
    """Send these frames at once, and wait until all are handled, or the guest is closed."""
    await guest.send(frames + frame(message("ping", data="over")))
    while (heard := await guest.read_frame()).opcode != CLOSE:
        if heard.payload.endswith(b'"type":"pong","data":"over"}'):
            break


async def closed_members(
    profile: str, members: int, guests: int, to: str, data: object, n: int
) -> int:
    """Return the number of members that are closed when each guest sends this much at once."""
    async with Signaling() as signaling, AsyncExitStack() as exits:
        port = await signaling.listen("127.0.0.1", 0)
        people = [await connect_slow_member(exits, port, profile) for _ in range(members)]
        frames = frame(message("x-much", to or people[0].id, data)) * n
        speakers = [await exits.enter_async_context(raw_websocket(port)) for _ in range(guests)]
        moderator = await exits.enter_async_context(raw_websocket(port))
        async with asyncio.timeout(SECONDS):
            hearing = [asyncio.create_task(read_to_last(one)) for one in people]
            with suppress(OSError):
                await asyncio.gather(*(send_burst(guest, frames) for guest in speakers))
            await moderator.say("x-last", ROOM)
            heard = await asyncio.gather(*hearing, return_exceptions=True)
        assert all(one is None or isinstance(one, ConnectionClosed) for one in heard), heard
        return signaling.server.counts.closed["4000"]


@pytest.mark.parametrize("profile", ["core", "session"])
async def test_no_burst_of_a_guest_to_the_room_closes_a_member(profile: str) -> None:
    assert await closed_members(profile, 6, 1, ROOM, "x" * 8000, 400) == 0


@pytest.mark.parametrize("profile", ["core", "session"])
async def test_the_shares_of_three_guests_close_no_member(profile: str) -> None:
    assert await closed_members(profile, 1, 3, "", "x" * 60_000, SHARE) == 0
    assert await closed_members(profile, 1, 3, "", "x" * 100, 990) == 0
