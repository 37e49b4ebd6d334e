"""Conversations with the bare router: who says what, who hears what, and when.

The clock is virtual and starts at `START`; a name is a connection, and `id_of(name)` its
client id. Questions are answered from `talk.rooms`, at once unless `holds_questions` is set.
"""

import pickle
from collections import defaultdict
from typing import Any, assert_never

from camus_core import messages as m
from camus_core.effects import (
    Ask,
    Change,
    Close,
    Effect,
    ForgetClient,
    ForgetRoom,
    SaveClient,
    Send,
)
from camus_core.errors import ProtocolError
from camus_core.events import (
    Answered,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    Heard,
    Overflowed,
    Recalled,
    Received,
    Stopped,
    Ticked,
    Timestamp,
)
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.messages import Json, Message
from camus_core.profile import CORE, SESSION, Profile
from camus_core.questions import (
    Answer,
    CheckPassword,
    Created,
    CreateRoom,
    FindSession,
    ListRooms,
    LookUpRoom,
    Question,
)
from camus_core.records import (
    ClientId,
    ClientRecord,
    RoomId,
    RoomRecord,
    StoredRoom,
    digest,
)
from camus_core.router import Router

START = Timestamp(1_615_918_847.0)

MOST_TICKS = 100_000
"""A conversation that needs more of them is stuck."""


def id_of(name: str) -> ClientId:
    """Return the client id of a name, which has at most 16 letters."""
    return ClientId(name.encode().hex().ljust(32, "0"))


def token_of(name: str) -> str:
    """Return the secret that a name's connection would give its session."""
    return f"session of {name}"


def join(room_id: str | None = None, *, id: str | None = None, **more: Any) -> m.Join:
    """Return a `join`; `more` are members of its data."""
    return m.Join(m.GROUND_CONTROL, m.JoinBody(room_id, **more), id=id)


def resume(name: str, received: int | None, room_id: str = "lobby") -> m.Join:
    """Return a `join` that resumes the session that `name` was given."""
    return join(room_id, resume=m.ResumeBody(token_of(name), received))


def refusal(name: str, error: ProtocolError) -> m.Error:
    """Return what a client hears when it is refused."""
    body = m.ErrorBody(error.code, str(error), error.retry_after)
    return m.Error(id_of(name), body, m.GROUND_CONTROL)


def roster(to: str, room_id: str, *names: str, **usernames: str) -> m.RoomInfo:
    """Return the `room-info` that lists these names; `to` is a name or `room`."""
    receiver = m.ROOM if to == m.ROOM else id_of(to)
    clients = (m.ClientInfo(id_of(name), usernames.get(name, "Major Tom")) for name in names)
    return m.RoomInfo(receiver, m.RoomInfoBody(room_id, tuple(clients)), m.GROUND_CONTROL)


def greeting(name: str) -> m.Greeting:
    """Return what the server says to a client that has just come in."""
    text = Json(b'"This is Ground Control to Major Tom"')
    return m.Greeting(id_of(name), text, m.GROUND_CONTROL)


