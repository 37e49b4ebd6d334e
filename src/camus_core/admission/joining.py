"""Joining: the decision about a client that asks for a place in a room.

This is the algorithm of SESS-55 in `docs/protocol.md`, and the numbers are those of its steps.
The first check that fails raises its `ProtocolError`, and the router sends it: a client that
joins by connecting is then closed, one that has sent `join` may try again. A client of the core
profile asks for a place by connecting. It shows no password and can't wait, so it is refused in
step 11 or 13 where a client of the session profile would be asked for more.

Rate limits are charged to the client's address before the work is done, so that asking often is
what costs. They stay charged when a later step refuses, except: a join is given back when the
client turns out to be no newcomer (step 6), a new room when none was created (step 8), and a
password unless it is wrong (step 11), and so is an invitation (step 9).
"""

from attrs import define

from ..attempts import Attempts, Steps
from ..client_connection import ClientConnection
from ..effects import Effect
from ..events import Received, Timestamp
from ..questions import CheckPassword, FindSession, LookUpRoom, MakeSlug, Slug
from ..rate_limits import LimitedAction, RateLimits
from ..records import (
    NetworkAddress,
    ResumeToken,
    RoomId,
    SessionDigest,
    StoredRoom,
    session_digest,
)
from ..rooms.member import SessionMember
from ..rooms.reconciliation import end_what_ended_elsewhere
from ..rooms.registry import RoomRegistry
from ..rooms.room import Room
from ..sessions.delivery import split_resume_token
from ..sessions.resumption import Resumption
from ..sessions.sessions import Sessions
from ..wire import messages as m
from ..wire.errors import (
    InvalidInvitation,
    NotAllowed,
    PasswordRequired,
    RateLimited,
    Refusal,
    RoomLocked,
    RoomNotFound,
    RoomNotOpen,
    WrongPassword,
)
from ..wire.names import checked_name
from .admission import Admission
from .invited import charging_guess, take_invitation
from .join_attempt import JoinAttempt
from .permissions import check_identity, check_may_create, needs_password, role_in
from .waiting_room import WaitingRooms, is_held_back


