"""One client's session: counting what goes both ways, and keeping what isn't confirmed.

Nothing is stamped: both ends count, as XMPP's stream management does (XEP-0198).
"""

from collections import deque
from itertools import islice

from attrs import define, field, frozen

from ..limits import Limits
from ..records import ResumeToken, SessionDigest, SessionSecret
from ..wire import messages as m
from ..wire.errors import MalformedMessage
from ..wire.json_codec import weight
from ..wire.json_text import from_json, to_json
from ..wire.messages import Json, Lost, Message
from ..wire.profile import ACK_BYTES, ACK_FRAMES

_NEVER_SENT = 2**53
"""The number of a notice that the client can't have received."""


FIRST_EPOCH = "0"


def resume_token(secret: SessionSecret, epoch: str) -> ResumeToken:
    """Return what a client shows to resume: the session's secret, and how it counts."""
    return ResumeToken(f"{secret}.{epoch}")


def split_resume_token(token: ResumeToken) -> tuple[SessionSecret, str]:
    """Return both parts of what a client shows."""
    secret, _, epoch = token.partition(".")
    return SessionSecret(secret), epoch


@define
class MemoryUse:
    """How many bytes all sessions together keep."""

    used: int = 0


@frozen
class _Owed:
    """An `undeliverable` that the client may not have received, with its number and weight."""

    number: int
    notice: m.Undeliverable
    size: int


