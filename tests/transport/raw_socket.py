"""A WebSocket client that enforces no rule by itself and reads only on request."""

import asyncio
import json
import os
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from attrs import define, field, frozen

SECONDS = 10.0
"""Seconds that any answer may take."""

TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 0x1, 0x2, 0x8, 0x9, 0xA, 0x0


@frozen
class Frame:
    """One frame sent by the server (RFC 6455, section 5.2)."""

    opcode: int
    payload: bytes


@frozen
class Response:
    """The server's response to an HTTP request."""

    status: int
    text: str


def frame(
    payload: bytes, opcode: int = TEXT, *, fin: bool = True, rsv: int = 0, masked: bool = True
) -> bytes:
    """Return a frame of a client."""
    size, mask = len(payload), os.urandom(4)
    flag = 0x80 if masked else 0
    head = bytes([fin << 7 | rsv << 4 | opcode])
    if size < 126:
        head += bytes([flag | size])
    elif size < 1 << 16:
        head += bytes([flag | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([flag | 127]) + size.to_bytes(8, "big")
    if not masked:
        return head + payload
    repeated = mask * (size // 4 + 1)
    number = int.from_bytes(payload, "big") ^ int.from_bytes(repeated[:size], "big")
    return head + mask + number.to_bytes(size, "big")


def message(type: str, receiver: str = "ground control", data: Any = None) -> bytes:
    """Return the JSON text of a message."""
    return json.dumps({"receiver": receiver, "type": type, "data": data}).encode()


@define(eq=False)
class RawSocket:
    """A TCP connection to a server; data is read only while a method waits for it."""

    socket: socket.socket
    _buffer: bytearray = field(factory=bytearray)

    async def send(self, data: bytes) -> None:
        """Send bytes unchanged."""
        async with asyncio.timeout(SECONDS):
            await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def say(self, type: str, receiver: str = "ground control", data: Any = None) -> None:
        """Send a message in one frame."""
        await self.send(frame(message(type, receiver, data)))

    async def read_frame(self) -> Frame:
        """Return the next frame of any kind."""
        opcode, size = await self._read(2)
        assert opcode & 0x80, "the server never fragments"
        assert size < 128, "a server must not mask any frames (RFC 6455, section 5.1)"
        if size >= 126:
            size = int.from_bytes(await self._read(2 if size == 126 else 8), "big")
        return Frame(opcode & 0x0F, await self._read(size))

    async def read_message(self) -> dict[str, Any]:
        """Return the next message, skipping control frames."""
        while (heard := await self.read_frame()).opcode != TEXT:
            assert heard.opcode != CLOSE, heard
        said: dict[str, Any] = json.loads(heard.payload)
        return said

    async def hear(self, type: str) -> dict[str, Any]:
        """Return the next message of this type, skipping others."""
        while (said := await self.read_message())["type"] != type:
            pass
        return said

    async def close_code(self) -> int:
        """Return the code with which the server closes, skipping messages before it."""
        while (heard := await self.read_frame()).opcode != CLOSE:
            pass
        return int.from_bytes(heard.payload[:2], "big")

    async def read_to_the_end(self) -> bytes:
        """Return everything up to the end or the reset of the TCP connection."""
        try:
            while await self._fill():
                pass
        except ConnectionResetError:
            pass
        return bytes(self._buffer)

    async def request(
        self, path: str, *headers: str, method: str = "GET", upgrade: bool = True
    ) -> Response:
        """Send an HTTP request, by default to open a WebSocket; return the response."""
        lines = [f"{method} {path} HTTP/1.1", *headers]
        if not any(header.startswith("Host:") for header in headers):
            host, port = self.socket.getpeername()[:2]
            lines.append(f"Host: {host}:{port}")
        if upgrade:
            lines += [
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version: 13",
            ]
        await self.send("\r\n".join([*lines, "", ""]).encode())
        return await self.response()

    async def response(self) -> Response:
        """Return the response to an HTTP request."""
        while b"\r\n\r\n" not in self._buffer:
            assert await self._fill(), f"the server hung up after {bytes(self._buffer)!r}"
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        status = int(head.split(b" ")[1])
        if status == 101:
            self._buffer[:] = rest
            return Response(status, "")
        await self.read_to_the_end()
        return Response(status, bytes(self._buffer).partition(b"\r\n\r\n")[2].decode())

    def reset(self) -> None:
        """Reset the connection (RST), without a closing handshake."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    async def _read(self, size: int) -> bytes:
        while len(self._buffer) < size:
            assert await self._fill(), "the server hung up"
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    async def _fill(self) -> bool:
        async with asyncio.timeout(SECONDS):
            data = await asyncio.get_running_loop().sock_recv(self.socket, 1 << 16)
        self._buffer += data
        return bool(data)


@asynccontextmanager
async def raw_socket(
    port: int, *, host: str = "127.0.0.1", source: str | None = None, receive_buffer: int = 0
) -> AsyncIterator[RawSocket]:
    """Connect to a server, from the address `source` if it is given."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as made:
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source is not None:
            made.bind((source, 0))
        async with asyncio.timeout(SECONDS):
            await asyncio.get_running_loop().sock_connect(made, (host, port))
        yield RawSocket(made)


@asynccontextmanager
async def raw_websocket(
    port: int, room_id: str = "lobby", *, receive_buffer: int = 0
) -> AsyncIterator[RawSocket]:
    """Connect to a room, and read up to the greeting."""
    async with raw_socket(port, receive_buffer=receive_buffer) as made:
        response = await made.request(f"/room/{room_id}/ws")
        assert response.status == 101, response
        await made.hear("greeting")
        yield made


@asynccontextmanager
async def sending_for_ever(
    client: RawSocket, data: bytes, pause: float = 0.0
) -> AsyncIterator[None]:
    """Send these bytes again and again in the background while the server accepts them."""

    async def send() -> None:
        with suppress(OSError, TimeoutError):
            while True:
                await client.send(data)
                await asyncio.sleep(pause)

    sending = asyncio.create_task(send())
    try:
        yield
    finally:
        sending.cancel()
        await asyncio.wait({sending})


async def eventually(condition: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Wait until a condition holds for which there is no event."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, condition
        await asyncio.sleep(0.02)
