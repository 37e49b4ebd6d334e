"""The way into a room: who may come in, and who gets a place back."""

from collections.abc import Sequence
from typing import assert_never

from attrs import define

from . import messages as m
from .connection import Connection
from .effects import Ask, Close, Effect, Send
from .errors import (
    REPLACED,
    InvalidName,
    InvalidUsername,
    MalformedMessage,
    NameTaken,
    NotAllowed,
    PasswordRequired,
    RoomNotFound,
    Unavailable,
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
    Created,
    CreateRoom,
    Failed,
    FindSession,
    ListRooms,
    LookUpRoom,
)
from .records import SLUG, RoomId, RoomRecord, StoredRoom, digest
from .room import Member, Room
from .rooms import RETRY_UNAVAILABLE, Rooms

CAPABILITIES = ("create-room", "list-rooms", "resume", "undeliverable")
"""What a client of the session profile can rely on here, beyond the core profile."""


@define(eq=False)
class Entrance:
    """Decides who comes in. A method that raises `ProtocolError` has let nobody in."""

    limits: Limits
    rooms: Rooms
    places: Places
    connections: dict[ConnectionId, Connection]

    # Core profile ----------------------------------------------------------------------

    def come(self, connection: Connection, room_id: RoomId, now: Timestamp) -> list[Effect]:
        """A client of the core profile is at the door."""
        room = self.rooms.live(room_id)
        if room is None:
            return [Ask(connection.id, connection.came, self.rooms.look_up(room_id, now))]
        return self._come_in(connection, room, now)

    def _come_in(self, connection: Connection, room: Room, now: Timestamp) -> list[Effect]:
        if room.record.password is not None:
            raise PasswordRequired
        member = Member(connection.client_id, connection.id, now)
        room.admit(member)
        greeting = to_json(f"This is Ground Control to {member.username}")
        answer = m.Greeting(member.id, greeting, GROUND_CONTROL)
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

    # Session profile: join -------------------------------------------------------------

    def join(
        self, connection: Connection, event: Received, message: m.Join, now: Timestamp
    ) -> list[Effect]:
        """A client asks for a place, new or kept."""
        _username(message.data)
        room_id = _room_id(connection, message.data)
        resume = message.data.resume
        if resume is None:
            return self._join(connection, event, message, room_id, now)
        place = self.places.find(resume.session)
        if place is None:
            return [Ask(connection.id, event, FindSession(digest(resume.session)))]
        return self._resume(connection, place, message, resume, now)

    def _join(
        self,
        connection: Connection,
        event: Received,
        message: m.Join,
        room_id: RoomId,
        now: Timestamp,
    ) -> list[Effect]:
        room = self.rooms.live(room_id)
        if room is None:
            return [Ask(connection.id, event, self.rooms.look_up(room_id, now))]
        return self._knock(connection, event, message, room, now)

    def _knock(
        self,
        connection: Connection,
        event: Received,
        message: m.Join,
        room: Room,
        now: Timestamp,
    ) -> list[Effect]:
        """Look at what a newcomer shows: a token, the owner's token, or a password."""
        join = message.data
        if join.token is not None:
            raise NotAllowed("this server takes no tokens")
        if join.owner_token is not None:
            if digest(join.owner_token) != room.record.owner:
                raise NotAllowed("that is not the token of this room's owner")
            return self._enter(connection, message, room, "owner", now)
        if room.record.password is None:
            return self._enter(connection, message, room, "guest", now)
        if join.password is None:
            raise PasswordRequired
        return [Ask(connection.id, event, CheckPassword(join.password, room.record))]

    def _enter(
        self,
        connection: Connection,
        message: m.Join,
        room: Room,
        role: m.Role,
        now: Timestamp,
    ) -> list[Effect]:
        token = connection.came.token
        session = self.places.session(digest(token))
        member = Member(
            connection.client_id,
            connection.id,
            now,
            _username(message.data),
            role,
            SESSION,
            session,
            heard=True,
        )
        room.admit(member)
        place = self.places.add(member, session, room)
        reason: m.Lost | None = None if message.data.resume is None else "unknown"
        answer = self._joined(place, token, message, now, reason)
        return self._admitted(connection, member, room, answer, now)

    def _joined(
        self,
        place: Place,
        token: str,
        message: m.Join,
        now: Timestamp,
        reason: m.Lost | None,
        received: int | None = None,
    ) -> m.Joined:
        member, room, limits = place.member, place.room, self.limits
        resumed = message.data.resume is not None and reason is None
        body = m.JoinedBody(
            member.id,
            room.record.id,
            member.role,
            token,
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
        return m.Joined(member.id, body, GROUND_CONTROL, reply_to=message.id)

    # Session profile: resume -----------------------------------------------------------

    def _resume(
        self,
        connection: Connection,
        place: Place,
        message: m.Join,
        resume: m.ResumeBody,
        now: Timestamp,
    ) -> list[Effect]:
        """Give a client its place back; it goes on where it was, if that can be."""
        session, member, room = place.session, place.member, place.room
        of_another_run = session.lost == "restarted"
        reason = "rejoined" if resume.received is None else session.lost
        if reason is None and resume.received is not None:
            session.confirm(resume.received)
        effects = self._replace(member)
        self.places.take(place)
        member.connection = connection.id
        connection.admit(member, room)
        if of_another_run:
            member.taken_over = True
            effects.append(room.save(member))
        dropped = session.break_off(reason) if reason == "rejoined" else []
        handled = (
            session.acknowledge() if reason is None else session.start_anew(resume.received)
        )
        answer = self._joined(place, resume.session, message, now, reason, handled)
        effects += [Send((connection.id,), one) for one in (answer, *session.unconfirmed())]
        if reason == "rejoined":
            effects += room.report(member, dropped, "expired")
            effects += room.rejoin(member, now)
            self.rooms.arm_push(room)
        return effects

    def _replace(self, member: Member) -> list[Effect]:
        """Close the connection on which the member was until now, if it is open."""
        if member.connection is None:
            return []
        del self.connections[member.connection]
        return [Close(member.connection, REPLACED.code, REPLACED.meaning)]

    # Rooms, for those who are not in one -----------------------------------------------

    def create_room(
        self, connection: Connection, event: Received, wish: m.CreateRoomBody, now: Timestamp
    ) -> list[Effect]:
        """A client asks for a new room."""
        if wish.name is not None:
            try:
                checked_name(wish.name)
            except ValueError as error:
                raise InvalidName(str(error)) from None
        self.rooms.check_space()
        return [Ask(connection.id, event, CreateRoom(wish, now, self.limits.room_empty_for))]

    def list_rooms(self, connection: Connection, event: Received) -> list[Effect]:
        """A client asks which rooms there are."""
        return [Ask(connection.id, event, ListRooms(self.limits.rooms_listed))]

    # Answers ---------------------------------------------------------------------------

    def answered(
        self, connection: Connection | None, event: Answered, now: Timestamp
    ) -> list[Effect]:
        """Go on with the request that raised the question, if its connection is still there."""
        room = self._opened(event.answer, now)
        if connection is None:
            return []
        match event.about:
            case Connected():
                return self._come_in(connection, room or self._looked_up(event), now)
            case Received(message=m.Join() as join) as about:
                return self._go_on_joining(connection, event, about, join, room, now)
            case Received(message=m.CreateRoom(id=id)):
                created = _known(event.answer)
                if not isinstance(created, Created):
                    raise NameTaken
                body = m.RoomCreatedBody(created.room.id, created.owner_token)
                return connection.tell(
                    m.RoomCreated(connection.client_id, body, GROUND_CONTROL, reply_to=id)
                )
            case Received(message=message):
                assert isinstance(message, m.ListRooms)
                records = _known(event.answer)
                assert isinstance(records, Sequence)
                listed = tuple(map(self._listed, records))
                return connection.tell(
                    m.Rooms(connection.client_id, listed, GROUND_CONTROL, reply_to=message.id)
                )
            case _:
                assert_never(event.about)

    def _go_on_joining(
        self,
        connection: Connection,
        event: Answered,
        about: Received,
        message: m.Join,
        room: Room | None,
        now: Timestamp,
    ) -> list[Effect]:
        resume = message.data.resume
        match event.question:
            case LookUpRoom():
                room = room or self._looked_up(event)
                return self._knock(connection, about, message, room, now)
            case FindSession(session) if resume is not None:
                found = _known(event.answer)
                effects: list[Effect] = []
                place = self.places.find(resume.session)
                if place is None and room is not None and isinstance(found, StoredRoom):
                    place, effects = self._recalled(session, found, room, now)
                if place is None:
                    room_id = _room_id(connection, message.data)
                    return self._join(connection, about, message, room_id, now)
                return [*effects, *self._resume(connection, place, message, resume, now)]
            case CheckPassword(_, record):
                if not _known(event.answer):
                    raise WrongPassword
                room = self.rooms.live(record.id) or self.rooms.open(record, now)
                if room.record.password != record.password:  # another one since
                    return self._knock(connection, about, message, room, now)
                return self._enter(connection, message, room, "guest", now)
            case _:
                raise AssertionError(f"`join` asks no {type(event.question).__name__}")

    def _opened(self, answer: Answer, now: Timestamp) -> Room | None:
        """Return the room that the store has told of, with the places that are held there."""
        match answer:
            case Created(record):
                self.rooms.open(record, now)
                return None
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
            _known(event.answer)
            raise RoomNotFound
        return room

    def _listed(self, record: RoomRecord) -> m.ListedRoom:
        room = self.rooms.live(record.id)
        return m.ListedRoom(
            record.id,
            record.name,
            0 if room is None else len(room.members),
            self.rooms.guest_limit(record),
            record.password is not None,
        )


def _known(answer: Answer) -> Answer:
    """Return an answer that is one."""
    if isinstance(answer, Failed):
        raise Unavailable(retry_after=RETRY_UNAVAILABLE)
    return answer


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
