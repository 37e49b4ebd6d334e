"""What Prometheus reads at /metrics. The one module that needs prometheus-client."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from camus_core.wire.messages import Extension, Message

from ..http.handshake import Page
from .counts import BUCKETS, Counts, Timing
from .server import SignalingServer

FRESH_SECONDS = 0.1
"""How long a page is served again: making one takes 1 ms, and 5 ms with 10,000 connections,
which who asks without end is not to take from calls.
"""

_BOUNDS = [*map(str, BUCKETS), "+Inf"]


class Metrics:
    """One server's numbers, and its process's, in a registry of their own."""

    def __init__(
        self, server: SignalingServer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._registry = CollectorRegistry()
        self._registry.register(ServerCollector(server))
        ProcessCollector(registry=self._registry)
        self._encode, self._content_type = choose_encoder("")
        self._page = Page("")
        self._made_at = float("-inf")

    def page(self) -> Page:
        """Return the numbers of this moment, in the text format that every scraper reads."""
        now = self._clock()
        if now - self._made_at >= FRESH_SECONDS:
            text = self._encode(self._registry).decode()
            self._page, self._made_at = Page(text, content_type=self._content_type), now
        return self._page


class ServerCollector(Collector):
    """Reads one server's numbers when it is asked for them.

    Every label has a bounded set of values, whatever clients send; none names a client, a
    room or an address.
    """

    def __init__(self, server: SignalingServer) -> None:
        self._server = server

    def collect(self) -> Iterator[Metric]:
        yield from _gauges(self._server)
        yield from _counters(self._server.counts)
        yield from _of_the_store(self._server.counts.store)


def _gauges(server: SignalingServer) -> Iterator[Metric]:
    census = server.census()
    for name, documentation, value in (
        ("connections", "WebSocket connections that are open.", census.connections),
        ("rooms", "Rooms with somebody in.", census.rooms),
        ("members", "Clients that have a place in a room.", census.members),
        ("members_away", "Those of them whose connection is lost.", census.away),
        (
            "unconfirmed_bytes",
            "Kept for sessions until they confirm it.",
            census.unconfirmed_bytes,
        ),
        (
            "unwritten_changes",
            "Changes that wait to be written to the store.",
            server.unwritten,
        ),
    ):
        yield GaugeMetricFamily(f"camus_{name}", documentation, value)


def _counters(counts: Counts) -> Iterator[Metric]:
    yield _counter(
        "camus_messages_received",
        "Messages from clients; one type for all that start with x-.",
        "type",
        ((_type(kind), count) for kind, count in counts.received.items()),
    )
    for name, documentation, label, counted in (
        ("refusals", "Frames and connections refused.", "code", counts.refused),
        (
            "resumes",
            "Sessions that were to go on, and what came of it.",
            "result",
            counts.resumes,
        ),
        (
            "undeliverable",
            "Notices to senders that a message may not have arrived.",
            "reason",
            counts.undelivered,
        ),
        (
            "connections_closed",
            "WebSocket connections that have ended; none: without a close code.",
            "code",
            counts.closed,
        ),
    ):
        yield _counter(f"camus_{name}", documentation, label, counted.items())
    yield CounterMetricFamily(
        "camus_frames_sent", "Frames for clients, one for each receiver.", counts.frames_sent
    )
    yield CounterMetricFamily(
        "camus_sent_bytes", "Bytes of those, without framing.", counts.bytes_sent
    )


_OPERATIONS = {"renew": "vouch", "release": "resign"}
"""Labels of store calls whose method has another name today: dashboards know these."""


def _of_the_store(timings: Mapping[str, Timing]) -> Iterator[Metric]:
    seconds = HistogramMetricFamily(
        "camus_store_seconds", "How long calls of the store took.", labels=["operation"]
    )
    named = {_OPERATIONS.get(name, name): timing for name, timing in timings.items()}
    for operation, timing in named.items():
        buckets = list(zip(_BOUNDS, map(float, accumulate(timing.calls)), strict=True))
        seconds.add_metric([operation], buckets, timing.seconds)
    yield seconds
    yield _counter(
        "camus_store_errors",
        "Calls of the store that failed.",
        "operation",
        ((operation, timing.errors) for operation, timing in named.items()),
    )


def _counter(
    name: str, documentation: str, label: str, counted: Iterable[tuple[str, int]]
) -> CounterMetricFamily:
    counter = CounterMetricFamily(name, documentation, labels=[label])
    for value, count in counted:
        counter.add_metric([value], count)
    return counter


def _type(kind: type[Message]) -> str:
    return "x-" if kind is Extension else kind.type
