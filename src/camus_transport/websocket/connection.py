"""The websockets transport: its Sans-I/O `ServerProtocol` under an `asyncio.Protocol`.

`heads` reads the request before the first frame, and `handshake` answers it. `ServerProtocol`
does the closing handshake and every frame but plain text, which `frames` reads and writes.
Nothing here is a task, a queue or a lock.
"""

import asyncio
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from camus_core.events import ConnectionId, Timestamp
from camus_core.token_bucket import TokenBucket
from camus_core.wire.errors import BINARY, FLOODED, NOT_UTF8, CloseCode

from ..http.connection_limits import CountedConnection
from ..http.handshake import Endpoint, Handshake, RequestHandler, Site
from ..http.refusals import Rejected
from ..http.request_head import RequestHead, RequestHeadReader
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
_log.setLevel(logging.WARNING)  # ServerProtocol has two lines to say of each connection

_PAUSE = 0.5
"""Seconds by which a handshake is given up too late for its client's part: this process stood
still, and the client gets its time anew.
"""

_CLOSING_SECONDS = 2.0
"""How long a peer may take to do its part of closing."""

_REFUSED_SECONDS = 1.0
"""How long a connection that is one too many may take to hear so."""

_OUT_OF_STEP = 1 << 62
"""Not a number of bytes: the handshake isn't done."""

_TEXTS_AT_ONCE = 8
_BYTES_AT_ONCE = 8192
_OTHER_BYTES_AT_ONCE = 1024
"""What of one connection is handled at once: plain frames, and bytes of them after which no
more is begun; bytes of other frames, of which a ping has six. All that isn't plain or has more
bytes waits for its turn.
"""

_MOST_UNREAD = 16_384
"""Bytes that wait until no more is taken from the network."""

_OTHER_FRAMES_PER_SECOND = 50.0
_OTHER_FRAMES_AT_ONCE = 1000.0
"""How many pings, pongs and fragments one client may send: as many as messages, by default."""


_EVERYWHERE = Site()


class _Protocol(ServerProtocol):
    """Takes it that a close frame may come in the middle of a message, as any control frame
    (RFC 6455, section 5.4).
    """

    def recv_frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None
        super().recv_frame(frame)

    def dissolve(self) -> None:
        """Break the cycles of its parser: to collect those of a flood takes 50 ms at once."""
        self.parser.close()
        self.parser_exc = self.handshake_exc = None


class WebSocketListener:
    """Takes WebSocket connections for one signaling server.

    Called, it makes the protocol of one connection, as `loop.create_server` and
    `loop.create_unix_server` want it.
    """

    def __init__(
        self,
        server: SignalingServer,
        request_handler: RequestHandler,
        site: Site = _EVERYWHERE,
    ) -> None:
        self.server = server
        self.request_handler = request_handler
        self.site = site
        self.loop = asyncio.get_running_loop()
        self.outboxes = Outboxes(self.loop, server.limits)
        self.fair_reads = server.fair_reads
        self.connections: set[WebSocketConnection] = set()
        self._all_gone = asyncio.Event()

    def __call__(self) -> "WebSocketConnection":
        return WebSocketConnection(self)

    def gone(self, connection: "WebSocketConnection") -> None:
        """A connection has ended."""
        self.connections.discard(connection)
        if not self.connections:
            self._all_gone.set()

    async def drain(self) -> None:
        """Wait until the connections that the server has closed are gone; cut off the rest."""
        if not self.connections:
            return
        self._all_gone.clear()
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._all_gone.wait()
        except TimeoutError:
            for connection in list(self.connections):
                connection.abort()


