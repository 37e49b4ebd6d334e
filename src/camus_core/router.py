"""The router: an event goes in, a list of effects comes out. Start reading here.

    router.handle(event, now) -> [effect, ...]

The path of one offer: the driver, which owns the sockets, feeds `Received(connection,
Offer(...))` to `Router.handle`. `_handle_message` finds the sender's connection. `_dispatch`
charges the sender for the frame, looks up in `Offer.legality` whether an offer may go to that
recipient, and calls `Room.relay`, which returns `Send(...)` for the connection of the other
member. A message to the server itself goes to `requests` instead.

Where the rest is:

- `parts`: makes the parts of the router, each with the others that it calls.
- `events`, `effects`, `questions`: all that goes in, all that comes out, and all that the core
  has to ask before it can decide.
- `wire`: messages, their JSON, error codes, and the table of which client may send what.
- `admission`: how a client gets into a room; the waiting room of a locked room.
- `attempts`: requests that are decided with answers from outside.
- `departure`: how connections end and members leave; the stop of the server.
- `rooms`: a room with its members, the registry of all rooms, and the directory, which creates
  and lists them.
- `sessions`: the delivery of frames that survives a lost connection, and resumption.
- `requests`: the handlers of messages to the server.
- `orders`, `moderation`: kick, ban, roles and the lock; `speaking`, `text_removal`: the words
  of the operator, and texts that are taken back.
- `endings`: a room is closed for everyone.
- `rate_limits`, `message_charges`, `announcement_limits`: how much clients may do.
- `timers`, `deadlines`, `clocks`: the work that falls due, and what time it is.
- `census`, `inspection`: what others may read.
"""

from typing import assert_never

from attrs import define, field

from .census import Census
from .client_connection import ClientConnection
from .deadlines import CheckSilence
from .effects import Ask, Close, Effect
from .events import (
    Answered,
    ClockSet,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    KeptAlive,
    LeaseRenewed,
    Overflowed,
    Received,
    RecordsLost,
    RoomsLoaded,
    StopRequested,
    Ticked,
    Timestamp,
)
from .ice import IceConfiguration
from .inspection import Inspection
from .limits import Limits
from .message_charges import FRAME_BYTES
from .orders import OperatorOrder
from .parts import Parts
from .records import BanRecord, InvitationRecord, RoomId, RoomRecord, StoredRoom
from .rooms.bans import bans_at
from .rooms.member import SessionMember
from .token_bucket import TokenBucket
from .wire import messages as m
from .wire.errors import (
    SLOW_CONSUMER,
    STOPPING,
    ProtocolError,
    Refusal,
    TooManyRefusals,
    UnknownReceiver,
)
from .wire.messages import Message
from .wire.states import SERVER, State


