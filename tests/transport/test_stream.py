"""Tests of the phases of a stream and of its end, over a simulated TCP and in virtual time."""

import asyncio
from http import HTTPStatus
from typing import Any

from websockets.protocol import State

from camus_core.limits import Limits
from camus_core.wire.errors import FLOODED
from camus_transport.http.access import AccessRules
from camus_transport.http.handshake import Page, RequestHandler, Site
from camus_transport.http.open_connections import CLOSING_SECONDS
from camus_transport.websocket.connection import WebSocketConnection
from camus_transport.websocket.listener import WebSocketListener
from camus_transport.websocket.request_phase import RequestPhase
from camus_transport.websocket.stream import ENDED, Phase, Stream
from transport.raw_socket import CLOSE, PING, TEXT, frame
from transport.rfc6455_echo import UPGRADE, EchoServer, Wire, close_code, read_frames
from transport.virtual_time import in_virtual_time

PAGE = b"GET / HTTP/1.1\r\nHost: server.example\r\n\r\n"

SITE = Site(pages={"/": lambda head: Page("large")})

LIMITS = Limits(handshake_seconds=10.0, connections_per_address=1)


class Client:
    """A client of an echo server, as the event loop tells the server's stream of it."""

    def __init__(self, *, has_tls: bool = False) -> None:
        self.server = EchoServer(LIMITS)
        self.listener = WebSocketListener(
            self.server, RequestHandler(AccessRules(LIMITS)), SITE
        )
        self.wire = Wire(has_tls=has_tls)
        self.stream: Stream = self.listener()
        self.stream.connection_made(self.wire)
        self.faults: list[dict[str, Any]] = []
        self.listener.loop.set_exception_handler(lambda _, fault: self.faults.append(fault))

    async def send(self, data: bytes) -> None:
        self.stream.data_received(data)
        await self.turns()

    async def turns(self) -> None:
        """Let the event loop read and write all that it has."""
        for _ in range(200):
            await asyncio.sleep(0)

    def heard(self) -> list[tuple[int, bytes]]:
        """Return opcode and payload of the frames behind the response."""
        return list(read_frames(bytes(self.wire.written).partition(b"\r\n\r\n")[2]))

    def phase(self) -> Phase:
        """Return the present phase of the stream."""
        return self.stream.phase

    def state(self) -> State | None:
        """Return the state of the WebSocket, None in the other phases."""
        phase = self.stream.phase
        return phase.state if isinstance(phase, WebSocketConnection) else None

    def close_half(self) -> None:
        """Send no more; the event loop then closes TCP, unless the stream keeps it open."""
        if not self.stream.eof_received() and not self.wire.is_closing():
            self.wire.close()

    def lose(self) -> None:
        """Have TCP end, as `close` and `abort` do at last."""
        self.stream.connection_lost(None)

    async def check_forgotten(self) -> None:
        """Check that nothing is left, and that the address may connect once more."""
        await asyncio.sleep(2 * CLOSING_SECONDS)
        assert self.listener.connections == set()
        assert self.faults == []
        limits = self.listener.connection_limits
        assert [limits.add(("127.0.0.1", 1)).refusal is None for _ in range(2)] == [True, False]


@in_virtual_time
async def test_a_stream_carries_a_request_then_a_websocket_then_nothing() -> None:
    client = Client()
    assert isinstance(client.phase(), RequestPhase)
    await client.send(UPGRADE)
    assert client.state() is State.OPEN
    websocket = client.phase()
    assert isinstance(websocket, WebSocketConnection)
    websocket.served.fail(FLOODED)
    assert client.state() is State.CLOSING
    await client.send(frame(FLOODED.code.to_bytes(2, "big"), CLOSE))
    assert client.phase() is ENDED
    assert client.wire.tcp == "closed"
    client.lose()


@in_virtual_time
async def test_after_a_page_nothing_is_read() -> None:
    client = Client()
    await client.send(PAGE)
    assert client.phase() is ENDED
    await client.send(UPGRADE)
    assert client.wire.written.count(b"HTTP/1.1") == 1
    client.lose()


@in_virtual_time
async def test_who_hangs_up_under_tls_is_heard_to_the_end_and_counted_once() -> None:
    client = Client(has_tls=True)
    await client.send(UPGRADE)
    texts = [b"%d" % number for number in range(50)]
    client.stream.data_received(frame(b"", PING) + b"".join(map(frame, texts)))
    client.close_half()
    client.lose()
    await client.turns()
    assert client.server.heard_texts == texts
    assert client.server.left_with == [None]
    await client.check_forgotten()


@in_virtual_time
async def test_who_closes_and_hangs_up_under_tls_is_counted_once() -> None:
    client = Client(has_tls=True)
    await client.send(UPGRADE)
    client.stream.data_received(frame(b"a") * 20 + frame((1001).to_bytes(2, "big"), CLOSE))
    client.close_half()
    client.lose()
    await client.turns()
    assert client.server.heard_texts == [b"a"] * 20
    assert client.server.left_with == [1001]
    await client.check_forgotten()


@in_virtual_time
async def test_who_asks_and_hangs_up_under_tls_is_counted_once() -> None:
    client = Client(has_tls=True)
    client.stream.data_received(PAGE)
    client.close_half()
    client.lose()
    await client.check_forgotten()


@in_virtual_time
async def test_a_slow_reader_is_told_what_it_did_wrong_behind_what_waits() -> None:
    client = Client()
    await client.send(UPGRADE)
    client.stream.pause_writing()
    await client.send(frame(b"hello"))
    await client.send(frame(b"no mask", masked=False))
    assert client.wire.tcp == "half"
    client.stream.resume_writing()
    await client.turns()
    (_, hello), (_, close) = client.heard()
    assert hello == b"hello"
    assert close_code(close) == 1002
    client.lose()
    await client.check_forgotten()


@in_virtual_time
async def test_a_slow_reader_that_closes_is_answered_behind_what_waits() -> None:
    client = Client()
    await client.send(UPGRADE)
    client.stream.pause_writing()
    await client.send(frame(b"hello"))
    await client.send(frame((1000).to_bytes(2, "big"), CLOSE))
    assert client.wire.tcp == "closed"
    assert client.heard() == [(TEXT, b"hello"), (CLOSE, (1000).to_bytes(2, "big"))]
    client.lose()


@in_virtual_time
async def test_who_closes_its_half_and_reads_nothing_is_cut_off() -> None:
    client = Client()
    await client.send(UPGRADE)
    client.wire.unsent = 1
    client.close_half()
    assert client.server.left_with == [None]
    await asyncio.sleep(1)
    assert client.wire.tcp == "closed"
    await asyncio.sleep(2)
    assert client.wire.tcp == "cut"
    client.lose()


@in_virtual_time
async def test_who_asks_and_closes_its_half_has_the_time_of_a_page() -> None:
    client = Client()
    client.wire.unsent = 1
    await client.send(PAGE)
    client.close_half()
    assert client.wire.written.startswith(b"HTTP/1.1 %d " % HTTPStatus.OK)
    await asyncio.sleep(9)
    assert client.wire.tcp == "closed"
    await asyncio.sleep(2)
    assert client.wire.tcp == "cut"
    client.lose()


@in_virtual_time
async def test_a_client_that_has_gone_while_it_is_refused_is_forgotten() -> None:
    client = Client()
    client.wire.is_gone = True
    await client.send(b"GET / HTTP/1.1\r\n\r\n")
    assert client.phase() is ENDED
    client.lose()
    await client.check_forgotten()
