"""Losses: messages that a member hasn't confirmed, and the reports to their senders."""

from collections import deque

from attrs import define

from ..records import ClientId
from ..wire import messages as m
from ..wire.errors import DeliveryUnconfirmed
from ..wire.messages import GROUND_CONTROL, Message, Reason
from .member import Member


@define(eq=False)
class Loss:
    """Messages that one member hasn't confirmed, and that nobody will deliver.

    Attributes:
        receiver: The id of that member, which may have left.
        messages: The messages that are still to be reported, in order.
        reason: The reason of the reports.
    """

    receiver: ClientId
    messages: deque[Message]
    reason: Reason

    def report_to(self, sender: Member, message: Message) -> Message:
        """Return the report of one of the messages, in the profile of its sender."""
        if sender.profile.receives_deltas:
            body = m.UndeliverableBody(self.receiver, self.reason)
            return m.Undeliverable(sender.id, body, GROUND_CONTROL, reply_to=message.id)
        error = m.ErrorBody(
            DeliveryUnconfirmed.code,
            DeliveryUnconfirmed.meaning,
            receiver=self.receiver,
            reason=self.reason,
        )
        return m.Error(sender.id, error, GROUND_CONTROL)
