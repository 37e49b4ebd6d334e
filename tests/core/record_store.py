"""A synchronous store of rooms and clients for tests without an event loop."""

from collections.abc import Iterable
from typing import assert_never

from attrs import define, evolve, field

from camus_core.admission.identity import Identity
from camus_core.effects import Change, ForgetClient, ForgetRoom, SaveClient, SaveRoom
from camus_core.questions import (
    Answer,
    CheckPassword,
    CreatedRoom,
    CreateRoomRecord,
    FindSession,
    Identify,
    ListPublicRooms,
    LookUpRoom,
    Question,
)
from camus_core.records import ClientId, ClientRecord, RoomId, RoomRecord, StoredRoom, digest
from camus_core.wire.errors import NotAllowed

OWNER_TOKEN = "the owner's token"
"""The owner token of every room that is created."""


@define(eq=False)
class RecordStore:
    """Rooms and clients, kept as `camus_core.store.Store` promises.

    A password is kept in plain text, so that no test waits for a hash. `tokens` maps each valid
    token to its identity.
    """

    rooms: dict[RoomId, RoomRecord] = field(factory=dict)
    clients: dict[ClientId, ClientRecord] = field(factory=dict)
    tokens: dict[str, Identity] = field(factory=dict)

    def write(self, change: Change) -> None:
        match change:
            case SaveRoom(room):
                kept = self.rooms.get(room.id)
                if kept is not None and kept.incarnation == room.incarnation:
                    self.rooms[room.id] = evolve(kept, locked=room.locked, bans=room.bans)
            case ForgetRoom(room_id, incarnation, if_unused):
                kept = self.rooms.get(room_id)
                if kept is None or kept.incarnation != incarnation:
                    return
                members = [one.id for one in self._members(room_id)]
                if not (if_unused and members):
                    del self.rooms[room_id]
                    for client_id in members:
                        del self.clients[client_id]
            case SaveClient(client, takes_over):
                if takes_over or self._was_written_by(client.node, client.id):
                    self.clients[client.id] = client
            case ForgetClient(client_id, node):
                if node is None or self._was_written_by(node, client_id):
                    self.clients.pop(client_id, None)
            case _:
                assert_never(change)

    def node_ended(self, node: str, now: float) -> None:
        """Mark the clients of an ended node as away from now on, unless they already are."""
        for client in list(self.clients.values()):
            if client.node == node and client.away_since is None:
                self.clients[client.id] = evolve(client, away_since=now)

    def forget_dead_nodes(self, node: str, stale_before: float) -> None:
        """Forget clients of other nodes that have been away since before this time."""
        for client in list(self.clients.values()):
            away_since = client.away_since
            if client.node != node and away_since is not None and away_since < stale_before:
                del self.clients[client.id]

    def find(self, question: Question) -> Answer:
        match question:
            case LookUpRoom(room_id, if_absent):
                if if_absent is not None:
                    self.rooms.setdefault(room_id, if_absent)
                return self._stored(room_id)
            case Identify(token):
                return self.tokens.get(token) or NotAllowed("nobody has this token")
            case FindSession(session):
                for client in self.clients.values():
                    room = self.rooms.get(client.room_id)
                    if (
                        client.session_digest == session
                        and room is not None
                        and client.is_in(room)
                    ):
                        return self._stored(client.room_id)
                return None
            case CheckPassword(password, room):
                return room.password_hash == password
            case CreateRoomRecord():
                return self._create(question)
            case ListPublicRooms(most):
                return self._public()[:most]
            case _:
                assert_never(question)

    def _was_written_by(self, node: str, client_id: ClientId) -> bool:
        client = self.clients.get(client_id)
        return client is None or client.node == node

    def _stored(self, room_id: RoomId) -> StoredRoom | None:
        if room_id not in self.rooms:
            return None
        return StoredRoom(self.rooms[room_id], tuple(self._members(room_id)))

    def _members(self, room_id: RoomId) -> Iterable[ClientRecord]:
        return (one for one in self.clients.values() if one.is_in(self.rooms[room_id]))

    def _public(self) -> list[RoomRecord]:
        return [room for room in self.rooms.values() if room.public]

    def _create(self, question: CreateRoomRecord) -> CreatedRoom | NotAllowed | None:
        requested = question.room
        room_id = RoomId(requested.name or "a-new-room")
        if question.allowed_ids is not None and room_id not in question.allowed_ids:
            return NotAllowed("your token is for other rooms")
        if room_id in self.rooms:
            return None
        self.rooms[room_id] = record = RoomRecord(
            room_id,
            requested.name or room_id,
            question.created_at,
            requested.public,
            requested.password,
            requested.guest_limit,
            question.empty_for,
            digest(OWNER_TOKEN),
        )
        return CreatedRoom(record, OWNER_TOKEN)
