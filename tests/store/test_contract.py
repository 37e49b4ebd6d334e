"""What every store promises: one suite over all of them (`STORES` in conftest.py)."""

import asyncio
import math
import random
from contextlib import suppress

import pytest
from attrs import evolve

from camus_core.effects import Change, ForgetClient, ForgetRoom, SaveClient
from camus_core.records import ClientId, RoomId, RoomRecord
from camus_core.store import Store
from camus_store.memory import MemoryStore
from store.conftest import OpenStore
from store.samples import a_client, a_room

LOBBY = RoomId("lobby")


async def test_a_room_is_found_as_it_was_created(store: Store) -> None:
    room = RoomRecord(
        id=LOBBY,
        name="The lobby",
        created_at=1_762_473_600.125,
        public=True,
        password="scrypt$16384$8$1$c2FsdA==$aGFzaA==",
        guest_limit=12,
        empty_for=300.0,
    )
    assert await store.create_room(room) is True
    found = await store.find_room(LOBBY)
    assert found == room
    assert found is not None and found.public is True


async def test_a_room_with_nothing_but_defaults_is_found_as_it_was_created(
    store: Store,
) -> None:
    await store.create_room(a_room("lobby"))
    assert await store.find_room(LOBBY) == a_room("lobby")


async def test_a_room_that_was_never_created_is_not_found(store: Store) -> None:
    assert await store.find_room(LOBBY) is None
    assert await store.list_rooms() == []
    assert await store.list_clients() == []


async def test_an_id_that_is_taken_is_refused_and_the_first_room_stays(store: Store) -> None:
    first = a_room("lobby", name="first")
    assert await store.create_room(first) is True
    assert await store.create_room(a_room("lobby", name="second")) is False
    assert await store.create_room(first) is False
    assert await store.list_rooms() == [first]


async def test_of_many_that_create_one_room_at_once_exactly_one_does(store: Store) -> None:
    rooms = [a_room("lobby", name=f"number {number}") for number in range(50)]
    created = await asyncio.gather(*map(store.create_room, rooms))
    assert created.count(True) == 1
    assert await store.find_room(LOBBY) == rooms[created.index(True)]


async def test_rooms_are_listed_by_the_characters_of_their_ids(store: Store) -> None:
    for id in ["b", "a0", "ab", "a-b", "a", "a-", "0"]:
        await store.create_room(a_room(id))
    listed = [room.id for room in await store.list_rooms()]
    assert listed == ["0", "a", "a-", "a-b", "a0", "ab", "b"]


async def test_clients_are_listed_in_order_of_joining(store: Store) -> None:
    first, second = a_client("ff", joined_at=1.0), a_client("00", joined_at=2.0)
    twin = a_client("0f", joined_at=2.0)
    await store.write([SaveClient(twin), SaveClient(second), SaveClient(first)])
    assert await store.list_clients() == [first, second, twin]


async def test_saving_a_client_again_replaces_it(store: Store) -> None:
    renamed = evolve(a_client("a1"), username="Anna", room_id=RoomId("hall"))
    await store.write([SaveClient(a_client("a1"))])
    await store.write([SaveClient(renamed)])
    assert await store.list_clients() == [renamed]


async def test_forgetting_a_room_forgets_its_clients_and_no_others(store: Store) -> None:
    await store.create_room(a_room("lobby"))
    await store.create_room(a_room("hall"))
    await store.write([SaveClient(a_client("a1")), SaveClient(a_client("b2", room="hall"))])
    await store.write([ForgetRoom(LOBBY)])
    assert await store.list_rooms() == [a_room("hall")]
    assert await store.list_clients() == [a_client("b2", room="hall")]


async def test_a_room_that_was_forgotten_can_be_created_anew(store: Store) -> None:
    await store.create_room(a_room("lobby", name="old"))
    await store.write([ForgetRoom(LOBBY)])
    assert await store.create_room(a_room("lobby", name="new")) is True


async def test_forgetting_what_is_not_there_changes_nothing(store: Store) -> None:
    await store.create_room(a_room("lobby"))
    await store.write([ForgetRoom(RoomId("hall")), ForgetClient(ClientId("a1"))])
    assert await store.list_rooms() == [a_room("lobby")]


async def test_a_client_may_be_saved_whose_room_is_not_stored(store: Store) -> None:
    await store.write([SaveClient(a_client("a1", room="nowhere"))])
    assert await store.list_clients() == [a_client("a1", room="nowhere")]


async def test_writing_nothing_changes_nothing(store: Store) -> None:
    await store.write([])
    assert await store.list_clients() == []