@define(eq=False, repr=False)
class Router:
    """The state of one server: every room, member and connection.

    It reads no clock and does no I/O: its driver feeds events and carries out the effects.
    """

    limits: Limits = field(factory=Limits)
    """The bounds on what clients and rooms may use."""

    ice: IceConfiguration = field(factory=IceConfiguration)
    """The STUN and TURN servers that clients are told of."""

    rooms_on_demand: bool = True
    """True if a client that joins a room which doesn't exist creates it."""

    node: str = ""
    """The name of this server process in stored records, which no other process has or had. If
    it is empty, `SignalingServer` draws one.
    """

    guests: bool = True
    """True if clients without an identity may join and create rooms."""

    guests_create: bool = True
    """True if clients without an identity may create rooms, where they may join."""

    first_moderates: bool = False
    """True if the first client of the session profile moderates a room without an owner."""

    _has_stopped: bool = field(default=False, init=False)
    _parts: Parts = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._parts = Parts(
            self.limits,
            self.ice,
            self.rooms_on_demand,
            self.node,
            self.guests,
            self.guests_create,
            self.first_moderates,
        )

    def handle(self, event: Event, now: Timestamp) -> list[Effect]:
        """Decide about one event, and return what the driver has to do, in order.

        Never raises for anything that a client or a store did. `now` never goes back.
        """
        match event:
            case Received():  # first, because nearly every event is one
                effects = self._handle_message(event, now)
            case Connected():
                effects = self._connect(event, now)
            case Answered():
                effects = self._handle_answer(event, now)
            case Disconnected(connection_id, code):
                effects = self._parts.departure.drop(connection_id, code, now)
            case KeptAlive(connection_id):
                effects = self._keep_alive(connection_id, now)
            case Overflowed(connection_id):
                effects = self._parts.departure.close(connection_id, SLOW_CONSUMER, now)
            case Ticked(due):
                self._parts.timers.forgive_pause(due, now)
                effects = self._parts.timers.fire(now)
            case ClockSet(ahead):
                self._parts.wall.ahead = ahead
                self._parts.rooms.clock_was_set()
                self._parts.waiting_rooms.clock_was_set()
                effects = self._parts.sessions.clock_was_set(now)
            case LeaseRenewed(time):
                self._parts.store_clock.follow(time, now)
                effects = []
            case RoomsLoaded(rooms):
                self._parts.rooms.load(rooms, now)
                effects = []
            case RecordsLost():
                self._parts.rooms.schedule_saves(now)
                effects = []
            case StopRequested():
                effects = self._parts.departure.stop(now)
                self._has_stopped = True
            case _:
                assert_never(event)
        too_much = self.limits.all_unconfirmed_bytes
        if self._parts.rooms.unsettled or self._parts.sessions.memory.used > too_much:
            effects += self._parts.departure.settle(now)
        return effects

    def order(self, room_id: RoomId, order: OperatorOrder, now: Timestamp) -> list[Effect]:
        """Carry out an order of the operator, and return what the driver has to do.

        It is decided at once, even if the driver still has effects of earlier events to carry
        out; those of the order come after them.

        Raises:
            RoomNotFound: Nobody is in that room.
            UnknownReceiver: The client that the order names isn't there.
            RoomFull: The room has no place for the client to admit.
            NotFound: The room has no such ban or invitation, or no text that the order names
                is kept.
            TooManyInvitations: The room has as many as it may have.
        """
        effects = self._parts.orders.execute(room_id, order, now)
        return effects + self._parts.departure.settle(now)

    def end_room(self, record: RoomRecord, reason: str | None, now: Timestamp) -> list[Effect]:
        """End a room that the operator has found in the store, as `EndRoom` does.

        The room may be one without members, and unknown to this router.
        """
        return self._parts.endings.end(record, reason, now) + self._parts.departure.settle(now)

    def take_over(self, record: RoomRecord, now: Timestamp) -> list[Effect]:
        """Take over the record of a room that the operator has changed in the store."""
        rooms = self._parts.rooms
        room = rooms.find(record.id)
        if room is None or not rooms.is_open(room, record):
            return []
        effects = rooms.reconcile(room, StoredRoom(record), now)
        return effects + self._parts.departure.settle(now)

    def next_deadline(self) -> Timestamp | None:
        """Return when to feed `Ticked` next, or None if nothing will fall due."""
        return None if self._has_stopped else self._parts.deadlines.next()

    def census(self) -> Census:
        """Return the numbers of rooms, members and connections at the moment."""
        rooms, sessions = self._parts.rooms, self._parts.sessions
        return Census(
            connections=len(self._parts.connections),
            rooms=sum(1 for room in rooms if room.members),
            members=sum(len(room.members) for room in rooms),
            away=sessions.count_away(),
            unconfirmed_bytes=sessions.memory.used,
        )

    def roster(self, room_id: RoomId) -> tuple[m.SessionClient, ...]:
        """Return the members of a room, in order of joining; empty if nobody is there."""
        room = self._parts.rooms.occupied(room_id)
        return () if room is None else tuple(one.info() for one in room.members.values())

    def bans(self, room_id: RoomId, now: Timestamp) -> tuple[BanRecord, ...] | None:
        """Return the bans of a room, the oldest first; None if nobody is there."""
        room = self._parts.rooms.occupied(room_id)
        return None if room is None else tuple(bans_at(room, now))

    def invitations(self, room_id: RoomId) -> tuple[InvitationRecord, ...] | None:
        """Return the invitations to a room, the oldest first; None if nobody is there."""
        room = self._parts.rooms.occupied(room_id)
        return None if room is None else tuple(room.invitations.values())

    def inspect(self) -> Inspection:
        """Return a read-only copy of the state, which takes time for each member and frame."""
        parts = self._parts
        return Inspection.of(
            parts.connections,
            parts.rooms,
            parts.sessions,
            parts.waiting_rooms,
            parts.rate_limits,
        )

    # Connections and answers ----------------------------------------------------------

    def _connect(self, event: Connected, now: Timestamp) -> list[Effect]:
        if self._has_stopped:
            return [Close.of(event.connection, STOPPING)]
        limits = self.limits
        messages = TokenBucket.full(limits.messages_per_second, limits.message_burst, now)
        bytes_relayed = TokenBucket.full(
            limits.relayed_bytes_per_second, limits.relayed_burst_bytes, now
        )
        state = State.CORE if event.profile.admitted_on_connect else State.UNJOINED
        connection = ClientConnection(
            event.connection, event, messages, bytes_relayed, now, state
        )
        self._parts.connections[connection.id] = connection
        self._parts.deadlines.arm(CheckSilence(connection.id), now + limits.ping_after)
        if isinstance(event.identity, Refusal):
            return self._refuse_connection(connection, event.identity)
        if not event.profile.admitted_on_connect:
            return []
        try:
            return self._parts.joining.connect(connection, now)
        except ProtocolError as error:
            return self._refuse_connection(connection, error.refusal())

    def _refuse_connection(
        self, connection: ClientConnection, refusal: Refusal
    ) -> list[Effect]:
        del self._parts.connections[connection.id]
        return [*connection.refuse(refusal), Close.refused(connection.id, refusal)]

    def _handle_answer(self, event: Answered, now: Timestamp) -> list[Effect]:
        attempt = self._parts.attempts.find(event.connection)
        if attempt is None:
            return []
        connection, request = attempt.connection, attempt.request
        attempt.is_abandoned = event.connection not in self._parts.connections
        was_member = connection.member is not None
        try:
            effects = self._parts.attempts.go_on(attempt, event.answer, now)
        except ProtocolError as error:
            effects = attempt.take_effects()
            if request is None:
                return effects + self._refuse_connection(connection, error.refusal())
            effects += self._refuse(connection, error.refusal(), request, now)
        else:
            if not _asks(effects):
                connection.refusals = 0
        if was_member and request is not None and not attempt.is_abandoned:
            effects += self._count_frame(connection, request, effects, now)
        return effects

    # Messages -------------------------------------------------------------------------

    def _handle_message(self, event: Received, now: Timestamp) -> list[Effect]:
        connection = self._parts.connections.get(event.connection)
        if connection is None:
            return []
        member = connection.member
        if member is None and connection.state is State.CORE:
            return []  # it isn't admitted yet
        connection.heard_at = now
        was_waiting = member is None and connection.state is State.WAITING
        try:
            effects = self._dispatch(connection, event, now)
        except ProtocolError as error:
            effects = self._refuse(connection, error.refusal(), event, now)
        else:
            if connection.refusals and not _asks(effects):
                connection.refusals = 0
        if member is None:
            if was_waiting and event.is_counted:
                connection.counted_while_waiting += 1
        elif member.delivery is not None:
            effects += self._count_frame(connection, event, effects, now)
        elif not member.has_spoken and event.connection in self._parts.connections:
            effects += member.room.note_first_frame(member, now)
        return effects

    def _keep_alive(self, connection_id: ConnectionId, now: Timestamp) -> list[Effect]:
        connection = self._parts.connections.get(connection_id)
        if connection is not None:
            connection.heard_at = now
        return []

    def _dispatch(
        self, connection: ClientConnection, event: Received, now: Timestamp
    ) -> list[Effect]:
        message = event.message
        recipient = self._parts.charges.charge(connection, event, now)
        if isinstance(message, Refusal):
            raise message.error()
        if recipient not in message.legality.recipients[connection.state]:
            raise message.legality.why_not(connection.state)
        member = connection.member
        if recipient is SERVER or member is None:
            return self._parts.requests.handle(connection, event, message, now)
        assert isinstance(message, m.Relayable)
        return member.room.relay(member.id, member.username_json, message, now)

    def _refuse(
        self,
        connection: ClientConnection,
        refusal: Refusal,
        event: Received,
        now: Timestamp,
    ) -> list[Effect]:
        refused = event.message
        reply_to = refused.id if isinstance(refused, Message) else refused.reply_to
        if connection.state is State.CORE:
            reply_to = None
        if refusal.kind is UnknownReceiver:  # free: the member may have just left
            return connection.refuse(refusal, reply_to)
        self._parts.charges.charge_refusal(connection, refusal.kind)
        connection.refusals += 1 + event.size // FRAME_BYTES
        if connection.refusals < self.limits.refusals_in_a_row:
            return connection.refuse(refusal, reply_to)
        last = TooManyRefusals().refusal()
        effects = connection.refuse(last, reply_to)
        effects += self._parts.departure.drop(connection.id, None, now)
        return [*effects, Close.refused(connection.id, last)]

    def _count_frame(
        self,
        connection: ClientConnection,
        event: Received,
        effects: list[Effect],
        now: Timestamp,
    ) -> list[Effect]:
        """Count a frame of a client with a session, once it is decided (rule SESS-24)."""
        member = connection.member
        if not isinstance(member, SessionMember):
            return []
        if not event.is_counted or _asks(effects):
            return []
        return self._parts.sessions.count_received(member, event.size, now)


def _asks(effects: list[Effect]) -> bool:
    """Return True if the decision waits for an answer from outside."""
    return bool(effects) and isinstance(effects[-1], Ask)
