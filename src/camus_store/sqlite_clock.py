"""The clock of a SQLite file: the same for all processes that use it, and never set.

On one machine the monotonic clock is what all processes have in common, since its boot. It is
made UNIX time once for each boot: by the wall clock of that moment, or by the latest time in
the file, if that is later. However wrong the wall clock is then, and whenever it is put right,
the time of the file only passes. It stands still while the machine sleeps, as all servers on
the file do: the first that wakes doesn't take the others for dead. Where the system doesn't
name its boots, the wall clock has to do.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from attrs import frozen
from sqlite_utils import Database

NOW = "camus_now()"
"""The time of the file, in its SQL."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

_LATEST = (
    "SELECT max(known.at) FROM (SELECT max(alive_at) AS at FROM camus_runs "
    "UNION ALL SELECT max(away_since) FROM camus_clients) AS known"
)


@frozen
class Machine:
    """What a machine tells of time; `boot` is the name of its last boot, where it has one."""

    boot: str | None
    monotonic: Callable[[], float]
    wall_clock: Callable[[], float] = time.time


def this_machine() -> Machine:
    """Return what this machine tells of time."""
    boot = None
    with suppress(OSError):
        boot = _BOOT_ID.read_text().strip()
    return Machine(boot, time.monotonic)


THIS_MACHINE = this_machine()


def add_clock(db: Database, machine: Machine) -> None:
    """Let SQL on this connection ask for the time of the file."""
    if machine.boot is None:
        db.conn.create_function("camus_now", 0, machine.wall_clock)
        return
    ahead = _ahead(db, machine.boot)
    if ahead is None:
        ahead = _set(db, machine.boot, machine)
    monotonic, start = machine.monotonic, ahead
    db.conn.create_function("camus_now", 0, lambda: monotonic() + start)


def _ahead(db: Database, boot: str) -> float | None:
    row = db.execute("SELECT ahead FROM camus_clock WHERE boot = ?", (boot,)).fetchone()
    return None if row is None else float(row[0])


def _set(db: Database, boot: str, machine: Machine) -> float:
    with db.conn:
        db.execute("BEGIN IMMEDIATE")
        ahead = _ahead(db, boot)  # another process may have been faster
        if ahead is None:
            [(latest,)] = db.execute(_LATEST).fetchall()
            ahead = max(machine.wall_clock(), latest or 0.0) - machine.monotonic()
            db.execute("DELETE FROM camus_clock")
            db.execute("INSERT INTO camus_clock (boot, ahead) VALUES (?, ?)", (boot, ahead))
    return ahead
