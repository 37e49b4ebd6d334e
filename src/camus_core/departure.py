"""Departure: how connections end, how members leave, and what follows."""

from attrs import define

from .admission.admission import Admission
from .admission.waiting_room import WaitingRooms
from .client_connection import ClientConnection
from .effects import Close, Effect, ForgetClient
from .events import ConnectionId, Timestamp
from .limits import Limits
from .rooms.member import Member, SessionMember
from .rooms.registry import RoomRegistry
from .rooms.room import Room
from .sessions.sessions import Sessions
from .wire import messages as m
from .wire.errors import LEFT, SLOW_CONSUMER, STOPPING, CloseCode
from .wire.messages import Json, LeaveReason

GOING_AWAY = 1001
"""The close code of a browser whose page is closed or reloaded (RFC 6455, section 7.4.1)."""


@define(eq=False)
class Departure:
    """The ends of connections and memberships, in both profiles."""

    limits: Limits
    rooms: RoomRegistry
    sessions: Sessions
    waiting_rooms: WaitingRooms
    admission: Admission
    connections: dict[ConnectionId, ClientConnection]

    def say_bye(self, connection: ClientConnection, data: Json, now: Timestamp) -> list[Effect]:
        """Carry out a client's `bye` to the server: it leaves, and its connection is closed."""
        del self.connections[connection.id]
        effects = self.waiting_rooms.remove(connection)
        if connection.member is not None:
            time = self._milliseconds(now) if data == m.NULL else data
            effects = self.leave(connection.member, "left", time, now)
        return [*effects, Close.of(connection.id, LEFT)]

    def drop(
        self, connection_id: ConnectionId, code: int | None, now: Timestamp
    ) -> list[Effect]:
        """Handle the end of a connection without `bye`: hold the place, or end it.

        The place of a client with a session is held; a client of the core profile leaves.
        `code` is the client's close code, if it sent one.
        """
        connection = self.connections.pop(connection_id, None)
        if connection is None:
            return []
        member = connection.member
        if member is None:
            self.waiting_rooms.hold(connection, now)
            return []
        if isinstance(member, SessionMember):
            seconds = self.limits.place_seconds
            if code == GOING_AWAY:
                seconds = min(seconds, self.limits.reload_seconds)
            self.sessions.hold(member, seconds, now)
            return []
        return self.end_place(member, now)

    def close(
        self, connection_id: ConnectionId, code: CloseCode, now: Timestamp
    ) -> list[Effect]:
        """Close a connection that is still open, and handle its end as `drop` does."""
        if connection_id not in self.connections:
            return []
        return [Close.of(connection_id, code), *self.drop(connection_id, None, now)]

    def end_place(self, member: Member, now: Timestamp) -> list[Effect]:
        """End the place of a member whose client is gone."""
        return self.leave(member, "gone", self._milliseconds(now), now)

    def leave(
        self, member: Member, reason: LeaveReason, bye: Json, now: Timestamp
    ) -> list[Effect]:
        """End a member's place, and unlock its room once nobody is left who could admit.

        A room that starts locked is locked then.

        `bye` is the payload of the `bye` that members of the core profile receive.
        """
        room, member.connection = member.room, None
        if isinstance(member, SessionMember):
            self.sessions.remove(member)
        effects = room.leave(member, reason, bye, now)
        effects += self.admission.appoint_successor(room, member.role)
        if not room.members:
            if room.record.starts_locked:
                effects += room.lock(True)
            else:
                effects += self.admission.unlock(room, now)
        if not room.members:
            self.rooms.watch_empty(room, now)
        return effects

    def settle(self, now: Timestamp) -> list[Effect]:
        """Finish the work that an event has left.

        Slow readers are closed, reports and rosters are sent that are due, and sessions are
        broken while all of them together keep too much. Each of these may cause more of it.
        """
        effects: list[Effect] = []
        while True:
            while self.rooms.unsettled:
                effects += self._settle_room(self.rooms.unsettled.pop(0), now)
            member = self.sessions.session_to_break()
            if member is None:
                return effects
            if member.connection is not None:
                effects += self.close(member.connection, SLOW_CONSUMER, now)
            dropped = member.delivery.break_off("overflow")
            effects += member.room.report(member, dropped, "full")

    def _settle_room(self, room: Room, now: Timestamp) -> list[Effect]:
        effects: list[Effect] = []
        while room.stalled:
            member = room.stalled.pop()
            if member.connection is not None:
                effects += self.close(member.connection, SLOW_CONSUMER, now)
        effects += room.settle(now)
        self.rooms.settle_later(room, now)
        return effects

    def stop(self, now: Timestamp) -> list[Effect]:
        """End every connection, because the server stops.

        Clients are told when to reconnect, senders which messages weren't confirmed, and the
        sessions are saved for the next node.
        """
        losses = self.sessions.lose_everything()  # before `going-away`, which may not fit
        effects = self.sessions.say_going_away(now)
        for member, messages in losses:
            effects += member.room.report(member, messages, "expired")
        for room in self.rooms:
            effects += room.report_all()
        effects += self.sessions.save_everything(now)
        for connection in self.connections.values():
            if connection.member is not None and connection.member.delivery is None:
                effects.append(ForgetClient(connection.member.id, self.rooms.node))
            effects.append(Close.of(connection.id, STOPPING))
        self.connections.clear()
        self.waiting_rooms.clear()
        self.rooms.close()
        return effects

    def _milliseconds(self, now: Timestamp) -> Json:
        return m.milliseconds(self.rooms.wall.at(now))
