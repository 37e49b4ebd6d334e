"""An echo server on Camus's WebSocket listener, over sockets or over a simulated TCP.

The outcome doesn't depend on how TCP splits a client's bytes, so `play` feeds them to a
connection piece by piece, each in a turn of its own, and returns everything that results.
"""

import asyncio
import errno
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from attrs import define, field, frozen

from camus_core.events import Answered, Connected, ConnectionId, KeptAlive, Overflowed
from camus_core.limits import Limits
from camus_core.router import Router
from camus_core.transport import Connection
from camus_store.memory import MemoryStore
from camus_transport.http.access import AccessRules
from camus_transport.http.handshake import RequestHandler
from camus_transport.server.fair_reads import FairReads
from camus_transport.server.served_connection import ServedConnection
from camus_transport.server.server import SignalingServer
from camus_transport.websocket.listener import WebSocketListener
from transport.raw_socket import CLOSE, PONG, TEXT

NO_CODE = 1005
"""A stand-in for the code of a close frame without one (RFC 6455, section 7.1.5)."""

PATH = "/room/echo/ws"
UPGRADE = (
    f"GET {PATH} HTTP/1.1\r\nHost: server.example\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n"
).encode()
"""The request of section 1.2, with the key of section 1.3."""


class EchoServer(SignalingServer):
    """A server that echoes each text, and records what it received and how clients left.

    It is the `ConnectionHandler` of its connections.
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__(Router(limits), MemoryStore(), metrics=False)
        self.fair_reads = FairReads(asyncio.get_running_loop())
        self.heard_texts: list[bytes] = []
        self.left_with: list[int | None] = []

    def connect(self, connection: Connection, *_: object, **__: object) -> ServedConnection:
        return ServedConnection(ConnectionId(0), connection, False, None, self)

    def handle_frame(self, served: ServedConnection, frame: bytes) -> None:
        self.heard_texts.append(frame)
        served.connection.send(frame)

    def handle_event(self, event: KeptAlive | Overflowed) -> None:
        pass

    def handle_answer(self, served: ServedConnection, event: Connected | Answered) -> None:
        raise AssertionError("nothing is asked")

    def handle_end(self, served: ServedConnection, code: int | None) -> None:
        self.left_with.append(code)


@asynccontextmanager
async def echo_server(limits: Limits) -> AsyncIterator[int]:
    """Serve on loopback; yield the port."""
    listener = WebSocketListener(EchoServer(limits), RequestHandler(AccessRules(limits)))
    server = await listener.loop.create_server(listener, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await listener.connections.drain()


@frozen
class Outcome:
    """The outcome of a stream of bytes.

    `texts` were echoed and `pongs` sent, each in this order; a pong may overtake a text,
    depending on how TCP splits the stream. `close` is the code of the close frame, and
    `left_with` the code reported to the server. `tcp` is `open`, `half` closed by the server,
    `closed`, or `cut`.
    """

    texts: tuple[bytes, ...] = ()
    pongs: tuple[bytes, ...] = ()
    close: int | None = None
    left_with: int | None = None
    tcp: str = "open"


@define(eq=False)
class Wire(asyncio.Transport):
    """A TCP transport without a network, which keeps the written bytes and the way it ended.

    `unsent` are bytes that the system hasn't taken yet; `has_tls` is true for TLS, and
    `is_gone` once the peer has gone without the transport's knowing.
    """

    written: bytearray = field(factory=bytearray)
    tcp: str = "open"
    readable: asyncio.Event = field(factory=asyncio.Event)
    unsent: int = 0
    has_tls: bool = False
    is_gone: bool = False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        match name:
            case "peername":
                return ("127.0.0.1", 1)
            case "sslcontext" if self.has_tls:
                return "TLS"
            case _:
                return default

    def write(self, data: "bytes | bytearray | memoryview[Any]") -> None:
        assert self.tcp == "open", f"{bytes(data)!r} is written after the end"
        self.written += data

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def can_write_eof(self) -> bool:
        return not self.has_tls

    def write_eof(self) -> None:
        self.tcp = "half"
        if self.is_gone:
            raise OSError(errno.ENOTCONN, "the peer has gone")

    def is_closing(self) -> bool:
        return self.tcp in ("closed", "cut")

    def close(self) -> None:
        self.tcp = "closed"
        self.readable.set()

    def abort(self) -> None:
        self.tcp = "cut"
        self.readable.set()

    def pause_reading(self) -> None:
        self.readable.clear()

    def resume_reading(self) -> None:
        self.readable.set()


async def answer(pieces: Iterable[bytes], limits: Limits) -> tuple[EchoServer, Wire]:
    """Feed the pieces to a connection until it is closed; return the server and the wire."""
    server, wire = EchoServer(limits), Wire()
    connection = WebSocketListener(server, RequestHandler(AccessRules(limits)))()
    connection.connection_made(wire)
    wire.resume_reading()
    for piece in pieces:
        if wire.is_closing():
            break
        connection.data_received(piece)
        await wire.readable.wait()
        await asyncio.sleep(0)  # the outbox writes at the end of the turn
    while connection.read_on():
        pass
    await asyncio.sleep(0)
    return server, wire


async def play(pieces: Iterable[bytes], limits: Limits) -> Outcome:
    """Send the pieces of an upgrade request and of frames; return the outcome of the frames."""
    server, wire = await answer(pieces, limits)
    head, _, frames = bytes(wire.written).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 "), head
    said = list(read_frames(frames))
    texts = tuple(payload for opcode, payload in said if opcode == TEXT)
    assert texts == tuple(server.heard_texts[: len(texts)])
    closes = [payload for opcode, payload in said if opcode == CLOSE]
    if closes:  # "MUST NOT send any more data frames after sending a Close frame" (5.5.1)
        assert [opcode for opcode, _ in said if opcode in (TEXT, CLOSE)].count(CLOSE) == 1
        assert said[-1][0] != TEXT
    (left_with,) = server.left_with or (None,)
    return Outcome(
        texts,
        tuple(payload for opcode, payload in said if opcode == PONG),
        close_code(closes[0]) if closes else None,
        left_with,
        wire.tcp,
    )


def read_frames(data: bytes) -> Iterable[tuple[int, bytes]]:
    """Yield opcode and payload of each frame sent by the server (RFC 6455, section 5.2)."""
    while data:
        assert data[0] & 0xF0 == 0x80, "a server's frame is whole, and extends nothing"
        size, start = data[1], 2
        assert size < 128, "a server must not mask any frames (section 5.1)"
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(data[2:start], "big")
        assert len(data) >= start + size
        yield data[0] & 0x0F, data[start : start + size]
        data = data[start + size :]


def close_code(payload: bytes) -> int:
    """Return the code in a close frame (RFC 6455, section 7.1.5)."""
    return int.from_bytes(payload[:2], "big") if payload else NO_CODE
