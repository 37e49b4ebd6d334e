"""Those who wait at locked doors, and who hears of them."""

from collections.abc import Iterable, Iterator

from attrs import define, field

from ..client_connection import ClientConnection
from ..clocks import without_pause
from ..deadlines import Deadline, Deadlines, EndWait
from ..effects import Effect
from ..events import Timestamp
from ..limits import Limits
from ..rate_limits import networks_of, quotas_of
from ..records import ClientId, RoomId
from ..rooms.room import Room
from ..wire import messages as m
from ..wire.errors import ProtocolError, RoomLocked
from ..wire.messages import GROUND_CONTROL
from ..wire.states import State
from .join_request import JoinRequest


@define(eq=False)
class WaitingClient:
    """Somebody at the locked door of a room, until then at most."""

    request: JoinRequest
    room: Room
    until: Timestamp

    def refuse(self, error: ProtocolError) -> list[Effect]:
        """Tell it that it doesn't come in."""
        return self.request.connection.refuse(error, self.request.id)


@define(eq=False)
class WaitingRooms:
    """Who waits at which door, in order of coming."""

    limits: Limits
    _deadlines: Deadlines[Deadline]
    _waiters: dict[ClientId, WaitingClient] = field(factory=dict, init=False)
    _by_room: dict[RoomId, dict[ClientId, WaitingClient]] = field(factory=dict, init=False)

    def clients_of(self, room: Room) -> Iterator[WaitingClient]:
        """Return those who wait at the room's door, in order of coming."""
        return iter(list(self._by_room.get(room.record.id, {}).values()))

    def find(self, room: Room, client_id: str) -> WaitingClient | None:
        """Return the one who waits there under this id."""
        return self._by_room.get(room.record.id, {}).get(ClientId(client_id))

    def infos_of(self, room: Room) -> tuple[m.ClientInfo, ...]:
        """Return what owners and moderators see of those who wait."""
        return tuple(_seen(waiting.request) for waiting in self.clients_of(room))

    def add(self, request: JoinRequest, room: Room, now: Timestamp) -> list[Effect]:
        """Have somebody wait.

        Raises:
            RoomLocked: nobody has a place there who could open, or too many wait already, or
                too many from the same address.
        """
        waiters = self._by_room.get(room.record.id, {})
        if not any(room.moderators()):
            raise RoomLocked
        if len(waiters) >= self.limits.waiting:
            raise RoomLocked("the room is locked, and too many wait at its door already")
        connection = request.connection
        if self._is_over_quota(waiters.values(), connection.handshake.address):
            text = "the room is locked, and too many from your address wait at its door already"
            raise RoomLocked(text)
        until = Timestamp(now + self.limits.waiting_seconds)
        waiting = WaitingClient(request, room, until)
        self._by_room[room.record.id] = waiters
        waiters[connection.client_id] = self._waiters[connection.client_id] = waiting
        self._deadlines.arm(EndWait(connection.client_id), until)
        connection.state = State.WAITING
        answer = m.Waiting(
            connection.client_id,
            m.WaitingBody(room.record.id),
            GROUND_CONTROL,
            reply_to=request.id,
        )
        told = m.ClientWaiting(m.ROOM, _seen(request), GROUND_CONTROL)
        return [*connection.tell(answer), *room.tell(room.moderators(), told)]

    def _is_over_quota(self, waiters: Iterable[WaitingClient], newcomer: str | None) -> bool:
        """Tell whether an address has its part of a door; others are to find a place there."""
        if newcomer is None:
            return False
        most = quotas_of(self.limits.waiting, self.limits)
        addresses = [waiting.request.connection.handshake.address for waiting in waiters]
        there = [networks_of(address) for address in addresses if address is not None]
        return any(
            sum(network in networks for networks in there) >= limit
            for network, limit in zip(networks_of(newcomer), most, strict=False)
        )

    def remove(self, connection: ClientConnection) -> list[Effect]:
        """Have a client wait no more, if it does; whoever could open hears of it."""
        if connection.state is not State.WAITING:
            return []
        waiting = self._waiters.pop(connection.client_id)
        connection.state = State.UNJOINED
        waiters = self._by_room[waiting.room.record.id]
        del waiters[connection.client_id]
        if not waiters:
            del self._by_room[waiting.room.record.id]
        left = m.WhoBody(connection.client_id)
        told = m.ClientWaitingLeft(m.ROOM, left, GROUND_CONTROL)
        return waiting.room.tell(waiting.room.moderators(), told)

    def clear(self) -> None:
        """The server stops: nobody waits any more."""
        self._waiters.clear()
        self._by_room.clear()

    def forgive_pause(self, paused_at: Timestamp, now: Timestamp) -> None:
        """Those who wait may wait longer after a pause of the server: nobody could open."""
        seconds = self.limits.waiting_seconds
        for waiting in self._waiters.values():
            began = Timestamp(waiting.until - seconds)
            waiting.until = Timestamp(without_pause(began, paused_at, now) + seconds)

    def overdue(self, client_id: ClientId, now: Timestamp) -> WaitingClient | None:
        """Return the one who has waited for too long."""
        waiting = self._waiters.get(client_id)
        if waiting is None or waiting.until <= now:
            return waiting
        self._deadlines.arm(EndWait(client_id), waiting.until)
        return None


def _seen(request: JoinRequest) -> m.ClientInfo:
    return m.ClientInfo(request.connection.client_id, request.username)