@define(eq=False)
class Joining:
    """The decision about each attempt to join, step by step."""

    guests: bool
    guests_create: bool
    rooms: RoomRegistry
    sessions: Sessions
    waiting_rooms: WaitingRooms
    rate_limits: RateLimits
    attempts: Attempts
    resumption: Resumption
    admission: Admission

    def connect(self, connection: ClientConnection, now: Timestamp) -> list[Effect]:
        """Decide about a client that has opened the URL of a room, in the core profile.

        Raises:
            ProtocolError: The client is refused.
        """
        room_id = connection.handshake.room_id or ""  # which is no room's
        attempt = JoinAttempt(connection, None, now, m.JoinBody(room_id))
        return self.attempts.begin(attempt, self._decide(attempt))

    def join(
        self, connection: ClientConnection, join: m.Join, request: Received, now: Timestamp
    ) -> list[Effect]:
        """Decide about a client that has sent `join`; `request` is the event that brought it.

        Raises:
            ProtocolError: The client is refused, or one that resumes is told to wait.
        """
        connection.reset_identity()
        connection.counted_while_waiting = 0
        attempt = JoinAttempt(connection, request, now, join.data)
        return self.attempts.begin(attempt, self._decide(attempt))

    def _decide(self, attempt: JoinAttempt) -> Steps[None]:
        """Take steps 2 to 15; the router has taken the first."""
        connection, join = attempt.connection, attempt.join
        if join.resume is None:  # 2
            attempt.check_username()
        room_id = attempt.room_id()  # 3
        if join.resume is not None:
            digest = _digest_of(join.resume)
            member = self.sessions.find(digest)  # 4
            if member is not None:
                attempt.effects += self.resumption.resume(attempt, member, join.resume)
                return
            waiting = self.waiting_rooms.find_session(digest)
            if waiting is not None:
                attempt.effects += self.resumption.wait_again(attempt, waiting)
                return
        self.rate_limits.acquire(LimitedAction.JOIN, attempt.address, attempt.now)  # 5
        if join.resume is not None:
            member = yield from self._find_session(attempt, _digest_of(join.resume))  # 6
            if member is not None:
                self.rate_limits.refund(LimitedAction.JOIN, attempt.address)
                attempt.effects += self.resumption.resume(attempt, member, join.resume)
                return
            attempt.check_username()
        if join.token is not None:  # 7
            connection.identity = yield from attempt.identify(join.token)
        while True:
            room, role, is_held = yield from self._find_open_room(attempt, room_id)  # 8 to 11
            if not self._goes_straight_in(attempt, room, role, is_held):  # 12, 13
                return
            if attempt.invitation is None or attempt.is_use_counted:
                break
            self.admission.check_place(attempt, room)  # 14
            yield from self._use_invitation(attempt, room)
        attempt.effects += self.admission.admit(attempt, room, role)  # 14, 15

    def _goes_straight_in(
        self, attempt: JoinAttempt, room: Room, role: m.Role, is_held: bool
    ) -> bool:
        """Return True for a newcomer that needn't wait; carry out the rest for others (12, 13).

        Raises:
            RateLimited: The client takes over a place too often.
            RoomNotOpen: The room isn't open to guests yet.
            RoomLocked: The client can't wait.
            Banned: The same, where only a ban has it wait.
        """
        connection = attempt.connection
        if connection.handshake.profile.keeps_session and connection.identity is not None:  # 12
            held = self.sessions.held_by_identity(connection.identity.id, room)
            if held is not None:
                # An invitation is for newcomers: here no use of it is counted.
                shown = role_in(room, connection, attempt.join.owner_token, self.guests)
                attempt.effects += self.resumption.take_over(attempt, held, shown)
                return False
        opens_in = self.rooms.opens_in(room.record, attempt.now)
        if opens_in is not None and role == "guest":  # 13
            raise RoomNotOpen(retry_after=opens_in)
        if not is_held and not (room.record.locked and role == "guest"):
            return True
        if not connection.handshake.profile.keeps_session:
            raise RoomLocked
        attempt.effects += self.waiting_rooms.add(attempt, room)
        if not room.members:
            self.rooms.keep(room)
            self.rooms.watch_empty(room, attempt.now)
        return False

    def _use_invitation(self, attempt: JoinAttempt, room: Room) -> Steps[None]:
        """Count the client's use of its invitation; then decide again, as time has passed.

        Raises:
            InvalidInvitation: Another client has taken the last use, or the invitation was
                revoked.
            RateLimited: The same, and its address has shown too many wrong ones.
        """
        answer = yield from self.admission.count_use(attempt, room)
        if not attempt.checked(answer):
            self.rate_limits.acquire(LimitedAction.TRY_PASSWORD, attempt.address, attempt.now)
            raise InvalidInvitation

    def _find_session(
        self, attempt: JoinAttempt, digest: SessionDigest
    ) -> Steps[SessionMember | None]:
        """Find a session that another node has left in the store, and restore it (step 6)."""
        answer = yield FindSession(digest)
        room = self._open(attempt, answer) if isinstance(answer, StoredRoom) else None
        attempt.checked(answer)
        member = self.sessions.find(digest)
        if member is None and room is not None and isinstance(answer, StoredRoom):
            member = self.resumption.restore(attempt, digest, answer, room)
        return member

    def _find_open_room(
        self, attempt: JoinAttempt, room_id: RoomId
    ) -> Steps[tuple[Room, m.Role, bool]]:
        """Return the room, the role to which the client is entitled in it, and whether a ban of
        its address has it wait (8 to 11).

        After a right password the room is looked for again, because it may have changed while
        the password was checked; the same hash isn't checked twice.
        """
        connection, join = attempt.connection, attempt.join
        matched_hash: str | None = None
        while True:
            with charging_guess(attempt, self.rate_limits):
                room = yield from self._find_room(attempt, room_id)  # 8
                take_invitation(attempt, room_id, room, self.rooms.limits)  # 9
            invitation = attempt.invitation
            role = role_in(room, connection, join.owner_token, self.guests, invitation)
            is_held = is_held_back(attempt, room, role, attempt.now, attempt.address)  # 10
            password_hash = room.record.password_hash
            needs_it = needs_password(connection, role, invitation)
            if password_hash in (None, matched_hash) or not needs_it:
                return room, role, is_held
            yield from self.match_password(attempt, password_hash)  # 11
            matched_hash = password_hash

    def _find_room(self, attempt: JoinAttempt, room_id: RoomId) -> Steps[Room]:
        """Return the room with this id, from the store if necessary, or create it (8).

        A room with members is looked up only now and then: it may have been deleted, and
        another one created with its id.
        """
        wanted, creator, refusal = None, None, None
        room = self.rooms.occupied(room_id)
        name: str = room_id
        if room is None and self.rooms.on_demand and attempt.join.name is not None:
            name = yield from self._name_on_demand(attempt, room_id, attempt.join.name)
            room = self.rooms.occupied(room_id)  # another answer may have opened it meanwhile
        if room is None:
            self.rooms.prepare_look_up(room_id, attempt.now)
            is_new = not self.rooms.is_known(room_id)
            refusal = self._why_not_created(attempt, room_id, is_new)
            if refusal is None:
                wanted = self.rooms.record_on_demand(room_id, name, attempt.now)
                creator = attempt.address if is_new else None
        elif not self.rooms.is_look_up_due(room, attempt.now):
            return room
        known = () if room is None else (*room.bans, *room.invitations)
        answer = yield LookUpRoom(room_id, wanted)
        if not (isinstance(answer, StoredRoom) and answer.is_new):
            self.rooms.undo_creation(creator)
            creator = None
        if isinstance(answer, StoredRoom):
            room = self._open(attempt, answer, creator)
            if room is not None and end_what_ended_elsewhere(room, answer, known):
                attempt.effects += self.admission.review_waiting(room, attempt.now)
        else:
            room = self.rooms.occupied(room_id)  # another answer may have opened it
        if room is None or attempt.is_abandoned:
            attempt.checked(answer)
            raise RoomNotFound if refusal is None else refusal.error()
        return room

    def _name_on_demand(
        self, attempt: JoinAttempt, room_id: RoomId, requested: str
    ) -> Steps[str]:
        """Return the name for a room that the join makes: its id, if the name makes another."""
        try:
            name = checked_name(requested)
        except ValueError:
            return room_id
        slug = attempt.checked((yield MakeSlug(name)))
        return name if slug == Slug(room_id) else room_id

    def _why_not_created(
        self, attempt: JoinAttempt, room_id: RoomId, is_new: bool
    ) -> Refusal | None:
        """Return why the client may not create the room if there is none, or charge it."""
        try:
            take_invitation(attempt, room_id, None, self.rooms.limits)
            if not self.rooms.on_demand or self.rooms.ended.has(room_id, attempt.now):
                raise RoomNotFound
            check_identity(room_id, attempt.connection.identity, self.guests)
            check_may_create(attempt.connection.identity, self.guests_create)
            if attempt.join.owner_token is not None:
                raise RoomNotFound  # a room created on demand has no owner
            if is_new:
                self.rooms.count_creation(attempt.address, attempt.now)
        except (InvalidInvitation, RoomNotFound, NotAllowed, RateLimited) as error:
            return error.refusal()
        return None

    def _open(
        self, attempt: JoinAttempt, stored: StoredRoom, creator: NetworkAddress | None = None
    ) -> Room | None:
        """Return the stored room, with its held places restored, or None if it has ended.

        `creator` is the address that has just created it, if any.
        """
        now = attempt.now
        if self.rooms.ended.is_late_answer(stored.room):
            return None
        room = self.rooms.occupied(stored.room.id)
        if room is not None:
            attempt.effects += self.rooms.reconcile(room, stored, now, creator)
            return room
        if self.rooms.has_expired(stored.room, now):
            known = self.rooms.find(stored.room.id)
            if known is None or not known.waiting:  # who waits hears of it at the deadline
                attempt.effects += self.rooms.end(stored.room, now)
            return None
        room = self.rooms.open(stored, now, creator)
        for client in stored.clients:
            self.sessions.restore(client, room, now)
        if room.members:
            self.rooms.keep(room)
        else:
            # No moderator is left who could unlock it.
            attempt.effects += room.lock(room.record.starts_locked)
        return room

    def match_password(self, attempt: JoinAttempt, password_hash: str) -> Steps[None]:
        """Check the password that a client shows against the hash of a room's (11).

        Raises:
            PasswordRequired: It shows none.
            WrongPassword: It is another one.
            RateLimited: Its address has shown too many wrong ones.
            Unavailable: The driver could not check it.
        """
        password = attempt.join.password
        if password is None:
            raise PasswordRequired
        self.rate_limits.acquire(LimitedAction.TRY_PASSWORD, attempt.address, attempt.now)
        answer = yield CheckPassword(password, password_hash)
        if answer is not False:
            self.rate_limits.refund(LimitedAction.TRY_PASSWORD, attempt.address)
        if not attempt.checked(answer):
            raise WrongPassword


def _digest_of(resume: m.ResumeBody) -> SessionDigest:
    secret, _ = split_resume_token(ResumeToken(resume.session))
    return session_digest(secret)
