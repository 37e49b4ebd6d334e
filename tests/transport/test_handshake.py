"""Handshakes over real sockets: the clients that may open a WebSocket, and the refusals."""

import asyncio
import gc
import logging
import re
from contextlib import AsyncExitStack, suppress

import pytest
from websockets.server import ServerProtocol

from camus_core.limits import Limits
from camus_transport import Signaling
from camus_transport.http.request_head import RequestHead
from camus_transport.websocket.connection import WebSocketConnection
from camus_transport.websocket.stream import Stream
from transport.raw_socket import CLOSE, RawSocket, Response, frame, raw_socket, raw_websocket

REBOUND = "Host: attacker.example"


async def ask(port: int, path: str, *headers: str, upgrade: bool = True) -> Response:
    async with raw_socket(port) as client:
        return await client.request(path, *headers, upgrade=upgrade)


async def status(port: int, path: str, *headers: str) -> int:
    return (await ask(port, path, *headers)).status


@pytest.fixture
async def port(signaling: Signaling) -> int:
    return await signaling.listen("127.0.0.1", 0)


async def test_a_plain_request_hears_that_the_server_is_well(port: int) -> None:
    assert await ask(port, "/healthz", upgrade=False) == Response(200, "ok\n")
    assert await ask(port, "/healthz?verbose=1", upgrade=False) == Response(200, "ok\n")


async def test_a_person_who_looks_hears_what_this_is(port: int) -> None:
    answer = await ask(port, "/", upgrade=False)
    assert answer.status == 200
    assert "/room/<room id>/ws" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/room/lobby",
        "/room/lobby/ws/",
        "/room/lobby/ws/ws",
        "/room//ws",
        "/rooms/lobby/ws",
        "/ws",
        "/room/Lobby/ws",
        "/room/-lobby/ws",
        "/room/lob_by/ws",
        "/room/lobby%20/ws",
        "/room/../lobby/ws",
        "/room/caf%C3%A9/ws",
        f"/room/{'x' * 65}/ws",
        "*",
        "//[/room/lobby/ws",
    ],
)
async def test_a_path_that_names_no_room_is_not_found(port: int, path: str) -> None:
    assert await status(port, path) == 404


@pytest.mark.parametrize("path", ["/room/l/ws", f"/room/{'x' * 64}/ws", "/room/l/ws?token=1"])
async def test_a_path_that_names_a_room_leads_there(port: int, path: str) -> None:
    assert await status(port, path) == 101


async def test_a_plain_request_for_a_room_is_asked_to_upgrade(port: int) -> None:
    assert (await ask(port, "/room/lobby/ws", upgrade=False)).status == 426


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://127.0.0.1:{port}", 101),
        ("HTTP://127.0.0.1:{port}", 101),
        ("https://127.0.0.1:{port}", 101),
        ("http://127.0.0.1:1", 403),
        ("http://127.0.0.1", 403),
        ("http://localhost:{port}", 403),
        ("http://attacker.example", 403),
        ("http://127.0.0.1:{port}.attacker.example", 403),
        ("http://user@127.0.0.1:{port}", 403),
        ("null", 403),
        ("", 403),
        ("file://", 403),
        ("http://[", 403),
    ],
)
async def test_only_pages_of_this_server_may_connect_unless_others_are_allowed(
    port: int, origin: str, expected: int
) -> None:
    header = "Origin: " + origin.format(port=port)
    assert await status(port, "/room/lobby/ws", header) == expected


async def test_what_is_no_browser_has_no_origin_and_may_connect(port: int) -> None:
    assert await status(port, "/room/lobby/ws") == 101


async def test_two_origins_are_one_too_many(port: int) -> None:
    twice = [f"Origin: http://127.0.0.1:{port}"] * 2
    assert await status(port, "/room/lobby/ws", *twice) == 400


async def test_of_a_list_of_origins_each_may_connect_and_no_other() -> None:
    allowed = ["https://calls.example", "http://localhost:3000"]
    async with Signaling(origins=allowed) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        answers = {
            origin: await status(port, "/room/lobby/ws", f"Origin: {origin}")
            for origin in [*allowed, f"http://127.0.0.1:{port}", "http://calls.example", "null"]
        }
        assert list(answers.values()) == [101, 101, 403, 403, 403]


