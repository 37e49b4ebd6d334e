"""Four honest members of a room, who check that nothing is lost and measure the delays."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from attrs import define, field
from websockets.asyncio.client import connect as open_websocket

from camus_core.wire.json_text import from_json, to_json
from camus_core.wire.messages import ROOM, Text
from camus_transport.client.peer import Peer, joined
from camus_transport.client.websocket_wire import WebSocketWire

COUNT = 4
PER_SECOND = 20
PATIENCE = 30.0
"""Seconds within which a message has to arrive, however busy the server is."""


@define(eq=False)
class Member:
    """One member; `heard` has the numbers that each member has sent, as they arrived."""

    number: int
    peer: Peer
    heard: list[list[int]] = field(init=False)
    said_at: list[float] = field(init=False)
    trips: list[float] = field(init=False)

    async def speak(self, count: int) -> None:
        """Send this many numbers to the room, at a steady pace."""
        begun_at = time.perf_counter() + self.number / COUNT / PER_SECOND
        for number in range(count):
            await asyncio.sleep(begun_at + number / PER_SECOND - time.perf_counter())
            self.said_at.append(time.perf_counter())
            await self.peer.send(Text(ROOM, {"text": to_json(f"{self.number} {number}")}))

    async def listen(self, count: int) -> None:
        """Receive this many numbers from each member."""
        while any(len(numbers) < count for numbers in self.heard):
            message = await self.peer.receive()
            if isinstance(message, Text):
                member, number = map(int, from_json(message.data["text"]).split())
                self.heard[member].append(number)
                if member == self.number:
                    self.trips.append(time.perf_counter() - self.said_at[number])


@define(eq=False)
class Members:
    """All four members."""

    everybody: list[Member]

    async def talk(self, seconds: float) -> list[float]:
        """Talk for this long; return the seconds that each message took back to its sender.

        Raises:
            AssertionError: a message was lost, or came out of order.
            ExceptionGroup: a member was disconnected, or has waited for too long.
        """
        count = round(seconds * PER_SECOND)
        async with asyncio.timeout(seconds + PATIENCE), asyncio.TaskGroup() as group:
            for member in self.everybody:
                member.heard = [[] for _ in self.everybody]
                member.said_at, member.trips = [], []
                group.create_task(member.listen(count))
                group.create_task(member.speak(count))
        for member in self.everybody:
            assert member.heard == [list(range(count))] * COUNT
        return [trip for member in self.everybody for trip in member.trips]


@asynccontextmanager
async def members(port: int, trust: ssl.SSLContext | None = None) -> AsyncIterator[Members]:
    """Let all four join one room, over TLS if `trust` is given."""
    async with AsyncExitStack() as exits:
        url = f"{'ws' if trust is None else 'wss'}://127.0.0.1:{port}/room/honest/ws"
        peers = []
        for _ in range(COUNT):
            opened = open_websocket(url, ssl=trust, compression=None, ping_interval=None)
            websocket = await exits.enter_async_context(opened)
            wire = WebSocketWire(websocket)
            peers.append(await exits.enter_async_context(joined(wire)))
        yield Members([Member(number, peer) for number, peer in enumerate(peers)])
