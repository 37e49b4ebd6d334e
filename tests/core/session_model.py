"""A world of honest clients, a router, and a network that loses what it can.

`honest_client` is what the clients know, `ledger` what has to hold, `settling` how it ends.

The network is two queues for each connection: what the router has said and its client has not
read yet, and the other way round. A drop loses both.
"""

from collections import deque

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
    Ordered,
    Overflowed,
    Received,
    RoomsLoaded,
    StopRequested,
    Ticked,
    Timestamp,
)
from camus_core.limits import Limits
from camus_core.questions import Failed
from camus_core.records import ClientId, RoomId, SessionSecret
from camus_core.router import Router
from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL, Message, Order
from camus_core.wire.profile import CORE, SESSION

from .delivery_audit import DeliveryAudit
from .honest_client import Client, message_with
from .record_store import RecordStore
from .router_driver import START

LIMITS = Limits(
    unconfirmed_frames=6,
    away_bytes=40_000,  # half of it is for notices that outlive an overflow: room for all here
    unconfirmed_bytes=40_000,
    all_unconfirmed_bytes=60_000,
    message_burst=1e9,
    relayed_burst_bytes=1e9,
    refusals_in_a_row=10**9,
    room_empty_for=60.0,
    waiting_seconds=20.0,
)

CLIENTS = (
    ("attic", SESSION),
    ("attic", SESSION),
    ("attic", SESSION),
    ("attic", CORE),
    ("lobby", SESSION),
    ("lobby", CORE),
)

ALL = 1_000_000


@define(eq=False)
class Line:
    """One connection: `up` is what the router has still to read, `down` what the client has.

    What comes down last is a close code, where the router has ended the connection.
    """

    id: ConnectionId
    client: Client
    up: deque[Message] = field(factory=deque)
    down: deque[Message | int] = field(factory=deque)
    question: Ask | None = None
    is_open: bool = True

    @property
    def fresh_id(self) -> ClientId:
        """The id that comes with the connection."""
        return ClientId(f"{self.id:032x}")


