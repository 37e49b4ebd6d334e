"""A store in this process's memory: for tests, and for servers that may forget."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self, assert_never

from camus_core.effects import Change, ForgetClient, ForgetRoom, SaveClient
from camus_core.records import ClientId, ClientRecord, RoomId, RoomRecord

from .rows import check


class MemoryStore:
    """Keeps everything until the process ends; each one is a world of its own."""

    def __init__(self) -> None:
        self._rooms: dict[RoomId, RoomRecord] = {}
        self._clients: dict[ClientId, ClientRecord] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    async def create_room(self, record: RoomRecord) -> bool:
        check(record)
        if record.id in self._rooms:
            return False
        self._rooms[record.id] = record
        return True

    async def find_room(self, room_id: RoomId) -> RoomRecord | None:
        return self._rooms.get(room_id)

    async def list_rooms(self) -> list[RoomRecord]:
        return sorted(self._rooms.values(), key=lambda room: room.id)

    async def list_clients(self) -> list[ClientRecord]:
        return sorted(self._clients.values(), key=lambda client: (client.joined_at, client.id))

    async def write(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if isinstance(change, SaveClient):
                check(change.client)
        for change in changes:
            self._carry_out(change)

    def _carry_out(self, change: Change) -> None:
        match change:
            case ForgetRoom(room_id=room_id):
                self._rooms.pop(room_id, None)
                for client in list(self._clients.values()):
                    if client.room_id == room_id:
                        del self._clients[client.id]
            case SaveClient(client=client):
                self._clients[client.id] = client
            case ForgetClient(client_id=client_id):
                self._clients.pop(client_id, None)
            case _:
                assert_never(change)
