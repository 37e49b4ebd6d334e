"""The contract of every store about the locks and bans of rooms."""

from attrs import evolve

from camus_core.effects import ForgetRoom, SaveClient, SaveRoom
from camus_core.records import RoomId, RoomRecord, StoredRoom
from camus_core.store import Store
from store.samples import FIRST_INCARNATION, a_client, a_room

LOBBY = RoomId("lobby")


async def test_saving_a_room_changes_its_lock_and_its_bans_and_no_more(store: Store) -> None:
    room = evolve(
        a_room("lobby", public=True),
        password_hash="scrypt$",
        guest_limit=7,
        owner_digest="5e88",
    )
    hall = a_room("hall")
    for each in (room, hall):
        assert await store.create_room(each) is True
    locked = evolve(room, locked=True, bans=("identity eve",))
    other = RoomRecord(
        LOBBY,
        "Another name",
        9.0,
        locked=True,
        bans=("identity eve",),
        incarnation=FIRST_INCARNATION,
    )
    await store.write([SaveRoom(other)])
    assert await store.find_room(LOBBY) == StoredRoom(locked)
    assert await store.list_rooms() == [hall, locked]
    await store.write([SaveRoom(room)])
    assert await store.find_room(LOBBY) == StoredRoom(room)


async def test_of_several_saves_of_a_room_the_last_one_counts(store: Store) -> None:
    room = a_room("lobby")
    await store.create_room(room)
    last = evolve(room, bans=("address 192.0.2.1",))
    await store.write([SaveRoom(evolve(room, locked=True)), SaveRoom(last)])
    assert await store.find_room(LOBBY) == StoredRoom(last)


async def test_saving_a_room_that_is_not_there_never_makes_it(store: Store) -> None:
    saved = SaveRoom(evolve(a_room("lobby"), locked=True))
    await store.write([saved])
    assert await store.find_room(LOBBY) is None
    await store.create_room(a_room("lobby"))
    await store.write([ForgetRoom(LOBBY, FIRST_INCARNATION), saved])
    assert await store.list_rooms() == []
    await store.create_room(a_room("lobby"))
    assert await store.find_room(LOBBY) == StoredRoom(a_room("lobby")), "it is another room"


async def test_a_room_may_be_saved_and_forgotten_at_once(store: Store) -> None:
    await store.create_room(a_room("lobby"))
    saved = SaveRoom(evolve(a_room("lobby"), locked=True))
    await store.write([saved, ForgetRoom(LOBBY, FIRST_INCARNATION, if_unused=True)])
    assert await store.list_rooms() == []
    await store.create_room(a_room("lobby"))
    await store.write([SaveClient(a_client("a1", away_since=9.0))])
    await store.write([saved, ForgetRoom(LOBBY, FIRST_INCARNATION, if_unused=True)])
    assert await store.find_room(LOBBY) == StoredRoom(
        saved.room, (a_client("a1", away_since=9.0),)
    )


async def test_a_hundred_bans_come_back_in_their_order(store: Store) -> None:
    room = a_room("lobby")
    await store.create_room(room)
    bans = tuple(f"identity {chr(0x1F600 + 97 * number % 80)}{number}" for number in range(100))
    await store.write([SaveRoom(evolve(room, bans=bans))])
    assert await store.find_room(LOBBY) == StoredRoom(evolve(room, bans=bans))
