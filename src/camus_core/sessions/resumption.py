"""Those who come back: to a place of their own, which was held."""

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define

from ..admission.join_request import JoinRequest
from ..admission.permissions import RANK
from ..admission.waiting_room import WaitingRooms
from ..announcement_limits import AnnouncementLimits
from ..client_connection import ClientConnection
from ..effects import Close, Effect, Send
from ..events import ConnectionId, Timestamp
from ..limits import Limits
from ..rate_limits import LimitedAction
from ..records import (
    ResumeToken,
    SessionDigest,
    SessionSecret,
    StoredRoom,
    session_digest,
)
from ..rooms.member import Member
from ..rooms.registry import RoomRegistry
from ..rooms.room import Room
from ..wire import messages as m
from ..wire.errors import REPLACED, RateLimited
from ..wire.messages import GROUND_CONTROL
from ..wire.profile import CAPABILITIES
from .delivery import resume_token, split_resume_token
from .sessions import MemberSession, Sessions


@define(eq=False)
class JoinedReplies:
    """Writes the answers to `join`."""

    limits: Limits
    sessions: Sessions
    waiting_rooms: WaitingRooms

    def joined(
        self,
        request: JoinRequest,
        session: MemberSession,
        secret: SessionSecret,
        now: Timestamp,
        reason: m.Lost | None,
        received: int | None = None,
    ) -> m.Joined:
        """Return the answer to a `join` that got this place.

        `secret` is its session's, `reason` why the session doesn't just go on, told if one was
        to, and `received` how many frames of the client were handled, where that is known.
        """
        member, room, limits = session.member, session.room, self.limits
        resumed = request.body.resume is not None and reason is None
        body = m.JoinedBody(
            member.id,
            room.record.id,
            member.role,
            resume_token(secret, session.delivery.epoch),
            resumed,
            self.sessions.ice_servers(member, now),
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
            None if request.body.resume is None else reason,
            None if resumed else tuple(one.info() for one in room.members.values()),
            None if resumed or member.role == "guest" else self.waiting_rooms.infos_of(room),
        )
        return m.Joined(member.id, body, GROUND_CONTROL, reply_to=request.id)


@define(eq=False)
class Resumption:
    """Gives clients their places back; what a newcomer must show is not asked of them."""

    limits: Limits
    rooms: RoomRegistry
    sessions: Sessions
    replies: JoinedReplies
    announcements: AnnouncementLimits
    connections: dict[ConnectionId, ClientConnection]

    def restore(
        self, digest: SessionDigest, found: StoredRoom, room: Room, now: Timestamp
    ) -> tuple[MemberSession | None, list[Effect]]:
        """Take somebody from another server into a room that lives here already."""
        for client in found.clients:
            if client.session_digest == digest:
                session = self.sessions.restore(client, room, now)
                if session is not None:
                    effects = room.announce(session.member, now)
                    self.rooms.schedule_push(room)
                    return session, effects
        return None, []

    def resume(
        self, request: JoinRequest, session: MemberSession, resume: m.ResumeBody, now: Timestamp
    ) -> list[Effect]:
        """Give a client its place back; it goes on where it was, if that can be.

        Raises:
            RateLimited: it has lost its state, and the others have heard that too often.
        """
        secret, epoch = split_resume_token(ResumeToken(resume.session))
        reason = session.delivery.why_not_resumable(epoch, resume.received)
        if reason == "rejoined":
            self._charge(request, session, now)
        if reason is None and resume.received is not None:
            session.delivery.confirm(resume.received)
        effects: list[Effect] = []
        if session.delivery.restored:
            session.member.taken_over = True
            effects.append(session.room.save(session.member))
        return effects + self._reattach(request, session, secret, epoch, reason, now)

    def take_over(
        self, request: JoinRequest, session: MemberSession, role: m.Role, now: Timestamp
    ) -> list[Effect]:
        """Give somebody who has shown who it is the place that is held for it.

        `role` is what it would be as a newcomer; a higher one that the place has stays.

        Raises:
            RateLimited: the others have heard too often that it has come back so.
        """
        self._charge_member(session, now)
        connection, member = request.connection, session.member
        secret = connection.handshake.session_secret
        self.sessions.replace_secret(session, session_digest(secret))
        member.rename(request.username)
        member.role = max(member.role, role, key=RANK.__getitem__)
        member.username_asserted = connection.asserted_username is not None
        member.token_rooms = None if connection.identity is None else connection.identity.rooms
        member.taken_over = member.taken_over or session.delivery.restored
        effects = [session.room.save(member)]
        return effects + self._reattach(request, session, secret, "", "rejoined", now)

    def _charge(self, request: JoinRequest, session: MemberSession, now: Timestamp) -> None:
        """To the others a member leaves and comes: that is paid for like a join."""
        addresses, address = self.rooms.rate_limits, request.connection.handshake.address
        with self._extending_hold(session, now):
            addresses.acquire(LimitedAction.JOIN, address, now)
        try:
            self._charge_member(session, now)
        except RateLimited:
            addresses.refund(LimitedAction.JOIN, address)
            raise

    def _charge_member(self, session: MemberSession, now: Timestamp) -> None:
        with self._extending_hold(session, now):
            self.announcements.charge_return(session.member, now)

    @contextmanager
    def _extending_hold(self, session: MemberSession, now: Timestamp) -> Iterator[None]:
        """Hold the place for as long as its client is told to wait, so that it isn't lost."""
        try:
            yield
        except RateLimited as too_much:
            assert too_much.retry_after is not None
            self.sessions.extend_hold(
                session, too_much.retry_after + self.limits.reload_seconds, now
            )
            raise

    def _reattach(
        self,
        request: JoinRequest,
        session: MemberSession,
        secret: SessionSecret,
        epoch: str,
        reason: m.Lost | None,
        now: Timestamp,
    ) -> list[Effect]:
        delivery, member, room = session.delivery, session.member, session.room
        resume = request.body.resume
        effects = self._replace(member, request.connection)
        if member.address != request.connection.handshake.address:
            member.address = request.connection.handshake.address  # that a ban reaches
            effects.append(room.save(member))
        self.sessions.end_hold(session)
        request.connection.admit(member, room)
        dropped = delivery.break_off(reason) if reason == "rejoined" else []
        if reason is None:
            handled: int | None = delivery.acknowledge()
        else:
            anew = request.connection.handshake.session_secret[-16:]
            received = resume.received if resume is not None else None
            handled = delivery.begin_epoch(anew, epoch, received)
        answer = self.replies.joined(request, session, secret, now, reason, handled)
        effects.append(Send((request.connection.id,), answer))
        delivery.to_resend = len(delivery.unconfirmed)
        effects += self.sessions.resend(member.id, now)
        if reason == "rejoined":
            effects += room.report(member, dropped, "expired")
            effects += room.rejoin(member, now)
            self.rooms.schedule_push(room)
        return effects

    def _replace(self, member: Member, connection: ClientConnection) -> list[Effect]:
        """Move a member to another connection; the one until now is closed, if it is open."""
        old, member.connection = member.connection, connection.id
        if old is None:
            return []
        del self.connections[old]
        return [Close.of(old, REPLACED)]
