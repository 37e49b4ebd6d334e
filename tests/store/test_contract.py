"""The contract of every store, run over all of them (`STORES` in conftest.py).

`test_contract_nodes.py` has the contract about sessions and nodes, `test_contract_rooms.py`
about changes of rooms, `test_contract_bans.py` about bans and invitations, and
`test_contract_incarnations.py` about successive rooms with one id. `test_contract_model.py`
compares each store with the one in memory.
"""

import asyncio
import math
from contextlib import suppress

import pytest
from attrs import evolve

from camus_core.effects import (
    ForgetClient,
    ForgetRoom,
    SaveClient,
)
from camus_core.records import (
    BanRecord,
    ClientId,
    ClientRecord,
    NetworkAddress,
    RoomId,
    RoomRecord,
    SessionDigest,
    StoredRoom,
)
from camus_core.store import Store
from store.conftest import OpenStore
from store.samples import (
    FIRST_INCARNATION,
    a_client,
    a_room,
    an_invitation,
    bans,
    invites,
    locks,
)

LOBBY = RoomId("lobby")


async def test_a_room_is_found_as_it_was_created(store: Store) -> None:
    room = RoomRecord(
        id=LOBBY,
        name="The lobby",
        created_at=1_762_473_600.125,
        public=True,
        password_hash="scrypt$16384$8$1$c2FsdA==$aGFzaA==",
        guest_limit=12,
        empty_for=300.0,
        owner_digest="5e884898",
        locked=True,
        revision=3,
        starts_locked=True,
        not_before=1_762_473_660.25,
        expires=1_762_560_000.5,
        encrypted=True,
    )
    assert await store.create_room(room) is True
    found = await store.find_room(LOBBY)
    assert found == StoredRoom(room)
    assert found is not None and (found.room.public, found.room.locked) == (True, True)
    assert (found.room.starts_locked, found.room.encrypted) == (True, True)
    assert await store.list_rooms() == [room]


async def test_a_room_with_nothing_but_defaults_is_found_as_it_was_created(
    store: Store,
) -> None:
    await store.create_room(a_room("lobby"))
    assert await store.find_room(LOBBY) == StoredRoom(a_room("lobby"))


async def test_a_client_comes_back_as_it_was_saved(store: Store) -> None:
    client = ClientRecord(
        id=ClientId("a1"),
        room_id=LOBBY,
        username="Ann",
        joined_at=5.0,
        role="moderator",
        node="node-1",
        session_digest=SessionDigest("5e884898"),
        away_since=7.5,
        session_snapshot='["count",7,[]]',
        identity="ted@example.com",
        username_asserted=True,
        address=NetworkAddress("2001:db8::/64"),
        guest_digest="5e884899",
    )
    await store.create_room(a_room("lobby"))
    await store.write([SaveClient(client)])
    [listed] = await store.list_clients()
    assert (listed, listed.username_asserted) == (client, True)
    assert await store.find_room(LOBBY) == StoredRoom(a_room("lobby"), (client,))
    assert await store.find_session(SessionDigest("5e884898")) == StoredRoom(
        a_room("lobby"), (client,)
    )


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
    assert await store.find_room(LOBBY) == StoredRoom(rooms[created.index(True)])


async def test_rooms_are_listed_by_the_characters_of_their_ids(store: Store) -> None:
    for id in ["b", "a0", "ab", "a-b", "a", "a-", "0"]:
        await store.create_room(a_room(id))
    listed = [room.id for room in await store.list_rooms()]
    assert listed == ["0", "a", "a-", "a-b", "a0", "ab", "b"]


async def test_only_public_rooms_are_listed_where_only_they_are_wanted(store: Store) -> None:
    b, a, hidden = a_room("b", public=True), a_room("a", public=True), a_room("aa")
    for room in [b, hidden, a]:
        await store.create_room(room)
    assert await store.list_rooms(public=True) == [a, b]
    assert await store.list_rooms() == [a, hidden, b]


async def test_no_more_rooms_are_listed_than_are_wanted_and_those_are_the_first(
    store: Store,
) -> None:
    rooms = [a_room(id, public=id != "b") for id in "abcd"]
    for room in reversed(rooms):
        await store.create_room(room)
    assert await store.list_rooms(limit=2) == rooms[:2]
    assert await store.list_rooms(public=True, limit=2) == [rooms[0], rooms[2]]
    assert await store.list_rooms(public=True, limit=9) == [rooms[0], *rooms[2:]]
    assert await store.list_rooms(limit=0) == []


async def test_clients_are_listed_in_order_of_joining(store: Store) -> None:
    first, second = a_client("ff", joined_at=1.0), a_client("00", joined_at=2.0)
    twin = a_client("0f", joined_at=2.0)
    await store.write([SaveClient(twin), SaveClient(second), SaveClient(first)])
    assert await store.list_clients() == [first, second, twin]


async def test_a_room_is_found_with_its_own_clients_in_order_of_joining(store: Store) -> None:
    first = a_client("ff", joined_at=1.0, away_since=9.0)
    second = a_client("00", joined_at=2.0, away_since=9.0)
    twin = a_client("0f", joined_at=2.0, away_since=9.0)
    stranger = a_client("aa", room="hall", away_since=9.0)
    await store.create_room(a_room("lobby"))
    await store.write([SaveClient(client) for client in [twin, stranger, second, first]])
    found = await store.find_room(LOBBY)
    assert found == StoredRoom(a_room("lobby"), (first, second, twin))


async def test_saving_a_client_again_replaces_it(store: Store) -> None:
    renamed = evolve(a_client("a1"), username="Anna", room_id=RoomId("hall"))
    await store.write([SaveClient(a_client("a1"))])
    await store.write([SaveClient(renamed)])
    assert await store.list_clients() == [renamed]


