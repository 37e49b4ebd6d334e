"""The router: an event goes in, a list of effects comes out. Start reading here.

    router.handle(event, now) -> [effect, ...]

The path of one offer: the driver, which owns the sockets, feeds `Received(connection,
Offer(...))` to `Router.handle`. `_handle_message` finds the sender's connection. `_dispatch`
charges the sender for the frame, looks up in `wire.states` whether an offer may go to that
recipient, and calls `Room.relay`, which returns `Send(...)` for the connection of the other
member. A message to the server itself goes to `requests` instead.

Where the rest is:

- `events`, `effects`, `questions`: all that goes in, all that comes out, and all that the core
  has to ask before it can decide.
- `wire`: messages, their JSON, error codes, and the table of which client may send what.
- `admission`: how a client gets into a room; the waiting room of a locked room.
- `departure`: how connections end and members leave; the stop of the server.
- `rooms`: a room with its members, the registry of all rooms, and the directory, which creates
  and lists them.
- `sessions`: the delivery of frames that survives a lost connection, and resumption.
- `moderation`: kick, ban, roles and the lock.
- `rate_limits`, `message_charges`, `announcement_limits`: how much clients may do.
- `timers`, `deadlines`, `clocks`: the work that falls due, and what time it is.
"""

from typing import assert_never

from attrs import define, field

from .admission.admission import Admission
from .admission.waiting_room import WaitingRooms
from .announcement_limits import AnnouncementLimits
from .census import Census
from .client_connection import ClientConnection
from .clocks import StoreClock, WallClock
from .deadlines import CheckSilence, Deadline, Deadlines
from .departure import Departure
from .effects import AnswerOrder, Ask, Close, Effect
from .events import (
    Answered,
    ClockSet,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    KeptAlive,
    LeaseRenewed,
    Ordered,
    Overflowed,
    Received,
    RecordsLost,
    RoomsLoaded,
    StopRequested,
    Ticked,
    Timestamp,
)
from .ice import IceConfiguration
from .limits import Limits
from .message_charges import FRAME_BYTES, MessageCharges
from .moderation import Moderation
from .rate_limits import RateLimits
from .records import RoomId
from .requests import Requests
from .rooms.directory import Directory
from .rooms.member import Member
from .rooms.registry import RoomRegistry
from .rooms.room import Room
from .sessions.resumption import JoinedReplies, Resumption
from .sessions.sessions import Sessions
from .timers import Timers
from .token_bucket import TokenBucket
from .wire import messages as m
from .wire.errors import (
    SLOW_CONSUMER,
    STOPPING,
    ProtocolError,
    RateLimited,
    TooManyRefusals,
    UnknownReceiver,
)
from .wire.messages import UNCOUNTED, Message
from .wire.states import LEGAL, SERVER, State, why_not


