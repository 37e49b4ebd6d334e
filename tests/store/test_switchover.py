"""A PostgreSQL store whose primary changes: one server refuses, another one takes over."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from camus_core.effects import ForgetRoom, SaveClient
from camus_core.records import RoomId, StoredRoom
from camus_core.wire.errors import StoreUnavailable
from camus_store.postgres import PostgresStore
from store.conftest import new_cluster
from store.postgres_cluster import PostgresCluster
from store.samples import a_client, a_room
from store.test_postgres import execute

LOBBY = RoomId("lobby")
SOON = 5.0
"""Seconds that a request may take while the primary changes."""


def url_of(*clusters: PostgresCluster, only_primary: bool = True) -> str:
    hosts = ",".join(quote(str(cluster.directory), safe="") for cluster in clusters)
    wanted = "&target_session_attrs=read-write" if only_primary else ""
    return f"postgresql://postgres@/postgres?host={hosts}{wanted}"


def make_read_only(cluster: PostgresCluster, value: str = "on") -> None:
    """Refuse writes from the next transaction on, also in open sessions."""
    url = cluster.dsn("postgres")
    execute(url, f"ALTER SYSTEM SET default_transaction_read_only = {value}")
    execute(url, "SELECT pg_reload_conf()")
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        while connection.execute("SHOW default_transaction_read_only").fetchone() != (value,):
            time.sleep(0.01)
    time.sleep(0.1)  # each session reads the setting after the signal


@pytest.fixture
def pair() -> Iterator[tuple[PostgresCluster, PostgresCluster]]:
    """Two independent clusters."""
    with ExitStack() as exits:
        yield exits.enter_context(new_cluster()), exits.enter_context(new_cluster())


async def test_when_the_primary_takes_no_more_writes_the_next_one_gets_them(
    pair: tuple[PostgresCluster, PostgresCluster],
) -> None:
    old, new = pair
    async with PostgresStore(url_of(new)):
        pass  # so that it has the tables
    async with PostgresStore(url_of(old, new)) as store:
        await asyncio.gather(*(store.create_room(a_room(f"old-{n}")) for n in range(20)))
        make_read_only(old)
        began = time.monotonic()
        created = await asyncio.gather(
            *(store.create_room(a_room(f"new-{n}")) for n in range(20))
        )
        assert created == [True] * 20
        await store.write([SaveClient(a_client("a1", "new-1", away_since=9.0))])
        await store.renew("node-1", 60.0)
        assert time.monotonic() - began < SOON
        assert len(await store.list_rooms()) == 20, "of the new primary"


async def test_a_primary_that_is_read_only_for_a_moment_costs_a_moment(
    cluster: PostgresCluster,
) -> None:
    async with PostgresStore(url_of(cluster, only_primary=False)) as store:
        await store.create_room(a_room("lobby"))
        make_read_only(cluster)
        creating = asyncio.create_task(store.create_room(a_room("hall")))
        writing = asyncio.create_task(store.write([ForgetRoom(LOBBY, "another")]))
        await asyncio.sleep(0.5)
        assert not creating.done() and not writing.done()
        make_read_only(cluster, "off")
        assert await creating is True
        await writing


async def test_a_database_that_stays_read_only_is_named_as_the_reason(
    cluster: PostgresCluster,
) -> None:
    async with PostgresStore(url_of(cluster, only_primary=False), timeout=0.5) as store:
        await store.create_room(a_room("lobby"))
        make_read_only(cluster)
        with pytest.raises(StoreUnavailable, match="read-only transaction"):
            await store.create_room(a_room("hall"))
        assert await store.find_room(LOBBY) == StoredRoom(a_room("lobby")), "reading goes on"


async def test_a_standby_that_is_promoted_takes_over_with_all_that_was_acknowledged(
    cluster: PostgresCluster,
) -> None:
    with cluster.standby() as standby:
        async with PostgresStore(url_of(standby, cluster)) as store:
            await store.create_room(a_room("lobby"))
            standby.catch_up_with(cluster)
            cluster.stop()
            asking = asyncio.create_task(store.create_room(a_room("hall")))
            await asyncio.sleep(0.2)
            execute(standby.dsn("postgres"), "SELECT pg_promote()")
            assert await asking is True
            assert [room.id for room in await store.list_rooms()] == ["hall", "lobby"]
        cluster.start()


async def test_a_session_that_is_ended_or_undone_by_the_database_costs_nothing(
    cluster: PostgresCluster,
) -> None:
    async with PostgresStore(cluster.dsn("postgres")) as store:
        await store.create_room(a_room("lobby"))
        for number, code in enumerate(["40001", "40P01", "57P01", "25P03", "57P05", "08006"]):
            refuse_once(cluster.dsn("postgres"), code)
            assert await store.create_room(a_room(f"room-{number}")) is True
            execute(cluster.dsn("postgres"), "DROP TRIGGER refuse ON camus_rooms")


def refuse_once(url: str, code: str) -> None:
    """Refuse the next room with this SQLSTATE; only the sequence isn't rolled back."""
    execute(url, "DROP SEQUENCE IF EXISTS refused")
    execute(url, "CREATE SEQUENCE refused")
    execute(
        url,
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF nextval('refused') = 1 THEN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; "
        "END IF; RETURN new; END $$",
    )
    execute(
        url,
        "CREATE TRIGGER refuse BEFORE INSERT ON camus_rooms "
        "FOR EACH ROW EXECUTE FUNCTION refuse()",
    )


async def test_a_host_that_never_answers_leaves_time_for_the_next(
    cluster: PostgresCluster, tmp_path: Path
) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_unix_server(mute, tmp_path / ".s.PGSQL.5432")
    mute_host = quote(str(tmp_path), safe="")
    url = url_of(cluster).replace("host=", f"host={mute_host},")
    async with PostgresStore(url) as store:
        assert await store.create_room(a_room("lobby")) is True
    server.close()
