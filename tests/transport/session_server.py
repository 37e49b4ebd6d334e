"""A real server for sessions, with connections that a test can cut, over both transports."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from attrs import define, field

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json
from camus_core.wire.profile import SESSION
from camus_transport import Backoff, Session, Signaling, Token, join
from camus_transport.client import SessionEvent
from camus_transport.memory import MemoryWire
from camus_transport.server.answers import TokenReader
from transport.cutting_proxy import CuttingProxy, cutting_proxy

Kind = TypeVar("Kind", bound=m.Message)

SECONDS = 10.0
"""Seconds that any step may take."""

TRANSPORTS = ("memory", "websocket")


async def no_delay(seconds: float) -> None:
    """Wait for one turn of the event loop only."""
    await asyncio.sleep(0)


@define(eq=False)
class SessionServer:
    """One server with connections that `cut` breaks; `events` are those of its sessions."""

    signaling: Signaling
    port: int
    proxy: CuttingProxy | None
    events: list[SessionEvent] = field(factory=list)
    may_reconnect: asyncio.Event = field(factory=asyncio.Event)
    event_came: asyncio.Event = field(factory=asyncio.Event)
    _wires: list[MemoryWire] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.may_reconnect.set()

    def join(
        self,
        username: str,
        room_id: str = "lobby",
        *,
        password: str | None = None,
        token: Token | None = None,
        owner_token: str | None = None,
    ) -> Session:
        """Return a session that reconnects immediately, unless `may_reconnect` is cleared."""
        backoff = Backoff(sleep=self._until_allowed)
        if self.proxy is None:
            body = m.JoinBody(room_id, username, password, owner_token=owner_token)
            return Session(self._open, body, self._hear, backoff, token)
        return join(
            f"ws://127.0.0.1:{self.proxy.port}/ws",
            room_id=room_id,
            username=username,
            password=password,
            token=token,
            owner_token=owner_token,
            on_event=self._hear,
            backoff=backoff,
        )

    def cut(self) -> None:
        """Cut the connections of all sessions."""
        if self.proxy is not None:
            self.proxy.cut()
        for wire in self._wires:
            wire.abort()
        self._wires.clear()

    async def happens(self, *kinds: type[SessionEvent]) -> None:
        """Wait until the last events are of these classes."""
        async with asyncio.timeout(SECONDS):
            while tuple(map(type, self.events[-len(kinds) :])) != kinds:
                self.event_came.clear()
                await self.event_came.wait()

    def _hear(self, event: SessionEvent) -> None:
        self.events.append(event)
        self.event_came.set()

    async def _until_allowed(self, seconds: float) -> None:
        await asyncio.sleep(0)
        await self.may_reconnect.wait()

    async def _open(self) -> MemoryWire:
        wire = MemoryWire.open(self.signaling.server, None, SESSION)
        self._wires.append(wire)
        return wire


@asynccontextmanager
async def open_server(
    kind: str,
    database: str = "memory:",
    tokens: TokenReader | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[SessionServer]:
    """Start a server with these limits, and connect to it over this kind of transport."""
    async with Signaling(database, limits=limits, tokens=tokens) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        if kind == "memory":
            yield SessionServer(signaling, port, None)
        else:
            async with cutting_proxy(port) as proxy:
                yield SessionServer(signaling, port, proxy)


def numbered(number: int, receiver: str = m.ROOM) -> m.Extension:
    """Return the message with this number."""
    return m.Extension("x-count", receiver, to_json(number))


async def next_message(session: Session, kind: type[Kind]) -> Kind:
    """Return the next message of this class, skipping others."""
    async with asyncio.timeout(SECONDS):
        while not isinstance(message := await session.receive(), kind):
            pass
    return message


async def numbers_of(session: Session, sender: str, how_many: int) -> list[int]:
    """Return the numbers of this many messages of one sender."""
    numbers: list[int] = []
    async with asyncio.timeout(SECONDS):
        while len(numbers) < how_many:
            message = await session.receive()
            if isinstance(message, m.Extension) and message.sender == sender:
                numbers.append(int(message.data))
    return numbers
