"""A router among hostile clients and unlucky drivers, driven by a random generator.

The invariants are in `hostile_invariants`, `hostile_permissions` and `hostile_bookkeeping`.
"""

import random
from collections import Counter, deque
from typing import assert_never

from attrs import define, evolve, field

from camus_core.effects import (
    AnswerOrder,
    Ask,
    Close,
    Effect,
    ForgetClient,
    ForgetRoom,
    SaveClient,
    SaveRoom,
    Send,
)
from camus_core.events import (
    Answered,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    KeptAlive,
    Ordered,
    Overflowed,
    Received,
    RoomsLoaded,
    StopRequested,
    Ticked,
    Timestamp,
)
from camus_core.questions import Failed
from camus_core.records import ClientId, NetworkAddress, RoomId, SessionSecret, digest
from camus_core.router import Router
from camus_core.wire import messages as m
from camus_core.wire.codec import Codec
from camus_core.wire.errors import NotAllowed, ProtocolError, RateLimited
from camus_core.wire.messages import Message, Order
from camus_core.wire.profile import CORE, SESSION

from .hostile_bookkeeping import Bookkeeping
from .hostile_client import HostileClient
from .hostile_frames import (
    ROOMS,
    hostile_ack,
    hostile_create_room,
    hostile_frame,
    hostile_join,
    hostile_moderation,
)
from .hostile_invariants import Invariants
from .hostile_server import ICE, IDENTITIES, LIMITS, STORED, TOKEN_OF
from .record_store import RecordStore
from .router_driver import START

CHANCES = {
    **{"frame": 1000, "come": 80, "answer": 200, "go": 12, "heard": 5, "order": 12},
    **{"stall": 1, "tick": 2, "sleep": 0.2, "restart": 0.6},
}
"""Weights of the actions."""

MOST_CONNECTIONS = 40
PERSONS = 12


