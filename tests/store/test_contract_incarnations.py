"""The contract of every store about successive rooms with one id."""

from attrs import evolve

from camus_core.effects import ForgetRoom, SaveClient
from camus_core.records import RoomId, RoomRecord, SessionDigest, StoredRoom
from camus_core.store import Store
from store.conftest import OpenStore
from store.samples import a_client, a_room, locks

LOBBY = RoomId("lobby")
OLD = a_room("lobby", name="old", incarnation="one")
NEW = evolve(OLD, name="new", password_hash="scrypt$", incarnation="two")


async def recreated(store: Store) -> None:
    """Create a room, delete it, and create another one with its id."""
    assert await store.create_room(OLD)
    await store.write([ForgetRoom(LOBBY, "one")])
    assert await store.create_room(NEW)


async def test_whatever_is_meant_for_the_old_room_leaves_the_new_one_as_it_is(
    store: Store,
) -> None:
    await recreated(store)
    for old_news in (
        ForgetRoom(LOBBY, "one"),
        ForgetRoom(LOBBY, "one", if_unused=True),
        locks(OLD),
    ):
        await store.write([old_news])
        assert await store.find_room(LOBBY) == StoredRoom(NEW)


async def test_clients_of_the_old_room_are_not_in_the_new_one(store: Store) -> None:
    await recreated(store)
    late = a_client("a1", session="s1", away_since=9.0, incarnation="one")
    here = a_client("b2", session="s2", away_since=9.0, incarnation="two")
    await store.write([SaveClient(late), SaveClient(here)])
    assert await store.find_room(LOBBY) == StoredRoom(NEW, (here,))
    assert await store.find_session(SessionDigest("s1")) is None
    assert await store.find_session(SessionDigest("s2")) == StoredRoom(NEW, (here,))


async def test_with_the_old_room_go_its_clients_and_not_those_of_the_new_one(
    store: Store,
) -> None:
    await recreated(store)
    late, here = a_client("a1", incarnation="one"), a_client("b2", incarnation="two")
    unknown = a_client("c3", incarnation="")
    await store.write([SaveClient(client) for client in (late, here, unknown)])
    await store.write([ForgetRoom(LOBBY, "one")])
    assert await store.list_clients() == [here, unknown]
    await store.write([ForgetRoom(LOBBY, "two")])
    assert await store.list_clients() == []


async def test_clients_of_the_old_room_are_no_use_of_the_new_one(store: Store) -> None:
    await recreated(store)
    await store.write([SaveClient(a_client("a1", incarnation="one"))])
    await store.write([ForgetRoom(LOBBY, "two", if_unused=True)])
    assert await store.list_rooms() == []


async def test_a_client_of_a_server_that_knows_no_incarnations_is_in_the_room_of_its_id(
    store: Store,
) -> None:
    unknown = a_client("a1", session="s1", away_since=9.0, incarnation="")
    await store.create_room(NEW)
    await store.write([SaveClient(unknown), ForgetRoom(LOBBY, "two", if_unused=True)])
    assert await store.find_room(LOBBY) == StoredRoom(NEW, (unknown,))
    assert await store.find_session(SessionDigest("s1")) == StoredRoom(NEW, (unknown,))


async def test_a_client_goes_with_its_room_into_the_next_incarnation(store: Store) -> None:
    before = a_client("a1", away_since=9.0, incarnation="one")
    await recreated(store)
    await store.write([SaveClient(before), SaveClient(evolve(before, incarnation="two"))])
    assert await store.find_room(LOBBY) == StoredRoom(NEW, (evolve(before, incarnation="two"),))


async def test_of_two_clients_with_one_session_one_of_an_old_room_is_not_meant(
    store: Store,
) -> None:
    await recreated(store)
    await store.create_room(a_room("hall"))
    late = a_client("a1", joined_at=2.0, session="s1", away_since=9.0, incarnation="one")
    here = a_client("b2", "hall", joined_at=1.0, session="s1", away_since=9.0)
    await store.write([SaveClient(late), SaveClient(here)])
    assert await store.find_session(SessionDigest("s1")) == StoredRoom(a_room("hall"), (here,))


async def test_a_room_that_names_no_incarnation_is_named_by_its_time(store: Store) -> None:
    first, second = RoomRecord(LOBBY, "Lobby", 1.0), RoomRecord(LOBBY, "Lobby", 2.0)
    assert await store.create_room(first)
    await store.write([ForgetRoom(LOBBY, first.incarnation)])
    assert await store.create_room(second)
    await store.write([ForgetRoom(LOBBY, first.incarnation)])
    assert await store.find_room(LOBBY) == StoredRoom(second)


async def test_what_one_server_knows_of_a_room_harms_no_room_that_another_made(
    open_again: OpenStore,
) -> None:
    async with open_again() as one, open_again() as other:
        await one.create_room(OLD)
        found = await one.find_room(LOBBY)
        assert found is not None
        await other.write([ForgetRoom(LOBBY, "one")])
        assert await other.create_room(NEW)
        await one.write([ForgetRoom(LOBBY, found.room.incarnation, if_unused=True)])
        assert await other.find_room(LOBBY) == StoredRoom(NEW)
