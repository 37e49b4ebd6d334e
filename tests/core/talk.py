"""Conversations with the bare router: the messages sent and received, in virtual time.

A name stands for a connection; a client that comes back over another connection gets another
name.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.effects import Ask, Change
from camus_core.events import (
    Connected,
    ConnectionId,
    KeptAlive,
    Overflowed,
    Received,
    RecordsLost,
)
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.questions import Answer, Question
from camus_core.records import NetworkAddress, RoomId, RoomRecord, SessionSecret
from camus_core.router import Router
from camus_core.wire import messages as m
from camus_core.wire.errors import ProtocolError
from camus_core.wire.messages import Json, Message, Order
from camus_core.wire.profile import CORE, SESSION, ProtocolProfile
from driving.driver import Driver
from driving.weight import weight_of

from .phrases import ack, id_of, join, resume, secret_of


class Talk(Driver):
    """One server, and all clients that talk to it.

    `heard` has the messages to each name, and `closed` the codes with which connections were
    closed. `tokens` has the resume token of each name, and `received_by` the number of counted
    frames that have reached the holder of a resume token. An operator has created `rooms` since
    the server started.
    """

    def __init__(
        self,
        *rooms: RoomRecord,
        limits: Limits | None = None,
        ice: IceConfiguration | None = None,
        on_demand: bool = True,
        node: str = "this node",
        guests: bool = True,
    ) -> None:
        super().__init__()
        self.changes: list[Change] = []
        self.names: list[str] = []
        self.tokens: dict[str, str] = {}
        self.received_by: Counter[str] = Counter()
        self.heard: dict[str, list[Message]] = defaultdict(list)
        self.closed: dict[str, int] = {}
        self.start(
            Router(limits or Limits(), ice or IceConfiguration(), on_demand, node, guests)
        )
        self.store.put(*rooms)

    def connection(self, name: str) -> ConnectionId:
        return ConnectionId(self.names.index(name))

    @property
    def rooms(self) -> dict[RoomId, RoomRecord]:
        """The stored rooms."""
        return self.store.rooms

    @property
    def questions(self) -> dict[str, Ask]:
        """The open questions, by the name that each is about."""
        return {self.names[one]: ask for one, ask in self.node.questions.items()}

    # What the router does ------------------------------------------------------------------

    def deliver(self, to: Sequence[ConnectionId], message: Message) -> None:
        for name in map(self.names.__getitem__, to):
            self.heard[name].append(message)
            if isinstance(message, m.Joined):
                self.tokens[name] = message.data.session
            elif name in self.tokens and not isinstance(message, m.Ping | m.Pong | m.Ack):
                self.received_by[self.tokens[name]] += 1

    def hang_up(self, connection: ConnectionId, code: int) -> None:
        self.closed[self.names[connection]] = code

    def note(self, change: Change) -> None:
        self.changes.append(change)

    # Actions of clients and time -----------------------------------------------------------

    def connects(
        self,
        name: str,
        room_id: str | None,
        profile: ProtocolProfile = CORE,
        *,
        address: str | None = None,
        identity: Identity | ProtocolError | None = None,
    ) -> None:
        """Connect; `identity` is the result of authenticating the handshake, if any."""
        assert name not in self.names, f"{name} has a connection already: take a new name"
        self.names.append(name)
        room = None if room_id is None else RoomId(room_id)
        secret = SessionSecret(secret_of(name))
        network = None if address is None else NetworkAddress(address)
        connection = self.connection(name)
        shown = identity.refusal() if isinstance(identity, ProtocolError) else identity
        self.connect(Connected(connection, id_of(name), room, profile, secret, network, shown))

    def joins(
        self, name: str, room_id: str, *, address: str | None = None, **more: Any
    ) -> m.JoinedBody:
        """Connect in the session profile, join, and return the data of `joined`."""
        self.knocks(name, room_id, address=address, **more)
        return self.is_in(name)

    def knocks(
        self, name: str, room_id: str, *, address: str | None = None, **more: Any
    ) -> None:
        """Connect in the session profile and send `join`; the answer stays in `heard`."""
        self.connects(name, None, SESSION, address=address)
        self.says(name, join(room_id, **more))

    def resumes(
        self, name: str, whose: str, received: int | None = None, room_id: str = "lobby"
    ) -> m.JoinedBody:
        """Connect, resume the session of `whose`, and return the data of `joined`.

        `whose` is the name of the connection on which the client has last received `joined`.
        The client has received everything that was sent to it, unless `received` is given.
        """
        if received is not None:
            self.received_by[self.token(whose)] = received
        self.connects(name, None, SESSION)
        self.says(name, resume(self.token(whose), self.received(whose), room_id))
        return self.is_in(name)

    def rejoins(self, name: str, whose: str) -> m.JoinedBody:
        """Resume as a client that has lost its state and knows only its resume token."""
        self.connects(name, None, SESSION)
        self.says(name, resume(self.token(whose), None))
        return self.is_in(name)

    def confirms(self, name: str) -> None:
        """Confirm everything that was sent to `name`."""
        self.says(name, ack(self.received(name)))

    def token(self, name: str) -> str:
        """Return the resume token that the client received in `joined` on this connection."""
        return self.tokens[name]

    def received(self, name: str) -> int:
        """Return the number of counted frames that the client has received after the last
        `joined` on this connection, in the epoch that it began or continued.
        """
        return self.received_by[self.tokens[name]]

    def gather(self, room_id: str, *names: str, profile: ProtocolProfile = CORE) -> None:
        """Let these clients join, wait a second, and forget all messages so far."""
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
        """Send a frame of this many bytes: a message, or the error of the codec about it."""
        read = message.refusal() if isinstance(message, ProtocolError) else message
        self.happens(Received(self.connection(name), read, size))

    def shows_life(self, name: str) -> None:
        self.happens(KeptAlive(self.connection(name)))

    def stalls(self, name: str) -> None:
        self.happens(Overflowed(self.connection(name)))

    def drops(self, name: str, code: int | None = None) -> None:
        self.disconnect(self.connection(name), code)

    def sets_clock(self, seconds: float) -> None:
        """Set UNIX time forward by this many seconds, or back."""
        self.set_clock(self.ahead + seconds)

    def sets_store_clock(self, time: float) -> None:
        """Set the store's clock to this time."""
        self.store_ahead = time - self.now
        self.renew_leases()

    def lives(self, seconds: float) -> None:
        """Let time pass while every connected client shows signs of life."""
        for _ in range(int(seconds // 10)):
            self._all_show_life()
            self.waits(10)
        self._all_show_life()
        self.waits(seconds % 10)

    def _all_show_life(self) -> None:
        for name in self.names:
            if name not in self.closed:
                self.shows_life(name)

    # Stops and starts of the server --------------------------------------------------------

    def stops(self) -> None:
        self.stop(self.node)

    def starts_again(self, node: str = "next node") -> None:
        """Start a new node on the same store; connections that are still open are cut off."""
        if self.node in self.nodes:
            self.crash(self.node)
        for name in self.names:
            self.closed.setdefault(name, 1006)
        self.start(evolve(self.router, node=node))

    # Orders of the operator ---------------------------------------------------------------

    def orders(self, room_id: str, order: Order) -> None:
        """Give an order for a room, and check that it was carried out."""
        assert self.order(RoomId(room_id), order) is None

    def order_is_refused(self, room_id: str, order: Order, why: ProtocolError) -> None:
        """Give an order for a room, and check that it is refused for this reason."""
        refusal = self.order(RoomId(room_id), order)
        assert refusal == why.refusal()

    def loses_its_records(self) -> None:
        """Tell the router that its lease has expired and its clients' records are lost."""
        self.happens(RecordsLost())
        self.waits(0)

    # Questions -------------------------------------------------------------------------

    def answers(self, name: str, *answer: Answer) -> None:
        """Answer the question about `name`, with this answer or from `store`."""
        self.answer(self.connection(name), *answer)

    def asks(self, name: str, question: Question) -> None:
        assert self.questions[name].question == question

    def asks_nothing(self, name: str) -> None:
        assert name not in self.questions

    # Checks -------------------------------------------------------------------------------

    def is_in(self, name: str) -> m.JoinedBody:
        """Check that the next message to `name` is `joined`; return its data."""
        joined = self.heard[name].pop(0)
        assert isinstance(joined, m.Joined), joined
        return joined.data

    def hears(self, name: str, *messages: Message) -> None:
        """Check the next messages to `name`, and forget them; later ones stay."""
        heard = self.heard[name]
        assert heard[: len(messages)] == list(messages)
        del heard[: len(messages)]

    def hears_nothing(self, *names: str) -> None:
        """Check that no message has reached any of these that wasn't checked before."""
        for name in names:
            assert self.heard[name] == [], f"{name} has heard something"

    def has_heard(self, name: str) -> list[Message]:
        """Return, and forget, all messages to `name` so far."""
        heard, self.heard[name] = self.heard[name], []
        return heard

    def forget(self) -> None:
        """Forget all messages and all writes so far."""
        self.heard.clear()
        self.changes.clear()

    def is_closed(self, name: str, code: int) -> None:
        assert self.closed.get(name) == code

    def is_open(self, *names: str) -> None:
        for name in names:
            assert name in self.names and name not in self.closed

    def milliseconds(self) -> Json:
        """Return UNIX time in milliseconds, as the wire has it."""
        return Json(str(int(self.unix_time * 1000)).encode())

    def weight(self) -> int:
        """Return the size of the router's state, in bytes."""
        return weight_of(self.router)
