"""What a client is told that has a place in a room."""

from attrs import define

from ..admission.waiting_room import Joining, WaitingRooms
from ..events import Timestamp
from ..limits import Limits
from ..wire import messages as m
from ..wire.messages import GROUND_CONTROL
from .delivery import token_of
from .sessions import Place, Places

CAPABILITIES = ("control", "create-room", "list-rooms", "resume", "undeliverable")
"""What a client of the session profile can rely on here, beyond the core profile."""


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
