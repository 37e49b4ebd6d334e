"""Admission to rooms: the checks of a client that connects or sends `join`, and their order.

Theory of operation. The order of the checks is the algorithm of SESS-55 in `docs/protocol.md`;
the numbers below are its steps. The first check that fails raises its `ProtocolError`, and the
router sends it: a client of the core profile is then closed with the error's close code, a
client of the session profile may try again. A check that raises has admitted nobody::

    step    where                               question            charges
    1       Router (the handshake's identity)
    2, 3    join: username_of, room_id_of
    4       join: find_by_secret                                    (see `Resumption`)
    5       admit_on_connect, join                                  JOIN
    6       join, _continue                     FindSession
    7       _identify                           Identify
    8       _find_room                          LookUpRoom          CREATE_ROOM, room count
    9, 10   _check_credentials: role_in
    11      _check_credentials: needs_password  CheckPassword       TRY_PASSWORD
    12      _check_credentials: take_over                           (see `Resumption`)
    13      _check_credentials: WaitingRooms.add
    14      _free_place
    15      _complete

A client of the core profile takes steps 1, 5, 8 to 11 and 13 to 15 when it connects. It has no
way to show a password, so in step 11 it is refused without a question, and it can't wait, so in
step 13 it is refused.

Questions. The core does no I/O: a step that needs the store, a token key or scrypt returns
`Ask`, and the attempt ends there. The driver gives the answer back as `Answered`, which carries
the question and the event that the question is about, and `handle_answer` continues from these
two alone: nothing about an attempt is kept here while its question is open. (The driver stops
reading from a connection meanwhile, so its next frame comes after the answer.) `Failed` is
raised as `unavailable`, a `NotAllowed` as itself.

- `FindSession`: the session is found, and is resumed; or it is unknown, and step 2 and step 7
  follow.
- `Identify`: the identity is kept with the connection until its next `join`; step 8 follows.
- `LookUpRoom`: step 9 follows, with the room that `open_room` has made of the answer. If there
  is no room, the error that the question carries is raised (`LookUpRoom.refusal`). A room that
  has members is looked up only from time to time, to learn whether it is still the one in the
  store.
- `CheckPassword`: a right password leads to step 8 again, because the room may have changed
  while scrypt ran. The hash that was verified goes along (`LookUpRoom.verified_hash`), and if
  the room still has that hash, step 11 is passed without another question.

Charges. Rate limits are charged to the client's address before the work is done, so that asking
often is what costs. They stay charged when a later step refuses, except:

- JOIN is refunded when `FindSession` finds the session: the client is no newcomer.
- CREATE_ROOM and the count of the address's rooms are undone when the answer shows that the
  room was there already, or that none was made (`open_room`).
- TRY_PASSWORD is refunded unless the password is wrong: only wrong ones count.

A client that disconnects while its question is open is not admitted, and JOIN stays charged.
The rest of the answer still counts: `open_room` is called for every answer, restores the held
places of the room and settles CREATE_ROOM, and TRY_PASSWORD is refunded as above.
"""

from attrs import define, evolve

from ..client_connection import ClientConnection
from ..effects import Ask, Effect, Send
from ..events import Answered, Connected, Received, Timestamp
from ..limits import Limits
from ..questions import CheckPassword, FindSession, Identify, LookUpRoom
from ..rate_limits import LimitedAction, RateLimits
from ..records import (
    ClientId,
    ResumeToken,
    RoomId,
    RoomRecord,
    StoredRoom,
    session_digest,
)
from ..rooms.member import Member
from ..rooms.registry import RoomRegistry, checked_answer
from ..rooms.room import Room
from ..sessions.delivery import Delivery, split_resume_token
from ..sessions.resumption import JoinedReplies, Resumption
from ..sessions.sessions import Sessions
from ..wire import messages as m
from ..wire.errors import (
    Banned,
    Denied,
    NotAllowed,
    PasswordRequired,
    ProtocolError,
    RoomFull,
    RoomLocked,
    RoomNotFound,
    UnknownReceiver,
    WrongPassword,
)
from ..wire.json_text import to_json
from ..wire.messages import GROUND_CONTROL
from ..wire.names import DEFAULT_USERNAME
from .eviction import member_to_evict
from .identity import Identity
from .join_request import JoinRequest, join_request_of, room_id_of, username_of
from .permissions import check_identity, needs_password, role_in
from .waiting_room import WaitingClient, WaitingRooms


