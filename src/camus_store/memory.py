"""A store in this process's memory: for tests, and for servers that may forget."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self, assert_never

from camus_core.effects import Change, ForgetClient, ForgetRoom, SaveClient
from camus_core.records import ClientId, ClientRecord, RoomId, RoomRecord


class MemoryStore:
    """Keeps everything until the process ends; each one is a world of its own."""

    def __init__(self) -> None:
        self._rooms: dict[RoomId, RoomRecord] = {}
        self._clients: dict[ClientId, ClientRecord] = {}
        self._clients_of: dict[RoomId, set[ClientId]] = {}

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
            match change:
                case ForgetRoom(room_id=room_id):
                    self._rooms.pop(room_id, None)
                    for client_id in self._clients_of.pop(room_id, ()):
                        del self._clients[client_id]
                case SaveClient(client=client):
                    self._forget_client(client.id)
                    self._clients[client.id] = client
                    self._clients_of.setdefault(client.room_id, set()).add(client.id)
                case ForgetClient(client_id=client_id):
                    self._forget_client(client_id)
                case _:
                    assert_never(change)

    def _forget_client(self, client_id: ClientId) -> None:
        client = self._clients.pop(client_id, None)
        if client is not None:
            others = self._clients_of[client.room_id]
            others.discard(client_id)
            if not others:
                del self._clients_of[client.room_id]
