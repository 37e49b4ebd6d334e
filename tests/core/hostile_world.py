"""A router among hostile clients and unlucky drivers, and what has to hold all the time."""

import pickle
import random
from collections import Counter, deque
from typing import assert_never

from attrs import define, field

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
    Received,
    Ticked,
    Timestamp,
)
from camus_core.limits import Limits
from camus_core.messages import Message
from camus_core.questions import Answer, Failed, LookUpRoom
from camus_core.records import ClientId, RoomId, RoomRecord, StoredRoom
from camus_core.router import Router

from .hostile_frames import hostile_frame
from .talk import START

LIMITS = Limits(
    message_burst=200.0, refusals_in_a_row=40, guest_limit=8, rooms=6, room_empty_for=20.0
)

ROOMS = [RoomId(f"room-{number}") for number in range(8)]

STORED = {
    ROOMS[0]: RoomRecord(ROOMS[0], "secret", 0.0, password="scrypt$00$00"),
    ROOMS[1]: RoomRecord(ROOMS[1], "small", 0.0, guest_limit=3),
    ROOMS[2]: RoomRecord(ROOMS[2], "shared", 0.0),
}

MOST_CONNECTIONS = 40


@define(eq=False)
class World:
    """A router, what is true of its clients, and what went wrong.

    What has to hold after every event: nothing escapes; nobody hears another room; `sender`
    is who said it; a roster names exactly who is in the room; no room has more members than
    it may; after `Close` a connection hears nothing and changes nothing; what the router
    keeps is bounded by the connections and rooms there are.
    """

    rng: random.Random
    codec: Codec
    router: Router = field(factory=lambda: Router(LIMITS))
    now: Timestamp = START
    stored: dict[RoomId, RoomRecord] = field(factory=STORED.copy)
    open: dict[ConnectionId, ClientId] = field(factory=dict)
    members: dict[ClientId, RoomId] = field(factory=dict)
    asked: list[Ask] = field(factory=list)
    past: deque[ConnectionId] = field(factory=lambda: deque(maxlen=50))
    came_at: deque[Timestamp] = field(factory=lambda: deque(maxlen=100_000))
    counts: Counter[str] = field(factory=Counter)
    faults: Counter[str] = field(factory=Counter)
    last: int = 0

    def step(self) -> None:
        """Let one thing happen, most often a frame."""
        rng = self.rng
        self.now = Timestamp(self.now + rng.random() * 0.02)
        deadline = self.router.next_deadline()
        if deadline is not None and deadline <= self.now:
            self.happens(Ticked())
        kinds = ("frame", "come", "answer", "go", "heard", "stall", "tick", "sleep")
        (kind,) = rng.choices(kinds, (1000, 20, 80, 5, 5, 1, 2, 0.2))
        match kind:
            case "come" if len(self.open) < MOST_CONNECTIONS:
                self.last += 1
                connection, client = ConnectionId(self.last), ClientId(f"{self.last:032x}")
                self.open[connection] = client
                self.past.append(connection)
                self.came_at.append(self.now)
                self.happens(Connected(connection, client, rng.choice(ROOMS)))
            case "answer" if self.asked:
                self.answer(self.asked.pop(rng.randrange(len(self.asked))))
            case "go":
                connection = self.somebody()
                self.happens(Disconnected(connection))
                self.open.pop(connection, None)
            case "heard":
                self.happens(Heard(self.somebody()))
            case "stall":
                self.happens(Overflowed(self.somebody()))
            case "tick":
                self.happens(Ticked())
            case "sleep":
                self.now = Timestamp(self.now + rng.random() * 70)
            case _:
                connection = self.somebody()
                for _ in range(60 if rng.random() < 0.002 else 1):
                    self.speaks(connection)

    def somebody(self) -> ConnectionId:
        """Return a connection, sometimes one that has ended or never was."""
        if self.open and self.rng.random() < 0.97:
            return self.rng.choice(list(self.open))
        return self.rng.choice([*self.past, ConnectionId(-1)])

    def speaks(self, connection: ConnectionId) -> None:
        frame = hostile_frame(self.rng, list(self.open.values()))
        message: Message | ProtocolError
        try:
            message = self.codec.decode(frame)
        except ProtocolError as error:
            message = error
        self.counts["frames"] += 1
        self.counts["refused by the codec"] += isinstance(message, ProtocolError)
        self.happens(Received(connection, message))

    def answer(self, ask: Ask) -> None:
        question = ask.question
        assert isinstance(question, LookUpRoom)
        if question.if_absent is not None:
            self.stored.setdefault(question.room_id, question.if_absent)
        answer: Answer = StoredRoom(self.stored[question.room_id])
        if self.rng.random() < 0.1:
            answer = Failed("away")
        self.happens(Answered(ask.connection, ask.about, question, answer))

    def happens(self, event: Event) -> None:
        try:
            effects = self.router.handle(event, self.now)
        except Exception as error:
            self.faults[f"exception: {error!r} at {type(event).__name__}"] += 1
            return
        speaking = getattr(event, "connection", None)
        speakers = {self.open.get(speaking)} if speaking is not None else set()
        if isinstance(event, Ticked):
            closed = [one.connection for one in effects if isinstance(one, Close)]
            speakers = {self.open.get(connection) for connection in closed}
        homes = dict(self.members)
        for effect in effects:
            self.perform(effect, speakers, homes)

    def perform(
        self, effect: Effect, speakers: set[ClientId | None], homes: dict[ClientId, RoomId]
    ) -> None:
        match effect:
            case Send(to, message):
                self.counts["deliveries"] += len(to)
                self.check(to, message, speakers, homes)
            case Close(connection):
                if self.open.pop(connection, None) is None:
                    self.faults["closed what isn't open"] += 1
                self.counts["closed"] += 1
            case Ask():
                self.asked.append(effect)
            case SaveClient(client):
                self.members[client.id] = homes[client.id] = client.room_id
                inside = Counter(self.members.values())[client.room_id]
                limit = self.stored[client.room_id].guest_limit or LIMITS.guest_limit
                if inside > limit:
                    self.faults["more members than the limit"] += 1
            case ForgetClient(client_id):
                del self.members[client_id]
            case ForgetRoom(room_id):
                if room_id in self.members.values():
                    self.faults["forgot a room with members"] += 1
                self.stored.pop(room_id, None)
            case _:
                assert_never(effect)

    def check(
        self,
        to: object,
        message: Message,
        speakers: set[ClientId | None],
        homes: dict[ClientId, RoomId],
    ) -> None:
        connections = list(to) if isinstance(to, list | tuple) else []
        hearers = [self.open.get(connection) for connection in connections]
        if None in hearers or not hearers:
            self.faults["said to nobody, or after the end"] += 1
        rooms = {homes.get(hearer) for hearer in hearers if hearer is not None}
        if message.sender != m.GROUND_CONTROL:
            if message.sender not in speakers:
                self.faults["a sender that isn't true"] += 1
            if rooms != {homes.get(ClientId(message.sender))}:
                self.faults["cross-room delivery"] += 1
        elif isinstance(message, m.RoomInfo):
            room_id = message.data.room_id
            inside = [one for one, home in self.members.items() if home == room_id]
            if rooms != {room_id}:
                self.faults["cross-room delivery"] += 1
            if sorted(inside) != sorted(one.id for one in message.data.clients):
                self.faults["a roster that isn't true"] += 1
        elif [message.receiver] != hearers:
            self.faults["an answer to somebody else"] += 1
        if self.codec.decode(self.codec.encode(message)) != message:
            self.faults["a frame that isn't read as it was meant"] += 1

    def weigh(self) -> None:
        """Hold what the router keeps against what there is.

        The deadline of a connection outlives it by up to `ping_after`.
        """
        while self.came_at and self.came_at[0] < self.now - LIMITS.ping_after - 1:
            self.came_at.popleft()
        there = len(self.open) + len(ROOMS)
        if len(pickle.dumps(self.router)) > 4000 + 1000 * there + 100 * len(self.came_at):
            self.faults["the router keeps too much"] += 1
