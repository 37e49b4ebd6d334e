"""The sessions of one server: found by secret, and held while their clients are away."""

from collections.abc import Iterator

from attrs import define, evolve, field

from ..clocks import StoreClock, UnixTime, WallClock, without_pause
from ..deadlines import Acknowledge, Deadline, Deadlines, EndHold, RefreshIceServers, Resend
from ..effects import Effect, SaveClient, Send
from ..events import Timestamp
from ..ice import IceConfiguration
from ..limits import Limits
from ..records import (
    ClientId,
    ClientRecord,
    SessionDigest,
)
from ..rooms.member import Member, SessionMember
from ..rooms.room import Room
from ..store import renewal_interval
from ..wire.messages import (
    GROUND_CONTROL,
    Ack,
    AckBody,
    GoingAway,
    GoingAwayBody,
    IceServer,
    IceServers,
    Message,
)
from ..wire.profile import ACK_SECONDS, SESSION
from .delivery import FIRST_EPOCH, Delivery, MemoryUse

_REFRESH_AT = 0.8
"""The part of their life after which TURN credentials are replaced, in time for their users."""

_REFRESHED_AT_ONCE = 64
"""Clients that are sent new credentials in one turn, 30 µs each: when the wall clock is set,
all of them need new ones."""

_RESENT_AT_ONCE = 256
"""Frames that a client which resumes is sent in one turn, 5 to 10 µs each."""

_CLOCK_STEP = 0.01
"""The step of UNIX time, as a part of their life, that replaces all TURN credentials. Time
servers correct clocks by less, and clients needn't hear of each correction."""


