"""Admission: a client gets a place in a room; decisions about waiting clients."""

from attrs import define

from ..attempts import RETRY_SECONDS, Attempts, Steps
from ..client_connection import ClientConnection
from ..effects import Effect, Send
from ..events import Timestamp
from ..limits import Limits
from ..questions import Answer, Failed, UseInvitation
from ..records import ClientId, RoomId, digest, session_digest
from ..rooms.bans import end_bans_in_time
from ..rooms.invitations import note_use
from ..rooms.member import Member, SessionMember
from ..rooms.registry import RoomRegistry
from ..rooms.room import Room
from ..sessions.joined_reply import JoinedReplies
from ..sessions.sessions import Sessions
from ..wire import messages as m
from ..wire.errors import (
    Banned,
    Denied,
    InvalidInvitation,
    ProtocolError,
    RoomFull,
    Unavailable,
    UnknownReceiver,
)
from ..wire.json_text import to_json
from ..wire.messages import GROUND_CONTROL
from .eviction import member_to_evict
from .invited import check_uses_left
from .join_attempt import JoinAttempt
from .waiting_room import WaitingClient, WaitingRooms, is_held_back, not_admitted


@define(eq=False)
class Admission:
    """Admission of newcomers. A method that raises `ProtocolError` has admitted nobody.

    Attributes:
        guests: True if clients without an identity may be admitted (rule CTRL-9).
        first_moderates: True if a room without an owner gets a moderator from its members (rule
            DOOR-10).
    """

    limits: Limits
    guests: bool
    first_moderates: bool
    rooms: RoomRegistry
    sessions: Sessions
    waiting_rooms: WaitingRooms
    replies: JoinedReplies
    attempts: Attempts

    def admit(
        self, attempt: JoinAttempt, room: Room, role: m.Role, *, away: bool = False
    ) -> list[Effect]:
        """Make a client a member of a room (steps 14 and 15 of SESS-55).

        The place of one that is `away`, because its connection was lost while it waited, is
        held until it comes back.

        Raises:
            RoomFull: No place is free, and none may be freed for this client.
        """
        connection, effects = attempt.connection, []
        evicted = self._member_to_evict(attempt, room)
        if evicted is not None:
            self.sessions.remove(evicted)
            time = m.milliseconds(room.wall.at(attempt.now))
            effects += room.leave(evicted, "gone", time, attempt.now)
            effects += self.appoint_successor(room, evicted.role)
        member = self._new_member(connection, room, attempt.now)
        member.rename(attempt.username)
        takes_over = isinstance(member, SessionMember) and self._lacks_moderator(room)
        member.role = "moderator" if takes_over and role == "guest" else role
        member.prove(connection.identity)
        guest_token = attempt.guest_token(room.record)
        member.guest_digest = None if guest_token is None else digest(guest_token)
        room.add(member)
        answer: m.Message
        if isinstance(member, SessionMember):
            self.sessions.add(member)
            secret = connection.handshake.session_secret
            answer = self.replies.joined(
                attempt, member, secret, "unknown", guest_token=guest_token
            )
        else:
            greeting = to_json(f"This is Ground Control to {member.username}")
            answer = m.Greeting(member.id, greeting, GROUND_CONTROL)
        connection.admit(member)
        self.rooms.keep(room)
        effects.append(member.save())
        if away and isinstance(member, SessionMember):
            member.delivery.break_off("rejoined")
            self.sessions.hold(member, self.limits.reload_seconds, attempt.now)
        else:
            effects.append(Send((connection.id,), answer))
        return effects + room.announce(member)

    def appoint_successor(self, room: Room, role: m.Role) -> list[Effect]:
        """Make the longest member a moderator after one with this role has left (DOOR-11).

        A member that is connected goes before one that is away.
        """
        if role == "guest" or not self._lacks_moderator(room):
            return []
        members = [one for one in room.members.values() if isinstance(one, SessionMember)]
        if not members:
            return []
        connected = (one for one in members if one.connection is not None)
        return self.waiting_rooms.make_moderator(next(connected, members[0]))

    def _lacks_moderator(self, room: Room) -> bool:
        """Return whether the room is to get a moderator from its members, and has none."""
        return (
            self.first_moderates
            and room.record.owner_digest is None
            and all(member.role == "guest" for member in room.members.values())
        )

    def _member_to_evict(self, attempt: JoinAttempt, room: Room) -> SessionMember | None:
        """Return the member whose held place ends for a newcomer, or None if a place is free.

        Raises:
            RoomFull: No place is free (CORE-6), and none may be freed for this client (LIM-28).
        """
        if len(room.members) < room.guest_limit:
            return None
        member = None
        if len(room.members) == room.guest_limit:  # with more, the limit was lowered
            member = member_to_evict(room, attempt.address, self.limits)
        if member is None:
            raise RoomFull
        return member

    def _new_member(
        self, connection: ClientConnection, room: Room, now: Timestamp
    ) -> Member | SessionMember:
        handshake, joined_at = connection.handshake, self.rooms.wall.at(now)
        address = handshake.address
        if not handshake.profile.keeps_session:
            return Member(
                handshake.client_id,
                room,
                handshake.profile,
                joined_at,
                connection.id,
                address=address,
            )
        delivery = self.sessions.new_delivery(session_digest(handshake.session_secret))
        delivery.received = connection.counted_while_waiting
        if delivery.received:
            self.sessions.acknowledge_soon(handshake.client_id, now)
        return SessionMember(
            handshake.client_id,
            room,
            handshake.profile,
            joined_at,
            connection.id,
            address=address,
            has_spoken=True,
            delivery=delivery,
        )

    # Invitations -----------------------------------------------------------------------

    def check_place(self, attempt: JoinAttempt, room: Room) -> None:
        """Check that a place in the room is free, or may be freed, for a client (step 14).

        Raises:
            RoomFull: None is.
        """
        self._member_to_evict(attempt, room)

    def count_use(self, attempt: JoinAttempt, room: Room) -> Steps[Answer]:
        """Count a client's use of its invitation; return the answer to `UseInvitation`.

        With the last use, those that wait with the same invitation are turned away.
        """
        record, invitation = room.record, attempt.invitation
        assert invitation is not None
        answer = yield UseInvitation(record.id, record.incarnation, invitation.id)
        if answer is True:
            attempt.is_use_counted = True
            note_use(room, invitation.id)
            attempt.effects += self.review_waiting(room, attempt.now)
        return answer

    # Decisions about waiting clients ---------------------------------------------------

    def unlock(self, room: Room, now: Timestamp) -> list[Effect]:
        """Unlock the room, and admit its waiting clients in order until it is full."""
        return room.lock(False) + self.review_waiting(room, now)

    def review_waiting(self, room: Room, now: Timestamp) -> list[Effect]:
        """Decide again about the waiting clients, after a change of the lock, of the bans or of
        the invitations.

        Those that are banned now, or whose invitation has ended, are turned away (rules CTRL-40
        and INV-21). Those that neither the lock nor a ban of their address has wait any more
        are admitted (CTRL-21, BAN-12). The others are decided about again when the next ban
        ends by itself.
        """
        effects: list[Effect] = []
        for waiting in self.waiting_rooms.clients_of(room):
            try:
                attempt = waiting.attempt
                is_held = is_held_back(attempt, room, "guest", now, attempt.address)
                check_uses_left(attempt, room, is_counting=waiting.is_being_admitted)
                if not is_held and not room.record.locked:
                    effects += self._let_in(waiting, now)
            except (Banned, InvalidInvitation, RoomFull) as error:
                effects += self.turn_away(waiting, error)
        self.waiting_rooms.watch_bans(room)
        return effects

    def end_bans(self, room_id: RoomId, now: Timestamp) -> list[Effect]:
        """End the bans of a room whose time is over, and admit those who waited for that."""
        room = self.rooms.find(room_id)
        if room is None:
            return []
        return end_bans_in_time(room, now) + self.review_waiting(room, now)

    def admit_waiting(self, room: Room, client_id: str, now: Timestamp) -> list[Effect]:
        """Admit a waiting client.

        Raises:
            UnknownReceiver: No client with this id waits for the room.
            RoomFull: The room has no free place.
        """
        return self._let_in(self._waiting_client(room, client_id), now)

    def _let_in(self, waiting: WaitingClient, now: Timestamp) -> list[Effect]:
        """Admit a waiting client; one with an invitation once its use is counted.

        Raises:
            RoomFull: The room has no free place; the client goes on waiting.
        """
        attempt = waiting.attempt
        attempt.now = now
        self.check_place(attempt, waiting.room)
        if attempt.invitation is None or attempt.is_use_counted:
            effects = self.waiting_rooms.remove(attempt.connection)
            away = waiting.held_until is not None
            return effects + self.admit(attempt, waiting.room, "guest", away=away)
        if waiting.is_being_admitted:
            return []
        waiting.is_being_admitted = True
        return self.attempts.begin(attempt, self._let_in_invited(waiting))

    def _let_in_invited(self, waiting: WaitingClient) -> Steps[None]:
        """Admit a waiting client after its use is counted, if it still waits by then.

        It may have come back on another connection meanwhile, or be away.
        """
        attempt, room = waiting.attempt, waiting.room
        answer = yield from self.count_use(attempt, room)
        if self.waiting_rooms.find(room, waiting.client_id) is not waiting:
            return
        waiting.is_being_admitted = False
        waiting.attempt.is_use_counted = attempt.is_use_counted
        try:
            if isinstance(answer, Failed):
                raise Unavailable(retry_after=RETRY_SECONDS)
            if answer is not True:
                raise InvalidInvitation
            attempt.effects += self._let_in(waiting, attempt.now)
        except (InvalidInvitation, RoomFull, Unavailable) as error:
            attempt.effects += self.turn_away(waiting, error)

    def deny(self, room: Room, client_id: str, reason: str | None) -> list[Effect]:
        """Turn a waiting client away, which is told the reason.

        Raises:
            UnknownReceiver: No client with this id waits for the room.
        """
        return self.turn_away(self._waiting_client(room, client_id), Denied(reason=reason))

    def end_wait(self, client_id: ClientId, now: Timestamp) -> list[Effect]:
        """Turn a client away that has waited for `Limits.waiting_seconds`."""
        waiting = self.waiting_rooms.overdue(client_id, now)
        return [] if waiting is None else self.turn_away(waiting, not_admitted(waiting.room))

    def turn_away(self, waiting: WaitingClient, error: ProtocolError) -> list[Effect]:
        """Tell a waiting client that it is not admitted."""
        effects = self.waiting_rooms.remove(waiting.attempt.connection)
        return effects + waiting.refuse(error)

    def _waiting_client(self, room: Room, client_id: str) -> WaitingClient:
        waiting = self.waiting_rooms.find(room, client_id)
        if waiting is None:
            raise UnknownReceiver("no client with this id is in the waiting room")
        return waiting
