"""What the server says over plain HTTP, for people, load balancers and monitoring."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path

from websockets.datastructures import Headers

from .handshake import Page
from .server import SignalingServer
from .ui import app_pages

_log = logging.getLogger("camus.pages")

_WELCOME = "This is Camus, a WebRTC signaling server. WebSockets are at /room/<room id>/ws\n"
_NO_APP = (
    "The browser app is missing: it was not built when Camus was installed. To get it, install "
    "Node.js 20.19 or newer with npm, then Camus again from a clone; `pip install -v .` shows "
    "how the build goes. An editable installation serves what `npm ci && npm run build` makes "
    "in examples/web."
)
_ALIVE = Page("ok\n")
_READY = Page("ready\n")
_DRAINING = Page("draining: this server is about to stop\n", HTTPStatus.SERVICE_UNAVAILABLE)
_NO_METRICS = Page(
    "for metrics install prometheus-client: pip install 'camus-signaling[metrics]'\n",
    HTTPStatus.NOT_FOUND,
)


def pages(
    server: SignalingServer, ui: Path | None = None
) -> Mapping[str, Callable[[Headers], Page]]:
    """Return what a GET of each path is answered; `ui` is the folder of a browser app."""
    answers = {
        **_front(ui),
        "/healthz": lambda _: _ALIVE,
        "/readyz": lambda _: _DRAINING if server.draining else _READY,
    }
    if server.metrics:
        answers["/metrics"] = _metrics(server)
    return answers


def _front(ui: Path | None) -> dict[str, Callable[[Headers], Page]]:
    if ui is None:
        return {"/": lambda _: Page(_WELCOME)}
    found = app_pages(ui)
    if not found:
        _log.warning("%s", _NO_APP)
        return {"/": lambda _: Page(f"{_WELCOME}\n{_NO_APP}\n")}
    return found


def _metrics(server: SignalingServer) -> Callable[[Headers], Page]:
    try:
        from .metrics import Metrics
    except ImportError:
        return lambda _: _NO_METRICS
    metrics = Metrics(server)
    return lambda _: metrics.page()
