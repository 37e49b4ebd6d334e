"""Heads of requests: their bounds, how they are split, and the cost of reading them."""

import time
from collections.abc import Sequence
from http import HTTPStatus
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus_core.limits import Limits
from camus_transport.http.access import AccessRules
from camus_transport.http.app_files import app_pages
from camus_transport.http.forwarded import TrustedProxies
from camus_transport.http.handshake import Page, RequestHandler, Site
from camus_transport.http.refusals import Rejected
from camus_transport.http.request_head import RequestHead, RequestHeadReader

LIMIT = Limits().request_head_bytes
REQUEST = b"GET /room/lobby/ws?a=b HTTP/1.1\r\nHost: localhost\r\nX-Odd: 1\r\nX-Odd: 2\r\n\r\n"


def read(pieces: Sequence[bytes], limit: int = LIMIT) -> tuple[RequestHead, bytes] | None:
    """Return the head that arrives in pieces, and the bytes after it."""
    reader = RequestHeadReader(limit)
    for number, piece in enumerate(pieces):
        found = reader.read(piece)
        if found is not None:
            head, rest = found
            return head, rest + b"".join(pieces[number + 1 :])
    return None


def status(data: bytes, limit: int = LIMIT) -> HTTPStatus | None:
    """Return the status with which a head is refused, or None if it isn't."""
    try:
        read([data], limit)
    except Rejected as rejected:
        return rejected.status
    return None


@given(
    before=st.sampled_from([b"", b"\r\n", b"\r\n\r\n"]),
    rest=st.binary(max_size=20),
    cuts=st.lists(st.integers(0, len(REQUEST) + 20), max_size=5).map(sorted),
)
def test_a_head_is_the_same_however_it_is_cut_and_nothing_behind_it_is_lost(
    before: bytes, rest: bytes, cuts: list[int]
) -> None:
    data = before + REQUEST + rest
    places = [0, *cuts, len(data)]
    pieces = [data[start:end] for start, end in pairwise(places)]
    assert read(pieces) == read([REQUEST + rest])
    found = read(pieces)
    assert found is not None
    head, behind = found
    assert (head.method, head.target, head.path) == (
        "GET",
        "/room/lobby/ws?a=b",
        "/room/lobby/ws",
    )
    assert behind == rest


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_whatever_comes_is_read_waited_for_or_refused(one: bytes, other: bytes) -> None:
    for data in (one + other, b"GET / HTTP/1.1\r\n" + one + b"\r\n" + other + b"\r\n\r\n"):
        reader = RequestHeadReader(400)
        try:
            reader.read(data[: len(one)])
            reader.read(data[len(one) :])
        except Rejected as rejected:
            assert 400 <= rejected.status < 600


@pytest.mark.parametrize("limit", [len(REQUEST) - 1, len(REQUEST)])
def test_a_head_may_have_as_many_bytes_as_the_limit_says(limit: int) -> None:
    refused = None if limit == len(REQUEST) else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    assert status(REQUEST, limit) == refused
    assert status(REQUEST + b"frames" * 1000, limit) == refused


def test_a_target_that_does_not_end_within_the_limit_is_too_long() -> None:
    assert status(b"GET /" + b"x" * LIMIT) == HTTPStatus.REQUEST_URI_TOO_LONG


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00",
        b"\0",
        b"\r\n\r\n\0\r\nQUIT\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"GET /\r\n",
        b"GET  / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\n\n",
        b"GET / http/1.1\r\n",
        b"GET /\xff HTTP/1.1\r\n",
    ],
)
def test_what_is_no_request_is_refused_before_its_end_comes(data: bytes) -> None:
    assert status(data) == HTTPStatus.BAD_REQUEST


def test_http_2_is_told_that_another_version_is_spoken() -> None:
    assert status(b"PRI * HTTP/2.0\r\n") == HTTPStatus.HTTP_VERSION_NOT_SUPPORTED


@pytest.mark.parametrize(
    ("target", "host", "expected"),
    [
        ("/a?b", "localhost", ("/a?b", "localhost")),
        ("http://a.example/x?y", "localhost", ("/x?y", "a.example")),
        ("HTTPS://a.example:444", "localhost", ("/", "a.example:444")),
        ("ws://a.example?y", "localhost", ("/?y", "a.example")),
        ("http://[::1]:5000/", "a\r\nHost: b", ("/", "[::1]:5000")),
        ("http://user@a.example/", "localhost", ("http://user@a.example/", "localhost")),
        ("*", "localhost", ("*", "localhost")),
    ],
)
def test_the_authority_of_an_absolute_target_takes_the_place_of_host(
    target: str, host: str, expected: tuple[str, str]
) -> None:
    found = read([f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()])
    assert found is not None
    assert (found[0].target, found[0].single("host")) == expected


# Costs -----------------------------------------------------------------------------------

PATIENCE = 0.01
"""Seconds for one head; the worst of these takes 1 ms on an idle machine."""

NAMES = (
    "Connection",
    "Upgrade",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Key",
    "Accept-Encoding",
    "If-None-Match",
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "Content-Length",
    "Host",
    "Origin",
    "Cookie",
)

PARTS = ("a,", ",", " ", "a", '"', '"",', ";", "a;q=0.0,", ', a="b;c=', "for=127.0.0.1,", "=\\")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("app")
    (folder / "index.html").write_text("an app")
    return Site(pages={**app_pages(folder), "/healthz": lambda _: Page("ok\n")})


def cost(data: bytes, site: Site) -> float:
    """Return the least of three times that a head takes, from its bytes to its answer."""
    request_handler = RequestHandler(
        AccessRules(Limits(), proxies=TrustedProxies(["127.0.0.0/8"]))
    )
    times = []
    for _ in range(3):
        peer = ("127.0.0.1", 1)
        arrival = request_handler.connection_limits.add(peer)
        begun_at = time.perf_counter()
        try:
            found = RequestHeadReader(LIMIT).read(data)
            assert found is not None
            request_handler.connection_limits.identify(arrival, found[0].headers)
            request_handler.answer(found[0], site, arrival)
        except Rejected as rejected:
            Page.of(rejected).response("GET")
        times.append(time.perf_counter() - begun_at)
        request_handler.connection_limits.remove(arrival)
    request_handler.refusals.close()
    return min(times)


@pytest.mark.alone("it measures milliseconds")
@pytest.mark.parametrize("name", NAMES)
async def test_no_head_within_the_bound_takes_long(site: Site, name: str) -> None:
    for part, lines, path in product(PARTS, (1, 120), ("/", "/room/lobby/ws")):
        head = [f"GET {path} HTTP/1.1", *([] if name == "Host" else ["Host: localhost"])]
        head += [line for line in UPGRADE if not line.startswith(name)]
        room = LIMIT - sum(len(line) + 2 for line in head) - 2 - lines * (len(name) + 4)
        head += [f"{name}: {(part * room)[: room // lines]}"] * lines
        assert cost("\r\n".join([*head, "", ""]).encode(), site) < PATIENCE, (part, lines, path)


UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)


@pytest.mark.alone("it compares two times")
def test_a_head_that_comes_byte_by_byte_costs_as_much_for_its_last_byte_as_for_its_first() -> (
    None
):
    reader = RequestHeadReader(1 << 20)
    reader.read(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")

    def seconds(count: int) -> float:
        begun_at = time.perf_counter()
        for _ in range(count):
            reader.read(b"x")
        return time.perf_counter() - begun_at

    first = min(seconds(500) for _ in range(5))
    reader.read(b"x" * 900_000)
    assert min(seconds(500) for _ in range(5)) < 10 * first
