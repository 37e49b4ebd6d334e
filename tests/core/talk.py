"""Conversations with the bare router: who says what, who hears what, and when.

The clock is virtual and starts at `START`; a name is a connection, and `id_of(name)` its
client id. Questions are answered from `talk.rooms`, at once unless `holds_questions` is set.
"""

import pickle
from collections import defaultdict
from typing import assert_never

from camus_core import messages as m
from camus_core.effects import (
    Ask,
    Change,
    Close,
    Effect,
    ForgetClient,
    ForgetRoom,
    LookUpRoom,
    SaveClient,
    Send,
)
from camus_core.errors import ProtocolError
from camus_core.events import (
    Answer,
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
from camus_core.records import ClientId, RoomId, RoomRecord
from camus_core.router import Router

START = Timestamp(1_615_918_847.0)

MOST_TICKS = 100_000
"""A conversation that needs more of them is stuck."""


def id_of(name: str) -> ClientId:
    """Return the client id of a name, which has at most 16 letters."""
    return ClientId(name.encode().hex().ljust(32, "0"))


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
    ) -> None:
        self.router = Router(limits or Limits(), ice or IceConfiguration(), on_demand)
        self.now = START
        self.rooms = {room.id: room for room in rooms}
        self.changes: list[Change] = []
        self.holds_questions = False
        self.ticks = 0
        self._names: list[str] = []
        self._questions: dict[str, Ask] = {}
        self._heard: dict[str, list[Message]] = defaultdict(list)
        self._closed: dict[str, int] = {}

    # What happens ----------------------------------------------------------------------

    def connects(self, name: str, room_id: str) -> None:
        assert name not in self._names, f"{name} has a connection already: take a new name"
        self._names.append(name)
        self._happens(Connected(self.connection(name), id_of(name), RoomId(room_id)))

    def gather(self, room_id: str, *names: str) -> None:
        """These come in and ask who is there; a second later nobody minds what was said."""
        for name in names:
            self.connects(name, room_id)
            self.says(name, m.GetRoomInfo())
        self.waits(1)
        self.forget()

    def says(self, name: str, message: Message | ProtocolError) -> None:
        """`name` sends a frame: a message, or what the codec refused."""
        self._happens(Received(self.connection(name), message))

    def shows_life(self, name: str) -> None:
        self._happens(Heard(self.connection(name)))

    def stalls(self, name: str) -> None:
        self._happens(Overflowed(self.connection(name)))

    def drops(self, name: str) -> None:
        self._happens(Disconnected(self.connection(name)))

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

    def asks(self, name: str, question: LookUpRoom) -> None:
        assert self._questions[name].question == question

    def asks_nothing(self, name: str) -> None:
        assert name not in self._questions

    def answers(self, name: str, *answer: Answer) -> None:
        """Answer the question that `name` raised: with this, or from `talk.rooms`."""
        ask = self._questions.pop(name)
        found = answer[0] if answer else self._look_up(ask.question)
        self._happens(Answered(ask.connection, ask.about, found))

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
            case SaveClient() | ForgetClient():
                self.changes.append(effect)
            case _:
                assert_never(effect)

    def _look_up(self, question: LookUpRoom) -> RoomRecord | None:
        if question.if_absent is not None:
            self.rooms.setdefault(question.room_id, question.if_absent)
        return self.rooms.get(question.room_id)
