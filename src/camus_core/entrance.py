"""The way into a room: who may come in, and who gets a place back."""

from attrs import define, evolve, frozen

from . import messages as m
from .connection import Connection
from .effects import Ask, Close, Effect, Send
from .errors import (
    REPLACED,
    InvalidUsername,
    MalformedMessage,
    NotAllowed,
    PasswordRequired,
    RoomNotFound,
    WrongPassword,
)
from .events import Answered, Connected, ConnectionId, Received, Timestamp
from .json_text import to_json
from .limits import Limits
from .messages import GROUND_CONTROL, JoinBody
from .names import DEFAULT_USERNAME, checked_name
from .places import Place, Places
from .profile import SESSION
from .questions import (
    Answer,
    CheckPassword,
    FindSession,
    LookUpRoom,
)
from .records import SLUG, RoomId, StoredRoom, digest
from .room import Member, Room
from .rooms import Rooms, known
from .session import secret_and_count, token_of

CAPABILITIES = ("create-room", "list-rooms", "resume", "undeliverable")
"""What a client of the session profile can rely on here, beyond the core profile."""


@frozen(eq=False)
class _Joining:
    """A `join` on its way: who says it, the event that brought it, and what it says."""

    connection: Connection
    event: Received
    id: str | None
    join: m.JoinBody


