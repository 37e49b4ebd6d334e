"""A memory store that fails, or makes its callers wait, when a test says so."""

import asyncio
from collections.abc import Mapping, Sequence
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
from camus_core.wire.errors import StoreUnavailable
from camus_store import open_store


class FailingStore:
    """A store that records the order of the writes it receives.

    `questions_fail` and `writes_fail` make requests fail from now on; clearing `open` makes
    questions wait. `log` has the changes and the created rooms, `failures` counts refused
    requests. The next `lost_answers` creations are carried out and reported as failures.
    """

    def __init__(self) -> None:
        self._store = open_store("memory:")
        self.questions_fail = False
        self.writes_fail = False
        self.failures = 0
        self.lost_answers = 0
        self.writes = 0
        self.log: list[Change | RoomRecord] = []
        self.open = asyncio.Event()
        self.open.set()

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
        await self._question()
        created = await self._store.create_room(record)
        if created:
            self.log.append(record)
        if self.lost_answers:
            self.lost_answers -= 1
            self._fail_if(True)
        return created

    async def find_room(self, room_id: RoomId) -> StoredRoom | None:
        await self._question()
        return await self._store.find_room(room_id)

    async def find_session(self, digest: SessionDigest) -> StoredRoom | None:
        await self._question()
        return await self._store.find_session(digest)

    async def update_room(
        self, room_id: RoomId, incarnation: str, changes: Mapping[str, RoomValue]
    ) -> RoomRecord | None:
        await self._question()
        return await self._store.update_room(room_id, incarnation, changes)

    async def use_invitation(
        self, room_id: RoomId, incarnation: str, invitation_id: str
    ) -> bool:
        await self._question()
        return await self._store.use_invitation(room_id, incarnation, invitation_id)

    async def list_rooms(
        self, *, public: bool = False, limit: int | None = None
    ) -> list[RoomRecord]:
        return await self._store.list_rooms(public=public, limit=limit)

    async def list_clients(self) -> list[ClientRecord]:
        return await self._store.list_clients()

    async def write(self, changes: Sequence[Change]) -> None:
        self._fail_if(self.writes_fail)
        self.writes += 1
        self.log += changes
        await self._store.write(changes)

    async def renew(self, node: str, stale_seconds: float) -> float:
        self._fail_if(self.writes_fail)
        return await self._store.renew(node, stale_seconds)

    async def release(self, node: str) -> None:
        self._fail_if(self.writes_fail)
        await self._store.release(node)

    async def _question(self) -> None:
        await self.open.wait()
        self._fail_if(self.questions_fail)

    def _fail_if(self, failing: bool) -> None:
        if failing:
            self.failures += 1
            raise StoreUnavailable("the disk is on fire")
