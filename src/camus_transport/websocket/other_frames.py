"""All frames but the plain ones, read and written by `ServerProtocol` of websockets.

These are fragments, pings and pongs, close frames with another code than 1000, messages larger
than a plain frame may be, and all malformed input. Most connections never have one of these.
"""

import logging

from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from camus_core.events import Timestamp
from camus_core.token_bucket import TokenBucket
from camus_core.wire.errors import FLOODED

from ..server.served_connection import ServedConnection
from .frames import wire_size

_log = logging.getLogger("camus.websocket")
_log.setLevel(logging.WARNING)  # ServerProtocol logs two lines for each connection

_FRAMES_PER_SECOND = 50.0
_FRAMES_AT_ONCE = 1000.0
"""The rate and the burst of pings, pongs and fragments from one client: as for its messages, by
default.
"""


class _Protocol(ServerProtocol):
    """A `ServerProtocol` that accepts a close frame between the fragments of a message.

    Control frames may stand there (RFC 6455, section 5.4).
    """

    def recv_frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None
        super().recv_frame(frame)

    def break_cycles(self) -> None:
        """Break the parser's reference cycles: to collect those of a flood takes 50 ms."""
        self.parser.close()
        self.parser_exc = self.handshake_exc = None


class OtherFrames:
    """The reader and writer of one connection's other frames; its methods do no I/O.

    Args:
        limit: the bytes of the largest message, over all its fragments.
        now: the present time, in seconds.
    """

    __slots__ = ("_bucket", "_fragments", "_protocol", "_unparsed")

    def __init__(self, limit: int, now: Timestamp) -> None:
        self._protocol = _Protocol(state=State.OPEN, max_size=limit, logger=_log)
        self._fragments: bytearray | None = None
        self._unparsed = 0
        self._bucket = TokenBucket.full(_FRAMES_PER_SECOND, _FRAMES_AT_ONCE, now)

    @property
    def is_at_frame_start(self) -> bool:
        """True if the next byte begins a frame, and no fragmented message is incomplete."""
        return self._unparsed == 0 and self._fragments is None

    @property
    def is_open(self) -> bool:
        """True until a close frame was sent or received, or the connection has failed."""
        return self._protocol.state is State.OPEN

    @property
    def is_close_received(self) -> bool:
        """True once the client has sent a close frame."""
        return self._protocol.close_rcvd is not None

    @property
    def close_code(self) -> int | None:
        """The code of the client's close frame, else of ours; None without either."""
        close = self._protocol.close_rcvd or self._protocol.close_sent
        return close.code if close else None

    def receive(self, data: bytes) -> None:
        """Read bytes, which may end within a frame."""
        self._protocol.receive_data(data)
        self._unparsed += len(data)

    def take_output(self) -> list[bytes]:
        """Return the pieces to send; an empty one means that TCP is to be closed."""
        return self._protocol.data_to_send()

    def send_close(self, code: int, reason: str) -> None:
        """Begin the closing handshake."""
        self._protocol.send_close(code, reason)

    def report(self, served: ServedConnection, now: Timestamp) -> None:
        """Report the received frames to the server."""
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._unparsed -= wire_size(event)
                self._report_frame(event, served, now)

    def _report_frame(self, frame: Frame, served: ServedConnection, now: Timestamp) -> None:
        if frame.opcode is not Opcode.TEXT and not self._bucket.acquire(1.0, now):
            served.fail(FLOODED)
            return
        match frame.opcode:
            case Opcode.TEXT if frame.fin:
                served.receive(bytes(frame.data))
            case Opcode.TEXT:
                self._fragments = bytearray(frame.data)
            case Opcode.CONT if self._fragments is not None:
                self._fragments += frame.data
                if frame.fin:
                    text, self._fragments = bytes(self._fragments), None
                    served.receive(text)
            case Opcode.BINARY | Opcode.CONT:
                served.receive_binary()
            case Opcode.PING | Opcode.PONG:
                served.heard()
            case _:
                pass

    def release(self) -> None:
        """Release what only the garbage collector would; nothing may be read after."""
        self._protocol.break_cycles()
