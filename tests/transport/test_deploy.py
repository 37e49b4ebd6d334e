"""Deploys as operators do them: an old server, a new one on its database, and a call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from signal import SIGKILL, SIGTERM

from attrs import define

from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json
from camus_transport import Backoff, Dropped, Expired, Rejoined, Session, join
from camus_transport.client import SessionEvent
from transport.cutting_proxy import CuttingProxy, cutting_proxy
from transport.raw_socket import raw_socket, raw_websocket
from transport.serve import CamusServe, camus_serve

SOON = Backoff(first=0.05, longest=0.2)


async def readiness(server: CamusServe) -> int:
    """Return the status of /readyz."""
    async with raw_socket(server.port) as client:
        return (await client.request("/readyz", upgrade=False)).status


async def deliver_number(sender: Session, receiver: Session, number: int) -> None:
    """Let a client send a number to another, and wait until it arrives."""
    await sender.send(m.Extension("x-number", receiver.id, to_json(number)))
    async with asyncio.timeout(20):
        while (heard := await receiver.receive()).type != "x-number":
            assert heard.type in ("going-away", "undeliverable"), heard
    assert isinstance(heard, m.Extension)
    assert (heard.sender, heard.data) == (sender.id, to_json(number))


async def test_on_sigterm_a_server_says_that_it_is_to_be_left_and_goes_on_for_a_while() -> None:
    async with camus_serve("--drain-seconds=3") as server, raw_websocket(server.port) as ann:
        assert await readiness(server) == 200
        stopping = asyncio.create_task(server.end(SIGTERM))
        async with asyncio.timeout(10):
            while await readiness(server) != 503:
                pass
        async with raw_socket(server.port) as client:
            assert (await client.request("/healthz", upgrade=False)).status == 200
        async with raw_websocket(server.port):  # a client sent by the load balancer
            await ann.say("ping", data=1)
            assert (await ann.hear("pong"))["data"] == 1
        assert await ann.close_code() == 1012
        assert await stopping == 0


@define(eq=False)
class Call:
    """Ann and Bob in one room, behind a load balancer that a test redirects."""

    balancer: CuttingProxy
    ann: Session
    bob: Session
    events: list[SessionEvent]


@asynccontextmanager
async def call_on(server: CamusServe) -> AsyncIterator[Call]:
    """Let Ann and Bob talk, and yield their call."""
    events: list[SessionEvent] = []
    async with cutting_proxy(server.port) as balancer:
        url = f"ws://127.0.0.1:{balancer.port}/room/lobby/ws"
        ann = join(url, username="Ann", on_event=events.append, backoff=SOON)
        bob = join(url, username="Bob", on_event=events.append, backoff=SOON)
        async with ann, bob:
            assert (await ann.receive()).type == "client-joined"
            await deliver_number(ann, bob, 1)
            await deliver_number(bob, ann, 2)
            yield Call(balancer, ann, bob, events)


async def check_call(call: Call, ids: tuple[str, str]) -> None:
    """Check that both talk as before, with their places, and neither saw the other leave."""
    for one in call.ann, call.bob:
        async with asyncio.timeout(20):
            while (await one.receive()).type != "joined":
                pass
    await deliver_number(call.ann, call.bob, 3)
    await deliver_number(call.bob, call.ann, 4)
    assert (call.ann.id, call.bob.id) == ids
    assert [one.username for one in call.ann.clients.values()] == ["Ann", "Bob"]
    back = [event for event in call.events if not isinstance(event, Dropped | Expired)]
    assert set(back) == {Rejoined("restarted", same_id=True)}


async def test_the_same_server_started_again_gives_everybody_their_places(
    database_url: str,
) -> None:
    options = ["--drain-seconds=0.1", "--database-url", database_url]
    async with camus_serve(*options) as old, call_on(old) as call:
        ids = call.ann.id, call.bob.id
        assert await old.end() == 0
        async with camus_serve(*options) as new:
            call.balancer.target = new.port
            await check_call(call, ids)


async def test_a_second_server_takes_over_while_the_first_one_drains(
    database_url: str,
) -> None:
    options = ["--drain-seconds=0.5", "--database-url", database_url]
    async with (
        camus_serve(*options) as old,
        camus_serve(*options) as new,
        call_on(old) as call,
    ):
        ids = call.ann.id, call.bob.id
        stopping = asyncio.create_task(old.end())
        async with asyncio.timeout(10):
            while await readiness(old) != 503:
                pass
        call.balancer.target = new.port
        assert await stopping == 0
        await check_call(call, ids)


async def test_after_a_kill_everybody_has_their_places_too(database_url: str) -> None:
    options = ["--database-url", database_url]
    async with camus_serve(*options) as old, call_on(old) as call:
        ids = call.ann.id, call.bob.id
        await asyncio.sleep(1.0)  # the latest changes are written within a moment
        await old.end(SIGKILL)
        async with camus_serve(*options) as new:
            call.balancer.target = new.port
            await check_call(call, ids)


async def test_who_stays_away_is_gone_when_the_time_of_its_place_is_over(
    database_url: str,
) -> None:
    options = ["--drain-seconds=0.1", "--place-seconds=4", "--database-url", database_url]
    async with camus_serve(*options) as old, call_on(old) as call:
        bob = call.bob.id
        await old.end()
        async with camus_serve(*options) as new:
            url = f"ws://127.0.0.1:{new.port}/room/lobby/ws"
            async with join(url, username="Eve") as eve:
                assert bob in eve.clients
                left = m.ClientLeft(m.ROOM, m.ClientLeftBody(bob, "gone"), m.GROUND_CONTROL)
                async with asyncio.timeout(20):
                    while await eve.receive() != left:
                        pass
                assert bob not in eve.clients