async def test_changes_are_carried_out_in_their_order(store: Store) -> None:
    await store.create_room(a_room("lobby"))
    ann = SaveClient(a_client("a1"))
    await store.write([ann, ForgetClient(ClientId("a1")), ann, ForgetRoom(LOBBY), ann])
    assert await store.list_clients() == [a_client("a1")]
    await store.write([ann, ForgetRoom(LOBBY)])
    assert await store.list_clients() == []


@pytest.mark.parametrize("seed", range(5))
async def test_any_changes_leave_what_the_memory_store_would_hold(
    store: Store, seed: int
) -> None:
    chance = random.Random(seed)

    def some_change() -> Change:
        client = a_client(chance.choice("abcd"), chance.choice("xyz"), chance.random())
        choices: list[Change] = [
            SaveClient(client),
            ForgetClient(client.id),
            ForgetRoom(client.room_id),
        ]
        return chance.choice(choices)

    model = MemoryStore()
    for _ in range(10):
        changes = [some_change() for _ in range(chance.randrange(20))]
        room = a_room(chance.choice("xyz"), created_at=chance.random())
        assert await store.create_room(room) == await model.create_room(room)
        await store.write(changes)
        await model.write(changes)
        assert await store.list_rooms() == await model.list_rooms()
        assert await store.list_clients() == await model.list_clients()


async def test_hundreds_of_changes_are_one_write(store: Store) -> None:
    clients = [a_client(f"{number:032x}", joined_at=float(number)) for number in range(800)]
    await store.write([SaveClient(client) for client in clients])
    assert await store.list_clients() == clients


@pytest.mark.parametrize(
    "time", [0.1 + 0.2, 1_762_473_600.123_456_7, math.nextafter(2e9, 0), 5e-324, 1e300, 7]
)
async def test_times_come_back_exactly(store: Store, time: float) -> None:
    await store.create_room(evolve(a_room("lobby", created_at=time), empty_for=time))
    await store.write([SaveClient(a_client("a1", joined_at=time))])
    [room], [client] = await store.list_rooms(), await store.list_clients()
    assert (room.created_at, room.empty_for, client.joined_at) == (time, time, time)


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", "'; DROP TABLE camus_rooms; --", "%s %(id)s ? :id {} \\", "a\nb\tc\x01"],
        *["e\u0301 \u00e9", "\u202e\u05d0\u05d1", "👩‍👩‍👧", "\ufeff\ufffe\uffff", "\U0010ffff"],
    ],
)
async def test_any_text_comes_back_as_it_was(store: Store, text: str) -> None:
    await store.create_room(a_room("lobby", name=text))
    await store.write([SaveClient(evolve(a_client("a1"), username=text))])
    [room], [client] = await store.list_rooms(), await store.list_clients()
    assert (room.name, client.username) == (text, text)


async def test_a_caller_that_is_cancelled_leaves_the_store_as_usable_as_before(
    store: Store,
) -> None:
    for number in range(20):
        asking = asyncio.create_task(store.create_room(a_room(f"cancelled-{number}")))
        for _ in range(number):
            await asyncio.sleep(0)  # each time, one step further
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking
    assert await store.create_room(a_room("lobby")) is True
    assert await store.find_room(LOBBY) == a_room("lobby")


async def test_what_was_acknowledged_is_there_when_the_store_is_opened_again(
    open_again: OpenStore,
) -> None:
    async with open_again() as store:
        await store.create_room(a_room("lobby"))
        await store.write([SaveClient(a_client("a1"))])
    async with open_again() as store:
        assert await store.list_rooms() == [a_room("lobby")]
        assert await store.list_clients() == [a_client("a1")]


async def test_two_stores_on_one_database_create_each_room_exactly_once(
    open_again: OpenStore,
) -> None:
    async with open_again() as one, open_again() as other:
        rooms = [a_room(f"room-{number}") for number in range(50)]
        by_one, by_other = await asyncio.gather(
            asyncio.gather(*map(one.create_room, rooms)),
            asyncio.gather(*map(other.create_room, rooms)),
        )
        assert [a + b for a, b in zip(by_one, by_other, strict=True)] == [1] * len(rooms)


async def test_what_one_store_writes_another_reads(open_again: OpenStore) -> None:
    async with open_again() as one, open_again() as other:
        await one.create_room(a_room("lobby"))
        assert await other.find_room(LOBBY) == a_room("lobby")
        await other.write([ForgetRoom(LOBBY)])
        assert await one.find_room(LOBBY) is None


async def test_stores_that_open_a_new_database_at_once_all_come_up(
    open_again: OpenStore,
) -> None:
    stores = [open_again() for _ in range(8)]
    await asyncio.gather(*(store.__aenter__() for store in stores))
    created = [await store.create_room(a_room("lobby")) for store in stores]
    assert created.count(True) == 1
    await asyncio.gather(*(store.__aexit__(None, None, None) for store in stores))
