"""The WebSocket connections of one site of a signaling server."""

import asyncio

from ..http.connection_limits import CountedConnection
from ..http.handshake import RequestHandler, Site
from ..server.server import SignalingServer
from .outbox import Outboxes
from .request_phase import RequestPhase
from .stream import CLOSING_SECONDS, Phase, Stream

_DEFAULT_SITE = Site()
"""Any host, WebSockets alone, no TLS."""


class WebSocketListener:
    """The listener of one site, with its open connections.

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
        self.connection_limits = request_handler.connection_limits
        self.connections: set[Stream] = set()
        self._all_closed = asyncio.Event()

    def __call__(self) -> Stream:
        return Stream(self)

    def begin(self, stream: Stream, counted: CountedConnection) -> Phase:
        """Add a stream that is connected; return its first phase."""
        self.connections.add(stream)
        return RequestPhase(stream, counted, self.server, self.request_handler, self.site)

    def remove(self, stream: Stream) -> None:
        """Forget a stream that has ended."""
        self.connections.discard(stream)
        if not self.connections:
            self._all_closed.set()

    async def drain(self) -> None:
        """Wait until the connections that the server closed have ended; cut off the others."""
        if not self.connections:
            return
        self._all_closed.clear()
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                await self._all_closed.wait()
        except TimeoutError:
            for stream in list(self.connections):
                stream.abort()
