"""The way into a room: who may come in, and who gets a place back."""

from attrs import define, evolve

from ..client_connection import Connection
from ..effects import Ask, Effect, Send
from ..events import Answered, Connected, Received, Timestamp
from ..limits import Limits
from ..questions import CheckPassword, FindSession, Identify, LookUpRoom
from ..rate_limits import Addresses, Doing
from ..records import ClientId, RoomId, RoomRecord, StoredRoom, digest
from ..rooms.member import Member
from ..rooms.registry import Rooms, known
from ..rooms.room import Room
from ..sessions.delivery import Session, secret_and_count
from ..sessions.resumption import Comeback, Welcome
from ..sessions.sessions import Places
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
from .eviction import place_to_end
from .identity import Identity
from .join_request import Joining, joining_of, room_id_of, username_of
from .permissions import check_identity, needs_password, role_in
from .waiting_room import Waiter, WaitingRooms


@define(eq=False)
class Entrance:
    """Decides who comes in. A method that raises `ProtocolError` has let nobody in.

    With `guests` somebody may come who doesn't show who it is.
    """

    limits: Limits
    guests: bool
    rooms: Rooms
    places: Places
    waiting: WaitingRooms
    addresses: Addresses
    welcome: Welcome
    comeback: Comeback

    def come(self, connection: Connection, room_id: RoomId, now: Timestamp) -> list[Effect]:
        """A client of the core profile is at the door."""
        self.addresses.take(Doing.JOIN, connection.came.address, now)
        found = self._room_or_question(connection, room_id, None, now)
        if isinstance(found, LookUpRoom):
            return [Ask(connection.id, connection.came, found)]
        return self._come_in(connection, found, now)

    def join(
        self, connection: Connection, event: Received, message: m.Join, now: Timestamp
    ) -> list[Effect]:
        """A client of the session profile asks for a place, new or kept."""
        connection.forget_token()
        connection.counted = 0
        resume = message.data.resume
        if resume is None:
            username_of(connection, message.data)  # a newcomer's has to be good
        joining = joining_of(connection, event, message.id, message.data)
        room_id_of(connection, message.data)
        if resume is not None:
            secret, _ = secret_and_count(resume.session)
            place = self.places.find(secret)
            if place is not None:
                return self.comeback.resume(joining, place, resume, now)
        self.addresses.take(Doing.JOIN, connection.came.address, now)
        if resume is not None:
            return [Ask(connection.id, event, FindSession(digest(secret)))]
        return self._identify(joining, now)

    def answered(
        self, connection: Connection | None, event: Answered, room: Room | None, now: Timestamp
    ) -> list[Effect]:
        """Go on with who waits at the door, if its connection is still there.

        `room` is the one that was `opened`.
        """
        if isinstance(event.question, CheckPassword) and event.answer is not False:
            self.addresses.give_back(Doing.TRY_PASSWORD, event.question.asker)
        if connection is None:
            return []
        match event.about:
            case Connected():
                return self._come_in(connection, room or self._looked_up(event), now)
            case Received(message=m.Join(id=id, data=join)) as about:
                joining = joining_of(connection, about, id, join)
                return self._go_on(joining, event, room, now)
            case _:
                raise AssertionError("nobody else waits at the door")

    def _go_on(
        self, joining: Joining, event: Answered, room: Room | None, now: Timestamp
    ) -> list[Effect]:
        match event.question, joining.join.resume:
            case LookUpRoom(checked=checked), _:
                return self._knock(joining, room or self._looked_up(event), now, checked)
            case FindSession(session), m.ResumeBody() as resume:
                found = known(event.answer)
                effects: list[Effect] = []
                place = self.places.find(secret_and_count(resume.session)[0])
                if place is None and room is not None and isinstance(found, StoredRoom):
                    place, effects = self.comeback.recall(session, found, room, now)
                if place is None:
                    username_of(joining.connection, joining.join)
                    return self._identify(joining, now)
                address = joining.connection.came.address
                self.addresses.give_back(Doing.JOIN, address)  # it is no newcomer
                return [*effects, *self.comeback.resume(joining, place, resume, now)]
            case Identify(), _:
                identity = known(event.answer)
                assert isinstance(identity, Identity)
                joining.connection.identity = identity
                joining = evolve(joining, username=identity.name or joining.username)
                return self._look_for_room(joining, now)
            case CheckPassword(_, record), _:
                if not known(event.answer):
                    raise WrongPassword
                return self._look_for_room(joining, now, checked=record.password)
            case question, _:
                raise AssertionError(f"`join` asks no {type(question).__name__}")

    # Newcomers -------------------------------------------------------------------------

    def _come_in(self, connection: Connection, room: Room, now: Timestamp) -> list[Effect]:
        identity = connection.identity
        role = role_in(room.record, connection, None, self.guests)
        if needs_password(room.record, identity, role):
            raise PasswordRequired
        if room.record.locked and role == "guest":
            raise RoomLocked
        username = connection.given_name or DEFAULT_USERNAME
        effects = self._make_space(room, connection, now)
        member = self._member(connection, username, role, now)
        room.admit(member)
        greeting = to_json(f"This is Ground Control to {member.username}")
        answer = m.Greeting(member.id, greeting, GROUND_CONTROL)
        return effects + self._admitted(connection, member, room, answer, now)

    def _identify(self, joining: Joining, now: Timestamp) -> list[Effect]:
        """Look who a newcomer is."""
        connection, token = joining.connection, joining.join.token
        if token is None:
            return self._look_for_room(joining, now)
        return [Ask(connection.id, joining.event, Identify(token))]

    def _look_for_room(
        self, joining: Joining, now: Timestamp, checked: str | None = None
    ) -> list[Effect]:
        connection = joining.connection
        room_id = room_id_of(connection, joining.join)
        found = self._room_or_question(connection, room_id, joining.join.owner_token, now)
        if isinstance(found, LookUpRoom):
            return [Ask(connection.id, joining.event, evolve(found, checked=checked))]
        return self._knock(joining, found, now, checked)

    def _room_or_question(
        self, connection: Connection, room_id: RoomId, owner_token: str | None, now: Timestamp
    ) -> Room | LookUpRoom:
        """Return the room that somebody is in, or the question to ask of the store first: which
        room it is, or whether it still is the one of its id.
        """
        room = self.rooms.live(room_id)
        if room is None:
            return self._look_up(connection, room_id, owner_token, now)
        return self.rooms.look_again(room, now) or room

    def _look_up(
        self, connection: Connection, room_id: RoomId, owner_token: str | None, now: Timestamp
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
        return self.rooms.look_up(room_id, connection.came.address, refusal, now)

    def _knock(
        self, joining: Joining, room: Room, now: Timestamp, checked: str | None
    ) -> list[Effect]:
        """Look at what a newcomer shows: who it is, the owner's token, or a password.

        `checked` is the hash of the password that it has shown, once that is found right.
        """
        connection, join = joining.connection, joining.join
        identity = connection.identity
        role = role_in(room.record, connection, join.owner_token, self.guests)
        if needs_password(room.record, identity, role):
            if join.password is None:
                raise PasswordRequired
            if checked != room.record.password:
                address = connection.came.address
                self.addresses.take(Doing.TRY_PASSWORD, address, now)
                check = CheckPassword(join.password, room.record, address)
                return [Ask(connection.id, joining.event, check)]
        held = self.places.held_by(identity.id, room) if identity is not None else None
        if held is not None:
            return self.comeback.take_over(joining, held, role, now)
        if room.record.locked and role == "guest":
            return self.waiting.put(joining, room, now)
        return self._enter(joining, room, role, now)

    def _member(
        self,
        connection: Connection,
        username: str,
        role: m.Role,
        now: Timestamp,
        session: Session | None = None,
    ) -> Member:
        identity = connection.identity
        return Member(
            connection.client_id,
            connection.id,
            self.rooms.wall.at(now),
            username,
            role,
            connection.came.profile,
            session,
            identity=identity.id if identity is not None else None,
            named=connection.given_name is not None,
            address=connection.came.address,
            rooms=identity.rooms if identity is not None else None,
            heard=session is not None,
        )

    def _enter(
        self, joining: Joining, room: Room, role: m.Role, now: Timestamp
    ) -> list[Effect]:
        connection = joining.connection
        effects = self._make_space(room, connection, now)
        secret = connection.came.token
        session = self.places.session(digest(secret))
        session.received = connection.counted
        if session.received:
            self.places.acknowledge_soon(connection.client_id, now)
        member = self._member(connection, joining.username, role, now, session)
        room.admit(member)
        place = self.places.add(member, session, room)
        answer = self.welcome.joined(joining, place, secret, now, "unknown")
        return effects + self._admitted(connection, member, room, answer, now)

    def _make_space(self, room: Room, connection: Connection, now: Timestamp) -> list[Effect]:
        """See that there is a place for a newcomer, if need be one that was only held.

        Raises:
            RoomFull: there is none.
        """
        if len(room.members) < room.guest_limit:
            return []
        member = place_to_end(room, connection.came.address, self.limits)
        if member is None:
            raise RoomFull
        self.places.remove(member)
        return room.leave(member, "gone", m.milliseconds(room.wall.at(now)), now)

    def _admitted(
        self,
        connection: Connection,
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
        self.rooms.arm_push(room)
        return effects

    # Those who wait --------------------------------------------------------------------

    def unlock(self, room: Room, now: Timestamp) -> list[Effect]:
        """Open the room, and let in all who wait, in order, up to the limit."""
        effects = room.lock(False)
        for waiter in self.waiting.at(room):
            effects += self.waiting.take(waiter.joining.connection)
            try:
                effects += self._enter(waiter.joining, room, "guest", now)
            except RoomFull as error:
                effects += waiter.turn_away(error.with_traceback(None))
        return effects

    def admit(self, room: Room, client_id: str, now: Timestamp) -> list[Effect]:
        """Let somebody in who waits.

        Raises:
            UnknownReceiver: nobody waits there under this id.
            RoomFull: there is no place.
        """
        waiter = self._waiter(room, client_id)
        effects = self._make_space(room, waiter.joining.connection, now)
        effects += self.waiting.take(waiter.joining.connection)
        return effects + self._enter(waiter.joining, room, "guest", now)

    def deny(self, room: Room, client_id: str) -> list[Effect]:
        """Send somebody away who waits.

        Raises:
            UnknownReceiver: nobody waits there under this id.
        """
        waiter = self._waiter(room, client_id)
        effects = self.waiting.take(waiter.joining.connection)
        return effects + waiter.turn_away(Denied())

    def ban(self, room: Room, waiter: Waiter) -> list[Effect]:
        """Send somebody away who waits, and whoever else the ban reaches there."""
        connection = waiter.joining.connection
        shown = connection.identity.id if connection.identity is not None else None
        effects = room.ban(shown, connection.came.address, self.limits.bans)
        effects += self.waiting.take(connection)
        return effects + waiter.turn_away(Banned()) + self.deny_banned(room)

    def deny_banned(self, room: Room) -> list[Effect]:
        """Send those away who wait and may no more come in at all."""
        effects: list[Effect] = []
        for waiter in self.waiting.at(room):
            connection = waiter.joining.connection
            try:
                role_in(room.record, connection, None, self.guests)
            except Banned as error:
                effects += self.waiting.take(connection)
                effects += waiter.turn_away(error.with_traceback(None))
        return effects

    def look_whether_waited(self, client_id: ClientId, now: Timestamp) -> list[Effect]:
        """Send somebody away who has waited for too long."""
        waiter = self.waiting.over(client_id, now)
        if waiter is None:
            return []
        effects = self.waiting.take(waiter.joining.connection)
        return effects + waiter.turn_away(RoomLocked())

    def _waiter(self, room: Room, client_id: str) -> Waiter:
        waiter = self.waiting.find(room, client_id)
        if waiter is None:
            raise UnknownReceiver("nobody with this id waits at the door")
        return waiter

    # What the store knows --------------------------------------------------------------

    def opened(self, event: Answered, now: Timestamp) -> tuple[Room | None, list[Effect]]:
        """Return the room that the store has told of, with the places that are held there.

        What follows from that is done whether or not who has asked may come in.
        """
        maker = self._maker(event)
        if not isinstance(event.answer, StoredRoom):
            return None, []
        room = self.rooms.live(event.answer.room.id)
        if room is not None:
            return room, self.rooms.found(room, event.answer.room, now, maker)
        room = self.rooms.open(event.answer.room, now, maker)
        for client in event.answer.clients:
            self.places.recall(client, room, now)
        if not room.members:
            return room, room.lock(False)  # nobody is there who could open it
        self.rooms.keep(room)
        return room, []

    def _maker(self, event: Answered) -> str | None:
        """Return the address that has made a room just now; one that hasn't is not charged."""
        match event.question, event.answer:
            case LookUpRoom(if_absent=RoomRecord() as wanted, asker=asker), answer:
                if isinstance(answer, StoredRoom) and _is_as_wanted(answer.room, wanted):
                    return asker
                self.rooms.give_back(asker)
        return None

    def _looked_up(self, event: Answered) -> Room:
        """Return the room that was asked for: somebody else may have opened it meanwhile."""
        assert isinstance(event.question, LookUpRoom)
        room = self.rooms.live(event.question.room_id)
        if room is None:
            known(event.answer)
            raise event.question.refusal or RoomNotFound()
        return room


def _is_as_wanted(found: RoomRecord, wanted: RoomRecord) -> bool:
    """Tell whether a room is the one to be made, whose incarnation the driver has drawn."""
    return evolve(found, incarnation=wanted.incarnation) == wanted
