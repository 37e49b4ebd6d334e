"""A model of honest clients, a router, and a network that loses whatever it can.

`honest_client` has the clients' knowledge, `delivery_audit` the invariants, and `final_state`
the end of each run.

The network is two queues for each connection: frames of the router that its client has not read
yet, and frames of the client that the router has not. A drop loses both.
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
    away_bytes=40_000,  # half is for notices that survive an overflow: enough for all
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
class Link:
    """One connection: `up` holds frames that the router has yet to read, `down` the client's.

    If the router has closed the connection, the last item of `down` is the close code.
    """

    id: ConnectionId
    client: Client
    up: deque[Message] = field(factory=deque)
    down: deque[Message | int] = field(factory=deque)
    question: Ask | None = None
    is_open: bool = True

    @property
    def fresh_id(self) -> ClientId:
        """The client id assigned to this connection."""
        return ClientId(f"{self.id:032x}")


@define(eq=False)
class World:
    """All parts of the model; `link_of` has the connection that each client believes in."""

    router: Router = field(factory=lambda: Router(LIMITS, node="node 0"))
    audit: DeliveryAudit = field(factory=DeliveryAudit)
    store: RecordStore = field(factory=RecordStore)
    now: Timestamp = START
    clients: list[Client] = field(init=False)
    links: list[Link] = field(factory=list)
    link_of: dict[int, Link] = field(factory=dict)
    restarts_so_far: int = 0

    def __attrs_post_init__(self) -> None:
        self.clients = [
            Client(name, RoomId(room), profile) for name, (room, profile) in enumerate(CLIENTS)
        ]

    # Clients -------------------------------------------------------------------------------

    def connects(self, client: Client, lie: int = 0) -> None:
        if client.name in self.link_of:
            if client.is_outside:
                client.connects(lie)
                self.writes(client)
            return
        serial = len(self.links)
        link = Link(ConnectionId(serial), client)
        self.links.append(link)
        self.link_of[client.name] = link
        room = client.room if client.profile is CORE else None
        client.connects(lie)
        secret = f"{serial:064x}"
        self.happens(
            Connected(link.id, link.fresh_id, room, client.profile, SessionSecret(secret))
        )
        self.writes(client)

    def says(self, client: Client, to: Client | None, padding: int) -> None:
        if client.id is not None and not client.has_left:
            receiver = m.ROOM if to is None else to.id or "nobody"
            number = self.audit.says(client)
            client.says(message_with(number, receiver, padding, client.profile))
            self.writes(client)

    def writes(self, client: Client) -> None:
        link = self.link_of.get(client.name)
        if link is not None:
            link.up.extend(client.to_write)
        client.to_write.clear()

    def hears(self, client: Client, frames: int = ALL) -> None:
        """Let the client read this many frames."""
        link = self.link_of.get(client.name)
        while link is not None and link.down and frames > 0:
            frames -= 1
            message = link.down.popleft()
            if isinstance(message, int):
                self.loses_connection(client)
                return
            client.hears(message)
            self.audit.notes_id(client)
            if isinstance(message, m.Extension):
                self.audit.hears(client, message)
            self.writes(client)

    def loses_connection(self, client: Client) -> Link | None:
        """End the connection at the client's side; the router may not have noticed yet."""
        link = self.link_of.pop(client.name, None)
        if link is not None:
            link.down.clear()
            client.is_cut_off()
        return link

    def drops(self, client: Client, code: int | None) -> None:
        """End the connection at both sides; frames on their way are lost."""
        link = self.loses_connection(client)
        if link is not None:
            link.up.clear()
            self.ends(link, code)

    def ends(self, link: Link, code: int | None = None) -> None:
        if link.is_open:
            link.is_open = False
            self.happens(Disconnected(link.id, code))

    def links_to(self, client: Client) -> list[Link]:
        """Return the connections of a client that the router believes are open."""
        return [link for link in self.links if link.client is client and link.is_open]

    def flows(self) -> None:
        """Let everything that is on its way arrive."""
        while any(link.up or link.question for link in self.links if link.is_open) or any(
            link.down for link in self.link_of.values()
        ):
            for link in self.links:
                self.answers(link)
                self.serves(link)
            for client in self.clients:
                self.hears(client)

    # The driver ----------------------------------------------------------------------------

    def serves(self, link: Link, frames: int = ALL) -> None:
        """Let the router read this many frames, or none while a question is open."""
        while link.up and link.question is None and link.is_open and frames > 0:
            frames -= 1
            message = link.up.popleft()
            self.audit.is_decided(self.router, link.id, link.client, message)
            self.happens(Received(link.id, message, 100))

    def answers(self, link: Link, *, fails: bool = False) -> None:
        ask, link.question = link.question, None
        if ask is not None:
            answer = Failed("away") if fails else self.store.find(ask.question)
            self.happens(Answered(ask.connection, ask.about, ask.question, answer))

    def stalls(self, link: Link) -> None:
        self.happens(Overflowed(link.id))

    def waits(self, seconds: float) -> None:
        until = Timestamp(self.now + seconds)
        while (deadline := self.router.next_deadline()) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            self.happens(Ticked())
        self.now = until

    def pauses(self, seconds: float) -> None:
        """Let time pass in which the driver reads nothing; then tell the router that it is
        late.
        """
        self.now = Timestamp(self.now + seconds)
        self.happens(Ticked())

    def orders(self, room: RoomId, order: Order) -> None:
        """Give an order of the server's operator for a room."""
        self.happens(Ordered(room, order))

    def decides(self, client: Client, *, admits: bool) -> None:
        """Admit or deny a client if it waits."""
        link = self.link_of.get(client.name)
        if link is not None and client.waits:
            decision = m.Admit if admits else m.Deny
            who = m.WhoBody(link.fresh_id)
            self.orders(client.room, decision(GROUND_CONTROL, who))

    def restarts(self, *, killed: bool) -> None:
        if killed:
            self.audit.kills += 1
            for client in self.clients:
                self.loses_connection(client)
        else:
            self.performs(StopRequested())
        for link in self.links:
            link.is_open, link.question = False, None
        self.store.node_ended(self.router.node, self.now)
        self.restarts_so_far += 1
        self.router = evolve(self.router, node=f"node {self.restarts_so_far}")
        self.happens(RoomsLoaded(tuple(self.store.rooms.values())))

    def happens(self, event: Event) -> None:
        self.performs(event)
        self.audit.checks_bounds(self.router, LIMITS)

    def performs(self, event: Event) -> None:
        for effect in self.router.handle(event, self.now):
            self.perform(effect)

    def perform(self, effect: Effect) -> None:
        match effect:
            case Send(to, message):
                links = [self.links[connection] for connection in to]
                ended = not all(link.is_open for link in links)
                self.audit.is_sent(message, to_whom=len(links), after_the_end=ended)
                for link in links:
                    link.down.append(message)
            case Close(connection, code, _):
                link = self.links[connection]
                link.is_open = False
                link.down.append(code)
            case Ask(connection):
                self.links[connection].question = effect
            case AnswerOrder():
                pass
            case SaveRoom() | ForgetRoom() | SaveClient() | ForgetClient():
                self.store.write(effect)
