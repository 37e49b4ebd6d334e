"""Conversations with a bare router, in the language of the scenarios.

A test of what clients receive is a scenario. A conversation is for all others: it plays steps
of scenarios, and in between a test reads what the router has written to the store, what it asks
and what it keeps, or gives it an order of its operator.

    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), Says(BILL, lock()))
    assert talk.server.changes[-1] == SaveLock(...)
"""

from attrs import define, field

from camus_core.conformance import Setting
from camus_core.conformance.player import Player, follow
from camus_core.conformance.scenario import DEFAULT_ROOM, Frame, Step
from camus_core.questions import Answer, Question
from camus_core.records import RoomId
from camus_core.router import Router
from camus_core.wire.errors import Refusal
from camus_core.wire.json_codec import JsonCodec
from camus_core.wire.json_text import to_json
from camus_core.wire.messages import Order

from .bare_router import BareRouter


@define(eq=False)
class Conversation:
    """A server with a setting, and the clients that talk to it."""

    setting: Setting = field(factory=Setting)
    server: BareRouter = field(init=False)
    _player: Player = field(factory=lambda: Player("a conversation"), init=False)

    def __attrs_post_init__(self) -> None:
        self.server = BareRouter(self.setting)

    @property
    def router(self) -> Router:
        """The router of the newest node."""
        return self.server.router

    def plays(self, *steps: Step) -> None:
        """Play steps of a scenario; a deviation fails the test."""
        follow(self._player.take(steps), self.server.do)

    def ends(self) -> None:
        """Check that no client has received anything that no step has."""
        follow(self._player.end(), self.server.do)

    # The operator --------------------------------------------------------------------------

    def orders(self, order: Frame, room_id: str = DEFAULT_ROOM) -> Refusal | None:
        """Give an order of the operator, in the form of a moderator's message.

        Return its refusal, or None if it was carried out.
        """
        message = JsonCodec().decode(to_json(order), ids=True)
        assert isinstance(message, Order)
        return self.server.order(RoomId(room_id), message)

    # Questions -----------------------------------------------------------------------------

    def question_about(self, who: str) -> Question:
        """Return the open question about a client; `server.holds_questions` keeps it open."""
        return self.server.question_about(who)

    def answers(self, who: str, *answer: Answer) -> None:
        """Answer the question about a client, with this answer or from the store."""
        self.server.answer(self.server.connection_of(who), *answer)
