"""The driver of tests without an event loop: routers on one store, in virtual time.

A class of the tests that talks to routers extends `Driver`, and defines the methods that
receive the effects. Here a connection is a number; if it has a name, that belongs to the class
that extends this one.
"""

from collections import deque
from collections.abc import Sequence
from typing import assert_never

from attrs import define, field

from camus_core.clocks import UnixTime
from camus_core.effects import (
    Ask,
    Change,
    Close,
    Effect,
    ForgetBan,
    ForgetClient,
    ForgetInvitation,
    ForgetRoom,
    SaveBan,
    SaveClient,
    SaveInvitation,
    SaveLock,
    Send,
)
from camus_core.events import (
    Answered,
    ClockSet,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    LeaseRenewed,
    RoomsLoaded,
    StopRequested,
    Ticked,
    Timestamp,
)
from camus_core.orders import OperatorOrder
from camus_core.questions import Answer, Question
from camus_core.records import RoomId, RoomRecord
from camus_core.router import Router
from camus_core.wire.codec import Codec
from camus_core.wire.errors import ProtocolError, Refusal
from camus_core.wire.messages import GROUND_CONTROL, EndRoom, EndRoomBody, Message

from .store import SynchronousStore

START = Timestamp(1_615_918_847.0)
"""The time at which all clocks of a driver begin."""

MOST_TICKS = 100_000
"""The number of deadlines at which a router counts as stuck."""


def decoded(codec: Codec, frame: bytes, *, ids: bool) -> Message | Refusal:
    """Return the message in a frame, or the refusal of the frame."""
    try:
        return codec.decode(frame, ids=ids)
    except ProtocolError as error:
        return error.refusal()


@define(eq=False)
class Node:
    """One running router, with its open connections and the open questions about them.

    The question about a connection that has ended stays open until its answer comes.
    """

    router: Router
    latest: Timestamp
    connections: set[ConnectionId] = field(factory=set)
    questions: dict[ConnectionId, Ask] = field(factory=dict)

    def advance(self, now: Timestamp) -> Timestamp:
        """Return the time of the next event, which is no earlier than that of the last."""
        assert now >= self.latest, "time goes back"
        self.latest = now
        return now


