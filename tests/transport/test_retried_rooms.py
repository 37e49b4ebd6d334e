"""Rooms whose creation may have succeeded although the database failed: a retry gets them."""

import asyncio
import logging

import pytest
from attrs import evolve

from camus_core.effects import ForgetRoom
from camus_core.events import Timestamp
from camus_core.questions import CreatedRoom, CreateRoomRecord, LookUpRoom
from camus_core.records import NetworkAddress, RoomId, RoomRecord, StoredRoom
from camus_core.wire import messages as m
from camus_core.wire.errors import StoreUnavailable
from camus_transport import Refused, Signaling, create_room, join
from camus_transport.logs import RateLimitedLog
from camus_transport.server.answers import Answers
from camus_transport.server.write_behind import WriteBehind
from transport.failing_store import FailingStore
from transport.virtual_time import in_virtual_time

WISH = CreateRoomRecord(
    m.CreateRoomBody("Stage"), Timestamp(1.0), 300.0, NetworkAddress("192.0.2.1")
)
STAGE = RoomId("stage")


async def test_who_was_told_unavailable_asks_again_and_gets_the_room_as_its_owner() -> None:
    store = FailingStore()
    async with Signaling(store) as signaling:
        url = f"ws://127.0.0.1:{await signaling.listen('127.0.0.1', 0)}/ws"
        store.lost_answers = 1
        with pytest.raises(Refused, match="unavailable"):
            await create_room(url, name="Stage", password="jam")
        assert [room.id for room in await store.list_rooms()] == ["stage"]
        with pytest.raises(Refused, match="name-taken"):
            await create_room(url, name="Stage", password="another")
        made = await create_room(url, name="Stage", password="jam")
        async with join(url, room_id="stage", owner_token=made.owner_token) as ann:
            assert ann.role == "owner"
        with pytest.raises(Refused, match="name-taken"):
            await create_room(url, name="Stage", password="jam")


def answers_from(store: FailingStore) -> tuple[Answers, WriteBehind]:
    writing = WriteBehind(store, 10)
    return Answers(store, writing, 1), writing


async def test_a_retry_that_fails_too_may_be_tried_again() -> None:
    store = FailingStore()
    answers, _ = answers_from(store)
    store.lost_answers = 3
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            await answers.find(WISH)
    made = await answers.find(WISH)
    assert isinstance(made, CreatedRoom)
    assert await store.list_rooms() == [made.room]
    assert await answers.find(WISH) is None
    answers.close()


async def test_a_retry_gets_no_room_that_another_has_made_meanwhile() -> None:
    store = FailingStore()
    answers, _ = answers_from(store)
    store.lost_answers = 1
    with pytest.raises(StoreUnavailable):
        await answers.find(WISH)
    [tried] = await store.list_rooms()
    await store.write([ForgetRoom(STAGE, tried.incarnation)])
    other = RoomRecord(STAGE, "Stage", 2.0)
    assert await store.create_room(other)
    assert await answers.find(WISH) is None
    assert await store.list_rooms() == [other]
    answers.close()


async def test_a_room_is_for_the_address_alone_that_has_tried_to_make_it() -> None:
    store = FailingStore()
    answers, _ = answers_from(store)
    store.lost_answers = 1
    with pytest.raises(StoreUnavailable):
        await answers.find(WISH)
    assert await answers.find(evolve(WISH, address=NetworkAddress("203.0.113.7"))) is None
    assert isinstance(await answers.find(WISH), CreatedRoom)
    answers.close()


@in_virtual_time
async def test_a_room_for_which_nobody_asks_again_is_forgotten() -> None:
    store = FailingStore()
    answers, writing = answers_from(store)
    store.lost_answers = 1
    with pytest.raises(StoreUnavailable):
        await answers.find(WISH)
    await asyncio.sleep(59)
    await writing.flush()
    assert [room.id for room in await store.list_rooms()] == ["stage"]
    await asyncio.sleep(2)
    await writing.flush()
    assert await store.list_rooms() == []
    assert isinstance(await answers.find(WISH), CreatedRoom)
    answers.close()


async def test_a_room_made_on_demand_for_somebody_who_was_refused_is_forgotten() -> None:
    store = FailingStore()
    writing = WriteBehind(store, 10)
    wanted = LookUpRoom(STAGE, RoomRecord(STAGE, "stage", 1.0))
    store.lost_answers = 1
    with pytest.raises(StoreUnavailable):
        await writing.look_up(wanted)
    [left] = await store.list_rooms()
    found = await writing.look_up(wanted)
    assert isinstance(found, StoredRoom) and found.room.incarnation != left.incarnation
    await writing.flush()
    assert await store.list_rooms() == [found.room]


async def test_an_outage_leaves_one_line_and_a_sum(caplog: pytest.LogCaptureFixture) -> None:
    store = FailingStore()
    async with Signaling(store) as signaling:
        store.questions_fail = True
        for number in range(30):
            with pytest.raises(Refused, match="unavailable"):
                async with signaling.join(f"room-{number}"):
                    pass
    assert caplog.messages == [
        "no answer to LookUpRoom: the disk is on fire",
        "the database failed 29 more times within 60 seconds",
    ]


@in_virtual_time
async def test_of_faults_the_first_ten_of_a_minute_come_with_their_tracebacks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lines = RateLimitedLog(logging.WARNING, "%d more within %g seconds")
    for number in range(500):
        try:
            raise KeyError(number)
        except KeyError as fault:
            lines.add(f"a fault: {fault}", fault)
    assert len(caplog.records) == 10
    assert all(one.exc_info and one.levelno == logging.ERROR for one in caplog.records)
    await asyncio.sleep(61)
    assert caplog.messages[10:] == ["490 more within 60 seconds"]
