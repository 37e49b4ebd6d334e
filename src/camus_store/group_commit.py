"""Group commit: a thread that owns a SQLite connection, and commits waiting requests together.

A durable commit waits for the disk, some milliseconds however much is in it. So the requests
that arrive during one commit share the next one. None is answered before its own commit.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from attrs import frozen
from sqlite_utils import Database

from camus_core.wire.errors import StoreUnavailable

T = TypeVar("T")

WAITING_LIMIT = 1_000
"""The most requests that wait for the next commit. With 100 at a time, a room was measured to
take 30 µs, so a full queue is carried out in some hundredths of a second.
"""

_Files = tuple[tuple[int, int] | None, ...]
"""Device and inode of the database, of its write-ahead log and of the index of that log."""


@frozen(eq=False)
class _Request:
    work: Callable[[Database], None]
    done: asyncio.Future[None]


class GroupCommit:
    """A queue of work on one SQLite connection, and the thread that carries it out in groups.

    Work that raises is undone alone; the rest of its group is committed. If the transaction
    itself fails, or a file is no longer the one that was opened, the whole group fails, and the
    next group connects again.

    Args:
        path: The database file.
        connect: Opens the connection; called in the thread, again after each failure.
    """

    def __init__(self, path: Path, connect: Callable[[], Database]) -> None:
        # The write-ahead log and its index: https://sqlite.org/walformat.html
        self._paths = (f"{path}", f"{path}-wal", f"{path}-shm")
        self._connect = connect
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="camus-sqlite")
        self._database: Database | None = None
        self._files: _Files = ()
        self._waiting: list[_Request] = []
        self._committing: asyncio.Task[None] | None = None
        self._closed = False

    async def open(self) -> None:
        """Connect.

        Raises:
            Exception: the one that `connect` raised; this queue is closed then.
        """
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connected)
        except BaseException:
            await self.close()
            raise

    async def run(self, work: Callable[[Database], T]) -> T:
        """Return the result of `work`, once it is durable.

        If the caller is cancelled, the work may or may not be carried out.

        Raises:
            StoreUnavailable: too many requests wait already, or the store is closed.
            Exception: the one that `work`, the transaction or `connect` raised.
        """
        if self._closed:
            raise StoreUnavailable("the store is closed")
        if len(self._waiting) >= WAITING_LIMIT:
            raise StoreUnavailable(f"{WAITING_LIMIT} requests wait for the disk already")
        results: list[T] = []
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(_Request(lambda db: results.append(work(db)), done))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_waiting())
        await done
        return results[0]

    async def close(self) -> None:
        """Carry out the waiting requests, then close the connection and end the thread."""
        self._closed = True
        try:
            if self._committing is not None:
                await asyncio.wait({self._committing})
        finally:
            # Not awaited, so that a cancelled exit leaves neither a thread nor a file open.
            self._thread.submit(self._disconnect)
            self._thread.shutdown()

    async def _commit_waiting(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            group, self._waiting = self._waiting, []
            failures = await loop.run_in_executor(self._thread, self._commit, group)
            for request, failure in zip(group, failures, strict=True):
                if request.done.done():
                    continue  # its caller was cancelled
                if failure is None:
                    request.done.set_result(None)
                else:
                    request.done.set_exception(failure)
        self._committing = None

    def _commit(self, group: list[_Request]) -> list[Exception | None]:
        try:
            db = self._connected()
            # Not deferred: a deferred transaction that begins by reading fails at its first
            # write if another process has written in between.
            db.execute("BEGIN IMMEDIATE")
            failures = [self._attempt(db, request.work) for request in group]
            db.commit()
            self._check_files(db)
        except Exception as error:
            self._disconnect()
            return [error] * len(group)
        return failures

    def _attempt(self, db: Database, work: Callable[[Database], None]) -> Exception | None:
        try:
            with db.atomic():
                work(db)
        except Exception as error:
            if not db.conn.in_transaction:
                raise  # SQLite has rolled back the whole group (it does when the disk is full)
            return error
        return None

    def _connected(self) -> Database:
        if self._database is None:
            self._database = self._connect()
            self._files = self._identities()
        return self._database

    def _disconnect(self) -> None:
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()
            self._database = None

    def _check_files(self, db: Database) -> None:
        # SQLite goes on writing to removed files, and all that it writes there is lost.
        now = self._identities()
        if now == self._files:
            return
        missing = next(
            path
            for path, before, after in zip(self._paths, self._files, now, strict=True)
            if before != after
        )
        # The open log is written into the database file; otherwise it would be lost, or be
        # applied to the next file of that name. Not if another log has taken its place: that
        # one is newer.
        if now[1] in (None, self._files[1]) or now[0] != self._files[0]:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raise StoreUnavailable(f"{missing} was removed or replaced while it was in use")

    def _identities(self) -> "_Files":
        return tuple(map(_identity, self._paths))


def _identity(path: str) -> tuple[int, int] | None:
    with suppress(FileNotFoundError):
        status = os.stat(path)
        return status.st_dev, status.st_ino
    return None
