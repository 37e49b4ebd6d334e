"""One connection as the server knows it, and the frames of it that are held back.

What a client says while a question about it is open waits here. So that the answers for many
clients, which a database may give all at once, keep nobody waiting, they are handled in turns,
and so is what has waited for them, and the end of a connection: a thousand may end at once.
"""

from collections import deque
from typing import Protocol

from attrs import define, field

from camus_core.events import Answered, Connected, ConnectionId
from camus_core.limits import Limits
from camus_core.records import NetworkAddress
from camus_core.transport import Connection

from .fair_reads import FairReads

_FRAMES_AT_ONCE = 8
_BYTES_AT_ONCE = 8192
"""What is handled at once of what was held back: as much as a transport reads at once."""

_FRAME_BYTES = 64
"""What holding a frame costs besides its own bytes, of which it may have none."""


class FrameHandler(Protocol):
    """Whoever handles the frames."""

    limits: Limits
    fair_reads: FairReads

    def handle_frame(self, served: "ServedConnection", frame: bytes) -> None:
        """Handle a frame; that may raise a question about its connection."""

    def handle_answer(self, served: "ServedConnection", event: Connected | Answered) -> None:
        """Handle what the connection has waited for; there may be another question."""

    def handle_end(self, served: "ServedConnection", code: int | None) -> None:
        """The connection has ended with this close code, if any."""


@define(eq=False)
class ServedConnection:
    """One connection. While it `asks`, a question about it is open.

    `held` are the frames that wait for the answer, or for their turn; it is a `Reader`.
    `answer` is what has come of the question, and waits for its turn.
    """

    id: ConnectionId
    connection: Connection
    has_ids: bool
    address: NetworkAddress | None
    handler: FrameHandler
    awaits_answer: bool = False
    held: deque[bytes] = field(factory=deque)
    answer: Connected | Answered | None = None
    busy_until: float = 0.0
    _held_bytes: int = 0
    _is_paused: bool = False
    _has_ended: bool = False
    _code: int | None = None

    def hold(self, frame: bytes) -> None:
        """Have a frame wait; over the bytes of one large frame no more is read."""
        self.held.append(frame)
        self._held_bytes += len(frame) + _FRAME_BYTES
        if self._held_bytes > self.handler.limits.frame_bytes and not self._is_paused:
            self._is_paused = True
            self.connection.pause()

    def set_answer(self, event: Connected | Answered) -> None:
        """The question is answered: that is handled now, if there is time, or in its turn."""
        if self.handler.fair_reads.has_time():
            self.handler.handle_answer(self, event)
        else:
            self.answer = event
            self.handler.fair_reads.enqueue(self)

    def continue_reading(self) -> None:
        """Go on with what was held back, unless there is another question."""
        if self.awaits_answer:
            return
        if self.held:
            self.handler.fair_reads.enqueue(self)
        elif self._has_ended:
            self.handler.handle_end(self, self._code)
        elif self._is_paused:
            self._is_paused = False
            self.connection.resume()

    def read_on(self) -> bool:
        """Handle a little of what was held back; tell whether there is more to handle now."""
        if self.answer is not None:
            answer, self.answer = self.answer, None
            self.handler.handle_answer(self, answer)
            return False
        if self._has_ended and not self.held:
            self.handler.handle_end(self, self._code)
            return False
        frames, size = 0, 0
        while frames < _FRAMES_AT_ONCE and size < _BYTES_AT_ONCE:
            if self.awaits_answer or not self.held:
                break
            frame = self.held.popleft()
            self._held_bytes -= len(frame) + _FRAME_BYTES
            frames, size = frames + 1, size + len(frame)
            self.handler.handle_frame(self, frame)
        if self.held and not self.awaits_answer:
            return True
        self.continue_reading()
        return False

    def defer_end(self, code: int | None) -> bool:
        """Tell whether the end of the connection waits for its turn, as what it has said may:
        `end` follows then. What waits for an answer is forgotten.
        """
        if self.awaits_answer:
            self.held.clear()
        if not self.held and self.handler.fair_reads.has_time():
            return False
        self._has_ended, self._code = True, code
        self.handler.fair_reads.enqueue(self)
        return True
