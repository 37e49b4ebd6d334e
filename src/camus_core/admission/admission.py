"""The way into a room: who may come in, and who gets a place back."""

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
    """Decides who comes in. A method that raises `ProtocolError` has let nobody in.

    With `guests` somebody may come who doesn't show who it is.
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
        """A client of the core profile is at the door."""
        self.rate_limits.acquire(LimitedAction.JOIN, connection.handshake.address, now)
        found = self._room_or_question(connection, room_id, None, now)
        if isinstance(found, LookUpRoom):
            return [Ask(connection.id, connection.handshake, found)]
        return self._admit_core_client(connection, found, now)

    def join(
        self, connection: ClientConnection, event: Received, message: m.Join, now: Timestamp
    ) -> list[Effect]:
        """A client of the session profile asks for a place, new or kept."""
        connection.reset_identity()
        connection.counted_while_waiting = 0
        resume = message.data.resume
        if resume is None:
            username_of(connection, message.data)  # a newcomer's has to be good
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
        """Go on with who waits at the door, if its connection is still there.

        `room` is the one that was `opened`.
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
                raise AssertionError("nobody else waits at the door")

    def _continue(
        self, request: JoinRequest, event: Answered, room: Room | None, now: Timestamp
    ) -> list[Effect]:
        match event.question, request.body.resume:
            case LookUpRoom(verified_hash=checked), _:
                return self._check_credentials(
                    request, room or self._found_room(event), now, checked
                )
            case FindSession(found_by), m.ResumeBody() as resume:
                found = checked_answer(event.answer)
                effects: list[Effect] = []
                session = self.sessions.find_by_secret(
                    split_resume_token(ResumeToken(resume.session))[0]
                )
                if session is None and room is not None and isinstance(found, StoredRoom):
                    session, effects = self.resumption.restore(found_by, found, room, now)
                if session is None:
                    username_of(request.connection, request.body)
                    return self._identify(request, now)
                address = request.connection.handshake.address
                self.rate_limits.refund(LimitedAction.JOIN, address)  # it is no newcomer
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
                return self._find_room(request, now, checked=record.password_hash)
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
        """Look who a newcomer is."""
        connection, token = request.connection, request.body.token
        if token is None:
            return self._find_room(request, now)
        return [Ask(connection.id, request.event, Identify(token))]

    def _find_room(
        self, request: JoinRequest, now: Timestamp, checked: str | None = None
    ) -> list[Effect]:
        connection = request.connection
        room_id = room_id_of(connection, request.body)
        found = self._room_or_question(connection, room_id, request.body.owner_token, now)
        if isinstance(found, LookUpRoom):
            return [Ask(connection.id, request.event, evolve(found, verified_hash=checked))]
        return self._check_credentials(request, found, now, checked)

    def _room_or_question(
        self,
        connection: ClientConnection,
        room_id: RoomId,
        owner_token: str | None,
        now: Timestamp,
    ) -> Room | LookUpRoom:
        """Return the room that somebody is in, or the question to ask of the store first: which
        room it is, or whether it still is the one of its id.
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
        """Ask for a room, which is made only for who may then come in."""
        refusal: ProtocolError | None = None
        try:
            check_identity(room_id, connection.identity, self.guests)
        except NotAllowed as error:
            refusal = error.with_traceback(None)
        else:
            if owner_token is not None:
                refusal = RoomNotFound()  # a new one has no owner
        return self.rooms.look_up(room_id, connection.handshake.address, refusal, now)

    def _check_credentials(
        self, request: JoinRequest, room: Room, now: Timestamp, checked: str | None
    ) -> list[Effect]:
        """Look at what a newcomer shows: who it is, the owner's token, or a password.

        `checked` is the hash of the password that it has shown, once that is found right.
        """
        connection, join = request.connection, request.body
        identity = connection.identity
        role = role_in(room.record, connection, join.owner_token, self.guests)
        if needs_password(room.record, identity, role):
            if join.password is None:
                raise PasswordRequired
            if checked != room.record.password_hash:
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
        """See that there is a place for a newcomer, if need be one that was only held.

        Raises:
            RoomFull: there is none.
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

    # Those who wait --------------------------------------------------------------------

    def unlock(self, room: Room, now: Timestamp) -> list[Effect]:
        """Open the room, and let in all who wait, in order, up to the limit."""
        effects = room.lock(False)
        for waiting in self.waiting_rooms.clients_of(room):
            effects += self.waiting_rooms.remove(waiting.request.connection)
            try:
                effects += self._admit_session_client(waiting.request, room, "guest", now)
            except RoomFull as error:
                effects += waiting.refuse(error.with_traceback(None))
        return effects

    def admit(self, room: Room, client_id: str, now: Timestamp) -> list[Effect]:
        """Let somebody in who waits.

        Raises:
            UnknownReceiver: nobody waits there under this id.
            RoomFull: there is no place.
        """
        waiting = self._waiting_client(room, client_id)
        effects = self._free_place(room, waiting.request.connection, now)
        effects += self.waiting_rooms.remove(waiting.request.connection)
        return effects + self._admit_session_client(waiting.request, room, "guest", now)

    def deny(self, room: Room, client_id: str) -> list[Effect]:
        """Send somebody away who waits.

        Raises:
            UnknownReceiver: nobody waits there under this id.
        """
        waiting = self._waiting_client(room, client_id)
        effects = self.waiting_rooms.remove(waiting.request.connection)
        return effects + waiting.refuse(Denied())

    def ban_waiting(self, room: Room, waiting: WaitingClient) -> list[Effect]:
        """Send somebody away who waits, and whoever else the ban reaches there."""
        connection = waiting.request.connection
        shown = connection.identity.id if connection.identity is not None else None
        effects = room.ban(shown, connection.handshake.address, self.limits.bans)
        effects += self.waiting_rooms.remove(connection)
        return effects + waiting.refuse(Banned()) + self.deny_banned(room)

    def deny_banned(self, room: Room) -> list[Effect]:
        """Send those away who wait and may no more come in at all."""
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
        """Send somebody away who has waited for too long."""
        waiting = self.waiting_rooms.overdue(client_id, now)
        if waiting is None:
            return []
        effects = self.waiting_rooms.remove(waiting.request.connection)
        return effects + waiting.refuse(RoomLocked())

    def _waiting_client(self, room: Room, client_id: str) -> WaitingClient:
        waiting = self.waiting_rooms.find(room, client_id)
        if waiting is None:
            raise UnknownReceiver("nobody with this id waits at the door")
        return waiting

    # What the store knows --------------------------------------------------------------

    def open_room(self, event: Answered, now: Timestamp) -> tuple[Room | None, list[Effect]]:
        """Return the room that the store has told of, with the places that are held there.

        What follows from that is done whether or not who has asked may come in.
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
            return room, room.lock(False)  # nobody is there who could open it
        self.rooms.keep(room)
        return room, []

    def _creator(self, event: Answered) -> str | None:
        """Return the address that has made a room just now; one that hasn't is not charged."""
        match event.question, event.answer:
            case LookUpRoom(if_absent=RoomRecord() as wanted, address=address), answer:
                if isinstance(answer, StoredRoom) and _is_as_wanted(answer.room, wanted):
                    return address
                self.rooms.undo_creation(address)
        return None

    def _found_room(self, event: Answered) -> Room:
        """Return the room that was asked for: somebody else may have opened it meanwhile."""
        assert isinstance(event.question, LookUpRoom)
        room = self.rooms.occupied(event.question.room_id)
        if room is None:
            checked_answer(event.answer)
            raise event.question.refusal or RoomNotFound()
        return room


def _is_as_wanted(found: RoomRecord, wanted: RoomRecord) -> bool:
    """Tell whether a room is the one to be made, whose incarnation the driver has drawn."""
    return evolve(found, incarnation=wanted.incarnation) == wanted
