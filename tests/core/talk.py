"""Conversations with the bare router: who says what, who hears what, and when.

A name is a connection; the client that comes back on another connection comes back under
another name.
"""

import pickle
from typing import Any

from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.events import (
    ClockSet,
    Connected,
    Disconnected,
    KeptAlive,
    Ordered,
    Overflowed,
    Received,
    RecordsLost,
    RoomsLoaded,
    StopRequested,
    Ticked,
    Timestamp,
)
from camus_core.questions import Question
from camus_core.records import NetworkAddress, RoomId, RoomRecord, SessionSecret
from camus_core.wire import messages as m
from camus_core.wire.errors import ProtocolError
from camus_core.wire.messages import Json, Message, Order
from camus_core.wire.profile import CORE, SESSION, ProtocolProfile

from .phrases import ack, id_of, join, resume, secret_of
from .router_driver import RouterDriver

MOST_TICKS = 100_000
"""A conversation that needs more of them is stuck."""


class Talk(RouterDriver):
    """One server, and everybody who talks with it."""

    # What happens ----------------------------------------------------------------------

    def connects(
        self,
        name: str,
        room_id: str | None,
        profile: ProtocolProfile = CORE,
        *,
        address: str | None = None,
        identity: Identity | ProtocolError | None = None,
    ) -> None:
        """`identity` is what whoever looked at the handshake says, of `address`."""
        assert name not in self.names, f"{name} has a connection already: take a new name"
        self.names.append(name)
        room = None if room_id is None else RoomId(room_id)
        secret = SessionSecret(secret_of(name))
        network = None if address is None else NetworkAddress(address)
        self.happens(
            Connected(
                self.connection(name), id_of(name), room, profile, secret, network, identity
            )
        )

    def joins(
        self, name: str, room_id: str, *, address: str | None = None, **more: Any
    ) -> m.JoinedBody:
        """Connect in the session profile, join, and return what `joined` says."""
        self.knocks(name, room_id, address=address, **more)
        return self.is_in(name)

    def knocks(
        self, name: str, room_id: str, *, address: str | None = None, **more: Any
    ) -> None:
        """Connect in the session profile and say `join`; whatever comes of it stays."""
        self.connects(name, None, SESSION, address=address)
        self.says(name, join(room_id, **more))

    def resumes(
        self, name: str, whose: str, received: int | None = None, room_id: str = "lobby"
    ) -> m.JoinedBody:
        """Connect, resume the session of `whose`, and return what `joined` says.

        `whose` is the name of the connection on which its client has heard `joined` last;
        it has received all that was said to it, unless `received` is given.
        """
        if received is not None:
            self.received_by[self.token(whose)] = received
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
        return self.tokens[name]

    def received(self, name: str) -> int:
        """Return how many counted frames the client has received, the `joined` not among
        them, in the way of counting of the last `joined` on this connection.
        """
        return self.received_by[self.tokens[name]]

    def gather(self, room_id: str, *names: str, profile: ProtocolProfile = CORE) -> None:
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
        self.happens(Received(self.connection(name), message, size))

    def shows_life(self, name: str) -> None:
        self.happens(KeptAlive(self.connection(name)))

    def stalls(self, name: str) -> None:
        self.happens(Overflowed(self.connection(name)))

    def drops(self, name: str, code: int | None = None) -> None:
        self.happens(Disconnected(self.connection(name), code))

    def waits(self, seconds: float) -> None:
        """Let time pass; the router is woken whenever it wants to be."""
        until = Timestamp(self.now + seconds)
        while (deadline := self.router.next_deadline()) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            self.ticks += 1
            assert self.ticks < MOST_TICKS, "the router wants to be woken without end"
            self.happens(Ticked())
        self.now = until

    def pauses(self, seconds: float) -> None:
        """The server stands still, and looks at nothing before it is woken."""
        self.now = Timestamp(self.now + seconds)

    def wakes(self) -> None:
        """The server goes on after a pause, in which `pauses` has let it stand still."""
        self.happens(Ticked())
        self.waits(0)

    def sets_clock(self, seconds: float) -> None:
        """UNIX time jumps."""
        self.ahead += seconds
        self.happens(ClockSet(self.ahead))

    def lives(self, seconds: float) -> None:
        """Let time pass in which everybody who is connected shows life."""
        for _ in range(int(seconds // 10)):
            self._all_show_life()
            self.waits(10)
        self._all_show_life()
        self.waits(seconds % 10)

    def _all_show_life(self) -> None:
        for name in self.names:
            if name not in self.closed:
                self.shows_life(name)

    # The server ends and begins --------------------------------------------------------

    def starts_again_with(self, *rooms: RoomRecord) -> None:
        """These rooms were stored when the server started."""
        self.rooms.update({room.id: room for room in rooms})
        self.happens(RoomsLoaded(rooms))

    def stops(self) -> None:
        self.happens(StopRequested())

    def starts_again(self, node: str = "next run") -> None:
        """Another run takes over the store; what the one before had not ended is cut off."""
        self.store.node_ended(self.router.node, self.now)
        for name in self.names:
            self.closed.setdefault(name, 1006)
        self.questions.clear()
        self.router = evolve(self.router, node=node)
        self.starts_again_with(*self.rooms.values())

    # What whoever runs the server wants ------------------------------------------------

    def orders(self, room_id: str, order: Order) -> None:
        """Have something done in a room; it is done."""
        self.happens(Ordered(RoomId(room_id), order))
        assert self.order_answers.pop().refusal is None

    def order_is_refused(self, room_id: str, order: Order, why: ProtocolError) -> None:
        """Want something of a room that can't be done."""
        self.happens(Ordered(RoomId(room_id), order))
        refusal = self.order_answers.pop().refusal
        assert (type(refusal), str(refusal)) == (type(why), str(why))

    def loses_its_records(self) -> None:
        """The store has taken this run for dead, and forgotten its clients."""
        self.happens(RecordsLost())
        self.waits(0)

    # Questions -------------------------------------------------------------------------

    def asks(self, name: str, question: Question) -> None:
        assert self.questions[name].question == question

    def asks_nothing(self, name: str) -> None:
        assert name not in self.questions

    # What came of it -------------------------------------------------------------------

    def is_in(self, name: str) -> m.JoinedBody:
        """The next that `name` hears is `joined`; return what that says."""
        joined = self.heard[name].pop(0)
        assert isinstance(joined, m.Joined), joined
        return joined.data

    def hears(self, name: str, *messages: Message) -> None:
        """These are what `name` has heard next; what comes after them stays."""
        heard = self.heard[name]
        assert heard[: len(messages)] == list(messages)
        del heard[: len(messages)]

    def hears_nothing(self, *names: str) -> None:
        """Nothing, or nothing more, has reached any of these."""
        for name in names:
            assert self.heard[name] == [], f"{name} has heard something"

    def has_heard(self, name: str) -> list[Message]:
        """Return, and forget, all that `name` has heard since."""
        heard, self.heard[name] = self.heard[name], []
        return heard

    def forget(self) -> None:
        """Nobody minds any more what was heard and written so far."""
        self.heard.clear()
        self.changes.clear()

    def is_closed(self, name: str, code: int) -> None:
        assert self.closed.get(name) == code

    def is_open(self, *names: str) -> None:
        for name in names:
            assert name in self.names and name not in self.closed

    def milliseconds(self) -> Json:
        """Return UNIX time as the wire has it."""
        return Json(str(int(self.unix_time * 1000)).encode())

    def weight(self) -> int:
        """Return the size of all that the router keeps."""
        return len(pickle.dumps(self.router))
