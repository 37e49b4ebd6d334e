"""The WebSocket connections of one site of a signaling server."""

import asyncio

from ..http.connection_limits import CountedConnection
from ..http.handshake import RequestHandler, Site
from ..http.open_connections import OpenConnections
from ..server.server import SignalingServer
from .outbox import Outboxes
from .request_phase import RequestPhase
from .stream import Phase, Stream

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
        self.connections: OpenConnections[Stream] = OpenConnections()

    def __call__(self) -> Stream:
        return Stream(self)

    def begin(self, stream: Stream, counted: CountedConnection) -> Phase:
        """Add a stream that is connected; return its first phase."""
        self.connections.add(stream)
        return RequestPhase(stream, counted, self.server, self.request_handler, self.site)
