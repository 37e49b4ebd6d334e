"""One connection as the server sees it, with its frames that wait for an answer or a turn.

While a question about a connection is open, its frames are held here. The answers for many
connections may arrive in one turn of the event loop, when a database comes back; many
connections may end in one turn, too. Beyond the free time of that turn, answers, ends and held
frames wait in the queue of `FairReads`.
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
"""The held frames, and bytes of them, handled in one step: as many as a transport reads."""

_FRAME_BYTES = 64
"""Memory for a held frame besides its own bytes: without it empty frames would be free."""


class FrameHandler(Protocol):
    """The server, as its connections see it."""

    limits: Limits
    fair_reads: FairReads

    def handle_frame(self, served: "ServedConnection", frame: bytes) -> None:
        """Handle a frame; that may open a question about the connection."""

    def handle_answer(self, served: "ServedConnection", event: Connected | Answered) -> None:
        """Handle the answer for which the connection waited; it may open another question."""

    def handle_end(self, served: "ServedConnection", code: int | None) -> None:
        """Handle the end of the connection, with its close code, if any."""


@define(eq=False)
class ServedConnection:
    """One connection of a server; a `Reader` of its held frames.

    `awaits_answer` is true while a question about the connection is open. `held` are the
    frames that wait for the answer or for their turn. `answer` waits for its turn.
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
        """Hold a frame; pause the connection once more than `frame_bytes` are held."""
        self.held.append(frame)
        self._held_bytes += len(frame) + _FRAME_BYTES
        if self._held_bytes > self.handler.limits.frame_bytes and not self._is_paused:
            self._is_paused = True
            self.connection.pause()

    def set_answer(self, event: Connected | Answered) -> None:
        """Handle the answer to the open question: now if there is time, or in its turn."""
        if self.handler.fair_reads.has_time():
            self.handler.handle_answer(self, event)
        else:
            self.answer = event
            self.handler.fair_reads.enqueue(self)

    def continue_reading(self) -> None:
        """Continue with the held frames, then with the end, unless a question is open."""
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
        """Handle some of the held frames; return whether there is more to handle now."""
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
        """Return whether the end of the connection waits for its turn, after the held frames.

        `handle_end` is called then. Frames that wait for an answer are dropped, as it would
        come for a connection that is gone.
        """
        if self.awaits_answer:
            self.held.clear()
        if not self.held and self.handler.fair_reads.has_time():
            return False
        self._has_ended, self._code = True, code
        self.handler.fair_reads.enqueue(self)
        return True
