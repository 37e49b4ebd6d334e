"""The clock of a SQLite file: the same for all processes that use the file, and never set back.

All processes of a machine share its monotonic clock, from one boot to the next. Once for each
boot an offset is stored in the file that makes it UNIX time: by the wall clock at that moment,
or by the latest time in the file, if that is later. However wrong the wall clock is then, and
whenever it is corrected, the time of the file never jumps. It stands still while the machine is
suspended, as all servers on the file do, so the first that resumes doesn't take the others for
dead. On a system without boot ids, the clock of the file is the wall clock.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from attrs import frozen
from sqlite_utils import Database

NOW = "camus_now()"
"""The SQL expression for the time of the file, in UNIX seconds."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

_LATEST = (
    "SELECT max(known.at) FROM (SELECT max(alive_at) AS at FROM camus_runs "
    "UNION ALL SELECT max(away_since) FROM camus_clients) AS known"
)


@frozen
class Machine:
    """The clocks of a machine, and the id of its last boot if the system has one."""

    boot: str | None
    monotonic: Callable[[], float]
    wall_clock: Callable[[], float] = time.time


def this_machine() -> Machine:
    """Return the clocks of this machine."""
    boot = None
    with suppress(OSError):
        boot = _BOOT_ID.read_text().strip()
    return Machine(boot, time.monotonic)


THIS_MACHINE = this_machine()


def add_clock(db: Database, machine: Machine) -> None:
    """Make `NOW` available in the SQL of this connection."""
    if machine.boot is None:
        db.conn.create_function("camus_now", 0, machine.wall_clock)
        return
    ahead = _find_offset(db, machine.boot)
    if ahead is None:
        ahead = _store_offset(db, machine.boot, machine)
    monotonic, offset = machine.monotonic, ahead
    db.conn.create_function("camus_now", 0, lambda: monotonic() + offset)


def _find_offset(db: Database, boot: str) -> float | None:
    row = db.execute("SELECT ahead FROM camus_clock WHERE boot = ?", (boot,)).fetchone()
    return None if row is None else float(row[0])


def _store_offset(db: Database, boot: str, machine: Machine) -> float:
    with db.conn:
        db.execute("BEGIN IMMEDIATE")
        ahead = _find_offset(db, boot)  # another process may have been faster
        if ahead is None:
            [(latest,)] = db.execute(_LATEST).fetchall()
            ahead = max(machine.wall_clock(), latest or 0.0) - machine.monotonic()
            db.execute("DELETE FROM camus_clock")
            db.execute("INSERT INTO camus_clock (boot, ahead) VALUES (?, ?)", (boot, ahead))
    return ahead
