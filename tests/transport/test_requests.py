"""Tests that every request, from any client, is answered correctly and never with silence."""

import asyncio
import logging
import re
import shutil
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from camus_core.limits import Limits
from camus_transport import Signaling
from transport.certificate import make_certificate
from transport.plain_http import Answer, ask, parsed
from transport.raw_socket import TEXT, frame, message, raw_socket
from transport.serve import camus_serve

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
VERSION = "Sec-WebSocket-Version: 13"
WEBSOCKET = ("Upgrade: websocket", "Connection: Upgrade", KEY, VERSION)

H2C = (
    "Connection: Upgrade, HTTP2-Settings",
    "Upgrade: h2c",
    "HTTP2-Settings: AAMAAABkAAQAAP__",
)
"""The headers that Java's HttpClient and `curl --http2` send."""


@pytest.fixture
async def port(signaling: Signaling) -> int:
    return await signaling.listen("127.0.0.1", 0)


async def send_pieces(port: int, *pieces: bytes) -> bytes:
    """Send each piece separately; return the whole response."""
    async with raw_socket(port) as client:
        for piece in pieces:
            await client.send(piece)
            await asyncio.sleep(0.01)
        return await client.read_to_the_end()


def statuses(answer: bytes) -> list[bytes]:
    """Return the statuses of the responses in a stream."""
    return re.findall(rb"HTTP/1\.1 (\d{3}) [A-Z]", answer)


# Upgrades --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz"])
@pytest.mark.parametrize(
    "upgrade",
    [
        H2C,
        ("Upgrade: h2c", "Connection: Upgrade"),
        ("Upgrade: TLS/1.2, HTTP/2.0", "Connection: upgrade"),
        ("Upgrade: ,", "Connection: ,"),
        ("Upgrade: websocket", "Connection: close"),
    ],
)
async def test_an_upgrade_that_is_no_websocket_is_as_if_it_were_not_asked_for(
    port: int, path: str, upgrade: tuple[str, ...]
) -> None:
    assert await ask(port, f"GET {path}", *upgrade) == await ask(port, f"GET {path}")


async def test_curl_that_would_rather_speak_http_2_is_answered() -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    async with camus_serve() as server:
        for option in ("--http1.0", "--http1.1", "--http2"):
            url = f"http://localhost:{server.port}/healthz"
            process = await asyncio.create_subprocess_exec(
                curl, "--silent", "--noproxy", "*", option, url, stdout=asyncio.subprocess.PIPE
            )
            out, _ = await process.communicate()
            assert (process.returncode, out) == (0, b"ok\n")


# Forms of a target and of a head ---------------------------------------------------------


async def test_a_target_in_absolute_form_names_host_and_path(port: int) -> None:
    page = await ask(port, "GET /")
    assert await ask(port, f"GET http://127.0.0.1:{port}/") == page
    assert await ask(port, "GET HTTP://localhost") == page
    assert (await ask(port, "GET http://attacker.example/")).status == 403
    assert (await ask(port, "GET http://localhost/nowhere")).status == 404
    async with raw_socket(port) as client:
        origin = f"Origin: http://localhost:{port}"
        path = f"http://localhost:{port}/room/lobby/ws"
        assert (await client.request(path, "Host: attacker.example", origin)).status == 101


@pytest.mark.parametrize("empty", [b"\r\n", b"\r\n\r\n", b"\n"])
async def test_empty_lines_before_a_request_are_skipped(port: int, empty: bytes) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for pieces in ([empty + request], [empty, request]):
        assert parsed(await send_pieces(port, *pieces)).body == b"ok\n"


BODIES = (
    b"Content-Length: 45\r\n\r\nGET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n{}{}",
    b"Transfer-Encoding: chunked\r\n\r\n2d\r\nGET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n{}"
    b"{}\r\n0\r\n\r\n",
    b"Content-Length: 1000000000\r\n\r\n",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n",
)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /healthz HTTP/1.1", b"200"),
        (b"HEAD /healthz HTTP/1.1", b"200"),
        (b"POST /healthz HTTP/1.1", b"405"),
        (b"GET /nowhere HTTP/1.1", b"404"),
        (b"GET /room/lobby/ws HTTP/1.1", b"426"),
    ],
)
async def test_a_body_is_never_taken_for_a_request(
    port: int, body: bytes, line: bytes, status: bytes
) -> None:
    head = line + b"\r\nHost: localhost\r\n"
    for pieces in ([head + body], [head, body], [(head + body)[:-1], body[-1:]]):
        assert statuses(await send_pieces(port, *pieces)) == [status]


