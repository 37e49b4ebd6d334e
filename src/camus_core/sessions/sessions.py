"""The places of the session profile: found by their session, held while a client is away."""

from collections.abc import Iterator

from attrs import define, evolve, field, frozen

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
    SessionSecret,
    session_digest,
)
from ..rooms.member import Member
from ..rooms.room import Room
from ..wire.messages import (
    GROUND_CONTROL,
    Ack,
    AckBody,
    GoingAway,
    GoingAwayBody,
    IceServer,
    IceServers,
)
from ..wire.profile import ACK_SECONDS, SESSION
from .delivery import FIRST_EPOCH, Delivery, MemoryUse

_REFRESH_AT = 0.8
"""The share of their life after which TURN credentials are replaced."""

_REFRESHED_AT_ONCE = 64
"""Clients that are told of new credentials at once, 30 µs each: a step of UNIX time replaces
those of all."""

_RESENT_AT_ONCE = 256
"""Frames that a client which comes back is sent again at once, 5 to 10 µs each."""

_CLOCK_SET = 0.01
"""So large a step of UNIX time, as a share of their life, replaces all of them: time servers
correct clocks by less, and nobody is to be told of each correction."""


@frozen(eq=False)
class MemberSession:
    """A member of the session profile, its session and its room."""

    member: Member
    delivery: Delivery
    room: Room


