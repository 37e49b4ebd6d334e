"""One connection as the server sees it, with its frames that wait for an answer or a turn.

While a question about a connection is open, its frames are held here. The answers for many
connections may arrive in one turn of the event loop, when a database comes back; many
connections may end in one turn, too. Beyond the free time of that turn, answers, ends and held
frames wait in the queue of `FairReads`.
"""

from collections import deque
from typing import Protocol

from attrs import Factory, define, field

from camus_core.events import Answered, Connected, ConnectionId, KeptAlive, Overflowed
from camus_core.limits import Limits
from camus_core.records import NetworkAddress
from camus_core.transport import Connection
from camus_core.wire.errors import BINARY, NOT_UTF8, TOO_BIG, CloseCode

from .fair_reads import FairReads

_FRAMES_AT_ONCE = 8
_BYTES_AT_ONCE = 8192
"""The held frames, and bytes of them, handled in one step: as many as a transport reads."""

_FRAME_BYTES = 64
"""Memory for a held frame besides its own bytes: without it empty frames would be free."""


class ConnectionHandler(Protocol):
    """The server, as its connections see it."""

    limits: Limits
    fair_reads: FairReads

    def handle_frame(self, served: "ServedConnection", frame: bytes) -> None:
        """Handle a frame; that may open a question about the connection."""

    def handle_event(self, event: KeptAlive | Overflowed) -> None:
        """Handle another event of a connection."""

    def handle_answer(self, served: "ServedConnection", event: Connected | Answered) -> None:
        """Handle the answer for which the connection waited; it may open another question."""

    def handle_end(self, served: "ServedConnection", code: int | None) -> None:
        """Handle the end of the connection, with its close code, if any."""


class _Ended:
    """The `Connection` in place of one that has ended, which ignores every call."""

    def send(self, frame: bytes) -> bool:
        return True

    def close(self, code: int, reason: str) -> None:
        pass

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass


_ENDED = _Ended()


@define(eq=False)
class ServedConnection:
    """One connection of a server, to which its transport reports; a `Reader` of its held
    frames.

    Once the connection has ended, by `closed`, `fail` or the server (even during
    `SignalingServer.connect`), these methods do nothing, and the server doesn't call the
    transport's `Connection` again. So neither of them has to check.

    `is_open` is true until then. `awaits_answer` is true while a question about the connection
    is open. `held` are the frames that wait for the answer or for their turn. `answer` waits
    for its turn.
    """

    id: ConnectionId
    connection: Connection
    has_ids: bool
    address: NetworkAddress | None
    handler: ConnectionHandler
    is_open: bool = True
    awaits_answer: bool = False
    held: deque[bytes] = field(factory=deque)
    answer: Connected | Answered | None = None
    busy_until: float = 0.0
    _frame_bytes: int = field(
        default=Factory(lambda self: self.handler.limits.frame_bytes, takes_self=True)
    )
    _held_bytes: int = 0
    _is_paused: bool = False
    _has_ended: bool = False
    _code: int | None = None

    # Called by the transport -----------------------------------------------------------

    def receive(self, text: bytes) -> None:
        """Handle a whole text message, as it was received.

        The connection is closed with 1009 if the text is longer than `frame_bytes`, and with
        1007 if it isn't UTF-8.
        """
        if not self.is_open:
            return
        if len(text) > self._frame_bytes:
            self.fail(TOO_BIG)
        elif not (text.isascii() or _is_utf8(text)):
            self.fail(NOT_UTF8)
        elif self.awaits_answer or self.held:
            self._hold(text)
        else:
            self.handler.handle_frame(self, text)

    def receive_binary(self) -> None:
        """Close the connection with 1003, as its client has sent a message that is no text."""
        self.fail(BINARY)

    def heard(self) -> None:
        """Note a sign of life that is no message: a WebSocket ping or pong."""
        if self.is_open:
            self.handler.handle_event(KeptAlive(self.id))

    def overflowed(self) -> None:
        """Close the connection with 4000, as its client reads too slowly."""
        if self.is_open:
            self.handler.handle_event(Overflowed(self.id))

    def closed(self, code: int | None = None) -> None:
        """Handle the end of the connection, by either end, with the client's close code, if
        any: 1001 shortens the time for which its place is held.
        """
        if not self.is_open:
            return
        self.end()
        if self.awaits_answer:  # the answer would come for a connection that is gone
            self.held.clear()
        if not self.held and self.handler.fair_reads.has_time():
            self.handler.handle_end(self, code)
        else:
            self._has_ended, self._code = True, code
            self.handler.fair_reads.enqueue(self)

    def fail(self, close_code: CloseCode) -> None:
        """Close the connection with this code, as its client violates the transport's protocol
        (for WebSockets RFC 6455, section 7.1.7).
        """
        if self.is_open:
            connection = self.connection
            self.closed(close_code.code)
            connection.close(close_code.code, close_code.meaning)

    # Called by the server --------------------------------------------------------------

    def end(self) -> Connection:
        """Make every later call of the transport, and of its `Connection`, do nothing; return
        that connection.
        """
        connection, self.connection, self.is_open = self.connection, _ENDED, False
        return connection

    def _hold(self, frame: bytes) -> None:
        """Hold a frame; pause the connection once more than `frame_bytes` are held."""
        self.held.append(frame)
        self._held_bytes += len(frame) + _FRAME_BYTES
        if self._held_bytes > self._frame_bytes and not self._is_paused:
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


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
