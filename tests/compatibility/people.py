"""Clients of the release that is on the path, told by lines of JSON what to do.

Each line on standard input is a call: `{"call": 1, "who": "ann", "do": "join", ...}`. Standard
output has one answer to each, `{"call": 1, "result": ...}` or `{"call": 1, "refused": code}`,
and between them what the clients receive and notice, `{"who": "ann", "heard": ...}`. This
program runs with both releases, so it uses only what both have.
"""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import camus_transport
from camus_core.wire import messages as m
from camus_core.wire.codec import best_codec
from camus_core.wire.errors import MalformedMessage, UnknownType
from camus_core.wire.json_text import to_json
from camus_transport import (
    Backoff,
    ConnectionClosed,
    Expired,
    Peer,
    Refused,
    Rejoined,
    Session,
    SessionEvent,
    connect,
    create_room,
    join,
)

CODEC = best_codec()

LONGEST_LINE = 1 << 26
"""Bytes of a call: `read` has all frames of many scenarios."""


def say(**words: object) -> None:
    """Write one line to the test."""
    print(json.dumps(words), flush=True)


def as_json(message: m.Message) -> Any:
    return json.loads(CODEC.encode(message))


class Person:
    """One client. Its methods named `do_…` are the calls."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.client: Session | Peer
        self.tasks: list[asyncio.Task[None]] = []

    async def do_tell_release(self) -> object:
        """Return the folder from which this release was imported."""
        return str(Path(camus_transport.__file__).parents[1])

    async def do_create_room(self, **options: Any) -> object:
        made = await create_room(**options)
        return {"room_id": made.room_id, "owner_token": made.owner_token}

    async def do_join(self, **options: Any) -> object:
        """Join in the session profile, after waiting for admission if need be."""
        soon = Backoff(first=0.05, longest=0.2)
        session = join(on_event=self.notice, backoff=soon, username=self.name, **options)
        self.client = await session.__aenter__()
        self._read()
        return await self.do_look()

    async def do_connect(self, url: str) -> object:
        """Join in the core profile."""
        self.connection = connect(url)  # kept, or else it would leave at once
        self.client = await self.connection.__aenter__()
        self._read()
        return {"id": self.client.id}

    async def do_look(self) -> object:
        """Return what the session knows of itself and of its room."""
        assert isinstance(self.client, Session)
        return {
            "id": self.client.id,
            "role": self.client.role,
            "locked": self.client.locked,
            "clients": [[one.username, one.role] for one in self.client.clients.values()],
            "waiting": [one.username for one in self.client.waiting.values()],
        }

    async def do_send(self, **message: Any) -> None:
        await self.client.send(CODEC.decode(to_json(message), ids=True))

    async def do_request(self, **message: Any) -> object:
        """Send a request to the server, and return the answer."""
        assert isinstance(self.client, Session)
        request = CODEC.decode(to_json({"receiver": m.GROUND_CONTROL, **message}), ids=True)
        return as_json(await self.client.request(request))

    async def do_chatter(self, to: str) -> None:
        """Send numbers to a member until the call `hush`, each with itself as `id`."""
        self.tasks.append(asyncio.create_task(self._chatter(to)))

    async def do_hush(self) -> object:
        """Stop sending numbers; return how many were sent."""
        self.tasks[-1].cancel()
        await asyncio.wait([self.tasks[-1]])
        return self.said

    async def do_read(self, frames: list[str]) -> object:
        """Return those frames of a session that are malformed to this release."""
        malformed = []
        for frame in frames:
            try:
                CODEC.decode(frame.encode(), ids=True)
            except UnknownType:
                pass
            except MalformedMessage as error:
                malformed.append([frame, str(error)])
        return malformed

    async def do_leave(self) -> None:
        if isinstance(self.client, Session):
            await self.client.__aexit__(None, None, None)
        else:
            await self.connection.__aexit__(None, None, None)

    def notice(self, event: SessionEvent) -> None:
        """Report an event of the session."""
        more: dict[str, object] = {}
        if isinstance(event, Expired):
            more["ids"] = [message.id for message in event.messages]
        if isinstance(event, Rejoined):
            more |= {"reason": event.reason, "same_id": event.same_id}
        say(who=self.name, heard={"type": type(event).__name__, "data": more})

    def _read(self) -> None:
        self.tasks.append(asyncio.create_task(self._report_all()))

    async def _report_all(self) -> None:
        code = 1000
        try:
            async for message in self.client:
                say(who=self.name, heard=as_json(message))
        except ConnectionClosed as end:
            code = end.code
        say(who=self.name, heard={"type": "end", "data": code})

    async def _chatter(self, to: str) -> None:
        self.said = 0
        while True:
            await asyncio.sleep(0.01)
            number = to_json(self.said)
            await self.client.send(m.Extension("x-number", to, number, id=str(self.said)))
            self.said += 1


async def answer(call: int, person: Person, do: str, options: Any) -> None:
    """Carry out a call, and write its answer."""
    try:
        result = await getattr(person, f"do_{do}")(**options)
    except Refused as refused:
        say(call=call, refused=refused.code)
    except Exception as error:
        say(call=call, failed=repr(error))
    else:
        say(call=call, result=result)


async def main() -> None:
    """Carry out calls until standard input ends."""
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    people: dict[str, Person] = {}
    calls = set()
    while line := await reader.readline():
        words = json.loads(line)
        call, who, do = (words.pop(name) for name in ("call", "who", "do"))
        person = people.setdefault(who, Person(who))
        calls.add(asyncio.create_task(answer(call, person, do, words)))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
