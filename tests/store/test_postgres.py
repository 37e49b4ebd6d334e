"""Tests of the PostgreSQL store alone: a server that dies, freezes, or never answers."""

import asyncio
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from urllib.parse import urlsplit

import psycopg
import pytest

from camus_core.effects import ForgetRoom, SaveClient
from camus_core.records import RoomId, RoomRecord, StoredRoom
from camus_core.wire.errors import SchemaTooNew, StoreUnavailable
from camus_store.postgres import PostgresStore
from store import older_schemas
from store.postgres_cluster import PostgresCluster
from store.samples import FIRST_INCARNATION, a_client, a_room

RECOVERY = 15.0
"""Seconds within which a store must have found its database again."""


def execute(url: str, sql: str) -> None:
    """Execute a statement on the database from outside."""
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute(sql.encode())


async def create_as_soon_as_possible(store: PostgresStore, room: RoomRecord) -> bool:
    deadline = time.monotonic() + RECOVERY
    while True:
        try:
            return await store.create_room(room)
        except StoreUnavailable:
            if time.monotonic() > deadline:
                raise


async def until_waiting(outside: "psycopg.Connection[tuple[object, ...]]", count: int) -> None:
    """Wait until this many requests wait for a lock."""
    async with asyncio.timeout(RECOVERY):
        while True:
            waiting = outside.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if waiting.fetchone() == (count,):
                return
            await asyncio.sleep(0.01)


async def test_a_database_that_dies_costs_the_request_in_hand_and_is_found_again(
    cluster: PostgresCluster,
) -> None:
    async with PostgresStore(cluster.dsn("postgres"), timeout=1.0) as store:
        assert await store.create_room(a_room("before")) is True
        cluster.kill()
        with pytest.raises(StoreUnavailable, match="the Postgres database postgres on"):
            await store.create_room(a_room("meanwhile"))
        cluster.start()
        assert await create_as_soon_as_possible(store, a_room("after")) is True
        assert [room.id for room in await store.list_rooms()] == ["after", "before"]


async def test_a_database_that_dies_under_load_answers_every_request_in_time(
    cluster: PostgresCluster,
) -> None:
    async with PostgresStore(cluster.dsn("postgres"), timeout=1.0) as store:
        asking = [
            asyncio.create_task(store.create_room(a_room(f"room-{number}")))
            for number in range(300)
        ]
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        cluster.kill()
        answers = await asyncio.wait_for(asyncio.gather(*asking, return_exceptions=True), 5)
        assert {type(answer) for answer in answers} <= {bool, StoreUnavailable}
        cluster.start()
        await create_as_soon_as_possible(store, a_room("after"))
        kept = {room.id for room in await store.list_rooms()}
        acknowledged = {f"room-{number}" for number in range(300) if answers[number] is True}
        assert acknowledged <= kept


async def test_a_database_that_was_restarted_in_between_costs_nothing(
    cluster: PostgresCluster,
) -> None:
    async with PostgresStore(cluster.dsn("postgres")) as store:
        await asyncio.gather(*(store.list_rooms() for _ in range(20)))
        cluster.restart()
        assert await store.create_room(a_room("lobby")) is True


async def test_a_database_that_freezes_fails_requests_in_time_and_is_found_again(
    cluster: PostgresCluster,
) -> None:
    async with PostgresStore(cluster.dsn("postgres"), timeout=0.5) as store:
        assert await store.create_room(a_room("before")) is True
        with cluster.frozen():
            started = time.monotonic()
            for _ in range(3):
                with pytest.raises(StoreUnavailable):
                    await store.create_room(a_room("meanwhile"))
            assert time.monotonic() - started < 3
        assert await create_as_soon_as_possible(store, a_room("after")) is True


async def test_a_store_is_left_promptly_while_its_database_is_frozen(
    cluster: PostgresCluster,
) -> None:
    store = PostgresStore(cluster.dsn("postgres"), timeout=0.5)
    await store.__aenter__()
    with cluster.frozen():
        with pytest.raises(StoreUnavailable, match=r"didn't answer within 0\.5 s"):
            await store.list_rooms()
        started = time.monotonic()
        await store.__aexit__(None, None, None)
        assert time.monotonic() - started < 4


