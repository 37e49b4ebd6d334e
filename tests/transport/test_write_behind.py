"""Writes to a store: their times, their order, and retries when the store fails."""

import asyncio
import logging
from contextlib import AsyncExitStack

import pytest
from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.effects import (
    Change,
    ForgetBan,
    ForgetClient,
    ForgetInvitation,
    ForgetRoom,
    SaveBan,
    SaveClient,
    SaveInvitation,
    SaveLock,
)
from camus_core.limits import Limits
from camus_core.questions import LookUpRoom, UpdateRoom, UseInvitation
from camus_core.records import (
    BanRecord,
    ClientId,
    ClientRecord,
    InvitationRecord,
    RoomId,
    RoomRecord,
    SessionDigest,
    StoredRoom,
)
from camus_core.wire import messages as m
from camus_transport import ConnectionClosed, Peer, Refused, Signaling
from camus_transport.server.write_behind import WriteBehind
from transport.failing_store import FailingStore
from transport.raw_socket import eventually

LOBBY = RoomId("lobby")


EVE = BanRecord("e1", identity="eve", at=9.0)


def invitation_of(id: str, uses: int | None = None, used: int = 0) -> InvitationRecord:
    return InvitationRecord(id, f"digest {id}", None, "guest", "Ann", 1.0, uses=uses, used=used)


def saved_names(store: FailingStore) -> list[str]:
    return [change.client.username for change in store.log if isinstance(change, SaveClient)]


def forgotten_rooms(store: FailingStore) -> list[RoomId]:
    return [change.room_id for change in store.log if isinstance(change, ForgetRoom)]


def forgets(change: Change | RoomRecord, peer: Peer) -> bool:
    return isinstance(change, ForgetClient) and change.client_id == peer.id


async def test_of_many_changes_of_one_client_the_newest_is_written() -> None:
    store = FailingStore()
    async with Signaling(store) as signaling, signaling.connect("lobby") as peer:
        for number in range(50):
            name = m.ProfileBody(f"number {number}")
            await peer.send(m.Profile(m.GROUND_CONTROL, name))
        await eventually(lambda: saved_names(store) != [])
        assert saved_names(store) == ["number 49"]


async def test_a_storm_of_joins_is_few_writes() -> None:
    store = FailingStore()
    async with Signaling(store) as signaling, AsyncExitStack() as exits:
        for _ in range(100):
            await exits.enter_async_context(signaling.connect("lobby"))
        await eventually(lambda: len(saved_names(store)) == 100)
        assert store.writes <= 5


async def test_a_client_that_left_before_it_was_written_is_nowhere() -> None:
    store = FailingStore()
    async with Signaling(store) as signaling:
        async with signaling.connect("lobby"):
            pass
    assert await store.list_clients() == []
    assert saved_names(store) == []


async def test_what_waits_is_written_when_the_server_stops() -> None:
    store = FailingStore()
    async with Signaling(store) as signaling:
        async with signaling.connect("lobby") as peer:
            await eventually(lambda: saved_names(store) != [])
        assert not forgets(store.log[-1], peer)
    assert forgets(store.log[-1], peer)
    assert await store.list_clients() == []


async def test_who_is_connected_at_a_stop_is_no_member_afterwards() -> None:
    store = FailingStore()
    async with AsyncExitStack() as exits:
        async with Signaling(store) as signaling:
            await exits.enter_async_context(signaling.connect("lobby"))
            await eventually(lambda: saved_names(store) != [])
    async with Signaling(store):
        pass
    assert await store.list_clients() == []


async def test_a_write_that_fails_is_tried_again_and_the_call_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = FailingStore()
    async with Signaling(store) as signaling, signaling.connect("lobby") as ann:
        store.writes_fail = True
        async with signaling.connect("lobby") as bob:
            await eventually(lambda: store.failures >= 2)
            await ann.send(m.Greeting(bob.id, m.Json(b'"Hello"')))
            assert await bob.receive() == m.Greeting(bob.id, m.Json(b'"Hello"'), ann.id)
            store.writes_fail = False
            await eventually(lambda: len(saved_names(store)) == 2)
            assert {client.id for client in await store.list_clients()} == {ann.id, bob.id}
            await eventually(lambda: "the database is back" in caplog.messages)


