"""Delivery: both ends count frames, and the server keeps its own until they are confirmed.

This is the server's end of the delivery of one session; the client's end is
`camus_transport.client.delivery`. Rules in parentheses are those of docs/protocol.md.

What is counted
    No frame carries a number. Each end counts the frames that it sends and those that it
    receives, as XMPP's stream management does (XEP-0198). The count starts at 0 with `joined`,
    and a connection delivers frames in order, so one number says which frames have arrived
    (SESS-24). `ping`, `pong` and `ack` aren't counted, and never kept (SESS-130).

    From the client, a frame is counted when the router has decided about it, refused frames
    included. A frame that waits for the store is counted after the answer; if the connection
    ends before that, the client sends the frame again. `received` is that count, and
    `acknowledged` the part of it that an `ack` or `joined` has already told the client.

    To the client, a frame is counted when it is kept, whether or not a connection is there to
    write it to. `sent` is that count.

Unconfirmed frames
    `unconfirmed` is the tail of the frames for the client: the last is number `sent`, the first
    number `sent - len(unconfirmed) + 1`. An `ack` or a `resume` with `received` removes frames
    from its head. When the client resumes, `to_resend` says how many at its end still have to
    be written to the new connection. They are written in portions, so that one client that
    comes back doesn't delay all others; a frame that comes meanwhile queues behind them.

Epochs
    While the session goes on, so do both counts. When frames were dropped, the client can't
    know which, so both ends start again at 0. That is a new epoch. `joined` announces it, and
    may itself be lost: the client then still counts in the old epoch, where the same number
    means another frame. Every epoch therefore has a name, which is part of the resume token,
    and `received` is only compared within the epoch that the token names. Only the newest
    epoch can be resumed. A client that shows an older one missed a `joined`, and gets another
    new epoch, for the reason with which the newest began (SESS-41).

    A client resends what the server hasn't handled, so the server also tells it how many of its
    frames were handled in the epoch that its token names. It knows that for two epochs, the
    current one and the one that the client showed when the current one began, and leaves the
    number out for any other (SESS-122).

What can be lost, and what the server owes then
    Every message from one client to another is confirmed or reported to its sender as
    `undeliverable` (SESS-31), but for `bye`, `ping` and `pong` (SESS-34). `Delivery` drops
    messages and returns them; the room reports them. The server's own frames aren't reported.
    Of these, changes of the roster (deltas) needn't be: the `joined` that ends the loss has the
    whole roster.

    Overflow. A message of another client that doesn't fit isn't kept, and is reported as
    `full`; the session goes on. When a frame of the server doesn't fit, the session breaks:
    everything is dropped but reports to the client, and the client's next `resume` is answered
    `overflow` (SESS-29). When all sessions together keep too much, the one whose client is away
    longest breaks in the same way (SESS-30). A broken session keeps new frames, except deltas
    (SESS-95), and writes none before the client resumes. A client that is connected when
    something doesn't fit is closed as a slow reader (SESS-93).

    Lost state. A client that resumes without `received`, as a reloaded page does, can use
    neither the frames nor the reports that were kept. Everything is dropped, the senders are
    told `expired`, and the answer is `rejoined` (SESS-39, SESS-105, SESS-107).

    Lost reply. After a `joined` that didn't arrive, nothing is missing: what was kept in the
    epoch that it announced is kept in the next, and sent again, except deltas (SESS-109). A
    lost `joined` with `resumed` true began no epoch, and changes nothing.

    Restart. A server that stops reports all unconfirmed messages as `expired` (SESS-48), once:
    `reported` keeps them from being reported again when they are dropped. It then writes a
    snapshot for the next node. After a crash there is no snapshot, and what was unconfirmed is
    lost without a report (SESS-50). In both cases the next node restores the delivery as
    broken, and the answer is `restarted`.

    End of the place. Everything is dropped. The room reports the messages as `gone`, unless the
    client itself has left with `bye` (SESS-46).

How reports survive
    A report is a frame for the sender, and can be lost like any other. When a session breaks,
    the reports among its unconfirmed frames move to `_owed_reports` with their numbers, the
    oldest first, as many as fit in half of `away_bytes` (SESS-96); the reason `overflow` stands
    for the rest. When the next epoch begins, those that the client has
    received by its own count are left out. The others become the first frames of the epoch
    (SESS-126). A report that was kept after the session broke was never sent, so it gets a
    number that no client can have reached.

The snapshot for the next node
    JSON text: `[epoch, handled, [[number, receiver, reason, reply_to], ...]]`: the current
    epoch, how many frames of the client were handled in it (null if unknown), and the reports
    that the client hasn't confirmed (SESS-116). Frames themselves aren't written, and neither
    is an older epoch. Other releases of Camus read this text, so its form stays.
"""

