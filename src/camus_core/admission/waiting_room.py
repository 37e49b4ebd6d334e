"""The waiting rooms, of locked rooms and of guests whose address is banned (rules CTRL-15 to
CTRL-22, DOOR-4 to DOOR-9, and BAN-4).
"""

from collections.abc import Iterable, Iterator

from attrs import define, evolve, field

from ..client_connection import ClientConnection
from ..clocks import without_pause
from ..deadlines import Deadline, Deadlines, EndBans, EndWait
from ..effects import Effect
from ..events import Timestamp
from ..limits import Limits
from ..rate_limits import networks_of, quotas_of
from ..records import (
    BanRecord,
    ClientId,
    NetworkAddress,
    RoomId,
    SessionDigest,
    digest,
    session_digest,
)
from ..rooms.bans import bans_at
from ..rooms.member import Member
from ..rooms.room import Room
from ..sessions.delivery import FIRST_EPOCH, resume_token
from ..wire import messages as m
from ..wire.errors import Banned, ProtocolError, RoomLocked
from ..wire.messages import GROUND_CONTROL
from ..wire.states import State
from .join_attempt import JoinAttempt

_ROUNDING = 0.001
"""Seconds: more than the error of a UNIX time that was rounded to a double."""


@define(eq=False)
class WaitingClient:
    """A client that waits until a moderator decides, or until `until` at the latest.

    Attributes:
        attempt: Its attempt to join.
        room: The room.
        until: The time at which its wait is over.
        held_until: The time until which its place is held after its connection was lost, or
            None while it is connected.
        is_being_admitted: True while the use of its invitation is being counted.
    """

    attempt: JoinAttempt
    room: Room
    until: Timestamp
    held_until: Timestamp | None = None
    is_being_admitted: bool = False

    @property
    def client_id(self) -> ClientId:
        """The id of the client, which it will have in the room."""
        return self.attempt.connection.client_id

    @property
    def ends_at(self) -> Timestamp:
        """The time at which it waits no more."""
        return self.until if self.held_until is None else min(self.until, self.held_until)

    def info(self) -> m.ClientInfo:
        """Return the client as owners and moderators see it."""
        return m.ClientInfo(self.client_id, self.attempt.username)

    def tell(self) -> list[Effect]:
        """Reply `waiting` to the client."""
        connection, room = self.attempt.connection, self.room
        token = resume_token(connection.handshake.session_secret, FIRST_EPOCH)
        body = m.WaitingBody(
            room.record.id,
            any(room.moderators()),
            token,
            room.record.name,
            self.attempt.guest_token(room.record),
            room.record.encrypted,
        )
        return connection.reply(m.Waiting, body, self.attempt.reply_to)

    def refuse(self, error: ProtocolError) -> list[Effect]:
        """Tell the client that it is not admitted, if it is connected."""
        if self.held_until is not None:
            return []
        return self.attempt.connection.refuse(error.refusal(), self.attempt.reply_to)

    def named_in(self, ban: BanRecord) -> BanRecord:
        """Return the ban as one of this client."""
        identity = self.attempt.connection.identity
        guest_token = self.attempt.guest_token(self.room.record)
        return evolve(
            ban,
            username=self.attempt.username,
            identity=None if identity is None else identity.id,
            address=self.attempt.address if identity is None else None,
            guest_digest=None if guest_token is None else digest(guest_token),
        )


def is_held_back(
    attempt: JoinAttempt,
    room: Room,
    role: m.Role,
    now: Timestamp,
    address: NetworkAddress | None,
) -> bool:
    """Return whether a client has to wait, as one of its address is banned (BAN-4; step 10).

    Args:
        role: The role that it would have.
        address: The address from which it comes.

    Raises:
        Banned: A ban is of this client; or one is of its address, and the client can't wait, or
            no moderator could admit it.
    """
    identity = attempt.connection.identity
    if not room.bans or (identity is None and role == "owner"):
        return False
    bans, digests = bans_at(room, now), attempt.guest_digests(room.record)
    if any(ban.is_of(None if identity is None else identity.id, digests) for ban in bans):
        raise Banned
    if identity is not None or role != "guest":
        return False
    if not any(ban.is_of_address(address) for ban in bans):
        return False
    if not attempt.connection.handshake.profile.keeps_session or not any(room.moderators()):
        raise Banned
    return True


