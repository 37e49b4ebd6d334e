"""Numbered messages over a bad network: each arrives once and in order, or its sender is told.

    python tests/soak/soak.py 1000000 --clients 200
    python tests/soak/soak.py 200000 --clients 50 --end SIGTERM
    python tests/soak/soak.py 200000 --clients 50 --end SIGKILL

With `--end` the server is repeatedly ended by this signal and started again on the same
database. After a kill, messages that a client sent before its library noticed may be lost.
"""

import asyncio
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import click
from attrs import define, field

sys.path.insert(0, str(Path(__file__).parents[1]))

from camus_core.wire import messages as m
from camus_core.wire.json_text import from_json, to_json
from camus_transport import (
    Backoff,
    Dropped,
    Expired,
    Rejoined,
    Resumed,
    Session,
    SessionEvent,
    join,
)
from soak.bad_network import BadNetwork
from transport.serve import CamusServe, camus_serve

ROOM_SIZE = 4
FRAME_BYTES = 260
"""About the size of one of these messages, masked and with its head."""

RESTARTS = 4
"""The number of times that a server is ended in a run with `--end`."""

WINDOW = 50
"""Messages of one client that may be on their way: more than one `ack` confirms."""

PLACE_SECONDS = 20.0
OPTIONS = (
    "--messages-per-second=1000000",
    "--message-burst=1000000",
    "--relayed-burst-bytes=1e12",
    "--connections-per-address=100000",
    "--joins-per-minute=1000000",
    "--join-burst=1000000",
    f"--place-seconds={PLACE_SECONDS}",
    "--drain-seconds=0.2",
    "--silent-for=60",
    "--log-level=warning",
)
PADDING = "x" * 60


@define(eq=False)
class SoakClient:
    """One client, with the messages that it has sent and received.

    `waiting` are its messages, by receiver and number, that were neither received nor reported.
    """

    number: int
    room: int
    forgives: frozenset[str]
    session: Session | None = None
    said: Counter[int] = field(factory=Counter)
    waiting: set[tuple[int, int]] = field(factory=set)
    space: asyncio.Event = field(factory=asyncio.Event)
    heard: dict[int, list[int]] = field(factory=dict)
    counts: Counter[str] = field(factory=Counter)

    def notice(self, event: SessionEvent) -> None:
        """Record an event of the client library."""
        match event:
            case Dropped():
                self.counts["dropped"] += 1
            case Resumed():
                self.counts["resumed"] += 1
            case Rejoined(reason, same_id):
                self.counts[reason] += 1
                self.counts["new id"] += not same_id
                if reason in self.forgives:
                    for one in list(self.waiting):
                        self.settle(one, "forgiven")
            case Expired(messages):
                for message in messages:
                    self.was_told(message.id)

    def hear(self, message: m.Message, people: list["SoakClient"]) -> None:
        """Record a message that has arrived."""
        match message:
            case m.Extension(data=data):
                sender, number, _ = from_json(data)
                self.heard.setdefault(sender, []).append(number)
                people[sender].settle((self.number, number), "heard")
            case m.Undeliverable(reply_to=id):
                self.was_told(id)
            case m.Error(data=error, reply_to=id):
                self.counts[f"error {error.code}"] += 1
                self.was_told(id)
            case _:
                pass

    def was_told(self, id: str | None) -> None:
        """Record the report that a message of this client may not have arrived."""
        if id is not None:
            receiver, number = id.split(":")
            self.settle((int(receiver), int(number)), "told")

    def settle(self, message: tuple[int, int], how: str) -> None:
        """Record that a message was received or reported; often it is both."""
        if message in self.waiting:
            self.waiting.remove(message)
            self.counts[how] += 1
            self.space.set()


@define(eq=False)
class Soak:
    """One run: the clients in their rooms, their messages, and the faults found at the end."""

    people: list[SoakClient]
    dice: random.Random
    restart_every: int
    said: int = 0
    restart: asyncio.Event = field(factory=asyncio.Event)
    restarting: asyncio.Lock = field(factory=asyncio.Lock)
    restarts: int = 0
    cuts: int = 0
    faults: Counter[str] = field(factory=Counter)

    async def speak(self, person: SoakClient, count: int) -> None:
        """Send numbered messages to the other members of the room."""
        assert person.session is not None
        others = [one for one in self.people if one.room == person.room and one is not person]
        for _ in range(count):
            while len(person.waiting) >= WINDOW:
                person.space.clear()
                await person.space.wait()
            other = self.dice.choice(others)
            assert other.session is not None
            person.said[other.number] += 1
            number = person.said[other.number]
            person.waiting.add((other.number, number))
            data = to_json([person.number, number, PADDING])
            id = f"{other.number}:{number}"
            await person.session.send(m.Extension("x-soak", other.session.id, data, id=id))
            self.said += 1
            if self.said % self.restart_every == 0:
                self.restart.set()

    async def listen(self, person: SoakClient) -> None:
        """Receive messages until the session is left."""
        assert person.session is not None
        async for message in person.session:
            person.hear(message, self.people)

    async def settle(self) -> None:
        """Wait until every message has arrived or was reported, as held places end."""
        async with asyncio.timeout(PLACE_SECONDS + 30.0):
            for person in self.people:
                while person.waiting:
                    person.space.clear()
                    await person.space.wait()

    def judge(self) -> None:
        """Find the faults."""
        for person in self.people:
            self.faults["neither heard nor told"] += len(person.waiting)
            for numbers in person.heard.values():
                self.faults["heard twice"] += len(numbers) - len(set(numbers))
                self.faults["out of order"] += sorted(numbers) != numbers
            if not person.forgives:
                self.faults["a new id"] += person.counts["new id"]

    def totals(self) -> Counter[str]:
        """Return the totals over all clients."""
        totals = Counter({"cuts": self.cuts, "restarts": self.restarts, "said": self.said})
        for person in self.people:
            totals += person.counts
        return totals


