"""THE DOOR: an event goes in, what shall be done comes out. Start reading here.

    router.handle(event, now) -> [effect, ...]

One offer on its way: the driver feeds `Received(connection, Offer(...))`; `_received` finds
the member, `_dispatch` looks up whether the message may go there and takes its cost, and
`Room.relay` answers with the `Send` for the other member's connection.
"""

from collections.abc import Sequence
from math import floor
from typing import assert_never

from attrs import define, field, frozen

from . import messages as m
from .buckets import Bucket
from .deadlines import Deadlines
from .effects import Ask, Close, Effect, ForgetClient, ForgetRoom, LookUpRoom, Send
from .errors import (
    LEFT,
    SLOW_CONSUMER,
    STOPPING,
    TIMED_OUT,
    CloseCode,
    ProtocolError,
    RateLimited,
    RoomNotFound,
    ServerOnlyType,
    TooManyRefusals,
    Unavailable,
    WrongReceiver,
)
from .events import (
    Answered,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    Failed,
    Heard,
    Overflowed,
    Recalled,
    Received,
    Stopped,
    Ticked,
    Timestamp,
)
from .ice import IceConfiguration
from .limits import Limits
from .messages import Json, Message
from .records import ClientId, RoomId, RoomRecord
from .room import Member, Room
from .states import CLIENT, EVERYONE, LEGAL, SERVER

_REFUSED_COSTS = 10.0
"""Tokens that a refused frame costs: its answer is work for us, and of no use to anybody."""

_RETRY_UNAVAILABLE = 5.0
"""Seconds: a database that restarts is back by then."""


@frozen
class _Silence:
    """The deadline that looks whether a connection has been heard."""

    connection: ConnectionId


@frozen
class _Push:
    """The deadline that pushes a room's roster."""

    room_id: RoomId


@frozen
class _Empty:
    """The deadline that looks whether a room is still empty."""

    room_id: RoomId


@define(eq=False)
class _Connection:
    """One connection; it has a member, and the member a room, once it is admitted."""

    id: ConnectionId
    bucket: Bucket
    heard_at: Timestamp
    member: Member | None = None
    room: Room | None = None
    refusals: int = 0


