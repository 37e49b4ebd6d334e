"""WebSocket connections: an `asyncio.Protocol` around the Sans-I/O `ServerProtocol`.

The bytes of a connection pass through three stages. `http.request_head` reads the request, and
`http.handshake` answers it. Plain text frames are read and written by `frames`. All other
frames, and the closing handshake, are left to `ServerProtocol` of the websockets library, which
is made when one of these comes first. `FairReads` decides when the bytes are read: at once, or
a little of them in each turn of the event loop. The outbox writes what one turn has produced.
There are no tasks, queues or locks.
"""

import asyncio
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from camus_core.events import Timestamp
from camus_core.token_bucket import TokenBucket
from camus_core.wire.errors import FLOODED

from ..http.connection_limits import CountedConnection
from ..http.handshake import Endpoint, Handshake, RequestHandler, Site
from ..http.refusals import Rejected
from ..http.request_head import RequestHead, RequestHeadReader
from ..server.served_connection import ServedConnection
from ..server.server import SignalingServer
from .frames import (
    CLOSE_1000,
    is_plain_close,
    may_become_text,
    read_texts,
    text_head,
    wire_size,
)
from .outbox import Outbox, Outboxes

_log = logging.getLogger("camus.websocket")
_log.setLevel(logging.WARNING)  # ServerProtocol logs two lines for each connection

_LATE_SECONDS = 0.5
"""A handshake timeout that is this late means that this process was suspended: the client gets
its time again.
"""

_CLOSING_SECONDS = 2.0
"""Seconds for the peer's part of closing; it is cut off after them."""

_REFUSAL_SECONDS = 1.0
"""Seconds for the handshake of a connection over a limit, which is refused."""

_BEFORE_HANDSHAKE = 1 << 62
"""The value of `_unparsed` until the handshake is done: larger than any number of bytes."""

_TEXTS_AT_ONCE = 8
_BYTES_AT_ONCE = 8192
_OTHER_BYTES_AT_ONCE = 1024
"""The amounts read from one connection in a step: plain frames, bytes of them after which no
other is begun, and bytes of other frames, of which a ping has six.
"""

_MAX_UNREAD = 16_384
"""Unread bytes over which the connection stops reading from the network."""

_OTHER_FRAMES_PER_SECOND = 50.0
_OTHER_FRAMES_AT_ONCE = 1000.0
"""The rate and the burst of pings, pongs and fragments from one client: as for its messages, by
default.
"""

_DEFAULT_SITE = Site()
"""Any host, WebSockets alone, no TLS."""


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


class WebSocketListener:
    """The WebSocket connections of one site of a signaling server.

    An instance is a protocol factory for `loop.create_server` and `loop.create_unix_server`.
    """

    def __init__(
        self,
        server: SignalingServer,
        request_handler: RequestHandler,
        site: Site = _DEFAULT_SITE,
    ) -> None:
        self.server = server
        self.request_handler = request_handler
        self.site = site
        self.loop = asyncio.get_running_loop()
        self.outboxes = Outboxes(self.loop, server.limits)
        self.fair_reads = server.fair_reads
        self.connections: set[WebSocketConnection] = set()
        self._all_closed = asyncio.Event()

    def __call__(self) -> "WebSocketConnection":
        return WebSocketConnection(self)

    def remove(self, connection: "WebSocketConnection") -> None:
        """Forget a connection that has ended."""
        self.connections.discard(connection)
        if not self.connections:
            self._all_closed.set()

    async def drain(self) -> None:
        """Wait until the connections that the server closed have ended; cut off the others."""
        if not self.connections:
            return
        self._all_closed.clear()
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._all_closed.wait()
        except TimeoutError:
            for connection in list(self.connections):
                connection.abort()