def not_admitted(room: Room, why: str | None = None) -> ProtocolError:
    """Return the error of a client that nobody has admitted; `why` continues its text.

    Where the room isn't locked, only a ban has it wait.
    """
    if not room.record.locked:
        return Banned()
    return RoomLocked(None if why is None else f"the room is locked, {why}")


@define(eq=False)
class WaitingRooms:
    """The waiting clients of every room, in order of arrival.

    A change is reported to the owners and moderators of the room.
    """

    limits: Limits
    _deadlines: Deadlines[Deadline]
    _waiters: dict[ClientId, WaitingClient] = field(factory=dict, init=False)
    _by_room: dict[RoomId, dict[ClientId, WaitingClient]] = field(factory=dict, init=False)
    _by_session: dict[SessionDigest, WaitingClient] = field(factory=dict, init=False)

    def __len__(self) -> int:
        return len(self._waiters)

    def count(self, room_id: RoomId) -> int:
        """Return the number of clients that wait for a room."""
        return len(self._by_room.get(room_id, {}))

    def clients_of(self, room: Room) -> Iterator[WaitingClient]:
        """Return the waiting clients of a room, in order of arrival."""
        return iter(list(self._by_room.get(room.record.id, {}).values()))

    def find(self, room: Room, client_id: str) -> WaitingClient | None:
        """Return the waiting client of a room with this id, if any."""
        return self._by_room.get(room.record.id, {}).get(ClientId(client_id))

    def infos_of(self, room: Room) -> tuple[m.ClientInfo, ...]:
        """Return the waiting clients as owners and moderators see them."""
        return tuple(waiting.info() for waiting in self.clients_of(room))

    def make_moderator(self, member: Member) -> list[Effect]:
        """Make a guest a moderator, and tell it of the waiting clients."""
        room = member.room
        effects = room.set_role(member, "moderator")
        if member in room.moderators():
            for info in self.infos_of(room):
                effects += room.tell((member,), m.ClientWaiting(m.ROOM, info, GROUND_CONTROL))
        return effects

    def add(self, attempt: JoinAttempt, room: Room) -> list[Effect]:
        """Have a client wait for the room.

        Raises:
            RoomLocked: too many clients wait already, in all (`Limits.waiting`) or from the
                same address (rules LIM-9 and LIM-13).
            Banned: the same, if the room isn't locked: only a ban has the client wait.
        """
        waiters = self._by_room.get(room.record.id, {})
        connection = attempt.connection
        if len(waiters) >= self.limits.waiting:
            raise not_admitted(room, "and its waiting room is full")
        if self._is_over_quota(waiters.values(), connection.handshake.address):
            raise not_admitted(room, "and too many from your address wait already")
        until = Timestamp(attempt.now + self.limits.waiting_seconds)
        waiting = WaitingClient(attempt, room, until)
        self._by_room[room.record.id] = waiters
        waiters[waiting.client_id] = self._waiters[waiting.client_id] = waiting
        self._by_session[session_digest(connection.handshake.session_secret)] = waiting
        room.waiting = len(waiters)
        self._deadlines.arm(EndWait(waiting.client_id), until)
        self.watch_bans(room)
        connection.state = State.WAITING
        news = m.ClientWaiting(m.ROOM, waiting.info(), GROUND_CONTROL)
        return [*waiting.tell(), *room.tell(room.moderators(), news)]

    def watch_bans(self, room: Room) -> None:
        """Arm the deadline at which the next ban ends by itself, if clients wait for the room.

        One of them may wait for nothing else (rule BAN-12).
        """
        ends = [ban.until for ban in room.bans.values() if ban.until is not None]
        if room.waiting and ends:
            due = min(ends) - room.wall.ahead + _ROUNDING
            self._deadlines.arm(EndBans(room.record.id), due)

    def clock_was_set(self) -> None:
        """Arm the deadlines of the bans of all rooms, because UNIX time was set."""
        for waiters in self._by_room.values():
            self.watch_bans(next(iter(waiters.values())).room)

    def hold(self, connection: ClientConnection, now: Timestamp) -> None:
        """Hold the place of a waiting client whose connection was lost, for `reload_seconds`.

        Nothing changes for a client that doesn't wait.
        """
        if connection.state is State.WAITING:
            waiting = self._waiters[connection.client_id]
            waiting.held_until = Timestamp(now + self.limits.reload_seconds)
            self._deadlines.arm(EndWait(waiting.client_id), waiting.ends_at)

    def find_session(self, digest: SessionDigest) -> WaitingClient | None:
        """Return the waiting client whose token has the secret with this digest, if any."""
        return self._by_session.get(digest)

    def come_back(self, attempt: JoinAttempt, waiting: WaitingClient) -> list[Effect]:
        """Give a client its place among the waiting clients back, on its new connection."""
        attempt.take_over(waiting.attempt)
        attempt.connection.state = State.WAITING
        waiting.attempt, waiting.held_until = attempt, None
        return waiting.tell()

    def _is_over_quota(self, waiters: Iterable[WaitingClient], newcomer: str | None) -> bool:
        """Tell whether the newcomer's address, or a wider network of it, has used up its part.

        The rest of the waiting room is for clients from elsewhere.
        """
        if newcomer is None:
            return False
        quotas = quotas_of(self.limits.waiting, self.limits)
        addresses = [waiting.attempt.connection.handshake.address for waiting in waiters]
        waiting_networks = [
            networks_of(address) for address in addresses if address is not None
        ]
        return any(
            sum(network in networks for networks in waiting_networks) >= quota
            for network, quota in zip(networks_of(newcomer), quotas, strict=False)
        )

    def remove(self, connection: ClientConnection) -> list[Effect]:
        """Take a client out of the waiting room, if it is in one, and tell the moderators."""
        if connection.state is not State.WAITING:
            return []
        waiting = self._waiters.pop(connection.client_id)
        del self._by_session[session_digest(connection.handshake.session_secret)]
        connection.state = State.UNJOINED
        waiters = self._by_room[waiting.room.record.id]
        del waiters[connection.client_id]
        waiting.room.waiting = len(waiters)
        if not waiters:
            del self._by_room[waiting.room.record.id]
        news = m.ClientWaitingLeft(m.ROOM, m.WhoBody(connection.client_id), GROUND_CONTROL)
        return waiting.room.tell(waiting.room.moderators(), news)

    def clear(self) -> None:
        """Forget all waiting clients, because the server stops."""
        self._waiters.clear()
        self._by_room.clear()
        self._by_session.clear()

    def forgive_pause(self, paused_at: Timestamp, now: Timestamp) -> None:
        """Extend every wait by a pause of the server, in which no moderator could admit."""
        seconds = self.limits.waiting_seconds
        for waiting in self._waiters.values():
            began = Timestamp(waiting.until - seconds)
            longer = without_pause(began, paused_at, now) - began
            waiting.until = Timestamp(waiting.until + longer)
            if waiting.held_until is not None:
                waiting.held_until = Timestamp(waiting.held_until + longer)

    def overdue(self, client_id: ClientId, now: Timestamp) -> WaitingClient | None:
        """Return the client if its wait is over; otherwise arm its deadline again."""
        waiting = self._waiters.get(client_id)
        if waiting is None or waiting.ends_at <= now:
            return waiting
        self._deadlines.arm(EndWait(client_id), waiting.ends_at)
        return None
