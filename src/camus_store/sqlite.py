"""A store in one SQLite file: durable, with nothing to install."""

import logging
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlite_utils import Database

from camus_core.effects import Change
from camus_core.records import (
    ClientRecord,
    RoomId,
    RoomRecord,
    RoomValue,
    SessionDigest,
    StoredRoom,
)
from camus_core.wire.errors import StoreUnavailable

from . import rows
from .group_commit import GroupCommit
from .sqlite_clock import NOW, THIS_MACHINE, Machine, add_clock
from .sqlite_schema import bring_up_to_date

_log = logging.getLogger("camus")

T = TypeVar("T")

LOCK_TIMEOUT = 3.0
"""Seconds to wait for a lock of another process. A commit takes milliseconds; a request waits
this long twice at most, once for the group before its own.
"""

ADVICE = {
    sqlite3.SQLITE_BUSY: "another program has locked it; stop that one, or wait",
    sqlite3.SQLITE_CANTOPEN: "let this user write to the file and to its directory",
    sqlite3.SQLITE_CORRUPT: "restore it from a backup, or move it away to start with a new one",
    sqlite3.SQLITE_FULL: "free space on its disk",
    sqlite3.SQLITE_IOERR: "check its disk",
    sqlite3.SQLITE_NOTADB: "name another file, or move this one away",
    sqlite3.SQLITE_READONLY: "let this user write to the file and to its directory",
}
"""The advice to the operator for each kind of failure (https://sqlite.org/rescode.html)."""


class SqliteStore:
    """A `Store` in one file, which several processes on a machine may share.

    Args:
        path: The file, which is created if it is missing.
        lock_timeout: Seconds to wait for a lock of another process.
        machine: The clocks of this machine.
    """

    def __init__(
        self,
        path: Path,
        lock_timeout: float = LOCK_TIMEOUT,
        machine: Machine = THIS_MACHINE,
    ) -> None:
        self._path = path
        self._was_open = False
        self._commits = GroupCommit(path, lambda: self._connect(lock_timeout, machine))

    async def __aenter__(self) -> Self:
        try:
            await self._commits.open()
        except (sqlite3.Error, OSError) as error:
            raise self._unavailable(error) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._commits.close()

    async def create_room(self, record: RoomRecord) -> bool:
        values = rows.values(record)
        return await self._run(lambda db: _execute(db, rows.CREATE_ROOM, values).rowcount == 1)

    async def find_room(self, room_id: RoomId) -> StoredRoom | None:
        return await self._find(rows.FIND_ROOM, room_id)

    async def find_session(self, digest: SessionDigest) -> StoredRoom | None:
        return await self._find(rows.FIND_SESSION, digest)

    async def update_room(
        self, room_id: RoomId, incarnation: str, changes: Mapping[str, RoomValue]
    ) -> RoomRecord | None:
        updated = await self._carry_out(rows.update_room(room_id, incarnation, changes))
        return rows.room(updated[0]) if updated else None

    async def use_invitation(
        self, room_id: RoomId, incarnation: str, invitation_id: str
    ) -> bool:
        key = room_id, incarnation, invitation_id
        return await self._run(lambda db: _execute(db, rows.USE_INVITATION, key).rowcount == 1)

    async def list_rooms(
        self, *, public: bool = False, limit: int | None = None
    ) -> list[RoomRecord]:
        sql, values = rows.list_rooms(public, limit)
        return await self._run(lambda db: [rows.room(row) for row in _execute(db, sql, values)])

    async def list_clients(self) -> list[ClientRecord]:
        return await self._run(
            lambda db: [rows.client(row) for row in _execute(db, rows.LIST_CLIENTS, ())]
        )

    async def write(self, changes: Sequence[Change]) -> None:
        await self._carry_out(list(rows.statements(changes)))

    async def renew(self, node: str, stale_seconds: float) -> float:
        [(alive_at,)] = await self._carry_out(rows.renew(node, stale_seconds))
        return float(alive_at)

    async def release(self, node: str) -> None:
        await self._carry_out([(rows.FORGET_NODE, (node,))])

    async def _find(self, statements: Sequence[str], key: str) -> StoredRoom | None:
        def find(db: Database) -> StoredRoom | None:
            return rows.stored_room(
                *(_execute(db, sql, (key,)).fetchall() for sql in statements)
            )

        return await self._run(find)

    async def _carry_out(self, statements: Sequence[rows.Statement]) -> list[rows.Row]:
        """Carry out all statements or none, and return the rows of the last one."""

        def carry_out(db: Database) -> list[rows.Row]:
            last: list[rows.Row] = []
            for sql, values in statements:
                last = _execute(db, sql, values).fetchall()
            return last

        return await self._run(carry_out)

    def _connect(self, lock_timeout: float, machine: Machine) -> Database:
        # A running server goes on beside a newer one, even if it has to open the file again.
        db = connect(self._path, lock_timeout, machine, may_be_newer=self._was_open)
        self._was_open = True
        return db

    async def _run(self, work: Callable[[Database], T]) -> T:
        try:
            return await self._commits.run(work)
        except (sqlite3.Error, OSError) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> StoreUnavailable:
        if os.path.isdir(self._path):  # `Path.is_dir` raises where a folder can't be entered
            advice = f"it is a directory; name a file in it, such as {self._path / 'camus.db'}"
        else:
            # The low byte of an extended result code is the primary one.
            kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
            advice = ADVICE.get(kind, "check that it can be created and written to")
        return StoreUnavailable(f"the SQLite database {self._path} failed ({error}): {advice}")


def connect(
    path: Path,
    lock_timeout: float,
    machine: Machine = THIS_MACHINE,
    *,
    may_be_newer: bool = False,
) -> Database:
    """Open and migrate the file; create it and its directory if they are missing.

    Args:
        may_be_newer: See `bring_up_to_date`.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make_private(path)
    db = Database(sqlite3.connect(path, timeout=lock_timeout), execute_plugins=False)
    try:
        _switch_to_wal(db, deadline=time.monotonic() + lock_timeout)
        # WAL's default, NORMAL, may lose the last commits when the power fails.
        db.execute("PRAGMA synchronous = FULL")
        bring_up_to_date(db, may_be_newer=may_be_newer)
        add_clock(db, machine)
        _warn_of_readers(path)
    except BaseException:
        db.close()
        raise
    return db


def _make_private(path: Path) -> None:
    """Create the file, if it is missing, for this user alone.

    SQLite gives its other files the same permissions. It would create this one by the umask,
    which all threads share.
    """
    with suppress(OSError):  # the file exists, or SQLite will fail in the same way and say why
        os.close(os.open(os.path.realpath(path), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _warn_of_readers(path: Path) -> None:
    """Warn of a database that other users can read, once it is known to be one of Camus."""
    if path.stat().st_mode & stat.S_IROTH:
        _log.warning(
            "every user of this machine can read %s, with its names and password hashes: "
            "`chmod o= %s*`",
            path,
            path,
        )


def _switch_to_wal(db: Database, deadline: float) -> None:
    # SQLite's own lock timeout doesn't apply to this: of two processes that create the file at
    # the same time, one fails immediately.
    while True:
        try:
            return db.enable_wal()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _execute(db: Database, sql: str, values: tuple[rows.Value, ...]) -> sqlite3.Cursor:
    sql = sql.replace("%s", "?").replace(rows.NOW, NOW).replace(rows.KEEP_ROOM, "")
    return db.execute(sql, values)
