"""Attempts: requests that can't be decided without answers from outside.

The decision about such a request is a generator. It yields each question for the driver, gets
the answer as the value of that `yield`, and raises `ProtocolError` to refuse the request. So it
reads from top to bottom, and its local variables are what has to be remembered while a question
is open.

An attempt outlives its connection until its question is answered: what it was charged is given
back then, and a room that was created for it is counted.
"""

from collections.abc import Generator
from typing import TypeVar

from attrs import define, field

from .admission.identity import Identity
from .client_connection import ClientConnection
from .effects import Ask, Effect
from .events import ConnectionId, Received, Timestamp
from .questions import Answer, Failed, Identify, Question
from .records import NetworkAddress
from .wire.errors import Refusal, Unavailable
from .wire.messages import Message

Result = TypeVar("Result")

Steps = Generator[Question, Answer, Result]
"""A decision, or a part of one: yields questions, is sent their answers, returns a result."""

RETRY_SECONDS = 5.0
"""Seconds after which a client may try again: a database that restarts is back by then."""


class _Abandoned(Exception):
    """The client of the attempt has gone, so that nothing more is to be decided."""


@define(eq=False)
class Attempt:
    """One request of a client that is being decided.

    Attributes:
        connection: The client's connection.
        request: The event that brought the request, or None if the client asks for admission by
            connecting.
        now: The time of the last event that concerns the attempt.
        effects: What is to be done so far, whatever becomes of the attempt.
        is_abandoned: True once the connection has ended.
    """

    connection: ClientConnection
    request: Received | None
    now: Timestamp
    effects: list[Effect] = field(factory=list, init=False)
    is_abandoned: bool = field(default=False, init=False)

    @property
    def address(self) -> NetworkAddress | None:
        """The network address of the client."""
        return self.connection.handshake.address

    @property
    def reply_to(self) -> str | None:
        """The `id` of the request, which the reply repeats."""
        message = None if self.request is None else self.request.message
        return message.id if isinstance(message, Message) else None

    def checked(self, answer: Answer) -> Answer:
        """Return the answer, unless it refuses the request or the client has gone.

        Call it after everything that an answer changes for others.

        Raises:
            Unavailable: The driver could not answer.
            ProtocolError: The answer is a refusal.
        """
        if self.is_abandoned:
            raise _Abandoned
        if isinstance(answer, Failed):
            raise Unavailable(retry_after=RETRY_SECONDS)
        if isinstance(answer, Refusal):
            raise answer.error()
        return answer

    def identify(self, token: str) -> "Steps[Identity]":
        """Return the identity that a token asserts.

        Raises:
            NotAllowed: The token is invalid.
            Unavailable: The driver could not read it.
        """
        identity = self.checked((yield Identify(token)))
        assert isinstance(identity, Identity)
        return identity

    def take_effects(self) -> list[Effect]:
        """Return the effects so far, and start with none again."""
        effects, self.effects = self.effects, []
        return effects


@define(eq=False)
class Attempts:
    """The attempts that wait for an answer, one for a connection at most."""

    _open: dict[ConnectionId, tuple[Attempt, Steps[None]]] = field(factory=dict, init=False)

    def begin(self, attempt: Attempt, steps: Steps[None]) -> list[Effect]:
        """Start to decide; return the effects, which end with `Ask` if a question comes up.

        Raises:
            ProtocolError: The request is refused.
        """
        return self._advance(attempt, steps, None)

    def find(self, connection: ConnectionId) -> Attempt | None:
        """Return the attempt of a connection that waits for an answer, or None."""
        return self._open[connection][0] if connection in self._open else None

    def go_on(self, attempt: Attempt, answer: Answer, now: Timestamp) -> list[Effect]:
        """Continue with an answer, as `begin` does."""
        attempt.now = now
        _, steps = self._open.pop(attempt.connection.id)
        return self._advance(attempt, steps, answer)

    def _advance(self, attempt: Attempt, steps: Steps[None], answer: Answer) -> list[Effect]:
        try:
            question = steps.send(answer)
        except (StopIteration, _Abandoned):
            return attempt.take_effects()
        self._open[attempt.connection.id] = attempt, steps
        return [*attempt.take_effects(), Ask(attempt.connection.id, question)]
