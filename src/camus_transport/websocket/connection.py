"""One WebSocket: messages from its client to the server, and frames from the server to it.

Plain text frames are read and written by `frames`. All other frames, and the closing handshake,
are left to `OtherFrames`, which is made for the first of them.
"""

from websockets.protocol import State

from ..http.open_connections import CLOSING_SECONDS
from ..server.fair_reads import FairReads
from ..server.served_connection import ServedConnection
from .frames import CLOSE_1000, is_plain_close, may_become_text, read_texts, text_head
from .other_frames import OtherFrames
from .stream import Stream

_TEXTS_AT_ONCE = 8
_BYTES_AT_ONCE = 8192
_OTHER_BYTES_AT_ONCE = 1024
"""The amounts read from one connection in a step: plain frames, bytes of them after which no
other is begun, and bytes of other frames, of which a ping has six.
"""

_BYTES_UNTIMED = 2048
"""Bytes of frames that are read at once after which the time is looked at: eight candidates."""


class WebSocketConnection:
    """One WebSocket of a client, from its opening to its end.

    It is a `Connection` of the core, and the phase of its stream.

    Attributes:
        state: `OPEN`; `CLOSING` once the server has closed it, until the client has answered;
            `CLOSED` once the client has closed it, or has answered, or is gone.
        served: The server's end, to which the WebSocket reports.
    """

    __slots__ = (
        "_fair_reads",
        "_limit",
        "_others",
        "_outbox",
        "_partial_frame",
        "_stream",
        "served",
        "state",
    )

    served: ServedConnection

    def __init__(self, stream: Stream, fair_reads: FairReads, limit: int) -> None:
        self._stream = stream
        self._outbox = stream.outbox
        self._fair_reads = fair_reads
        self._limit = limit
        self._others: OtherFrames | None = None
        self._partial_frame = b""
        self.state = State.OPEN

    # Called by the server --------------------------------------------------------------

    def send(self, frame: bytes) -> bool:
        if self.state is not State.OPEN or self._outbox.put(text_head(len(frame)), frame):
            return True
        self._outbox.discard()  # else the close frame wouldn't fit either
        return False

    def close(self, code: int, reason: str) -> None:
        if self.state is not State.OPEN:
            return
        self.state = State.CLOSING
        others = self._get_others()
        if others.is_open:  # else the client's close frame is being answered
            others.send_close(code, reason)
            self._write_output(others)
            self._stream.set_deadline(CLOSING_SECONDS)
            self._stream.resume()

    def pause(self) -> None:
        self._stream.pause()

    def resume(self) -> None:
        self._stream.resume()

    # Called by the stream --------------------------------------------------------------

    def receive(self, data: bytes) -> bytes:
        """Read plain frames while that is fair to others; return the rest."""
        if self._is_at_frame_start and self._fair_reads.begin_read(self._stream):
            data = self._read_texts(data, at_once=True)
            self._fair_reads.end_read(self._stream)
        return data

    def read(self, data: bytes) -> bytes:
        if self._is_at_frame_start:
            size = len(self._partial_frame) + len(data)
            data = self._read_texts(data)
            if len(data) < size:
                return data
            if self._others is None and is_plain_close(data):
                self._handle_plain_close()
                return b""
        self._read_others(data[:_OTHER_BYTES_AT_ONCE])
        return data[_OTHER_BYTES_AT_ONCE:]

    def handle_eof(self) -> None:
        """Leave all to `end`, which the stream calls next."""

    def handle_stall(self) -> None:
        self.served.overflowed()

    def end(self) -> None:
        self._end()
        if self._others is not None:
            self._others.release()

    def _end(self, code: int | None = None) -> None:
        """Tell the server that the client has gone, unless the server has closed first."""
        was_open, self.state = self.state is State.OPEN, State.CLOSED
        if was_open:
            self.served.closed(code)

    # Plain frames ----------------------------------------------------------------------

    @property
    def _is_at_frame_start(self) -> bool:
        return self._others is None or self._others.is_at_frame_start

    def _read_texts(self, data: bytes, *, at_once: bool = False) -> bytes:
        """Handle the plain frames at the start of the data, a few of them; return the rest.

        Args:
            at_once: Leave frames of more than 8 KiB to their turn, and go on after others while
                that is fair.
        """
        if self._partial_frame:
            data = self._partial_frame + data
            self._partial_frame = b""
        limit, max_bytes = self._limit, _BYTES_AT_ONCE
        if at_once:
            limit, max_bytes = min(limit, _BYTES_AT_ONCE), _BYTES_UNTIMED
        end, left = 0, _TEXTS_AT_ONCE
        while True:
            texts: list[bytes] = []
            end = read_texts(data, end, limit, left, max_bytes, texts)
            for text in texts:
                self.served.receive(text)
            left -= len(texts)
            if not (texts and at_once and left and self._fair_reads.may_go_on()):
                break
        rest = data[end:]
        if rest and not texts and may_become_text(rest, limit):
            self._partial_frame = rest
            return b""
        return rest

    def _handle_plain_close(self) -> None:
        """Answer a close frame with code 1000, and close TCP."""
        self._end(1000)
        self._outbox.put(CLOSE_1000, b"")
        self._stream.close()

    # Other frames ----------------------------------------------------------------------

    def _get_others(self) -> OtherFrames:
        if self._others is None:
            self._others = OtherFrames(self._limit, self._stream.now)
        return self._others

    def _read_others(self, data: bytes) -> None:
        others = self._get_others()
        others.receive(data)
        if others.is_open:
            # Pongs leave before the answers to the frames behind their pings.
            self._write_output(others)
        others.report(self.served, self._stream.now)
        if not others.is_open:
            self._end(others.close_code)
        self._write_output(others)

    def _write_output(self, others: OtherFrames) -> None:
        """Write the output of `OtherFrames`, after the bytes that wait in the outbox."""
        for data in others.take_output():
            if not data:
                self._stream.close(peer_may_send=not others.is_close_received)
            elif not self._outbox.put(data, b""):
                self._stream.abort()  # the client has stalled, and goes on sending pings