async def test_of_what_waits_too_long_the_oldest_is_dropped() -> None:
    store = FailingStore()
    limits = Limits(unwritten_records=10)
    async with Signaling(store, limits=limits) as signaling, AsyncExitStack() as exits:
        store.writes_fail = True
        peers = [await exits.enter_async_context(signaling.connect("lobby")) for _ in range(30)]
        await eventually(lambda: store.failures >= 1)
        store.writes_fail = False
        await eventually(lambda: saved_names(store) != [])
        kept = [client.id for client in await store.list_clients()]
        assert kept == [peer.id for peer in peers[-10:]]


async def test_a_question_that_fails_refuses_that_newcomer_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = FailingStore()
    async with Signaling(store) as signaling, signaling.connect("lobby") as ann:
        store.questions_fail = True
        with pytest.raises(ConnectionClosed) as raised:
            async with signaling.connect("elsewhere"):
                pass
        assert raised.value.code == 4003
        assert raised.value.error is not None
        assert raised.value.error.code == "unavailable"
        assert raised.value.error.retry_after == 5.0
        assert "the disk is on fire" not in str(raised.value)
        async with signaling.connect("lobby") as bob:  # a room with members needs no look-up
            await bob.send(m.Greeting(ann.id, m.Json(b'"Hello"')))
            assert (await ann.receive()).sender == bob.id
        store.questions_fail = False
        async with signaling.connect("elsewhere"):
            pass
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_a_room_is_forgotten_before_it_is_made_anew() -> None:
    store = FailingStore()
    limits = Limits(room_empty_for=0.1)
    async with Signaling(store, limits=limits) as signaling:
        async with signaling.connect("lobby"):
            pass
        store.writes_fail = True
        await eventually(lambda: store.failures >= 1)
        with pytest.raises(ConnectionClosed, match="unavailable"):
            async with signaling.connect("lobby"):
                pass
        store.writes_fail = False
        async with signaling.connect("lobby"):
            rooms = [
                change for change in store.log if isinstance(change, RoomRecord | ForgetRoom)
            ]
            assert [type(change) for change in rooms] == [RoomRecord, ForgetRoom, RoomRecord]
            assert [room.id for room in await store.list_rooms()] == ["lobby"]


async def test_a_ban_is_written_before_its_room_is_looked_up_again() -> None:
    store, eves = FailingStore(), Identity("eve")
    async with Signaling(store) as signaling:
        async with signaling.join("lobby", identity=eves) as eve:
            signaling.server.order(LOBBY, m.Ban(m.GROUND_CONTROL, m.BanBody(eve.id)))
        with pytest.raises(Refused, match="banned"):
            async with signaling.join("lobby", identity=eves):
                pass
        assert [change for change in store.log if isinstance(change, SaveBan)] != []
    found = await store.find_room(LOBBY)
    assert found is not None and [ban.identity for ban in found.bans] == ["eve"]


async def test_a_ban_that_cant_be_written_lets_nobody_in() -> None:
    store, eves = FailingStore(), Identity("eve")
    async with Signaling(store) as signaling:
        async with signaling.join("lobby", identity=eves) as eve:
            store.writes_fail = True
            signaling.server.order(LOBBY, m.Ban(m.GROUND_CONTROL, m.BanBody(eve.id)))
        with pytest.raises(Refused, match="unavailable"):
            async with signaling.join("lobby", identity=eves):
                pass
        store.writes_fail = False
        with pytest.raises(Refused, match="banned"):
            async with signaling.join("lobby", identity=eves):
                pass


async def test_a_session_is_found_with_what_is_known_of_its_room_by_now() -> None:
    store = FailingStore()
    before = RoomRecord(LOBBY, "Lobby", 1.0)
    ann = ClientRecord(
        ClientId("a" * 32),
        LOBBY,
        "Ann",
        2.0,
        session_digest=SessionDigest("s1"),
        away_since=3.0,
    )
    key = before.id, before.incarnation
    ted, rufus = BanRecord("t1", at=4.0), BanRecord("r1", at=5.0)
    used, late = invitation_of("i1", used=1), invitation_of("i2")
    await store.create_room(before)
    await store.write([SaveClient(ann), SaveBan(*key, ted), SaveBan(*key, rufus)])
    await store.write([SaveInvitation(*key, used), SaveInvitation(*key, late)])
    writing = WriteBehind(store, limit=10)
    for change in (
        SaveLock(*key, True),
        SaveBan(*key, EVE),
        ForgetBan(*key, rufus.id),
        SaveBan(LOBBY, "another room of this id", rufus),
        SaveInvitation(*key, evolve(used, used=0)),
        SaveInvitation(*key, invitation_of("i3")),
        ForgetInvitation(*key, late.id),
    ):
        writing.add(change)
    assert await writing.find_session(SessionDigest("s1")) == StoredRoom(
        evolve(before, locked=True), (ann,), (ted, EVE), (used, invitation_of("i3"))
    )


