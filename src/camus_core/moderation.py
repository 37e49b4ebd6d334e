"""Room control: who may decide about whom, and what then happens."""

from attrs import define

from .admission.admission import Admission
from .admission.permissions import RANK
from .admission.waiting_room import WaitingRooms
from .announcement_limits import AnnouncementLimits
from .client_connection import ClientConnection
from .departure import Departure
from .effects import Close, Effect
from .events import ConnectionId, Ordered, Timestamp
from .limits import Limits
from .rooms.member import Member
from .rooms.registry import RoomRegistry
from .rooms.room import Room
from .wire import messages as m
from .wire.errors import BANNED, KICKED, CloseCode, NotAllowed, RoomNotFound, UnknownReceiver
from .wire.messages import GROUND_CONTROL, Order

_ABOVE_ALL = max(RANK.values()) + 1


@define(eq=False)
class Moderation:
    """Carries out what owners and moderators want, and whoever runs the server."""

    limits: Limits
    rooms: RoomRegistry
    waiting_rooms: WaitingRooms
    admission: Admission
    departure: Departure
    announcements: AnnouncementLimits
    connections: dict[ConnectionId, ClientConnection]

    def execute(self, ordered: Ordered, now: Timestamp) -> list[Effect]:
        """Do what whoever runs the server wants.

        Raises:
            RoomNotFound: nobody is in that room.
            UnknownReceiver: the client that is meant isn't there.
            RoomFull: there is no place for whom to admit.
        """
        room = self.rooms.occupied(ordered.room_id)
        if room is None:
            raise RoomNotFound("nobody is in that room")
        return self._carry_out(room, ordered.order, _ABOVE_ALL, now)

    def request(
        self,
        connection: ClientConnection,
        member: Member,
        room: Room,
        order: Order,
        now: Timestamp,
    ) -> list[Effect]:
        """Do what a member wants, and tell it that it is done.

        Raises:
            NotAllowed: its role doesn't reach so far (rule CTRL-1).
            UnknownReceiver: the client that is meant isn't there.
            RoomFull: there is no place for whom to admit.
            RateLimited: the others have heard too much of what it changes.
        """
        if member.role == "guest":
            raise NotAllowed("guests don't decide about others")
        if isinstance(order, m.SetRole | m.Lock):
            self.announcements.charge_change(member, connection.handshake.address, now)
        effects = self._carry_out(room, order, RANK[member.role], now)
        done = m.Done(member.id, None, GROUND_CONTROL, reply_to=order.id)
        return [*effects, *connection.tell(done)]

    def _carry_out(self, room: Room, order: Order, rank: int, now: Timestamp) -> list[Effect]:
        match order:
            case m.Kick(data=who):
                member = _lower(room, who.id, rank)
                return self._send_out(room, member, "kicked", KICKED, now)
            case m.Ban(data=who):
                waiter = self.waiting_rooms.find(room, who.id)
                if waiter is not None:
                    return self.admission.ban_waiting(room, waiter)
                member = _lower(room, who.id, rank)
                effects = room.ban(member.identity, member.address, self.limits.bans)
                effects += self.admission.deny_banned(room)
                return effects + self._send_out(room, member, "banned", BANNED, now)
            case m.SetRole(data=wanted):
                return self._set_role(room, _lower(room, wanted.id, rank), wanted.role)
            case m.Lock(data=m.LockBody(locked=True)):
                return room.lock(True)
            case m.Lock():
                return self.admission.unlock(room, now)
            case m.Admit(data=who):
                return self.admission.admit(room, who.id, now)
            case m.Deny(data=who):
                return self.admission.deny(room, who.id)

    def _send_out(
        self,
        room: Room,
        member: Member,
        reason: m.LeaveReason,
        code: CloseCode,
        now: Timestamp,
    ) -> list[Effect]:
        effects: list[Effect] = []
        if member.connection is not None:
            del self.connections[member.connection]
            effects.append(Close.of(member.connection, code))
        time = m.milliseconds(room.wall.at(now))
        return effects + self.departure.leave(room, member, reason, time, now)

    def _set_role(self, room: Room, member: Member, role: m.GrantedRole) -> list[Effect]:
        if role == member.role:
            return []
        effects = room.set_role(member, role)
        if role == "moderator" and member in room.moderators():
            for waiting in self.waiting_rooms.infos_of(room):
                told = m.ClientWaiting(m.ROOM, waiting, GROUND_CONTROL)
                effects += room.tell((member,), told)
        return effects


def _lower(room: Room, client_id: str, rank: int) -> Member:
    """Return the member that is meant, if it is of a lower rank."""
    member = room.members.get(client_id)
    if member is None:
        raise UnknownReceiver
    if RANK[member.role] >= rank:
        raise NotAllowed(f"you can't decide about somebody who is {member.role}")
    return member
