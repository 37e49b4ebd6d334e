"""A router among hostile clients and unlucky drivers: what they do.

`hostile_truths` says what has to hold all the time.
"""

import random
from collections import Counter, deque
from typing import assert_never

from attrs import define, evolve, field

from camus_core import messages as m
from camus_core.codec import Codec
from camus_core.effects import (
    Ask,
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
from camus_core.messages import Message
from camus_core.profile import CORE, SESSION
from camus_core.questions import Failed
from camus_core.records import ClientId, RoomId, RoomRecord, digest
from camus_core.router import Router

from .hostile_frames import ROOMS, hostile_ack, hostile_frame, hostile_join, hostile_wish
from .hostile_truths import Guest, Truths
from .shelf import Shelf
from .stage import START

LIMITS = Limits(
    message_burst=200.0,
    refusals_in_a_row=40,
    guest_limit=8,
    rooms=6,
    room_empty_for=20.0,
    unused_room_seconds=30.0,
    place_seconds=10.0,
    reload_seconds=2.0,
    unconfirmed_frames=30,
    away_bytes=8_000,
    unconfirmed_bytes=20_000,
    all_unconfirmed_bytes=60_000,
    turn_seconds=20,
)

ICE = IceConfiguration(("stun:a.example",), ("turn:a.example",), "north")

STORED = (
    RoomRecord(RoomId(ROOMS[0]), "secret", 0.0, password="tin can"),
    RoomRecord(RoomId(ROOMS[1]), "small", 0.0, guest_limit=3),
    RoomRecord(RoomId(ROOMS[2]), "shared", 0.0, public=True),
)

MOST_CONNECTIONS = 40
PERSONS = 12


@define(eq=False)
class World:
    """A router, its store, and persons with one connection or many."""

    rng: random.Random
    codec: Codec
    router: Router = field(factory=lambda: Router(LIMITS, ICE, run="run 0"))
    now: Timestamp = START
    shelf: Shelf = field(factory=lambda: Shelf({room.id: room for room in STORED}))
    truths: Truths = field(init=False)
    asked: list[Ask] = field(factory=list)
    past: deque[ConnectionId] = field(factory=lambda: deque(maxlen=50))
    sessions_of: dict[int, deque[tuple[str, Guest]]] = field(factory=dict)
    guesses: deque[str] = field(factory=lambda: deque(maxlen=40))
    counts: Counter[str] = field(factory=Counter)
    last: int = 0
    runs: int = 0

    def __attrs_post_init__(self) -> None:
        self.truths = Truths(self.codec, self.shelf, LIMITS)
        self.sessions_of = {person: deque(maxlen=3) for person in range(PERSONS)}

    @property
    def open(self) -> dict[ConnectionId, Guest]:
        return self.truths.open

    def step(self) -> None:
        """Let one thing happen, most often a frame."""
        rng = self.rng
        self.now = Timestamp(self.now + rng.random() * 0.02)
        deadline = self.router.next_deadline()
        if deadline is not None and deadline <= self.now:
            self.happens(Ticked())
        kinds = ("frame", "come", "answer", "go", "heard", "stall", "tick", "sleep", "restart")
        (kind,) = rng.choices(kinds, (1000, 30, 120, 8, 5, 1, 2, 0.2, 0.3))
        match kind:
            case "come" if len(self.open) < MOST_CONNECTIONS:
                self.comes()
            case "answer" if self.asked:
                self.answers(self.asked.pop(rng.randrange(len(self.asked))))
            case "go":
                connection = self.somebody()
                self.happens(Disconnected(connection, rng.choice([None, 1001, 1006])))
                self.open.pop(connection, None)
            case "heard":
                self.happens(Heard(self.somebody()))
            case "stall":
                self.happens(Overflowed(self.somebody()))
            case "tick":
                self.happens(Ticked())
            case "sleep":
                self.now = Timestamp(self.now + rng.random() * 70)
            case "restart":
                self.restarts()
            case _:
                connection = self.somebody()
                for _ in range(60 if rng.random() < 0.002 else 1):
                    self.speaks(connection)

    def comes(self) -> None:
        rng = self.rng
        self.last += 1
        connection, client = ConnectionId(self.last), ClientId(f"{self.last:032x}")
        profile = rng.choice([CORE, SESSION, SESSION])
        room = RoomId(rng.choice(ROOMS))
        address = room if profile is CORE or rng.random() < 0.5 else None
        self.open[connection] = Guest(rng.randrange(PERSONS), client, profile, address)
        self.past.append(connection)
        self.truths.came_at.append(self.now)
        secret = f"5ec{self.last:061x}"
        self.happens(Connected(connection, client, address, profile, secret))

    def somebody(self) -> ConnectionId:
        """Return a connection, sometimes one that has ended or never was."""
        if self.open and self.rng.random() < 0.97:
            return self.rng.choice(list(self.open))
        return self.rng.choice([*self.past, ConnectionId(-1)])

    def speaks(self, connection: ConnectionId) -> None:
        guest = self.open.get(connection)
        self.hear(connection, self.frame_of(guest))

    def hear(self, connection: ConnectionId, frame: bytes) -> None:
        """Read a frame, or hold it back while a question of its connection is open."""
        guest = self.open.get(connection)
        if guest is not None and guest.asks:
            guest.held.append(frame)
            return
        message: Message | ProtocolError
        try:
            message = self.codec.decode(frame, ids=guest is not None and guest.has_session)
        except ProtocolError as error:
            message = error
        self.counts["frames"] += 1
        self.counts["refused by the codec"] += isinstance(message, ProtocolError)
        if guest is not None and isinstance(message, m.Join):
            guest.join = message.data
        self.happens(Received(connection, message, len(frame)))

    def frame_of(self, guest: Guest | None) -> bytes:
        rng = self.rng
        if guest is not None and guest.has_session:
            if not guest.is_in and rng.random() < 0.5:
                own = {one: heard.received for one, heard in self.sessions_of[guest.person]}
                return hostile_join(rng, own, list(self.guesses), guest.address)
            if guest.is_in and rng.random() < 0.2:
                return hostile_ack(rng, guest.received)
            if rng.random() < 0.02:
                return hostile_wish(rng)
        return hostile_frame(rng, [one.id for one in self.open.values()])

    def answers(self, ask: Ask) -> None:
        failed = self.rng.random() < 0.1
        answer = Failed("away") if failed else self.shelf.find(ask.question)
        guest = self.open.get(ask.connection)
        held: list[bytes] = []
        if guest is not None:
            held, guest.held, guest.asks = guest.held, [], False
        self.happens(Answered(ask.connection, ask.about, ask.question, answer))
        for frame in held:
            self.hear(ask.connection, frame)

    def restarts(self) -> None:
        """The server stops or dies, and another run begins on what is stored."""
        if self.rng.random() < 0.5:
            self.happens(Stopped())
        self.counts["restarts"] += 1
        self.runs += 1
        self.open.clear()
        self.asked.clear()
        self.shelf.a_run_ended(self.router.run, self.now)
        self.shelf.forget_dead_runs(self.router.run, self.now - 2 * LIMITS.place_seconds)
        self.router = evolve(self.router, run=f"run {self.runs}")
        self.happens(Recalled(tuple(self.shelf.rooms.values())))

    # What comes of it ----------------------------------------------------------------------

    def happens(self, event: Event) -> None:
        try:
            effects = self.router.handle(event, self.now)
        except Exception as error:
            self.truths.faults[f"exception: {error!r} at {type(event).__name__}"] += 1
            return
        self.truths.begin(event, effects)
        for effect in effects:
            self.perform(effect)
        self.truths.end(self.router)

    def perform(self, effect: Effect) -> None:
        match effect:
            case Send(to, message):
                self.counts["deliveries"] += len(to)
                self.truths.says(to, message)
                if isinstance(message, m.Joined):
                    self.remember(message.data, self.open.get(to[0]))
            case Close(connection):
                self.truths.closes(connection)
                self.counts["closed"] += 1
            case Ask(connection):
                self.asked.append(effect)
                self.open[connection].asks = True
            case SaveClient() | ForgetClient() | ForgetRoom():
                self.shelf.write(effect)
                self.truths.writes(effect, self.router.run)
            case _:
                assert_never(effect)

    def remember(self, joined: m.JoinedBody, guest: Guest | None) -> None:
        """Its client knows its session now; what others can know of it is no session."""
        self.counts["resumed" if joined.resumed else joined.reason or "new"] += 1
        if guest is not None:
            self.sessions_of[guest.person].append((joined.session, guest))
        secret, _, count = joined.session.partition(".")
        self.guesses += [digest(secret), joined.id, secret[:-1], f".{count}", secret.upper()]
