"""The contract of every store about changes of rooms: the lock, and the other attributes."""

import asyncio

import pytest
from attrs import evolve

from camus_core.effects import ForgetRoom, SaveClient
from camus_core.records import RoomId, RoomValue, StoredRoom
from camus_core.store import Store
from store.conftest import OpenStore
from store.samples import FIRST_INCARNATION, a_client, a_room, locks

LOBBY = RoomId("lobby")


async def test_saving_the_lock_of_a_room_changes_no_more(store: Store) -> None:
    room = evolve(
        a_room("lobby", public=True),
        password_hash="scrypt$",
        guest_limit=7,
        owner_digest="5e88",
    )
    hall = a_room("hall")
    for each in (room, hall):
        assert await store.create_room(each) is True
    await store.write([locks(room)])
    locked = evolve(room, locked=True)
    assert await store.find_room(LOBBY) == StoredRoom(locked)
    assert await store.list_rooms() == [hall, locked]
    await store.write([locks(room), locks(room, False)])
    assert await store.find_room(LOBBY) == StoredRoom(room)


async def test_saving_the_lock_of_a_room_that_is_not_there_never_makes_it(
    store: Store,
) -> None:
    saved = locks(a_room("lobby"))
    await store.write([saved])
    assert await store.find_room(LOBBY) is None
    await store.create_room(a_room("lobby"))
    await store.write([ForgetRoom(LOBBY, FIRST_INCARNATION), saved])
    assert await store.list_rooms() == []
    await store.create_room(a_room("lobby"))
    assert await store.find_room(LOBBY) == StoredRoom(a_room("lobby")), "it is another room"


async def test_a_room_may_be_locked_and_forgotten_at_once(store: Store) -> None:
    await store.create_room(a_room("lobby"))
    saved = locks(a_room("lobby"))
    await store.write([saved, ForgetRoom(LOBBY, FIRST_INCARNATION, if_unused=True)])
    assert await store.list_rooms() == []
    await store.create_room(a_room("lobby"))
    await store.write([SaveClient(a_client("a1", away_since=9.0))])
    await store.write([saved, ForgetRoom(LOBBY, FIRST_INCARNATION, if_unused=True)])
    assert await store.find_room(LOBBY) == StoredRoom(
        evolve(a_room("lobby"), locked=True), (a_client("a1", away_since=9.0),)
    )


ALL_CHANGES: dict[str, RoomValue] = {
    "name": "Another name",
    "password_hash": "scrypt$",
    "guest_limit": 12,
    "public": True,
    "starts_locked": True,
    "not_before": 1_762_473_600.25,
    "expires": 1_762_560_000.5,
}


async def test_updating_a_room_changes_the_named_attributes_alone(store: Store) -> None:
    room, here = evolve(a_room("lobby"), guest_limit=7), a_client("a1", away_since=9.0)
    await store.create_room(room)
    await store.create_room(a_room("hall"))
    await store.write([SaveClient(here), locks(room)])
    locked = evolve(room, locked=True)
    for revision, (name, value) in enumerate(ALL_CHANGES.items(), 1):
        expected = room.updated({name: value})
        updated = await store.update_room(LOBBY, FIRST_INCARNATION, {name: value})
        locked = evolve(locked, **{name: getattr(expected, name)}, revision=revision)
        assert updated == locked
    assert await store.find_room(LOBBY) == StoredRoom(locked, (here,))
    assert await store.list_rooms(public=True) == [locked]
    assert await store.list_rooms() == [a_room("hall"), locked]


async def test_updating_a_room_may_change_everything_at_once_and_take_it_back(
    store: Store,
) -> None:
    room = a_room("lobby")
    await store.create_room(room)
    changed = room.updated(ALL_CHANGES)
    assert await store.update_room(LOBBY, FIRST_INCARNATION, ALL_CHANGES) == changed
    before: dict[str, RoomValue] = {name: getattr(room, name) for name in ALL_CHANGES}
    assert await store.update_room(LOBBY, FIRST_INCARNATION, before) == evolve(room, revision=2)


async def test_updating_nothing_is_a_revision(store: Store) -> None:
    await store.create_room(a_room("lobby"))
    revised = evolve(a_room("lobby"), revision=1)
    assert await store.update_room(LOBBY, FIRST_INCARNATION, {}) == revised


async def test_updating_a_room_that_is_not_there_never_makes_it(store: Store) -> None:
    assert await store.update_room(LOBBY, FIRST_INCARNATION, {"name": "new"}) is None
    await store.create_room(a_room("lobby"))
    assert await store.update_room(LOBBY, "another", {"name": "new"}) is None
    assert await store.list_rooms() == [a_room("lobby")]


@pytest.mark.parametrize(
    "changes",
    [
        *[{"id": "hall"}, {"incarnation": "x"}, {"locked": True}, {"revision": 7}],
        *[{"color": "red"}, {"guest_limit": 0}, {"name": "a\0b"}],
    ],
)
async def test_an_attribute_that_cant_change_and_a_value_that_cant_be_are_refused(
    store: Store, changes: dict[str, RoomValue]
) -> None:
    await store.create_room(a_room("lobby"))
    with pytest.raises(ValueError):
        await store.update_room(LOBBY, FIRST_INCARNATION, changes)
    assert await store.find_room(LOBBY) == StoredRoom(a_room("lobby"))


async def test_two_servers_that_update_a_room_at_once_lose_no_change(
    open_again: OpenStore,
) -> None:
    async with open_again() as one, open_again() as other:
        await one.create_room(a_room("lobby"))
        await asyncio.gather(
            *(one.update_room(LOBBY, FIRST_INCARNATION, {"name": "new"}) for _ in range(20)),
            *(other.update_room(LOBBY, FIRST_INCARNATION, {"public": True}) for _ in range(20)),
            one.write([locks(a_room("lobby"))]),
        )
        found = evolve(a_room("lobby"), name="new", public=True, locked=True, revision=40)
        assert await other.find_room(LOBBY) == StoredRoom(found)


async def test_an_update_that_was_acknowledged_is_there_when_the_store_is_opened_again(
    open_again: OpenStore,
) -> None:
    async with open_again() as store:
        await store.create_room(a_room("lobby"))
        updated = await store.update_room(LOBBY, FIRST_INCARNATION, ALL_CHANGES)
    async with open_again() as store:
        assert await store.list_rooms() == [updated]
