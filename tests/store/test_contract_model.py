"""The contract of every store: random changes leave the same records as in the memory store."""

import random

import pytest

from camus_core.effects import (
    Change,
    ForgetClient,
    ForgetInvitation,
    ForgetRoom,
    SaveClient,
)
from camus_core.records import BanRecord, RoomId, SessionDigest
from camus_core.store import Store
from camus_store.memory import MemoryStore
from store.samples import (
    a_client,
    a_room,
    an_invitation,
    bans,
    invites,
    locks,
    takes_back,
)


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_happens_leaves_what_the_memory_store_would_hold(
    store: Store, seed: int
) -> None:
    chance = random.Random(seed)

    def some_change() -> Change:
        client = a_client(
            chance.choice("abcd"),
            chance.choice("xyz"),
            joined_at=chance.random(),
            node=chance.choice("123"),
            session=chance.choice([None, "s", "t"]),
            away_since=chance.choice([None, now - 100.0, now + 100.0]),
            incarnation=chance.choice(["", "one", "two"]),
        )
        incarnation = chance.choice(["one", "two"])
        room = a_room(client.room_id, incarnation=incarnation)
        ban = BanRecord(chance.choice("pq"), identity="eve", at=chance.choice([None, 1.0, 2.0]))
        invitation = an_invitation(
            chance.choice("ij"), chance.choice([1.0, 2.0]), chance.choice([None, 1, 2])
        )
        choices: list[Change] = [
            SaveClient(client, takes_over=chance.random() < 0.3),
            SaveClient(client),
            ForgetClient(client.id, client.node),
            ForgetRoom(client.room_id, incarnation, if_unused=chance.random() < 0.7),
            locks(room, chance.random() < 0.5),
            bans(room, ban),
            takes_back(room, ban),
            invites(room, invitation),
            ForgetInvitation(room.id, incarnation, invitation.id),
        ]
        return chance.choice(choices)

    now = await store.renew("0", stale_seconds=50.0)
    model = MemoryStore(lambda: now)
    await model.renew("0", stale_seconds=50.0)
    for _ in range(20):
        changes = [some_change() for _ in range(chance.randrange(10))]
        node, other = chance.choice("123"), chance.choice("123")
        stale_seconds = chance.choice([0.0, 50.0])
        room = a_room(
            chance.choice("xyz"),
            created_at=chance.random(),
            incarnation=chance.choice(["one", "two"]),
        )
        assert await store.create_room(room) == await model.create_room(room)
        key = RoomId(chance.choice("xyz")), chance.choice(["one", "two"])
        id = chance.choice("ij")
        assert await store.use_invitation(*key, id) == await model.use_invitation(*key, id)
        change = {"public": chance.random() < 0.5}
        assert await store.update_room(*key, change) == await model.update_room(*key, change)
        for each in [store, model]:
            await each.write(changes)
            now = await each.renew(node, stale_seconds)
            if node < other:
                await each.release(other)
        assert await store.list_rooms() == await model.list_rooms()
        assert await store.list_clients() == await model.list_clients()
        for id in map(RoomId, "xyz"):
            assert await store.find_room(id) == await model.find_room(id)
        for session in "st":
            assert await store.find_session(SessionDigest(session)) == await model.find_session(
                SessionDigest(session)
            )