@define(eq=False)
class Router:
    """Knows every room and connection of one server; reads no clock and does no I/O.

    With `rooms_on_demand` a room that isn't there is made when somebody connects to it.
    """

    limits: Limits = field(factory=Limits)
    ice: IceConfiguration = field(factory=IceConfiguration)
    rooms_on_demand: bool = True
    _connections: dict[ConnectionId, _Connection] = field(factory=dict, init=False)
    _rooms: dict[RoomId, Room] = field(factory=dict, init=False)
    _deadlines: Deadlines[_Silence | _Push | _Empty] = field(factory=Deadlines, init=False)

    def handle(self, event: Event, now: Timestamp) -> list[Effect]:
        """Take one event, and return what shall be done, in order.

        Never raises for anything that a peer or a store did.
        """
        match event:
            case Received():  # first, for nearly every event is one
                return self._received(event, now)
            case Connected():
                return self._connected(event, now)
            case Answered():
                return self._answered(event, now)
            case Disconnected(connection_id):
                return self._ended(connection_id, now)
            case Heard(connection_id):
                return self._heard(connection_id, now)
            case Overflowed(connection_id):
                return self._closed(connection_id, SLOW_CONSUMER, now)
            case Ticked():
                return self._ticked(now)
            case Recalled(rooms):
                return self._recalled(rooms, now)
            case Stopped():
                return self._stopped()
            case _:
                assert_never(event)

    def next_deadline(self) -> Timestamp | None:
        """Return when to feed `Ticked()` next, or None for not at all."""
        return self._deadlines.next()

    # A connection comes ---------------------------------------------------------------

    def _connected(self, event: Connected, now: Timestamp) -> list[Effect]:
        limits = self.limits
        bucket = Bucket.full(limits.messages_per_second, limits.message_burst, now)
        connection = _Connection(event.connection, bucket, now)
        self._connections[connection.id] = connection
        room = self._rooms.get(event.room_id)
        if room is not None:
            if room.members:
                return self._admit(connection, event, room, now)
            room.empty_since = now  # somebody is at the door: it is not to go just now
        elif len(self._rooms) >= limits.rooms:
            error = Unavailable(
                "this server has too many rooms", retry_after=_RETRY_UNAVAILABLE
            )
            return self._turn_away(connection, event.client_id, error)
        if_absent = None
        if self.rooms_on_demand:
            if_absent = RoomRecord(
                event.room_id, event.room_id, now, empty_for=limits.room_empty_for
            )
        return [Ask(connection.id, event, LookUpRoom(event.room_id, if_absent))]

    def _answered(self, event: Answered, now: Timestamp) -> list[Effect]:
        connection = self._connections.get(event.connection)
        client_id = event.about.client_id
        room = self._rooms.get(event.about.room_id)
        if room is None or not room.members:
            match event.answer:
                case RoomRecord():
                    room = self._open(event.answer, now)
                case None:
                    return self._turn_away(connection, client_id, RoomNotFound())
                case Failed():
                    error = Unavailable(retry_after=_RETRY_UNAVAILABLE)
                    return self._turn_away(connection, client_id, error)
                case _:
                    assert_never(event.answer)
        if connection is None:
            return []
        return self._admit(connection, event.about, room, now)

    def _open(self, record: RoomRecord, now: Timestamp) -> Room:
        """Return a room that is empty so far, and goes if it stays so."""
        limit = self.limits.guest_limit
        guest_limit = min(record.guest_limit or limit, limit)
        room = Room(record, guest_limit, self.limits.roster_interval, empty_since=now)
        self._rooms[record.id] = room
        self._emptied(room, now)
        return room

    def _admit(
        self, connection: _Connection, event: Connected, room: Room, now: Timestamp
    ) -> list[Effect]:
        member = Member(event.client_id, connection.id, now)
        try:
            effects = room.admit(member, now)
        except ProtocolError as error:
            return self._turn_away(connection, event.client_id, error)
        self._rooms[event.room_id] = room
        connection.member, connection.room = member, room
        self._deadlines.arm(_Silence(connection.id), Timestamp(now + self.limits.ping_after))
        self._arm_push(room)
        return effects

    def _turn_away(
        self, connection: _Connection | None, client_id: ClientId, error: ProtocolError
    ) -> list[Effect]:
        if connection is None:
            return []
        del self._connections[connection.id]
        assert error.close_code is not None
        return [
            Send((connection.id,), _error(client_id, error)),
            Close(connection.id, error.close_code, error.code),
        ]

    # A frame comes --------------------------------------------------------------------

    def _received(self, event: Received, now: Timestamp) -> list[Effect]:
        connection = self._connections.get(event.connection)
        if connection is None or connection.member is None or connection.room is None:
            return []
        connection.heard_at = now
        member, room = connection.member, connection.room
        try:
            effects = self._dispatch(connection, room, member, event.message, now)
        except ProtocolError as error:
            effects = self._refuse(connection, member, error.with_traceback(None), now)
        else:
            connection.refusals = 0
        if not member.heard and event.connection in self._connections:
            effects += self._first_heard(room, member)
        return effects

    def _heard(self, connection_id: ConnectionId, now: Timestamp) -> list[Effect]:
        connection = self._connections.get(connection_id)
        if connection is not None:
            connection.heard_at = now
        return []

    def _dispatch(
        self,
        connection: _Connection,
        room: Room,
        member: Member,
        message: Message | ProtocolError,
        now: Timestamp,
    ) -> list[Effect]:
        receiver, cost = CLIENT, 1.0
        if isinstance(message, ProtocolError) or message.receiver == m.GROUND_CONTROL:
            receiver = SERVER
        elif message.receiver == m.ROOM:
            receiver, cost = EVERYONE, 1.0 + len(room.members) / 10.0
        if not connection.bucket.take(cost, now):
            connection.bucket.drain(_REFUSED_COSTS)
            raise RateLimited(retry_after=_rounded_up(connection.bucket.wait(cost)))
        if isinstance(message, ProtocolError):
            raise message
        legal = LEGAL[type(message)]
        if receiver not in legal:
            raise WrongReceiver if legal else ServerOnlyType
        if receiver is not SERVER and isinstance(message, m.Relayable):
            return room.relay(member, message, now)
        return self._heard_by_server(connection, room, member, message, now)

    def _heard_by_server(
        self,
        connection: _Connection,
        room: Room,
        member: Member,
        message: Message,
        now: Timestamp,
    ) -> list[Effect]:
        match message:
            case m.Ping(data=data):
                return [Send((connection.id,), m.Pong(member.id, data, m.GROUND_CONTROL))]
            case m.GetRoomInfo():
                return room.tell_roster(member)
            case m.GetIceServers():
                servers = self.ice.servers_for(member.id, now, self.limits.turn_seconds)
                answer = m.IceServers(member.id, servers, m.GROUND_CONTROL)
                return [Send((connection.id,), answer)]
            case m.Profile(data=profile):
                effects = room.rename(member, profile.username, now)
                self._arm_push(room)
                return effects
            case m.Bye(data=data):
                effects = self._ended(connection.id, now, data)
                return [*effects, self._close(connection.id, LEFT)]
            case m.Pong() | m.Greeting():
                return []
            case _:
                raise AssertionError(f"{message.type} may be said to the server, which is deaf")

    def _refuse(
        self, connection: _Connection, member: Member, error: ProtocolError, now: Timestamp
    ) -> list[Effect]:
        if not isinstance(error, RateLimited):
            connection.bucket.drain(_REFUSED_COSTS - 1.0)
        connection.refusals += 1
        if connection.refusals >= self.limits.refusals_in_a_row:
            error = TooManyRefusals()
        effects: list[Effect] = [Send((connection.id,), _error(member.id, error))]
        if error.close_code is not None:
            effects += self._ended(connection.id, now)
            effects.append(Close(connection.id, error.close_code, error.code))
        return effects

    def _first_heard(self, room: Room, member: Member) -> list[Effect]:
        member.heard = True
        return room.tell_roster(member) if member.owed else []

    # A connection goes ----------------------------------------------------------------

    def _ended(
        self, connection_id: ConnectionId, now: Timestamp, bye: Json = m.NULL
    ) -> list[Effect]:
        connection = self._connections.pop(connection_id, None)
        if connection is None or connection.member is None or connection.room is None:
            return []
        room = connection.room
        time = m.milliseconds(now) if bye == m.NULL else bye
        effects = room.leave(connection.member, time, now)
        self._arm_push(room)
        if not room.members:
            self._emptied(room, now)
        return effects

    def _closed(
        self, connection_id: ConnectionId, code: CloseCode, now: Timestamp
    ) -> list[Effect]:
        if connection_id not in self._connections:
            return []
        return [self._close(connection_id, code), *self._ended(connection_id, now)]

    def _stopped(self) -> list[Effect]:
        effects: list[Effect] = []
        for connection in self._connections.values():
            effects.append(self._close(connection.id, STOPPING))
            if connection.member is not None:
                effects.append(ForgetClient(connection.member.id))
        self._connections.clear()
        return effects

    def _close(self, connection_id: ConnectionId, code: CloseCode) -> Close:
        return Close(connection_id, code.code, code.meaning)

    # Time passes ----------------------------------------------------------------------

    def _ticked(self, now: Timestamp) -> list[Effect]:
        effects: list[Effect] = []
        for deadline in self._deadlines.due(now):
            match deadline:
                case _Silence(connection_id):
                    effects += self._look_whether_silent(connection_id, now)
                case _Push(room_id):
                    effects += self._push(room_id, now)
                case _Empty(room_id):
                    effects += self._look_whether_empty(room_id, now)
                case _:
                    assert_never(deadline)
        return effects

    def _look_whether_silent(self, connection_id: ConnectionId, now: Timestamp) -> list[Effect]:
        connection = self._connections.get(connection_id)
        if connection is None or connection.member is None:
            return []
        limits = self.limits
        dead_at = connection.heard_at + limits.silent_for
        if dead_at <= now:
            return self._closed(connection_id, TIMED_OUT, now)
        effects: list[Effect] = []
        next_look = connection.heard_at + limits.ping_after
        if next_look <= now:
            ping = m.Ping(connection.member.id, m.milliseconds(now), m.GROUND_CONTROL)
            effects.append(Send((connection_id,), ping))
            next_look = min(now + limits.ping_after, dead_at)
        self._deadlines.arm(_Silence(connection_id), Timestamp(next_look))
        return effects

    def _arm_push(self, room: Room) -> None:
        if room.push_at is not None:
            self._deadlines.arm(_Push(room.record.id), room.push_at)

    def _push(self, room_id: RoomId, now: Timestamp) -> list[Effect]:
        room = self._rooms.get(room_id)
        if room is None or room.push_at is None:
            return []
        if room.push_at > now:
            self._arm_push(room)
            return []
        return room.push(now)

    def _emptied(self, room: Room, now: Timestamp) -> None:
        if room.record.empty_for is None:
            del self._rooms[room.record.id]
        else:
            ends_at = Timestamp(now + room.record.empty_for)
            self._deadlines.arm(_Empty(room.record.id), ends_at)

    def _look_whether_empty(self, room_id: RoomId, now: Timestamp) -> list[Effect]:
        room = self._rooms.get(room_id)
        if room is None or room.empty_since is None or room.record.empty_for is None:
            return []
        ends_at = Timestamp(room.empty_since + room.record.empty_for)
        if ends_at > now:
            self._deadlines.arm(_Empty(room_id), ends_at)
            return []
        del self._rooms[room_id]
        return [ForgetRoom(room_id)]

    def _recalled(self, records: Sequence[RoomRecord], now: Timestamp) -> list[Effect]:
        for record in records:
            if record.empty_for is not None and record.id not in self._rooms:
                self._open(record, now)
        return []


def _error(client_id: ClientId, error: ProtocolError) -> m.Error:
    body = m.ErrorBody(error.code, str(error), error.retry_after)
    return m.Error(client_id, body, m.GROUND_CONTROL)


def _rounded_up(seconds: float) -> float:
    """Return a wait in whole milliseconds, so long that rounding elsewhere can't undo it."""
    return (floor(seconds * 1000) + 1) / 1000
