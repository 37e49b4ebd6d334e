"""A PostgreSQL store behind PgBouncer, where each transaction may use another session."""

import asyncio
from collections.abc import Iterator

import pytest
from attrs import evolve

from camus_core.effects import SaveClient
from camus_core.records import (
    BanRecord,
    ClientRecord,
    RoomId,
    RoomRecord,
    SessionDigest,
    StoredRoom,
)
from camus_store.postgres import PostgresStore
from store.pgbouncer import find_pgbouncer, pgbouncer
from store.postgres_cluster import PostgresCluster
from store.samples import a_client, a_room, an_invitation, bans, invites
from store.test_postgres import create_as_soon_as_possible


@pytest.fixture
def url(cluster: PostgresCluster) -> Iterator[str]:
    """The URL of a database that is reached through PgBouncer."""
    program = find_pgbouncer()
    if program is None:
        pytest.skip("no PgBouncer is installed: pgbouncer was not found")
    with pgbouncer(program, cluster) as url:
        yield url


def a_client_of(room: RoomRecord, number: int) -> ClientRecord:
    node, session = f"node-{number % 3}", f"s{number}"
    return a_client(f"{number:032}", room.id, node=node, session=session, away_since=9.0)


def a_ban_by(number: int) -> BanRecord:
    return BanRecord(f"{number}", identity=f"{number}")


async def simulate_join(
    store: PostgresStore, room: RoomRecord, number: int
) -> StoredRoom | None:
    """Perform on a room everything that a server does while a client joins it."""
    client = a_client_of(room, number)
    await store.renew(client.node, 60.0)
    assert await store.find_room(room.id) is None
    assert await store.create_room(room) is True
    ban, invitation = a_ban_by(number), an_invitation(f"{number}")
    await store.write([SaveClient(client), bans(room, ban), invites(room, invitation)])
    assert await store.use_invitation(room.id, room.incarnation, invitation.id)
    assert await store.update_room(room.id, room.incarnation, {"public": True})
    assert await store.find_session(SessionDigest(f"s{number}")) == await store.find_room(
        room.id
    )
    return await store.find_room(room.id)


@pytest.mark.alone("so many at once fill the machine, and each has 5 seconds")
async def test_a_hundred_and_fifty_joins_at_two_servers_all_work(url: str) -> None:
    async with PostgresStore(url) as one, PostgresStore(url) as other:
        rooms = [a_room(f"room-{number}", name=f"Room {number}") for number in range(150)]
        found = await asyncio.gather(
            *(
                simulate_join(one if number % 2 else other, room, number)
                for number, room in enumerate(rooms)
            )
        )
        assert found == [
            StoredRoom(
                evolve(room, public=True, revision=1),
                (a_client_of(room, number),),
                (a_ban_by(number),),
                (an_invitation(f"{number}", used=1),),
            )
            for number, room in enumerate(rooms)
        ]


async def test_servers_that_start_at_once_migrate_once(url: str) -> None:
    stores = [PostgresStore(url) for _ in range(6)]
    await asyncio.gather(*(store.__aenter__() for store in stores))
    created = [await store.create_room(a_room("lobby")) for store in stores]
    assert created.count(True) == 1
    await asyncio.gather(*(store.__aexit__(None, None, None) for store in stores))


async def test_a_database_that_was_restarted_behind_it_is_found_again(
    url: str, cluster: PostgresCluster
) -> None:
    async with PostgresStore(url) as store:
        await asyncio.gather(*(store.list_rooms() for _ in range(20)))
        cluster.restart()
        assert await create_as_soon_as_possible(store, a_room("lobby")) is True
        assert await store.find_room(RoomId("lobby")) == StoredRoom(a_room("lobby"))
