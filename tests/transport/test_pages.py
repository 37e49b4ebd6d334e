"""The responses to plain HTTP requests, over real sockets."""

import asyncio
import logging
import re
from pathlib import Path

import pytest

from camus_core import Limits
from camus_transport import Signaling
from transport.plain_http import Answer, ask
from transport.raw_socket import raw_socket, raw_websocket
from transport.serve import camus_serve, run

PAGES = ["/", "/healthz", "/readyz", "/metrics"]

PLAIN = "text/plain; charset=utf-8"


def page(body: str, status: int = 200, content_type: str = PLAIN) -> Answer:
    headers = {
        "connection": "close",
        "content-length": str(len(body)),
        "content-type": content_type,
    }
    return Answer(status, headers, body.encode())


@pytest.fixture
async def port(signaling: Signaling) -> int:
    return await signaling.listen("127.0.0.1", 0)


async def test_a_person_who_looks_hears_what_this_is(port: int) -> None:
    assert await ask(port, "GET /") == page(
        "This is Camus, a WebRTC signaling server. WebSockets are at /room/<room id>/ws\n"
    )


async def test_a_server_that_stops_soon_is_well_and_not_ready(signaling: Signaling) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    assert await ask(port, "GET /healthz") == page("ok\n")
    assert await ask(port, "GET /readyz") == page("ready\n")
    signaling.drain()
    assert await ask(port, "GET /healthz") == page("ok\n")
    assert await ask(port, "GET /readyz") == page(
        "draining: this server is about to stop\n", 503
    )


async def test_a_server_that_stops_soon_still_takes_who_comes(signaling: Signaling) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    signaling.drain()
    async with raw_websocket(port):
        pass


async def test_metrics_are_text_as_prometheus_reads_it(port: int) -> None:
    answer = await ask(port, "GET /metrics", "Accept: application/openmetrics-text")
    content_type = "text/plain; version=0.0.4; charset=utf-8"
    assert answer == page(answer.body.decode(), content_type=content_type)
    assert b"\ncamus_connections 0.0\n" in answer.body


async def test_an_operator_may_do_without_metrics() -> None:
    async with camus_serve("--no-metrics") as server:
        assert (await ask(server.port, "GET /metrics")).status == 404
        assert (await ask(server.port, "GET /healthz")).status == 200


async def status(port: int, path: str, *headers: str) -> int:
    async with raw_socket(port) as client:
        return (await client.request(path, *headers, upgrade=False)).status


async def test_metrics_are_for_programs_on_this_machine() -> None:
    async with Signaling(hosts=["calls.example"]) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        for host in (f"localhost:{port}", "127.0.0.1", "[::1]:9"):
            assert await status(port, "/metrics", f"Host: {host}") == 200
        for host in ("calls.example", "attacker.example", "", "a b"):
            assert await status(port, "/metrics", f"Host: {host}") == 403
        for header in (
            "X-Forwarded-For: ::1",
            "Forwarded: for=_a",
            "Via: 1.1 a",
            "X-Real-IP: a",
        ):
            assert await status(port, "/metrics", "Host: localhost", header) == 403


async def test_behind_a_proxy_metrics_are_told_when_asked_for() -> None:
    for metrics, expected in ((None, 404), (True, 200)):
        async with Signaling(trusted_proxies=["127.0.0.1"], metrics=metrics) as signaling:
            port = await signaling.listen("127.0.0.1", 0)
            assert await status(port, "/metrics", "Host: localhost") == expected


async def test_metrics_are_not_told_on_a_port_for_everybody_unless_asked_for() -> None:
    for metrics, expected in ((None, 404), (True, 200), (False, 404)):
        async with Signaling(metrics=metrics) as signaling:
            port = await signaling.listen("0.0.0.0", 0)
            assert await status(port, "/metrics", "Host: localhost") == expected
            assert await status(port, "/metrics", "Host: 10.0.0.1") == expected


async def test_metrics_that_are_asked_for_are_told_under_the_names_that_are_served() -> None:
    async with Signaling(metrics=True, hosts=["calls.example"]) as signaling:
        here = await signaling.listen("127.0.0.1", 0)
        there = await signaling.listen("0.0.0.0", 0)
        for host, expected in (("calls.example", 200), ("attacker.example", 403)):
            assert await status(here, "/metrics", f"Host: {host}") == expected
            assert await status(there, "/metrics", f"Host: {host}") == expected
        assert await status(here, "/metrics", "Host: localhost") == 200
        assert await status(there, "/metrics", "Host: localhost") == 403


