"""A PostgreSQL store that loses the answer to a request, and tries the request again."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from typing import Any

import pytest
from attrs import evolve

from camus_core.effects import ForgetRoom, SaveClient
from camus_core.questions import LookUpRoom
from camus_core.records import BanRecord, RoomId, StoredRoom
from camus_core.wire.errors import StoreUnavailable
from camus_store.postgres import PostgresStore
from camus_transport.server.write_behind import WriteBehind
from store.lossy_proxy import LossyProxy, lossy_proxy
from store.postgres_cluster import PostgresCluster
from store.samples import a_client, a_room, bans, locks

LOBBY = RoomId("lobby")
OLD = a_room("lobby", name="old", incarnation="one")
NEW = evolve(OLD, name="new", password_hash="scrypt$", incarnation="two")


@pytest.fixture
async def proxy(cluster: PostgresCluster) -> AsyncIterator[LossyProxy]:
    async with lossy_proxy(cluster) as proxy:
        yield proxy


@pytest.fixture
async def other(cluster: PostgresCluster, proxy: LossyProxy) -> AsyncIterator[PostgresStore]:
    """The store of another server on the same database, whose answers aren't lost."""
    async with PostgresStore(cluster.dsn("postgres")) as store:
        yield store


async def answer_after_loss(
    proxy: LossyProxy,
    request: bytes,
    asked: Coroutine[Any, Any, Any],
    meanwhile: Coroutine[Any, Any, Any],
) -> Any:
    """Request, lose the answer, let another server act meanwhile, and return the answer."""
    proxy.lose(request, hold=True)
    asking = asyncio.create_task(asked)
    async with asyncio.timeout(10):
        await proxy.meanwhile
    await meanwhile
    proxy.go_on()
    return await asking


async def test_a_room_whose_creation_is_tried_again_is_created(proxy: LossyProxy) -> None:
    async with PostgresStore(proxy.url) as store:
        proxy.lose(b"INSERT INTO camus_rooms")
        assert await store.create_room(NEW) is True
        assert proxy.lost == 1
        assert await store.find_room(LOBBY) == StoredRoom(NEW)
        assert await store.create_room(evolve(NEW, incarnation="three")) is False


async def test_a_room_that_another_server_made_meanwhile_is_not_taken_for_the_one_tried_again(
    other: PostgresStore, proxy: LossyProxy
) -> None:
    async with PostgresStore(proxy.url) as store:

        async def made_anew() -> None:
            await other.write([ForgetRoom(LOBBY, "one")])
            assert await other.create_room(NEW)

        request = b"INSERT INTO camus_rooms"
        created = store.create_room(OLD)
        assert await answer_after_loss(proxy, request, created, made_anew()) is False
        assert await other.find_room(LOBBY) == StoredRoom(NEW)


@pytest.mark.parametrize("if_unused", [True, False])
async def test_a_room_that_is_forgotten_twice_takes_along_none_that_was_made_between(
    other: PostgresStore, proxy: LossyProxy, if_unused: bool
) -> None:
    async with PostgresStore(proxy.url) as store:
        await store.create_room(OLD)
        here = a_client("a1", away_since=9.0, incarnation="two")

        async def made_anew() -> None:
            assert await other.create_room(NEW)
            if not if_unused:
                await other.write([SaveClient(here)])

        forgotten = store.write([ForgetRoom(LOBBY, "one", if_unused)])
        await answer_after_loss(proxy, b"COMMIT", forgotten, made_anew())
        clients = () if if_unused else (here,)
        assert await other.find_room(LOBBY) == StoredRoom(NEW, clients)


async def test_a_room_that_is_saved_twice_changes_none_that_was_made_between(
    other: PostgresStore, proxy: LossyProxy
) -> None:
    async with PostgresStore(proxy.url) as store:
        await store.create_room(OLD)

        async def made_anew() -> None:
            await other.write([ForgetRoom(LOBBY, "one")])
            assert await other.create_room(NEW)

        saved = store.write([locks(OLD), bans(OLD, BanRecord("a1", identity="ann"))])
        await answer_after_loss(proxy, b"COMMIT", saved, made_anew())
        assert await other.find_room(LOBBY) == StoredRoom(NEW)


async def test_what_is_written_behind_and_tried_again_leaves_a_newer_room_alone(
    other: PostgresStore, proxy: LossyProxy
) -> None:
    async with PostgresStore(proxy.url, timeout=0.3) as store:
        await store.create_room(OLD)
        writing = WriteBehind(store, 10)
        writing.add(ForgetRoom(LOBBY, "one", if_unused=True))

        async def made_anew() -> None:
            await asyncio.sleep(2)  # so that the store itself has given up
            assert await other.create_room(NEW)

        with pytest.raises(StoreUnavailable):
            await answer_after_loss(proxy, b"COMMIT", writing.flush(), made_anew())
        async with asyncio.timeout(10):
            while len(writing):
                with suppress(StoreUnavailable):
                    await writing.flush()
        assert await other.find_room(LOBBY) == StoredRoom(NEW)


async def test_a_room_made_on_demand_for_nobody_is_forgotten_again(
    other: PostgresStore, proxy: LossyProxy
) -> None:
    async with PostgresStore(proxy.url, timeout=0.3) as store:
        writing = WriteBehind(store, 10)

        async def is_there() -> None:
            assert [room.id for room in await other.list_rooms()] == ["lobby"]
            await asyncio.sleep(2)

        asked = writing.look_up(LookUpRoom(LOBBY, OLD))
        request = b"INSERT INTO camus_rooms"
        with pytest.raises(StoreUnavailable):
            await answer_after_loss(proxy, request, asked, is_there())
        async with asyncio.timeout(10):
            while len(writing):
                with suppress(StoreUnavailable):
                    await writing.flush()
        assert await other.list_rooms() == []