@define(eq=False)
class Sessions:
    """Every place of one server.

    `_away` has those whose clients are away, the longest away first; `_refreshes` when whose
    TURN credentials are to be replaced, the earliest first, and `_refreshed_by` by how much
    UNIX time was ahead when a step of it has last replaced all of them.
    """

    limits: Limits
    ice: IceConfiguration
    _deadlines: Deadlines[Deadline]
    wall: WallClock = field(factory=WallClock)
    store_clock: StoreClock = field(factory=StoreClock)
    memory: MemoryUse = field(factory=MemoryUse, init=False)
    _by_session: dict[SessionDigest, MemberSession] = field(factory=dict, init=False)
    _by_client: dict[ClientId, MemberSession] = field(factory=dict, init=False)
    _away: dict[ClientId, MemberSession] = field(factory=dict, init=False)
    _refreshes: dict[ClientId, float] = field(factory=dict, init=False)
    _refreshed_by: float = field(default=0.0, init=False)

    def __iter__(self) -> Iterator[MemberSession]:
        return iter(self._by_client.values())

    def find_by_secret(self, secret: SessionSecret) -> MemberSession | None:
        """Return the place whose session has this secret."""
        return self._by_session.get(session_digest(secret))

    def count_away(self) -> int:
        return len(self._away)

    # A place is taken, held, and ends --------------------------------------------------

    def new_delivery(self, digest: SessionDigest) -> Delivery:
        """Return a new session."""
        return Delivery(digest, FIRST_EPOCH, self.limits, self.memory)

    def add(self, member: Member, delivery: Delivery, room: Room) -> MemberSession:
        """Keep the place of a new member."""
        session = MemberSession(member, delivery, room)
        self._by_session[delivery.digest] = self._by_client[member.id] = session
        return session

    def held_by_identity(self, identity: str, room: Room) -> MemberSession | None:
        """Return a place in the room that is held for somebody who has shown who it is."""
        for member in room.members.values():
            if member.identity == identity and member.away_since is not None:
                return self._by_client[member.id]
        return None

    def replace_secret(self, session: MemberSession, digest: SessionDigest) -> None:
        """Let the place be found by another secret, and no more by its own."""
        del self._by_session[session.delivery.digest]
        session.delivery.digest = digest
        self._by_session[digest] = session

    def restore(self, record: ClientRecord, room: Room, now: Timestamp) -> MemberSession | None:
        """Hold a place that an earlier run, or another server, has left in the store."""
        if (
            record.node == room.node
            or record.session_digest is None
            or record.away_since is None
        ):
            return None
        if record.away_since + self.limits.place_seconds <= self.store_clock.at(now):
            return None
        if record.session_digest in self._by_session or record.id in room.members:
            return None
        delivery = self.new_delivery(record.session_digest)
        delivery.restore(record.id, record.session_snapshot)
        member = Member(
            record.id,
            None,
            UnixTime(record.joined_at),
            record.username,
            record.role,
            SESSION,
            delivery,
            identity=record.identity,
            username_asserted=record.username_asserted,
            address=record.address,
            has_spoken=True,
        )
        room.add(member)
        session = self.add(member, delivery, room)
        self.hold(session, self.limits.place_seconds, now)
        return session

    def hold(self, session: MemberSession, seconds: float, now: Timestamp) -> None:
        """The client's connection has ended; it may come back for so long."""
        member = session.member
        member.connection = None
        member.away_since, member.away_until = now, Timestamp(now + seconds)
        self._away[member.id] = session
        self._deadlines.arm(EndHold(member.id), member.away_until)

    def forgive_pause(self, paused_at: Timestamp, now: Timestamp) -> None:
        """Hold places longer after a pause of the server: nobody could come back meanwhile."""
        for session in self._away.values():
            member = session.member
            if member.away_since is not None and member.away_until is not None:
                away_since = without_pause(member.away_since, paused_at, now)
                longer = away_since - member.away_since
                member.away_until = Timestamp(member.away_until + longer)
                member.away_since = away_since

    def extend_hold(self, session: MemberSession, seconds: float, now: Timestamp) -> None:
        """Hold a place for so long from now, if that is longer, and its client is away."""
        until, ends = Timestamp(now + seconds), session.member.away_until
        if ends is not None and ends < until:
            session.member.away_until = until
            self._deadlines.arm(EndHold(session.member.id), until)

    def end_hold(self, session: MemberSession) -> None:
        """The client is here."""
        session.member.away_since = session.member.away_until = None
        self._away.pop(session.member.id, None)

    def remove(self, member: Member) -> None:
        """The place has ended."""
        session = self._by_client.pop(member.id, None)
        if session is not None:
            del self._by_session[session.delivery.digest]
            self._away.pop(member.id, None)
            self._refreshes.pop(member.id, None)

    def of(self, member: Member) -> MemberSession | None:
        """Return the member's place; those of the core profile keep none."""
        return self._by_client.get(member.id)

    def expired(self, client_id: ClientId, now: Timestamp) -> MemberSession | None:
        """Return the place of a client that has been away for too long."""
        session = self._away.get(client_id)
        if session is None or session.member.away_until is None:
            return None
        if session.member.away_until > now:
            self._deadlines.arm(EndHold(client_id), session.member.away_until)
            return None
        return session

    # Frames are confirmed, or break a session ------------------------------------------

    def count_received(
        self, member: Member, delivery: Delivery, size: int, now: Timestamp
    ) -> list[Effect]:
        """Count a frame that was decided, and confirm it, now or soon."""
        if delivery.count_received(size):
            return self._acknowledge(member, delivery)
        if delivery.received == delivery.acknowledged + 1:
            self.acknowledge_soon(member.id, now)
        return []

    def acknowledge_soon(self, client_id: ClientId, now: Timestamp) -> None:
        """Something has come from a client that is to be confirmed."""
        self._deadlines.arm(Acknowledge(client_id), now + ACK_SECONDS)

    def acknowledge(self, client_id: ClientId) -> list[Effect]:
        """Confirm what has come from a client, if that wasn't done since."""
        session = self._by_client.get(client_id)
        if session is None or session.delivery.received == session.delivery.acknowledged:
            return []
        return self._acknowledge(session.member, session.delivery)

    def _acknowledge(self, member: Member, delivery: Delivery) -> list[Effect]:
        if member.connection is None:
            return []
        ack = Ack(member.id, AckBody(delivery.acknowledge()), GROUND_CONTROL)
        return [Send((member.connection,), ack)]

    def resend(self, client_id: ClientId, now: Timestamp) -> list[Effect]:
        """Send a client that has come back the next part of what it has missed."""
        session = self._by_client.get(client_id)
        return [] if session is None else self._resend(session, _RESENT_AT_ONCE, now)

    def _resend(self, session: MemberSession, most: int, now: Timestamp) -> list[Effect]:
        delivery, to = session.delivery, session.member.connection
        if to is None:
            return []
        effects: list[Effect] = [
            Send((to,), message) for message in delivery.next_to_resend(most)
        ]
        if delivery.to_resend:
            self._deadlines.arm(Resend(session.member.id), now)
        return effects

    def session_to_break(self) -> MemberSession | None:
        """Return whose kept frames are to go while all together are too many.

        It is the one longest away, or, when none that is away keeps anything, the one that
        keeps most: its client is to be taken for a slow one.
        """
        if self.memory.used <= self.limits.all_unconfirmed_bytes:
            return None
        for session in self._away.values():
            if session.delivery.unconfirmed:
                return session
        keeping = [session for session in self if session.delivery.unconfirmed]
        return max(
            keeping, key=lambda session: session.delivery.unconfirmed_bytes, default=None
        )

    # TURN that lasts -------------------------------------------------------------------

    def ice_servers(self, member: Member, now: Timestamp) -> tuple[IceServer, ...]:
        """Return ICE servers for a member; a session's are replaced in time."""
        if self.ice.turn_urls and member.delivery is not None:
            self._refreshes.pop(member.id, None)
            self._refreshes[member.id] = now + _REFRESH_AT * self.limits.turn_seconds
            self._arm_refresh()
        return self.ice.servers_for(member.id, self.wall.at(now), self.limits.turn_seconds)

    def refresh_ice_servers(self, now: Timestamp) -> list[Effect]:
        """Tell those whose TURN credentials have grown old of new ones."""
        effects: list[Effect] = []
        for _ in range(_REFRESHED_AT_ONCE):
            if not self._refreshes or next(iter(self._refreshes.values())) > now:
                break
            session = self._by_client[next(iter(self._refreshes))]
            member = session.member
            told = IceServers(member.id, self.ice_servers(member, now), GROUND_CONTROL)
            if member.connection is not None:  # who comes back is told in `joined`
                effects += session.room.tell((member,), told)
        self._arm_refresh()
        return effects

    def clock_was_set(self, now: Timestamp) -> list[Effect]:
        """Replace all TURN credentials if UNIX time, by which they end, has moved far."""
        ahead = self.wall.ahead
        if abs(ahead - self._refreshed_by) < _CLOCK_SET * self.limits.turn_seconds:
            return []
        self._refreshed_by = ahead
        self._refreshes = dict.fromkeys(self._refreshes, now)
        return self.refresh_ice_servers(now)

    def _arm_refresh(self) -> None:
        if self._refreshes:
            self._deadlines.arm(RefreshIceServers(), next(iter(self._refreshes.values())))

    # The server stops ------------------------------------------------------------------

    def say_going_away(self, now: Timestamp) -> list[Effect]:
        """Tell every client that is here when to come back: not all of them at once."""
        here = [session for session in self if session.member.connection is not None]
        spread = max(1.0, len(here) / self.limits.reconnects_per_second)
        effects: list[Effect] = []
        for number, session in enumerate(here):
            effects += self._resend(session, session.delivery.to_resend, now)
            body = GoingAwayBody(round(spread * number / len(here), 3))
            told = GoingAway(session.member.id, body, GROUND_CONTROL)
            effects += session.room.tell((session.member,), told)
        return effects

    def report_everything(self) -> list[Effect]:
        """Tell the sender of each message that isn't confirmed: nobody will deliver it."""
        effects: list[Effect] = []
        for session in self:
            kept, session.delivery.reported = session.delivery.unconfirmed_messages(), True
            effects += session.room.report(session.member, kept, "expired")
        return effects

    def save_everything(self, now: Timestamp) -> list[Effect]:
        """Leave every place to the server that comes after, and hold none any more."""
        effects: list[Effect] = []
        for session in self:
            record = evolve(
                session.room.record_of(session.member),
                away_since=self.store_clock.at(session.member.away_since or now),
                session_snapshot=session.delivery.snapshot(),
            )
            effects.append(SaveClient(record, session.member.taken_over))
        for held in (self._by_session, self._by_client, self._away, self._refreshes):
            held.clear()
        return effects
