"""The state of a session that outlives its connections."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from attrs import define, field

from camus_core.wire import messages as m
from camus_core.wire.codec import Codec
from camus_core.wire.messages import GROUND_CONTROL, UNCOUNTED, UNREPORTED

from .delivery import ClientDelivery
from .encrypted_members import EncryptedMembers
from .events import Expired, Rejoined, Resumed, SessionEvent
from .inbox import Inbox
from .membership import Membership
from .requests import PendingRequests, Unanswered

_log = logging.getLogger("camus")


@define(eq=False)
class EventNotifier:
    """Calls the caller's `on_event`, if there is one, and logs what it raises."""

    on_event: Callable[[SessionEvent], None] | None

    def __call__(self, event: SessionEvent) -> None:
        if self.on_event is not None:
            try:
                self.on_event(event)
            except Exception:
                _log.exception("on_event of a session raised an error")


@define(eq=False)
class SessionState:
    """The membership, the delivery state and the received messages of one session.

    Attributes:
        joined: the `joined` that the session began with.
        notify: called with each event of the session.
        sending_may_proceed: set when a sender that waits for space should look again.
        encrypted: the members of an encrypted room; None in any other room.
    """

    joined: m.Joined
    codec: Codec
    notify: EventNotifier
    membership: Membership = field(init=False)
    delivery: ClientDelivery = field(init=False)
    inbox: Inbox = field(init=False)
    requests: PendingRequests = field(factory=PendingRequests, init=False)
    sending_may_proceed: asyncio.Event = field(factory=asyncio.Event, init=False)
    encrypted: EncryptedMembers | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        body = self.joined.data
        self.membership = Membership(body)
        self.delivery = ClientDelivery(body.limits)
        self.inbox = Inbox(body.limits.unconfirmed_frames)

    def put(self, message: m.Message, frame: bytes | None = None) -> None:
        """Queue a message to be written on this connection or the next one."""
        self.delivery.put(message, frame or self.codec.encode(message))

    def receive(self, message: m.Message) -> None:
        """Handle a message of the server or of another member."""
        if isinstance(message, m.Ack):
            self.sending_may_proceed.set()
            return
        if message.sender == GROUND_CONTROL:
            if isinstance(message, m.MuteRequested):
                if not self.membership.believes(message.data):
                    return
            self.membership.update(message)
            if self.requests.resolve(message):
                return
            if self.encrypted is not None and self.encrypted.follow(message):
                return
        elif self.encrypted is not None:
            opened = self.encrypted.receive(message)
            if opened is None:
                return
            message = opened
        self.inbox.put(message)

    def join_again(self, joined: m.Joined) -> None:
        """Apply the `joined` of a new connection: resume, or begin a new epoch.

        Raises:
            MalformedMessage: the count in it contradicts what was sent.
        """
        body, old_id = joined.data, self.membership.joined.id
        if body.resumed:
            self.delivery.resume(body.received)
            self.membership.join_again(body)
            for request in self.requests:
                if type(request) in UNCOUNTED:  # a `ping`, which `resume` has dropped
                    self.put(request)
            self.notify(Resumed())
        else:
            expired = self.delivery.begin_epoch(body.received)
            again = self.membership.to_say_again(body)
            self.membership.join_again(body)
            self.notify(Rejoined(body.reason or "unknown", body.id == old_id))
            self._expire(expired)
            self.requests.fail(Unanswered("the session could not be resumed"))
            for request in again:
                self.put(self.requests.without_caller(request))
            self.inbox.put(joined)
            if self.encrypted is not None:
                is_kept = body.id == old_id and body.reason != "rejoined"
                self.encrypted.enter(is_kept=is_kept)
        self.delivery.limits, self.inbox.capacity = body.limits, body.limits.unconfirmed_frames
        self.sending_may_proceed.set()

    def finish(self, end: Exception, *, confirmed: bool) -> None:
        """End the session.

        Args:
            end: raised in every caller that waits for a message or an answer.
            confirmed: True if the server has received everything.
        """
        if not confirmed:
            self._expire(self.delivery.begin_epoch(None))
        if self.encrypted is not None:
            self.encrypted.end()
        self.requests.fail(end)
        self.inbox.end(end)
        self.sending_may_proceed.set()

    def _expire(self, messages: Iterable[m.Message]) -> None:
        """Report unconfirmed messages as expired; callers of requests get an error instead."""
        expired = tuple(
            one
            for one in messages
            if one.id not in self.requests and type(one) not in UNREPORTED
        )
        if expired:
            self.notify(Expired(expired))
