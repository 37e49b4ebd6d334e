"""A server under attack: the delay of its members, the cost, and its answers to the attackers.

    python tests/attack/siege.py
    python tests/attack/siege.py send_pings guess_passwords --seconds 30

The server has a core of its own where there are two; members and attacker share another. The
members fare well while the 99th percentile of their delays is at most twice the undisturbed
one, or 25 ms. On a machine that shares its cores with others, `stolen` tells how much time
these took.
"""

import asyncio
import json
import os
import ssl
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import click
from attrs import frozen

sys.path.insert(0, str(Path(__file__).parents[1]))

from attack import attacker
from attack.attacker import ATTACKS
from attack.members import members
from transport.certificate import make_certificate
from transport.serve import CamusServe, camus_serve

OPTIONS = ("--handshake-seconds=2", "--no-metrics", "--history-texts=100")
"""Short enough for handshakes without an end to be cut off several times during an attack, and
with all that may be turned on.
"""

OVER_TLS = frozenset({"shake_hands"})
"""Attacks on servers that speak TLS, as their members do."""

UNNOTICED = 0.025
"""Seconds of delay that a member doesn't notice, whatever the undisturbed delay is."""

PATIENCE = 60.0
"""Seconds within which an attacker has to exit after its time is over."""


@frozen
class Usage:
    """The server's usage so far: seconds of CPU time, bytes of memory, and seconds that other
    machines have taken from the cores of this one.
    """

    cpu: float
    memory: int
    stolen: float

    @classmethod
    def of(cls, pid: int) -> "Usage":
        """Read the usage from the system (Linux)."""
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        steal = Path("/proc/stat").read_text().split(maxsplit=9)[8]
        tick = 1 / os.sysconf("SC_CLK_TCK")
        cpu = (int(times[11]) + int(times[12])) * tick
        return cls(cpu, pages * os.sysconf("SC_PAGE_SIZE"), int(steal) * tick)


@frozen
class Siege:
    """The measurements of one attack: seconds that messages of members took without and with
    it, its cost, how long this machine stood still, and the number of each outcome at the
    attacker.
    """

    attack: str
    calm: Sequence[float]
    trips: Sequence[float]
    cpu: float
    grown: int
    stolen: float
    outcomes: dict[str, int]

    def __str__(self) -> str:
        """Return one row of the table: milliseconds, seconds, MiB and microseconds."""
        calm, p99 = percentile_99(self.calm), percentile_99(self.trips)
        verdict = "ok" if p99 <= max(2 * calm, UNNOTICED) else "LATE"
        heard = sum(self.outcomes.values())
        each = f"{self.cpu / heard * 1e6:9.0f}" if heard else " " * 9
        outcomes = ", ".join(f"{name} {count}" for name, count in sorted(self.outcomes.items()))
        return (
            f"{self.attack:20} {calm * 1e3:7.1f} {p99 * 1e3:8.1f} {max(self.trips) * 1e3:8.1f}"
            f" {verdict:5} {self.stolen * 1e3:6.0f} {self.cpu:6.2f}"
            f" {self.grown / 2**20:7.1f} {each}  {outcomes}"
        )


HEADING = (
    f"{'attack':20} {'calm':>7} {'p99':>8} {'longest':>8}       {'stolen':>6} {'CPU':>6}"
    f" {'memory':>7} {'each':>9}  outcomes\n"
    f"{'':20} {'ms':>7} {'ms':>8} {'ms':>8}       {'ms':>6} {'s':>6} {'+MiB':>7} {'us':>9}"
)


def percentile_99(values: Sequence[float]) -> float:
    return quantiles(values, n=100)[98]


@contextmanager
def pin_to_own_core(pid: int) -> Iterator[None]:
    """Give a process a core of its own; this process and its children get the others."""
    cores = os.sched_getaffinity(0)
    if len(cores) > 1:
        first, *others = sorted(cores)
        os.sched_setaffinity(pid, {first})
        os.sched_setaffinity(0, others)
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@asynccontextmanager
async def start_server(attack: str) -> AsyncIterator[tuple[CamusServe, ssl.SSLContext | None]]:
    """Start a server, with TLS if the attack needs it; yield it and what its clients trust."""
    if attack not in OVER_TLS:
        async with camus_serve(*OPTIONS) as server:
            yield server, None
        return
    with TemporaryDirectory() as directory:
        certificate, key = make_certificate(Path(directory))
        tls = ("--tls-certificate", certificate, "--tls-key", key)
        trust = ssl.create_default_context(cafile=certificate)
        trust.check_hostname = False
        async with camus_serve(*OPTIONS, "--host", "127.0.0.1", *tls) as server:
            yield server, trust


async def besiege(attack: str, seconds: float, calm_seconds: float) -> Siege:
    """Attack a new server for this long beside its members, after a calm period.

    Raises:
        AssertionError: a member has lost a message, or the attack itself has failed.
        ExceptionGroup: a member was disconnected.
    """
    async with start_server(attack) as (server, trust), members(server.port, trust) as people:
        with pin_to_own_core(server.pid):
            before = Usage.of(server.pid)
            calm = await people.talk(calm_seconds)
            between = Usage.of(server.pid)
            attacking = asyncio.create_task(run_attacker(attack, server.port, seconds))
            trips = await people.talk(seconds)
            outcomes = await attacking
            after = Usage.of(server.pid)
    usual = (between.cpu - before.cpu) * seconds / calm_seconds
    cpu = after.cpu - between.cpu - usual
    grown, stolen = after.memory - between.memory, after.stolen - between.stolen
    return Siege(attack, calm, trips, cpu, grown, stolen, outcomes)


async def run_attacker(attack: str, port: int, seconds: float) -> dict[str, int]:
    """Run an attack in a process of its own; return its outcomes."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *map(str, (attacker.__file__, attack, port, seconds)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds + PATIENCE):
            out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, f"{attack} has failed"
    outcomes: dict[str, int] = json.loads(out)
    return outcomes


@click.command()
@click.argument("attacks", nargs=-1, type=click.Choice(list(ATTACKS)))
@click.option("--seconds", type=float, default=10.0, show_default=True)
def main(attacks: Sequence[str], seconds: float) -> None:
    """Run these attacks, by default all, each for this many seconds."""
    print(HEADING)
    for attack in attacks or ATTACKS:
        print(asyncio.run(besiege(attack, seconds, seconds)), flush=True)


if __name__ == "__main__":
    main()