@define(eq=False)
class Admission:
    """Admission of clients to rooms. A method that raises `ProtocolError` has admitted nobody.

    Attributes:
        guests: clients without an identity may be admitted (rule CTRL-9).
    """

    limits: Limits
    guests: bool
    rooms: RoomRegistry
    sessions: Sessions
    waiting_rooms: WaitingRooms
    rate_limits: RateLimits
    replies: JoinedReplies
    resumption: Resumption

    def admit_on_connect(
        self, connection: ClientConnection, room_id: RoomId, now: Timestamp
    ) -> list[Effect]:
        """Admit a client of the core profile, or ask for the room that its URL names.

        Raises:
            ProtocolError: the client is refused; see the steps above.
        """
        self.rate_limits.acquire(LimitedAction.JOIN, connection.handshake.address, now)
        found = self._room_or_question(connection, room_id, None, now)
        if isinstance(found, LookUpRoom):
            return [Ask(connection.id, connection.handshake, found)]
        return self._admit_core_client(connection, found, now)

    def join(
        self, connection: ClientConnection, event: Received, message: m.Join, now: Timestamp
    ) -> list[Effect]:
        """Handle the `join` of a client of the session profile.

        Raises:
            ProtocolError: the client is refused; see the steps above.
        """
        connection.reset_identity()
        connection.counted_while_waiting = 0
        resume = message.data.resume
        if resume is None:
            username_of(connection, message.data)  # only a newcomer's has to be valid
        request = join_request_of(connection, event, message.id, message.data)
        room_id_of(connection, message.data)
        if resume is not None:
            secret, _ = split_resume_token(ResumeToken(resume.session))
            session = self.sessions.find_by_secret(secret)
            if session is not None:
                return self.resumption.resume(request, session, resume, now)
        self.rate_limits.acquire(LimitedAction.JOIN, connection.handshake.address, now)
        if resume is not None:
            return [Ask(connection.id, event, FindSession(session_digest(secret)))]
        return self._identify(request, now)

    def handle_answer(
        self,
        connection: ClientConnection | None,
        event: Answered,
        room: Room | None,
        now: Timestamp,
    ) -> list[Effect]:
        """Continue the attempt that asked the question, if its connection is still there.

        Args:
            connection: None if the client has disconnected meanwhile.
            room: The room that `open_room` returned for this answer.

        Raises:
            ProtocolError: the client is refused; see the steps above.
        """
        if isinstance(event.question, CheckPassword) and event.answer is not False:
            self.rate_limits.refund(LimitedAction.TRY_PASSWORD, event.question.address)
        if connection is None:
            return []
        match event.about:
            case Connected():
                return self._admit_core_client(connection, room or self._found_room(event), now)
            case Received(message=m.Join(id=id, data=join)) as about:
                request = join_request_of(connection, about, id, join)
                return self._continue(request, event, room, now)
            case _:
                raise AssertionError("only a connection or a `join` asks for admission")

    def _continue(
        self, request: JoinRequest, event: Answered, room: Room | None, now: Timestamp
    ) -> list[Effect]:
        match event.question, request.body.resume:
            case LookUpRoom(verified_hash=verified_hash), _:
                return self._check_credentials(
                    request, room or self._found_room(event), now, verified_hash
                )
            case FindSession(digest), m.ResumeBody() as resume:
                found = checked_answer(event.answer)
                effects: list[Effect] = []
                session = self.sessions.find_by_secret(
                    split_resume_token(ResumeToken(resume.session))[0]
                )
                if session is None and room is not None and isinstance(found, StoredRoom):
                    session, effects = self.resumption.restore(digest, found, room, now)
                if session is None:
                    username_of(request.connection, request.body)
                    return self._identify(request, now)
                address = request.connection.handshake.address
                self.rate_limits.refund(LimitedAction.JOIN, address)  # no newcomer
                return [*effects, *self.resumption.resume(request, session, resume, now)]
            case Identify(), _:
                identity = checked_answer(event.answer)
                assert isinstance(identity, Identity)
                request.connection.identity = identity
                request = evolve(request, username=identity.name or request.username)
                return self._find_room(request, now)
            case CheckPassword(_, record), _:
                if not checked_answer(event.answer):
                    raise WrongPassword
                return self._find_room(request, now, verified_hash=record.password_hash)
            case question, _:
                raise AssertionError(f"`join` asks no {type(question).__name__}")

    # Newcomers -------------------------------------------------------------------------

    def _admit_core_client(
        self, connection: ClientConnection, room: Room, now: Timestamp
    ) -> list[Effect]:
        identity = connection.identity
        role = role_in(room.record, connection, None, self.guests)
        if needs_password(room.record, identity, role):
            raise PasswordRequired
        if room.record.locked and role == "guest":
            raise RoomLocked
        username = connection.asserted_username or DEFAULT_USERNAME
        effects = self._free_place(room, connection, now)
        member = self._new_member(connection, username, role, now)
        room.admit(member)
        greeting = to_json(f"This is Ground Control to {member.username}")
        answer = m.Greeting(member.id, greeting, GROUND_CONTROL)
        return effects + self._complete(connection, member, room, answer, now)

    def _identify(self, request: JoinRequest, now: Timestamp) -> list[Effect]:
        """Ask for the identity that the newcomer's token asserts, if it presents one."""
        connection, token = request.connection, request.body.token
        if token is None:
            return self._find_room(request, now)
        return [Ask(connection.id, request.event, Identify(token))]

    def _find_room(
        self, request: JoinRequest, now: Timestamp, verified_hash: str | None = None
    ) -> list[Effect]:
        connection = request.connection
        room_id = room_id_of(connection, request.body)
        found = self._room_or_question(connection, room_id, request.body.owner_token, now)
        if isinstance(found, LookUpRoom):
            question = evolve(found, verified_hash=verified_hash)
            return [Ask(connection.id, request.event, question)]
        return self._check_credentials(request, found, now, verified_hash)

    def _room_or_question(
        self,
        connection: ClientConnection,
        room_id: RoomId,
        owner_token: str | None,
        now: Timestamp,
    ) -> Room | LookUpRoom:
        """Return the room if it has members, or the question to ask of the store first.

        A room with members is asked for again from time to time: it may have been deleted, and
        another one made with its id.
        """
        room = self.rooms.occupied(room_id)
        if room is None:
            return self._look_up(connection, room_id, owner_token, now)
        return self.rooms.look_up_again(room, now) or room

    def _look_up(
        self,
        connection: ClientConnection,
        room_id: RoomId,
        owner_token: str | None,
        now: Timestamp,
    ) -> LookUpRoom:
        """Return the question for a room without members.

        The question asks for the room to be made only if the client could then enter it.
        """
        refusal: ProtocolError | None = None
        try:
            check_identity(room_id, connection.identity, self.guests)
        except NotAllowed as error:
            refusal = error.with_traceback(None)
        else:
            if owner_token is not None:
                refusal = RoomNotFound()  # a room made on demand has no owner
        return self.rooms.look_up(room_id, connection.handshake.address, refusal, now)

    def _check_credentials(
        self, request: JoinRequest, room: Room, now: Timestamp, verified_hash: str | None
    ) -> list[Effect]:
        """Check a newcomer's identity, owner token and password, then admit it or have it wait.

        Args:
            verified_hash: The hash that the client's password was found to match, if any.
        """
        connection, join = request.connection, request.body
        identity = connection.identity
        role = role_in(room.record, connection, join.owner_token, self.guests)
        if needs_password(room.record, identity, role):
            if join.password is None:
                raise PasswordRequired
            if verified_hash != room.record.password_hash:
                address = connection.handshake.address
                self.rate_limits.acquire(LimitedAction.TRY_PASSWORD, address, now)
                check = CheckPassword(join.password, room.record, address)
                return [Ask(connection.id, request.event, check)]
        held = (
            self.sessions.held_by_identity(identity.id, room) if identity is not None else None
        )
        if held is not None:
            return self.resumption.take_over(request, held, role, now)
        if room.record.locked and role == "guest":
            return self.waiting_rooms.add(request, room, now)
        return self._admit_session_client(request, room, role, now)

    def _new_member(
        self,
        connection: ClientConnection,
        username: str,
        role: m.Role,
        now: Timestamp,
        delivery: Delivery | None = None,
    ) -> Member:
        identity = connection.identity
        return Member(
            connection.client_id,
            connection.id,
            self.rooms.wall.at(now),
            username,
            role,
            connection.handshake.profile,
            delivery,
            identity=identity.id if identity is not None else None,
            username_asserted=connection.asserted_username is not None,
            address=connection.handshake.address,
            token_rooms=identity.rooms if identity is not None else None,
            has_spoken=delivery is not None,
        )

    def _admit_session_client(
        self, request: JoinRequest, room: Room, role: m.Role, now: Timestamp
    ) -> list[Effect]:
        connection = request.connection
        effects = self._free_place(room, connection, now)
        secret = connection.handshake.session_secret
        delivery = self.sessions.new_delivery(session_digest(secret))
        delivery.received = connection.counted_while_waiting
        if delivery.received:
            self.sessions.acknowledge_soon(connection.client_id, now)
        member = self._new_member(connection, request.username, role, now, delivery)
        room.admit(member)
        session = self.sessions.add(member, delivery, room)
        answer = self.replies.joined(request, session, secret, now, "unknown")
        return effects + self._complete(connection, member, room, answer, now)

    def _free_place(
        self, room: Room, connection: ClientConnection, now: Timestamp
    ) -> list[Effect]:
        """Free a held place for a newcomer if the room is full (rule LIM-28).

        Raises:
            RoomFull: no place may be freed for this client.
        """
        if len(room.members) < room.guest_limit:
            return []
        member = member_to_evict(room, connection.handshake.address, self.limits)
        if member is None:
            raise RoomFull
        self.sessions.remove(member)
        return room.leave(member, "gone", m.milliseconds(room.wall.at(now)), now)

    def _complete(
        self,
        connection: ClientConnection,
        member: Member,
        room: Room,
        answer: m.Message,
        now: Timestamp,
    ) -> list[Effect]:
        connection.admit(member, room)
        self.rooms.keep(room)
        effects = [
            room.save(member),
            Send((connection.id,), answer),
            *room.announce(member, now),
        ]
        self.rooms.schedule_push(room)
        return effects

    # The waiting room ------------------------------------------------------------------

    def unlock(self, room: Room, now: Timestamp) -> list[Effect]:
        """Unlock the room, and admit its waiting clients in order until it is full."""
        effects = room.lock(False)
        for waiting in self.waiting_rooms.clients_of(room):
            effects += self.waiting_rooms.remove(waiting.request.connection)
            try:
                effects += self._admit_session_client(waiting.request, room, "guest", now)
            except RoomFull as error:
                effects += waiting.refuse(error.with_traceback(None))
        return effects

    def admit(self, room: Room, client_id: str, now: Timestamp) -> list[Effect]:
        """Admit a waiting client.

        Raises:
            UnknownReceiver: no client with this id waits for the room.
            RoomFull: the room has no free place.
        """
        waiting = self._waiting_client(room, client_id)
        effects = self._free_place(room, waiting.request.connection, now)
        effects += self.waiting_rooms.remove(waiting.request.connection)
        return effects + self._admit_session_client(waiting.request, room, "guest", now)

    def deny(self, room: Room, client_id: str) -> list[Effect]:
        """Turn a waiting client away.

        Raises:
            UnknownReceiver: no client with this id waits for the room.
        """
        waiting = self._waiting_client(room, client_id)
        effects = self.waiting_rooms.remove(waiting.request.connection)
        return effects + waiting.refuse(Denied())

    def ban_waiting(self, room: Room, waiting: WaitingClient) -> list[Effect]:
        """Ban a waiting client, and turn away all waiting clients that the ban covers."""
        connection = waiting.request.connection
        identity = connection.identity.id if connection.identity is not None else None
        effects = room.ban(identity, connection.handshake.address, self.limits.bans)
        effects += self.waiting_rooms.remove(connection)
        return effects + waiting.refuse(Banned()) + self.deny_banned(room)

    def deny_banned(self, room: Room) -> list[Effect]:
        """Turn away the waiting clients that are banned now."""
        effects: list[Effect] = []
        for waiting in self.waiting_rooms.clients_of(room):
            connection = waiting.request.connection
            try:
                role_in(room.record, connection, None, self.guests)
            except Banned as error:
                effects += self.waiting_rooms.remove(connection)
                effects += waiting.refuse(error.with_traceback(None))
        return effects

    def end_wait(self, client_id: ClientId, now: Timestamp) -> list[Effect]:
        """Turn a client away that has waited for `Limits.waiting_seconds`."""
        waiting = self.waiting_rooms.overdue(client_id, now)
        if waiting is None:
            return []
        effects = self.waiting_rooms.remove(waiting.request.connection)
        return effects + waiting.refuse(RoomLocked())

    def _waiting_client(self, room: Room, client_id: str) -> WaitingClient:
        waiting = self.waiting_rooms.find(room, client_id)
        if waiting is None:
            raise UnknownReceiver("no client with this id is in the waiting room")
        return waiting

    # Answers of the store --------------------------------------------------------------

    def open_room(self, event: Answered, now: Timestamp) -> tuple[Room | None, list[Effect]]:
        """Return the room in the store's answer, with its held places restored, or None.

        The effects have to be carried out even if the client that asked is then refused.
        """
        creator = self._creator(event)
        if not isinstance(event.answer, StoredRoom):
            return None, []
        room = self.rooms.occupied(event.answer.room.id)
        if room is not None:
            return room, self.rooms.reconcile(room, event.answer.room, now, creator)
        room = self.rooms.open(event.answer.room, now, creator)
        for client in event.answer.clients:
            self.sessions.restore(client, room, now)
        if not room.members:
            return room, room.lock(False)  # no moderator is left who could unlock it
        self.rooms.keep(room)
        return room, []

    def _creator(self, event: Answered) -> str | None:
        """Return the address for which the room was just made, if it was.

        An address for which none was made gets back its charge.
        """
        match event.question, event.answer:
            case LookUpRoom(if_absent=RoomRecord() as requested, address=address), answer:
                if isinstance(answer, StoredRoom) and _was_made(answer.room, requested):
                    return address
                self.rooms.undo_creation(address)
        return None

    def _found_room(self, event: Answered) -> Room:
        """Return the room that was asked for, if another answer has opened it meanwhile.

        Raises:
            ProtocolError: there is no such room, or the store failed.
        """
        assert isinstance(event.question, LookUpRoom)
        room = self.rooms.occupied(event.question.room_id)
        if room is None:
            checked_answer(event.answer)
            raise event.question.refusal or RoomNotFound()
        return room


def _was_made(found: RoomRecord, requested: RoomRecord) -> bool:
    """Tell whether a room is the requested one; only the driver knows its incarnation."""
    return evolve(found, incarnation=requested.incarnation) == requested
