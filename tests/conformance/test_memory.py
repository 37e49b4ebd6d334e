"""Every scenario over the in-memory transport: the server with its loop, without bytes."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from camus_core.conformance import Fence, Heard, Read, Scenario, Write, run_async
from camus_core.conformance.acts import Act
from camus_core.conformance.scenario import Connects, Drops, Stops, Waits
from camus_core.records import RoomId
from camus_transport.memory import MemoryWire
from camus_transport.server import SignalingServer
from camus_transport.wire import WireClosed
from conformance.ears import all_heard, next_heard
from conformance.plays import every_scenario_without_a_wire, router_for, store_for


@every_scenario_without_a_wire
async def test_over_memory(scenario: Scenario) -> None:
    store = await store_for(scenario.setting)
    async with store, SignalingServer(router_for(scenario.setting), store) as server:
        await run_async(scenario, MemoryDriver(server).do)


class MemoryDriver:
    """Connects the player with a server in this process."""

    def __init__(self, server: SignalingServer) -> None:
        self._server = server
        self._wires: dict[str, MemoryWire] = {}

    async def do(self, act: Act) -> Sequence[Heard]:
        match act:
            case Connects(who, room):
                self._wires[who] = MemoryWire.open(self._server, RoomId(room))
            case Write(who, parts):
                with suppress(WireClosed):
                    await self._wires[who].write(b"".join(parts))
            case Read(who, within):
                return await next_heard(self._wires[who].read, within)
            case Fence(who):  # what was written has been handled when `write` returned
                return await all_heard(self._wires[who].read)
            case Drops(who):
                await self._wires[who].hang_up()
            case Waits(seconds):
                await asyncio.sleep(seconds)
            case Stops():
                self._server.stop()
            case _:
                raise AssertionError(f"{act} needs a wire")
        return ()