class Driver:
    """Nodes that share one store, and their clients, seen from the routers.

    `now` is the time on the deadline clock; UNIX time is `ahead` seconds ahead of it, and the
    store's clock `store_ahead`. `node` is the newest node, and `ticks` the number of deadlines
    that `waits` has met. Questions are answered from `store`, immediately unless
    `holds_questions` is set; then `answer` does it.
    """

    node: Node

    def __init__(self) -> None:
        self.now = START
        self.ahead = 0.0
        self.store_ahead = 0.0
        self.store = SynchronousStore(lambda: self.now + self.store_ahead)
        self.holds_questions = False
        self.nodes: list[Node] = []
        self.ticks = 0
        self._events: deque[tuple[Node, Event]] = deque()

    # Methods that a class which extends this one defines, if it wants to -------------------

    def deliver(self, to: Sequence[ConnectionId], message: Message) -> None:
        """Receive a message to these connections, which are open."""

    def hang_up(self, connection: ConnectionId, code: int) -> None:
        """Receive the close code of a connection that a router has closed."""

    def note(self, change: Change) -> None:
        """Receive a change that was written to the store."""

    def begin(self, cause: Event | OperatorOrder, effects: Sequence[Effect]) -> None:
        """Check the effects of an event or an order before they are carried out."""

    def check(self, cause: Event | OperatorOrder) -> None:
        """Check the state after the effects of an event or an order were carried out."""

    def fail(self, what: str, effect: Effect) -> None:
        """Report an effect that no router may have."""
        raise AssertionError(f"{what}: {effect}")

    def find(self, question: Question) -> Answer:
        """Return the answer to a question."""
        return self.store.find(question)

    # Nodes --------------------------------------------------------------------------------

    @property
    def router(self) -> Router:
        """The router of the newest node."""
        return self.node.router

    def start(self, router: Router) -> None:
        """Start a node on the store; new connections are its own from now on."""
        self.node = Node(router, self.now)
        self.nodes.append(self.node)
        self.renew_leases()
        self.happens(ClockSet(self.ahead), self.node)
        self.happens(RoomsLoaded(tuple(self.store.rooms.values())), self.node)

    def stop(self, node: Node) -> None:
        """Stop a node in order."""
        self.happens(StopRequested(), node)
        self.nodes.remove(node)
        self.store.release(node.router.node)
        assert node.router.next_deadline() is None, "a stopped router wants to be woken"

    def crash(self, node: Node) -> set[ConnectionId]:
        """End a node without warning, and return the connections that this cuts off."""
        self.renew_leases()
        self.nodes.remove(node)
        cut_off, node.connections = node.connections, set()
        node.questions.clear()
        return cut_off

    def renew_leases(self) -> None:
        """Renew the leases of all nodes, and forget the clients of dead nodes."""
        for node in self.nodes:
            stale_seconds = 2 * node.router.limits.place_seconds
            renewed_at = self.store.renew(node.router.node, stale_seconds)
            self.happens(LeaseRenewed(renewed_at), node)

    def is_connected(self, connection: ConnectionId) -> bool:
        """Return True if a connection is open, as far as its node knows."""
        return any(connection in node.connections for node in self.nodes)

    def node_of(self, connection: ConnectionId) -> Node:
        """Return the node of a connection, or the newest if no node knows the connection."""
        for node in self.nodes:
            if connection in node.connections or connection in node.questions:
                return node
        return self.node

    # Events -------------------------------------------------------------------------------

    def connect(self, connected: Connected) -> None:
        """Open a connection to the newest node."""
        self.node.connections.add(connected.connection)
        self.happens(connected, self.node)

    def disconnect(self, connection: ConnectionId, code: int | None = None) -> None:
        """End a connection from the client's side."""
        node = self.node_of(connection)
        node.connections.discard(connection)
        self.happens(Disconnected(connection, code), node)

    def answer(self, connection: ConnectionId, *answer: Answer) -> None:
        """Answer the question about a connection, with this answer or from the store."""
        node = self.node_of(connection)
        ask = node.questions.pop(connection)
        found = answer[0] if answer else self.find(ask.question)
        self.happens(Answered(ask.connection, found), node)

    def order(self, room_id: RoomId, order: OperatorOrder) -> Refusal | None:
        """Give the newest node an order of its operator; return why it is refused, or None."""
        node = self.node
        try:
            effects = node.router.order(room_id, order, node.advance(self.now))
        except ProtocolError as error:
            return error.refusal()
        self._carry_out(effects, order, node)
        return None

    def ends_room(self, room: RoomRecord) -> None:
        """Have the newest node end a room that its operator has found in the store."""
        node, cause = self.node, EndRoom(GROUND_CONTROL, EndRoomBody())
        self._carry_out(node.router.end_room(room, None, node.advance(self.now)), cause, node)

    def takes_over_record(self, room: RoomRecord) -> None:
        """Have the newest node take over a record that its operator has changed."""
        node = self.node
        self._carry_out(node.router.take_over(room, node.advance(self.now)), Ticked(), node)

    def happens(self, event: Event, node: Node | None = None) -> None:
        """Feed an event to a node, by default to that of its connection, or else the newest.

        Events that are fed while effects are carried out wait until that is done.
        """
        if node is None:
            connection = getattr(event, "connection", None)
            node = self.node if connection is None else self.node_of(connection)
        self._events.append((node, event))
        if len(self._events) > 1:
            return
        while self._events:
            node, event = self._events[0]
            effects = node.router.handle(event, node.advance(self.now))
            self._carry_out(effects, event, node)
            self._events.popleft()

    # Time ---------------------------------------------------------------------------------

    @property
    def unix_time(self) -> UnixTime:
        """UNIX time."""
        return UnixTime(self.now + self.ahead)

    def set_clock(self, ahead: float) -> None:
        """Set UNIX time to this many seconds ahead of the deadline clock."""
        self.ahead = ahead
        for node in self.nodes:
            self.happens(ClockSet(ahead), node)

    def waits(self, seconds: float) -> None:
        """Let time pass; each router is woken at each of its deadlines."""
        until = Timestamp(self.now + seconds)
        while self.wake_by(until):
            self.ticks += 1
            assert self.ticks < MOST_TICKS, "a router wants to be woken without end"
        self.now = until

    def wake_by(self, until: Timestamp) -> bool:
        """Let time pass to the first deadline up to `until`; return False if there is none."""
        due = [
            (deadline, number)
            for number, node in enumerate(self.nodes)
            if (deadline := node.router.next_deadline()) is not None and deadline <= until
        ]
        if not due:
            return False
        deadline, number = min(due)
        self.now = max(self.now, deadline)
        self.happens(Ticked(), self.nodes[number])
        return True

    def pauses(self, seconds: float) -> None:
        """Let time pass while all nodes stand still; `wakes` ends the pause."""
        self.now = Timestamp(self.now + seconds)

    def wakes(self, due: Timestamp | None = None) -> None:
        """Let all nodes go on after a pause; `due` is the time for which they set a timer."""
        for node in self.nodes:
            self.happens(Ticked(due), node)
        self.waits(0)

    # Effects ------------------------------------------------------------------------------

    def _carry_out(
        self, effects: Sequence[Effect], cause: Event | OperatorOrder, node: Node
    ) -> None:
        self.begin(cause, effects)
        for effect in effects:
            self._perform(effect, node)
        self.check(cause)

    def _perform(self, effect: Effect, node: Node) -> None:
        match effect:
            case Send(to, message):
                reached = [one for one in to if one in node.connections]
                if not to:
                    self.fail("a message without recipients", effect)
                if len(reached) < len(to):
                    self.fail("a message after the end", effect)
                if reached:
                    self.deliver(reached, message)
            case Close(connection, code, _) if connection in node.connections:
                node.connections.remove(connection)
                self.hang_up(connection, code)
            case Close():
                self.fail("the end of a connection that isn't open", effect)
            case Ask(connection) if connection in node.questions:
                self.fail("a second question about a connection", effect)
            case Ask(connection):
                node.questions[connection] = effect
                if not self.holds_questions:
                    self.answer(connection)
            case (
                SaveLock()
                | SaveBan()
                | ForgetBan()
                | SaveInvitation()
                | ForgetInvitation()
                | ForgetRoom()
                | SaveClient()
                | ForgetClient()
            ):
                self.store.write(effect)
                self.note(effect)
            case _:
                assert_never(effect)
