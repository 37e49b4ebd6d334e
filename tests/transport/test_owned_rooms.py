"""Rooms that an owner, or the program around the server, changes and ends."""

import asyncio
import time

import pytest

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.errors import InvalidName, RoomNotFound, StoreUnavailable
from camus_core.wire.messages import GROUND_CONTROL
from camus_store import open_store
from camus_transport import (
    Backoff,
    ConnectionClosed,
    Dropped,
    Refused,
    Session,
    SessionEvent,
    Signaling,
    create_room,
)
from transport.failing_store import FailingStore
from transport.session_server import SECONDS, next_message


async def owner_of(
    signaling: Signaling, not_before: float | None = None, expires: float | None = None
) -> Session:
    """Return a session that joins a new room, "Lobby", as its owner."""
    port = await signaling.listen("127.0.0.1", 0)
    room = await create_room(
        f"ws://127.0.0.1:{port}/ws", name="Lobby", not_before=not_before, expires=expires
    )
    return signaling.join(room.room_id, owner_token=room.owner_token)


async def end_of(session: Session) -> ConnectionClosed:
    """Read all pending messages; return the reason for the end of the session."""
    with pytest.raises(ConnectionClosed) as raised:
        async with asyncio.timeout(SECONDS):
            while True:
                await session.receive()
    return raised.value


async def test_an_owner_changes_its_room_and_ends_it(signaling: Signaling) -> None:
    async with await owner_of(signaling) as ann, signaling.join("lobby") as ted:
        await ann.update_room(name="Attic", password="69", guest_limit=8, public=True)
        news = m.RoomUpdatedBody(False, "Attic", True, 8, True)
        updated = m.RoomUpdated(m.ROOM, news, GROUND_CONTROL)
        assert await next_message(ted, m.RoomUpdated) == updated
        with pytest.raises(Refused, match="password-required"):
            async with signaling.join("lobby"):
                pass
        async with signaling.join("lobby", password="69"):
            pass
        await ann.update_room(password=None, locked=True)
        assert ann.locked
        with pytest.raises(Refused, match="not-allowed"):
            await ted.end_room()
        await ann.end_room("It is late.")
        for session in (ann, ted):
            end = await end_of(session)
            assert end.code == 4508
            assert end.error is not None
            assert (end.error.code, end.error.reason) == ("room-ended", "It is late.")
    with pytest.raises(Refused, match="room-not-found"):
        async with signaling.join("lobby"):
            pass


async def test_a_client_creates_a_room_with_times(signaling: Signaling) -> None:
    opens = time.time() + 3600.0
    async with await owner_of(signaling, not_before=opens, expires=opens + 60.0):
        with pytest.raises(Refused, match="room-not-open") as raised:
            async with signaling.join("lobby"):
                pass
        assert raised.value.retry_after == pytest.approx(3600.0, abs=60.0)


async def test_a_client_waits_for_a_room_to_open_where_that_is_asked_for(
    signaling: Signaling,
) -> None:
    events: list[SessionEvent] = []
    patient = Backoff(retry_first_connect=True)
    async with await owner_of(signaling, not_before=time.time() + 0.5):
        session = signaling.join("lobby", on_event=events.append, backoff=patient)
        async with asyncio.timeout(SECONDS), session:
            assert session.role == "guest"
    assert [type(event) for event in events] == [Dropped]


async def test_the_program_changes_a_room_with_members_and_without(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    async with Signaling(store) as signaling:
        with pytest.raises(RoomNotFound):
            await signaling.update_room("lobby", name="Attic")
        async with signaling.join("lobby") as ann:
            with pytest.raises(InvalidName):
                await signaling.update_room("lobby", name="room")
            await signaling.update_room("lobby", name="Attic", locked=True, guest_limit=2)
            news = m.RoomUpdatedBody(False, "Attic", guest_limit=2)
            updated = m.RoomUpdated(m.ROOM, news, GROUND_CONTROL)
            assert await next_message(ann, m.RoomUpdated) == updated
            await next_message(ann, m.RoomUpdated)
            assert ann.locked
        await signaling.update_room("lobby", password="69", guest_limit=None, locked=True)
        [lobby] = await store.list_rooms()
        assert (lobby.name, lobby.guest_limit, lobby.locked) == ("Attic", None, False)
        with pytest.raises(Refused, match="password-required"):
            async with signaling.join("lobby"):
                pass


async def test_the_program_ends_a_room_with_members_and_without(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    async with Signaling(store) as signaling:
        for _ in range(2):
            with pytest.raises(RoomNotFound):
                await signaling.end_room("lobby")
        async with signaling.join("lobby") as ann:
            with pytest.raises(ValueError, match="reason"):
                await signaling.end_room("lobby", "")
            await signaling.end_room("lobby", "It is late.")
            assert (await end_of(ann)).code == 4508
        async with await owner_of(signaling) as bob:
            assert bob.role == "owner"
        await signaling.end_room("lobby")
        with pytest.raises(Refused, match="room-not-found"):
            async with signaling.join("lobby"):
                pass
        async with await owner_of(signaling):  # at once
            pass


async def test_a_store_that_fails_leaves_the_room_as_it_is() -> None:
    store = FailingStore()
    async with Signaling(store) as signaling, await owner_of(signaling) as ann:
        store.questions_fail = True
        with pytest.raises(Refused, match="unavailable"):
            await ann.update_room(name="Attic", locked=True)
        with pytest.raises(StoreUnavailable):
            await signaling.update_room("lobby", name="Attic")
        store.questions_fail = False
        assert not ann.locked
        await ann.update_room(name="Cellar")
        news = m.RoomUpdatedBody(False, "Cellar")
        updated = m.RoomUpdated(m.ROOM, news, GROUND_CONTROL)
        assert await next_message(ann, m.RoomUpdated) == updated


async def test_too_many_passwords_at_once_are_unavailable() -> None:
    async with Signaling(limits=Limits(password_checks=1)) as signaling:
        async with await owner_of(signaling) as ann:
            tries = [signaling.update_room("lobby", password=word) for word in ("a", "b")]
            _, error = await asyncio.gather(*tries, return_exceptions=True)
            assert isinstance(error, StoreUnavailable)
            news = m.RoomUpdatedBody(False, password=True)
            updated = m.RoomUpdated(m.ROOM, news, GROUND_CONTROL)
            assert await next_message(ann, m.RoomUpdated) == updated
