"""THE DOOR: an event goes in, what shall be done comes out. Start reading here.

    router.handle(event, now) -> [effect, ...]

One offer on its way: the driver feeds `Received(connection, Offer(...))`; `_received` finds
the connection, `_dispatch` looks up whether the message may go there and takes its cost, and
`Room.relay` answers with the `Send` for the other member's connection.

Who comes in is decided in `entrance`, who has a place kept in `places`, and who decides about
others in `control`; `lobby` makes and lists rooms, and `rooms` knows which there are.
"""

from typing import assert_never

from attrs import define, field

from .admission.admission import Admission
from .admission.waiting_room import WaitingRooms
from .announcement_limits import AnnouncementLimits
from .census import Census
from .client_connection import ClientConnection
from .clocks import StoreClock, WallClock
from .deadlines import (
    CheckSilence,
    Deadline,
    Deadlines,
)
from .departure import Departure
from .effects import AnswerOrder, Ask, Close, Effect, Send
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
from .rate_limits import LimitedAction, RateLimits
from .records import RoomId
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
from .wire.messages import GROUND_CONTROL, UNCOUNTED, Message
from .wire.states import LEGAL, SERVER, State, why_not


@define(eq=False)
class Router:
    """Knows every room and connection of one server; reads no clock and does no I/O.

    With `rooms_on_demand` a room that isn't there is made when somebody connects to it, and
    with `guests` somebody may come, and make rooms, who doesn't show who it is. `run` is the
    name of this run of the server in what is stored: no two runs share one.
    """

    limits: Limits = field(factory=Limits)
    ice: IceConfiguration = field(factory=IceConfiguration)
    rooms_on_demand: bool = True
    node: str = ""
    guests: bool = True
    _wall: WallClock = field(factory=WallClock, init=False)
    _store_clock: StoreClock = field(factory=StoreClock, init=False)
    _has_stopped: bool = field(default=False, init=False)
    _connections: dict[ConnectionId, ClientConnection] = field(factory=dict, init=False)
    _deadlines: Deadlines[Deadline] = field(factory=Deadlines, init=False)
    _rooms: RoomRegistry = field(init=False)
    _sessions: Sessions = field(init=False)
    _waiting_rooms: WaitingRooms = field(init=False)
    _rate_limits: RateLimits = field(init=False)
    _announcements: AnnouncementLimits = field(init=False)
    _admission: Admission = field(init=False)
    _departure: Departure = field(init=False)
    _timers: Timers = field(init=False)
    _charges: MessageCharges = field(init=False)
    _moderation: Moderation = field(init=False)
    _directory: Directory = field(init=False)

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
        self._announcements = announcement_limits = AnnouncementLimits(limits, rate_limits)
        resumption = Resumption(
            limits, rooms, sessions, replies, announcement_limits, connections
        )
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
        self._moderation = Moderation(
            limits, rooms, waiting_rooms, admission, departure, announcement_limits, connections
        )
        self._charges = MessageCharges(rate_limits)
        self._timers = Timers(
            limits, deadlines, rooms, sessions, waiting_rooms, admission, departure, connections
        )
        self._directory = Directory(limits, self.guests, rooms)

    def handle(self, event: Event, now: Timestamp) -> list[Effect]:
        """Take one event, and return what shall be done, in order.

        Never raises for anything that a peer or a store did.
        """
        match event:
            case Received():  # first, for nearly every event is one
                effects = self._received(event, now)
            case Connected():
                effects = self._connected(event, now)
            case Answered():
                effects = self._answered(event, now)
            case Disconnected(connection_id, code):
                effects = self._departure.drop(connection_id, code, now)
            case KeptAlive(connection_id):
                effects = self._heard(connection_id, now)
            case Ordered():
                effects = self._ordered(event, now)
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
        """Return when to feed `Ticked()` next, or None for not at all."""
        return None if self._has_stopped else self._deadlines.next()

    def census(self) -> Census:
        """Return how much there is at the moment."""
        return Census(
            connections=len(self._connections),
            rooms=sum(1 for room in self._rooms if room.members),
            members=sum(len(room.members) for room in self._rooms),
            away=self._sessions.count_away(),
            unconfirmed_bytes=self._sessions.memory.used,
        )

    # A connection comes ---------------------------------------------------------------

    def _connected(self, event: Connected, now: Timestamp) -> list[Effect]:
        if self._has_stopped:
            return [Close.of(event.connection, STOPPING)]
        limits = self.limits
        bucket = TokenBucket.full(limits.messages_per_second, limits.message_burst, now)
        relayed = TokenBucket.full(
            limits.relayed_bytes_per_second, limits.relayed_burst_bytes, now
        )
        state = State.CORE if event.profile.admitted_on_connect else State.UNJOINED
        connection = ClientConnection(event.connection, event, bucket, relayed, now, state)
        self._connections[connection.id] = connection
        self._deadlines.arm(CheckSilence(connection.id), now + limits.ping_after)
        if isinstance(event.identity, ProtocolError):
            return self._turn_away(connection, event.identity)
        if not event.profile.admitted_on_connect or event.room_id is None:
            return []
        try:
            return self._admission.admit_on_connect(connection, event.room_id, now)
        except ProtocolError as error:
            return self._turn_away(connection, error.with_traceback(None))

    def _turn_away(self, connection: ClientConnection, error: ProtocolError) -> list[Effect]:
        del self._connections[connection.id]
        assert error.close_code is not None
        return [
            *connection.refuse(error),
            Close(connection.id, error.close_code, error.code),
        ]

    def _answered(self, event: Answered, now: Timestamp) -> list[Effect]:
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
            error.with_traceback(None)  # it may be the answer, to which its traceback leads
            if connection is None:
                return opened
            if isinstance(event.about, Connected):
                return opened + self._turn_away(connection, error)
            effects = opened + self._refuse(connection, error, event.about.message, now)
        else:
            if connection is not None and not _asks(effects):
                connection.refusals = 0
        if member is not None and isinstance(event.about, Received):
            effects += self._count(member, event.about, effects, now)
        return effects

    # A frame comes --------------------------------------------------------------------

    def _received(self, event: Received, now: Timestamp) -> list[Effect]:
        connection = self._connections.get(event.connection)
        if connection is None or connection.awaits_admission:
            return []
        connection.heard_at = now
        member, room = connection.member, connection.room
        waits = member is None and connection.state is State.WAITING
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
            if waits and type(event.message) not in UNCOUNTED:
                connection.counted_while_waiting += 1
            return effects
        if member.delivery is not None:
            effects += self._count(member, event, effects, now)
        elif not member.has_spoken and event.connection in self._connections:
            member.has_spoken = True
            if member.roster_withheld:
                effects += room.tell_roster(member)
        return effects

    def _heard(self, connection_id: ConnectionId, now: Timestamp) -> list[Effect]:
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
        if member is None or room is None:
            return self._heard_by_server(connection, event, message, now)
        if recipient is not SERVER and isinstance(message, m.Relayable):
            return room.relay(member, message, now)
        return self._heard_from_member(connection, member, room, event, message, now)

    def _heard_by_server(
        self, connection: ClientConnection, event: Received, message: Message, now: Timestamp
    ) -> list[Effect]:
        """Take what may be said in a room and outside."""
        match message:
            case m.Ping(data=data, id=id):
                pong = m.Pong(connection.client_id, data, GROUND_CONTROL, reply_to=id)
                return [Send((connection.id,), pong)]
            case m.Pong() | m.Greeting():
                return []
            case m.Bye(data=data):
                return self._departure.say_bye(connection, data, now)
            case m.Join():
                return self._admission.join(connection, event, message, now)
            case m.CreateRoom(data=wish):
                return self._directory.create_room(connection, event, wish, now)
            case m.ListRooms():
                return self._directory.list_rooms(connection, event)
            case _:
                raise AssertionError(f"{message.type} may be said to the server, which is deaf")

    def _heard_from_member(
        self,
        connection: ClientConnection,
        member: Member,
        room: Room,
        event: Received,
        message: Message,
        now: Timestamp,
    ) -> list[Effect]:
        match message:
            case m.Ack(data=ack) if member.delivery is not None:
                member.delivery.confirm(ack.received)
                return []
            case m.GetRoomInfo(id=id):
                return room.tell_roster(member, id)
            case m.GetIceServers(id=id):
                self._rate_limits.acquire(
                    LimitedAction.GET_ICE_SERVERS, connection.handshake.address, now
                )
                servers = self._sessions.ice_servers(member, now)
                answer = m.IceServers(member.id, servers, GROUND_CONTROL, reply_to=id)
                return connection.tell(answer)
            case m.Profile(data=profile, id=id):
                self._announcements.charge_change(member, connection.handshake.address, now)
                effects = room.rename(member, profile.username, now)
                self._rooms.schedule_push(room)
                if member.delivery is not None:
                    done = m.Done(member.id, None, GROUND_CONTROL, reply_to=id)
                    effects += connection.tell(done)
                return effects
            case m.Kick() | m.Ban() | m.SetRole() | m.Lock() | m.Admit() | m.Deny():
                return self._moderation.request(connection, member, room, message, now)
            case _:
                return self._heard_by_server(connection, event, message, now)

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
        if isinstance(error, UnknownReceiver):  # who has just left, no client can know
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

    def _count(
        self, member: Member, event: Received, effects: list[Effect], now: Timestamp
    ) -> list[Effect]:
        """Count a frame of a session's client, if it counts and is decided (SESS-24)."""
        delivery = member.delivery
        if delivery is None or type(event.message) in UNCOUNTED or _asks(effects):
            return []
        return self._sessions.count_received(member, delivery, event.size, now)

    # Whoever runs the server wants something --------------------------------------------

    def _ordered(self, event: Ordered, now: Timestamp) -> list[Effect]:
        try:
            return [*self._moderation.execute(event, now), AnswerOrder(event)]
        except ProtocolError as error:
            return [AnswerOrder(event, error.with_traceback(None))]

    def roster(self, room_id: RoomId) -> tuple[m.SessionClient, ...]:
        """Return who is in a room, in order of joining."""
        room = self._rooms.occupied(room_id)
        return () if room is None else tuple(one.info() for one in room.members.values())


def _asks(effects: list[Effect]) -> bool:
    """Tell whether what was said isn't decided yet."""
    return bool(effects) and isinstance(effects[-1], Ask)
