"""The contract of every store about sessions, and about nodes that share it."""

import asyncio

from attrs import evolve

from camus_core.effects import ForgetClient, SaveClient
from camus_core.records import ClientId, RoomId, SessionDigest, StoredRoom
from camus_core.store import Store
from store.conftest import OpenStore
from store.samples import a_client, a_room

LOBBY = RoomId("lobby")


async def test_a_client_that_is_not_away_is_found_as_away_since_its_node_was_last_alive(
    store: Store,
) -> None:
    here, away = a_client("a1", node="node-1"), a_client("b2", node="node-1", away_since=90.0)
    other = a_client("c3", node="node-2")
    await store.create_room(a_room("lobby"))
    at_first = await store.renew("node-1", stale_seconds=60.0)
    of_other = await store.renew("node-2", stale_seconds=60.0)
    at_last = await store.renew("node-1", stale_seconds=60.0)
    assert at_first <= of_other <= at_last < at_first + 60.0
    await store.write([SaveClient(client) for client in [here, away, other]])
    assert await store.find_room(LOBBY) == StoredRoom(
        a_room("lobby"),
        (evolve(here, away_since=at_last), away, evolve(other, away_since=of_other)),
    )
    assert await store.list_clients() == [here, away, other]


async def test_a_client_whose_node_is_unknown_is_found_as_away_since_ever(store: Store) -> None:
    await store.create_room(a_room("lobby"))
    await store.write([SaveClient(a_client("a1", node="node-1", session="s1"))])
    found = StoredRoom(
        a_room("lobby"), (a_client("a1", node="node-1", session="s1", away_since=0.0),)
    )
    assert await store.find_room(LOBBY) == found
    assert await store.find_session(SessionDigest("s1")) == found


async def test_a_session_is_found_with_its_room_and_everyone_in_it(store: Store) -> None:
    ann = a_client("a1", joined_at=1.0, session="s1", away_since=9.0)
    bob = a_client("b2", joined_at=2.0, away_since=9.0)
    zoe = a_client("c3", "hall", session="s3", away_since=9.0)
    await store.create_room(a_room("lobby"))
    await store.create_room(a_room("hall"))
    await store.write([SaveClient(client) for client in [bob, ann, zoe]])
    assert await store.find_session(SessionDigest("s1")) == StoredRoom(
        a_room("lobby"), (ann, bob)
    )
    assert await store.find_session(SessionDigest("s3")) == StoredRoom(a_room("hall"), (zoe,))


async def test_a_session_that_nobody_has_is_not_found(store: Store) -> None:
    await store.create_room(a_room("lobby"))
    await store.write([SaveClient(a_client("a1")), SaveClient(a_client("b2", session="s2"))])
    await store.write([ForgetClient(ClientId("b2"))])
    assert await store.find_session(SessionDigest("s2")) is None
    assert await store.find_session(SessionDigest("")) is None


async def test_a_session_whose_room_is_gone_is_not_found(store: Store) -> None:
    await store.write([SaveClient(a_client("a1", room="nowhere", session="s1"))])
    assert await store.find_session(SessionDigest("s1")) is None


async def test_of_two_clients_with_one_session_the_one_that_joined_last_is_meant(
    store: Store,
) -> None:
    old = a_client("b2", "hall", joined_at=1.0, session="s1", away_since=9.0)
    new = a_client("a1", "lobby", joined_at=2.0, session="s1", away_since=9.0)
    await store.create_room(a_room("lobby"))
    await store.create_room(a_room("hall"))
    await store.write([SaveClient(new), SaveClient(old)])
    assert await store.find_session(SessionDigest("s1")) == StoredRoom(a_room("lobby"), (new,))


async def test_a_client_of_another_node_stays_as_it_is(store: Store) -> None:
    mine, theirs = a_client("a1", node="node-1"), a_client("a1", "hall", node="node-2")
    await store.write([SaveClient(mine)])
    await store.write([SaveClient(theirs), SaveClient(a_client("b2", node="node-2"))])
    assert await store.list_clients() == [mine, a_client("b2", node="node-2")]


async def test_a_client_is_taken_over_from_another_node_and_never_goes_back_by_itself(
    store: Store,
) -> None:
    mine, theirs = a_client("a1", node="node-1"), a_client("a1", "hall", node="node-2")
    await store.write([SaveClient(mine)])
    await store.write([SaveClient(theirs, takes_over=True)])
    await store.write([SaveClient(mine), ForgetClient(mine.id, "node-1")])
    assert await store.list_clients() == [theirs]
    await store.write([ForgetClient(mine.id, "node-2")])
    assert await store.list_clients() == []


