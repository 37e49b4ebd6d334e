"""The reply to a `join` that has succeeded."""

from attrs import define

from ..admission.join_attempt import JoinAttempt
from ..admission.waiting_room import WaitingRooms
from ..capabilities import capabilities_on
from ..limits import Limits
from ..records import GuestToken, SessionSecret
from ..rooms.member import SessionMember
from ..wire import messages as m
from ..wire.messages import GROUND_CONTROL
from .delivery import resume_token
from .sessions import Sessions


@define(eq=False)
class JoinedReplies:
    """The replies to `join` that admit a client."""

    limits: Limits
    sessions: Sessions
    waiting_rooms: WaitingRooms

    def joined(
        self,
        attempt: JoinAttempt,
        member: SessionMember,
        secret: SessionSecret,
        reason: m.Lost | None,
        received: int | None = None,
        *,
        guest_token: GuestToken | None = None,
        has_texts: bool = False,
    ) -> m.Joined:
        """Return the `joined` that replies to a `join`.

        Args:
            attempt: The attempt of the client.
            member: The member that the client is now.
            secret: The secret of its session.
            reason: The reason why the session can't go on, or None if it does. It is sent only
                to a client that wanted to resume.
            received: The number of the client's frames that were handled in the epoch of its
                resume token, or None if that isn't known.
            guest_token: The guest token of a newcomer that has one.
            has_texts: True if the client has texts of the room, and is told no history.
        """
        room, limits = member.room, self.limits
        resumed = attempt.join.resume is not None and reason is None
        body = m.JoinedBody(
            member.id,
            room.record.id,
            member.role,
            resume_token(secret, member.delivery.epoch),
            resumed,
            self.sessions.ice_servers(member, attempt.now),
            m.Allowance(
                limits.frame_bytes,
                limits.messages_per_second,
                limits.message_burst,
                limits.frames_to_resend,
                limits.bytes_to_resend,
                limits.place_seconds,
                limits.silent_for,
            ),
            capabilities_on(limits),
            room.record.locked,
            received,
            None if attempt.join.resume is None else reason,
            None if resumed else tuple(one.info() for one in room.members.values()),
            None if resumed or member.role == "guest" else self.waiting_rooms.infos_of(room),
            {} if resumed else room.attributes,
            room.record.name,
            None if has_texts else room.history.told(attempt.now),
            room.record.encrypted,
            guest_token=guest_token,
        )
        return m.Joined(member.id, body, GROUND_CONTROL, reply_to=attempt.reply_to)
