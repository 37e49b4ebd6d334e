"""What the server says over plain HTTP, for people, load balancers and monitoring."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from .handshake import Page
from .server import SignalingServer

_WELCOME = Page(
    "This is Camus, a WebRTC signaling server. WebSockets are at /room/<room id>/ws\n"
)
_ALIVE = Page("ok\n")
_READY = Page("ready\n")
_DRAINING = Page("draining: this server is about to stop\n", HTTPStatus.SERVICE_UNAVAILABLE)


def pages(server: SignalingServer) -> Mapping[str, Callable[[], Page]]:
    """Return what a GET of each path is answered."""
    return {
        "/": lambda: _WELCOME,
        "/healthz": lambda: _ALIVE,
        "/readyz": lambda: _DRAINING if server.draining else _READY,
    }
