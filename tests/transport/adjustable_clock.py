"""A server whose clocks a test sets, and clients that reconnect to its successor."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from attrs import define, field

from camus_core.events import Timestamp
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.router import Router
from camus_core.store import Store
from camus_core.wire import messages as m
from camus_core.wire.profile import SESSION
from camus_transport import Backoff, Session
from camus_transport.client import SessionEvent
from camus_transport.memory import MemoryWire
from camus_transport.server.server import SignalingServer

SECONDS = 20.0
"""Seconds that any step may take."""

HOUR, DAY = 3600.0, 24 * 3600.0
JUMPS = (HOUR, -HOUR, DAY, -DAY)


@define(eq=False)
class MachineClocks:
    """Clocks of a machine that differ from this one's.

    The wall clock is off by `wall_clock_error` seconds; the clock of deadlines started at
    `started_at`.
    """

    wall_clock_error: float = 0.0
    started_at: float = 0.0

    def clock(self) -> Timestamp:
        return Timestamp(time.monotonic() + self.started_at)

    def wall_clock(self) -> float:
        return time.time() + self.wall_clock_error


@asynccontextmanager
async def serving(
    store: Store,
    clocks: MachineClocks,
    node: str = "this node",
    *,
    limits: Limits | None = None,
    ice: IceConfiguration | None = None,
) -> AsyncIterator[SignalingServer]:
    """Run a server with these clocks."""
    router = Router(limits or Limits(), ice or IceConfiguration(), node=node)
    async with SignalingServer(
        router, store, clock=clocks.clock, wall_clock=clocks.wall_clock
    ) as server:
        yield server


@define(eq=False)
class Route:
    """The route of one client to a server, which a test may redirect, or close for a while."""

    server: SignalingServer
    events: list[SessionEvent] = field(factory=list)
    is_open: asyncio.Event = field(factory=asyncio.Event)
    _wires: list[MemoryWire] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.is_open.set()

    def session(self, room_id: str = "lobby") -> Session:
        """Return a session that reconnects quickly."""
        backoff = Backoff(first=0.05, longest=0.2)
        return Session(self._open, m.JoinBody(room_id), self.events.append, backoff)

    def cut(self) -> None:
        """Cut the current connection."""
        self._wires[-1].abort()

    async def _open(self) -> MemoryWire:
        await self.is_open.wait()
        self._wires.append(MemoryWire.open(self.server, None, SESSION))
        return self._wires[-1]


async def until(holds: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    for _ in range(round(SECONDS / 0.02)):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never held")
