"""One client's session: counting what goes both ways, and keeping what isn't confirmed.

Nothing is stamped: both ends count, as XMPP's stream management does (XEP-0198).
"""

from collections import deque
from typing import Any

from attrs import define, field

from . import messages as m
from .codec import weight
from .errors import MalformedMessage
from .json_text import from_json, to_json
from .limits import Limits
from .messages import Json, Lost, Message

UNCOUNTED = frozenset({m.Ping, m.Pong, m.Ack})
"""Messages that are neither counted nor kept (rule SESS-10): each is of its moment."""

UNREPORTED = frozenset({m.Bye, m.Ping, m.Pong})
"""Messages whose sender doesn't hear that they were not delivered (rule SESS-19)."""

ACK_FRAMES = 32
ACK_BYTES = 64 * 1024
ACK_SECONDS = 2.0
"""After so much, or so long, what has come is confirmed (rule SESS-12)."""

_NEVER_SENT = 2**53
"""The number of a notice that the client can't have received."""


@define
class Memory:
    """How many bytes all sessions together keep."""

    used: int = 0


@define(eq=False)
class Session:
    """The delivery of one client of the session profile.

    `received` counts the client's frames that were decided, `sent` the frames for it; `kept`
    are those at the end of the latter that it hasn't confirmed, each with its weight.
    `lost` says why it can't be resumed, where that is so: what was kept then is gone, and a
    roster will tell of the changes from there on.
    """

    digest: str
    limits: Limits
    memory: Memory
    received: int = 0
    acknowledged: int = 0
    unacknowledged_bytes: int = 0
    sent: int = 0
    bytes: int = 0
    kept: deque[tuple[Message, int]] = field(factory=deque)
    lost: Lost | None = None
    _handled: int | None = None
    _connected_bytes: int = field(init=False)
    _owed: list[tuple[int, m.Undeliverable]] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self._connected_bytes = self.limits.connected_bytes

    # From the client -------------------------------------------------------------------

    def count(self, size: int) -> bool:
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
        confirmed = received - (self.sent - len(self.kept))
        if not 0 <= confirmed <= len(self.kept):
            raise MalformedMessage(f"{received} frames can't have been received")
        for _ in range(confirmed):
            _, size = self.kept.popleft()
            self.bytes -= size
            self.memory.used -= size

    # To the client ---------------------------------------------------------------------

    def keep(self, message: Message, size: int, *, away: bool) -> bool:
        """Keep a message for the client until it confirms it; False when there is no room."""
        if self.lost is not None and isinstance(message, m.Delta):
            return True
        most = self.limits.away_bytes if away else self._connected_bytes
        if len(self.kept) >= self.limits.unconfirmed_frames or self.bytes + size > most:
            return False
        self.kept.append((message, size))
        self.sent += 1
        self.bytes += size
        self.memory.used += size
        return True

    def unconfirmed(self) -> list[Message]:
        """Return what is to be sent again, in order."""
        return [message for message, _ in self.kept]

    def break_off(self, reason: Lost) -> list[Message]:
        """Drop what is kept, for good; return those messages."""
        dropped = self.unconfirmed()
        self.memory.used -= self.bytes
        self.kept.clear()
        self.bytes = 0
        self.lost = reason
        return dropped

    def start_anew(self, received: int | None) -> int | None:
        """Begin to count at 0 for a client that has come back and can't just go on.

        `received` is what the client said of the old count. Returns how many frames of the
        client were handled then, or None where nobody knows.
        """
        handled = self._handled if self.lost == "restarted" else self.received
        for number, notice in reversed(self._owed):
            if received is not None and number > received:
                self._put_first(notice)
        self._owed.clear()
        self.lost = None
        self.received = self.acknowledged = self.unacknowledged_bytes = 0
        self.sent = len(self.kept)
        return handled

    def _put_first(self, message: Message) -> None:
        size = weight(message)
        self.kept.appendleft((message, size))
        self.bytes += size
        self.memory.used += size

    # Across a restart ------------------------------------------------------------------

    def handled(self) -> int | None:
        """Return how many frames of the client were handled, for the next run."""
        return self._handled if self.lost == "restarted" else self.received

    def notices(self) -> str | None:
        """Return what the client is owed to hear of its messages, for the next run.

        JSON text: each `undeliverable` that isn't confirmed, with its number.
        """
        first = self.sent - len(self.kept) + 1 if self.lost is None else _NEVER_SENT
        numbered = [
            *self._owed,
            *(
                (number, message)
                for number, (message, _) in enumerate(self.kept, first)
                if isinstance(message, m.Undeliverable)
            ),
        ]
        if not numbered:
            return None
        return to_json(
            [
                [number, notice.data.receiver, notice.data.reason, notice.reply_to]
                for number, notice in numbered
            ]
        ).decode()

    def recall(self, client_id: str, handled: int | None, notices: str | None) -> None:
        """Take up what a run before this one has left of the session."""
        self.lost, self._handled = "restarted", handled
        if notices is not None:
            owed: list[list[Any]] = from_json(Json(notices.encode()))
            for number, receiver, reason, reply_to in owed:
                body = m.UndeliverableBody(receiver, reason)
                notice = m.Undeliverable(client_id, body, m.GROUND_CONTROL, reply_to=reply_to)
                self._owed.append((number, notice))
