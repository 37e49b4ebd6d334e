"""A bare relay as fast as websockets allows: its Sans-I/O protocol, uvloop and msgspec.

It does the least that a relay must do: read a frame, find the receiver, write in the sender,
and send. It keeps no record, checks no payload, announces no member and trusts its clients.
"""

import argparse
import asyncio
import uuid
from collections import defaultdict
from typing import Any, ClassVar, cast

import msgspec
import uvloop
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol


class Said(msgspec.Struct, gc=False):
    receiver: str
    type: str
    data: msgspec.Raw = msgspec.Raw(b"null")


class Heard(msgspec.Struct, gc=False):
    sender: str
    receiver: str
    type: str
    data: Any


read = msgspec.json.Decoder(Said).decode
written = msgspec.json.Encoder().encode


class Peer(asyncio.Protocol):
    """One connection; all messages to it from one turn of the loop leave in one write."""

    rooms: ClassVar[dict[str, dict[str, "Peer"]]] = defaultdict(dict)

    def __init__(self) -> None:
        self.protocol = ServerProtocol()
        self.loop = asyncio.get_running_loop()
        self.id = uuid.uuid4().hex
        self.room = ""
        self.members: dict[str, Peer] = {}
        self.unsent: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not subclasses of asyncio's
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.protocol.receive_data(data)
        for event in self.protocol.events_received():
            if isinstance(event, Frame):
                if event.opcode is Opcode.TEXT:
                    self.hear(event.data)
            elif isinstance(event, Request):
                self.admit(event)
        self.collect()
        if self.protocol.close_expected():
            self.loop.call_soon(self.transport.close)

    def eof_received(self) -> None:
        self.protocol.receive_eof()
        self.collect()

    def connection_lost(self, exc: Exception | None) -> None:
        self.members.pop(self.id, None)
        if not self.members:
            self.rooms.pop(self.room, None)

    def admit(self, request: Request) -> None:
        response = self.protocol.accept(request)
        self.protocol.send_response(response)
        if response.status_code == 101:
            self.room = request.path.split("/")[2]
            self.members = self.rooms[self.room]
            self.members[self.id] = self
            self.tell("greeting", "This is ground control.")

    def hear(self, text: bytes | bytearray | memoryview) -> None:
        message = read(text)
        receiver = self.members.get(message.receiver)
        if receiver is not None:
            receiver.send(Heard(self.id, message.receiver, message.type, message.data))
        elif message.type == "get-room-info":
            clients = [{"id": member, "username": "guest"} for member in self.members]
            self.tell("room-info", {"room_id": self.room, "clients": clients})
        elif message.type == "get-ice-servers":
            self.tell("ice-servers", [{"urls": ["stun:stun.example.org:3478"], "kind": "stun"}])

    def tell(self, kind: str, data: Any) -> None:
        self.send(Heard("ground control", self.id, kind, data))

    def send(self, message: Heard) -> None:
        self.protocol.send_text(written(message))
        self.collect()

    def collect(self) -> None:
        if data := self.protocol.data_to_send():
            if not self.unsent:
                self.loop.call_soon(self.flush)
            self.unsent += data

    def flush(self) -> None:
        unsent, self.unsent = self.unsent, []
        self.transport.write(b"".join(unsent))


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    server = await asyncio.get_running_loop().create_server(Peer, "127.0.0.1", options.port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