class Talk:
    """One server, and everybody who talks with it."""

    def __init__(
        self,
        *rooms: RoomRecord,
        limits: Limits | None = None,
        ice: IceConfiguration | None = None,
        on_demand: bool = True,
        run: str = "this run",
    ) -> None:
        self.router = Router(limits or Limits(), ice or IceConfiguration(), on_demand, run)
        self.now = START
        self.rooms = {room.id: room for room in rooms}
        self.clients: dict[ClientId, ClientRecord] = {}
        self.changes: list[Change] = []
        self.holds_questions = False
        self.ticks = 0
        self._names: list[str] = []
        self._questions: dict[str, Ask] = {}
        self._heard: dict[str, list[Message]] = defaultdict(list)
        self._closed: dict[str, int] = {}

    # What happens ----------------------------------------------------------------------

    def connects(
        self, name: str, room_id: str | None, profile: Profile = CORE, token: str = ""
    ) -> None:
        assert name not in self._names, f"{name} has a connection already: take a new name"
        self._names.append(name)
        room = None if room_id is None else RoomId(room_id)
        token = token or token_of(name)
        self._happens(Connected(self.connection(name), id_of(name), room, profile, token))

    def joins(self, name: str, room_id: str, **more: Any) -> m.JoinedBody:
        """Connect in the session profile, join, and return what `joined` says."""
        self.connects(name, None, SESSION)
        self.says(name, join(room_id, **more))
        [joined] = self.has_heard(name)
        assert isinstance(joined, m.Joined), joined
        return joined.data

    def gather(self, room_id: str, *names: str, profile: Profile = CORE) -> None:
        """These come in, and are no longer new; a second later nobody minds what was said."""
        for name in names:
            if profile is CORE:
                self.connects(name, room_id)
                self.says(name, m.GetRoomInfo())
            else:
                self.joins(name, room_id)
        self.waits(1)
        self.forget()

    def says(self, name: str, message: Message | ProtocolError) -> None:
        """`name` sends a frame: a message, or what the codec refused."""
        self._happens(Received(self.connection(name), message))

    def shows_life(self, name: str) -> None:
        self._happens(Heard(self.connection(name)))

    def stalls(self, name: str) -> None:
        self._happens(Overflowed(self.connection(name)))

    def drops(self, name: str, code: int | None = None) -> None:
        self._happens(Disconnected(self.connection(name), code))

    def waits(self, seconds: float) -> None:
        """Let time pass; the router is woken whenever it wants to be."""
        until = Timestamp(self.now + seconds)
        while (deadline := self.router.next_deadline()) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            self.ticks += 1
            assert self.ticks < MOST_TICKS, "the router wants to be woken without end"
            self._happens(Ticked())
        self.now = until

    def starts_again_with(self, *rooms: RoomRecord) -> None:
        self.rooms |= {room.id: room for room in rooms}
        self._happens(Recalled(rooms))

    def stops(self) -> None:
        self._happens(Stopped())

    # Questions -------------------------------------------------------------------------

    def asks(self, name: str, question: Question) -> None:
        assert self._questions[name].question == question

    def asks_nothing(self, name: str) -> None:
        assert name not in self._questions

    def answers(self, name: str, *answer: Answer) -> None:
        """Answer the question that `name` raised: with this, or from `talk.rooms`."""
        ask = self._questions.pop(name)
        found = answer[0] if answer else self._look_up(ask.question)
        self._happens(Answered(ask.connection, ask.about, ask.question, found))

    # What came of it -------------------------------------------------------------------

    def hears(self, name: str, *messages: Message) -> None:
        """These are what `name` has heard next; what comes after them stays."""
        heard = self._heard[name]
        assert heard[: len(messages)] == list(messages)
        del heard[: len(messages)]

    def hears_nothing(self, *names: str) -> None:
        """Nothing, or nothing more, has reached any of these."""
        for name in names:
            assert self._heard[name] == [], f"{name} has heard something"

    def has_heard(self, name: str) -> list[Message]:
        """Return, and forget, all that `name` has heard since."""
        heard, self._heard[name] = self._heard[name], []
        return heard

    def forget(self) -> None:
        """Nobody minds any more what was heard and written so far."""
        self._heard.clear()
        self.changes.clear()

    def is_closed(self, name: str, code: int) -> None:
        assert self._closed.get(name) == code

    def is_open(self, *names: str) -> None:
        for name in names:
            assert name in self._names and name not in self._closed

    def milliseconds(self) -> Json:
        """Return the time as the wire has it."""
        return Json(str(int(self.now * 1000)).encode())

    def weight(self) -> int:
        """Return the size of all that the router keeps."""
        return len(pickle.dumps(self.router))

    # The driver ------------------------------------------------------------------------

    def connection(self, name: str) -> ConnectionId:
        return ConnectionId(self._names.index(name))

    def _happens(self, event: Event) -> None:
        for effect in self.router.handle(event, self.now):
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Send(to, message):
                for connection in to:
                    name = self._names[connection]
                    assert name not in self._closed, f"{name} is closed and told {message}"
                    self._heard[name].append(message)
            case Close(connection, code, _):
                name = self._names[connection]
                assert name not in self._closed, f"{name} is closed twice"
                self._closed[name] = code
            case Ask(connection):
                name = self._names[connection]
                self._questions[name] = effect
                if not self.holds_questions:
                    self.answers(name)
            case ForgetRoom(room_id):
                self.rooms.pop(room_id, None)
                self.changes.append(effect)
            case SaveClient(client):
                self.clients[client.id] = client
                self.changes.append(effect)
            case ForgetClient(client_id):
                self.clients.pop(client_id, None)
                self.changes.append(effect)
            case _:
                assert_never(effect)

    def _look_up(self, question: Question) -> Answer:
        match question:
            case LookUpRoom(room_id, if_absent):
                if if_absent is not None:
                    self.rooms.setdefault(room_id, if_absent)
                return self._stored(room_id)
            case FindSession(session):
                for client in self.clients.values():
                    if client.session == session:
                        return self._stored(client.room_id)
                return None
            case CheckPassword(password, room):
                return room.password == password
            case CreateRoom(wish, created_at, empty_for):
                room_id = RoomId(wish.name or "a-new-room")
                if room_id in self.rooms:
                    return None
                self.rooms[room_id] = record = RoomRecord(
                    room_id,
                    wish.name or room_id,
                    created_at,
                    wish.public,
                    wish.password,
                    wish.guest_limit,
                    empty_for,
                    digest("owner's token"),
                )
                return Created(record, "owner's token")
            case ListRooms(most):
                return [room for room in self.rooms.values() if room.public][:most]
            case _:
                assert_never(question)

    def _stored(self, room_id: RoomId) -> StoredRoom | None:
        if room_id not in self.rooms:
            return None
        clients = (one for one in self.clients.values() if one.room_id == room_id)
        return StoredRoom(self.rooms[room_id], tuple(clients))
