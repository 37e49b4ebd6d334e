"""One WebSocket client of the load generator, which sends and checks payloads."""

import asyncio
import base64
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from dialects import Dialect
from payloads import Kind, origin, payload
from tally import ACK_SECONDS, UNCOUNTED, Tally

try:
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

encode: Callable[[Any], bytes]
decode: Callable[[bytes], Any]
try:
    import msgspec
except ImportError:

    def encode(message: Any) -> bytes:
        return json.dumps(message, separators=(",", ":")).encode()

    decode = json.loads
else:
    encode = msgspec.json.Encoder().encode
    decode = msgspec.json.Decoder().decode

T = TypeVar("T")

PATIENCE = 10.0  # seconds for an answer on loopback, even on a busy machine
ACCEPT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA  # RFC 6455, section 5.2
NORMAL = (1000).to_bytes(2, "big")


class Faulty(Exception):
    """The server violated the protocol, so this run has no figure."""


class Client(asyncio.Protocol):
    """One peer of a pair.

    The wire format is written out here because a general client costs the generator several
    times as much as the fastest of the servers costs.

    Args:
        number: Number of the client, unique in the run.
        broken: Future for the first fault that any client of the run notices.
    """

    def __init__(self, dialect: Dialect, number: int, room: str, broken: asyncio.Future[None]):
        self.dialect = dialect
        self.number = number
        self.room = room
        self.id = f"c{number}"
        self.partner = self
        self.said = self.heard = 0
        self.on_heard: Callable[[], None] = _nothing
        self._broken = broken
        self._kinds: dict[str, Kind] = {name: kind for kind, name in dialect.types.items()}
        self._loop = asyncio.get_running_loop()
        self._lost: asyncio.Future[None] = self._loop.create_future()
        self._answer: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        self._awaited: str | None = None
        self._key = base64.b64encode(os.urandom(16))
        # A new mask for each frame would cost the generator more and the server the same.
        self._mask = os.urandom(4)
        self._upgraded = self._closing = False
        self._unread = b""
        self._unsent: list[bytes] = []
        self._said_goodbye = ""
        self._tally: Tally | None = None
        self._ack_timer: asyncio.TimerHandle | None = None

    async def join(self, port: int) -> None:
        """Connect, be admitted, and send a newcomer's requests."""
        admission = self._expect(self.dialect.admission)
        self._port = port
        await self._loop.create_connection(lambda: self, "127.0.0.1", port)
        message = await self._patiently(admission, self.dialect.admission)
        if self.dialect.id_from is not None:
            self.id = message[self.dialect.id_from]
        for request, answer in self.dialect.requests:
            answered = self._expect(answer)
            self._say(request)
            await self._patiently(answered, answer)

    def say(self, kind: Kind) -> None:
        """Send the next payload to the partner; frames of one turn leave in one write."""
        dialect = self.dialect
        message = {
            dialect.receiver: self.partner.id,
            "type": dialect.types[kind],
            dialect.data: payload(kind, self.number, self.said),
        }
        self.said += 1
        self._say(message)

    async def close(self) -> None:
        """Close, and read all that the server sent before it closed too."""
        self._closing = True
        if self.dialect.farewell is None:
            self._write(CLOSE, NORMAL)
        else:
            self._write(TEXT, encode(self.dialect.farewell))
        await self._patiently(self._lost, "end of the connection")
        if self._ack_timer is not None:
            self._ack_timer.cancel()
        if self._said_goodbye[:4] != "1000":
            raise Faulty(f"{self.id}: closed with {self._said_goodbye or 'nothing'}")
        if self._tally is not None and self._tally.overdue():
            raise Faulty(f"{self.id}: not confirmed: {self._tally}")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not subclasses of asyncio's
        self._transport = cast(asyncio.Transport, transport)
        path = self.dialect.path.format(room=self.room, name=self.id)
        offered = self.dialect.subprotocol
        offer = "" if offered is None else f"Sec-WebSocket-Protocol: {offered}\r\n"
        self._transport.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"{offer}Sec-WebSocket-Key: {self._key.decode()}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        try:
            self._read(self._unread + data if self._unread else data)
        except Exception as error:
            self._fail(error)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._lost.done():  # no task waits any more in a run that has failed
            self._lost.set_result(None)
        if not self._closing:
            self._fail(Faulty(f"{self.id}: the server ended it: {self._said_goodbye or exc}"))

    def _expect(self, answer: str) -> asyncio.Future[dict[str, Any]]:
        self._awaited = answer
        self._answer = self._loop.create_future()
        return self._answer

    async def _patiently(self, future: asyncio.Future[T], what: str) -> T:
        return await patiently(future, lambda: f"{self.id}: no {what} in {PATIENCE:.0f} s")

    def _read(self, data: bytes) -> None:
        if not self._upgraded:
            head, complete, rest = data.partition(b"\r\n\r\n")
            if not complete:
                self._unread = data
                return
            self._check_upgrade(head)
            data = rest
        start, end = 0, len(data)
        while end - start >= 2:
            # a server never masks its frames: RFC 6455, section 5.1
            body, size = start + 2, data[start + 1]
            if size > 125:
                body += 2 if size == 126 else 8
                if end < body:
                    break
                size = int.from_bytes(data[start + 2 : body], "big")
            if end < body + size:
                break
            self._hear(data[start], data[body : body + size])
            start = body + size
        self._unread = data[start:]

    def _check_upgrade(self, head: bytes) -> None:
        status, *lines = head.split(b"\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(b":") for line in lines)
        }
        accept = base64.b64encode(hashlib.sha1(self._key + ACCEPT).digest())
        if not status.startswith(b"HTTP/1.1 101 "):
            raise Faulty(f"{self.id}: no upgrade: {status.decode(errors='replace')}")
        if headers.get(b"sec-websocket-accept") != accept:
            raise Faulty(f"{self.id}: the upgrade answers another request")
        offered = self.dialect.subprotocol
        if headers.get(b"sec-websocket-protocol", b"").decode() != (offered or ""):
            raise Faulty(f"{self.id}: the upgrade is not to {offered}")
        self._upgraded = True
        if self.dialect.entry is not None:
            self._write(TEXT, encode(self.dialect.entry))

    def _hear(self, first: int, body: bytes) -> None:
        match first:
            case 0x81:
                message = decode(body)
                if self._tally is not None:
                    self._count(self._tally, message, len(body))
                self._hear_text(message)
            case 0x88:
                self._said_goodbye = f"{int.from_bytes(body[:2], 'big')} {body[2:].decode()}"
                if not self._closing or self.dialect.farewell is not None:
                    self._write(CLOSE, body[:2])
            case 0x89:
                self._write(PONG, body)
            case 0x8A:
                pass
            case _:
                # none of the servers fragments such short messages
                raise Faulty(f"{self.id}: a frame that starts with {first:#x}")

    def _hear_text(self, message: dict[str, Any]) -> None:
        name = message["type"]
        kind = self._kinds.get(name)
        if kind is not None:
            dialect = self.dialect
            self._check(kind, message[dialect.sender], message[dialect.data])
            self.heard += 1
            self.on_heard()
        elif name == self._awaited:
            if self.dialect.counts and name == self.dialect.admission:
                self._tally = Tally()
            self._awaited = None
            self._answer.set_result(message)
        elif name not in self.dialect.unasked:
            raise Faulty(f"{self.id}: an unexpected message: {message}")

    def _count(self, tally: Tally, message: dict[str, Any], size: int) -> None:
        if message["type"] == "ack":
            if not tally.confirm(message["data"]["received"]):
                raise Faulty(f"{self.id}: a wrong {message}, {tally}")
        elif message["type"] not in UNCOUNTED:
            if tally.hear(size):
                self._acknowledge(tally)
            elif self._ack_timer is None:
                self._ack_timer = self._loop.call_later(ACK_SECONDS, self._ack_late, tally)

    def _ack_late(self, tally: Tally) -> None:
        self._ack_timer = None
        if tally.heard > tally.acknowledged:
            self._acknowledge(tally)

    def _acknowledge(self, tally: Tally) -> None:
        ack = {"received": tally.acknowledge()}
        self._write(TEXT, encode({"receiver": "ground control", "type": "ack", "data": ack}))

    def _check(self, kind: Kind, sender: str, data: object) -> None:
        partner = self.partner
        if sender != partner.id or partner is self:
            raise Faulty(f"{self.id}: misrouted: a message of {sender}, not of {partner.id}")
        if data == payload(kind, partner.number, self.heard):
            return
        match origin(data):
            case (number, sequence) if number == partner.number and sequence != self.heard:
                fault = "lost" if sequence > self.heard else "repeated"
                raise Faulty(
                    f"{self.id}: {fault} or out of order:"
                    f" number {sequence} instead of {self.heard}"
                )
            case claimed:
                raise Faulty(f"{self.id}: altered: number {self.heard}, it claims {claimed}")

    def _say(self, message: Mapping[str, Any]) -> None:
        if self._tally is not None:
            self._tally.said += 1
        self._write(TEXT, encode(message))

    def _write(self, opcode: int, body: bytes) -> None:
        size = len(body)
        if size < 126:
            head = bytes((0x80 | opcode, 0x80 | size))
        else:
            head = bytes((0x80 | opcode, 0x80 | 126)) + size.to_bytes(2, "big")
        if not self._unsent:
            self._loop.call_soon(self._flush)
        self._unsent += (head, self._mask, apply_mask(body, self._mask))

    def _flush(self) -> None:
        unsent, self._unsent = self._unsent, []
        self._transport.write(b"".join(unsent))

    def _fail(self, error: Exception) -> None:
        if not self._broken.done():
            self._broken.set_exception(error)


async def patiently(future: asyncio.Future[T], fault: Callable[[], str]) -> T:
    """Wait for a future.

    Raises:
        Faulty: It was not done in time; `fault` says what is missing.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            return await future
    except TimeoutError:
        raise Faulty(fault()) from None


def _nothing() -> None:
    pass
