"""The earlier server and the new one on one database, side by side and one after the other."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise

import pytest
from attrs import define, field

from compatibility.clients import Client, People, Refused, people_of
from compatibility.releases import NEW, Release
from transport.cutting_proxy import cutting_proxy
from transport.serve import CamusServe

PAIRS = 12
"""Rooms of two members; four kinds of pairs, of clients of each release."""


@asynccontextmanager
async def people_of_both(earlier: Release) -> AsyncIterator[tuple[People, People]]:
    async with people_of(earlier) as old, people_of(NEW) as new:
        yield old, new


@define(eq=False)
class Talker:
    """A client that sends numbers to its partner, and what has become of them.

    Attributes:
        told: The ids of the messages that were reported as perhaps lost.
        numbers: The numbers that have arrived from the partner.
        back: How often it has rejoined, by the reason.
        problems: Everything that shows a loss to people.
    """

    client: Client
    said: int = 0
    told: set[str] = field(factory=set)
    numbers: list[int] = field(factory=list)
    back: Counter[str] = field(factory=Counter)
    problems: list[object] = field(factory=list)

    def take_in(self) -> None:
        """Look at everything that the client has received since."""
        while self.client.heard:
            message = self.client.heard.popleft()
            data = message["data"]
            match message["type"]:
                case "x-number":
                    self.numbers.append(data)
                case "undeliverable":
                    self.told.add(message["reply_to"])
                case "Expired":
                    self.told.update(data["ids"])
                case "Rejoined":
                    self.back[data["reason"]] += 1
                    if not data["same_id"]:
                        self.problems.append(message)
                case "client-left" | "client-joined" | "error" | "end":
                    self.problems.append(message)
                case _:
                    pass


def lost(sender: Talker, receiver: Talker) -> set[int]:
    """Return the numbers that have neither arrived nor been reported."""
    return set(range(sender.said)) - set(receiver.numbers) - set(map(int, sender.told))


async def test_a_deploy_of_the_new_server_under_load_loses_nobody(
    earlier: Release, database_url: str
) -> None:
    async with AsyncExitStack() as exits:
        database = f"--database-url={database_url}"
        old = await exits.enter_async_context(earlier.serve(database))
        balancer = await exits.enter_async_context(cutting_proxy(old.port))
        both = await exits.enter_async_context(people_of_both(earlier))
        pairs = []
        for number in range(PAIRS):
            url = f"ws://127.0.0.1:{balancer.port}/room/pair-{number}/ws"
            ann = both[number % 2].client(f"Ann {number}")
            bob = both[number // 2 % 2].client(f"Bob {number}")
            await ann.joins(url)
            await bob.joins(url)
            await ann.hears("client-joined")
            pairs.append((Talker(ann), Talker(bob)))
        talkers = [talker for pair in pairs for talker in pair]
        for one, other in (*pairs, *(reversed(pair) for pair in pairs)):
            await one.client.does("chatter", to=other.client.id)

        new = await exits.enter_async_context(NEW.serve(database))
        await arrive(pairs, 20)
        balancer.target = new.port
        assert await old.end() == 0
        async with asyncio.timeout(30):
            while not all(talker.back for talker in talkers):
                await asyncio.sleep(0.05)
                for talker in talkers:
                    talker.take_in()
        await arrive(pairs, 20)

        for talker in talkers:
            talker.said = await talker.client.does("hush")
        await settle(pairs)
        for talker in talkers:
            assert talker.problems == []
            assert talker.back == {"restarted": 1}
            assert all(one < other for one, other in pairwise(talker.numbers))
            known = await talker.client.does("look")
            assert (known["id"], len(known["clients"])) == (talker.client.id, 2)


async def arrive(pairs: list[tuple[Talker, Talker]], more: int) -> None:
    """Wait until everybody has received so many more numbers."""
    wanted = {id(talker): len(talker.numbers) + more for pair in pairs for talker in pair}
    async with asyncio.timeout(30):
        for pair in pairs:
            for talker in pair:
                while len(talker.numbers) < wanted[id(talker)]:
                    await asyncio.sleep(0.02)
                    talker.take_in()


async def settle(pairs: list[tuple[Talker, Talker]]) -> None:
    """Wait until every message has arrived or was reported."""
    async with asyncio.timeout(30):
        for ann, bob in pairs:
            while lost(ann, bob) or lost(bob, ann):
                await asyncio.sleep(0.02)
                for talker in (ann, bob):
                    talker.take_in()


async def test_the_earlier_server_goes_on_beside_the_new_one(
    earlier: Release, database_url: str
) -> None:
    database = f"--database-url={database_url}"
    async with earlier.serve(database) as old, people_of_both(earlier) as both:
        ann, bob = both[0].client("Ann"), both[1].client("Bob")
        await hosts(ann, old, "before")
        async with NEW.serve(database) as new:
            await bob.joins(old.url("before"))
            await ann.does("request", type="lock", data={"locked": True})
            await ann.does("request", type="ban", data={"id": bob.id})
            assert await bob.hears("end") == 4507

            eve, dan = both[1].client("Eve"), both[0].client("Dan")
            await hosts(eve, old, "between")  # made by the earlier one, in today's tables
            await dan.joins(old.url("on-demand"))
            await dan.does("leave")
            zoe = both[0].client("Zoe")
            made = await create(zoe, new, "of-the-new")  # and the other way round
            known = await zoe.joins(old.url("of-the-new"), owner_token=made)
            assert known["role"] == "owner"

            fay = both[0].client("Fay")
            await hosts(fay, new, "at-the-new")
            await both[1].client("Gus").joins(new.url("at-the-new"))
            assert (await fay.hears("client-joined"))["username"] == "Gus"

            async with cutting_proxy(old.port) as balancer:
                away = both[0].client("Hal")
                await away.joins(f"ws://127.0.0.1:{balancer.port}/room/between/ws")
                assert (await eve.hears("client-joined"))["username"] == "Hal"
                balancer.target = new.port
                assert await old.end() == 0
                assert await away.hears("Rejoined") == {"reason": "restarted", "same_id": True}
                known = await away.does("look")
                assert known["clients"] == [["Eve", "owner"], ["Hal", "guest"]]

            with pytest.raises(Refused, match="banned"):
                await both[1].client("Bob again").joins(new.url("before"))


async def create(client: Client, server: CamusServe, room: str) -> str:
    """Create a room; return its owner token."""
    url = f"ws://127.0.0.1:{server.port}/ws"
    made = await client.does("create_room", url=url, name=room)
    assert made["room_id"] == room
    return str(made["owner_token"])


async def hosts(client: Client, server: CamusServe, room: str) -> None:
    """Create a room, and join it as its owner."""
    token = await create(client, server, room)
    await client.joins(server.url(room), owner_token=token)
