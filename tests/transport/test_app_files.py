"""The files of a browser app, as the server sends them."""

import asyncio
import gzip
import logging
import socket
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from camus_core import Limits, Router
from camus_store import open_store
from camus_transport import Signaling
from camus_transport.http.access import AccessRules
from camus_transport.http.app_files import app_pages
from camus_transport.http.handshake import RequestHandler, Site
from camus_transport.server.server import SignalingServer
from camus_transport.websocket.listener import WebSocketListener
from transport.plain_http import Answer, ask, parsed
from transport.raw_socket import eventually, raw_socket, raw_websocket
from transport.serve import camus_serve

INDEX = b'<!doctype html><script type="module" src="./assets/app-Dk3_-Zx9.js"></script>'
SCRIPT = b"document.title = 'Camus';" * 20
ZIPPED = gzip.compress(SCRIPT)
BROTLI = b"what a browser knows how to read"
FONT = b"wOF2..."

FOR_EVER = "public, max-age=31536000, immutable"
PROTECTION = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        "img-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "permissions-policy": (
        "camera=(self), microphone=(self), display-capture=(self), "
        "geolocation=(), payment=(), serial=(), usb=()"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
ANY_CODING = "Accept-Encoding: gzip, deflate, br, zstd"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An app as its build leaves it, beside a file that must stay private."""
    (tmp_path / "secret.json").write_text("{}")
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    for name, content in {
        "index.html": INDEX,
        "icon.svg": b"<svg/>",
        "icon.png": b"PNG",
        "app.webmanifest": b"{}",
        "about.txt": b"An app",
        "assets/licenses.md": b"# Licenses",
        "texts.json": b"{}",
        "assets/app-Dk3_-Zx9.js": SCRIPT,
        "assets/app-Dk3_-Zx9.js.br": BROTLI,
        "assets/app-Dk3_-Zx9.js.gz": ZIPPED,
        "assets/app-Bz1aaaaa.css": b":root {}",
        "assets/inter-0fa12345.woff2": FONT,
    }.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
async def port(app: Path) -> AsyncIterator[int]:
    """A server of that app."""
    async with Signaling(ui=app) as signaling:
        yield await signaling.listen("127.0.0.1", 0)


def tag(content: bytes, coding: str = "identity") -> str:
    return f'"{sha256(content).hexdigest()[:16]}-{coding}"'


def file(
    content: bytes, content_type: str, caching: str, *, coding: str = "", sent: bytes = b""
) -> Answer:
    """Return the response with a file, or with the bytes `sent` for it in a coding."""
    body = sent or content
    headers = {
        "connection": "close",
        "content-type": content_type,
        "content-length": str(len(body)),
        "cache-control": caching,
        "vary": "Accept-Encoding",
        "etag": tag(content, coding or "identity"),
        **({"content-encoding": coding} if coding else {}),
        **PROTECTION,
    }
    return Answer(200, headers, body)


SCRIPT_TYPE = "text/javascript; charset=utf-8"
PLAIN_SCRIPT = file(SCRIPT, SCRIPT_TYPE, FOR_EVER)
ZIPPED_SCRIPT = file(SCRIPT, SCRIPT_TYPE, FOR_EVER, coding="gzip", sent=ZIPPED)
BROTLI_SCRIPT = file(SCRIPT, SCRIPT_TYPE, FOR_EVER, coding="br", sent=BROTLI)


async def test_the_page_is_asked_for_each_time_it_is_opened(port: int) -> None:
    page = file(INDEX, "text/html; charset=utf-8", "no-cache")
    assert await ask(port, "GET /") == page
    assert await ask(port, "GET /?utm=1") == page


async def test_what_has_a_hash_in_its_name_is_kept_for_ever(port: int) -> None:
    assert await ask(port, "GET /assets/app-Dk3_-Zx9.js") == PLAIN_SCRIPT
    font = file(FONT, "font/woff2", FOR_EVER)
    assert await ask(port, "GET /assets/inter-0fa12345.woff2") == font


async def test_what_has_no_hash_in_its_name_is_asked_for_each_time(port: int) -> None:
    licenses = file(b"# Licenses", "text/plain; charset=utf-8", "no-cache")
    assert await ask(port, "GET /assets/licenses.md") == licenses


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/assets/app-Dk3_-Zx9.js", "text/javascript; charset=utf-8"),
        ("/assets/app-Bz1aaaaa.css", "text/css; charset=utf-8"),
        ("/assets/inter-0fa12345.woff2", "font/woff2"),
        ("/icon.svg", "image/svg+xml"),
        ("/icon.png", "image/png"),
        ("/app.webmanifest", "application/manifest+json"),
        ("/texts.json", "application/json"),
        ("/about.txt", "text/plain; charset=utf-8"),
        ("/assets/licenses.md", "text/plain; charset=utf-8"),
    ],
)
async def test_each_file_has_its_type(port: int, path: str, content_type: str) -> None:
    answer = await ask(port, f"GET {path}")
    assert (answer.status, answer.headers["content-type"]) == (200, content_type)


@pytest.mark.parametrize(
    ("offer", "answer"),
    [
        (ANY_CODING, BROTLI_SCRIPT),
        ("accept-encoding: GZIP", ZIPPED_SCRIPT),
        ("Accept-Encoding: deflate\r\nAccept-Encoding: gzip", ZIPPED_SCRIPT),
        ("Accept-Encoding: br;q=0, gzip;q=0.001", ZIPPED_SCRIPT),
        ("Accept-Encoding: br ; q=0.0,gzip ; q=0", PLAIN_SCRIPT),
        ("Accept-Encoding: identity", PLAIN_SCRIPT),
        ("Accept-Encoding:", PLAIN_SCRIPT),
        ("Accept-Encoding: gzip2, brotli, x-gzip", PLAIN_SCRIPT),
        ("Accept-Encoding: ;;q=,=,,;q=9 br\N{LATIN SMALL LETTER THORN}", PLAIN_SCRIPT),
    ],
)
async def test_a_file_comes_in_the_best_coding_that_the_client_takes(
    port: int, offer: str, answer: Answer
) -> None:
    assert await ask(port, "GET /assets/app-Dk3_-Zx9.js", offer) == answer


async def test_a_file_that_the_build_has_not_compressed_comes_as_it_is(port: int) -> None:
    font = file(FONT, "font/woff2", FOR_EVER)
    assert await ask(port, "GET /assets/inter-0fa12345.woff2", ANY_CODING) == font


@pytest.mark.parametrize(
    "tags",
    [
        tag(SCRIPT, "gzip"),
        f"W/{tag(SCRIPT, 'gzip')}",
        f'"another", {tag(SCRIPT, "gzip")}',
        f'"another"\r\nIf-None-Match: {tag(SCRIPT, "gzip")}',
        "*",
    ],
)
async def test_who_has_a_file_is_not_sent_it_again(port: int, tags: str) -> None:
    path, offer = "GET /assets/app-Dk3_-Zx9.js", "Accept-Encoding: gzip"
    headers = {**ZIPPED_SCRIPT.headers}
    for about_the_body in ("content-type", "content-length", "content-encoding"):
        del headers[about_the_body]
    answer = await ask(port, path, offer, f"If-None-Match: {tags}")
    assert answer == Answer(304, headers, b"")


@pytest.mark.parametrize("tags", ['"another"', tag(SCRIPT), tag(SCRIPT, "br"), "gzip", '"*"'])
async def test_who_has_another_file_or_another_coding_is_sent_this_one(
    port: int, tags: str
) -> None:
    offer = "Accept-Encoding: gzip"
    answer = await ask(port, "GET /assets/app-Dk3_-Zx9.js", offer, f"If-None-Match: {tags}")
    assert answer == ZIPPED_SCRIPT


@pytest.mark.parametrize("path", ["/", "/assets/app-Dk3_-Zx9.js"])
async def test_head_is_answered_as_get_without_the_file(port: int, path: str) -> None:
    answer = await ask(port, f"GET {path}", ANY_CODING)
    empty = Answer(200, answer.headers, b"")
    assert await ask(port, f"HEAD {path}", ANY_CODING) == empty


async def test_files_are_only_read(port: int) -> None:
    answer = await ask(port, "PUT /assets/app-Dk3_-Zx9.js")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.json",
        "/%2e%2e/secret.json",
        "/assets/../../secret.json",
        "/assets/..%2f..%2fsecret.json",
        "/..\\secret.json",
        "//secret.json",
        "/assets",
        "/assets/",
        "/index.html",
        "/assets/app-Dk3_-Zx9.js.gz",
        "/assets/app-Dk3_-Zx9.js/",
        "/ASSETS/app-Dk3_-Zx9.js",
        "/assets/app-Dk3_-Zx9.js%00",
    ],
)
async def test_nothing_else_is_there(port: int, path: str) -> None:
    assert (await ask(port, f"GET {path}", ANY_CODING)).status == 404


async def test_a_new_build_is_served_after_the_next_start(app: Path, port: int) -> None:
    (app / "late.json").write_text("{}")
    (app / "assets" / "app-Dk3_-Zx9.js").write_text("changed")
    (app / "texts.json").unlink()
    assert (await ask(port, "GET /late.json")).status == 404
    assert await ask(port, "GET /assets/app-Dk3_-Zx9.js") == PLAIN_SCRIPT
    assert (await ask(port, "GET /texts.json")).body == b"{}"


async def test_the_app_hides_no_path_of_health_metrics_and_websockets(
    app: Path, port: int
) -> None:
    for path in ("healthz", "readyz", "metrics"):
        (app / path).write_text("not this")
    assert (await ask(port, "GET /healthz")).body == b"ok\n"
    assert (await ask(port, "GET /readyz")).body == b"ready\n"
    assert (await ask(port, "GET /metrics")).status == 200
    async with raw_websocket(port):
        pass


# Without an app --------------------------------------------------------------------------


async def test_an_installation_without_an_app_says_what_is_missing_and_how_to_get_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Signaling(ui=tmp_path) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        [logged] = caplog.records
        advice = logged.getMessage()
        assert logged.levelno == logging.WARNING
        assert advice.startswith("The browser app is missing")
        assert "Node.js" in advice and "npm ci && npm run build" in advice
        page = await ask(port, "GET /")
        assert page.headers["content-type"] == "text/plain; charset=utf-8"
        assert page.body.decode() == (
            "This is Camus, a WebRTC signaling server. "
            f"WebSockets are at /room/<room id>/ws\n\n{advice}\n"
        )
        async with raw_websocket(port):
            pass


async def test_an_operator_may_do_without_the_app() -> None:
    async with camus_serve("--no-ui") as server:
        assert (await ask(server.port, "GET /")).body == (
            b"This is Camus, a WebRTC signaling server. WebSockets are at /room/<room id>/ws\n"
        )
        assert not any("browser app" in line for line in server.log)


# Large files and slow readers ------------------------------------------------------------

LARGE = bytes(range(256)) * 1600
"""Bytes: more than a whole app."""

SMALL = LARGE[: 24 * 1024]
"""Bytes: more than the kernel may buffer in this test."""


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
async def listener(app: Path, limits: Limits) -> AsyncIterator[WebSocketListener]:
    """The listener of a server of an app with large files."""
    (app / "large.json").write_bytes(LARGE)
    (app / "small.json").write_bytes(SMALL)
    async with open_store("memory:") as store, SignalingServer(Router(limits), store) as server:
        listener = WebSocketListener(
            server, RequestHandler(AccessRules(limits)), Site(pages=app_pages(app))
        )
        yield listener
        await server.stop()
        await listener.connections.drain()


@pytest.fixture
async def slow_port(listener: WebSocketListener) -> AsyncIterator[int]:
    """The port of that server, whose kernel buffers little."""
    listening = await listener.loop.create_server(listener, "127.0.0.1", 0)
    listening.sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    yield listening.sockets[0].getsockname()[1]
    listening.close()


async def test_many_are_sent_large_files_at_once(slow_port: int) -> None:
    answers = await asyncio.gather(*(ask(slow_port, "GET /large.json") for _ in range(20)))
    assert [answer.body == LARGE for answer in answers] == [True] * 20


async def test_a_slow_reader_is_sent_everything(slow_port: int) -> None:
    async with raw_socket(slow_port, receive_buffer=4096) as client:
        await client.send(b"GET /large.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        response = bytearray()
        while piece := await asyncio.get_running_loop().sock_recv(client.socket, 1 << 13):
            response += piece
            await asyncio.sleep(0.04)  # 200 KB/s: takes longer than closing otherwise does
        assert parsed(bytes(response)).body == LARGE


@pytest.mark.parametrize("limits", [Limits(send_buffer_bytes=70_000)])
async def test_a_file_may_be_larger_than_what_may_wait_for_a_member(slow_port: int) -> None:
    assert (await ask(slow_port, "GET /large.json")).body == LARGE


@pytest.mark.parametrize("limits", [Limits(handshake_seconds=1.0)])
async def test_who_asks_and_reads_nothing_is_cut_off(
    listener: WebSocketListener, slow_port: int
) -> None:
    async with raw_socket(slow_port, receive_buffer=4096) as client:
        await client.send(b"GET /small.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await eventually(lambda: len(listener.connections) == 1)
        await eventually(lambda: len(listener.connections) == 0)
        assert len(await client.read_to_the_end()) < len(SMALL)