async def soak(
    messages: int, clients: int, *, seed: int = 1, end: signal.Signals | None = None
) -> Soak:
    """Let clients send this many messages over the bad network; return the judged run."""
    dice = random.Random(seed)
    forgives = frozenset({"restarted", "unknown"} if end is signal.SIGKILL else ())
    people = [SoakClient(number, number // ROOM_SIZE, forgives) for number in range(clients)]
    run = Soak(people, dice, restart_every=messages // (RESTARTS + 1) + 1)
    backoff = Backoff(first=0.05, longest=1.0, jitter=lambda most: dice.uniform(0.0, most))
    async with AsyncExitStack() as exits:
        folder = exits.enter_context(tempfile.TemporaryDirectory())
        database = f"sqlite:///{folder}/soak.db"
        server = await exits.enter_async_context(_server(database))
        network = BadNetwork(server.port, dice)
        url = f"ws://127.0.0.1:{await exits.enter_async_context(network.listening())}/ws"
        sessions = AsyncExitStack()
        for person in run.people:
            session = join(
                url, room_id=f"room-{person.room}", on_event=person.notice, backoff=backoff
            )
            person.session = await sessions.enter_async_context(session)
        listening = [asyncio.create_task(run.listen(person)) for person in run.people]
        network.bytes_between_cuts = 100 * FRAME_BYTES
        speaking = [
            asyncio.create_task(run.speak(person, messages // clients)) for person in run.people
        ]
        restarting = None
        if end is not None:
            restarting = asyncio.create_task(
                _restart(run, end, database, server, network, exits)
            )
        await asyncio.gather(*speaking)
        network.bytes_between_cuts, run.cuts = None, network.cuts
        with suppress(TimeoutError):  # the messages missing then are counted
            await run.settle()
        if restarting is not None:
            async with run.restarting:
                restarting.cancel()
            await asyncio.gather(restarting, return_exceptions=True)
        await sessions.aclose()
        await asyncio.gather(*listening)
        run.judge()
        run.faults["ghosts"] += await _members_left(network.port, clients // ROOM_SIZE)
    return run


@asynccontextmanager
async def _server(database: str, port: int = 0) -> AsyncIterator[CamusServe]:
    options = [*OPTIONS, f"--port={port}", f"--database-url={database}", "--log-level=info"]
    async with camus_serve(*options) as server:
        yield server


async def _restart(
    run: Soak,
    how: signal.Signals,
    database: str,
    server: CamusServe,
    network: BadNetwork,
    exits: AsyncExitStack,
) -> None:
    """End the server in this way, and start it again, whenever the run asks for it."""
    while await run.restart.wait():
        run.restart.clear()
        async with run.restarting:
            await server.end(how)
            server = await exits.enter_async_context(_server(database))
            network.port = server.port
            run.restarts += 1


async def _members_left(port: int, rooms: int) -> int:
    """Return the number of members in rooms that all have left, once no place is held."""
    async with AsyncExitStack() as exits:
        watching = [
            await exits.enter_async_context(
                join(f"ws://127.0.0.1:{port}/ws", room_id=f"room-{room}")
            )
            for room in range(rooms)
        ]
        with suppress(TimeoutError):
            async with asyncio.timeout(PLACE_SECONDS + 5.0):
                for session in watching:
                    while len(session.clients) > 1:
                        await session.receive()
        return sum(len(session.clients) - 1 for session in watching)


@click.command()
@click.argument("messages", type=int)
@click.option("--clients", type=int, default=200, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--end", type=click.Choice(["SIGTERM", "SIGKILL"]))
def main(messages: int, clients: int, seed: int, end: str | None) -> None:
    """Send this many MESSAGES over a bad network, and report their fate."""
    how = None if end is None else signal.Signals[end]
    run = asyncio.run(soak(messages, clients, seed=seed, end=how))
    print("totals:", dict(sorted(run.totals().items())))
    print("faults:", {name: count for name, count in run.faults.items() if count} or "none")
    sys.exit(1 if run.faults.total() else 0)


if __name__ == "__main__":
    main()
