"""The first phase of a stream: its request is read and answered.

`http.request_head` reads the request, and `http.handshake` decides its answer: the opening of a
WebSocket, a page or a refusal.
"""

from http import HTTPStatus

from camus_core.limits import Limits

from ..http.connection_limits import CountedConnection
from ..http.handshake import Endpoint, Handshake, RequestHandler, Site
from ..http.refusals import Rejected
from ..http.request_head import RequestHead, RequestHeadReader
from ..server.server import SignalingServer
from .connection import WebSocketConnection
from .stream import Stream

_LATE_SECONDS = 0.5
"""A handshake timeout that is this late means that this process was suspended: the client gets
its time again.
"""

_REFUSAL_SECONDS = 1.0
"""Seconds for the handshake of a connection over a limit, which is refused."""


def handshake_seconds(counted: CountedConnection, limits: Limits) -> float:
    """Return the seconds that a handshake may take, including that of TLS."""
    return limits.handshake_seconds if counted.refusal is None else _REFUSAL_SECONDS


class RequestPhase:
    """The wait for the request of a stream, within its time, and the answer."""

    __slots__ = (
        "_counted",
        "_deadline",
        "_head_reader",
        "_request_handler",
        "_seconds",
        "_server",
        "_site",
        "_stream",
    )

    def __init__(
        self,
        stream: Stream,
        counted: CountedConnection,
        server: SignalingServer,
        request_handler: RequestHandler,
        site: Site,
    ) -> None:
        self._stream = stream
        self._counted = counted
        self._server = server
        self._request_handler = request_handler
        self._site = site
        self._head_reader = RequestHeadReader(server.limits.request_head_bytes)
        self._seconds = handshake_seconds(counted, server.limits)
        self._set_deadline(stream.accepted_at + self._seconds)

    def receive(self, data: bytes) -> bytes:
        """Leave all requests to their turns."""
        return data

    def read(self, data: bytes) -> bytes:
        """Read the request, and answer it once it is complete; return the bytes behind it."""
        try:
            result = self._head_reader.read(data)
        except Rejected as rejected:
            self._refuse(rejected)
            return b""
        if result is None:
            return b""
        head, rest = result
        self._request_handler.connection_limits.identify(self._counted, head.headers)
        response, endpoint = self._request_handler.answer(head, self._site, self._counted)
        if endpoint is None:
            self._respond_and_close(response)
            return b""
        self._stream.outbox.put(response, b"")
        self._open_websocket(endpoint, head)
        return rest

    def handle_eof(self) -> None:
        if self._head_reader.has_begun:
            self._refuse(
                Rejected(HTTPStatus.BAD_REQUEST, "the request ends before its head does")
            )

    def handle_stall(self) -> None:
        """Do nothing: this phase ends with the first bytes that it sends."""

    def end(self) -> None:
        """Release nothing: this phase holds only itself."""

    def _open_websocket(self, endpoint: Endpoint, head: RequestHead) -> None:
        stream, server = self._stream, self._server
        stream.cancel_deadline()
        server.fair_reads.register(stream)
        websocket = WebSocketConnection(stream, server.fair_reads, server.limits.frame_bytes)
        stream.phase = websocket
        client_address = self._counted.address
        websocket.served = server.connect(
            websocket,
            endpoint.room_id,
            endpoint.profile,
            address=client_address,
            handshake=Handshake(head.target, head.headers, client_address)
            if server.wants_handshakes
            else None,
        )

    def _refuse(self, rejected: Rejected) -> None:
        self._respond_and_close(self._request_handler.reject(rejected, self._counted))

    def _respond_and_close(self, response: bytes) -> None:
        """Send a response that opens no WebSocket, and drop what the client sends after."""
        self._stream.write(response)  # a page may be larger than an outbox
        # A large page takes longer on a bad network.
        unsent_seconds = self._server.limits.handshake_seconds
        self._stream.close(peer_may_send=True, unsent_seconds=unsent_seconds)

    # The timeout -----------------------------------------------------------------------

    def _set_deadline(self, deadline: float) -> None:
        self._deadline = deadline
        self._stream.set_deadline(deadline - self._stream.now, self._handle_timeout)

    def _handle_timeout(self) -> None:
        """End a handshake that has taken too long, unless this process was suspended."""
        now = self._stream.now
        if now - self._deadline > _LATE_SECONDS:
            self._set_deadline(now + self._seconds)
            return
        reason = f"no request within {self._seconds:g} s"
        if self._head_reader.has_begun:
            self._refuse(Rejected(HTTPStatus.REQUEST_TIMEOUT, reason))
        else:
            self._request_handler.refusals.add(self._counted, reason)
            self._stream.abort()