async def test_a_room_is_changed_after_what_waits_for_it() -> None:
    store = FailingStore()
    lobby = RoomRecord(LOBBY, "Lobby", 1.0)
    await store.create_room(lobby)
    writing = WriteBehind(store, limit=10)
    writing.add(SaveLock(lobby.id, lobby.incarnation, True))
    renamed = UpdateRoom(lobby.id, lobby.incarnation, {"name": "Hall"})
    changed = evolve(lobby, name="Hall", revision=1, locked=True)
    assert await writing.update_room(renamed) == changed
    assert await writing.update_room(evolve(renamed, incarnation="another")) is None


async def test_an_invitation_that_waits_to_be_written_can_be_used() -> None:
    store = FailingStore()
    lobby = RoomRecord(LOBBY, "Lobby", 1.0)
    await store.create_room(lobby)
    writing = WriteBehind(store, limit=10)
    writing.add(SaveInvitation(lobby.id, lobby.incarnation, invitation_of("i1", uses=1)))
    use = UseInvitation(lobby.id, lobby.incarnation, "i1")
    assert [await writing.use_invitation(use) for _ in range(2)] == [True, False]


class SlowReads(FailingStore):
    """A store that has read already, and answers when `answers` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = asyncio.Event()

    async def find_session(self, digest: SessionDigest) -> StoredRoom | None:
        found = await super().find_session(digest)
        await self.answers.wait()
        return found


async def test_a_client_that_is_removed_while_its_session_is_read_is_not_found() -> None:
    store = SlowReads()
    digest = SessionDigest("d" * 64)
    room = RoomRecord(LOBBY, "Lobby", 0.0)
    client = ClientRecord(
        ClientId("a" * 32), LOBBY, "Ann", 0.0, node="before", session_digest=digest
    )
    await store.create_room(room)
    await store.write([SaveClient(client)])
    behind = WriteBehind(store, 10)
    reading = asyncio.create_task(behind.find_session(digest))
    await asyncio.sleep(0)
    behind.add(ForgetClient(client.id))
    await behind.flush()
    store.answers.set()
    assert await reading == StoredRoom(room)
    assert await behind.find_session(digest) is None


async def test_what_waits_for_a_room_is_not_displaced_by_what_waits_for_another_of_its_id() -> (
    None
):
    store = FailingStore()
    lobby = RoomRecord(LOBBY, "Lobby", 1.0)
    await store.create_room(lobby)
    writing = WriteBehind(store, limit=10)
    writing.add(SaveLock(lobby.id, lobby.incarnation, True))
    writing.add(SaveBan(lobby.id, lobby.incarnation, EVE))
    writing.forget_attempt(evolve(lobby, incarnation="one that may have been made"))
    locked = evolve(lobby, locked=True)
    assert await writing.look_up(LookUpRoom(LOBBY, None)) == StoredRoom(locked, (), (EVE,))
    assert len(writing) == 0


async def test_of_many_changes_of_a_room_the_newest_is_written() -> None:
    store = FailingStore()
    async with Signaling(store) as signaling, signaling.connect("lobby"):
        for number in range(7):
            lock = m.Lock(m.GROUND_CONTROL, m.LockBody(number % 2 == 0))
            signaling.server.order(LOBBY, lock)
        await eventually(lambda: saved_names(store) != [])
        saved = [change for change in store.log if isinstance(change, SaveLock)]
        assert [change.locked for change in saved] == [True]


async def test_a_room_that_was_let_empty_and_entered_again_is_not_forgotten() -> None:
    store = FailingStore()
    limits = Limits(room_empty_for=0.3)
    async with Signaling(store, limits=limits) as signaling:
        for _ in range(5):
            async with signaling.connect("lobby"):
                pass
        async with signaling.connect("lobby"), signaling.connect("other"):
            pass
        async with signaling.connect("lobby"):
            await eventually(lambda: forgotten_rooms(store) == ["other"])


async def test_a_stop_gives_up_on_a_store_that_goes_on_failing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = FailingStore()
    async with asyncio.timeout(8):
        async with Signaling(store) as signaling:
            store.writes_fail = True
            async with signaling.connect("lobby"):
                await eventually(lambda: store.failures >= 1)
    assert "1 changes could not be written to the database" in caplog.messages
