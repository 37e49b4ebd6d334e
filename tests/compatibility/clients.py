"""Clients of one release in a process of their own, and the test's side of each."""

import asyncio
import json
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from attrs import define, field

from compatibility.releases import Release
from transport.serve import environment, kill

PROGRAM = Path(__file__).parent / "people.py"

SECONDS = 20.0
"""Seconds that anything may take on a busy machine."""

Message = dict[str, Any]


class Refused(Exception):
    """The server has refused; the argument is the code."""


@define(eq=False)
class People:
    """The process; each client in it has a name of its own."""

    _process: asyncio.subprocess.Process
    _clients: dict[str, "Client"] = field(factory=dict, init=False)
    _calls: dict[int, asyncio.Future[Message]] = field(factory=dict, init=False)
    _numbers: "count[int]" = field(factory=count, init=False)

    def client(self, name: str) -> "Client":
        """Return a new client, which is in no room yet."""
        assert name not in self._clients
        self._clients[name] = Client(name, self)
        return self._clients[name]

    async def call(self, who: str, do: str, **options: object) -> Any:
        """Have a client do something, and return the result.

        Raises:
            Refused: the server refuses it.
        """
        number = next(self._numbers)
        self._calls[number] = asyncio.get_running_loop().create_future()
        words = {"call": number, "who": who, "do": do, **options}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words).encode() + b"\n")
        async with asyncio.timeout(SECONDS):
            answer = await self._calls[number]
        if "refused" in answer:
            raise Refused(answer["refused"])
        assert "failed" not in answer, answer
        return answer["result"]

    async def read(self) -> None:
        """Pass on what the process says."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            words = json.loads(line)
            if "who" in words:
                self._clients[words["who"]].notice(words["heard"])
            else:
                self._calls.pop(words["call"]).set_result(words)


@define(eq=False)
class Client:
    """One client; `heard` are the messages, events and ends that no step has consumed."""

    name: str
    people: People
    id: str = field(default="", init=False)
    heard: deque[Message] = field(factory=deque, init=False)
    _news: asyncio.Event = field(factory=asyncio.Event, init=False)

    def notice(self, heard: Message) -> None:
        self.heard.append(heard)
        self._news.set()

    async def does(self, do: str, **options: object) -> Any:
        """Do something, and return the result.

        Raises:
            Refused: the server refuses it.
        """
        return await self.people.call(self.name, do, **options)

    async def joins(self, url: str, **options: object) -> Message:
        """Join a room; return what the client then knows."""
        known: Message = await self.does("join", url=url, **options)
        self.id = known["id"]
        return known

    async def hears(self, type: str) -> Any:
        """Return the data of the next message of this type, and skip what comes before it."""
        return (await self.next(type))["data"]

    async def next(self, *types: str) -> Message:
        """Return the next message of one of these types, and skip what comes before it."""
        async with asyncio.timeout(SECONDS):
            while True:
                while self.heard:
                    if (message := self.heard.popleft())["type"] in types:
                        return message
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def people_of(release: Release) -> AsyncIterator[People]:
    """Start a process with clients of this release."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        PROGRAM,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment(release.settings),
        start_new_session=True,
    )
    people = People(process)
    reading = asyncio.create_task(people.read())
    try:
        yield people
    finally:
        await kill(process)
        with suppress(asyncio.CancelledError):
            await reading
