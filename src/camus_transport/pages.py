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
_NO_METRICS = Page(
    "for metrics install prometheus-client: pip install 'camus-signaling[metrics]'\n",
    HTTPStatus.NOT_FOUND,
)


def pages(server: SignalingServer) -> Mapping[str, Callable[[], Page]]:
    """Return what a GET of each path is answered."""
    answers = {
        "/": lambda: _WELCOME,
        "/healthz": lambda: _ALIVE,
        "/readyz": lambda: _DRAINING if server.draining else _READY,
    }
    if server.metrics:
        answers["/metrics"] = _metrics(server)
    return answers


def _metrics(server: SignalingServer) -> Callable[[], Page]:
    try:
        from .metrics import Metrics
    except ImportError:
        return lambda: _NO_METRICS
    return Metrics(server).page
