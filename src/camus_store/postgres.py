"""A store in a Postgres database, which several servers may share."""

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

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
from .postgres_schema import bring_up_to_date

T = TypeVar("T")

REQUEST_TIMEOUT = 5.0
"""Seconds after which connecting, or a request, has failed: a client waits for the answer."""

MIGRATION_TIMEOUT = 60.0
"""Seconds for the migration at the start, or for waiting until another server has migrated."""

CLOSE_TIMEOUT = 1.0
"""Seconds for each part of closing: a service manager soon kills a server that doesn't stop."""

CONNECTIONS = 4
"""The most connections of one server, so that others go on while one waits for the disk.
Postgres allows 100 by default, and a server has little to ask.
"""

WAITING_LIMIT = 1_000
"""The most requests that wait for a connection; the next one is refused."""

ONE_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
"""The statement that has all others of a transaction read the same state of the database."""

LEAST_CONNECT_TIMEOUT = 2
"""Seconds for each host of a URL that names several: libpq and psycopg allow no fewer."""

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0
"""Seconds before a request is tried again, doubled each time: a switchover takes some seconds.
"""

TRANSIENT = re.compile(
    "08...|"  # the connection failed, or PgBouncer's own did, or it waited too long
    "25006|"  # this server is read-only: another one has become the primary
    "25P0[34]|57P0[1235]|"  # the session was terminated: idle, shutdown, crash, startup
    "40001|40P01"  # rolled back in favour of another transaction
)
"""The failures (SQLSTATE) after which another connection, or another attempt, may succeed."""


