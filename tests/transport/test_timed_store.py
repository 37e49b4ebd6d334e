"""The store that times another one: each call is recorded and otherwise unchanged."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from itertools import accumulate

import pytest
from attrs import evolve

from camus_core.effects import ForgetRoom, SaveClient
from camus_core.records import (
    ClientId,
    ClientRecord,
    RoomId,
    RoomRecord,
    SessionDigest,
    StoredRoom,
)
from camus_core.store import Store
from camus_core.wire.errors import StoreUnavailable
from camus_transport.server.counts import BUCKETS, Counts, Timing
from camus_transport.server.timed_store import TimedStore
from transport.failing_store import FailingStore

LOBBY = RoomRecord(RoomId("lobby"), "Lobby", 1.0)
OPEN = RoomRecord(RoomId("open"), "Open", 1.0, public=True)
ANN = ClientRecord(
    ClientId("a" * 32),
    LOBBY.id,
    "Ann",
    2.0,
    node="this",
    session_digest=SessionDigest("s" * 64),
)


def timing_of(*seconds: float, errors: int = 0) -> Timing:
    """Return the record of calls that took this long."""
    timing = Timing(errors=errors)
    for each in seconds:
        timing.add(each)
    return timing


def clock_for_calls(*seconds: float) -> Iterator[float]:
    """Return the times that a clock shows at the beginning and the end of each call."""
    return accumulate(each for call in seconds for each in (1.0, call))


async def test_each_operation_does_what_it_does_and_is_timed() -> None:
    counts, store = Counts(), FailingStore()
    clock = clock_for_calls(0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
    timed: Store = TimedStore(store, counts.store, lambda: next(clock))
    async with timed:
        assert await timed.create_room(LOBBY)
        assert not await timed.create_room(LOBBY)
        await timed.write([SaveClient(ANN)])
        renewed_at = await timed.renew("this", 60.0)
        ann = evolve(ANN, away_since=renewed_at)
        assert await timed.find_room(LOBBY.id) == StoredRoom(LOBBY, (ann,))
        assert await timed.find_session(SessionDigest("s" * 64)) == StoredRoom(LOBBY, (ann,))
        assert await timed.list_clients() == [ANN]
        await store.create_room(OPEN)
        assert await timed.list_rooms(public=True) == [OPEN]
        assert await timed.list_rooms(limit=1) == [LOBBY]
        await timed.release("this")
        updated = await timed.update_room(LOBBY.id, LOBBY.incarnation, {"name": "Hall"})
        assert updated == LOBBY.updated({"name": "Hall"})
        assert not await timed.use_invitation(LOBBY.id, LOBBY.incarnation, "i1")
    assert counts.store == {
        "create_room": timing_of(0.25, 0.5),
        "write": timing_of(1),
        "renew": timing_of(2),
        "find_room": timing_of(4),
        "find_session": timing_of(8),
        "list_clients": timing_of(16),
        "list_rooms": timing_of(32, 64),
        "release": timing_of(128),
        "update_room": timing_of(256),
        "use_invitation": timing_of(512),
    }


async def test_a_call_that_fails_is_timed_and_an_error() -> None:
    counts, store = Counts(), FailingStore()
    clock = clock_for_calls(0.5, 3)
    store.questions_fail = store.writes_fail = True
    timed = TimedStore(store, counts.store, lambda: next(clock))
    with pytest.raises(StoreUnavailable, match="the disk is on fire"):
        await timed.find_room(LOBBY.id)
    with pytest.raises(StoreUnavailable, match="the disk is on fire"):
        await timed.write([ForgetRoom(LOBBY.id, LOBBY.incarnation)])
    failed = {"find_room": timing_of(0.5, errors=1), "write": timing_of(3, errors=1)}
    assert counts.store == {**Counts().store, **failed}


async def test_a_call_whose_caller_is_cancelled_is_timed_and_no_error() -> None:
    counts, store = Counts(), FailingStore()
    clock = clock_for_calls(5)
    store.open.clear()
    timed = TimedStore(store, counts.store, lambda: next(clock))
    with suppress(TimeoutError):
        async with asyncio.timeout(0):
            await timed.find_room(LOBBY.id)
    assert counts.store == {**Counts().store, "find_room": timing_of(5)}


def test_a_call_counts_in_the_least_bucket_that_it_fits() -> None:
    timing = timing_of(0.0, BUCKETS[0], BUCKETS[0] * 1.01, BUCKETS[-1], BUCKETS[-1] * 1.01, 1e9)
    assert timing.calls == [2, 1, *[0] * (len(BUCKETS) - 3), 1, 2]
    assert timing.seconds == sum(
        [BUCKETS[0], BUCKETS[0] * 1.01, BUCKETS[-1], BUCKETS[-1] * 1.01, 1e9]
    )