async def test_a_page_that_rebinds_its_name_to_this_machine_is_refused(port: int) -> None:
    same = "Origin: http://attacker.example"
    assert await status(port, "/room/lobby/ws", REBOUND, same) == 403
    assert await status(port, "/room/lobby/ws", REBOUND) == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:5000", "[::1]:5000", "127.0.0.1"])
async def test_a_server_for_this_machine_knows_its_names(port: int, host: str) -> None:
    assert await status(port, "/room/lobby/ws", f"Host: {host}") == 101


async def test_of_a_list_of_hosts_each_is_served_and_no_other() -> None:
    async with Signaling(hosts=["Calls.example"]) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        assert await status(port, "/room/lobby/ws", "Host: calls.example:443") == 101
        assert await status(port, "/room/lobby/ws") == 403


async def test_a_request_without_a_host_is_refused(port: int) -> None:
    async with raw_socket(port) as client:
        await client.send(b"GET /room/lobby/ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
        assert (await client.response()).status == 400


UPGRADE = (
    "GET /room/lobby/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n"
)


@pytest.mark.parametrize(
    ("right", "other", "expected"),
    [
        ("Connection: Upgrade", "Connection: keep-alive, upgrade", 101),
        ("Upgrade: websocket", "upgrade:WebSocket", 101),
        ("Host: 127.0.0.1", "host: localhost:1\r\nCookie: a=b\r\nX-Empty:", 101),
        ("GET", "POST", 405),
        ("Upgrade: websocket", "Upgrade: h2c", 426),
        ("Upgrade: websocket\r\n", "", 426),
        ("Connection: Upgrade", "Connection: close", 426),
        ("Version: 13", "Version: 8", 400),
        ("Sec-WebSocket-Version: 13\r\n", "", 400),
        ("Key: dGhlIHNhbXBsZSBub25jZQ==", "Key: dGhlIHNhbXBsZSBub25j", 400),
        ("Key: dGhlIHNhbXBsZSBub25jZQ==", "Key: no base64, and not 16 b", 400),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400),
        ("Host: 127.0.0.1", "Host: 127.0.0.1\r\nHost: 127.0.0.1", 400),
    ],
)
async def test_an_upgrade_has_to_be_one_by_the_letter_of_its_rfc(
    port: int, right: str, other: str, expected: int
) -> None:
    assert right in UPGRADE
    request = UPGRADE.replace(right, other).encode()
    for cut in [len(request), 1, len(request) - 1, len(request) - 3]:
        async with raw_socket(port) as client:
            await client.send(request[:cut])
            await asyncio.sleep(0)  # the server reads before the rest is sent
            await client.send(request[cut:])
            assert (await client.response()).status == expected


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /room/lobby/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}",
        b"GET /room/lobby/ws HTTP/1.0\r\n\r\n",
        b"GET /room/lobby/ws HTTP/1.1\r\n" + b"X-Filler: 1\r\n" * 1000 + b"\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) + b"\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\0" * 10_000,
    ],
    ids=["post", "http1.0", "headers", "path", "bytes", "tls", "http2", "nul"],
)
async def test_what_is_no_handshake_is_ended_and_the_server_goes_on(
    port: int, request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with raw_socket(port) as client:
        await client.send(request_)
        answer = await client.read_to_the_end()
        assert re.match(rb"HTTP/1\.1 [45]\d\d ", answer)
    async with raw_websocket(port):
        pass
    assert caplog.records == []


@pytest.mark.parametrize("path", ["/healthz", "/room/lobby/ws"])
async def test_what_comes_behind_a_request_and_is_no_frame_makes_nobody_deaf(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with Signaling(limits=Limits(roster_interval=1e-6)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port) as ann, raw_socket(port) as client:
            await ann.say("ping")
            await ann.hear("pong")
            request = UPGRADE.replace("/room/lobby/ws", path).encode()
            await client.send(request + b"X" * 14)
            await client.read_to_the_end()
            await ann.say("ping")
            await ann.hear("pong")
    assert caplog.records == []


async def test_a_peer_alone_never_makes_the_server_log_a_fault(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for path, header in [("//[", "X: 1"), ("/room/lobby/ws", "Origin: http://[")]:
        async with raw_socket(port) as client:
            await client.send(
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n\r\n".encode()
            )
            await client.read_to_the_end()
    assert caplog.records == []


@pytest.mark.parametrize(
    "said", [b"", b"\r\n", b"GET /room/lobby/ws HTTP/1.1\r\nHost: 127.0.0.1\r\n"]
)
async def test_a_handshake_that_never_ends_is_cut_off(said: bytes) -> None:
    async with Signaling(limits=Limits(handshake_seconds=0.3)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_socket(port) as client, asyncio.timeout(5):
            await client.send(said)
            await client.read_to_the_end()


async def test_a_head_that_comes_byte_by_byte_has_no_more_time_for_it() -> None:
    async with Signaling(limits=Limits(handshake_seconds=0.3)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_socket(port) as client, asyncio.timeout(5):

            async def trickle() -> None:
                with suppress(OSError):
                    for byte in UPGRADE.encode():
                        await client.send(bytes([byte]))
                        await asyncio.sleep(0.01)  # two seconds in all

            trickling = asyncio.create_task(trickle())
            answer = await client.read_to_the_end()
            assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")
            trickling.cancel()


async def test_a_handshake_that_ends_in_time_is_not_cut_off() -> None:
    limits = Limits(handshake_seconds=0.2, ping_after=0.5)
    async with Signaling(limits=limits) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port) as client:
            await client.hear("ping")  # the deadline has passed by then


async def enter(
    exits: AsyncExitStack, port: int, source: str = "127.0.0.1"
) -> tuple[RawSocket, int]:
    client = await exits.enter_async_context(raw_socket(port, source=source))
    response = await client.request("/room/lobby/ws")
    if response.status != 101:
        client.socket.close()
    return client, response.status


async def test_an_address_has_so_many_connections_and_more_when_one_has_left() -> None:
    async with AsyncExitStack() as exits:
        limits = Limits(connections_per_address=2)
        signaling = await exits.enter_async_context(Signaling(limits=limits))
        port = await signaling.listen("127.0.0.1", 0)
        leaver, _ = await enter(exits, port)
        statuses = [(await enter(exits, port))[1] for _ in range(3)]
        assert statuses == [101, 429, 429]
        assert (await enter(exits, port, source="127.0.0.2"))[1] == 101
        await leaver.say("bye")
        assert await leaver.close_code() == 1000
        await leaver.send(frame((1000).to_bytes(2, "big"), CLOSE))
        await leaver.read_to_the_end()
        assert (await enter(exits, port))[1] == 101


def kept() -> int:
    """Return the number of connection objects in this process, other tests' included."""
    gc.collect()
    kinds = (RequestHead, ServerProtocol, Stream, WebSocketConnection)
    return sum(1 for one in gc.get_objects() if isinstance(one, kinds))


async def test_who_was_refused_leaves_nothing_behind() -> None:
    before = kept()
    async with Signaling(limits=Limits(connections_per_address=1)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port):
            for _ in range(20):
                assert await status(port, "/room/lobby/ws") == 429
    assert kept() <= before


async def test_a_server_has_so_many_connections_in_all() -> None:
    async with AsyncExitStack() as exits:
        signaling = await exits.enter_async_context(Signaling(limits=Limits(connections=2)))
        port = await signaling.listen("127.0.0.1", 0)
        for source in ["127.0.0.1", "127.0.0.2"]:
            assert (await enter(exits, port, source))[1] == 101
        assert (await enter(exits, port, "127.0.0.3"))[1] == 503
        assert await ask(port, "/healthz", upgrade=False) == Response(200, "ok\n")


async def test_what_an_address_opens_beyond_its_share_takes_none_from_others() -> None:
    async with AsyncExitStack() as exits:
        limits = Limits(connections=6, connections_per_address=2)
        signaling = await exits.enter_async_context(Signaling(limits=limits))
        port = await signaling.listen("127.0.0.1", 0)
        for _ in range(12):
            await exits.enter_async_context(raw_socket(port))
        assert (await enter(exits, port, "127.0.0.2"))[1] == 101
