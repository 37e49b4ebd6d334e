"""Resumption: a client gets its place back, by its session or by its identity."""

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
    """The replies to `join` that admit a client."""

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
        """Return the `joined` that replies to a request.

        Args:
            request: The `join`.
            session: The session that the client has got.
            secret: The secret of that session.
            now: The time.
            reason: The reason why the session can't go on, or None if it does. It is sent only
                to a client that wanted to resume.
            received: The number of the client's frames that were handled in the epoch of its
                resume token, or None if that isn't known.
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
    """The ways back to a place that a client has had; no lock and no full room stops them."""

    limits: Limits
    rooms: RoomRegistry
    sessions: Sessions
    replies: JoinedReplies
    announcements: AnnouncementLimits
    connections: dict[ConnectionId, ClientConnection]

    def restore(
        self, digest: SessionDigest, found: StoredRoom, room: Room, now: Timestamp
    ) -> tuple[MemberSession | None, list[Effect]]:
        """Restore the session with this digest from the store into a room that is open here.

        Returns:
            The session and the effects that tell the others, or None if it can't be restored.
        """
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
        """Give a client its place back, and go on with its session if possible.

        Raises:
            RateLimited: The client has lost its state, and did so too often.
            MalformedMessage: The client can't have received so many frames (rule SESS-26).
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
        """Give a client the place that is held for its identity (rule CTRL-10).

        `role` is the role that it would have as a newcomer; it keeps a higher one that it had.

        Raises:
            RateLimited: It has come back in this way too often.
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
        """Charge the address for a join, and the member for the announcements of it."""
        rate_limits, address = self.rooms.rate_limits, request.connection.handshake.address
        with self._extending_hold(session, now):
            rate_limits.acquire(LimitedAction.JOIN, address, now)
        try:
            self._charge_member(session, now)
        except RateLimited:
            rate_limits.refund(LimitedAction.JOIN, address)
            raise

    def _charge_member(self, session: MemberSession, now: Timestamp) -> None:
        with self._extending_hold(session, now):
            self.announcements.charge_return(session.member, now)

    @contextmanager
    def _extending_hold(self, session: MemberSession, now: Timestamp) -> Iterator[None]:
        """Hold the place for as long as a refused client has to wait (rule LIM-25)."""
        try:
            yield
        except RateLimited as error:
            assert error.retry_after is not None
            self.sessions.extend_hold(
                session, error.retry_after + self.limits.reload_seconds, now
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
        """Bind a session to the new connection, and reply `joined`.

        `epoch` is the one that the client's resume token names, and `reason` why the session
        can't go on, or None.
        """
        delivery, member, room = session.delivery, session.member, session.room
        resume = request.body.resume
        effects = self._replace(member, request.connection)
        if member.address != request.connection.handshake.address:
            member.address = request.connection.handshake.address  # for bans
            effects.append(room.save(member))
        self.sessions.end_hold(session)
        request.connection.admit(member, room)
        dropped = delivery.break_off(reason) if reason == "rejoined" else []
        if reason is None:
            handled: int | None = delivery.acknowledge()
        else:
            new_epoch = request.connection.handshake.session_secret[-16:]
            # A client that takes over has none of what its session had received (SESS-107).
            received = None if resume is None or reason == "rejoined" else resume.received
            handled = delivery.begin_epoch(new_epoch, epoch, received)
        reply = self.replies.joined(request, session, secret, now, reason, handled)
        effects.append(Send((request.connection.id,), reply))
        delivery.to_resend = len(delivery.unconfirmed)
        effects += self.sessions.resend(member.id, now)
        if reason == "rejoined":
            effects += room.report(member, dropped, "expired")
            effects += room.rejoin(member, now)
            self.rooms.schedule_push(room)
        return effects

    def _replace(self, member: Member, connection: ClientConnection) -> list[Effect]:
        """Move a member to another connection, and close its old one if that is still open."""
        old, member.connection = member.connection, connection.id
        if old is None:
            return []
        del self.connections[old]
        return [Close.of(old, REPLACED)]