@define(eq=False)
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

    _wall: WallClock = field(factory=WallClock, init=False)
    _store_clock: StoreClock = field(factory=StoreClock, init=False)
    _has_stopped: bool = field(default=False, init=False)
    _connections: dict[ConnectionId, ClientConnection] = field(factory=dict, init=False)
    _deadlines: Deadlines[Deadline] = field(factory=Deadlines, init=False)
    _rooms: RoomRegistry = field(init=False)
    _sessions: Sessions = field(init=False)
    _waiting_rooms: WaitingRooms = field(init=False)
    _rate_limits: RateLimits = field(init=False)
    _admission: Admission = field(init=False)
    _departure: Departure = field(init=False)
    _timers: Timers = field(init=False)
    _charges: MessageCharges = field(init=False)
    _moderation: Moderation = field(init=False)
    _directory: Directory = field(init=False)
    _requests: Requests = field(init=False)

    def __attrs_post_init__(self) -> None:
        limits, deadlines, connections = self.limits, self._deadlines, self._connections
        self._rate_limits = rate_limits = RateLimits(limits)
        self._rooms = rooms = RoomRegistry(
            limits, self.node, self.rooms_on_demand, rate_limits, deadlines, self._wall
        )
        self._sessions = sessions = Sessions(
            limits, self.ice, deadlines, self._wall, self._store_clock
        )
        self._waiting_rooms = waiting_rooms = WaitingRooms(limits, deadlines)
        replies = JoinedReplies(limits, sessions, waiting_rooms)
        announcements = AnnouncementLimits(limits, rate_limits)
        resumption = Resumption(limits, rooms, sessions, replies, announcements, connections)
        self._admission = admission = Admission(
            limits,
            self.guests,
            rooms,
            sessions,
            waiting_rooms,
            rate_limits,
            replies,
            resumption,
        )
        self._departure = departure = Departure(
            limits, rooms, sessions, waiting_rooms, admission, connections
        )
        self._moderation = moderation = Moderation(
            limits, rooms, waiting_rooms, admission, departure, announcements, connections
        )
        self._charges = MessageCharges(rate_limits)
        self._timers = Timers(
            limits, deadlines, rooms, sessions, waiting_rooms, admission, departure, connections
        )
        self._directory = directory = Directory(limits, self.guests, rooms)
        self._requests = Requests(
            rooms,
            sessions,
            rate_limits,
            announcements,
            admission,
            departure,
            moderation,
            directory,
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
                effects = self._departure.drop(connection_id, code, now)
            case KeptAlive(connection_id):
                effects = self._keep_alive(connection_id, now)
            case Ordered():
                effects = self._handle_order(event, now)
            case Overflowed(connection_id):
                effects = self._departure.close(connection_id, SLOW_CONSUMER, now)
            case Ticked(due):
                self._timers.forgive_pause(due, now)
                effects = self._timers.fire(now)
            case ClockSet(ahead):
                self._wall.ahead = ahead
                effects = self._sessions.clock_was_set(now)
            case LeaseRenewed(time):
                self._store_clock.follow(time, now)
                effects = []
            case RoomsLoaded(rooms):
                self._rooms.load(rooms, now)
                effects = []
            case RecordsLost():
                self._rooms.schedule_saves(now)
                effects = []
            case StopRequested():
                effects = self._departure.stop(now)
                self._has_stopped = True
            case _:
                assert_never(event)
        if (
            self._rooms.stalled
            or self._sessions.memory.used > self.limits.all_unconfirmed_bytes
        ):
            effects += self._departure.relieve(now)
        if self._rooms.rooms_to_report:
            self._rooms.schedule_reports(now)
        return effects

    def next_deadline(self) -> Timestamp | None:
        """Return when to feed `Ticked` next, or None if nothing will fall due."""
        return None if self._has_stopped else self._deadlines.next()

    def census(self) -> Census:
        """Return the numbers of rooms, members and connections at the moment."""
        return Census(
            connections=len(self._connections),
            rooms=sum(1 for room in self._rooms if room.members),
            members=sum(len(room.members) for room in self._rooms),
            away=self._sessions.count_away(),
            unconfirmed_bytes=self._sessions.memory.used,
        )

    def roster(self, room_id: RoomId) -> tuple[m.SessionClient, ...]:
        """Return the members of a room, in order of joining; empty if nobody is there."""
        room = self._rooms.occupied(room_id)
        return () if room is None else tuple(one.info() for one in room.members.values())

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
        self._connections[connection.id] = connection
        self._deadlines.arm(CheckSilence(connection.id), now + limits.ping_after)
        if isinstance(event.identity, ProtocolError):
            return self._refuse_connection(connection, event.identity)
        if not event.profile.admitted_on_connect or event.room_id is None:
            return []
        try:
            return self._admission.admit_on_connect(connection, event.room_id, now)
        except ProtocolError as error:
            return self._refuse_connection(connection, error.with_traceback(None))

    def _refuse_connection(
        self, connection: ClientConnection, error: ProtocolError
    ) -> list[Effect]:
        del self._connections[connection.id]
        assert error.close_code is not None
        return [
            *connection.refuse(error),
            Close(connection.id, error.close_code, error.code),
        ]

    def _handle_answer(self, event: Answered, now: Timestamp) -> list[Effect]:
        connection = self._connections.get(event.connection)
        member = connection.member if connection is not None else None
        opened: list[Effect] = []
        try:
            match event.about:
                case Received(message=m.CreateRoom() | m.ListRooms()) as about:
                    effects = self._directory.handle_answer(connection, event, about, now)
                case _:
                    room, opened = self._admission.open_room(event, now)
                    effects = opened + self._admission.handle_answer(
                        connection, event, room, now
                    )
        except ProtocolError as error:
            error.with_traceback(None)  # the error may be the answer itself: avoid a cycle
            if connection is None:
                return opened
            if isinstance(event.about, Connected):
                return opened + self._refuse_connection(connection, error)
            effects = opened + self._refuse(connection, error, event.about.message, now)
        else:
            if connection is not None and not _asks(effects):
                connection.refusals = 0
        if member is not None and isinstance(event.about, Received):
            effects += self._count_frame(member, event.about, effects, now)
        return effects

    # Messages -------------------------------------------------------------------------

    def _handle_message(self, event: Received, now: Timestamp) -> list[Effect]:
        connection = self._connections.get(event.connection)
        if connection is None or connection.awaits_admission:
            return []
        connection.heard_at = now
        member, room = connection.member, connection.room
        was_waiting = member is None and connection.state is State.WAITING
        try:
            effects = self._dispatch(connection, room, event, now)
        except ProtocolError as error:
            if not isinstance(error, UnknownReceiver):
                connection.refusals += event.size // FRAME_BYTES
            effects = self._refuse(connection, error.with_traceback(None), event.message, now)
        else:
            if connection.refusals and not _asks(effects):
                connection.refusals = 0
        if member is None or room is None:
            if was_waiting and type(event.message) not in UNCOUNTED:
                connection.counted_while_waiting += 1
            return effects
        if member.delivery is not None:
            effects += self._count_frame(member, event, effects, now)
        elif not member.has_spoken and event.connection in self._connections:
            member.has_spoken = True
            if member.roster_withheld:
                effects += room.tell_roster(member)
        return effects

    def _keep_alive(self, connection_id: ConnectionId, now: Timestamp) -> list[Effect]:
        connection = self._connections.get(connection_id)
        if connection is not None:
            connection.heard_at = now
        return []

    def _dispatch(
        self, connection: ClientConnection, room: Room | None, event: Received, now: Timestamp
    ) -> list[Effect]:
        message = event.message
        recipient = self._charges.charge(connection, room, event, now)
        if isinstance(message, ProtocolError):
            raise message
        if recipient not in LEGAL[connection.state][type(message)]:
            raise why_not(type(message), connection.state)
        member = connection.member
        if recipient is SERVER or member is None or room is None:
            return self._requests.handle(connection, event, message, now)
        assert isinstance(message, m.Relayable)
        return room.relay(member, message, now)

    def _refuse(
        self,
        connection: ClientConnection,
        error: ProtocolError,
        refused: Message | ProtocolError,
        now: Timestamp,
    ) -> list[Effect]:
        reply_to = refused.id if isinstance(refused, Message) else refused.reply_to
        if connection.state is State.CORE:
            reply_to = None
        if isinstance(error, UnknownReceiver):  # free: the member may have just left
            return connection.refuse(error, reply_to)
        if not isinstance(error, RateLimited):
            self._charges.charge_refusal(connection)
        connection.refusals += 1
        if connection.refusals < self.limits.refusals_in_a_row:
            return connection.refuse(error, reply_to)
        last = TooManyRefusals()
        assert last.close_code is not None
        effects = connection.refuse(last, reply_to)
        effects += self._departure.drop(connection.id, None, now)
        return [*effects, Close(connection.id, last.close_code, last.code)]

    def _count_frame(
        self, member: Member, event: Received, effects: list[Effect], now: Timestamp
    ) -> list[Effect]:
        """Count a frame of a client with a session, once it is decided (rule SESS-24)."""
        delivery = member.delivery
        if delivery is None or type(event.message) in UNCOUNTED or _asks(effects):
            return []
        return self._sessions.count_received(member, delivery, event.size, now)

    # Orders of the operator -----------------------------------------------------------

    def _handle_order(self, event: Ordered, now: Timestamp) -> list[Effect]:
        try:
            return [*self._moderation.execute(event, now), AnswerOrder(event)]
        except ProtocolError as error:
            return [AnswerOrder(event, error.with_traceback(None))]


def _asks(effects: list[Effect]) -> bool:
    """Return True if the decision waits for an answer from outside."""
    return bool(effects) and isinstance(effects[-1], Ask)