@define(eq=False)
class Delivery:
    """The delivery of one client of the session profile.

    `received` counts the client's frames that were decided, `sent` the frames for it; `kept`
    are those at the end of the latter that it hasn't confirmed, each with its weight. After it
    has come back, `unsent` of these, the last, are still to be sent again: what comes for it
    meanwhile follows them.

    `count` is the name of this way of counting, which begins anew when the session can't just
    go on: a client that missed the answer which said so still counts in the old way. `lost`
    says why the next answer has to say so: what was kept is gone, and the roster in it will
    tell of the changes. `reported` says that the senders of what is kept have heard of it,
    `recalled` that an earlier run has left the session, and its client wasn't back yet.
    """

    digest: SessionDigest
    epoch: str
    limits: Limits
    memory: MemoryUse
    received: int = 0
    acknowledged: int = 0
    unacknowledged_bytes: int = 0
    sent: int = 0
    unconfirmed_bytes: int = 0
    unconfirmed: deque[tuple[Message, int]] = field(factory=deque)
    to_resend: int = 0
    broken: Lost | None = None
    reported: bool = False
    restored: bool = False
    _began: Lost = "unknown"
    _handled: int | None = None
    _handled_epoch: str = ""
    _owed: list[_Owed] = field(factory=list)
    _connected_bytes: int = field(init=False)
    _away_bytes: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._connected_bytes = self.limits.connected_bytes
        self._away_bytes = min(self.limits.away_bytes, self._connected_bytes)

    # From the client -------------------------------------------------------------------

    def count_received(self, size: int) -> bool:
        """Count a frame of the client that was decided; tell whether an `ack` is due."""
        self.received += 1
        self.unacknowledged_bytes += size
        return (
            self.received - self.acknowledged >= ACK_FRAMES
            or self.unacknowledged_bytes >= ACK_BYTES
        )

    def acknowledge(self) -> int:
        """Return the number to put into an `ack`, or into `joined`."""
        self.acknowledged, self.unacknowledged_bytes = self.received, 0
        return self.received

    def confirm(self, received: int) -> None:
        """The client has received so many frames: those need not be kept.

        Raises:
            MalformedMessage: it has been sent fewer, or has confirmed more before.
        """
        confirmed = received - (self.sent - len(self.unconfirmed))
        if not 0 <= confirmed <= len(self.unconfirmed):
            raise MalformedMessage(f"{received} frames can't have been received")
        for _ in range(confirmed):
            _, size = self.unconfirmed.popleft()
            self._give_back(size)
        self.to_resend = min(self.to_resend, len(self.unconfirmed))

    # To the client ---------------------------------------------------------------------

    def keep(self, message: Message, size: int, *, away: bool) -> bool:
        """Keep a message for the client until it confirms it; False when there is no room."""
        if self.broken is not None and isinstance(message, m.Delta):
            return True
        most = self._away_bytes if away else self._connected_bytes
        if (
            len(self.unconfirmed) >= self.limits.unconfirmed_frames
            or self.unconfirmed_bytes + size > most
        ):
            return False
        self.unconfirmed.append((message, size))
        self.sent += 1
        self.unconfirmed_bytes += size
        self.memory.used += size
        return True

    def unconfirmed_messages(self) -> list[Message]:
        """Return what the client hasn't confirmed, in order."""
        return [message for message, _ in self.unconfirmed]

    def next_to_resend(self, most: int) -> list[Message]:
        """Return the next part of what is to be sent again, in order; so it is sent."""
        first = len(self.unconfirmed) - self.to_resend
        messages = [message for message, _ in islice(self.unconfirmed, first, first + most)]
        self.to_resend -= len(messages)
        return messages

    # When it can't just go on ----------------------------------------------------------

    def why_not_resumable(self, count: str, received: int | None) -> Lost | None:
        """Return why a client that counts so, and has received so much, can't just go on."""
        if received is None:
            return "rejoined"
        if self.broken is None and count != self.epoch:
            return self._began
        return self.broken

    def break_off(self, reason: Lost) -> list[Message]:
        """Drop what is kept, and return it; what the client is owed to hear stays."""
        dropped, freed = [], 0
        for number, (message, size) in enumerate(self.unconfirmed, self._first_number()):
            if type(message) is m.Undeliverable:
                self._owed.append(_Owed(number, message, size))
            else:
                dropped.append(message)
                freed += size
        self._give_back(freed)
        self.unconfirmed.clear()
        self.to_resend = 0
        while self._owed and self.unconfirmed_bytes > self._away_bytes // 2:
            self._give_back(self._owed.pop().size)
        self.broken = reason
        return [] if self.reported else dropped

    def end(self) -> list[Message]:
        """Drop everything, and return what was kept."""
        dropped = self.break_off("unknown")
        self._forget_owed()
        return dropped

    def begin_epoch(self, count: str, said: str, received: int | None) -> int | None:
        """Begin to count at 0; `count` is the name for that.

        The client has said that it has `received` so much in the way of counting `said`; it
        will be told what it is owed beyond that. Returns how many frames of the client were
        handled then, or None where nobody knows.
        """
        handled = self._handled_in(said)
        if self.broken is None:  # the answer that said why was missed
            self.unconfirmed = deque(
                one for one in self.unconfirmed if not self._is_stale(*one)
            )
        else:
            self._began = self.broken
            for owed in reversed(self._owed):
                if received is None or (said == self.epoch and owed.number <= received):
                    self._give_back(owed.size)
                else:
                    self.unconfirmed.appendleft((owed.notice, owed.size))
            self._owed.clear()
        self._handled, self._handled_epoch = handled, said
        self.epoch, self.broken, self.restored = count, None, False
        self.received = self.acknowledged = self.unacknowledged_bytes = 0
        self.sent = len(self.unconfirmed)
        return handled

    def _handled_in(self, count: str) -> int | None:
        """Return how many frames of the client were handled in a way of counting, if known."""
        if count == self.epoch and not self.restored:
            return self.received
        return self._handled if count == self._handled_epoch else None

    def _is_stale(self, message: Message, size: int) -> bool:
        """Tell, and give its bytes back, whether the roster will tell of a message."""
        if not isinstance(message, m.Delta):
            return False
        self._give_back(size)
        return True

    def _first_number(self) -> int:
        return _NEVER_SENT if self.broken is not None else self.sent - len(self.unconfirmed) + 1

    def _forget_owed(self) -> None:
        for owed in self._owed:
            self._give_back(owed.size)
        self._owed.clear()

    def _give_back(self, size: int) -> None:
        self.unconfirmed_bytes -= size
        self.memory.used -= size

    # Across a restart ------------------------------------------------------------------

    def snapshot(self) -> str:
        """Return what the next run has to know, as JSON text.

        The name of the count, how many frames of the client were handled, and what it is owed
        to hear of its own messages.
        """
        handled = self._handled_in(self.epoch)
        owed = [(one.number, one.notice) for one in self._owed]
        for number, (message, _) in enumerate(self.unconfirmed, self._first_number()):
            if isinstance(message, m.Undeliverable):
                owed.append((number, message))
        notices = [
            [number, notice.data.receiver, notice.data.reason, notice.reply_to]
            for number, notice in owed
        ]
        return to_json([self.epoch, handled, notices]).decode()

    def restore(self, client_id: str, left_over: str | None) -> None:
        """Take up what a run before this one has left of the session, if it could."""
        self.broken, self.restored = "restarted", True
        if left_over is None:
            return
        self.epoch, self._handled, notices = from_json(Json(left_over.encode()))
        self._handled_epoch = self.epoch
        for number, receiver, reason, reply_to in notices:
            body = m.UndeliverableBody(receiver, reason)
            notice = m.Undeliverable(client_id, body, m.GROUND_CONTROL, reply_to=reply_to)
            size = weight(notice)
            self._owed.append(_Owed(number, notice, size))
            self._give_back(-size)
