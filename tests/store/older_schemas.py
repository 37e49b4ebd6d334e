"""Rows as programs with older schemas leave them, and checks of today's reading."""

import json
from collections.abc import Callable

from attrs import evolve

from camus_core.effects import ForgetRoom, SaveClient
from camus_core.records import (
    BanRecord,
    NetworkAddress,
    RoomId,
    RoomRecord,
    SessionDigest,
    StoredRoom,
)
from camus_core.store import Store
from store.samples import a_client, bans, locks, takes_back

WRITTEN = (
    "INSERT INTO camus_rooms VALUES "
    "('lobby', 'A room', 1762473600.25, true, 'scrypt$', 12, 300.0, '5e884898')",
    "INSERT INTO camus_clients VALUES "
    "('a1', 'lobby', 'Ann', 5.0, 'owner', 'node-1', 's1', 9.0, '[]')",
    "INSERT INTO camus_runs VALUES ('node-1', 10.0)",
)

_LOBBY = RoomRecord(
    id=RoomId("lobby"),
    name="A room",
    created_at=1_762_473_600.25,
    public=True,
    password_hash="scrypt$",
    guest_limit=12,
    empty_for=300.0,
    owner_digest="5e884898",
)
_ANN = evolve(
    a_client("a1", node="node-1", session="s1", away_since=9.0, incarnation=""),
    role="owner",
    session_snapshot="[]",
)


async def check_all_is_kept(store: Store) -> None:
    """Check that the room and the client of an older schema are read, and can be changed."""
    [lobby] = await store.list_rooms(public=True)
    assert lobby == evolve(_LOBBY, incarnation=lobby.incarnation)
    assert len(lobby.incarnation) >= 32
    assert await store.find_session(SessionDigest("s1")) == StoredRoom(lobby, (_ANN,))
    locked, ban = evolve(lobby, locked=True), BanRecord("e1", identity="eve", at=9.0)
    known = evolve(
        _ANN, identity="ann", username_asserted=True, address=NetworkAddress("192.0.2.1")
    )
    await store.write([locks(lobby), bans(lobby, ban), SaveClient(known)])
    assert await store.find_room(_LOBBY.id) == StoredRoom(locked, (known,), (ban,))


INSERT_BY_VERSION_3 = (
    "INSERT INTO camus_rooms (id, name, created_at, public, locked, bans) VALUES "
    "('lobby', 'A room', 1762473600.25, true, false, '[]') ON CONFLICT (id) DO NOTHING"
)
"""The statement with which a server of schema version 3, without incarnations, creates a room.
"""


async def check_incarnations(store: Store, make: Callable[[], None]) -> None:
    """Check that each room created by such a server gets an incarnation of its own."""
    incarnations = set()
    for _ in range(3):
        make()
        found = await store.find_room(_LOBBY.id)
        assert found is not None
        incarnations.add(found.room.incarnation)
        await store.write([ForgetRoom(_LOBBY.id, found.room.incarnation)])
        assert await store.find_room(_LOBBY.id) is None
    assert len(incarnations) == 3


def ban_by_version_4(*bans: str) -> str:
    """Return the statement with which a server before schema version 5 saves a room's bans."""
    listed = json.dumps(bans).replace("'", "''")
    return f"UPDATE camus_rooms SET locked = false, bans = '{listed}' WHERE id = 'lobby'"


OLD_BANS = ("identity O'Neil \N{PERFORMING ARTS}", "address 192.0.2.1")


async def banned(store: Store) -> set[tuple[str | None, NetworkAddress | None]]:
    """Return the identity and the address of each ban of the room, and check the others."""
    found = await store.find_room(_LOBBY.id)
    assert found is not None
    for ban in found.bans:
        bare = BanRecord(ban.id, identity=ban.identity, address=ban.address)
        assert ban == bare and len(ban.id) == 32
    assert len({ban.id for ban in found.bans}) == len(found.bans)
    return {(ban.identity, ban.address) for ban in found.bans}


ONEIL = ("O'Neil \N{PERFORMING ARTS}", None)
HOME = (None, NetworkAddress("192.0.2.1"))


async def check_bans_are_kept(store: Store) -> None:
    """Check that `OLD_BANS`, which an older server wrote, were copied at the migration."""
    assert await banned(store) == {ONEIL, HOME}


async def check_bans_beside(store: Store, execute: Callable[[str], None]) -> None:
    """Check the bans that an older server goes on writing after `OLD_BANS`.

    It knows no ban of another server, and goes on writing those which were taken back there.
    """
    found = await store.find_room(_LOBBY.id)
    assert found is not None
    [oneil] = [ban for ban in found.bans if ban.identity is not None]
    await store.write([takes_back(found.room, oneil)])
    execute(ban_by_version_4(*OLD_BANS, "identity eve"))
    assert await banned(store) == {HOME, ("eve", None)}
    execute(ban_by_version_4("identity eve"))
    assert await banned(store) == {HOME, ("eve", None)}
    execute(ban_by_version_4("identity eve", "identity ted"))
    assert await banned(store) == {HOME, ("eve", None), ("ted", None)}


async def check_bans_end(store: Store, execute: Callable[[str], None]) -> None:
    """Check that the bans of a room end if an older server forgets the room."""
    found = await store.find_room(_LOBBY.id)
    assert found is not None and found.bans
    execute("DELETE FROM camus_rooms WHERE id = 'lobby'")
    assert await store.create_room(found.room)
    assert await store.find_room(_LOBBY.id) == StoredRoom(found.room)