from collections import deque
from itertools import islice

from attrs import define, field, frozen

from ..limits import Limits
from ..records import ResumeToken, SessionDigest, SessionSecret
from ..wire import messages as m
from ..wire.errors import MalformedMessage
from ..wire.json_codec import frame_size
from ..wire.json_text import from_json, to_json
from ..wire.messages import Json, Lost, Message
from ..wire.profile import ACK_BYTES, ACK_FRAMES

_NEVER_SENT = 2**53
"""The number of a report that was never sent: greater than any count that is true."""

FIRST_EPOCH = "0"
"""The name of a session's first epoch; later ones have random names."""


def resume_token(secret: SessionSecret, epoch: str) -> ResumeToken:
    """Return the resume token of a session in one of its epochs (rule SESS-36)."""
    return ResumeToken(f"{secret}.{epoch}")


def split_resume_token(token: ResumeToken) -> tuple[SessionSecret, str]:
    """Return the session secret and the epoch that a resume token names."""
    secret, _, epoch = token.partition(".")
    return SessionSecret(secret), epoch


@define
class MemoryUse:
    """The number of bytes that all sessions of one server keep together."""

    used: int = 0


@frozen
class _OwedReport:
    """An `undeliverable` that the client may not have received, with its number and size."""

    number: int
    report: m.Undeliverable
    size: int


