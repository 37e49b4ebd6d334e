"""THE DOOR: an event goes in, what shall be done comes out. Start reading here.

    router.handle(event, now) -> [effect, ...]

One offer on its way: the driver feeds `Received(connection, Offer(...))`; `_received` finds
the connection, `_dispatch` looks up whether the message may go there and takes its cost, and
`Room.relay` answers with the `Send` for the other member's connection.

Who comes in is decided in `entrance`, who has a place kept in `places`, and who decides about
others in `control`; `lobby` makes and lists rooms, and `rooms` knows which there are.
"""

from typing import assert_never

from attrs import define, field, frozen

from .admission.admission import Entrance
from .admission.waiting_room import WaitingRooms
from .announcement_limits import Announcements
from .client_connection import Connection
from .clocks import StoreClock, WallClock, without_pause
from .deadlines import (
    Acknowledge,
    Deadline,
    Deadlines,
    Empty,
    PlaceEnds,
    Push,
    RefreshIceServers,
    Report,
    Resend,
    Save,
    Silence,
    WaitingEnds,
)
from .departure import Exit
from .effects import Ask, Close, Effect, ForgetClient, Obeyed, Send
from .events import (
    Answered,
    ClockSet,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    Forgotten,
    Heard,
    Ordered,
    Overflowed,
    Recalled,
    Received,
    Stopped,
    Ticked,
    Timestamp,
    Vouched,
)
from .ice import IceConfiguration
from .limits import Limits
from .moderation import Control
from .rate_limits import Addresses, Doing
from .records import RoomId
from .rooms.directory import Lobby
from .rooms.member import Member
from .rooms.registry import Rooms
from .rooms.room import Room
from .sessions.resumption import Comeback, Welcome
from .sessions.sessions import Places
from .token_bucket import Bucket, take_from
from .wire import messages as m
from .wire.errors import (
    LEFT,
    SLOW_CONSUMER,
    STOPPING,
    TIMED_OUT,
    CloseCode,
    ProtocolError,
    RateLimited,
    TooManyRefusals,
    UnknownReceiver,
)
from .wire.messages import GROUND_CONTROL, UNCOUNTED, Json, Message
from .wire.states import CLIENT, EVERYONE, LEGAL, SERVER, State, why_not

_REFUSED_COSTS = 10.0
"""Tokens that a refused frame costs: its answer is work for us, and of no use to anybody."""

_FRAME_BYTES = 8192
"""Bytes for which a frame costs one token more: a hostile one takes 0.3 µs for each to read."""

_PAID_TOGETHER = 8192
"""Bytes for which a client pays together: 0.4 µs each time, of the 10 of a relayed message."""

_LISTING_COSTS = 10.0
"""Tokens that `list-rooms` costs: it reads the store each time."""

_PAUSE = 0.5
"""Seconds by which a deadline is handled too late for us to have been busy with others."""

_WORK_AT_ONCE = 256
"""Deadlines of one `Ticked`, and what they have others hear or the store keep, some 10 µs each:
a push tells a whole room, and after a pause all may be due. The others come next."""

GOING_AWAY = 1001
"""The close code that a browser sends for a page that is closed or reloaded (RFC 6455)."""


