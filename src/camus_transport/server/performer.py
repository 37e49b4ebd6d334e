"""The performer, which carries out the effects of the core."""

from collections.abc import Callable
from typing import assert_never

from attrs import define, field

from camus_core.effects import (
    Ask,
    Close,
    Effect,
    ForgetBan,
    ForgetClient,
    ForgetInvitation,
    ForgetRoom,
    SaveBan,
    SaveClient,
    SaveInvitation,
    SaveLock,
    Send,
)
from camus_core.events import ConnectionId, Event, Overflowed
from camus_core.wire.codec import Codec

from ..http.refusals import SUSPICIOUS, RefusalLog
from ..logs import RateLimitedLog
from .answers import Answers, answer_question
from .counts import COUNTED, Counts
from .served_connection import ServedConnection
from .served_connections import ServedConnections
from .tasks import BackgroundTasks
from .write_behind import WriteBehind


@define(eq=False)
class Performer:
    """Sends frames, closes connections, has questions answered and changes written.

    Attributes:
        feed: feeds an event to the core, once all effects are carried out.
        failures: the log of failures of the database.
        refusals: the log of refusals.
    """

    connections: ServedConnections
    codec: Codec
    counts: Counts
    answers: Answers
    write_behind: WriteBehind
    tasks: BackgroundTasks
    failures: RateLimitedLog
    feed: Callable[[Event], None]
    refusals: RefusalLog = field(factory=RefusalLog, init=False)

    def perform(self, effects: list[Effect]) -> None:
        """Carry out the effects of one decision, in order."""
        for effect in effects:
            match effect:
                case Send():
                    self._send(effect, effects)
                case Close(connection_id, code, reason):
                    self.connections.close(connection_id, code, reason)
                case Ask(connection_id):
                    served = self.connections.by_id.get(connection_id)
                    if served is not None:
                        served.awaits_answer = True
                    self.tasks.start(self._answer(served, effect))
                case (
                    SaveLock()
                    | SaveBan()
                    | ForgetBan()
                    | SaveInvitation()
                    | ForgetInvitation()
                    | ForgetRoom()
                    | SaveClient()
                    | ForgetClient()
                ):
                    self.write_behind.add(effect)
                case _:
                    assert_never(effect)

    def _send(self, send: Send, effects: list[Effect]) -> None:
        """Send a message, which is encoded once, to each recipient."""
        message = send.message
        if type(message) in COUNTED:
            refused = self.counts.count_sent(send, effects)
            if refused is not None and refused in SUSPICIOUS:
                self._log_refusal(send.to[0], refused)
        frame = self.codec.encode(message)
        self.counts.frames_sent += len(send.to)
        self.counts.bytes_sent += len(frame) * len(send.to)
        for connection_id in send.to:
            served = self.connections.by_id.get(connection_id)
            if served is not None and not served.connection.send(frame):
                self.feed(Overflowed(connection_id))

    def _log_refusal(self, connection_id: ConnectionId, code: str) -> None:
        served = self.connections.by_id.get(connection_id)
        if served is not None:
            self.refusals.add(served.address or "a client without address", code)

    async def _answer(self, served: ServedConnection | None, ask: Ask) -> None:
        """Answer a question, also one about a client whose connection has ended."""
        answered = await answer_question(self.answers, ask, self.failures)
        if served is None:
            self.feed(answered)
        else:
            served.set_answer(answered)
