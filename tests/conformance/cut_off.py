"""Store wrapper for one server, which can lose an answer or be cut off by a crash."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar

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
from camus_core.wire.errors import StoreUnavailable

Result = TypeVar("Result")


class CutOffStore:
    """A store as one server sees it; after `cut_off`, nothing that the server does has an
    effect.
    """

    def __init__(self, store: Store) -> None:
        self._whole = store
        self._crashed = False
        self._loses_answer = False

    def cut_off(self) -> None:
        self._crashed = True

    def lose_next_answer(self) -> None:
        """Carry out the next request that concerns a client, then fail as if the answer were
        lost.
        """
        self._loses_answer = True

    def _answer(self, result: Result) -> Result:
        if self._loses_answer:
            self._loses_answer = False
            raise StoreUnavailable("the answer is lost")
        return result

    @property
    def _store(self) -> Store:
        if self._crashed:
            raise StoreUnavailable("this server has crashed")
        return self._whole

    async def __aenter__(self) -> Self:
        await self._whole.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._whole.__aexit__(kind, error, traceback)

    async def create_room(self, record: RoomRecord) -> bool:
        return self._answer(await self._store.create_room(record))

    async def find_room(self, room_id: RoomId) -> StoredRoom | None:
        return self._answer(await self._store.find_room(room_id))

    async def find_session(self, digest: SessionDigest) -> StoredRoom | None:
        return self._answer(await self._store.find_session(digest))

    async def update_room(
        self, room_id: RoomId, incarnation: str, changes: Mapping[str, RoomValue]
    ) -> RoomRecord | None:
        return self._answer(await self._store.update_room(room_id, incarnation, changes))

    async def use_invitation(
        self, room_id: RoomId, incarnation: str, invitation_id: str
    ) -> bool:
        used = await self._store.use_invitation(room_id, incarnation, invitation_id)
        return self._answer(used)

    async def list_rooms(
        self, *, public: bool = False, limit: int | None = None
    ) -> list[RoomRecord]:
        return await self._store.list_rooms(public=public, limit=limit)

    async def list_clients(self) -> list[ClientRecord]:
        return await self._store.list_clients()

    async def write(self, changes: Sequence[Change]) -> None:
        await self._store.write(changes)

    async def renew(self, node: str, stale_seconds: float) -> float:
        return await self._store.renew(node, stale_seconds)

    async def release(self, node: str) -> None:
        await self._store.release(node)
