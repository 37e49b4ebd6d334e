"""Every scenario over the in-memory transport, with a server in an event loop."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress

from attrs import define

from camus_core.conformance import (
    Fence,
    Heard,
    Pause,
    Read,
    Scenario,
    Speak,
    Write,
    run_async,
)
from camus_core.conformance.acts import Act
from camus_core.conformance.scenario import (
    Closes,
    Connects,
    Crashes,
    Drops,
    LosesAnswer,
    SetsClock,
    Setting,
    Starts,
    Stops,
    Waits,
)
from camus_core.records import RoomId
from camus_core.store import Store
from camus_core.wire.profile import CORE, SESSION
from camus_transport.client.wire import WireClosed
from camus_transport.http.handshake import Handshake
from camus_transport.memory import MemoryWire
from camus_transport.server.server import SignalingServer
from conformance.cut_off import CutOffStore
from conformance.receiving import all_heard, next_heard
from conformance.setup import (
    authenticator_for,
    block_process,
    counted_address,
    every_scenario_without_a_wire,
    store_for,
    token_headers,
    token_reader_for,
    words_in,
)
from driving.bare_router import router_for
from transport.adjustable_clock import MachineClocks


@every_scenario_without_a_wire
async def test_over_memory(scenario: Scenario) -> None:
    async with await store_for(scenario.setting) as store, AsyncExitStack() as exits:
        driver = MemoryDriver(scenario.setting, store, exits)
        await driver.do(Starts())
        await run_async(scenario, driver.do)


@define(eq=False)
class _Running:
    server: SignalingServer
    store: CutOffStore


class MemoryDriver:
    """A driver that connects the player with servers in this process, which share a store."""

    def __init__(self, setting: Setting, store: Store, exits: AsyncExitStack) -> None:
        self._setting = setting
        self._store = store
        self._exits = exits
        self._machine = MachineClocks()
        self._started = 0
        self._running: list[_Running] = []
        self._wires: dict[str, tuple[MemoryWire, _Running]] = {}

    async def do(self, act: Act) -> Sequence[Heard]:
        match act:
            case Connects(who):
                newest = self._running[-1]
                self._wires[who] = _open(newest.server, act), newest
            case Write(who, parts):
                with suppress(WireClosed):
                    await self._wires[who][0].write(b"".join(parts))
            case Read(who, within):
                return await next_heard(self._wires[who][0].read, within)
            case Fence(who):  # frames were handled when `write` returned
                return await all_heard(self._wires[who][0].read)
            case Drops(who):
                self._wires[who][0].abort()
            case Closes(who, code):
                await self._wires[who][0].hang_up(code)
            case Waits(seconds):
                await asyncio.sleep(seconds)
            case Pause(seconds, meanwhile):
                block_process(seconds)
                for write in meanwhile:  # immediately, before the servers go on
                    await self.do(write)
            case SetsClock(seconds):
                self._machine.wall_clock_error += seconds
            case Speak(room, frame):
                self._running[-1].server.say(RoomId(room), words_in(frame))
            case LosesAnswer():
                for running in self._running:
                    running.store.lose_next_answer()
            case Starts():
                await self._start()
            case Stops():
                await self._running.pop(0).server.stop()
            case Crashes():
                self._crash(self._running.pop(0))
            case _:
                raise AssertionError(f"{act} needs a wire")
        return ()

    async def _start(self) -> None:
        self._started += 1
        store = CutOffStore(self._store)
        router = router_for(self._setting, node=f"node {self._started}")
        server = SignalingServer(
            router,
            store,
            clock=self._machine.clock,
            wall_clock=self._machine.wall_clock,
            tokens=token_reader_for(self._setting),
            authenticator=authenticator_for(self._setting),
        )
        await self._exits.enter_async_context(server)
        self._running.append(_Running(server, store))

    def _crash(self, crashed: _Running) -> None:
        crashed.store.cut_off()
        for wire, running in self._wires.values():
            if running is crashed:
                wire.abort()


def _open(server: SignalingServer, act: Connects) -> MemoryWire:
    address = counted_address(act.address)
    return MemoryWire.open(
        server,
        None if act.room is None else RoomId(act.room),
        SESSION if act.subprotocol == SESSION.name else CORE,
        address=address,
        handshake=Handshake("", token_headers(act.token), address),
    )
