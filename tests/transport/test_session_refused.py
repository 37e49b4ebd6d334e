"""Sessions that reconnect to something else: captive portals, full servers, proxies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec

import pytest
from attrs import define
from websockets.exceptions import InvalidMessage, InvalidURI, ProxyError

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_transport import (
    Backoff,
    ConnectionClosed,
    Dropped,
    Refused,
    Resumed,
    Session,
    Signaling,
    connect,
    join,
)
from camus_transport.client import SessionEvent
from transport.raw_socket import eventually
from transport.scripted_server import NEWCOMER, server_that_says
from transport.session_server import SECONDS, no_delay, numbered, numbers_of, open_server
from transport.virtual_time import in_virtual_time


@define
class Answering:
    """A web server that gives the same `answer` to every request, and hangs up."""

    port: int
    answer: bytes


@asynccontextmanager
async def web_server(answer: bytes) -> AsyncIterator[Answering]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(web.answer)
        writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    web = Answering(listening.sockets[0].getsockname()[1], answer)
    try:
        yield web
    finally:
        listening.close()


def http(status: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "", ""]).encode()


NO_SERVERS = {
    "a captive portal": http("302 Found", "Location: http://login.example/?from=camus"),
    "a safer portal": http("302 Found", "Location: https://login.example/"),
    "a portal without a page": http("302 Found"),
    "a portal with a broken address": http("302 Found", "Location: http://[login/"),
    "a redirect to itself": http("301 Moved Permanently", "Location: /ws"),
    "a page": http("200 OK"),
    "a network that wants a login": http("511 Network Authentication Required"),
    "a server of mail": b"220 mail.example ESMTP\r\n",
    "nothing at all": b"",
}


@pytest.mark.parametrize("answer", NO_SERVERS.values(), ids=NO_SERVERS.keys())
async def test_what_is_no_signaling_server_is_one_more_try_that_failed(answer: bytes) -> None:
    async with (
        web_server(answer) as portal,
        open_server("websocket") as server,
        server.join("Ted") as ted,
    ):
        assert server.proxy is not None
        target, server.proxy.target = server.proxy.target, portal.port
        server.cut()
        await server.happens(Dropped, Dropped, Dropped)
        server.proxy.target = target
        await server.happens(Resumed)
        await ted.send(numbered(1))
        assert await numbers_of(ted, ted.id, 1) == [1]


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (http("429 Too Many Requests", "Retry-After: 10"), 10.0),
        (http("503 Service Unavailable", "Retry-After: 7"), 7.0),
        (http("503 Service Unavailable", "Retry-After: " + "9" * 400), 3600.0),
        (
            http(
                "503 Service Unavailable",
                "Date: Mon, 30 Nov 2026 12:00:00 GMT",
                "Retry-After: Mon, 30 Nov 2026 12:02:00 GMT",
            ),
            120.0,
        ),
    ],
)
async def test_a_client_that_is_sent_away_for_a_while_comes_back_after_it(
    answer: bytes, seconds: float
) -> None:
    async with (
        web_server(answer) as web,
        open_server("websocket") as server,
        server.join("Ted"),
    ):
        assert server.proxy is not None
        target, server.proxy.target = server.proxy.target, web.port
        server.cut()
        await server.happens(Dropped, Dropped)
        refused = server.events[-1]
        assert isinstance(refused, Dropped)
        assert seconds <= refused.retry_in <= seconds + Backoff().first
        server.proxy.target = target
        await server.happens(Resumed)


@pytest.mark.parametrize(
    "retry_after",
    ["soon", "-5", "1.5", "Mon, 30 Nov 2026 12:02:00 GMT", "²"],  # the `Date` header is missing
)
async def test_a_time_that_cannot_be_read_is_none(retry_after: str) -> None:
    async with (
        web_server(http("503 Full", f"Retry-After: {retry_after}")) as web,
        open_server("websocket") as server,
        server.join("Ted"),
    ):
        assert server.proxy is not None
        target, server.proxy.target = server.proxy.target, web.port
        server.cut()
        await server.happens(Dropped, Dropped)
        tried = server.events[-1]
        assert isinstance(tried, Dropped) and tried.retry_in <= 2 * Backoff().first
        server.proxy.target = target
        await server.happens(Resumed)


async def test_the_client_of_a_full_server_is_told_so_when_it_gives_up() -> None:
    limits = Limits(connections=1)
    async with Signaling(limits=limits) as signaling:
        url = f"ws://127.0.0.1:{await signaling.listen('127.0.0.1', 0)}/ws"
        patient = Backoff(give_up_after=0.3, retry_first_connect=True, sleep=no_delay)
        async with connect(url.replace("/ws", "/room/lobby/ws")):
            with pytest.raises(ConnectionClosed, match="unavailable") as raised:
                await join(url, room_id="lobby", backoff=patient).__aenter__()
    assert raised.value.error is not None
    assert raised.value.error.retry_after == 10.0


async def test_an_answer_without_end_is_hung_up_on_before_it_is_read() -> None:
    lists = [f"Connection: {'a,' * 4000}"] * 100
    async with web_server(http("101 Switching Protocols", *lists)) as web:
        with pytest.raises(InvalidMessage):  # and not `InvalidUpgrade`
            await join(f"ws://127.0.0.1:{web.port}/ws", room_id="lobby").__aenter__()


# The first connection ---------------------------------------------------------------------


async def test_a_server_that_is_not_there_yet_is_waited_for_where_that_is_asked_for() -> None:
    events: list[SessionEvent] = []
    async with web_server(http("502 Bad Gateway")) as proxy, Signaling() as signaling:
        patient = Backoff(first=0.05, retry_first_connect=True)
        session = join(
            f"ws://127.0.0.1:{proxy.port}/ws",
            room_id="lobby",
            on_event=events.append,
            backoff=patient,
        )
        entering = asyncio.create_task(session.__aenter__())
        await eventually(lambda: len(events) >= 3)
        location = f"Location: ws://127.0.0.1:{await signaling.listen('127.0.0.1', 0)}/ws"
        proxy.answer = http("307 Temporary Redirect", location)
        async with asyncio.timeout(SECONDS):
            assert (await entering) is session
        await session.__aexit__(None, None, None)
    assert {type(event) for event in events} == {Dropped}


@in_virtual_time
async def test_a_room_that_is_full_for_now_is_waited_for_where_that_is_asked_for() -> None:
    full = m.ErrorBody("room-full", "the room is full", retry_after=3.0)
    target = server_that_says(full, ConnectionRefusedError(), full, NEWCOMER)
    patient = Backoff(jitter=lambda most: most, retry_first_connect=True)
    async with Session(target.open, m.JoinBody("lobby"), target.events.append, patient):
        assert target.opened_at == [0.0, 3.5, 4.5, 8.0]


@in_virtual_time
async def test_a_first_refusal_that_is_for_good_ends_the_waiting() -> None:
    banned = m.ErrorBody("banned", "stay away")
    target = server_that_says(OSError("nobody listens"), banned)
    patient = Backoff(retry_first_connect=True)
    with pytest.raises(Refused, match="banned"):
        await Session(target.open, m.JoinBody("lobby"), None, patient).__aenter__()


def test_an_address_that_is_no_websockets_is_a_mistake_at_once() -> None:
    with pytest.raises(InvalidURI):
        join("http://localhost:5000/ws", room_id="lobby")


@pytest.mark.skipif(find_spec("python_socks") is not None, reason="python-socks is here")
async def test_a_socks_proxy_without_its_package_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("socks_proxy", "socks5://127.0.0.1:1080")
    monkeypatch.setenv("no_proxy", "")
    for entering in (
        join("ws://camus.example/ws", room_id="lobby").__aenter__(),
        connect("ws://camus.example/room/lobby/ws").__aenter__(),
    ):
        with pytest.raises(ProxyError, match="pip install 'python-socks"):
            await entering