async def test_on_a_unix_socket_metrics_are_told_when_asked_for(tmp_path: Path) -> None:
    request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for metrics, expected in ((None, b"404"), (True, b"200")):
        async with Signaling(metrics=metrics) as signaling:
            await signaling.listen_unix(tmp_path / "camus.sock")
            reader, writer = await asyncio.open_unix_connection(tmp_path / "camus.sock")
            writer.write(request)
            assert (await reader.readline()).split()[1] == expected
            writer.close()


async def test_a_port_for_metrics_has_nothing_else_but_health(signaling: Signaling) -> None:
    port = await signaling.listen_for_metrics("127.0.0.1", 0)
    for path, expected in (("/metrics", 200), ("/healthz", 200), ("/readyz", 200), ("/", 404)):
        assert await status(port, path, "Host: localhost") == expected
    assert await status(port, "/metrics", "Host: attacker.example") == 403
    async with raw_socket(port) as client:
        assert (await client.request("/room/lobby/ws")).status == 404
    anywhere = await signaling.listen_for_metrics("0.0.0.0", 0)
    assert await status(anywhere, "/metrics", "Host: 10.0.0.1:9464") == 200


async def test_an_operator_may_have_a_port_for_metrics() -> None:
    async with camus_serve("--host", "0.0.0.0", "--metrics-listen", "localhost:0") as server:
        line = await server.logged("metrics are served at")
        told = re.search(r"http://localhost:(\d+)/metrics", line)
        assert told is not None, line
        assert (await ask(int(told[1]), "GET /metrics")).status == 200
        assert (await ask(server.port, "GET /metrics")).status == 404


@pytest.mark.parametrize(
    "where", ["9464", "localhost", "localhost:", "::1:9464", "a:99999", "a b:1"]
)
async def test_an_address_for_metrics_that_is_none_is_refused(where: str) -> None:
    finished = await run("--metrics-listen", where)
    assert finished.code == 2
    assert "isn't HOST:PORT, such as localhost:9090 or [::1]:9090" in finished.err


async def test_a_port_for_metrics_that_is_in_use_is_told(port: int) -> None:
    finished = await run("--port", 0, "--metrics-listen", f"127.0.0.1:{port}")
    assert (finished.code, "can't listen for metrics on 127.0.0.1" in finished.err) == (1, True)


async def test_without_metrics_nothing_is_there() -> None:
    async with Signaling(metrics=False) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        assert (await ask(port, "GET /metrics")).status == 404


@pytest.mark.parametrize("path", PAGES)
async def test_a_query_changes_nothing(port: int, path: str) -> None:
    assert (await ask(port, f"GET {path}?verbose=1")).status == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["Host: 10.0.0.1:5000", "Host: a\r\nHost: b", "Host: <b>"])
async def test_a_probe_that_names_another_host_is_answered(
    port: int, path: str, host: str
) -> None:
    async with raw_socket(port) as client:
        assert (await client.request(path, host, upgrade=False)).status == 200


@pytest.mark.parametrize("path", PAGES)
async def test_a_server_that_is_full_is_well_ready_and_measured(path: str) -> None:
    async with Signaling(limits=Limits(connections=1)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port):
            assert (await ask(port, f"GET {path}")).status == 200


@pytest.mark.parametrize(
    "path", ["/health", "/healthz/", "/metrics/", "//", "/index.html", "/healthz%20", "*"]
)
async def test_elsewhere_nothing_is_found_but_where_websockets_are(
    port: int, path: str
) -> None:
    answer = await ask(port, f"GET {path}")
    assert answer == page(answer.body.decode(), 404)
    assert answer.body.startswith(b"WebSockets are at /room/<room id>/ws")


@pytest.mark.parametrize("path", [*PAGES[:3], "/nowhere"])
async def test_head_is_answered_as_get_without_the_page(port: int, path: str) -> None:
    answer = await ask(port, f"GET {path}")
    assert await ask(port, f"HEAD {path}") == Answer(answer.status, answer.headers, b"")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "get"])
async def test_pages_are_only_read(port: int, method: str, path: str) -> None:
    answer = await ask(port, f"{method} {path}")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("more", [b"\r\n", b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" * 99])
async def test_who_sends_more_than_a_request_harms_nobody(
    port: int, more: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with raw_socket(port) as client:
        await client.send(b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + more)
        assert (await client.read_to_the_end()).count(b"HTTP/1.1") <= 1
    assert (await ask(port, "GET /healthz")).status == 200
    assert caplog.records == []


async def test_many_that_ask_at_once_are_all_answered(port: int) -> None:
    answers = await asyncio.gather(*(ask(port, f"GET {PAGES[n % 4]}") for n in range(40)))
    assert [answer.status for answer in answers] == [200] * 40
