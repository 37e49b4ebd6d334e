"""A store in a Postgres database, which any number of servers may share."""

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self, TypeVar

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from camus_core.effects import Change
from camus_core.records import ClientRecord, RoomId, RoomRecord, SessionDigest, StoredRoom
from camus_core.wire.errors import StoreUnavailable

from . import rows
from .postgres_schema import bring_up_to_date

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds after which connecting, or a request, has failed: somebody waits for it."""

MIGRATION_PATIENCE = 60.0
"""Seconds for a start that migrates, or waits for another server that does."""

LEAVING_PATIENCE = 1.0
"""Seconds that each part of leaving may take: whoever stops a server soon kills it."""

CONNECTIONS = 4
"""At most, per server: while one waits for the disk, others go on. Postgres allows 100 by
default, and a server asks little of it."""

WAITING_LIMIT = 1_000
"""Requests that may wait for a connection; the next one is refused."""

LEAST_CONNECT_TIMEOUT = 2
"""Seconds for each host of a URL that names several: libpq and psycopg take no fewer."""

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0
"""Seconds before a request is tried anew, doubled each time: a switchover takes a few."""

PASSING = re.compile(
    "08...|"  # the connection failed; of PgBouncer: its server did, or it waited too long
    "25006|"  # this server takes no writes any more: another one is the primary now
    "25P0[34]|57P0[1235]|"  # the session was ended: idle, shut down, crashed, starting
    "40001|40P01"  # undone for the sake of another transaction
)
"""Failures (SQLSTATE) that another connection, or another try, may not meet."""


class PostgresStore:
    """Keeps rooms and clients in tables whose names begin with `camus_`.

    Raises:
        ValueError: the URL can't be read. The text doesn't repeat it.
    """

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self._name = describe(url)
        hosts = str(conninfo_to_dict(url).get("host", "")).count(",") + 1
        each = math.ceil(patience / hosts)
        # The encoding is named because a database in SQL_ASCII would answer in bytes.
        self._dsn = make_conninfo(
            url,
            connect_timeout=each if hosts == 1 else max(LEAST_CONNECT_TIMEOUT, each),
            client_encoding="utf8",
        )
        self._patience = patience
        self._starting_patience = patience * hosts
        self._abandoned: set[asyncio.Task[object]] = set()
        self._pool = AsyncConnectionPool(
            self._dsn,
            open=False,
            # Statements that are prepared belong to a session, and behind PgBouncer each
            # transaction may be another one's.
            kwargs={"autocommit": True, "prepare_threshold": None},
            min_size=1,
            max_size=CONNECTIONS,
            max_waiting=WAITING_LIMIT,
            timeout=patience,
            # When it gives up, the next request connects at once; until then the pool
            # waits twice as long after each failure.
            reconnect_timeout=patience,
            check=self._check,
            name="camus",
        )

    async def __aenter__(self) -> Self:
        # By hand first: the pool hides the reason, tries again and warns each time.
        try:
            async with asyncio.timeout(self._starting_patience):
                connection = await AsyncConnection.connect(
                    self._dsn, autocommit=True, prepare_threshold=None
                )
            async with asyncio.timeout(MIGRATION_PATIENCE), connection:
                self._refuse_poor_encoding(connection)
                await bring_up_to_date(connection)
        except TimeoutError as error:
            raise StoreUnavailable(
                f"{self._name} doesn't answer; is that its address?"
            ) from error
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
                task.cancel()  # the second time, upon which psycopg hangs up at once
            if self._abandoned:
                await asyncio.wait(self._abandoned, timeout=LEAVING_PATIENCE)
        finally:
            await self._pool.close(LEAVING_PATIENCE)

    async def create_room(self, record: RoomRecord) -> bool:
        values = rows.values(record)
        tries = 0

        async def insert(connection: AsyncConnection) -> bool:
            nonlocal tries
            tries += 1
            if (await connection.execute(rows.CREATE_ROOM, values)).rowcount == 1:
                return True
            if tries == 1:
                return False
            # A try before this one may have been carried out, and its answer lost.
            found = await connection.execute(rows.INCARNATION_OF, (record.id,))
            return await found.fetchone() == (record.incarnation,)

        return await self._run(insert)

    async def find_room(self, room_id: RoomId) -> StoredRoom | None:
        return rows.stored_room(await self._select(rows.FIND_ROOM, (room_id,)))

    async def find_session(self, digest: SessionDigest) -> StoredRoom | None:
        return rows.stored_room(await self._select(rows.FIND_SESSION, (digest,)))

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
        """Carry out all statements or none; return what the last one has found."""

        async def carry_out(connection: AsyncConnection) -> list[rows.Row]:
            cursor = connection.cursor()
            # The COMMIT stays out of the pipeline: while the rows are locked, a write that
            # was given up can't be carried out after a later one.
            async with connection.transaction(), connection.pipeline():
                for sql, values in statements:
                    cursor = await connection.execute(sql, values)
            return await cursor.fetchall() if cursor.description else []

        return await self._run(carry_out)

    def _refuse_poor_encoding(self, connection: AsyncConnection) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding not in ("UTF8", "SQL_ASCII"):
            raise StoreUnavailable(
                f"{self._name} has the encoding {encoding}, which lacks most of the characters "
                "that people write: make one with ENCODING 'UTF8'"
            )

    async def _select(self, sql: str, values: tuple[rows.Value, ...] = ()) -> list[rows.Row]:
        async def select(connection: AsyncConnection) -> list[rows.Row]:
            return await (await connection.execute(sql, values)).fetchall()

        return await self._run(select)

    async def _run(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Do some work, which can be done twice: whether a try was carried out is open."""
        clock = asyncio.get_running_loop().time
        ends_at, pause = clock() + self._patience, FIRST_PAUSE
        reason: psycopg.Error | None = None
        while True:
            try:
                return await self._try(work, ends_at - clock())
            except (PoolTimeout, PoolClosed, TooManyRequests) as error:
                raise self._unavailable(reason or error) from error
            except psycopg.Error as error:
                if not _may_pass(error) or clock() + pause >= ends_at:
                    raise self._unavailable(error) from error
                reason = error
                if not isinstance(error, psycopg.errors.TransactionRollback):
                    await self._pool.drain()  # the others lead to the same server
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _try(self, work: Callable[[AsyncConnection], Awaitable[T]], seconds: float) -> T:
        # A task, because psycopg takes up to 10 s to let go of a query that is cancelled
        # while the database is frozen or cut off.
        task = asyncio.create_task(self._on_a_connection(work))
        try:
            await asyncio.wait({task}, timeout=seconds)
            if task.done():
                return task.result()
        finally:
            if not task.done():
                self._abandon(task)
        await self._pool.drain()
        raise StoreUnavailable(f"{self._name} gave no answer in {self._patience:g} s")

    async def _on_a_connection(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self._pool.connection() as connection:
            return await work(connection)

    def _abandon(self, task: asyncio.Task[T]) -> None:
        task.cancel()
        self._abandoned.add(task)
        task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Task[T]) -> None:
        self._abandoned.discard(task)
        if not task.cancelled():
            task.exception()  # read, or asyncio complains that nobody did

    async def _check(self, connection: AsyncConnection) -> None:
        try:
            await AsyncConnectionPool.check_connection(connection)
        except psycopg.OperationalError:
            # The database has gone or started again: the others are stale too, and the
            # pool would wait a second between finding out about each.
            await self._pool.drain()
            raise

    def _unavailable(self, error: psycopg.Error) -> StoreUnavailable:
        # Only the main line: the details may quote a row, with a password's hash in it.
        text = error.diag.message_primary or " ".join(str(error).split())
        return StoreUnavailable(f"{self._name} failed: {text}")


def _may_pass(error: psycopg.Error) -> bool:
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)  # the connection broke
    return PASSING.fullmatch(error.sqlstate) is not None


def describe(url: str) -> str:
    """Return which database a URL names, for people: no user, no password.

    Raises:
        ValueError: the URL can't be read. The text doesn't repeat it.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        parts = None
    # With an unescaped @ or / in the password, libpq takes the rest of it for a host or
    # a name, which errors would then show.
    if parts is None or "@" in f"{parts.get('host', '')}{parts.get('dbname', '')}":
        raise ValueError(
            "this Postgres URL can't be read: write "
            "`postgresql://user:password@host:port/database`, and in the password "
            "%40 for @, %2F for /, %3A for : and %25 for %"
        )
    name = parts.get("dbname", "of the user's name")
    host = parts.get("host", "this machine")
    port = f", port {parts['port']}" if "port" in parts else ""
    return f"the Postgres database {name} on {host}{port}"