async def test_a_table_that_another_program_locks_costs_the_request_in_hand(
    postgres_url: str,
) -> None:
    async with PostgresStore(postgres_url, timeout=0.3) as store:
        with closing(psycopg.connect(postgres_url)) as connection:
            connection.execute("LOCK TABLE camus_rooms")
            with pytest.raises(StoreUnavailable, match="didn't answer within"):
                await store.create_room(a_room("lobby"))
        assert await create_as_soon_as_possible(store, a_room("hall")) is True


async def test_a_write_that_was_given_up_never_comes_after_a_later_one(
    cluster: PostgresCluster,
) -> None:
    async with PostgresStore(cluster.dsn("postgres"), timeout=0.3) as store:
        await store.create_room(a_room("lobby"))
        with cluster.frozen(), pytest.raises(StoreUnavailable):
            await store.write([ForgetRoom(RoomId("lobby"), FIRST_INCARNATION)])
        await create_as_soon_as_possible(store, a_room("another"))
    async with PostgresStore(cluster.dsn("postgres")) as store:
        assert await store.find_room(RoomId("lobby")) == StoredRoom(a_room("lobby"))


async def test_servers_that_come_back_together_from_an_outage_never_wait_for_each_other(
    postgres_url: str,
) -> None:
    async with PostgresStore(postgres_url) as one, PostgresStore(postgres_url) as other:
        for node in ["node-0", "node-1", "node-2"]:
            await one.renew(node, stale_seconds=60.0)
        with closing(psycopg.connect(postgres_url)) as outside:
            outside.execute("SELECT FROM camus_runs WHERE id = 'node-0' FOR UPDATE")
            renewing = asyncio.gather(
                one.renew("node-1", stale_seconds=0.0),
                other.renew("node-2", stale_seconds=0.0),
            )
            await until_waiting(outside, 2)
        await renewing


async def test_a_write_that_the_database_refuses_half_way_is_undone(postgres_url: str) -> None:
    async with PostgresStore(postgres_url) as store:
        await store.create_room(a_room("lobby"))
        execute(postgres_url, "ALTER TABLE camus_clients ADD CHECK (username <> 'Ann')")
        with pytest.raises(StoreUnavailable, match="violates check constraint") as raised:
            await store.write(
                [ForgetRoom(RoomId("lobby"), FIRST_INCARNATION), SaveClient(a_client("a1"))]
            )
        assert "Ann" not in str(raised.value)
        assert await store.list_rooms() == [a_room("lobby")]


