"""Moderation: kick, ban, roles, the lock, and decisions about waiting clients."""

from attrs import define

from .admission.admission import Admission
from .admission.permissions import RANK
from .admission.waiting_room import WaitingRooms
from .announcement_limits import AnnouncementLimits
from .client_connection import ClientConnection
from .departure import Departure
from .effects import Close, Effect
from .events import ConnectionId, Timestamp
from .limits import Limits
from .records import RoomId
from .rooms.member import Member
from .rooms.registry import RoomRegistry
from .rooms.room import Room
from .wire import messages as m
from .wire.errors import BANNED, KICKED, CloseCode, NotAllowed, RoomNotFound, UnknownReceiver
from .wire.messages import GROUND_CONTROL, Order

_OPERATOR_RANK = max(RANK.values()) + 1
"""The rank of the operator, who decides about owners too."""


@define(eq=False)
class Moderation:
    """The orders of owners and moderators in their room, and those of the operator."""

    limits: Limits
    rooms: RoomRegistry
    waiting_rooms: WaitingRooms
    admission: Admission
    departure: Departure
    announcements: AnnouncementLimits
    connections: dict[ConnectionId, ClientConnection]

    def execute(self, room_id: RoomId, order: Order, now: Timestamp) -> list[Effect]:
        """Carry out an order of the operator.

        Raises:
            RoomNotFound: Nobody is in that room.
            UnknownReceiver: The client that the order names isn't there.
            RoomFull: The room has no place for the client to admit.
        """
        room = self.rooms.occupied(room_id)
        if room is None:
            raise RoomNotFound("nobody is in that room")
        return self._carry_out(room, order, _OPERATOR_RANK, now)

    def request(
        self,
        connection: ClientConnection,
        member: Member,
        order: Order,
        now: Timestamp,
    ) -> list[Effect]:
        """Carry out a member's order, and reply `done`.

        Raises:
            NotAllowed: The member's role isn't high enough (rule CTRL-1).
            UnknownReceiver: The client that the order names isn't there.
            RoomFull: The room has no place for the client to admit.
            RateLimited: The member, or its address, has made too many changes.
        """
        if member.role == "guest":
            raise NotAllowed("guests don't decide about others")
        if isinstance(order, m.SetRole | m.Lock):
            self.announcements.charge_change(member, connection.handshake.address, now)
        effects = self._carry_out(member.room, order, RANK[member.role], now)
        done = m.Done(member.id, None, GROUND_CONTROL, reply_to=order.id)
        return [*effects, *connection.tell(done)]

    def _carry_out(self, room: Room, order: Order, rank: int, now: Timestamp) -> list[Effect]:
        match order:
            case m.Kick(data=target):
                member = _member_below(room, target.id, rank)
                return self._expel(member, "kicked", KICKED, now)
            case m.Ban(data=target):
                waiting = self.waiting_rooms.find(room, target.id)
                if waiting is not None:
                    return self.admission.ban_waiting(room, waiting)
                member = _member_below(room, target.id, rank)
                effects = room.ban(member.identity, member.address, self.limits.bans)
                effects += self.admission.deny_banned(room)
                return effects + self._expel(member, "banned", BANNED, now)
            case m.SetRole(data=target):
                member = _member_below(room, target.id, rank)
                return self._set_role(member, target.role)
            case m.Lock(data=m.LockBody(locked=True)):
                return room.lock(True)
            case m.Lock():
                return self.admission.unlock(room, now)
            case m.Admit(data=target):
                return self.admission.admit_waiting(room, target.id, now)
            case m.Deny(data=target):
                return self.admission.deny(room, target.id)

    def _expel(
        self, member: Member, reason: m.LeaveReason, code: CloseCode, now: Timestamp
    ) -> list[Effect]:
        effects: list[Effect] = []
        if member.connection is not None:
            del self.connections[member.connection]
            effects.append(Close.of(member.connection, code))
        time = m.milliseconds(self.rooms.wall.at(now))
        return effects + self.departure.leave(member, reason, time, now)

    def _set_role(self, member: Member, role: m.GrantedRole) -> list[Effect]:
        if role == member.role:
            return []
        room = member.room
        effects = room.set_role(member, role)
        if role == "moderator" and member in room.moderators():
            for waiting in self.waiting_rooms.infos_of(room):
                notice = m.ClientWaiting(m.ROOM, waiting, GROUND_CONTROL)
                effects += room.tell((member,), notice)
        return effects


def _member_below(room: Room, client_id: str, rank: int) -> Member:
    """Return the member with this id, whose rank has to be lower than `rank`."""
    member = room.members.get(client_id)
    if member is None:
        raise UnknownReceiver
    if RANK[member.role] >= rank:
        raise NotAllowed(f"you can't decide about somebody who is {member.role}")
    return member