async def test_forgetting_a_room_forgets_its_clients_and_no_others(store: Store) -> None:
    await store.create_room(a_room("lobby"))
    await store.create_room(a_room("hall"))
    await store.write([SaveClient(a_client("a1")), SaveClient(a_client("b2", room="hall"))])
    await store.write([ForgetRoom(LOBBY, FIRST_INCARNATION)])
    assert await store.list_rooms() == [a_room("hall")]
    assert await store.list_clients() == [a_client("b2", room="hall")]


async def test_a_room_that_is_forgotten_if_unused_stays_while_somebody_is_in_it(
    store: Store,
) -> None:
    await store.create_room(a_room("lobby"))
    await store.create_room(a_room("hall"))
    await store.write([SaveClient(a_client("a1", node="node-1"))])
    unused = [
        ForgetRoom(RoomId(id), FIRST_INCARNATION, if_unused=True)
        for id in ["lobby", "hall", "nowhere"]
    ]
    await store.write(unused)
    assert await store.list_rooms() == [a_room("lobby")]
    assert await store.list_clients() == [a_client("a1", node="node-1")]
    await store.write([ForgetClient(ClientId("a1"), "node-1"), *unused])
    assert await store.list_rooms() == []


async def test_a_room_that_was_forgotten_can_be_created_anew(store: Store) -> None:
    await store.create_room(a_room("lobby", name="old"))
    await store.write([ForgetRoom(LOBBY, FIRST_INCARNATION)])
    assert await store.create_room(a_room("lobby", name="new")) is True


async def test_forgetting_what_is_not_there_changes_nothing(store: Store) -> None:
    await store.create_room(a_room("lobby"))
    await store.write(
        [ForgetRoom(RoomId("hall"), FIRST_INCARNATION), ForgetClient(ClientId("a1"))]
    )
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
    await store.write(
        [ann, ForgetClient(ClientId("a1")), ann, ForgetRoom(LOBBY, FIRST_INCARNATION), ann]
    )
    assert await store.list_clients() == [a_client("a1")]
    await store.write([ann, ForgetRoom(LOBBY, FIRST_INCARNATION)])
    assert await store.list_clients() == []


async def test_hundreds_of_changes_are_one_write(store: Store) -> None:
    clients = [a_client(f"{number:032x}", joined_at=float(number)) for number in range(800)]
    await store.write([SaveClient(client) for client in clients])
    assert await store.list_clients() == clients


@pytest.mark.parametrize(
    "time", [0.1 + 0.2, 1_762_473_600.123_456_7, math.nextafter(2e9, 0), 5e-324, 1e300, 7]
)
async def test_times_come_back_exactly(store: Store, time: float) -> None:
    room = evolve(a_room("lobby", created_at=time), empty_for=time)
    here = a_client("a1", joined_at=time, node="node-1")
    away = a_client("b2", joined_at=time, node="node-1", away_since=time)
    await store.create_room(room)
    alive_at = await store.renew("node-1", stale_seconds=60.0)
    await store.write([SaveClient(here), SaveClient(away)])
    assert await store.list_clients() == [here, away]
    found = await store.find_room(LOBBY)
    assert found == StoredRoom(room, (evolve(here, away_since=alive_at), away))


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", "'; DROP TABLE camus_rooms; --", "%s %(id)s ? :id {} \\", "a\nb\tc\x01"],
        *["e\u0301 \u00e9", "\u202e\u05d0\u05d1", "👩‍👩‍👧", "\ufeff\ufffe\uffff", "\U0010ffff"],
    ],
)
async def test_any_text_comes_back_as_it_was(store: Store, text: str) -> None:
    client = evolve(
        a_client("a1", away_since=9.0), username=text, session_snapshot=text, identity=text
    )
    room, ban = a_room("lobby", name=text), BanRecord(text, text, username=text, by=text)
    invitation = evolve(an_invitation(text), name=text, by=text)
    await store.create_room(room)
    await store.write([SaveClient(client), bans(room, ban), invites(room, invitation)])
    found = StoredRoom(room, (client,), (ban,), (invitation,))
    assert await store.find_room(LOBBY) == found


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
    assert await store.find_room(LOBBY) == StoredRoom(a_room("lobby"))


async def test_what_was_acknowledged_is_there_when_the_store_is_opened_again(
    open_again: OpenStore,
) -> None:
    async with open_again() as store:
        await store.create_room(a_room("lobby"))
        alive_at = await store.renew("node-1", stale_seconds=60.0)
        room = evolve(a_room("lobby"), locked=True)
        client = evolve(
            a_client("a1", node="node-1", session="s1"), identity="ann", username_asserted=True
        )
        await store.write([locks(room), SaveClient(client)])
    async with open_again() as store:
        assert await store.list_rooms() == [room]
        assert await store.list_clients() == [client]
        assert await store.find_session(SessionDigest("s1")) == StoredRoom(
            room, (evolve(client, away_since=alive_at),)
        )


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
        assert await other.find_room(LOBBY) == StoredRoom(a_room("lobby"))
        locked = evolve(a_room("lobby"), locked=True)
        await one.write([locks(locked)])
        assert await other.find_room(LOBBY) == StoredRoom(locked)
        await other.write([ForgetRoom(LOBBY, FIRST_INCARNATION)])
        await one.write([locks(locked)])
        assert await one.find_room(LOBBY) is None


async def test_stores_that_open_a_new_database_at_once_all_come_up(
    open_again: OpenStore,
) -> None:
    stores = [open_again() for _ in range(8)]
    await asyncio.gather(*(store.__aenter__() for store in stores))
    created = [await store.create_room(a_room("lobby")) for store in stores]
    assert created.count(True) == 1
    await asyncio.gather(*(store.__aexit__(None, None, None) for store in stores))
