"""The server's pages over plain HTTP, for people, load balancers and monitoring."""

import logging
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path

from ..http.access import requested_host
from ..http.app_files import app_pages
from ..http.handshake import Page, PageHandler
from ..http.origins import LOOPBACK_NAMES
from ..http.refusals import Rejected
from ..http.request_head import RequestHead
from .server import SignalingServer

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
_NO_METRICS_HERE = Page(
    "this port serves no metrics without --metrics; --metrics-listen serves them on a port of "
    "their own\n",
    HTTPStatus.NOT_FOUND,
)
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Headers that proxies add, some of them by default: one shows that the client is elsewhere."""


def front_pages(ui: Path | None) -> Mapping[str, PageHandler]:
    """Return the pages for people; `ui` is the folder of a browser app."""
    if ui is None:
        return {"/": lambda _: Page(_WELCOME)}
    found = app_pages(ui)
    if not found:
        _log.warning("%s", _NO_APP)
        return {"/": lambda _: Page(f"{_WELCOME}\n{_NO_APP}\n")}
    return found


def health_pages(server: SignalingServer) -> Mapping[str, PageHandler]:
    """Return the pages for load balancers; they accept any Host header."""
    return {
        "/healthz": lambda _: _ALIVE,
        "/readyz": lambda _: _DRAINING if server.draining else _READY,
    }


def metrics_page(server: SignalingServer) -> PageHandler:
    """Return the page for monitoring."""
    try:
        from .metrics import Metrics
    except ImportError:
        return lambda _: _NO_METRICS
    metrics = Metrics(server)
    return lambda _: metrics.page()


def metrics_withheld(_: RequestHead) -> Page:
    """Return the page at /metrics on a public port that has no metrics."""
    return _NO_METRICS_HERE


def for_hosts(hosts: frozenset[str], make: PageHandler) -> PageHandler:
    """Restrict a page to requests whose Host header is one of `hosts`, or any (CORE-2)."""
    return partial(_answer_for_hosts, hosts, make)


def loopback_only(make: PageHandler) -> PageHandler:
    """Restrict a page to requests from this machine that no proxy has forwarded."""
    return partial(_answer_loopback, make)


def _answer_for_hosts(hosts: frozenset[str], make: PageHandler, head: RequestHead) -> Page:
    requested_host(head, hosts)
    return make(head)


def _answer_loopback(make: PageHandler, head: RequestHead) -> Page:
    try:
        requested_host(head, LOOPBACK_NAMES)
        is_local = not any(name in head.headers for name in _FORWARDED)
    except Rejected:
        is_local = False
    if not is_local:
        raise Rejected(
            HTTPStatus.FORBIDDEN,
            "metrics are for this machine only without --metrics or --metrics-listen",
        )
    return make(head)
