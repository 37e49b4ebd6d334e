"""Conversations with the bare router: who says what, who hears what, and when.

The clock is virtual and starts at `START`. A name is a connection; the client that comes back
on another connection comes back under another name. Questions are answered from `talk.shelf`,
at once unless `holds_questions` is set.
"""

import pickle
from collections import Counter, defaultdict
from typing import Any, assert_never

from attrs import evolve

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
    Forgotten,
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
from camus_core.questions import Answer, Question
from camus_core.records import RoomId, RoomRecord
from camus_core.router import Router

from .shelf import Shelf
from .words import ack, id_of, join, resume, secret_of

START = Timestamp(1_615_918_847.0)

MOST_TICKS = 100_000
"""A conversation that needs more of them is stuck."""


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
        self.shelf = Shelf({room.id: room for room in rooms})
        self.changes: list[Change] = []
        self.holds_questions = False
        self.ticks = 0
        self._names: list[str] = []
        self._tokens: dict[str, str] = {}
        self._received: Counter[str] = Counter()
        self._questions: dict[str, Ask] = {}
        self._heard: dict[str, list[Message]] = defaultdict(list)
        self._closed: dict[str, int] = {}

    @property
    def rooms(self) -> dict[RoomId, RoomRecord]:
        """What is stored of rooms."""
        return self.shelf.rooms

    # What happens ----------------------------------------------------------------------

    def connects(self, name: str, room_id: str | None, profile: Profile = CORE) -> None:
        assert name not in self._names, f"{name} has a connection already: take a new name"
        self._names.append(name)
        room = None if room_id is None else RoomId(room_id)
        came = Connected(self.connection(name), id_of(name), room, profile, secret_of(name))
        self._happens(came)

    def joins(self, name: str, room_id: str, **more: Any) -> m.JoinedBody:
        """Connect in the session profile, join, and return what `joined` says."""
        self.connects(name, None, SESSION)
        self.says(name, join(room_id, **more))
        return self.is_in(name)

    def resumes(
        self, name: str, whose: str, received: int | None = None, room_id: str = "lobby"
    ) -> m.JoinedBody:
        """Connect, resume the session of `whose`, and return what `joined` says.

        `whose` is the name of the connection on which its client has heard `joined` last;
        it has received all that was said to it, unless `received` is given.
        """
        if received is not None:
            self._received[self.token(whose)] = received
        self.connects(name, None, SESSION)
        self.says(name, resume(self.token(whose), self.received(whose), room_id))
        return self.is_in(name)

    def rejoins(self, name: str, whose: str) -> m.JoinedBody:
        """The same of a client that has lost its state and knows only its session."""
        self.connects(name, None, SESSION)
        self.says(name, resume(self.token(whose), None))
        return self.is_in(name)

    def confirms(self, name: str) -> None:
        """Confirm all that was said to `name`."""
        self.says(name, ack(self.received(name)))

    def token(self, name: str) -> str:
        """Return what the client shows that has heard `joined` on this connection."""
        return self._tokens[name]

    def received(self, name: str) -> int:
        """Return how many counted frames the client has received, the `joined` not among
        them, in the way of counting of the last `joined` on this connection.
        """
        return self._received[self._tokens[name]]

    def gather(self, room_id: str, *names: str, profile: Profile = CORE) -> None:
        """These come in, and are no longer new; a second later nobody minds what was said."""
        for number, name in enumerate(names, 1):
            if profile is CORE:
                self.connects(name, room_id)
                self.says(name, m.GetRoomInfo())
            else:
                self.joins(name, room_id)
                for one in names[:number]:
                    self.confirms(one)
        self.waits(1)
        self.forget()

    def says(self, name: str, message: Message | ProtocolError, size: int = 0) -> None:
        """`name` sends a frame of so many bytes: a message, or what the codec refused."""
        self._happens(Received(self.connection(name), message, size))

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

    def lives(self, seconds: float) -> None:
        """Let time pass in which everybody who is connected shows life."""
        for _ in range(int(seconds // 10)):
            self._all_show_life()
            self.waits(10)
        self._all_show_life()
        self.waits(seconds % 10)

    def _all_show_life(self) -> None:
        for name in self._names:
            if name not in self._closed:
                self.shows_life(name)

    # The server ends and begins --------------------------------------------------------

    def starts_again_with(self, *rooms: RoomRecord) -> None:
        """These rooms were stored when the server started."""
        self.rooms.update({room.id: room for room in rooms})
        self._happens(Recalled(rooms))

    def stops(self) -> None:
        self._happens(Stopped())

    def starts_again(self, run: str = "next run") -> None:
        """Another run takes over the store; what the one before had not ended is cut off."""
        self.shelf.a_run_ended(self.router.run, self.now)
        for name in self._names:
            self._closed.setdefault(name, 1006)
        self._questions.clear()
        self.router = evolve(self.router, run=run)
        self.starts_again_with(*self.rooms.values())

    def is_forgotten(self) -> None:
        """The store has taken this run for dead, and forgotten its clients."""
        self._happens(Forgotten())

    # Questions -------------------------------------------------------------------------

    def asks(self, name: str, question: Question) -> None:
        assert self._questions[name].question == question

    def asks_nothing(self, name: str) -> None:
        assert name not in self._questions

    def answers(self, name: str, *answer: Answer) -> None:
        """Answer the question that `name` raised: with this, or from `talk.shelf`."""
        ask = self._questions.pop(name)
        found = answer[0] if answer else self.shelf.find(ask.question)
        self._happens(Answered(ask.connection, ask.about, ask.question, found))

    # What came of it -------------------------------------------------------------------

    def is_in(self, name: str) -> m.JoinedBody:
        """The next that `name` hears is `joined`; return what that says."""
        joined = self._heard[name].pop(0)
        assert isinstance(joined, m.Joined), joined
        return joined.data

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
                    self._tell(self._names[connection], message)
            case Close(connection, code, _):
                name = self._names[connection]
                assert name not in self._closed, f"{name} is closed twice"
                self._closed[name] = code
            case Ask(connection):
                name = self._names[connection]
                self._questions[name] = effect
                if not self.holds_questions:
                    self.answers(name)
            case ForgetRoom() | SaveClient() | ForgetClient():
                self.shelf.write(effect)
                self.changes.append(effect)
            case _:
                assert_never(effect)

    def _tell(self, name: str, message: Message) -> None:
        assert name not in self._closed, f"{name} is closed and told {message}"
        self._heard[name].append(message)
        if isinstance(message, m.Joined):
            self._tokens[name] = message.data.session
        elif name in self._tokens and not isinstance(message, m.Ping | m.Pong | m.Ack):
            self._received[self._tokens[name]] += 1