@define(eq=False)
class Entrance:
    """Decides who comes in. A method that raises `ProtocolError` has let nobody in."""

    limits: Limits
    rooms: Rooms
    places: Places
    connections: dict[ConnectionId, Connection]

    def come(self, connection: Connection, room_id: RoomId, now: Timestamp) -> list[Effect]:
        """A client of the core profile is at the door."""
        room = self.rooms.live(room_id)
        if room is None:
            return [Ask(connection.id, connection.came, self.rooms.look_up(room_id, now))]
        return self._come_in(connection, room, now)

    def join(
        self, connection: Connection, event: Received, message: m.Join, now: Timestamp
    ) -> list[Effect]:
        """A client of the session profile asks for a place, new or kept."""
        joining = _Joining(connection, event, message.id, message.data)
        _username(message.data)
        _room_id(connection, message.data)
        resume = message.data.resume
        if resume is None:
            return self._look_for_room(joining, now)
        secret, _ = secret_and_count(resume.session)
        place = self.places.find(secret)
        if place is None:
            return [Ask(connection.id, event, FindSession(digest(secret)))]
        return self._resume(joining, place, resume, now)

    def answered(
        self, connection: Connection | None, event: Answered, now: Timestamp
    ) -> list[Effect]:
        """Go on with who waits at the door, if its connection is still there."""
        room = self._opened(event.answer, now)
        if connection is None:
            return []
        match event.about:
            case Connected():
                return self._come_in(connection, room or self._looked_up(event), now)
            case Received(message=m.Join(id=id, data=join)) as about:
                joining = _Joining(connection, about, id, join)
                return self._go_on(joining, event, room, now)
            case _:
                raise AssertionError("nobody else waits at the door")

    def _go_on(
        self, joining: _Joining, event: Answered, room: Room | None, now: Timestamp
    ) -> list[Effect]:
        match event.question, joining.join.resume:
            case LookUpRoom(checked=checked), _:
                return self._knock(joining, room or self._looked_up(event), now, checked)
            case FindSession(session), m.ResumeBody() as resume:
                found = known(event.answer)
                effects: list[Effect] = []
                place = self.places.find(secret_and_count(resume.session)[0])
                if place is None and room is not None and isinstance(found, StoredRoom):
                    place, effects = self._recalled(session, found, room, now)
                if place is None:
                    return self._look_for_room(joining, now)
                return [*effects, *self._resume(joining, place, resume, now)]
            case CheckPassword(_, record), _:
                if not known(event.answer):
                    raise WrongPassword
                return self._look_for_room(joining, now, checked=record.password)
            case question, _:
                raise AssertionError(f"`join` asks no {type(question).__name__}")

    # Newcomers -------------------------------------------------------------------------

    def _come_in(self, connection: Connection, room: Room, now: Timestamp) -> list[Effect]:
        if room.record.password is not None:
            raise PasswordRequired
        member = Member(connection.client_id, connection.id, now)
        room.admit(member)
        greeting = to_json(f"This is Ground Control to {member.username}")
        answer = m.Greeting(member.id, greeting, GROUND_CONTROL)
        return self._admitted(connection, member, room, answer, now)

    def _look_for_room(
        self, joining: _Joining, now: Timestamp, checked: str | None = None
    ) -> list[Effect]:
        room_id = _room_id(joining.connection, joining.join)
        room = self.rooms.live(room_id)
        if room is not None:
            return self._knock(joining, room, now, checked)
        look_up = evolve(self.rooms.look_up(room_id, now), checked=checked)
        return [Ask(joining.connection.id, joining.event, look_up)]

    def _knock(
        self, joining: _Joining, room: Room, now: Timestamp, checked: str | None
    ) -> list[Effect]:
        """Look at what a newcomer shows: a token, the owner's token, or a password.

        `checked` is the hash of the password that it has shown, once that is found right.
        """
        join, password = joining.join, room.record.password
        if join.token is not None:
            raise NotAllowed("this server takes no tokens")
        if join.owner_token is not None:
            if digest(join.owner_token) != room.record.owner:
                raise NotAllowed("that is not the token of this room's owner")
            return self._enter(joining, room, "owner", now)
        if password in (None, checked):
            return self._enter(joining, room, "guest", now)
        if join.password is None:
            raise PasswordRequired
        check = CheckPassword(join.password, room.record)
        return [Ask(joining.connection.id, joining.event, check)]

    def _enter(
        self, joining: _Joining, room: Room, role: m.Role, now: Timestamp
    ) -> list[Effect]:
        connection = joining.connection
        secret = connection.came.token
        session = self.places.session(digest(secret))
        member = Member(
            connection.client_id,
            connection.id,
            now,
            _username(joining.join),
            role,
            SESSION,
            session,
            heard=True,
        )
        room.admit(member)
        place = self.places.add(member, session, room)
        reason: m.Lost | None = None if joining.join.resume is None else "unknown"
        answer = self._joined(joining, place, secret, now, reason)
        return self._admitted(connection, member, room, answer, now)

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

    # Those who come back ---------------------------------------------------------------

    def _resume(
        self, joining: _Joining, place: Place, resume: m.ResumeBody, now: Timestamp
    ) -> list[Effect]:
        """Give a client its place back; it goes on where it was, if that can be."""
        session, member, room = place.session, place.member, place.room
        secret, count = secret_and_count(resume.session)
        reason = session.why_not(count, resume.received)
        if reason is None and resume.received is not None:
            session.confirm(resume.received)
        effects = self._replace(member, joining.connection)
        self.places.take(place)
        joining.connection.admit(member, room)
        if session.recalled:
            member.taken_over = True
            effects.append(room.save(member))
        dropped = session.break_off(reason) if reason == "rejoined" else []
        if reason is None:
            handled: int | None = session.acknowledge()
        else:
            anew = joining.connection.came.token[-16:]
            handled = session.start_anew(anew, count, resume.received)
        answer = self._joined(joining, place, secret, now, reason, handled)
        for message in (answer, *session.unconfirmed()):
            effects.append(Send((joining.connection.id,), message))
        if reason == "rejoined":
            effects += room.report(member, dropped, "expired")
            effects += room.rejoin(member, now)
            self.rooms.arm_push(room)
        return effects

    def _replace(self, member: Member, connection: Connection) -> list[Effect]:
        """Move a member to another connection; the one until now is closed, if it is open."""
        old, member.connection = member.connection, connection.id
        if old is None:
            return []
        del self.connections[old]
        return [Close(old, REPLACED.code, REPLACED.meaning)]

    def _joined(
        self,
        joining: _Joining,
        place: Place,
        secret: str,
        now: Timestamp,
        reason: m.Lost | None,
        received: int | None = None,
    ) -> m.Joined:
        member, room, limits = place.member, place.room, self.limits
        resumed = joining.join.resume is not None and reason is None
        body = m.JoinedBody(
            member.id,
            room.record.id,
            member.role,
            token_of(secret, place.session.count),
            resumed,
            self.places.ice_servers(member, now),
            m.Allowance(
                limits.frame_bytes,
                limits.messages_per_second,
                limits.message_burst,
                limits.unconfirmed_frames,
                limits.connected_bytes,
                limits.place_seconds,
                limits.silent_for,
            ),
            CAPABILITIES,
            received,
            reason,
            None if resumed else tuple(one.seen() for one in room.members.values()),
        )
        return m.Joined(member.id, body, GROUND_CONTROL, reply_to=joining.id)

    # What the store knows --------------------------------------------------------------

    def _opened(self, answer: Answer, now: Timestamp) -> Room | None:
        """Return the room that the store has told of, with the places that are held there."""
        match answer:
            case StoredRoom(record, clients):
                room = self.rooms.live(record.id)
                if room is None:
                    room = self.rooms.open(record, now)
                    for client in clients:
                        self.places.recall(client, room, now)
                    if room.members:
                        self.rooms.keep(room)
                return room
            case _:
                return None

    def _recalled(
        self, session: str, found: StoredRoom, room: Room, now: Timestamp
    ) -> tuple[Place | None, list[Effect]]:
        """Take somebody from another server into a room that lives here already."""
        for client in found.clients:
            if client.session == session:
                place = self.places.recall(client, room, now)
                if place is not None:
                    effects = room.announce(place.member, now)
                    self.rooms.arm_push(room)
                    return place, effects
        return None, []

    def _looked_up(self, event: Answered) -> Room:
        """Return the room that was asked for: somebody else may have opened it meanwhile."""
        assert isinstance(event.question, LookUpRoom)
        room = self.rooms.live(event.question.room_id)
        if room is None:
            known(event.answer)
            raise RoomNotFound
        return room


def _room_id(connection: Connection, join: JoinBody) -> RoomId:
    """Return which room is meant: that of the address, or of the message."""
    at, said = connection.came.room_id, join.room_id
    if said is None and at is None:
        raise MalformedMessage("required field missing @ $.data.room_id")
    if said is not None and at is not None and said != at:
        raise MalformedMessage("$.data.room_id is another room than that of the address")
    room_id = said or at or ""
    if not SLUG.fullmatch(room_id):
        raise RoomNotFound
    return RoomId(room_id)


def _username(join: JoinBody) -> str:
    if join.username is None:
        return DEFAULT_USERNAME
    try:
        return checked_name(join.username)
    except ValueError:
        raise InvalidUsername from None