async def test_a_client_that_is_not_there_can_be_taken_over_too(store: Store) -> None:
    await store.write([SaveClient(a_client("a1", node="node-1"), takes_over=True)])
    assert await store.list_clients() == [a_client("a1", node="node-1")]


async def test_with_a_dead_node_go_its_clients_and_no_others(store: Store) -> None:
    await store.renew("dead", stale_seconds=60.0)
    await asyncio.sleep(2.0)
    alive_at = await store.renew("alive", stale_seconds=60.0)
    left = [a_client("a1", node="dead"), a_client("b2", node="never renewed")]
    kept = [a_client("c3", node="alive"), a_client("d4", node="new")]
    await store.write([SaveClient(client) for client in [*left, *kept]])
    now = await store.renew("new", stale_seconds=60.0)
    assert await store.list_clients() == [left[0], *kept]
    await store.renew("new", stale_seconds=now - alive_at + 1.0)
    assert await store.list_clients() == kept


async def test_a_client_outlives_its_node_until_it_has_been_away_for_too_long(
    store: Store,
) -> None:
    now = await store.renew("dead", stale_seconds=60.0)
    early = a_client("a1", node="dead", away_since=now - 20.0)
    late = a_client("b2", node="dead", away_since=now)
    await store.create_room(a_room("lobby"))
    await store.write([SaveClient(early), SaveClient(late)])
    await store.release("dead")
    await store.renew("new", stale_seconds=20.0)
    assert await store.find_room(LOBBY) == StoredRoom(a_room("lobby"), (late,))
    await store.renew("new", stale_seconds=0.0)
    assert await store.list_clients() == []


async def test_a_node_that_has_released_its_lease_is_dead_from_then_on(store: Store) -> None:
    now = await store.renew("node-1", stale_seconds=60.0)
    here, away = a_client("a1", node="node-1"), a_client("b2", node="node-1", away_since=now)
    await store.create_room(a_room("lobby"))
    await store.write([SaveClient(here), SaveClient(away)])
    await store.release("node-1")
    assert await store.find_room(LOBBY) == StoredRoom(
        a_room("lobby"), (evolve(here, away_since=0.0), away)
    )
    await store.renew("node-2", stale_seconds=60.0)
    assert await store.list_clients() == [away]


async def test_a_node_that_comes_back_is_alive_though_its_clients_have_gone(
    store: Store,
) -> None:
    client = a_client("a1", node="frozen")
    await store.renew("frozen", stale_seconds=60.0)
    await store.write([SaveClient(client)])
    await store.renew("other", stale_seconds=0.0)
    assert await store.list_clients() == []
    await store.renew("frozen", stale_seconds=60.0)
    await store.write([SaveClient(client)])
    await store.renew("other", stale_seconds=60.0)
    assert await store.list_clients() == [client]


async def test_a_node_never_finds_itself_dead(store: Store) -> None:
    await store.write([SaveClient(a_client("a1", node="node-1"))])
    await store.renew("node-1", stale_seconds=0.0)
    await store.renew("node-1", stale_seconds=0.0)
    assert await store.list_clients() == [a_client("a1", node="node-1")]


async def test_a_node_without_a_lease_may_release_it(store: Store) -> None:
    await store.renew("node-1", stale_seconds=60.0)
    await store.write([SaveClient(a_client("a1", node="node-1"))])
    await store.release("node-2")
    await store.renew("node-1", stale_seconds=60.0)
    assert await store.list_clients() == [a_client("a1", node="node-1")]


async def test_nodes_that_share_a_database_keep_the_clients_of_each_other(
    open_again: OpenStore,
) -> None:
    async with open_again() as one, open_again() as other:
        await one.renew("node-1", stale_seconds=60.0)
        await one.write([SaveClient(a_client("a1", node="node-1"))])
        await other.renew("node-2", stale_seconds=60.0)
        await other.write([SaveClient(a_client("b2", node="node-2"))])
        assert await one.list_clients() == await other.list_clients()
        await one.release("node-1")
        await other.renew("node-2", stale_seconds=60.0)
        assert await one.list_clients() == [a_client("b2", node="node-2")]
