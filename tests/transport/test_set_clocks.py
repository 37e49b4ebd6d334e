"""Wall clocks that jump or are wrong, under members, places, and two servers on a database."""

import asyncio
import time

import pytest

from camus_core.events import Timestamp
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_core.router import Router
from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json
from camus_store import open_store
from camus_transport import Rejoined, Resumed
from camus_transport.server.clocks import deadline_clock
from camus_transport.server.server import SignalingServer
from transport.adjustable_clock import DAY, JUMPS, MachineClocks, Route, serving, until

ICE = IceConfiguration((), ("turn:a.example",), "north")

jumps = pytest.mark.parametrize("seconds", JUMPS)


def expiry_error(servers: tuple[m.IceServer, ...], turn_seconds: int) -> float:
    """Return the difference between the expiry of credentials and the right one, in seconds."""
    [turn] = servers
    assert turn.username is not None
    return int(turn.username.partition(":")[0]) - (time.time() + turn_seconds)


@pytest.mark.alone("it compares two clocks to 10 ms")
def test_the_clock_of_deadlines_is_not_the_wall_clock_and_passes_as_it_does() -> None:
    clock = deadline_clock()
    before, started = clock(), time.monotonic()
    time.sleep(0.05)
    assert clock() - before == pytest.approx(time.monotonic() - started, abs=0.01)


@jumps
async def test_members_and_places_outlive_a_jump_and_are_told_of_new_credentials(
    seconds: float,
) -> None:
    clocks = MachineClocks(wall_clock_error=-seconds)
    async with (
        open_store("memory:") as store,
        serving(store, clocks, ice=ICE) as server,
    ):
        ann_route, bob_route = Route(server), Route(server)
        async with ann_route.session() as ann, bob_route.session() as bob:
            assert abs(expiry_error(ann.ice_servers, 86400) + seconds) < 3
            clocks.wall_clock_error = 0.0
            await until(lambda: abs(expiry_error(ann.ice_servers, 86400)) < 3)
            await until(lambda: abs(expiry_error(bob.ice_servers, 86400)) < 3)
            bob_route.cut()
            await until(lambda: bob_route.events[-1:] == [Resumed()])
            await ann.send(m.Extension("x-number", bob.id, to_json(7)))
            while (await bob.receive()).type != "x-number":
                pass
            assert ann_route.events == []


async def test_after_a_sleep_of_the_machine_members_stay_and_a_client_comes_back() -> None:
    """The clock of deadlines counts the sleep; the event loop's and the sockets' don't."""
    clocks = MachineClocks()
    async with (
        open_store("memory:") as store,
        serving(store, clocks, ice=ICE) as server,
    ):
        ann_route, bob_route = Route(server), Route(server)
        async with ann_route.session() as ann, bob_route.session():
            before = ann.ice_servers
            bob_route.is_open.clear()
            bob_route.cut()
            await until(lambda: server.census().away == 1)
            clocks.started_at += DAY
            clocks.wall_clock_error += DAY
            await asyncio.sleep(2.5)  # the server wakes each second
            assert server.census().away == 1
            bob_route.is_open.set()
            await until(lambda: bob_route.events[-1:] == [Resumed()])
            assert ann_route.events == []
            assert ann.ice_servers != before  # they have expired while the machine slept


async def test_an_embedder_that_gives_one_clock_has_unix_time_from_it() -> None:
    """An embedder's single clock keeps its meaning."""
    async with open_store("memory:") as store:
        start = Timestamp(1_615_918_847.0)
        async with SignalingServer(Router(ice=ICE), store, clock=lambda: start) as server:
            route = Route(server)
            async with route.session() as ann:
                [turn] = ann.ice_servers
                assert turn.username == f"{1_615_918_847 + 86400}:{ann.id}"


@pytest.mark.parametrize("seconds", [45.0, -45.0, *JUMPS])
async def test_a_successor_with_another_clock_gives_places_back(
    database_url: str, seconds: float
) -> None:
    async with open_store(database_url) as one, open_store(database_url) as other:
        async with serving(one, MachineClocks(), "node 1") as first:
            route = Route(first)
            session = route.session()
            ann = await session.__aenter__()
            id = ann.id
            successor = MachineClocks(wall_clock_error=seconds, started_at=1e6)
            async with serving(other, successor, "node 2") as second:
                route.server = second
                await first.stop()
                await until(lambda: bool(second.roster(RoomId("lobby"))) and ann.id == id)
                await until(lambda: any(isinstance(one, Rejoined) for one in route.events))
                [rejoined] = [one for one in route.events if isinstance(one, Rejoined)]
                assert rejoined.reason == "restarted"
                assert ann.id == id
                await session.__aexit__(None, None, None)


@jumps
async def test_no_server_takes_another_for_dead_because_its_clock_was_set(
    database_url: str, seconds: float
) -> None:
    limits = Limits(place_seconds=6.0)  # the nodes renew their leases every two seconds
    clocks, other_clocks = MachineClocks(), MachineClocks(started_at=1e6)
    async with (
        open_store(database_url) as one,
        open_store(database_url) as other,
        serving(one, clocks, "node 1", limits=limits) as first,
        serving(other, other_clocks, "node 2", limits=limits) as second,
    ):
        async with Route(first).session() as ann, Route(second).session("hall") as bob:
            everybody = {ann.id, bob.id}
            for _ in range(100):
                if {client.id for client in await one.list_clients()} == everybody:
                    break
                await asyncio.sleep(0.1)
            clocks.wall_clock_error = seconds
            for _ in range(25):
                await asyncio.sleep(0.2)
                assert {client.id for client in await one.list_clients()} == everybody
