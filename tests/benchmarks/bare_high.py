"""A bare relay in the usual style: websockets' high-level API, asyncio and json.

It keeps no record, checks no payload and announces no member. With `--fault` it is the server
of the benchmark's self-test, which makes one kind of mistake now and then.
"""

import argparse
import asyncio
import json
import uuid
from collections import defaultdict
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

FAULTS = ("drop", "repeat", "reorder", "alter", "misroute")
FAULTY_ONE_IN = 500  # rare enough to be overlooked, frequent enough for a run of a second

Message = dict[str, Any]


class Relay:
    def __init__(self, fault: str | None) -> None:
        self.rooms: dict[str, dict[str, ServerConnection]] = defaultdict(dict)
        self.everyone: dict[str, ServerConnection] = {}
        self.fault = fault
        self.relayed = 0
        self.held: dict[str, Message] = {}

    async def serve_client(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        room = connection.request.path.split("/")[2]
        me = uuid.uuid4().hex
        members = self.rooms[room]
        members[me] = self.everyone[me] = connection
        try:
            await self.tell(connection, me, "greeting", "This is ground control.")
            async for text in connection:
                message = json.loads(text)
                if message["receiver"] == "ground control":
                    await self.answer(connection, me, room, message["type"])
                else:
                    message["sender"] = me
                    await self.relay(members, message)
        finally:
            del members[me], self.everyone[me]
            if not members:
                self.rooms.pop(room, None)

    async def answer(self, to: ServerConnection, me: str, room: str, kind: str) -> None:
        if kind == "get-room-info":
            clients = [{"id": member, "username": "guest"} for member in self.rooms[room]]
            await self.tell(to, me, "room-info", {"room_id": room, "clients": clients})
        elif kind == "get-ice-servers":
            ice_servers = [{"urls": ["stun:stun.example.org:3478"], "kind": "stun"}]
            await self.tell(to, me, "ice-servers", ice_servers)

    async def tell(self, to: ServerConnection, me: str, kind: str, data: Any) -> None:
        message = {"sender": "ground control", "receiver": me, "type": kind, "data": data}
        await to.send(json.dumps(message))

    async def relay(self, members: dict[str, ServerConnection], message: Message) -> None:
        for to_send in self.spoiled(message) if self.fault else (message,):
            receiver = members.get(to_send["receiver"]) or self.everyone.get(
                to_send["receiver"]
            )
            if receiver is not None:
                try:
                    await receiver.send(json.dumps(to_send))
                except ConnectionClosed:
                    pass

    def spoiled(self, message: Message) -> list[Message]:
        """Return the messages to send instead of this one: usually just itself."""
        sender = message["sender"]
        if sender in self.held:
            return [message, self.held.pop(sender)]
        self.relayed += 1
        if self.relayed % FAULTY_ONE_IN:
            return [message]
        match self.fault:
            case "drop":
                return []
            case "repeat":
                return [message, message]
            case "reorder":
                self.held[sender] = message
                return []
            case "alter":
                data = message["data"]
                member = "sdp" if "sdp" in data else "candidate"
                text = data[member]
                middle = len(text) // 2
                other = "b" if text[middle] == "a" else "a"
                data[member] = text[:middle] + other + text[middle + 1 :]
                return [message]
            case _:
                strangers = self.everyone.keys() - {sender, message["receiver"]}
                return [{**message, "receiver": min(strangers)}]


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--fault", choices=FAULTS)
    options = parser.parse_args()
    relay = Relay(options.fault)
    async with serve(relay.serve_client, "127.0.0.1", options.port) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
