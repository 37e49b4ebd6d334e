"""A model of honest clients, a router, and a network that loses whatever it can.

`honest_client` has the clients' knowledge, `delivery_audit` the invariants, and `final_state`
the end of each run.

The network is two queues for each connection: frames of the router that its client has not read
yet, and frames of the client that the router has not. A drop loses both.
"""

from collections import deque
from collections.abc import Sequence

from attrs import define, evolve, field

from camus_core.effects import Effect
from camus_core.events import (
    Connected,
    ConnectionId,
    Event,
    Overflowed,
    Received,
    StopRequested,
)
from camus_core.limits import Limits
from camus_core.orders import OperatorOrder
from camus_core.questions import Failed
from camus_core.records import ClientId, RoomId, SessionSecret
from camus_core.router import Router
from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL, Message
from camus_core.wire.profile import CORE, SESSION
from driving.driver import Driver

from .delivery_audit import DeliveryAudit
from .honest_client import Client, message_with

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

    @property
    def fresh_id(self) -> ClientId:
        """The client id assigned to this connection."""
        return ClientId(f"{self.id:032x}")


class World(Driver):
    """All parts of the model; `link_of` has the connection that each client believes in."""

    def __init__(self) -> None:
        super().__init__()
        self.audit = DeliveryAudit()
        self.clients = [
            Client(name, RoomId(room), profile) for name, (room, profile) in enumerate(CLIENTS)
        ]
        self.links: list[Link] = []
        self.link_of: dict[int, Link] = {}
        self.restarts_so_far = 0
        self.holds_questions = True
        self.start(Router(LIMITS, node="node 0"))

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
        self.connect(
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
        if self.is_connected(link.id):
            self.disconnect(link.id, code)

    def asks(self, link: Link) -> bool:
        """Return True if a question about the connection is open."""
        return link.id in self.node.questions

    def links_to(self, client: Client) -> list[Link]:
        """Return the connections of a client that the router believes are open."""
        return [
            link for link in self.links if link.client is client and self.is_connected(link.id)
        ]

    def flows(self) -> None:
        """Let everything that is on its way arrive."""
        while any(
            link.up or self.asks(link) for link in self.links if self.is_connected(link.id)
        ) or any(link.down for link in self.link_of.values()):
            for link in self.links:
                self.answers(link)
                self.serves(link)
            for client in self.clients:
                self.hears(client)

    # The server ----------------------------------------------------------------------------

    def serves(self, link: Link, frames: int = ALL) -> None:
        """Let the router read this many frames, or none while a question is open."""
        while link.up and not self.asks(link) and self.is_connected(link.id) and frames > 0:
            frames -= 1
            message = link.up.popleft()
            self.audit.is_decided(self.router, link.id, link.client, message)
            self.happens(Received(link.id, message, 100))

    def answers(self, link: Link, *, fails: bool = False) -> None:
        if self.asks(link):
            self.answer(link.id, *([Failed("away")] if fails else []))

    def stalls(self, link: Link) -> None:
        self.happens(Overflowed(link.id))

    def decides(self, client: Client, *, admits: bool) -> None:
        """Admit or deny a client if it waits."""
        link = self.link_of.get(client.name)
        if link is not None and client.waits:
            id = link.fresh_id
            admit = m.Admit(GROUND_CONTROL, m.WhoBody(id))
            deny = m.Deny(GROUND_CONTROL, m.DismissalBody(id))
            self.order(client.room, admit if admits else deny)

    def restarts(self, *, killed: bool) -> None:
        if killed:
            self.audit.kills += 1
            for client in self.clients:
                self.loses_connection(client)
            self.crash(self.node)
        else:
            self.stop(self.node)
        self.restarts_so_far += 1
        self.start(evolve(self.router, node=f"node {self.restarts_so_far}"))

    # What the router does ------------------------------------------------------------------

    def check(self, cause: Event | OperatorOrder) -> None:
        if not isinstance(cause, StopRequested):
            self.audit.checks_bounds(self.router, LIMITS)

    def fail(self, what: str, effect: Effect) -> None:
        self.audit.report(what)

    def deliver(self, to: Sequence[ConnectionId], message: Message) -> None:
        self.audit.is_sent(message)
        for connection in to:
            self.links[connection].down.append(message)

    def hang_up(self, connection: ConnectionId, code: int) -> None:
        self.links[connection].down.append(code)
