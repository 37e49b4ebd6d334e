"""What a session keeps from one connection to the next."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from attrs import define, field

from camus_core.wire import messages as m
from camus_core.wire.codec import Codec
from camus_core.wire.messages import GROUND_CONTROL, UNCOUNTED, UNREPORTED

from .delivery import ClientDelivery
from .events import Expired, Rejoined, Resumed, SessionEvent
from .inbox import Inbox
from .membership import Membership
from .requests import Requests, Unanswered

_log = logging.getLogger("camus")


@define(eq=False)
class EventNotifier:
    """Tells whoever wants to know what happens to a session."""

    on_event: Callable[[SessionEvent], None] | None

    def __call__(self, event: SessionEvent) -> None:
        if self.on_event is not None:
            try:
                self.on_event(event)
            except Exception:
                _log.exception("a fault in what hears the events of a session")


@define(eq=False)
class SessionState:
    """One client's place, and what is on its way in both directions.

    `space` is set whenever there may be a place for one more message to be sent.
    """

    joined: m.Joined
    codec: Codec
    tell: EventNotifier
    membership: Membership = field(init=False)
    delivery: ClientDelivery = field(init=False)
    inbox: Inbox = field(init=False)
    requests: Requests = field(factory=Requests, init=False)
    space: asyncio.Event = field(factory=asyncio.Event, init=False)

    def __attrs_post_init__(self) -> None:
        body = self.joined.data
        self.membership = Membership(body)
        self.delivery = ClientDelivery(body.limits)
        self.inbox = Inbox(body.limits.unconfirmed_frames)

    def put(self, message: m.Message, frame: bytes | None = None) -> None:
        """Have a message written, now or on the next connection."""
        self.delivery.put(message, frame or self.codec.encode(message))

    def hear(self, message: m.Message) -> None:
        """The server says something."""
        if isinstance(message, m.Ack):
            self.space.set()
            return
        if message.sender == GROUND_CONTROL:
            self.membership.hear(message)
            if self.requests.answered(message):
                return
        self.inbox.put(message)

    def go_on(self, joined: m.Joined) -> None:
        """The client is in its room again.

        Raises:
            MalformedMessage: the server has counted otherwise.
        """
        body, old_id = joined.data, self.membership.joined.id
        if body.resumed:
            self.delivery.resume(body.received)
            self.membership.join_again(body)
            for question in self.requests:
                if type(question) in UNCOUNTED:  # `resume` has dropped it
                    self.put(question)
            self.tell(Resumed())
        else:
            expired = self.delivery.begin_epoch(body.received)
            self.membership.join_again(body)
            self.tell(Rejoined(body.reason or "unknown", body.id == old_id))
            self._expire(expired)
            self.requests.fail(Unanswered("the session could not be resumed"))
            self.inbox.put(joined)
        self.delivery.limits, self.inbox.most = body.limits, body.limits.unconfirmed_frames
        self.space.set()

    def finish(self, end: Exception, *, confirmed: bool) -> None:
        """The session has ended; `confirmed` says that the server has heard everything."""
        if not confirmed:
            self._expire(self.delivery.begin_epoch(None))
        self.requests.fail(end)
        self.inbox.end(end)
        self.space.set()

    def _expire(self, messages: Iterable[m.Message]) -> None:
        """Hand back what was not confirmed; who waits for an answer hears of it otherwise."""
        expired = tuple(
            one
            for one in messages
            if one.id not in self.requests and type(one) not in UNREPORTED
        )
        if expired:
            self.tell(Expired(expired))