@define(eq=False)
class World:
    """Everything that there is; `line_of` has the connection that each client believes in."""

    router: Router = field(factory=lambda: Router(LIMITS, node="run 0"))
    audit: DeliveryAudit = field(factory=DeliveryAudit)
    store: RecordStore = field(factory=RecordStore)
    now: Timestamp = START
    clients: list[Client] = field(init=False)
    lines: list[Line] = field(factory=list)
    line_of: dict[int, Line] = field(factory=dict)
    runs: int = 0

    def __attrs_post_init__(self) -> None:
        self.clients = [
            Client(name, RoomId(room), profile) for name, (room, profile) in enumerate(CLIENTS)
        ]

    # Clients -------------------------------------------------------------------------------

    def comes(self, client: Client, lie: int = 0) -> None:
        if client.name in self.line_of:
            if client.is_outside:
                client.connects(lie)
                self.writes(client)
            return
        serial = len(self.lines)
        line = Line(ConnectionId(serial), client)
        self.lines.append(line)
        self.line_of[client.name] = line
        room = client.room if client.profile is CORE else None
        client.connects(lie)
        secret = f"{serial:064x}"
        self.happens(
            Connected(line.id, line.fresh_id, room, client.profile, SessionSecret(secret))
        )
        self.writes(client)

    def says(self, client: Client, to: Client | None, padding: int) -> None:
        if client.id is not None and not client.has_left:
            receiver = m.ROOM if to is None else to.id or "nobody"
            number = self.audit.says(client)
            client.says(message_with(number, receiver, padding, client.profile))
            self.writes(client)

    def writes(self, client: Client) -> None:
        line = self.line_of.get(client.name)
        if line is not None:
            line.up.extend(client.to_write)
        client.to_write.clear()

    def hears(self, client: Client, frames: int = ALL) -> None:
        """The client reads so many frames."""
        line = self.line_of.get(client.name)
        while line is not None and line.down and frames > 0:
            frames -= 1
            message = line.down.popleft()
            if isinstance(message, int):
                self.loses(client)
                return
            client.hears(message)
            self.audit.meets(client)
            if isinstance(message, m.Extension):
                self.audit.hears(client, message)
            self.writes(client)

    def loses(self, client: Client) -> Line | None:
        """The client has no connection any more; the router may not know yet."""
        line = self.line_of.pop(client.name, None)
        if line is not None:
            line.down.clear()
            client.is_cut_off()
        return line

    def drops(self, client: Client, code: int | None) -> None:
        """The connection ends for both, and what was on its way is lost."""
        line = self.loses(client)
        if line is not None:
            line.up.clear()
            self.ends(line, code)

    def ends(self, line: Line, code: int | None = None) -> None:
        if line.is_open:
            line.is_open = False
            self.happens(Disconnected(line.id, code))

    def lines_to(self, client: Client) -> list[Line]:
        """Return the connections of a client that the router takes for open."""
        return [line for line in self.lines if line.client is client and line.is_open]

    def flows(self) -> None:
        """Everything that is on its way arrives."""
        while any(line.up or line.question for line in self.lines if line.is_open) or any(
            line.down for line in self.line_of.values()
        ):
            for line in self.lines:
                self.answers(line)
                self.serves(line)
            for client in self.clients:
                self.hears(client)

    # The driver ----------------------------------------------------------------------------

    def serves(self, line: Line, frames: int = ALL) -> None:
        """The router reads so many frames; none while a question is open."""
        while line.up and line.question is None and line.is_open and frames > 0:
            frames -= 1
            message = line.up.popleft()
            self.audit.is_decided(self.router, line.id, line.client, message)
            self.happens(Received(line.id, message, 100))

    def answers(self, line: Line, *, fails: bool = False) -> None:
        ask, line.question = line.question, None
        if ask is not None:
            answer = Failed("away") if fails else self.store.find(ask.question)
            self.happens(Answered(ask.connection, ask.about, ask.question, answer))

    def stalls(self, line: Line) -> None:
        self.happens(Overflowed(line.id))

    def waits(self, seconds: float) -> None:
        until = Timestamp(self.now + seconds)
        while (deadline := self.router.next_deadline()) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            self.happens(Ticked())
        self.now = until

    def pauses(self, seconds: float) -> None:
        """The driver stands still, and reads nothing before it says that it is late."""
        self.now = Timestamp(self.now + seconds)
        self.happens(Ticked())

    def orders(self, room: RoomId, order: Order) -> None:
        """Whoever runs the server wants something of a room."""
        self.happens(Ordered(room, order))

    def decides(self, client: Client, *, admits: bool) -> None:
        """Somebody decides about a client, if it waits at a door."""
        line = self.line_of.get(client.name)
        if line is not None and client.waits:
            decision = m.Admit if admits else m.Deny
            who = m.WhoBody(line.fresh_id)
            self.orders(client.room, decision(GROUND_CONTROL, who))

    def restarts(self, *, killed: bool) -> None:
        if killed:
            self.audit.kills += 1
            for client in self.clients:
                self.loses(client)
        else:
            self.performs(StopRequested())
        for line in self.lines:
            line.is_open, line.question = False, None
        self.store.a_run_ended(self.router.node, self.now)
        self.runs += 1
        self.router = evolve(self.router, node=f"run {self.runs}")
        self.happens(RoomsLoaded(tuple(self.store.rooms.values())))

    def happens(self, event: Event) -> None:
        self.performs(event)
        self.audit.weighs(self.router, LIMITS)

    def performs(self, event: Event) -> None:
        for effect in self.router.handle(event, self.now):
            self.perform(effect)

    def perform(self, effect: Effect) -> None:
        match effect:
            case Send(to, message):
                lines = [self.lines[connection] for connection in to]
                ended = not all(line.is_open for line in lines)
                self.audit.is_sent(message, to_whom=len(lines), after_the_end=ended)
                for line in lines:
                    line.down.append(message)
            case Close(connection, code, _):
                line = self.lines[connection]
                line.is_open = False
                line.down.append(code)
            case Ask(connection):
                self.lines[connection].question = effect
            case AnswerOrder():
                pass
            case SaveRoom() | ForgetRoom() | SaveClient() | ForgetClient():
                self.store.write(effect)