class WebSocketConnection(asyncio.Protocol):
    """One connection of a client: reads texts from it for the server, and writes its texts.

    It is a `Connection` of the core, and a `Reader` of `FairReads`.
    """

    __slots__ = (
        "_accepted_at",
        "_counted",
        "_deadline",
        "_fragments",
        "_frame_bucket",
        "_has_eof",
        "_head_reader",
        "_is_connection_lost",
        "_is_open",
        "_is_paused",
        "_limit",
        "_listener",
        "_outbox",
        "_partial_frame",
        "_protocol",
        "_served",
        "_server",
        "_transport",
        "_unparsed",
        "_unread",
        "busy_until",
    )

    _transport: asyncio.Transport
    _outbox: Outbox
    _deadline: asyncio.TimerHandle

    def __init__(
        self, listener: WebSocketListener, counted: CountedConnection | None = None
    ) -> None:
        self._listener = listener
        self._counted = counted
        self._accepted_at = listener.loop.time()
        self._server = listener.server
        self._limit = listener.server.limits.frame_bytes
        self._protocol: _Protocol | None = None
        self._served: ServedConnection | None = None
        self._partial_frame = b""
        self._head_reader: RequestHeadReader | None = RequestHeadReader(
            listener.server.limits.request_head_bytes
        )
        self._fragments: bytearray | None = None
        self._unparsed = _BEFORE_HANDSHAKE
        self._is_open = False
        self._frame_bucket: TokenBucket | None = None
        self._unread = b""
        self.busy_until = 0.0
        self._is_paused = False
        self._has_eof = False
        self._is_connection_lost = False

    # Called by the event loop ----------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        listener = self._listener
        self._transport = cast(asyncio.Transport, transport)
        if self._counted is None:  # accepted by the event loop, and not by an `Acceptor`
            peer = transport.get_extra_info("peername")
            self._counted = listener.request_handler.connection_limits.add(peer)
        listener.connections.add(self)
        self._outbox = Outbox(self._transport, listener.outboxes, self._report_stall)
        deadline = self._accepted_at + self.handshake_seconds
        self._deadline = listener.loop.call_at(deadline, self._handle_timeout)

    def data_received(self, data: bytes) -> None:
        fair_reads = self._listener.fair_reads
        if (
            not self._unread
            and self._is_at_frame_start
            and len(self._partial_frame) + len(data) <= _BYTES_AT_ONCE
            and fair_reads.begin_read(self)
        ):
            data = self._read_texts(data)
            fair_reads.end_read(self)
        if data:
            if self._head_reader is None and self._unparsed == _BEFORE_HANDSHAKE:
                return  # a request was answered without opening a WebSocket
            self._unread += data
            if len(self._unread) > _MAX_UNREAD:
                self._transport.pause_reading()
            fair_reads.enqueue(self)

    def eof_received(self) -> bool:
        """Note that the peer sends no more; return whether TCP stays open until its unread
        bytes have been read. Under TLS asyncio doesn't allow that.
        """
        self._has_eof = True
        if not self._unread:
            self._handle_eof()
            return False
        return self._transport.get_extra_info("sslcontext") is None

    def pause_writing(self) -> None:
        self._outbox.pause()

    def resume_writing(self) -> None:
        self._outbox.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()
        self._outbox.close()
        self._is_open = False
        if exc is None and self._has_eof and self._unread:
            self._is_connection_lost = True  # its unread bytes are still to be read
        else:
            self._clean_up()

    def _clean_up(self) -> None:
        """Release all that the connection holds, and tell the server that it has ended."""
        self._unread = b""
        if self._counted is not None:
            self._listener.request_handler.connection_limits.remove(self._counted)
        self._disconnect()
        if self._protocol is not None:
            self._protocol.break_cycles()
        self._listener.remove(self)

    # Called by the server --------------------------------------------------------------

    def send(self, frame: bytes) -> bool:
        if not self._is_open or self._outbox.put(text_head(len(frame)), frame):
            return True
        self._outbox.discard()  # else the close frame wouldn't fit either
        return False

    def close(self, code: int, reason: str) -> None:
        self._is_open = False
        if self._is_connection_lost:
            self.resume()
            return
        protocol = self._get_protocol()
        if protocol.state is State.OPEN:
            protocol.send_close(code, reason)
            self._write_protocol_output(protocol)
            self._set_deadline(_CLOSING_SECONDS)
            self.resume()

    def pause(self) -> None:
        self._is_paused = True
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        self._is_paused = False
        if self._unread:
            self._listener.fair_reads.enqueue(self)
        else:
            self._continue_reading()

    def abort(self) -> None:
        """Cut the connection off, without a closing handshake."""
        self._unread = b""
        if self._is_connection_lost:
            self._clean_up()
        else:
            self._transport.abort()

    # Reading, a little in each step ----------------------------------------------------

    @property
    def _is_at_frame_start(self) -> bool:
        """True if the next byte begins a frame, and no fragmented message is incomplete."""
        return self._unparsed == 0 and self._fragments is None

    def read_on(self) -> bool:
        """Read some of the unread bytes; return whether there is more to read now."""
        if self._is_paused or not self._unread:
            return False
        self._unread = self._read_some(self._unread)
        if self._unread:
            return True
        self._continue_reading()
        return False

    def _continue_reading(self) -> None:
        if self._is_paused:
            return
        if self._has_eof:
            self._handle_eof()
            if self._is_connection_lost:
                self._clean_up()
            else:
                self._transport.close()
        elif not self._transport.is_closing():
            self._transport.resume_reading()

    def _handle_eof(self) -> None:
        if self._protocol is not None:
            self._protocol.receive_eof()
        elif self._head_reader is not None and self._head_reader.has_begun:
            self._refuse(
                Rejected(HTTPStatus.BAD_REQUEST, "the request ends before its head does")
            )

    def _read_some(self, data: bytes) -> bytes:
        """Read some of the data; return the rest."""
        if self._unparsed == _BEFORE_HANDSHAKE:
            return self._read_request(data)
        if self._is_at_frame_start:
            size = len(self._partial_frame) + len(data)
            data = self._read_texts(data)
            if len(data) < size:
                return data
            if self._protocol is None and is_plain_close(data):
                self._handle_plain_close()
                return b""
        self._feed_protocol(data[:_OTHER_BYTES_AT_ONCE])
        is_over = self._transport.is_closing() and not self._is_connection_lost
        return b"" if is_over else data[_OTHER_BYTES_AT_ONCE:]

    def _read_texts(self, data: bytes) -> bytes:
        """Handle the plain frames at the start of the data; return the rest."""
        if self._partial_frame:
            data = self._partial_frame + data
            self._partial_frame = b""
        texts: list[bytes] = []
        data = data[read_texts(data, self._limit, _TEXTS_AT_ONCE, _BYTES_AT_ONCE, texts) :]
        if texts:
            receive = self._get_served().receive
            for text in texts:
                receive(text)
        if data and not texts and may_become_text(data, self._limit):
            self._partial_frame = data
            return b""
        return data

    # The handshake ---------------------------------------------------------------------

    @property
    def handshake_seconds(self) -> float:
        """The seconds that the handshake may take, including that of TLS."""
        if self._counted is not None and self._counted.refusal is not None:
            return _REFUSAL_SECONDS
        return self._server.limits.handshake_seconds

    def _read_request(self, data: bytes) -> bytes:
        """Read the request, and answer it once it is complete; return the bytes behind it."""
        if self._head_reader is None:  # the request was answered
            return b""
        try:
            result = self._head_reader.read(data)
        except Rejected as rejected:
            self._refuse(rejected)
            return b""
        if result is None:
            return b""
        head, rest = result
        listener = self._listener
        response, endpoint = listener.request_handler.answer(
            head, listener.site, self._identify(head.headers)
        )
        if endpoint is None:
            self._respond_and_close(response)
            return b""
        self._head_reader = None
        self._outbox.put(response, b"")
        self._unparsed = 0
        self._open_websocket(endpoint, head)
        return rest

    def _respond_and_close(self, response: bytes) -> None:
        """Send a response that opens no WebSocket, and drop what the client sends after."""
        self._head_reader = None
        self._transport.write(response)  # a page may be larger than an outbox
        self._close_tcp(peer_may_send=True)

    def _identify(self, headers: Mapping[str, str]) -> CountedConnection:
        """Count the connection for the client that the request's headers name."""
        assert self._counted is not None  # since `connection_made`
        self._listener.request_handler.connection_limits.identify(self._counted, headers)
        return self._counted

    def _handle_timeout(self) -> None:
        """End a handshake that has taken too long, unless this process was suspended."""
        if self._listener.loop.time() - self._deadline.when() > _LATE_SECONDS:
            self._deadline = self._listener.loop.call_later(
                self.handshake_seconds, self._handle_timeout
            )
            return
        reason = f"no request within {self.handshake_seconds:g} s"
        if self._head_reader is not None and self._head_reader.has_begun:
            self._refuse(Rejected(HTTPStatus.REQUEST_TIMEOUT, reason))
        else:
            self._listener.request_handler.refusals.add(self._counted, reason)
            self.abort()

    def _refuse(self, rejected: Rejected) -> None:
        assert self._counted is not None  # since `connection_made`
        self._respond_and_close(self._listener.request_handler.reject(rejected, self._counted))

    def _open_websocket(self, endpoint: Endpoint, head: RequestHead) -> None:
        self._deadline.cancel()
        self._is_open = True
        self._listener.fair_reads.register(self)
        client_address = self._identify(head.headers).address
        self._served = self._server.connect(
            self,
            endpoint.room_id,
            endpoint.profile,
            address=client_address,
            handshake=Handshake(head.target, head.headers, client_address)
            if self._server.wants_handshakes
            else None,
        )

    # All but plain text frames ---------------------------------------------------------

    def _get_protocol(self) -> _Protocol:
        """Return the connection's `ServerProtocol`; make it at the first call."""
        if self._protocol is None:
            self._protocol = _Protocol(state=State.OPEN, max_size=self._limit, logger=_log)
        return self._protocol

    def _feed_protocol(self, data: bytes) -> None:
        """Feed `ServerProtocol`, and count the bytes that it holds of an incomplete frame."""
        protocol = self._get_protocol()
        protocol.receive_data(data)
        self._unparsed += len(data)
        if protocol.state is State.OPEN:
            # Pongs leave before the answers to the frames behind their pings.
            self._write_protocol_output(protocol)
        for event in protocol.events_received():
            if isinstance(event, Frame):
                self._unparsed -= wire_size(event)
                self._handle_frame(event)
        if protocol.state is not State.OPEN:
            close = protocol.close_rcvd or protocol.close_sent
            self._disconnect(close.code if close else None)
        self._write_protocol_output(protocol)

    def _handle_frame(self, frame: Frame) -> None:
        if frame.opcode is not Opcode.TEXT and not self._acquire_unit():
            self._get_served().fail(FLOODED)
            return
        match frame.opcode:
            case Opcode.TEXT if frame.fin:
                self._get_served().receive(bytes(frame.data))
            case Opcode.TEXT:
                self._fragments = bytearray(frame.data)
            case Opcode.CONT if self._fragments is not None:
                self._fragments += frame.data
                if frame.fin:
                    text, self._fragments = bytes(self._fragments), None
                    self._get_served().receive(text)
            case Opcode.BINARY | Opcode.CONT:
                self._get_served().receive_binary()
            case Opcode.PING | Opcode.PONG:
                self._get_served().heard()
            case _:
                pass

    def _acquire_unit(self) -> bool:
        """Acquire a unit of the token bucket for a frame that isn't a whole text message."""
        now = Timestamp(self._listener.loop.time())
        if self._frame_bucket is None:
            self._frame_bucket = TokenBucket.full(
                _OTHER_FRAMES_PER_SECOND, _OTHER_FRAMES_AT_ONCE, now
            )
        return self._frame_bucket.acquire(1.0, now)

    def _handle_plain_close(self) -> None:
        """Answer a close frame with code 1000, and close TCP."""
        self._disconnect(1000)
        self._outbox.put(CLOSE_1000, b"")
        self._outbox.write()
        self._transport.close()
        if self._transport.get_write_buffer_size():
            self._set_deadline(_CLOSING_SECONDS)

    def _get_served(self) -> ServedConnection:
        assert self._served is not None  # since the handshake
        return self._served

    def _report_stall(self) -> None:
        """Tell the server that the client reads too slowly."""
        if self._served is not None:
            self._served.overflowed()

    def _disconnect(self, code: int | None = None) -> None:
        """Tell the server that the client has gone."""
        self._is_open = False
        if self._served is not None:
            self._served.closed(code)

    def _write_protocol_output(self, protocol: ServerProtocol) -> None:
        """Write the output of `ServerProtocol`, after the bytes that wait in the outbox."""
        for data in protocol.data_to_send():
            if not data:
                self._close_tcp(peer_may_send=protocol.close_rcvd is None)
            elif not self._outbox.put(data, b""):
                self.abort()  # the client has stalled, and goes on sending pings

    def _close_tcp(self, peer_may_send: bool) -> None:
        """Close TCP; only our half at first if the peer may still send.

        Bytes that arrive after a full close make the system reset the connection, and the peer
        lose what was written.
        """
        self._outbox.write()
        if peer_may_send and self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()
        # A large page takes longer on a bad network.
        is_writing_page = (
            self._unparsed == _BEFORE_HANDSHAKE and self._transport.get_write_buffer_size()
        )
        limits = self._server.limits
        self._set_deadline(limits.handshake_seconds if is_writing_page else _CLOSING_SECONDS)

    def _set_deadline(self, seconds: float) -> None:
        self._deadline.cancel()
        self._deadline = self._listener.loop.call_later(seconds, self.abort)