@define(eq=False)
class Delivery:
    """The server's end of the delivery of one session; the module explains it."""

    digest: SessionDigest
    epoch: str
    limits: Limits
    memory: MemoryUse

    received: int = 0
    """The number of the client's frames that were decided in this epoch."""

    acknowledged: int = 0
    """The part of `received` that the client has been told."""

    unacknowledged_bytes: int = 0
    """The bytes of the frames that the client hasn't been told of."""

    sent: int = 0
    """The number of frames for the client in this epoch, written or only kept."""

    unconfirmed_bytes: int = 0
    """The bytes of the frames in `unconfirmed`, and of the reports owed."""

    unconfirmed: deque[Message] = field(factory=deque)
    """The frames that the client hasn't confirmed, in order."""

    _sizes: deque[int] = field(factory=deque)
    """The sizes of those in bytes. Pairs would be a million objects in a full room, over which
    the garbage collector takes 100 ms."""

    to_resend: int = 0
    """The number of frames at the end of `unconfirmed` that the connection hasn't got yet."""

    broken: Lost | None = None
    """The reason of the next `joined` if the session can't go on, else None."""

    reported: bool = False
    """True once the senders of the unconfirmed messages were told, because the server stops."""

    restored: bool = False
    """True from a restart until the client resumes: another node has left the session."""

    _epoch_reason: Lost = "unknown"
    """The reason with which the current epoch began."""

    _handled_before: int | None = None
    _epoch_before: str = ""
    """The epoch before, and the number of the client's frames that were handled in it."""

    _owed_reports: list[_OwedReport] = field(factory=list)
    _connected_bytes: int = field(init=False)
    _away_bytes: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._connected_bytes = self.limits.connected_bytes
        self._away_bytes = min(self.limits.away_bytes, self._connected_bytes)

    # From the client -------------------------------------------------------------------

    def count_received(self, size: int) -> bool:
        """Count a decided frame of `size` bytes; return True when an `ack` is due."""
        self.received += 1
        self.unacknowledged_bytes += size
        return (
            self.received - self.acknowledged >= ACK_FRAMES
            or self.unacknowledged_bytes >= ACK_BYTES
        )

    def acknowledge(self) -> int:
        """Return the number for an `ack` or `joined`, and note that the client is told it."""
        self.acknowledged, self.unacknowledged_bytes = self.received, 0
        return self.received

    def confirm(self, received: int) -> None:
        """Drop the frames that the client has received, by its own count.

        Raises:
            MalformedMessage: The client can't have received so many, or has confirmed more
                before (rule SESS-26). Nothing has changed.
        """
        confirmed = received - (self.sent - len(self.unconfirmed))
        if not 0 <= confirmed <= len(self.unconfirmed):
            raise MalformedMessage(f"{received} frames can't have been received")
        for _ in range(confirmed):
            self.unconfirmed.popleft()
            self._release(self._sizes.popleft())
        self.to_resend = min(self.to_resend, len(self.unconfirmed))

    # To the client ---------------------------------------------------------------------

    def keep(self, message: Message, size: int, *, away: bool) -> bool:
        """Count and keep a message for the client; return False, unchanged, if it doesn't fit.

        Args:
            message: The message. A delta for a broken session is skipped, which is a success.
            size: The size of its frame in bytes (rule SESS-131).
            away: True if the client has no connection, where less may be kept.
        """
        if self.broken is not None and isinstance(message, m.Delta):
            return True
        limit = self._away_bytes if away else self._connected_bytes
        if (
            len(self.unconfirmed) >= self.limits.unconfirmed_frames
            or self.unconfirmed_bytes + size > limit
        ):
            return False
        self.unconfirmed.append(message)
        self._sizes.append(size)
        self.sent += 1
        self.unconfirmed_bytes += size
        self.memory.used += size
        return True

    def unconfirmed_messages(self) -> list[Message]:
        """Return the messages that the client hasn't confirmed, in order."""
        return list(self.unconfirmed)

    def next_to_resend(self, limit: int) -> list[Message]:
        """Return the next messages to write again, in order, and count them as written."""
        first = len(self.unconfirmed) - self.to_resend
        messages = list(islice(self.unconfirmed, first, first + limit))
        self.to_resend -= len(messages)
        return messages

    # Loss, and new epochs --------------------------------------------------------------

    def why_not_resumable(self, epoch: str, received: int | None) -> Lost | None:
        """Return the reason why a client can't go on from here, or None if it can.

        Args:
            epoch: The epoch that its resume token names.
            received: The number of frames that it has received, or None if it has lost count.
        """
        if received is None:
            return "rejoined"
        if self.broken is None and epoch != self.epoch:
            return self._epoch_reason
        return self.broken

    def break_off(self, reason: Lost) -> list[Message]:
        """Break the session: drop the unconfirmed frames, but go on owing the reports.

        Returns:
            The messages whose senders have to be told.
        """
        dropped, freed = [], 0
        kept = zip(self.unconfirmed, self._sizes, strict=True)
        for number, (message, size) in enumerate(kept, self._first_number()):
            if type(message) is m.Undeliverable:
                self._owed_reports.append(_OwedReport(number, message, size))
            else:
                dropped.append(message)
                freed += size
        self._release(freed)
        self.unconfirmed.clear()
        self._sizes.clear()
        self.to_resend = 0
        while self._owed_reports and self.unconfirmed_bytes > self._away_bytes // 2:
            self._release(self._owed_reports.pop().size)
        if self.broken != "rejoined":  # a client that has no roster yet goes on from nothing
            self.broken = reason
        return [] if self.reported else dropped

    def end(self) -> list[Message]:
        """Drop everything, reports too, because the place has ended.

        Returns:
            The messages whose senders have to be told.
        """
        dropped = self.break_off("unknown")
        for owed in self._owed_reports:
            self._release(owed.size)
        self._owed_reports.clear()
        return dropped

    def begin_epoch(self, epoch: str, shown_epoch: str, received: int | None) -> int | None:
        """Start both counts again at 0, with the reports that are owed as the first frames.

        Args:
            epoch: The name of the new epoch.
            shown_epoch: The epoch that the client's resume token names.
            received: The number of frames that the client has received in that epoch, or None
                if it has lost count.

        Returns:
            The number of the client's frames that were handled in `shown_epoch`, or None if
            that is no longer known.
        """
        handled = self._handled_in(shown_epoch)
        if self.broken is None:  # the client has missed the `joined` of the current epoch
            self._drop_deltas()
        else:
            self._epoch_reason = self.broken
            for owed in reversed(self._owed_reports):
                if received is None or (shown_epoch == self.epoch and owed.number <= received):
                    self._release(owed.size)
                else:
                    self.unconfirmed.appendleft(owed.report)
                    self._sizes.appendleft(owed.size)
            self._owed_reports.clear()
        self._handled_before, self._epoch_before = handled, shown_epoch
        self.epoch, self.broken, self.restored = epoch, None, False
        self.received = self.acknowledged = self.unacknowledged_bytes = 0
        self.sent = len(self.unconfirmed)
        return handled

    def _handled_in(self, epoch: str) -> int | None:
        """Return how many frames of the client were handled in an epoch, or None."""
        if epoch == self.epoch and not self.restored:
            return self.received
        return self._handled_before if epoch == self._epoch_before else None

    def _drop_deltas(self) -> None:
        """Drop the changes that the roster in the next `joined` includes."""
        kept, self.unconfirmed = self.unconfirmed, deque()
        sizes, self._sizes = self._sizes, deque()
        for message, size in zip(kept, sizes, strict=True):
            if isinstance(message, m.Delta):
                self._release(size)
            else:
                self.unconfirmed.append(message)
                self._sizes.append(size)

    def _first_number(self) -> int:
        """Return the number of the first unconfirmed frame."""
        return _NEVER_SENT if self.broken is not None else self.sent - len(self.unconfirmed) + 1

    def _release(self, size: int) -> None:
        self.unconfirmed_bytes -= size
        self.memory.used -= size

    # Across a restart ------------------------------------------------------------------

    def snapshot(self) -> str:
        """Return the JSON text from which the next node restores the delivery."""
        handled = self._handled_in(self.epoch)
        owed = [(one.number, one.report) for one in self._owed_reports]
        for number, message in enumerate(self.unconfirmed, self._first_number()):
            if isinstance(message, m.Undeliverable):
                owed.append((number, message))
        reports = [
            [number, report.data.receiver, report.data.reason, report.reply_to]
            for number, report in owed
        ]
        return to_json([self.epoch, handled, reports]).decode()

    def restore(self, client_id: str, snapshot: str | None) -> None:
        """Continue the session of another node, broken, as its snapshot has left it.

        Args:
            client_id: The id of the session's client.
            snapshot: The text of that node's `snapshot`, or None if it couldn't write one.
        """
        self.broken, self.restored = "restarted", True
        if snapshot is None:
            return
        self.epoch, self._handled_before, reports = from_json(Json(snapshot.encode()))
        self._epoch_before = self.epoch
        for number, receiver, reason, reply_to in reports:
            body = m.UndeliverableBody(receiver, reason)
            report = m.Undeliverable(client_id, body, m.GROUND_CONTROL, reply_to=reply_to)
            size = frame_size(report)
            self._owed_reports.append(_OwedReport(number, report, size))
            self._release(-size)
