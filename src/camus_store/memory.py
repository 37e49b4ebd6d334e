"""A store in the memory of this process, for tests and for servers that need no durability."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self, assert_never

from attrs import evolve

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
from camus_core.records import (
    BanRecord,
    ClientId,
    ClientRecord,
    InvitationRecord,
    RoomId,
    RoomRecord,
    RoomValue,
    SessionDigest,
    StoredRoom,
)


def _clock() -> float:
    """Return a monotonic time in seconds, in which 0.0 is long past even after a reboot."""
    return 1e9 + time.monotonic()


class MemoryStore:
    """A `Store` that keeps its data until the process ends, shared with no other store.

    Args:
        clock: The store's clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = _clock) -> None:
        self._clock = clock
        self._rooms: dict[RoomId, RoomRecord] = {}
        self._bans: dict[RoomId, dict[str, BanRecord]] = {}
        self._invitations: dict[RoomId, dict[str, InvitationRecord]] = {}
        self._clients: dict[ClientId, ClientRecord] = {}
        self._clients_of: dict[RoomId, set[ClientId]] = {}
        self._alive_at: dict[str, float] = {}

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

    async def find_room(self, room_id: RoomId) -> StoredRoom | None:
        room = self._rooms.get(room_id)
        if room is None:
            return None
        clients = sorted(self._clients_in(room), key=_joining)
        bans = self._bans.get(room_id, {}).values()
        invitations = self._invitations.get(room_id, {}).values()
        return StoredRoom(
            room,
            tuple(map(self._as_read, clients)),
            tuple(sorted(bans, key=lambda ban: (ban.at or 0.0, ban.id))),
            tuple(sorted(invitations, key=lambda one: (one.created_at, one.id))),
        )

    async def find_session(self, digest: SessionDigest) -> StoredRoom | None:
        candidates = [
            client
            for client in self._clients.values()
            if client.session_digest == digest
            and (room := self._rooms.get(client.room_id)) is not None
            and client.is_in(room)
        ]
        return (
            await self.find_room(max(candidates, key=_joining).room_id) if candidates else None
        )

    async def update_room(
        self, room_id: RoomId, incarnation: str, changes: Mapping[str, RoomValue]
    ) -> RoomRecord | None:
        room = self._find(room_id, incarnation)
        if room is not None:
            room = self._rooms[room_id] = room.updated(changes)
        return room

    async def use_invitation(
        self, room_id: RoomId, incarnation: str, invitation_id: str
    ) -> bool:
        if self._find(room_id, incarnation) is None:
            return False
        invitations = self._invitations.get(room_id, {})
        invitation = invitations.get(invitation_id)
        if invitation is None or invitation.used == invitation.uses:
            return False
        invitations[invitation_id] = evolve(invitation, used=invitation.used + 1)
        return True

    async def list_rooms(
        self, *, public: bool = False, limit: int | None = None
    ) -> list[RoomRecord]:
        rooms = [room for room in self._rooms.values() if room.public or not public]
        return sorted(rooms, key=lambda room: room.id)[:limit]

    async def list_clients(self) -> list[ClientRecord]:
        return sorted(self._clients.values(), key=_joining)

    async def write(self, changes: Sequence[Change]) -> None:
        for change in changes:
            match change:
                case SaveLock(room_id, incarnation, locked):
                    room = self._find(room_id, incarnation)
                    if room is not None:
                        self._rooms[room_id] = evolve(room, locked=locked)
                case SaveBan(room_id, incarnation, ban):
                    if self._find(room_id, incarnation) is not None:
                        self._bans.setdefault(room_id, {})[ban.id] = ban
                case ForgetBan(room_id, incarnation, ban_id):
                    if self._find(room_id, incarnation) is not None:
                        self._bans.get(room_id, {}).pop(ban_id, None)
                case SaveInvitation(room_id, incarnation, invitation):
                    if self._find(room_id, incarnation) is not None:
                        invitations = self._invitations.setdefault(room_id, {})
                        invitations.setdefault(invitation.id, invitation)
                case ForgetInvitation(room_id, incarnation, invitation_id):
                    if self._find(room_id, incarnation) is not None:
                        self._invitations.get(room_id, {}).pop(invitation_id, None)
                case ForgetRoom(room_id, incarnation, if_unused):
                    room = self._find(room_id, incarnation)
                    if not if_unused or (room is not None and not self._clients_in(room)):
                        self._forget_room(room_id, incarnation, room is not None)
                case SaveClient(client=client, takes_over=takes_over):
                    if takes_over or self._may_change(client.id, client.node):
                        self._forget_client(client.id)
                        self._clients[client.id] = client
                        self._clients_of.setdefault(client.room_id, set()).add(client.id)
                case ForgetClient(client_id=client_id, node=node):
                    if node is None or self._may_change(client_id, node):
                        self._forget_client(client_id)
                case _:
                    assert_never(change)

    async def renew(self, node: str, stale_seconds: float) -> float:
        now = self._clock()
        stale_before = now - stale_seconds
        live = {id: at for id, at in self._alive_at.items() if at >= stale_before}
        self._alive_at = live | {node: now}
        for client in list(self._clients.values()):
            is_stale = client.away_since is None or client.away_since < stale_before
            if is_stale and client.node not in self._alive_at:
                self._forget_client(client.id)
        return now

    async def release(self, node: str) -> None:
        self._alive_at.pop(node, None)

    def _find(self, room_id: RoomId, incarnation: str) -> RoomRecord | None:
        """Return the room with this id, if it has this incarnation."""
        room = self._rooms.get(room_id)
        return room if room is not None and room.incarnation == incarnation else None

    def _as_read(self, client: ClientRecord) -> ClientRecord:
        if client.away_since is not None:
            return client
        return evolve(client, away_since=self._alive_at.get(client.node, 0.0))

    def _may_change(self, client_id: ClientId, node: str) -> bool:
        client = self._clients.get(client_id)
        return client is None or client.node == node

    def _clients_in(self, room: RoomRecord) -> list[ClientRecord]:
        clients = map(self._clients.__getitem__, self._clients_of.get(room.id, ()))
        return [client for client in clients if client.is_in(room)]

    def _forget_room(self, room_id: RoomId, incarnation: str, exists: bool) -> None:
        if exists:
            del self._rooms[room_id]
            self._bans.pop(room_id, None)
            self._invitations.pop(room_id, None)
        for client_id in list(self._clients_of.get(room_id, ())):
            clients_incarnation = self._clients[client_id].incarnation
            if clients_incarnation == incarnation or (exists and not clients_incarnation):
                self._forget_client(client_id)

    def _forget_client(self, client_id: ClientId) -> None:
        client = self._clients.pop(client_id, None)
        if client is not None:
            others = self._clients_of[client.room_id]
            others.discard(client_id)
            if not others:
                del self._clients_of[client.room_id]


def _joining(client: ClientRecord) -> tuple[float, ClientId]:
    return client.joined_at, client.id
