"""Losses: messages that a member hasn't confirmed, and the reports to their senders."""

from collections import deque
from collections.abc import Iterable

from attrs import define, field, frozen

from ..records import ClientId
from ..wire import messages as m
from ..wire.errors import DeliveryUnconfirmed
from ..wire.messages import GROUND_CONTROL, UNREPORTED, Message, Reason
from ..wire.profile import ProtocolProfile


@frozen
class LostMessage:
    """A message that `receiver`, which may have left, hasn't confirmed and won't get."""

    receiver: ClientId
    message: Message
    reason: Reason

    def report_to(self, sender: ClientId, profile: ProtocolProfile) -> Message:
        """Return the report for the message's sender, in its profile."""
        if profile.receives_deltas:
            body = m.UndeliverableBody(self.receiver, self.reason)
            return m.Undeliverable(sender, body, GROUND_CONTROL, reply_to=self.message.id)
        error = m.ErrorBody(
            DeliveryUnconfirmed.code,
            DeliveryUnconfirmed.meaning,
            receiver=self.receiver,
            reason=self.reason,
        )
        return m.Error(sender, error, GROUND_CONTROL)


@define(eq=False)
class Losses:
    """The lost messages of a room whose senders haven't been told yet.

    Attributes:
        queue: The messages that were lost at once, in order: their receiver, which may have
            left, the messages, of which there is at least one, and the reason. It is read for
            every message that the room sends.
    """

    queue: deque[tuple[ClientId, deque[Message], Reason]] = field(factory=deque, init=False)

    def add(self, receiver: ClientId, messages: Iterable[Message], reason: Reason) -> None:
        """Add messages for `receiver`, without those that aren't reported (rule SESS-34)."""
        lost = deque(
            message
            for message in messages
            if message.sender != GROUND_CONTROL and type(message) not in UNREPORTED
        )
        if lost:
            self.queue.append((receiver, lost, reason))

    def next(self) -> LostMessage:
        """Remove and return the next lost message; there has to be one."""
        receiver, messages, reason = self.queue[0]
        message = messages.popleft()
        if not messages:
            self.queue.popleft()
        return LostMessage(receiver, message, reason)
