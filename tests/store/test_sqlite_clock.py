"""The clock of an SQLite file across jumps of wall clocks and reboots of machines."""

from pathlib import Path

import pytest
from attrs import define

from camus_core.effects import SaveClient
from camus_store.sqlite import LOCK_TIMEOUT, SqliteStore
from camus_store.sqlite_clock import Machine, this_machine
from store.samples import a_client

HOUR, DAY = 3600.0, 24 * 3600.0
NOW = 1_762_473_600.0

jumps = pytest.mark.parametrize("seconds", [HOUR, -HOUR, DAY, -DAY])


@define
class Clocks:
    """The clocks of a machine: `boot` seconds since it was started, and UNIX time."""

    wall: float = NOW
    since_boot: float = 100.0

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.since_boot += seconds

    def machine(self, boot: str | None = "boot 1") -> Machine:
        return Machine(boot, lambda: self.since_boot, lambda: self.wall)


def store_at(path: Path, machine: Machine) -> SqliteStore:
    return SqliteStore(path / "camus.db", LOCK_TIMEOUT, machine)


@jumps
async def test_it_passes_as_time_does_whatever_the_wall_clock_does(
    tmp_path: Path, seconds: float
) -> None:
    clocks = Clocks()
    async with store_at(tmp_path, clocks.machine()) as store:
        assert await store.renew("node-1", stale_seconds=60.0) == NOW
        clocks.wall += seconds
        clocks.passes(10.0)
        assert await store.renew("node-1", stale_seconds=60.0) == NOW + 10.0


@jumps
async def test_processes_that_open_the_file_before_and_after_a_jump_have_one_time(
    tmp_path: Path, seconds: float
) -> None:
    clocks = Clocks()
    async with store_at(tmp_path, clocks.machine()) as one:
        await one.renew("node-1", stale_seconds=60.0)
        await one.write([SaveClient(a_client("a1", node="node-1"))])
        clocks.wall += seconds
        async with store_at(tmp_path, clocks.machine()) as other:
            assert await other.renew("node-2", stale_seconds=60.0) == NOW
            clocks.passes(59.0)
            await other.renew("node-2", stale_seconds=60.0)
            assert await other.list_clients() == [a_client("a1", node="node-1")]
            clocks.passes(2.0)
            await other.renew("node-2", stale_seconds=60.0)
            assert await other.list_clients() == []


@pytest.mark.parametrize(
    ("wall", "shown"),
    [(NOW + 500.0, NOW + 500.0), (NOW - DAY, NOW + 200.0), (0.0, NOW + 200.0)],
)
async def test_after_a_start_of_the_machine_it_goes_on_and_never_back(
    tmp_path: Path, wall: float, shown: float
) -> None:
    clocks = Clocks()
    async with store_at(tmp_path, clocks.machine()) as store:
        clocks.passes(100.0)
        assert await store.renew("node-1", stale_seconds=60.0) == NOW + 100.0
        await store.write([SaveClient(a_client("a1", away_since=NOW + 200.0))])
    clocks = Clocks(wall=wall, since_boot=7.0)
    async with store_at(tmp_path, clocks.machine("boot 2")) as store:
        assert await store.renew("node-2", stale_seconds=60.0) == shown
        clocks.passes(5.0)
        assert await store.renew("node-2", stale_seconds=60.0) == shown + 5.0


async def test_where_boots_have_no_name_it_is_the_wall_clock(tmp_path: Path) -> None:
    clocks = Clocks()
    async with store_at(tmp_path, clocks.machine(None)) as store:
        clocks.wall += HOUR
        assert await store.renew("node-1", stale_seconds=60.0) == NOW + HOUR


def test_on_this_machine_time_passes() -> None:
    machine = this_machine()
    before = machine.monotonic()
    assert machine.monotonic() > before
    assert this_machine().boot == machine.boot
