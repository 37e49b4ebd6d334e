"""Moderation: kick, ban, roles, the lock, and decisions about waiting clients."""

from attrs import define

from .admission.admission import Admission
from .admission.waiting_room import WaitingRooms
from .client_connection import ClientConnection
from .departure import Departure
from .effects import Close, Effect
from .events import ConnectionId, Timestamp
from .limits import Limits
from .orders import OrderGiver, OrderHandlers
from .records import BanRecord, ClientRecord
from .rooms.bans import give_ban
from .rooms.invitations import end_invitations, invitations_by, maker_of
from .rooms.member import Member
from .rooms.registry import RoomRegistry
from .rooms.room import Room
from .text_removal import remove_texts
from .wire import messages as m
from .wire.errors import Banned, CloseCode, Kicked, ProtocolError, UnknownReceiver
from .wire.messages import GROUND_CONTROL


@define(eq=False)
class Moderation:
    """The orders about members, the lock and waiting clients."""

    limits: Limits
    rooms: RoomRegistry
    waiting_rooms: WaitingRooms
    admission: Admission
    departure: Departure
    connections: dict[ConnectionId, ClientConnection]

    def order_handlers(self) -> OrderHandlers:
        """Return the handler of each type of order."""
        return {
            m.Kick: self._kick,
            m.Ban: self._ban,
            m.SetRole: self._set_role,
            m.Lock: self._lock,
            m.Admit: self._admit,
            m.Deny: self._deny,
            m.RequestMute: self._request_mute,
        }

    def _kick(
        self, room: Room, order: m.Kick, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        member = _member_below(room, order.data.id, giver)
        return self._expel(member, "kicked", Kicked(reason=order.data.reason), now)

    def _ban(self, room: Room, order: m.Ban, giver: OrderGiver, now: Timestamp) -> list[Effect]:
        client_id, error = order.data.id, Banned(reason=order.data.reason)
        waiting = self.waiting_rooms.find(room, client_id)
        if waiting is not None:
            ban = waiting.named_in(self._new_ban(order, giver, now))
        else:
            client = self._client_to_ban(room, client_id, giver, now)
            ban = self._new_ban(order, giver, now).about(client)
        effects = give_ban(room, ban, self.limits.bans, now)
        if waiting is not None:
            effects += self.admission.turn_away(waiting, error)
        made = invitations_by(room, ban.identity or ban.guest_digest)
        effects += end_invitations(room, [one.id for one in made])
        effects += self.admission.review_waiting(room, now)
        members = _banned_members(room, client_id, ban)
        for member in members:
            effects += self._expel(member, "banned", error, now)
        for sender in dict.fromkeys([client_id, *(member.id for member in members)]):
            effects += remove_texts(room, m.WhichTextBody(sender)) or []
        return effects

    def _client_to_ban(
        self, room: Room, client_id: str, giver: OrderGiver, now: Timestamp
    ) -> ClientRecord:
        """Return the member with this id, or the guest that has left lately (rule BAN-15)."""
        if client_id not in room.members:
            departed = room.departed.find(client_id, now - self.limits.waiting_seconds)
            if departed is not None:
                return departed
        return _member_below(room, client_id, giver).record()

    def _new_ban(self, order: m.Ban, giver: OrderGiver, now: Timestamp) -> BanRecord:
        """Return the ban that an order gives, without the identity or address of its client."""
        at, seconds = self.rooms.wall.at(now), order.data.seconds
        return BanRecord(
            order.data.id,
            by=None if giver.member is None else giver.member.username,
            by_owner=giver.member is None or giver.member.role == "owner",
            at=at,
            until=None if seconds is None else at + seconds,
        )

    def _set_role(
        self, room: Room, order: m.SetRole, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        member, role = _member_below(room, order.data.id, giver), order.data.role
        if role == member.role:
            return []
        if role == "moderator":
            return self.waiting_rooms.make_moderator(member)
        invitations = invitations_by(room, maker_of(member))
        ended = [one.id for one in invitations if one.role == "moderator"]
        effects = end_invitations(room, ended) + room.set_role(member, role)
        return effects + self.admission.review_waiting(room, now)

    def _lock(
        self, room: Room, order: m.Lock, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        return room.lock(True) if order.data.locked else self.admission.unlock(room, now)

    def _admit(
        self, room: Room, order: m.Admit, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        return self.admission.admit_waiting(room, order.data.id, now)

    def _deny(
        self, room: Room, order: m.Deny, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        return self.admission.deny(room, order.data.id, order.data.reason)

    def _request_mute(
        self, room: Room, order: m.RequestMute, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        about = order.data.id
        if about is None:
            asked, receiver = list(room.members.values()), m.ROOM
            asked = [one for one in asked if giver.is_above(one)]
        else:
            asked, receiver = [_member_below(room, about, giver)], about
        by = m.GROUND_CONTROL if giver.member is None else giver.member.id
        body = m.MuteRequestedBody(by, order.data.kind)
        asked = [one for one in asked if one.profile.receives_deltas]
        return room.tell(asked, m.MuteRequested(receiver, body, GROUND_CONTROL))

    def _expel(
        self, member: Member, reason: m.LeaveReason, error: ProtocolError, now: Timestamp
    ) -> list[Effect]:
        """Remove a member; one of the session profile is told the moderator's reason first."""
        effects: list[Effect] = []
        if member.connection is not None:
            del self.connections[member.connection]
            effects += member.tell_reason(error)
            effects.append(Close.of(member.connection, CloseCode.of(type(error))))
        time = m.milliseconds(self.rooms.wall.at(now))
        return effects + self.departure.leave(member, reason, time, now)


def _banned_members(room: Room, client_id: str, ban: BanRecord) -> list[Member]:
    """Return the members that a ban sends out (rule BAN-16).

    The one that it names is the last, so that its role passes to none of the others (DOOR-11).
    """
    members = [
        one
        for one in room.members.values()
        if one.id == client_id
        or (one.role == "guest" and ban.is_of(one.identity, {one.guest_digest or ""}))
    ]
    return sorted(members, key=lambda one: one.id == client_id)


def _member_below(room: Room, client_id: str, giver: OrderGiver) -> Member:
    """Return the member with this id, about which the giver of an order has to rank above."""
    member = room.members.get(client_id)
    if member is None:
        raise UnknownReceiver
    giver.check_above(member)
    return member