class WebSocketConnection(asyncio.Protocol):
    """One connection: bytes in, whole texts to the server, texts from the server out."""

    __slots__ = (
        "_accepted_at",
        "_bucket",
        "_counted",
        "_deadline",
        "_fragments",
        "_has_ended",
        "_head",
        "_head_reader",
        "_id",
        "_is_lost",
        "_limit",
        "_listener",
        "_open",
        "_outbox",
        "_paused",
        "_protocol",
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
        self._id: ConnectionId | None = None
        self._head = b""
        self._head_reader: RequestHeadReader | None = RequestHeadReader(
            listener.server.limits.request_head_bytes
        )
        self._fragments: bytearray | None = None
        self._unparsed = _OUT_OF_STEP
        self._open = False
        self._bucket: TokenBucket | None = None
        self._unread = b""
        self.busy_until = 0.0
        self._paused = False
        self._has_ended = False
        self._is_lost = False

    # What the event loop calls ---------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        listener = self._listener
        self._transport = cast(asyncio.Transport, transport)
        if self._counted is None:  # accepted by the event loop, and not by an `Acceptor`
            peer = transport.get_extra_info("peername")
            self._counted = listener.request_handler.connection_limits.add(peer)
        listener.connections.add(self)
        self._outbox = Outbox(self._transport, listener.outboxes, self._stall)
        deadline = self._accepted_at + self.handshake_seconds
        self._deadline = listener.loop.call_at(deadline, self._give_up)

    def data_received(self, data: bytes) -> None:
        fair_reads = self._listener.fair_reads
        if (
            not self._unread
            and self._hears_texts
            and len(self._head) + len(data) <= _BYTES_AT_ONCE
            and fair_reads.begin_read(self)
        ):
            data = self._read_texts(data)
            fair_reads.end_read(self)
        if data:
            if self._head_reader is None and self._unparsed == _OUT_OF_STEP:
                return  # a request is answered, and nothing behind it is read
            self._unread += data
            if len(self._unread) > _MOST_UNREAD:
                self._transport.pause_reading()
            fair_reads.enqueue(self)

    def eof_received(self) -> bool:
        """The peer sends no more. What it has sent is read in its turn, and then TCP closed,
        unless that is done already: asyncio always does it under TLS.
        """
        self._has_ended = True
        if not self._unread:
            self._hear_end()
            return False
        return self._transport.get_extra_info("sslcontext") is None

    def pause_writing(self) -> None:
        self._outbox.pause()

    def resume_writing(self) -> None:
        self._outbox.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()
        self._outbox.close()
        self._open = False
        if exc is None and self._has_ended and self._unread:
            self._is_lost = True  # what it has said before is still to be read
        else:
            self._depart()

    def _depart(self) -> None:
        """Leave nothing behind."""
        self._unread = b""
        if self._counted is not None:
            self._listener.request_handler.connection_limits.remove(self._counted)
        self._leave()
        if self._protocol is not None:
            self._protocol.dissolve()
        self._listener.gone(self)

    # What the server calls -------------------------------------------------------------

    def send(self, frame: bytes) -> bool:
        if not self._open or self._outbox.put(text_head(len(frame)), frame):
            return True
        self._outbox.discard()  # or the close frame would find no place either
        return False

    def close(self, code: int, reason: str) -> None:
        self._open, self._id = False, None
        if self._is_lost:
            self.resume()
            return
        protocol = self._state_machine()
        if protocol.state is State.OPEN:
            protocol.send_close(code, reason)
            self._write_protocol(protocol)
            self._arm_deadline(_CLOSING_SECONDS)
            self.resume()

    def pause(self) -> None:
        self._paused = True
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        self._paused = False
        if self._unread:
            self._listener.fair_reads.enqueue(self)
        else:
            self._go_on_reading()

    def abort(self) -> None:
        """Cut the connection off."""
        self._unread = b""
        if self._is_lost:
            self._depart()
        else:
            self._transport.abort()

    # What comes, a little of it at once ------------------------------------------------

    @property
    def _hears_texts(self) -> bool:
        """Whether a frame begins here, and no fragment."""
        return self._unparsed == 0 and self._fragments is None

    def read_on(self) -> bool:
        """Read a little of what waits; tell whether to go on."""
        if self._paused or not self._unread:
            return False
        self._unread = self._read(self._unread)
        if self._unread:
            return True
        self._go_on_reading()
        return False

    def _go_on_reading(self) -> None:
        if self._paused:
            return
        if self._has_ended:
            self._hear_end()
            if self._is_lost:
                self._depart()
            else:
                self._transport.close()
        elif not self._transport.is_closing():
            self._transport.resume_reading()

    def _hear_end(self) -> None:
        if self._protocol is not None:
            self._protocol.receive_eof()
        elif self._head_reader is not None and self._head_reader.has_begun:
            self._refuse(
                Rejected(HTTPStatus.BAD_REQUEST, "the request ends before its head does")
            )

    def _read(self, data: bytes) -> bytes:
        """Read some of it; return the rest."""
        if self._unparsed == _OUT_OF_STEP:
            return self._read_request(data)
        if self._hears_texts:
            size = len(self._head) + len(data)
            data = self._read_texts(data)
            if len(data) < size:
                return data
            if self._protocol is None and is_plain_close(data):
                self._hear_close()
                return b""
        self._parse(data[:_OTHER_BYTES_AT_ONCE])
        is_over = self._transport.is_closing() and not self._is_lost
        return b"" if is_over else data[_OTHER_BYTES_AT_ONCE:]

    def _read_texts(self, data: bytes) -> bytes:
        """Hear plain frames; return what is behind them."""
        if self._head:
            data = self._head + data
            self._head = b""
        texts: list[bytes] = []
        data = data[read_texts(data, self._limit, _TEXTS_AT_ONCE, _BYTES_AT_ONCE, texts) :]
        for text in texts:
            self._heard_text(text)
        if data and not texts and may_become_text(data, self._limit):
            self._head = data
            return b""
        return data

    # The handshake ---------------------------------------------------------------------

    @property
    def handshake_seconds(self) -> float:
        """How long the handshake may take, that of TLS before it too."""
        if self._counted is not None and self._counted.refusal is not None:
            return _REFUSED_SECONDS
        return self._server.limits.handshake_seconds

    def _read_request(self, data: bytes) -> bytes:
        """Read what comes before the handshake is done, and its end; return what is behind."""
        if self._head_reader is None:  # it is answered
            return b""
        try:
            found = self._head_reader.read(data)
        except Rejected as rejected:
            self._refuse(rejected)
            return b""
        if found is None:
            return b""
        head, rest = found
        listener = self._listener
        response, address = listener.request_handler.answer(
            head, listener.site, self._identify(head.headers)
        )
        if address is None:
            self._answer(response)
            return b""
        self._head_reader = None
        self._outbox.put(response, b"")
        self._unparsed = 0
        self._enter(address, head)
        return rest

    def _answer(self, response: bytes) -> None:
        """Say the last thing to a client that opens no WebSocket; what it still sends is read
        and dropped.
        """
        self._head_reader = None
        self._transport.write(response)  # a page may be larger than what may wait
        self._end(is_still_heard=True)

    def _identify(self, headers: Mapping[str, str]) -> CountedConnection:
        """Return who this is, now that the request says so."""
        assert self._counted is not None  # since `connection_made`
        self._listener.request_handler.connection_limits.identify(self._counted, headers)
        return self._counted

    def _give_up(self) -> None:
        """The handshake has taken too long, unless this process stood still meanwhile."""
        if self._listener.loop.time() - self._deadline.when() > _PAUSE:
            self._deadline = self._listener.loop.call_later(
                self.handshake_seconds, self._give_up
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
        self._answer(self._listener.request_handler.reject(rejected, self._counted))

    def _enter(self, address: Endpoint, head: RequestHead) -> None:
        self._deadline.cancel()
        self._open = True
        self._listener.fair_reads.register(self)
        group = self._identify(head.headers).address
        connection_id = self._server.connect(
            self,
            address.room_id,
            address.profile,
            address=group,
            handshake=Handshake.read(head.target, head.headers, group)
            if self._server.wants_handshakes
            else None,
        )
        if self._open:
            self._id = connection_id

    # Everything but plain text ---------------------------------------------------------

    def _state_machine(self) -> _Protocol:
        """Return the `ServerProtocol`, made when it is wanted first."""
        if self._protocol is None:
            self._protocol = _Protocol(state=State.OPEN, max_size=self._limit, logger=_log)
        return self._protocol

    def _parse(self, data: bytes) -> None:
        """Feed `ServerProtocol`, and count what it still holds of a frame that isn't whole."""
        protocol = self._state_machine()
        protocol.receive_data(data)
        self._unparsed += len(data)
        if protocol.state is State.OPEN:
            self._write_protocol(protocol)  # pongs, before what the frames behind them bring
        for event in protocol.events_received():
            if isinstance(event, Frame):
                self._unparsed -= wire_size(event)
                self._heard_frame(event)
        if protocol.state is not State.OPEN:
            close = protocol.close_rcvd or protocol.close_sent
            self._leave(close.code if close else None)
        self._write_protocol(protocol)

    def _heard_frame(self, frame: Frame) -> None:
        if frame.opcode is not Opcode.TEXT and not self._may_send_more():
            self._fail(FLOODED)
            return
        match frame.opcode:
            case Opcode.TEXT if frame.fin:
                self._heard_text(bytes(frame.data))
            case Opcode.TEXT:
                self._fragments = bytearray(frame.data)
            case Opcode.CONT if self._fragments is not None:
                self._fragments += frame.data
                if frame.fin:
                    text, self._fragments = bytes(self._fragments), None
                    self._heard_text(text)
            case Opcode.BINARY | Opcode.CONT:
                self._fail(BINARY)
            case Opcode.PING | Opcode.PONG if self._id is not None:
                self._server.kept_alive(self._id)
            case _:
                pass

    def _may_send_more(self) -> bool:
        """Take a token for a frame that is no message: pongs and fragments cost too."""
        now = Timestamp(self._listener.loop.time())
        if self._bucket is None:
            self._bucket = TokenBucket.full(
                _OTHER_FRAMES_PER_SECOND, _OTHER_FRAMES_AT_ONCE, now
            )
        return self._bucket.acquire(1.0, now)

    def _heard_text(self, text: bytes) -> None:
        if self._id is None:
            return
        if not text.isascii():
            try:
                text.decode()
            except UnicodeDecodeError:
                self._fail(NOT_UTF8)
                return
        self._server.receive(self._id, text)

    def _hear_close(self) -> None:
        """Answer a close frame, and close TCP: the peer sends no more."""
        self._leave(1000)
        self._outbox.put(CLOSE_1000, b"")
        self._outbox.write()
        self._transport.close()
        if self._transport.get_write_buffer_size():
            self._arm_deadline(_CLOSING_SECONDS)

    def _fail(self, code: CloseCode) -> None:
        self._leave(code.code)
        self.close(code.code, code.meaning)

    def _stall(self) -> None:
        if self._id is not None:
            self._server.overflowed(self._id)

    def _leave(self, code: int | None = None) -> None:
        self._open = False
        if self._id is not None:
            connection_id, self._id = self._id, None
            self._server.disconnect(connection_id, code)

    def _write_protocol(self, protocol: ServerProtocol) -> None:
        """Write what `ServerProtocol` has to say, after what waits already."""
        for data in protocol.data_to_send():
            if not data:
                self._end(is_still_heard=protocol.close_rcvd is None)
            elif not self._outbox.put(data, b""):
                self.abort()  # a reader that has stalled, and goes on asking for pongs

    def _end(self, is_still_heard: bool) -> None:
        """Close TCP: our half first where the peer may be sending, or a reset would eat
        what we have written.
        """
        self._outbox.write()
        if is_still_heard and self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()
        # What a page weighs takes its time on a bad network.
        slow = self._unparsed == _OUT_OF_STEP and self._transport.get_write_buffer_size()
        limits = self._server.limits
        self._arm_deadline(limits.handshake_seconds if slow else _CLOSING_SECONDS)

    def _arm_deadline(self, seconds: float) -> None:
        self._deadline.cancel()
        self._deadline = self._listener.loop.call_later(seconds, self.abort)