async def test_a_websocket_is_not_opened_with_a_body_that_would_be_its_first_frame(
    port: int,
) -> None:
    hidden = frame(message("bye"), TEXT)
    for header in (f"Content-Length: {len(hidden)}", "Transfer-Encoding: chunked"):
        lines = ["GET /room/lobby/ws HTTP/1.1", "Host: 127.0.0.1", *WEBSOCKET, header, "", ""]
        assert statuses(await send_pieces(port, "\r\n".join(lines).encode() + hidden)) == [
            b"400"
        ]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /healthz HTTP/1.0\r\n\r\n", b"200"),
        (b"GET /healthz HTTP/1.1\r\n\r\n", b"200"),
        (b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n", b"200"),
        (b"HEAD / HTTP/1.0\r\nHost: localhost\r\n\r\n", b"200"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", b"400"),
        (b"get / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
        (b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
        (b"CONNECT a.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"GET / HTTP/1.2\r\nHost: localhost\r\n\r\n", b"200"),
        (b"GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", b"505"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", b"505"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32), b"400"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", b"400"),
        (b"GET /\r\n", b"400"),
        (b"GET / HTTP/1.1\nHost: localhost\n\n", b"400"),
        (b"hello\r\n", b"400"),
    ],
)
async def test_each_request_is_answered_at_once(
    port: int, request_: bytes, status: bytes
) -> None:
    async with asyncio.timeout(5):  # and not when the time of the handshake is over
        assert statuses(await send_pieces(port, request_)) == [status]


async def test_a_request_that_never_ends_is_told_that_its_time_is_over() -> None:
    async with Signaling(limits=Limits(handshake_seconds=0.2)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        assert statuses(await send_pieces(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n")) == [
            b"408"
        ]
        assert await send_pieces(port, b"") == b""


async def test_a_request_that_ends_before_its_head_does_is_told_so(port: int) -> None:
    for sent, expected in ((b"GET / HTTP/1.1\r\n", [b"400"]), (request("/"), [b"200"])):
        async with raw_socket(port) as client:
            await client.send(sent)
            client.socket.shutdown(socket.SHUT_WR)
            assert statuses(await client.read_to_the_end()) == expected


# The length of a head ----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/healthz", "/room/lobby/ws"])
async def test_a_head_is_bounded_as_a_whole_and_an_operator_may_choose_how(path: str) -> None:
    limits = Limits(request_head_bytes=40_000)
    async with Signaling() as usual, Signaling(limits=limits) as wide:
        ports = [await one.listen("127.0.0.1", 0) for one in (usual, wide)]
        cookies = [f"Cookie: {'x' * 9000}"] * 3
        answers = [statuses(await send_pieces(port, request(path, *cookies))) for port in ports]
        assert answers[0] == [b"431"]
        assert answers[1] in ([b"200"], [b"426"])


def request(path: str, *headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode()


async def test_a_list_is_bounded(port: int) -> None:
    for name in ("Connection", "Upgrade", "Sec-WebSocket-Protocol"):
        lines = [line for line in WEBSOCKET if not line.startswith(f"{name}:")]
        offered = f"{name}: {', '.join('x' * 65)}"
        asked = request("/room/lobby/ws", *lines, offered)
        assert statuses(await send_pieces(port, asked)) == [b"431"], name


# Hosts and origins -------------------------------------------------------------------------


async def test_a_page_under_a_name_that_is_not_served_says_how_to_allow_it(port: int) -> None:
    answer = await ask_under(port, "attacker.example", "/")
    assert (answer.status, answer.headers["content-type"]) == (403, "text/plain; charset=utf-8")
    assert b"--allowed-host attacker.example" in answer.body
    markup = await ask_under(port, "<b>x</b>", "/")
    assert (markup.status, b"<" in markup.body) == (400, False)


async def ask_under(port: int, host: str, path: str) -> Answer:
    head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"
    return parsed(await send_pieces(port, head.encode()))


async def test_pages_are_served_under_the_names_that_are_allowed() -> None:
    async with Signaling(hosts=["Bücher.example."]) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        found = {
            host: [(await ask_under(port, host, path)).status for path in ("/", "/healthz")]
            for host in ("xn--bcher-kva.example:443", "XN--bcher-kva.example.", "localhost")
        }
        assert list(found.values()) == [[200, 200], [200, 200], [403, 200]]


async def test_a_listener_on_another_loopback_address_is_for_this_machine_too() -> None:
    async with Signaling() as signaling:
        port = await signaling.listen("127.0.0.2", 0)
        async with AsyncExitStack() as exits:
            answers = []
            for host in ("127.0.0.2", "localhost", "attacker.example"):
                client = await exits.enter_async_context(raw_socket(port, host="127.0.0.2"))
                answers.append(
                    (await client.request("/", f"Host: {host}", upgrade=False)).status
                )
        assert answers == [200, 200, 403]


async def may_connect(port: int, host: str, origin: str, *headers: str) -> bool:
    async with raw_socket(port) as client:
        lines = [f"Host: {host}", f"Origin: {origin}", *headers]
        status = (await client.request("/room/lobby/ws", *lines)).status
        assert status in (101, 403)
        return status == 101


@pytest.mark.parametrize(
    ("host", "origin", "may"),
    [
        ("a.example:443", "https://a.example", True),
        ("a.example", "https://a.example:443", True),
        ("a.example:80", "http://a.example", True),
        ("A.example.", "https://a.example", True),
        ("a.example:443", "http://a.example", False),
        ("a.example", "https://a.example:8443", False),
        ("a.example:80", "https://a.example", False),
        ("xn--bcher-kva.example", "https://xn--bcher-kva.example", True),
        ("[::1]:443", "https://[0:0::1]", True),
        ("localhost", "capacitor://localhost", False),
    ],
)
async def test_host_and_origin_are_compared_as_what_they_mean(
    host: str, origin: str, may: bool
) -> None:
    async with Signaling(
        hosts=["a.example", "bücher.example", "::1", "localhost"]
    ) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        assert await may_connect(port, host, origin) is may


PROTO = "X-Forwarded-Proto: "


@pytest.mark.parametrize(
    ("said", "http", "https"),
    [
        ([], True, True),
        ([f"{PROTO}https"], False, True),
        ([f"{PROTO}HTTPS"], False, True),
        ([f"{PROTO}wss"], False, True),
        ([f"{PROTO}http"], True, False),
        ([f"{PROTO}ws"], True, False),
        ([f"{PROTO}https, http"], True, True),
        ([f"{PROTO}https, https"], False, True),
        ([f"{PROTO}gopher"], True, True),
        (["Forwarded: proto=https"], False, True),
        (["Forwarded: for=203.0.113.7;proto=https"], False, True),
        (["Forwarded: for=203.0.113.7;proto=https, for=127.0.0.1;proto=http"], False, True),
        (["Forwarded: for=1.1.1.1;proto=http, for=203.0.113.7;proto=https"], False, True),
        (["Forwarded: for=203.0.113.7"], True, True),
        (["Forwarded: proto=https", f"{PROTO}http"], True, True),
    ],
)
async def test_behind_a_trusted_proxy_that_tells_it_the_scheme_counts(
    said: list[str], http: bool, https: bool
) -> None:
    async with Signaling(trusted_proxies=["127.0.0.1"]) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        assert await may_connect(port, "localhost", "http://localhost", *said) is http
        assert await may_connect(port, "localhost", "https://localhost", *said) is https


async def test_who_is_refused_for_the_scheme_alone_reads_where_it_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with Signaling(trusted_proxies=["127.0.0.1"]) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        http = f"{PROTO}http"
        assert not await may_connect(port, "localhost", "https://elsewhere.example", http)
        assert "X-Forwarded-Proto" not in caplog.text
        assert not await may_connect(port, "localhost", "https://localhost", http)
        assert "only its scheme" in caplog.text and "X-Forwarded-Proto" in caplog.text


async def test_from_anybody_else_a_scheme_is_not_believed(port: int) -> None:
    assert await may_connect(port, "localhost", "http://localhost", f"{PROTO}https")


@pytest.fixture
async def encrypted(signaling: Signaling, tmp_path: Path) -> AsyncIterator[tuple[int, Path]]:
    """The port of a server that terminates TLS itself, and its certificate."""
    certificate, key = make_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    yield await signaling.listen("127.0.0.1", 0, tls), certificate


async def test_where_tls_ends_here_pages_come_over_https(
    encrypted: tuple[int, Path], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    port, certificate = encrypted
    answers = {}
    for origin in (f"https://localhost:{port}", f"http://localhost:{port}"):
        trust = ssl.create_default_context(cafile=certificate)
        reader, writer = await asyncio.open_connection("localhost", port, ssl=trust)
        host = f"Host: localhost:{port}"
        lines = ["GET /room/lobby/ws HTTP/1.1", host, f"Origin: {origin}", *WEBSOCKET, "", ""]
        writer.write("\r\n".join(lines).encode())
        async with asyncio.timeout(5):
            answers[origin[:5]] = (await reader.readline()).split()[1]
        writer.transport.abort()
    assert answers == {"https": b"101", "http:": b"403"}
    assert caplog.records == []
