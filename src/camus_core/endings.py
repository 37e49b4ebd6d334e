"""Endings: a room is closed for everyone, by an owner, by the operator, or at its time.

All places end at once, and the members hear of it by the close code of their own connection:
messages about each other would cost the square of their number.
"""

from attrs import define

from .admission.waiting_room import WaitingRooms
from .client_connection import ClientConnection
from .effects import Close, Effect
from .events import ConnectionId, Received, Timestamp
from .orders import OrderGiver, OrderHandlers
from .records import RoomId, RoomRecord
from .rooms.member import Member, SessionMember
from .rooms.registry import RoomRegistry
from .rooms.room import Room
from .sessions.sessions import Sessions
from .wire import messages as m
from .wire.errors import ROOM_ENDED, CloseCode, RoomEnded, RoomNotFound


@define(eq=False)
class Endings:
    """The order `end-room`, and rooms that expire."""

    rooms: RoomRegistry
    sessions: Sessions
    waiting_rooms: WaitingRooms
    connections: dict[ConnectionId, ClientConnection]

    def order_handlers(self) -> OrderHandlers:
        """Return the handler of the operator's order."""
        return {m.EndRoom: self._obey}

    def end_room(
        self, connection: ClientConnection, order: m.EndRoom, event: Received, now: Timestamp
    ) -> list[Effect]:
        """Handle an owner's `end-room`; the reply comes before the end."""
        room = connection.joined_member.room
        done = connection.reply(m.Done, None, order.id)
        return done + self._end(room, order.data.reason, now)

    def _obey(
        self, room: Room, order: m.EndRoom, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        return self._end(room, order.data.reason, now)

    def end(self, record: RoomRecord, reason: str | None, now: Timestamp) -> list[Effect]:
        """End a room that the operator has found in the store, also one without members."""
        room = self.rooms.find(record.id)
        effects = [] if room is None else self._end(room, reason, now)
        if room is None or room.record.incarnation != record.incarnation:
            effects += self.rooms.end(record, now)
        return effects

    def expire(self, room_id: RoomId, now: Timestamp) -> list[Effect]:
        """End a room if its time has come; otherwise watch it again."""
        room = self.rooms.find(room_id)
        if room is None or not self.rooms.has_expired(room.record, now):
            if room is not None:
                self.rooms.watch_expiry(room)
            return []
        return self._end(room, None, now)

    def _end(self, room: Room, reason: str | None, now: Timestamp) -> list[Effect]:
        error = RoomEnded(reason=reason)
        effects: list[Effect] = []
        for member in room.members.values():
            effects += self._close(member, error)
            if isinstance(member, SessionMember):
                self.sessions.remove(member)
        effects += room.end(now)
        for waiting in self.waiting_rooms.clients_of(room):
            effects += self.waiting_rooms.remove(waiting.attempt.connection)
            effects += waiting.refuse(error)
        return effects + self.rooms.end(room.record, now)

    def _close(self, member: Member, error: RoomEnded) -> list[Effect]:
        """Close a member's connection; one of the session profile is told the reason first."""
        told = member.tell_reason(error)
        connection, member.connection = member.connection, None
        if connection is None:
            return []
        del self.connections[connection]
        keeps_session = member.profile.keeps_session
        code = ROOM_ENDED if keeps_session else CloseCode.of(RoomNotFound)
        return [*told, Close.of(connection, code)]
