"""A store that measures the calls of another store: their durations and failures."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from camus_core.effects import Change
from camus_core.records import (
    ClientRecord,
    RoomId,
    RoomRecord,
    RoomValue,
    SessionDigest,
    StoredRoom,
)
from camus_core.store import Store

from .counts import Timing


class TimedStore:
    """A `Store` that passes each call to another store, and counts it in `timings`.

    Any exception of a call counts as an error, except the cancellation of its caller.
    """

    def __init__(
        self,
        store: Store,
        timings: Mapping[str, Timing],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._store = store
        self._timings = timings
        self._clock = clock

    async def __aenter__(self) -> Self:
        await self._store.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._store.__aexit__(kind, error, traceback)

    async def create_room(self, record: RoomRecord) -> bool:
        with self._timed("create_room"):
            return await self._store.create_room(record)

    async def find_room(self, room_id: RoomId) -> StoredRoom | None:
        with self._timed("find_room"):
            return await self._store.find_room(room_id)

    async def find_session(self, digest: SessionDigest) -> StoredRoom | None:
        with self._timed("find_session"):
            return await self._store.find_session(digest)

    async def update_room(
        self, room_id: RoomId, incarnation: str, changes: Mapping[str, RoomValue]
    ) -> RoomRecord | None:
        with self._timed("update_room"):
            return await self._store.update_room(room_id, incarnation, changes)

    async def use_invitation(
        self, room_id: RoomId, incarnation: str, invitation_id: str
    ) -> bool:
        with self._timed("use_invitation"):
            return await self._store.use_invitation(room_id, incarnation, invitation_id)

    async def list_rooms(
        self, *, public: bool = False, limit: int | None = None
    ) -> list[RoomRecord]:
        with self._timed("list_rooms"):
            return await self._store.list_rooms(public=public, limit=limit)

    async def list_clients(self) -> list[ClientRecord]:
        with self._timed("list_clients"):
            return await self._store.list_clients()

    async def write(self, changes: Sequence[Change]) -> None:
        with self._timed("write"):
            await self._store.write(changes)

    async def renew(self, node: str, stale_seconds: float) -> float:
        with self._timed("renew"):
            return await self._store.renew(node, stale_seconds)

    async def release(self, node: str) -> None:
        with self._timed("release"):
            await self._store.release(node)

    @contextmanager
    def _timed(self, operation: str) -> Iterator[None]:
        timing = self._timings[operation]
        began = self._clock()
        try:
            yield
        except Exception:
            timing.errors += 1
            raise
        finally:
            timing.add(self._clock() - began)
