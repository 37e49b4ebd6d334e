"""The page /metrics for Prometheus; the only module that needs prometheus-client."""

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
"""Seconds for which a page is served again. Making one takes 1 ms, and 5 ms with 10,000
connections: a client that requests it without end must not take that from calls.
"""

_BOUNDS = [*map(str, BUCKETS), "+Inf"]


class Metrics:
    """The metrics of one server and of its process, in a registry of their own."""

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
        """Return the metrics, at most `FRESH_SECONDS` old, in Prometheus' text format."""
        now = self._clock()
        if now - self._made_at >= FRESH_SECONDS:
            text = self._encode(self._registry).decode()
            self._page, self._made_at = Page(text, content_type=self._content_type), now
        return self._page


class ServerCollector(Collector):
    """A collector of one server's metrics, which reads them when a page is made.

    Every label has a bounded set of values, whatever clients send; none names a client, a
    room or an address.
    """

    def __init__(self, server: SignalingServer) -> None:
        self._server = server

    def collect(self) -> Iterator[Metric]:
        yield from _gauges(self._server)
        yield from _counters(self._server.counts)
        yield from _store_metrics(self._server.counts.store)


def _gauges(server: SignalingServer) -> Iterator[Metric]:
    census = server.census()
    for name, documentation, value in (
        ("connections", "WebSocket connections that are open.", census.connections),
        ("rooms", "Rooms that have members.", census.rooms),
        ("members", "Clients that have a place in a room.", census.members),
        ("members_away", "Members whose connection is lost.", census.away),
        (
            "unconfirmed_bytes",
            "Bytes kept for sessions until their clients confirm them.",
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
        ((_type_label(kind), count) for kind, count in counts.received.items()),
    )
    for name, documentation, label, counted in (
        ("refusals", "Frames and connections refused.", "code", counts.refused),
        (
            "resumes",
            "Attempts to resume a session, by result.",
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
            "WebSocket connections that have ended, by close code; none: without one.",
            "code",
            counts.closed,
        ),
    ):
        yield _counter(f"camus_{name}", documentation, label, counted.items())
    yield CounterMetricFamily(
        "camus_frames_sent", "Frames sent, one for each recipient.", counts.frames_sent
    )
    yield CounterMetricFamily(
        "camus_sent_bytes", "Bytes of the frames sent, without framing.", counts.bytes_sent
    )


_OPERATIONS = {"renew": "vouch", "release": "resign"}
"""Labels of the store calls whose methods were renamed: dashboards depend on the old names."""


def _store_metrics(timings: Mapping[str, Timing]) -> Iterator[Metric]:
    seconds = HistogramMetricFamily(
        "camus_store_seconds", "Durations of store calls.", labels=["operation"]
    )
    named = {_OPERATIONS.get(name, name): timing for name, timing in timings.items()}
    for operation, timing in named.items():
        buckets = list(zip(_BOUNDS, map(float, accumulate(timing.calls)), strict=True))
        seconds.add_metric([operation], buckets, timing.seconds)
    yield seconds
    yield _counter(
        "camus_store_errors",
        "Store calls that failed.",
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


def _type_label(kind: type[Message]) -> str:
    return "x-" if kind is Extension else kind.type