@define(eq=False)
class Sessions:
    """The sessions of one server."""

    limits: Limits
    ice: IceConfiguration
    _deadlines: Deadlines[Deadline]
    wall: WallClock = field(factory=WallClock)
    store_clock: StoreClock = field(factory=StoreClock)

    memory: MemoryUse = field(factory=MemoryUse, init=False)
    """The bytes that all sessions together keep."""

    _by_session: dict[SessionDigest, SessionMember] = field(factory=dict, init=False)
    _by_client: dict[ClientId, SessionMember] = field(factory=dict, init=False)

    _away: dict[ClientId, SessionMember] = field(factory=dict, init=False)
    """The sessions whose clients are away, the longest away first."""

    _refreshes: dict[ClientId, float] = field(factory=dict, init=False)
    """The times at which TURN credentials are to be replaced, the earliest first."""

    _refreshed_by: float = field(default=0.0, init=False)
    """The value of `wall.ahead` when a step last replaced all TURN credentials."""

    def __iter__(self) -> Iterator[SessionMember]:
        return iter(self._by_client.values())

    def find(self, digest: SessionDigest) -> SessionMember | None:
        """Return the member whose session has this digest, or None."""
        return self._by_session.get(digest)

    def count_away(self) -> int:
        """Return the number of clients that are away."""
        return len(self._away)

    # The life of a session -------------------------------------------------------------

    def new_delivery(self, digest: SessionDigest) -> Delivery:
        """Return the delivery of a new session."""
        return Delivery(digest, FIRST_EPOCH, self.limits, self.memory)

    def add(self, member: SessionMember) -> None:
        """Add the session of a new member."""
        self._by_session[member.delivery.digest] = self._by_client[member.id] = member

    def held_by_identity(self, identity: str, room: Room) -> SessionMember | None:
        """Return a member with this identity that is away, or None."""
        for member in room.members.values():
            if (
                isinstance(member, SessionMember)
                and member.identity == identity
                and member.away_since is not None
            ):
                return member
        return None

    def replace_secret(self, member: SessionMember, digest: SessionDigest) -> None:
        """Give a session another secret, so that its former resume tokens end."""
        del self._by_session[member.delivery.digest]
        member.delivery.digest = digest
        self._by_session[digest] = member

    def restore(self, record: ClientRecord, room: Room, now: Timestamp) -> SessionMember | None:
        """Hold the place of a client that another node has stored, if its time isn't over.

        Return None if there is nothing to hold.
        """
        if (
            record.node == room.node
            or record.session_digest is None
            or record.away_since is None
        ):
            return None
        longest = self.limits.place_seconds
        if record.session_snapshot is None:  # a crash: away since the last renewal or later
            longest += renewal_interval(self.limits)
        if record.away_since + longest <= self.store_clock.at(now):
            return None
        if record.session_digest in self._by_session or record.id in room.members:
            return None
        delivery = self.new_delivery(record.session_digest)
        delivery.restore(record.id, record.session_snapshot)
        member = SessionMember(
            record.id,
            room,
            SESSION,
            UnixTime(record.joined_at),
            username=record.username,
            role=record.role,
            identity=record.identity,
            username_asserted=record.username_asserted,
            address=record.address,
            guest_digest=record.guest_digest,
            has_spoken=True,
            delivery=delivery,
        )
        room.add(member)
        self.add(member)
        self.hold(member, self.limits.place_seconds, now)
        return member

    def hold(self, member: SessionMember, seconds: float, now: Timestamp) -> None:
        """Hold a client's place for some seconds after its connection has ended."""
        member.connection = None
        member.away_since = now
        member.away_until = max(Timestamp(now + seconds), member.held_until or now)
        self._away[member.id] = member
        self._deadlines.arm(EndHold(member.id), member.away_until)

    def forgive_pause(self, paused_at: Timestamp, now: Timestamp) -> None:
        """Hold places longer by a pause of the server, in which no client could resume."""
        for member in self._away.values():
            if member.away_since is not None and member.away_until is not None:
                away_since = without_pause(member.away_since, paused_at, now)
                longer = away_since - member.away_since
                member.away_until = Timestamp(member.away_until + longer)
                member.away_since = away_since

    def extend_hold(self, member: SessionMember, seconds: float, now: Timestamp) -> None:
        """Hold the place of a client for at least `seconds` from now.

        Its former connection may end later than this, if the client has noticed its end first.
        """
        until, ends = Timestamp(now + seconds), member.away_until
        member.held_until = until
        if ends is not None and ends < until:
            member.away_until = until
            self._deadlines.arm(EndHold(member.id), until)

    def end_hold(self, member: SessionMember) -> None:
        """Note that the client is connected again."""
        member.away_since = member.away_until = member.held_until = None
        self._away.pop(member.id, None)

    def remove(self, member: SessionMember) -> None:
        """Remove the session of a member whose place has ended."""
        if self._by_client.pop(member.id, None) is not None:
            del self._by_session[member.delivery.digest]
            self._away.pop(member.id, None)
            self._refreshes.pop(member.id, None)

    def expired(self, client_id: ClientId, now: Timestamp) -> SessionMember | None:
        """Return the session of a client that has been away for too long, else None."""
        member = self._away.get(client_id)
        if member is None or member.away_until is None:
            return None
        if member.away_until > now:
            self._deadlines.arm(EndHold(client_id), member.away_until)
            return None
        return member

    def work_of_ending(self, client_id: ClientId) -> int:
        """Return the number of messages kept for a client that is away, and of the members that
        are told when its place ends.
        """
        member = self._away.get(client_id)
        if member is None:
            return 0
        return member.unconfirmed_count + len(member.room.members)

    # Delivery --------------------------------------------------------------------------

    def count_received(self, member: SessionMember, size: int, now: Timestamp) -> list[Effect]:
        """Count a decided frame, and acknowledge it now or within `ACK_SECONDS`."""
        delivery = member.delivery
        if delivery.count_received(size):
            return self._acknowledge(member)
        if delivery.received == delivery.acknowledged + 1:
            self.acknowledge_soon(member.id, now)
        return []

    def acknowledge_soon(self, client_id: ClientId, now: Timestamp) -> None:
        """Arm the deadline of the next `ack` to a client."""
        self._deadlines.arm(Acknowledge(client_id), now + ACK_SECONDS)

    def acknowledge(self, client_id: ClientId) -> list[Effect]:
        """Send a client an `ack` if there are frames to acknowledge."""
        member = self._by_client.get(client_id)
        if member is None or member.delivery.received == member.delivery.acknowledged:
            return []
        return self._acknowledge(member)

    def _acknowledge(self, member: SessionMember) -> list[Effect]:
        if member.connection is None:
            return []
        ack = Ack(member.id, AckBody(member.delivery.acknowledge()), GROUND_CONTROL)
        return [Send((member.connection,), ack)]

    def resend(self, client_id: ClientId, now: Timestamp) -> list[Effect]:
        """Send a client that has resumed the next frames that it has missed."""
        member = self._by_client.get(client_id)
        return [] if member is None else self._resend(member, _RESENT_AT_ONCE, now)

    def _resend(self, member: SessionMember, limit: int, now: Timestamp) -> list[Effect]:
        delivery, to = member.delivery, member.connection
        if to is None:
            return []
        effects: list[Effect] = [
            Send((to,), message) for message in delivery.next_to_resend(limit)
        ]
        if delivery.to_resend:
            self._deadlines.arm(Resend(member.id), now)
        return effects

    def session_to_break(self) -> SessionMember | None:
        """Return the session to break, or None while all together keep no more than they may.

        It is the one that is away longest of those that keep frames. If none of these is away,
        it is the one that keeps most, whose client is a slow reader (rule SESS-30).
        """
        if self.memory.used <= self.limits.all_unconfirmed_bytes:
            return None
        for member in self._away.values():
            if member.delivery.unconfirmed:
                return member
        keeping = [member for member in self if member.delivery.unconfirmed]
        return max(keeping, key=lambda member: member.delivery.unconfirmed_bytes, default=None)

    # TURN credentials ------------------------------------------------------------------

    def ice_servers(self, member: Member, now: Timestamp) -> tuple[IceServer, ...]:
        """Return ICE servers for a member; with a session it is sent new ones in time."""
        if self.ice.turn_urls and member.delivery is not None:
            self._refreshes.pop(member.id, None)
            self._refreshes[member.id] = now + _REFRESH_AT * self.limits.turn_seconds
            self._arm_refresh()
        return self.ice.servers_for(member.id, self.wall.at(now), self.limits.turn_seconds)

    def refresh_ice_servers(self, now: Timestamp) -> list[Effect]:
        """Send new TURN credentials to the next clients whose own are old."""
        effects: list[Effect] = []
        for _ in range(_REFRESHED_AT_ONCE):
            if not self._refreshes or next(iter(self._refreshes.values())) > now:
                break
            member = self._by_client[next(iter(self._refreshes))]
            fresh = IceServers(member.id, self.ice_servers(member, now), GROUND_CONTROL)
            if member.connection is not None:  # a client that is away gets them in `joined`
                effects += member.room.tell((member,), fresh)
        self._arm_refresh()
        return effects

    def clock_was_set(self, now: Timestamp) -> list[Effect]:
        """Replace all TURN credentials, which expire by UNIX time, after a large step of it."""
        ahead = self.wall.ahead
        if abs(ahead - self._refreshed_by) < _CLOCK_STEP * self.limits.turn_seconds:
            return []
        self._refreshed_by = ahead
        self._refreshes = dict.fromkeys(self._refreshes, now)
        return self.refresh_ice_servers(now)

    def _arm_refresh(self) -> None:
        if self._refreshes:
            self._deadlines.arm(RefreshIceServers(), next(iter(self._refreshes.values())))

    # The stop of the server ------------------------------------------------------------

    def say_going_away(self, now: Timestamp) -> list[Effect]:
        """Tell every connected client when to reconnect, each at a different time."""
        connected = [member for member in self if member.connection is not None]
        spread = max(1.0, len(connected) / self.limits.reconnects_per_second)
        effects: list[Effect] = []
        for number, member in enumerate(connected):
            effects += self._resend(member, member.delivery.to_resend, now)
            body = GoingAwayBody(round(spread * number / len(connected), 3))
            notice = GoingAway(member.id, body, GROUND_CONTROL)
            effects += member.room.tell((member,), notice)
        return effects

    def lose_everything(self) -> list[tuple[SessionMember, list[Message]]]:
        """Return the unconfirmed messages for each member, which are reported only once."""
        losses = []
        for member in self:
            losses.append((member, member.delivery.unconfirmed_messages()))
            member.delivery.reported = True
        return losses

    def save_everything(self, now: Timestamp) -> list[Effect]:
        """Save every session for the next node, and forget them here."""
        effects: list[Effect] = []
        for member in self:
            record = evolve(
                member.record(),
                away_since=self.store_clock.at(member.away_since or now),
                session_snapshot=member.delivery.snapshot(),
            )
            effects.append(SaveClient(record, member.taken_over))
        for sessions in (self._by_session, self._by_client, self._away, self._refreshes):
            sessions.clear()
        return effects
