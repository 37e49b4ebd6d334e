"""Resumption: a client gets its place back, by its session or by its identity."""

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define

from ..admission.join_attempt import JoinAttempt
from ..admission.permissions import RANK
from ..admission.waiting_room import WaitingClient, WaitingRooms, is_held_back
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
from ..rooms.attributes import set_by_others
from ..rooms.member import SessionMember
from ..rooms.registry import RoomRegistry
from ..rooms.room import Room
from ..wire import messages as m
from ..wire.errors import REPLACED, RateLimited
from .delivery import split_resume_token
from .joined_reply import JoinedReplies
from .sessions import Sessions


@define(eq=False)
class Resumption:
    """The ways back to a place that a client has had; no lock and no full room stops them."""

    limits: Limits
    rooms: RoomRegistry
    sessions: Sessions
    waiting_rooms: WaitingRooms
    replies: JoinedReplies
    announcements: AnnouncementLimits
    connections: dict[ConnectionId, ClientConnection]

    def restore(
        self, attempt: JoinAttempt, digest: SessionDigest, found: StoredRoom, room: Room
    ) -> SessionMember | None:
        """Restore the session with this digest from the store into a room that is open here.

        Return None if it can't be restored.
        """
        for client in found.clients:
            if client.session_digest == digest:
                member = self.sessions.restore(client, room, attempt.now)
                if member is not None:
                    attempt.effects += room.announce(member)
                    return member
        return None

    def resume(
        self, attempt: JoinAttempt, member: SessionMember, resume: m.ResumeBody
    ) -> list[Effect]:
        """Give a client its place back, and go on with its session if possible.

        Raises:
            RateLimited: The client has lost its state, and did so too often.
            MalformedMessage: The client can't have received so many frames (rule SESS-26).
        """
        delivery = member.delivery
        secret, epoch = split_resume_token(ResumeToken(resume.session))
        reason = delivery.why_not_resumable(epoch, resume.received)
        if reason == "rejoined":
            self._charge(attempt, member)
        if reason is None and resume.received is not None:
            delivery.confirm(resume.received)
        effects: list[Effect] = []
        if delivery.restored:
            member.taken_over = True
            effects.append(member.save())
        return effects + self._reattach(attempt, member, secret, epoch, reason)

    def wait_again(self, attempt: JoinAttempt, waiting: WaitingClient) -> list[Effect]:
        """Give a client its place among the waiting clients back (rule DOOR-6).

        Raises:
            Banned: A guest of the address from which it comes now is banned, and no moderator
                could admit it. It may come back from another address.
        """
        is_held_back(waiting.attempt, waiting.room, "guest", attempt.now, attempt.address)
        is_open = waiting.held_until is None
        effects = self._close_former(waiting.attempt.connection.id if is_open else None)
        return effects + self.waiting_rooms.come_back(attempt, waiting)

    def take_over(
        self, attempt: JoinAttempt, member: SessionMember, role: m.Role
    ) -> list[Effect]:
        """Give a client the place that is held for its identity (rule CTRL-10).

        `role` is the role that it would have as a newcomer; it keeps a higher one that it had.

        Raises:
            RateLimited: It has come back in this way too often.
        """
        self._charge_member(member, attempt.now)
        connection = attempt.connection
        secret = connection.handshake.session_secret
        self.sessions.replace_secret(member, session_digest(secret))
        member.rename(attempt.username)
        member.role = max(member.role, role, key=RANK.__getitem__)
        member.prove(connection.identity)
        member.taken_over = member.taken_over or member.delivery.restored
        effects: list[Effect] = [member.save()]
        return effects + self._reattach(attempt, member, secret, "", "rejoined")

    def _charge(self, attempt: JoinAttempt, member: SessionMember) -> None:
        """Charge the address for a join, and the member for the announcements of it."""
        rate_limits, now = self.rooms.rate_limits, attempt.now
        with self._extending_hold(member, now):
            rate_limits.acquire(LimitedAction.JOIN, attempt.address, now)
        try:
            self._charge_member(member, now)
        except RateLimited:
            rate_limits.refund(LimitedAction.JOIN, attempt.address)
            raise

    def _charge_member(self, member: SessionMember, now: Timestamp) -> None:
        with self._extending_hold(member, now):
            self.announcements.charge_return(member, now)

    @contextmanager
    def _extending_hold(self, member: SessionMember, now: Timestamp) -> Iterator[None]:
        """Hold the place for as long as a refused client has to wait (rule LIM-25)."""
        try:
            yield
        except RateLimited as error:
            assert error.retry_after is not None
            seconds = error.retry_after + self.limits.reload_seconds
            self.sessions.extend_hold(member, seconds, now)
            raise

    def _reattach(
        self,
        attempt: JoinAttempt,
        member: SessionMember,
        secret: SessionSecret,
        epoch: str,
        reason: m.Lost | None,
    ) -> list[Effect]:
        """Bind a session to the new connection, and reply `joined`.

        `epoch` is the one that the client's resume token names, and `reason` why the session
        can't go on, or None.
        """
        delivery, connection = member.delivery, attempt.connection
        effects = self._close_former(member.connection)
        member.connection = connection.id
        if member.address != attempt.address:
            member.address = attempt.address  # for bans
            effects.append(member.save())
        self.sessions.end_hold(member)
        connection.admit(member)
        dropped: list[m.Message] = []
        if reason == "rejoined":
            member.attributes = set_by_others(member.attributes)
            dropped = delivery.break_off(reason)
        if reason is None:
            handled: int | None = delivery.acknowledge()
        else:
            new_epoch = connection.handshake.session_secret[-16:]
            # A client that takes over has none of what its session had received (SESS-107).
            resume = attempt.join.resume
            received = None if resume is None or reason == "rejoined" else resume.received
            handled = delivery.begin_epoch(new_epoch, epoch, received)
        reply = self.replies.joined(
            attempt, member, secret, reason, handled, has_texts=reason != "rejoined"
        )
        effects.append(Send((connection.id,), reply))
        delivery.to_resend = len(delivery.unconfirmed)
        effects += self.sessions.resend(member.id, attempt.now)
        if reason == "rejoined":
            effects += member.room.report(member, dropped, "expired")
            effects += member.room.rejoin(member, attempt.now)
        return effects

    def _close_former(self, connection_id: ConnectionId | None) -> list[Effect]:
        """Close the former connection of a client that is here on another, if it is open."""
        if connection_id is None:
            return []
        del self.connections[connection_id]
        return [Close.of(connection_id, REPLACED)]
