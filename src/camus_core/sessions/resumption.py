"""Those who come back: to a place of their own, which was held."""

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define

from ..admission.join_request import Joining
from ..admission.permissions import RANK
from ..admission.waiting_room import WaitingRooms
from ..announcement_limits import Announcements
from ..client_connection import Connection
from ..effects import Close, Effect, Send
from ..events import ConnectionId, Timestamp
from ..limits import Limits
from ..rate_limits import Doing
from ..records import StoredRoom, digest
from ..rooms.member import Member
from ..rooms.registry import Rooms
from ..rooms.room import Room
from ..wire import messages as m
from ..wire.errors import REPLACED, RateLimited
from ..wire.messages import GROUND_CONTROL
from ..wire.profile import CAPABILITIES
from .delivery import secret_and_count, token_of
from .sessions import Place, Places


@define(eq=False)
class Welcome:
    """Writes the answers to `join`."""

    limits: Limits
    places: Places
    waiting: WaitingRooms

    def joined(
        self,
        joining: Joining,
        place: Place,
        secret: str,
        now: Timestamp,
        reason: m.Lost | None,
        received: int | None = None,
    ) -> m.Joined:
        """Return the answer to a `join` that got this place.

        `secret` is its session's, `reason` why the session doesn't just go on, told if one was
        to, and `received` how many frames of the client were handled, where that is known.
        """
        member, room, limits = place.member, place.room, self.limits
        resumed = joining.join.resume is not None and reason is None
        body = m.JoinedBody(
            member.id,
            room.record.id,
            member.role,
            token_of(secret, place.session.count),
            resumed,
            self.places.ice_servers(member, now),
            m.Allowance(
                limits.frame_bytes,
                limits.messages_per_second,
                limits.message_burst,
                limits.frames_to_resend,
                limits.bytes_to_resend,
                limits.place_seconds,
                limits.silent_for,
            ),
            CAPABILITIES,
            room.record.locked,
            received,
            None if joining.join.resume is None else reason,
            None if resumed else tuple(one.seen() for one in room.members.values()),
            None if resumed or member.role == "guest" else self.waiting.seen(room),
        )
        return m.Joined(member.id, body, GROUND_CONTROL, reply_to=joining.id)


@define(eq=False)
class Comeback:
    """Gives clients their places back; what a newcomer must show is not asked of them."""

    limits: Limits
    rooms: Rooms
    places: Places
    welcome: Welcome
    announcements: Announcements
    connections: dict[ConnectionId, Connection]

    def recall(
        self, session: str, found: StoredRoom, room: Room, now: Timestamp
    ) -> tuple[Place | None, list[Effect]]:
        """Take somebody from another server into a room that lives here already."""
        for client in found.clients:
            if client.session == session:
                place = self.places.recall(client, room, now)
                if place is not None:
                    effects = room.announce(place.member, now)
                    self.rooms.arm_push(room)
                    return place, effects
        return None, []

    def resume(
        self, joining: Joining, place: Place, resume: m.ResumeBody, now: Timestamp
    ) -> list[Effect]:
        """Give a client its place back; it goes on where it was, if that can be.

        Raises:
            RateLimited: it has lost its state, and the others have heard that too often.
        """
        secret, count = secret_and_count(resume.session)
        reason = place.session.why_not(count, resume.received)
        if reason == "rejoined":
            self._pay(joining, place, now)
        if reason is None and resume.received is not None:
            place.session.confirm(resume.received)
        effects: list[Effect] = []
        if place.session.recalled:
            place.member.taken_over = True
            effects.append(place.room.save(place.member))
        return effects + self._come_back(joining, place, secret, count, reason, now)

    def take_over(
        self, joining: Joining, place: Place, role: m.Role, now: Timestamp
    ) -> list[Effect]:
        """Give somebody who has shown who it is the place that is held for it.

        `role` is what it would be as a newcomer; a higher one that the place has stays.

        Raises:
            RateLimited: the others have heard too often that it has come back so.
        """
        self._pay_as_member(place, now)
        connection, member = joining.connection, place.member
        secret = connection.came.token
        self.places.hand_over(place, digest(secret))
        member.call(joining.username)
        member.role = max(member.role, role, key=RANK.__getitem__)
        member.named = connection.given_name is not None
        member.rooms = None if connection.identity is None else connection.identity.rooms
        member.taken_over = member.taken_over or place.session.recalled
        effects = [place.room.save(member)]
        return effects + self._come_back(joining, place, secret, "", "rejoined", now)

    def _pay(self, joining: Joining, place: Place, now: Timestamp) -> None:
        """To the others a member leaves and comes: that is paid for like a join."""
        addresses, address = self.rooms.addresses, joining.connection.came.address
        with self._keeping(place, now):
            addresses.take(Doing.JOIN, address, now)
        try:
            self._pay_as_member(place, now)
        except RateLimited:
            addresses.give_back(Doing.JOIN, address)
            raise

    def _pay_as_member(self, place: Place, now: Timestamp) -> None:
        with self._keeping(place, now):
            self.announcements.come_back(place.member, now)

    @contextmanager
    def _keeping(self, place: Place, now: Timestamp) -> Iterator[None]:
        """Hold the place for as long as its client is told to wait, so that it isn't lost."""
        try:
            yield
        except RateLimited as too_much:
            assert too_much.retry_after is not None
            self.places.hold_on(place, too_much.retry_after + self.limits.reload_seconds, now)
            raise

    def _come_back(
        self,
        joining: Joining,
        place: Place,
        secret: str,
        count: str,
        reason: m.Lost | None,
        now: Timestamp,
    ) -> list[Effect]:
        session, member, room = place.session, place.member, place.room
        resume = joining.join.resume
        effects = self._replace(member, joining.connection)
        if member.address != joining.connection.came.address:
            member.address = joining.connection.came.address  # that a ban reaches
            effects.append(room.save(member))
        self.places.take(place)
        joining.connection.admit(member, room)
        dropped = session.break_off(reason) if reason == "rejoined" else []
        if reason is None:
            handled: int | None = session.acknowledge()
        else:
            anew = joining.connection.came.token[-16:]
            received = resume.received if resume is not None else None
            handled = session.start_anew(anew, count, received)
        answer = self.welcome.joined(joining, place, secret, now, reason, handled)
        effects.append(Send((joining.connection.id,), answer))
        session.unsent = len(session.kept)
        effects += self.places.resend(member.id, now)
        if reason == "rejoined":
            effects += room.report(member, dropped, "expired")
            effects += room.rejoin(member, now)
            self.rooms.arm_push(room)
        return effects

    def _replace(self, member: Member, connection: Connection) -> list[Effect]:
        """Move a member to another connection; the one until now is closed, if it is open."""
        old, member.connection = member.connection, connection.id
        if old is None:
            return []
        del self.connections[old]
        return [Close.of(old, REPLACED)]