class PostgresStore:
    """A `Store` in Postgres tables whose names begin with `camus_`.

    Args:
        url: A Postgres connection URI, in which several hosts may be named.
        timeout: Seconds after which a request has failed.

    Raises:
        ValueError: the URL can't be parsed. The text doesn't repeat it.
    """

    def __init__(self, url: str, timeout: float = REQUEST_TIMEOUT) -> None:
        self._name = describe(url)
        hosts = str(conninfo_to_dict(url).get("host", "")).count(",") + 1
        each = math.ceil(timeout / hosts)
        # Set, because psycopg returns bytes from a database with the encoding SQL_ASCII.
        self._dsn = make_conninfo(
            url,
            connect_timeout=each if hosts == 1 else max(LEAST_CONNECT_TIMEOUT, each),
            client_encoding="utf8",
        )
        self._timeout = timeout
        self._start_timeout = timeout * hosts
        self._abandoned: set[asyncio.Task[object]] = set()
        self._pool = AsyncConnectionPool(
            self._dsn,
            open=False,
            # A prepared statement belongs to a session, and behind PgBouncer each transaction
            # may run in another one.
            kwargs={"autocommit": True, "prepare_threshold": None},
            min_size=1,
            max_size=CONNECTIONS,
            max_waiting=WAITING_LIMIT,
            timeout=timeout,
            # The pool waits twice as long after each failed attempt to connect. Once it has
            # given up, the next request connects at once.
            reconnect_timeout=timeout,
            check=self._check,
            name="camus",
        )

    async def __aenter__(self) -> Self:
        # Not with the pool: it hides the reason of a failure, tries again, and warns each time.
        try:
            async with asyncio.timeout(self._start_timeout):
                connection = await AsyncConnection.connect(
                    self._dsn, autocommit=True, prepare_threshold=None
                )
            async with asyncio.timeout(MIGRATION_TIMEOUT), connection:
                self._check_encoding(connection)
                await bring_up_to_date(connection)
        except TimeoutError as error:
            raise StoreUnavailable(f"{self._name} doesn't answer: check its address") from error
        except psycopg.Error as error:
            raise self._unavailable(error) from error
        await self._pool.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            for task in self._abandoned:
                task.cancel()  # the second time: psycopg then closes the connection at once
            if self._abandoned:
                await asyncio.wait(self._abandoned, timeout=CLOSE_TIMEOUT)
        finally:
            await self._pool.close(CLOSE_TIMEOUT)

    async def create_room(self, record: RoomRecord) -> bool:
        values = rows.values(record)
        attempts = 0

        async def insert(connection: AsyncConnection) -> bool:
            nonlocal attempts
            attempts += 1
            if (await connection.execute(rows.CREATE_ROOM, values)).rowcount == 1:
                return True
            if attempts == 1:
                return False
            # An earlier attempt may have been carried out, and its answer lost.
            found = await connection.execute(rows.INCARNATION_OF, (record.id,))
            return await found.fetchone() == (record.incarnation,)

        return await self._run(insert)

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
        async def use(connection: AsyncConnection) -> bool:
            key = room_id, incarnation, invitation_id
            return (await connection.execute(rows.USE_INVITATION, key)).rowcount == 1

        return await self._run(use)

    async def list_rooms(
        self, *, public: bool = False, limit: int | None = None
    ) -> list[RoomRecord]:
        found = await self._select(*rows.list_rooms(public, limit))
        return [rows.room(row) for row in found]

    async def list_clients(self) -> list[ClientRecord]:
        return [rows.client(row) for row in await self._select(rows.LIST_CLIENTS)]

    async def write(self, changes: Sequence[Change]) -> None:
        await self._carry_out(list(rows.statements(changes)))

    async def renew(self, node: str, stale_seconds: float) -> float:
        [(alive_at,)] = await self._carry_out(rows.renew(node, stale_seconds))
        return float(alive_at)

    async def release(self, node: str) -> None:
        await self._carry_out([(rows.FORGET_NODE, (node,))])

    async def _carry_out(self, statements: Sequence[rows.Statement]) -> list[rows.Row]:
        """Carry out all statements or none, and return the rows of the last one."""

        async def carry_out(connection: AsyncConnection) -> list[rows.Row]:
            cursor = connection.cursor()
            # The COMMIT stays out of the pipeline: the rows are locked until it comes, so an
            # abandoned write can't be carried out after a later one.
            async with connection.transaction(), connection.pipeline():
                for sql, values in statements:
                    cursor = await connection.execute(sql, values)
            return await cursor.fetchall() if cursor.description else []

        return await self._run(carry_out)

    async def _find(self, statements: Sequence[str], key: str) -> StoredRoom | None:
        async def find(connection: AsyncConnection) -> StoredRoom | None:
            async with connection.transaction(), connection.pipeline():
                await connection.execute(ONE_SNAPSHOT)
                cursors = [await connection.execute(sql, (key,)) for sql in statements]
                return rows.stored_room(*[await cursor.fetchall() for cursor in cursors])

        return await self._run(find)

    def _check_encoding(self, connection: AsyncConnection) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding not in ("UTF8", "SQL_ASCII"):
            raise StoreUnavailable(
                f"{self._name} has the encoding {encoding}, which lacks many characters: "
                "create a database with ENCODING 'UTF8'"
            )

    async def _select(self, sql: str, values: tuple[rows.Value, ...] = ()) -> list[rows.Row]:
        async def select(connection: AsyncConnection) -> list[rows.Row]:
            return await (await connection.execute(sql, values)).fetchall()

        return await self._run(select)

    async def _run(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Do idempotent work: a failed attempt, which may have been carried out, is repeated.

        Raises:
            StoreUnavailable: no attempt succeeded in time, or a failure won't pass.
        """
        clock = asyncio.get_running_loop().time
        ends_at, pause = clock() + self._timeout, FIRST_PAUSE
        reason: psycopg.Error | None = None
        while True:
            try:
                return await self._try(work, ends_at - clock())
            except (PoolTimeout, PoolClosed, TooManyRequests) as error:
                raise self._unavailable(reason or error) from error
            except psycopg.Error as error:
                if not _is_transient(error) or clock() + pause >= ends_at:
                    raise self._unavailable(error) from error
                reason = error
                if not isinstance(error, psycopg.errors.TransactionRollback):
                    await self._pool.drain()  # its other connections lead to the same server
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _try(self, work: Callable[[AsyncConnection], Awaitable[T]], seconds: float) -> T:
        # A task, because psycopg takes up to 10 s to give up a query that is cancelled while
        # the database is frozen or unreachable.
        task = asyncio.create_task(self._on_a_connection(work))
        try:
            await asyncio.wait({task}, timeout=seconds)
            if task.done():
                return task.result()
        finally:
            if not task.done():
                self._abandon(task)
        await self._pool.drain()
        raise StoreUnavailable(f"{self._name} didn't answer within {self._timeout:g} s")

    async def _on_a_connection(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self._pool.connection() as connection:
            return await work(connection)

    def _abandon(self, task: asyncio.Task[T]) -> None:
        task.cancel()
        self._abandoned.add(task)
        task.add_done_callback(self._discard)

    def _discard(self, task: asyncio.Task[T]) -> None:
        self._abandoned.discard(task)
        if not task.cancelled():
            task.exception()  # asyncio logs an exception that is never retrieved

    async def _check(self, connection: AsyncConnection) -> None:
        try:
            await AsyncConnectionPool.check_connection(connection)
        except psycopg.OperationalError:
            # The database has stopped or restarted, so the other connections are stale too. The
            # pool would find out about them one by one, a second apart.
            await self._pool.drain()
            raise

    def _unavailable(self, error: psycopg.Error) -> StoreUnavailable:
        # Only the primary message: its details may quote a row, and so the hash of a password.
        text = error.diag.message_primary or " ".join(str(error).split())
        return StoreUnavailable(f"{self._name} failed: {text}")


def _is_transient(error: psycopg.Error) -> bool:
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)  # the connection broke
    return TRANSIENT.fullmatch(error.sqlstate) is not None


def describe(url: str) -> str:
    """Return a description of the database that a URL names, without user and password.

    Raises:
        ValueError: the URL can't be parsed. The text doesn't repeat it.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        parts = None
    # If the password has an unescaped @ or /, libpq takes the rest of it for a host or a
    # database name, which the description would then show.
    if parts is None or "@" in f"{parts.get('host', '')}{parts.get('dbname', '')}":
        raise ValueError(
            "this Postgres URL can't be parsed: write "
            "`postgresql://user:password@host:port/database`, and in the password "
            "%40 for @, %2F for /, %3A for : and %25 for %"
        )
    name = parts.get("dbname", "of the user's name")
    host = parts.get("host", "this machine")
    port = f", port {parts['port']}" if "port" in parts else ""
    return f"the Postgres database {name} on {host}{port}"