@define(eq=False)
class World:
    """A router, its store, and persons who each have one or many connections."""

    rng: random.Random
    codec: Codec
    router: Router = field(factory=lambda: Router(LIMITS, ICE, node="node 0"))
    now: Timestamp = START
    store: RecordStore = field(
        factory=lambda: RecordStore({room.id: room for room in STORED}, tokens=dict(IDENTITIES))
    )
    invariants: Invariants = field(init=False)
    bookkeeping: Bookkeeping = field(init=False)
    asked: list[Ask] = field(factory=list)
    recent_connections: deque[ConnectionId] = field(factory=lambda: deque(maxlen=50))
    sessions_of: dict[int, deque[tuple[str, HostileClient]]] = field(factory=dict)
    guesses: deque[str] = field(factory=lambda: deque(maxlen=40))
    counts: Counter[str] = field(factory=Counter)
    last: int = 0
    restarts_so_far: int = 0

    def __attrs_post_init__(self) -> None:
        self.invariants = Invariants(self.codec, self.store, LIMITS)
        self.bookkeeping = Bookkeeping(self.invariants)
        self.sessions_of = {person: deque(maxlen=3) for person in range(PERSONS)}

    @property
    def open(self) -> dict[ConnectionId, HostileClient]:
        return self.invariants.open

    def step(self) -> None:
        """Perform one random action, most often a frame."""
        rng = self.rng
        self.now = Timestamp(self.now + rng.random() * 0.02)
        deadline = self.router.next_deadline()
        if deadline is not None and deadline <= self.now:
            self.happens(Ticked())
        (kind,) = rng.choices(list(CHANCES), list(CHANCES.values()))
        match kind:
            case "come" if len(self.open) < MOST_CONNECTIONS:
                self.connects()
            case "answer" if self.asked:
                self.answers(self.asked.pop(rng.randrange(len(self.asked))))
            case "go":
                connection = self.any_connection()
                self.open.pop(connection, None)
                self.happens(Disconnected(connection, rng.choice([None, 1001, 1006])))
            case "heard":
                self.happens(KeptAlive(self.any_connection()))
            case "order":
                self.orders()
            case "stall":
                self.happens(Overflowed(self.any_connection()))
            case "tick":
                self.happens(Ticked())
            case "sleep":
                self.now = Timestamp(self.now + rng.random() * 70)
            case "restart":
                self.restarts()
            case _:
                connection = self.any_connection()
                for _ in range(60 if rng.random() < 0.002 else 1):
                    self.speaks(connection)

    def connects(self) -> None:
        rng = self.rng
        self.last += 1
        connection = ConnectionId(self.last)
        client_id = fresh_id(connection)
        person, profile = rng.randrange(PERSONS), rng.choice([CORE, SESSION, SESSION])
        address = None
        if profile is CORE or rng.random() < 0.5:
            address = self.room_for(person)
        networks = [None, f"198.51.100.{rng.randrange(9)}", *[f"192.0.2.{person % 3}"] * 4]
        networks += [f"2001:db8:0:{rng.randrange(0x300):x}::/64"] * 2
        network = rng.choice(networks)
        identity = IDENTITIES.get(TOKEN_OF.get(person, "")) if rng.random() < 0.3 else None
        self.open[connection] = HostileClient(
            person, client_id, profile, address, network, identity
        )
        self.recent_connections.append(connection)
        self.bookkeeping.connected_at.append(self.now)
        secret = f"5ec{self.last:061x}"
        refusal = NotAllowed("no cookie") if rng.random() < 0.02 else None
        came = Connected(
            connection,
            client_id,
            address,
            profile,
            SessionSecret(secret),
            None if network is None else NetworkAddress(network),
            refusal or identity,
        )
        self.happens(came)

    def room_for(self, person: int) -> RoomId:
        """Return a room, often the favourite one of this person."""
        return RoomId(self.rng.choice([ROOMS[person % 4], self.rng.choice(ROOMS)]))

    def orders(self) -> None:
        """Give the server a random order of its operator."""
        rng = self.rng
        client = self.open.get(self.any_connection())
        if client is None:
            return
        try:
            order = self.codec.decode(
                hostile_moderation(rng, self.clients_near(client)), ids=True
            )
        except ProtocolError:
            return
        if isinstance(order, Order):
            self.happens(Ordered(client.room or RoomId(rng.choice(ROOMS)), order))

    def any_connection(self) -> ConnectionId:
        """Return a connection, sometimes one that has ended or has never existed."""
        if self.open and self.rng.random() < 0.97:
            return self.rng.choice(list(self.open))
        return self.rng.choice([*self.recent_connections, ConnectionId(-1)])

    def speaks(self, connection: ConnectionId) -> None:
        client = self.open.get(connection)
        self.hear(connection, self.frame_of(client))

    def hear(self, connection: ConnectionId, frame: bytes) -> None:
        """Handle a frame, or hold it back while a question about its connection is open."""
        client = self.open.get(connection)
        if client is not None and client.is_asking:
            client.held.append(frame)
            return
        message: Message | ProtocolError
        try:
            message = self.codec.decode(frame, ids=client is not None and client.has_session)
        except ProtocolError as error:
            message = error
        self.counts["frames"] += 1
        self.counts["refused by the codec"] += isinstance(message, ProtocolError)
        if client is not None and isinstance(message, m.Join) and client.waits_for is None:
            client.join = message.data
        if client is not None and isinstance(message, m.CreateRoom):
            client.create_request = message.data
        self.happens(Received(connection, message, len(frame)))

    def frame_of(self, client: HostileClient | None) -> bytes:
        rng = self.rng
        if client is not None and client.has_session:
            if not client.is_in and rng.random() < 0.5:
                own = {one: heard.received for one, heard in self.sessions_of[client.person]}
                guesses, token = list(self.guesses), TOKEN_OF.get(client.person)
                room = client.url_room or self.room_for(client.person)
                return hostile_join(rng, own, guesses, room, token)
            if client.is_in and rng.random() < 0.2:
                return hostile_ack(rng, client.received)
            if client.is_in and rng.random() < (0.4 if self.is_moderator(client) else 0.02):
                return hostile_moderation(rng, self.clients_near(client))
            if rng.random() < 0.02:
                return hostile_create_room(rng, TOKEN_OF.get(client.person))
        return hostile_frame(rng, [one.id for one in self.open.values()])

    def is_moderator(self, client: HostileClient) -> bool:
        return not self.invariants.permissions.is_guest(client.id)

    def clients_near(self, client: HostileClient) -> list[ClientId]:
        """Return the clients in the same room or its waiting room, and sometimes all."""
        others, far = self.open.values(), self.rng.random() < 0.1
        return [one.id for one in others if far or client.room in (one.room, one.waits_for)]

    def answers(self, ask: Ask) -> None:
        failed = self.rng.random() < 0.1
        answer = Failed("away") if failed else self.store.find(ask.question)
        client = self.open.get(ask.connection)
        held: list[bytes] = []
        if client is not None:
            held, client.held, client.is_asking = client.held, [], False
        self.happens(Answered(ask.connection, ask.about, ask.question, answer))
        for frame in held:
            self.hear(ask.connection, frame)

    def restarts(self) -> None:
        """Stop the server, in order or not, and start a new node on the same store."""
        if self.rng.random() < 0.5:
            self.happens(StopRequested())
        self.counts["restarts"] += 1
        self.restarts_so_far += 1
        self.invariants.server_restarts()
        self.asked.clear()
        self.store.node_ended(self.router.node, self.now)
        self.store.forget_dead_nodes(self.router.node, self.now - 2 * LIMITS.place_seconds)
        guests = self.invariants.permissions.guests_allowed = self.rng.random() < 0.8
        self.router = evolve(self.router, node=f"node {self.restarts_so_far}", guests=guests)
        self.happens(RoomsLoaded(tuple(self.store.rooms.values())))

    # Effects ----------------------------------------------------------------------

    def happens(self, event: Event) -> None:
        try:
            effects = self.router.handle(event, self.now)
        except Exception as error:
            self.invariants.faults[f"exception: {error!r} at {type(event).__name__}"] += 1
            return
        self.invariants.begin(event, effects)
        for effect in effects:
            self.perform(effect)
        self.bookkeeping.check(self.router)

    def perform(self, effect: Effect) -> None:
        match effect:
            case Send(to, message):
                self.counts["deliveries"] += len(to)
                self.counts[message.type] += 1
                self.invariants.says(to, message)
                match message:
                    case m.Error(data=error):
                        self.counts[error.code] += 1
                        if error.code == RateLimited.code:
                            self.counts[error.message] += 1
                    case m.ClientLeft(data=left):
                        self.counts[f"left: {left.reason}"] += 1
                    case m.RoomCreated(data=made):
                        self.invariants.permissions.creates_room(
                            self.open.get(to[0]), made.room_id
                        )
                    case m.Joined(data=joined):
                        self.remember(joined, to[0])
                    case _:
                        pass
            case Close(connection):
                self.invariants.closes(connection)
                self.counts["closed"] += 1
            case Ask(connection):
                self.asked.append(effect)
                self.open[connection].is_asking = True
            case AnswerOrder(refusal=refusal):
                self.counts["obeyed"] += refusal is None
            case SaveRoom() | SaveClient() | ForgetClient() | ForgetRoom():
                self.store.write(effect)
                self.invariants.writes(effect)
            case _:
                assert_never(effect)

    def check_all(self) -> None:
        """Check everything that the router keeps."""
        self.bookkeeping.check_all(self.router, self.now, [ask.question for ask in self.asked])

    def remember(self, joined: m.JoinedBody, connection: ConnectionId) -> None:
        """Remember a session for its own client, and strings derived from it as guesses for
        others.
        """
        is_new = joined.id == fresh_id(connection)
        how = joined.reason or ("new" if is_new else "taken over")
        self.counts["resumed" if joined.resumed else how] += 1
        client = self.open.get(connection)
        if client is not None:
            self.sessions_of[client.person].append((joined.session, client))
        secret, _, count = joined.session.partition(".")
        self.guesses += [digest(secret), joined.id, secret[:-1], f".{count}", secret.upper()]


def fresh_id(connection: ConnectionId) -> ClientId:
    """Return the client id that is assigned to a connection."""
    return ClientId(f"{connection:032x}")
