"""Rows as programs with older schemas leave them, and checks of today's reading."""

from collections.abc import Callable

from attrs import evolve

from camus_core.effects import ForgetRoom, SaveClient, SaveRoom
from camus_core.records import NetworkAddress, RoomId, RoomRecord, SessionDigest, StoredRoom
from camus_core.store import Store
from store.samples import a_client

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
    locked = evolve(lobby, locked=True, bans=("identity eve",))
    known = evolve(
        _ANN, identity="ann", username_asserted=True, address=NetworkAddress("192.0.2.1")
    )
    await store.write([SaveRoom(locked), SaveClient(known)])
    assert await store.find_room(_LOBBY.id) == StoredRoom(locked, (known,))


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