@frozen
class Census:
    """How much there is: `members` have a place in a room, `away` of them no connection."""

    connections: int
    rooms: int
    members: int
    away: int
    unconfirmed_bytes: int


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
    run: str = ""
    guests: bool = True
    _wall: WallClock = field(factory=WallClock, init=False)
    _store_clock: StoreClock = field(factory=StoreClock, init=False)
    _has_stopped: bool = field(default=False, init=False)
    _ticked_at: Timestamp = field(default=Timestamp(float("-inf")), init=False)
    _connections: dict[ConnectionId, Connection] = field(factory=dict, init=False)
    _deadlines: Deadlines[Deadline] = field(factory=Deadlines, init=False)
    _rooms: Rooms = field(init=False)
    _places: Places = field(init=False)
    _waiting: WaitingRooms = field(init=False)
    _addresses: Addresses = field(init=False)
    _announcements: Announcements = field(init=False)
    _entrance: Entrance = field(init=False)
    _exit: Exit = field(init=False)
    _control: Control = field(init=False)
    _lobby: Lobby = field(init=False)

    def __attrs_post_init__(self) -> None:
        limits, deadlines, connections = self.limits, self._deadlines, self._connections
        self._addresses = addresses = Addresses(limits)
        self._rooms = rooms = Rooms(
            limits, self.run, self.rooms_on_demand, addresses, deadlines, self._wall
        )
        self._places = places = Places(
            limits, self.ice, deadlines, self._wall, self._store_clock
        )
        self._waiting = waiting = WaitingRooms(limits, deadlines)
        welcome = Welcome(limits, places, waiting)
        self._announcements = announcements = Announcements(limits, addresses)
        comeback = Comeback(limits, rooms, places, welcome, announcements, connections)
        self._entrance = entrance = Entrance(
            limits, self.guests, rooms, places, waiting, addresses, welcome, comeback
        )
        self._exit = Exit(rooms, places, entrance)
        self._control = Control(
            limits, rooms, waiting, entrance, self._exit, announcements, connections
        )
        self._lobby = Lobby(limits, self.guests, rooms)

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
                effects = self._dropped(connection_id, code, now)
            case Heard(connection_id):
                effects = self._heard(connection_id, now)
            case Ordered():
                effects = self._ordered(event, now)
            case Overflowed(connection_id):
                effects = self._closed(connection_id, SLOW_CONSUMER, now)
            case Ticked(due):
                self._forgive_pause(due, now)
                effects = self._ticked(now)
            case ClockSet(ahead):
                self._wall.ahead = ahead
                effects = self._places.clock_was_set(now)
            case Vouched(time):
                self._store_clock.follow(time, now)
                effects = []
            case Recalled(rooms):
                self._rooms.recall(rooms, now)
                effects = []
            case Forgotten():
                self._rooms.save_soon(now)
                effects = []
            case Stopped():
                effects = self._stopped(now)
            case _:
                assert_never(event)
        if self._rooms.stalled or self._places.memory.used > self.limits.all_unconfirmed_bytes:
            effects += self._relieve(now)
        if self._rooms.reporting:
            self._rooms.arm_reports(now)
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
            away=self._places.count_away(),
            unconfirmed_bytes=self._places.memory.used,
        )

    # A connection comes ---------------------------------------------------------------

    def _connected(self, event: Connected, now: Timestamp) -> list[Effect]:
        if self._has_stopped:
            return [_close(event.connection, STOPPING)]
        limits = self.limits
        bucket = Bucket.full(limits.messages_per_second, limits.message_burst, now)
        relayed = Bucket.full(limits.relayed_bytes_per_second, limits.relayed_burst_bytes, now)
        state = State.CORE if event.profile.admitted_on_connect else State.UNJOINED
        connection = Connection(event.connection, event, bucket, relayed, now, state)
        self._connections[connection.id] = connection
        self._deadlines.arm(Silence(connection.id), now + limits.ping_after)
        if isinstance(event.identity, ProtocolError):
            return self._turn_away(connection, event.identity)
        if not event.profile.admitted_on_connect or event.room_id is None:
            return []
        try:
            return self._entrance.come(connection, event.room_id, now)
        except ProtocolError as error:
            return self._turn_away(connection, error.with_traceback(None))

    def _turn_away(self, connection: Connection, error: ProtocolError) -> list[Effect]:
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
                    effects = self._lobby.answered(connection, event, about, now)
                case _:
                    room, opened = self._entrance.opened(event, now)
                    effects = opened + self._entrance.answered(connection, event, room, now)
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
        if connection is None or connection.is_at_the_door:
            return []
        connection.heard_at = now
        member, room = connection.member, connection.room
        waits = member is None and connection.state is State.WAITING
        try:
            effects = self._dispatch(connection, room, event, now)
        except ProtocolError as error:
            if not isinstance(error, UnknownReceiver):
                connection.refusals += event.size // _FRAME_BYTES
            effects = self._refuse(connection, error.with_traceback(None), event.message, now)
        else:
            if connection.refusals and not _asks(effects):
                connection.refusals = 0
        if member is None or room is None:
            if waits and type(event.message) not in UNCOUNTED:
                connection.counted += 1
            return effects
        if member.session is not None:
            effects += self._count(member, event, effects, now)
        elif not member.heard and event.connection in self._connections:
            member.heard = True
            if member.owed:
                effects += room.tell_roster(member)
        return effects

    def _heard(self, connection_id: ConnectionId, now: Timestamp) -> list[Effect]:
        connection = self._connections.get(connection_id)
        if connection is not None:
            connection.heard_at = now
        return []

    def _dispatch(
        self, connection: Connection, room: Room | None, event: Received, now: Timestamp
    ) -> list[Effect]:
        message = event.message
        receiver, cost, size = CLIENT, 1.0, event.size
        if isinstance(message, ProtocolError) or message.receiver == GROUND_CONTROL:
            receiver = SERVER
            if type(message) is m.ListRooms:
                cost = _LISTING_COSTS
            elif type(message) in (m.GetRoomInfo, m.Profile) and room is not None:
                cost += len(room.members) / 10.0
        elif message.receiver == m.ROOM:
            count = len(room.members) if room else 0
            receiver, cost, size = EVERYONE, 1.0 + count / 10.0, size * count
        cost += event.size // _FRAME_BYTES
        if not connection.bucket.take(cost, now):
            connection.bucket.drain(_REFUSED_COSTS)
            raise RateLimited(retry_after=connection.bucket.retry_after(cost))
        connection.unpaid += size
        if connection.unpaid > _PAID_TOGETHER:
            self._pay(connection, size, cost, now)
        if isinstance(message, ProtocolError):
            raise message
        if receiver not in LEGAL[connection.state][type(message)]:
            raise why_not(type(message), connection.state)
        member = connection.member
        if member is None or room is None:
            return self._heard_by_server(connection, event, message, now)
        if receiver is not SERVER and isinstance(message, m.Relayable):
            return room.relay(member, message, now)
        return self._heard_from_member(connection, member, room, event, message, now)

    def _pay(self, connection: Connection, size: int, cost: float, now: Timestamp) -> None:
        """Charge a client for bytes, those that it had not paid for and the last `size`."""
        owed = connection.unpaid
        if connection.shares is None:
            address = connection.came.address
            connection.shares = self._addresses.buckets(Doing.SAY, address, now)
        lacking = take_from((connection.relayed, *connection.shares), owed, now)
        if lacking is None:
            connection.unpaid = 0
            return
        connection.unpaid -= size
        connection.bucket.drain(max(0.0, _REFUSED_COSTS - cost))
        text = None if lacking is connection.relayed else Doing.SAY.value
        raise RateLimited(text, retry_after=lacking.retry_after(owed))

    def _heard_by_server(
        self, connection: Connection, event: Received, message: Message, now: Timestamp
    ) -> list[Effect]:
        """Take what may be said in a room and outside."""
        match message:
            case m.Ping(data=data, id=id):
                pong = m.Pong(connection.client_id, data, GROUND_CONTROL, reply_to=id)
                return [Send((connection.id,), pong)]
            case m.Pong() | m.Greeting():
                return []
            case m.Bye(data=data):
                return self._said_bye(connection, data, now)
            case m.Join():
                return self._entrance.join(connection, event, message, now)
            case m.CreateRoom(data=wish):
                return self._lobby.create_room(connection, event, wish, now)
            case m.ListRooms():
                return self._lobby.list_rooms(connection, event)
            case _:
                raise AssertionError(f"{message.type} may be said to the server, which is deaf")

    def _heard_from_member(
        self,
        connection: Connection,
        member: Member,
        room: Room,
        event: Received,
        message: Message,
        now: Timestamp,
    ) -> list[Effect]:
        match message:
            case m.Ack(data=ack) if member.session is not None:
                member.session.confirm(ack.received)
                return []
            case m.GetRoomInfo(id=id):
                return room.tell_roster(member, id)
            case m.GetIceServers(id=id):
                self._addresses.take(Doing.ASK_ICE_SERVERS, connection.came.address, now)
                servers = self._places.ice_servers(member, now)
                answer = m.IceServers(member.id, servers, GROUND_CONTROL, reply_to=id)
                return connection.tell(answer)
            case m.Profile(data=profile, id=id):
                self._announcements.change(member, connection.came.address, now)
                effects = room.rename(member, profile.username, now)
                self._rooms.arm_push(room)
                if member.session is not None:
                    done = m.Done(member.id, None, GROUND_CONTROL, reply_to=id)
                    effects += connection.tell(done)
                return effects
            case m.Kick() | m.Ban() | m.SetRole() | m.Lock() | m.Admit() | m.Deny():
                return self._control.ask(connection, member, room, message, now)
            case _:
                return self._heard_by_server(connection, event, message, now)

    def _refuse(
        self,
        connection: Connection,
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
            connection.bucket.drain(_REFUSED_COSTS - 1.0)
        connection.refusals += 1
        if connection.refusals < self.limits.refusals_in_a_row:
            return connection.refuse(error, reply_to)
        last = TooManyRefusals()
        assert last.close_code is not None
        effects = connection.refuse(last, reply_to)
        effects += self._dropped(connection.id, None, now)
        return [*effects, Close(connection.id, last.close_code, last.code)]

    def _count(
        self, member: Member, event: Received, effects: list[Effect], now: Timestamp
    ) -> list[Effect]:
        """Count a frame of a session's client, if it counts and is decided (SESS-24)."""
        session = member.session
        if session is None or type(event.message) in UNCOUNTED or _asks(effects):
            return []
        return self._places.count(member, session, event.size, now)

    # Whoever runs the server wants something --------------------------------------------

    def _ordered(self, event: Ordered, now: Timestamp) -> list[Effect]:
        try:
            return [*self._control.obey(event, now), Obeyed(event)]
        except ProtocolError as error:
            return [Obeyed(event, error.with_traceback(None))]

    def roster(self, room_id: RoomId) -> tuple[m.SessionClient, ...]:
        """Return who is in a room, in order of joining."""
        room = self._rooms.live(room_id)
        return () if room is None else tuple(one.seen() for one in room.members.values())

    # A connection goes ----------------------------------------------------------------

    def _said_bye(self, connection: Connection, data: Json, now: Timestamp) -> list[Effect]:
        del self._connections[connection.id]
        effects = self._waiting.take(connection)
        if connection.member is not None and connection.room is not None:
            time = m.milliseconds(self._wall.at(now)) if data == m.NULL else data
            effects = self._exit.leave(connection.room, connection.member, "left", time, now)
        return [*effects, _close(connection.id, LEFT)]

    def _dropped(
        self, connection_id: ConnectionId, code: int | None, now: Timestamp
    ) -> list[Effect]:
        """A connection has ended without a `bye`: a session's place is held."""
        connection = self._connections.pop(connection_id, None)
        if connection is None:
            return []
        if connection.member is None or connection.room is None:
            return self._waiting.take(connection)
        place = self._places.of(connection.member)
        if place is not None:
            seconds = self.limits.place_seconds
            if code == GOING_AWAY:
                seconds = min(seconds, self.limits.reload_seconds)
            self._places.hold(place, seconds, now)
            return []
        time = m.milliseconds(self._wall.at(now))
        return self._exit.leave(connection.room, connection.member, "gone", time, now)

    def _closed(
        self, connection_id: ConnectionId, code: CloseCode, now: Timestamp
    ) -> list[Effect]:
        if connection_id not in self._connections:
            return []
        return [_close(connection_id, code), *self._dropped(connection_id, None, now)]

    def _relieve(self, now: Timestamp) -> list[Effect]:
        """Cut off who lets too much wait, and break sessions while all keep too much."""
        effects: list[Effect] = []
        while True:
            while self._rooms.stalled:
                member = self._rooms.stalled.pop()
                if member.connection is not None:
                    effects += self._closed(member.connection, SLOW_CONSUMER, now)
            place = self._places.breakable()
            if place is None:
                return effects
            if place.member.connection is not None:
                effects += self._closed(place.member.connection, SLOW_CONSUMER, now)
            dropped = place.session.break_off("overflow")
            effects += place.room.report(place.member, dropped, "full")

    def _stopped(self, now: Timestamp) -> list[Effect]:
        """Tell sessions when to come back, and senders what was not confirmed; store the rest
        for whoever comes after.
        """
        effects = self._places.say_going_away(now)
        effects += self._places.report_everything()
        for room in self._rooms:
            effects += room.report_all()
        effects += self._places.save_everything(now)
        for connection in self._connections.values():
            if connection.member is not None and connection.member.session is None:
                effects.append(ForgetClient(connection.member.id, self.run))
            effects.append(_close(connection.id, STOPPING))
        self._has_stopped = True
        self._connections.clear()
        self._waiting.close()
        self._rooms.close()
        return effects

    # Time passes ----------------------------------------------------------------------

    def _forgive_pause(self, due: Timestamp | None, now: Timestamp) -> None:
        """Count as no silence of clients the time in which this server stood still.

        A deadline that the `Ticked` before has left over says nothing of a pause.
        """
        armed = self._deadlines.next()
        paused_at = min((time for time in (due, armed) if time is not None), default=now)
        paused_at, self._ticked_at = max(paused_at, self._ticked_at), now
        if now - paused_at < _PAUSE:
            return
        limits = self.limits
        for connection in self._connections.values():
            heard_at = without_pause(connection.heard_at, paused_at, now)
            if connection.heard_at + limits.silent_for <= now:  # it is pinged, and not closed
                heard_at = Timestamp(now - limits.ping_after)
            connection.heard_at = heard_at
        self._places.forgive_pause(paused_at, now)
        self._waiting.forgive_pause(paused_at, now)
        self._rooms.forgive_pause(paused_at, now)

    def _ticked(self, now: Timestamp) -> list[Effect]:
        effects: list[Effect] = []
        work = counted = 0
        for deadline in self._deadlines.due(now):
            match deadline:
                case Silence(connection_id):
                    effects += self._look_whether_silent(connection_id, now)
                case Push(room_id):
                    effects += self._rooms.push(room_id, now)
                case Report(room_id):
                    effects += self._rooms.report_on(room_id)
                case Save(room_id):
                    effects += self._rooms.save(room_id)
                case Empty(room_id):
                    effects += self._rooms.look_whether_empty(room_id, now)
                case PlaceEnds(client_id):
                    place = self._places.over(client_id, now)
                    if place is not None:
                        time = m.milliseconds(self._wall.at(now))
                        effects += self._exit.leave(place.room, place.member, "gone", time, now)
                case WaitingEnds(client_id):
                    effects += self._entrance.look_whether_waited(client_id, now)
                case Acknowledge(client_id):
                    effects += self._places.acknowledge(client_id)
                case Resend(client_id):
                    effects += self._places.resend(client_id, now)
                case RefreshIceServers():
                    effects += self._places.refresh(now)
                case _:
                    assert_never(deadline)
            work += 1 + sum(map(_work, effects[counted:]))
            if work >= _WORK_AT_ONCE:
                break
            counted = len(effects)
        return effects

    def _look_whether_silent(self, connection_id: ConnectionId, now: Timestamp) -> list[Effect]:
        connection = self._connections.get(connection_id)
        if connection is None:
            return []
        limits = self.limits
        dead_at = connection.heard_at + limits.silent_for
        if dead_at <= now:
            return self._closed(connection_id, TIMED_OUT, now)
        effects: list[Effect] = []
        next_look = connection.heard_at + limits.ping_after
        if next_look <= now:
            ping = m.Ping(
                connection.client_id, m.milliseconds(self._wall.at(now)), GROUND_CONTROL
            )
            effects.append(Send((connection_id,), ping))
            next_look = min(now + limits.ping_after, dead_at)
        self._deadlines.arm(Silence(connection_id), next_look)
        return effects


def _asks(effects: list[Effect]) -> bool:
    """Tell whether what was said isn't decided yet."""
    return bool(effects) and isinstance(effects[-1], Ask)


def _work(effect: Effect) -> int:
    return len(effect.to) if isinstance(effect, Send) else 1


def _close(connection_id: ConnectionId, code: CloseCode) -> Close:
    return Close(connection_id, code.code, code.meaning)