@pytest.fixture
def silence(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[None]:
    caplog.set_level(logging.WARNING)
    yield
    assert caplog.records == []
    assert capfd.readouterr().err == ""


async def test_a_database_that_is_not_there_is_named_without_the_password(
    silence: None,
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    store = PostgresStore(f"postgresql://ann:geheim@127.0.0.1:{port}/rooms")
    with pytest.raises(StoreUnavailable) as raised:
        async with store:
            pass
    sentence = str(raised.value)
    assert f"the Postgres database rooms on 127.0.0.1, port {port} failed: " in sentence
    assert "onnection refused" in sentence
    assert "geheim" not in sentence
    assert "\n" not in sentence


async def test_a_server_that_never_answers_is_given_up(silence: None) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as mute:
        port = mute.getsockname()[1]
        store = PostgresStore(f"postgresql://127.0.0.1:{port}/rooms", timeout=0.3)
        with pytest.raises(StoreUnavailable, match="doesn't answer"):
            async with store:
                pass


async def test_a_database_of_another_name_is_named_as_the_reason(postgres_url: str) -> None:
    other = urlsplit(postgres_url)._replace(path="/not_there").geturl()
    with pytest.raises(StoreUnavailable, match='database "not_there" does not exist'):
        async with PostgresStore(other):
            pass


def bring_up_to(url: str, version: int) -> None:
    """Create the tables as a program of this schema version does."""
    execute(url, "CREATE TABLE camus_schema (version integer PRIMARY KEY)")
    scripts = sorted(
        (files("camus_store") / "migrations").iterdir(), key=lambda script: script.name
    )
    for number, script in enumerate(scripts[:version], 1):
        execute(url, script.read_text())
        execute(url, f"INSERT INTO camus_schema (version) VALUES ({number})")


async def test_a_database_of_the_first_version_keeps_its_rooms_and_then_forgets_its_clients(
    postgres_url: str,
) -> None:
    bring_up_to(postgres_url, 1)
    execute(
        postgres_url,
        "INSERT INTO camus_rooms VALUES "
        "('lobby', 'A room', 1762473600.25, true, NULL, NULL, NULL)",
    )
    execute(postgres_url, "INSERT INTO camus_clients VALUES ('a1', 'lobby', 'Ann', 5.0)")
    async with PostgresStore(postgres_url) as store:
        [room] = await store.list_rooms(public=True)
        assert room == a_room("lobby", public=True, incarnation=room.incarnation)
        assert await store.list_clients() == [a_client("a1", incarnation="")]
        assert await store.find_room(RoomId("lobby")) == StoredRoom(
            room, (a_client("a1", away_since=0.0, incarnation=""),)
        )
        await store.renew("node-1", stale_seconds=60.0)
        assert await store.find_room(RoomId("lobby")) == StoredRoom(room)


async def test_a_database_of_the_second_version_is_kept_as_it_was(postgres_url: str) -> None:
    bring_up_to(postgres_url, 2)
    for sql in older_schemas.WRITTEN:
        execute(postgres_url, sql)
    async with PostgresStore(postgres_url) as store:
        await older_schemas.check_all_is_kept(store)


async def test_rooms_that_a_server_of_the_third_version_makes_beside_it_are_named(
    postgres_url: str,
) -> None:
    async with PostgresStore(postgres_url) as store:
        await older_schemas.check_incarnations(
            store, lambda: execute(postgres_url, older_schemas.INSERT_BY_VERSION_3)
        )


async def test_bans_of_a_server_of_the_fourth_version_are_kept_and_copied(
    postgres_url: str,
) -> None:
    bring_up_to(postgres_url, 4)
    execute(postgres_url, older_schemas.INSERT_BY_VERSION_3)
    execute(postgres_url, older_schemas.ban_by_version_4(*older_schemas.OLD_BANS))
    async with PostgresStore(postgres_url) as store:
        await older_schemas.check_bans_are_kept(store)
        await older_schemas.check_bans_beside(store, lambda sql: execute(postgres_url, sql))
        await older_schemas.check_bans_end(store, lambda sql: execute(postgres_url, sql))


async def test_a_database_of_a_newer_program_is_refused_and_left_as_it_was(
    postgres_url: str,
) -> None:
    async with PostgresStore(postgres_url):
        pass
    execute(postgres_url, "INSERT INTO camus_schema (version) VALUES (9999)")
    with pytest.raises(
        SchemaTooNew, match="a newer version of Camus has migrated this database"
    ):
        async with PostgresStore(postgres_url):
            pass


async def test_a_role_that_may_not_make_tables_can_use_those_that_are_there(
    cluster: PostgresCluster,
) -> None:
    url = cluster.dsn("postgres")
    async with PostgresStore(url):
        pass
    execute(url, "CREATE ROLE guest LOGIN")
    execute(url, "GRANT ALL ON ALL TABLES IN SCHEMA public TO guest")
    async with PostgresStore(url.replace("//postgres@", "//guest@")) as store:
        assert await store.create_room(a_room("lobby")) is True


def database_in(cluster: PostgresCluster, encoding: str) -> str:
    sql = f"CREATE DATABASE other TEMPLATE template0 LOCALE 'C' ENCODING '{encoding}'"
    execute(cluster.dsn("postgres"), sql)
    return cluster.dsn("other")


async def test_a_database_without_an_encoding_keeps_text_all_the_same(
    cluster: PostgresCluster,
) -> None:
    async with PostgresStore(database_in(cluster, "SQL_ASCII")) as store:
        await store.create_room(a_room("lobby", name="Zoë 👩"))
        assert await store.list_rooms() == [a_room("lobby", name="Zoë 👩")]


async def test_a_database_whose_encoding_lacks_characters_is_refused_at_the_start(
    cluster: PostgresCluster,
) -> None:
    with pytest.raises(StoreUnavailable, match="has the encoding LATIN1"):
        async with PostgresStore(database_in(cluster, "LATIN1")):
            pass
