"""The byte stream of one connection: TCP, TLS over it, or a UNIX socket.

A stream has one *phase* at a time, the object that reads its bytes: a `RequestPhase`, then a
`WebSocketConnection` if the request opens one, and at last `ENDED`. Bytes that arrive go to the
phase. Those that it doesn't read at once wait here for their turn (`FairReads`), and the phase
reads a little of them in each. The outbox writes the output of one turn of the event loop
together. There are no tasks, queues or locks.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, cast

from camus_core.events import Timestamp

from ..http.connection_limits import ConnectionLimits, CountedConnection
from ..http.open_connections import CLOSING_SECONDS, OpenConnections
from ..server.fair_reads import FairReads
from .outbox import Outbox, Outboxes

_MAX_UNREAD = 16_384
"""Unread bytes over which the connection stops reading from the network."""


class Phase(Protocol):
    """The reader of a stream's bytes, by their present meaning: a request, frames, or nothing.

    A phase begins the next one itself, or closes the stream.
    """

    def receive(self, data: bytes) -> bytes:
        """Read bytes that have just arrived, if that may be done at once; return the rest."""

    def read(self, data: bytes) -> bytes:
        """Read some of the unread bytes, in their turn; return the rest."""

    def handle_eof(self) -> None:
        """Handle the end of the client's bytes, all of which have been read."""

    def handle_stall(self) -> None:
        """Handle a client that reads too slowly."""

    def end(self) -> None:
        """Release all that the phase holds: it gets no more calls from the stream."""


class _Ended:
    """The last phase: TCP is being closed, or is; bytes that still arrive are dropped."""

    def receive(self, data: bytes) -> bytes:
        return b""

    def read(self, data: bytes) -> bytes:
        return b""

    def handle_eof(self) -> None:
        pass

    def handle_stall(self) -> None:
        pass

    def end(self) -> None:
        pass


ENDED: Phase = _Ended()


class StreamListener(Protocol):
    """The listener, as its streams see it."""

    loop: asyncio.AbstractEventLoop
    outboxes: Outboxes
    fair_reads: FairReads
    connection_limits: ConnectionLimits
    connections: OpenConnections["Stream"]

    def begin(self, stream: "Stream", counted: CountedConnection) -> Phase:
        """Add a stream that is connected; return its first phase."""


class Stream(asyncio.Protocol):
    """The byte stream of one connection, from its acceptance to its end.

    It is a `Reader` of `FairReads`.

    Attributes:
        phase: The reader of the bytes, by their present meaning.
        accepted_at: The time of the event loop at which the connection was accepted, before
            the handshake of TLS.
    """

    __slots__ = (
        "_counted",
        "_deadline",
        "_has_eof",
        "_is_lost",
        "_is_paused",
        "_listener",
        "_transport",
        "_unread",
        "accepted_at",
        "busy_until",
        "outbox",
        "phase",
    )

    _transport: asyncio.Transport
    outbox: Outbox
    phase: Phase

    def __init__(
        self, listener: StreamListener, counted: CountedConnection | None = None
    ) -> None:
        self._listener = listener
        self._counted = counted
        self.accepted_at = listener.loop.time()
        self._deadline: asyncio.TimerHandle | None = None
        self._unread = b""
        self.busy_until = 0.0
        self._is_paused = False
        self._has_eof = False
        self._is_lost = False

    # Called by the event loop ----------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        listener = self._listener
        self._transport = cast(asyncio.Transport, transport)
        if self._counted is None:  # accepted by the event loop, and not by an `Acceptor`
            peer = transport.get_extra_info("peername")
            self._counted = listener.connection_limits.add(peer)
        self.outbox = Outbox(self._transport, listener.outboxes, self._handle_stall)
        self.phase = listener.begin(self, self._counted)

    def data_received(self, data: bytes) -> None:
        if not self._unread:
            data = self.phase.receive(data)
        if data:
            self._unread += data
            if len(self._unread) > _MAX_UNREAD:
                self._transport.pause_reading()
            self._listener.fair_reads.enqueue(self)

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
        self.outbox.pause()

    def resume_writing(self) -> None:
        self.outbox.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost = True
        self.cancel_deadline()
        self.outbox.close()
        if exc is None and self._has_eof and self._unread:
            return  # its unread bytes are still to be read
        self._finish()

    def _handle_stall(self) -> None:
        self.phase.handle_stall()

    # Reading, a little in each step ----------------------------------------------------

    def read_on(self) -> bool:
        """Read some of the unread bytes; return whether there is more to read now."""
        if self._is_paused or not self._unread:
            return False
        rest = self.phase.read(self._unread)
        self._unread = b"" if self.phase is ENDED else rest
        if self._unread:
            return True
        self._continue_reading()
        return False

    def _continue_reading(self) -> None:
        if self._is_paused:
            return
        if self._has_eof:
            self._handle_eof()
        elif not self._transport.is_closing():
            self._transport.resume_reading()

    def _handle_eof(self) -> None:
        self.phase.handle_eof()
        if self._is_lost:
            self._finish()
        elif self.phase is not ENDED:
            self.close()
        elif not self._transport.is_closing():
            self._transport.close()  # our half is closed already; the deadline stands

    # Called by the phases --------------------------------------------------------------

    @property
    def now(self) -> Timestamp:
        """The time of the event loop."""
        return Timestamp(self._listener.loop.time())

    def write(self, data: bytes) -> None:
        """Write bytes past the outbox, however many these are."""
        if not self._is_lost:
            self._transport.write(data)

    def pause(self) -> None:
        """Stop reading."""
        self._is_paused = True
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Go on reading."""
        self._is_paused = False
        if self._unread:
            self._listener.fair_reads.enqueue(self)
        else:
            self._continue_reading()

    def close(
        self, *, peer_may_send: bool = False, unsent_seconds: float = CLOSING_SECONDS
    ) -> None:
        """Write what waits, and close TCP; only our half at first if the peer may still send.

        Bytes that arrive after a full close make the system reset the connection, and the peer
        lose what was written.

        Args:
            unsent_seconds: the time for bytes that the system doesn't take at once.
        """
        self._end_phase()
        if self._is_lost or self._transport.is_closing():
            return
        self.outbox.write(is_last=True)
        if peer_may_send and not self._has_eof and self._transport.can_write_eof():
            with suppress(OSError):  # the peer has gone
                self._transport.write_eof()
        else:
            self._transport.close()
        is_unsent = self._transport.get_write_buffer_size() > 0
        self.set_deadline(unsent_seconds if is_unsent else CLOSING_SECONDS)

    def abort(self) -> None:
        """Cut the connection off, without a closing handshake."""
        self._end_phase()
        if self._is_lost:
            self._finish()
        else:
            self._transport.abort()

    def set_deadline(self, seconds: float, callback: Callable[[], None] | None = None) -> None:
        """Call `callback`, by default `abort`, after this time; replace an earlier deadline."""
        self.cancel_deadline()
        if not self._is_lost:
            self._deadline = self._listener.loop.call_later(seconds, callback or self.abort)

    def cancel_deadline(self) -> None:
        """Cancel the deadline, if there is one."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end_phase(self) -> None:
        phase, self.phase = self.phase, ENDED
        self._unread, self._is_paused = b"", False
        phase.end()

    def _finish(self) -> None:
        """Release all that the stream holds, once its last byte is read and TCP has ended."""
        self._end_phase()
        if self._counted is not None:
            self._listener.connection_limits.remove(self._counted)
        self._listener.connections.discard(self)
