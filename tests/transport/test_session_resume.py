"""A session whose connection breaks, at a real server, in memory and over a socket."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import ConnectionClosed, Dropped, Expired, Rejoined, Resumed, Unanswered
from transport.raw_socket import eventually
from transport.session_server import (
    SECONDS,
    TRANSPORTS,
    SessionServer,
    next_message,
    numbered,
    numbers_of,
    open_server,
)

OpenServer = Callable[..., AbstractAsyncContextManager[SessionServer]]


@pytest.fixture(params=TRANSPORTS)
def start_server(request: pytest.FixtureRequest) -> OpenServer:
    """A function that starts a server with these limits."""
    return partial(open_server, request.param)


async def test_what_is_said_meanwhile_in_both_directions_comes_once_and_in_order(
    start_server: OpenServer,
) -> None:
    async with start_server() as server, server.join("Ted") as ted:
        async with server.signaling.join("lobby", username="Ann") as ann:
            await ann.send(numbered(0, ted.id))
            assert await numbers_of(ted, ann.id, 1) == [0]
            server.may_reconnect.clear()
            server.cut()
            await server.happens(Dropped)
            for number in range(1, 50):
                await ann.send(numbered(number, ted.id))
                await ted.send(numbered(number, ann.id))
            server.may_reconnect.set()
            assert await numbers_of(ted, ann.id, 49) == list(range(1, 50))
            assert await numbers_of(ann, ted.id, 49) == list(range(1, 50))
            assert [type(event) for event in server.events] == [Dropped, Resumed]
            assert list(ann.clients) == [ted.id, ann.id], "nobody saw it leave"


async def test_a_drop_before_any_message_is_resumed_too(start_server: OpenServer) -> None:
    """socket.io 5538: without a message there was nothing to resume from."""
    async with start_server() as server, server.join("Ted") as ted:
        id = ted.id
        server.cut()
        await server.happens(Dropped, Resumed)
        assert ted.id == id
        await ted.send(numbered(1))
        assert await numbers_of(ted, id, 1) == [1]


async def test_a_session_is_resumed_again_and_again(start_server: OpenServer) -> None:
    """socket.io 4880: it worked once."""
    async with start_server() as server, server.join("Ted") as ted:
        async with server.signaling.join("lobby", username="Ann") as ann:
            for number in range(10):
                await ann.send(numbered(number, ted.id))
                await ted.send(numbered(number, ann.id))
                server.cut()
                assert await numbers_of(ted, ann.id, 1) == [number]
                assert await numbers_of(ann, ted.id, 1) == [number]
                await server.happens(Resumed)
            assert [type(event) for event in server.events] == [Dropped, Resumed] * 10


async def test_what_is_sent_while_the_answer_is_on_its_way_is_not_lost(
    start_server: OpenServer,
) -> None:
    """livekit 4827: messages that were sent ahead of the answer to a resume were lost."""
    async with start_server() as server, server.join("Ted") as ted:
        server.cut()
        sent = 0
        while Resumed() not in server.events:
            await ted.send(numbered(sent))
            sent += 1
            await asyncio.sleep(0)
            assert sent < 1000
        assert await numbers_of(ted, ted.id, sent) == list(range(sent))


async def test_a_place_that_has_ended_makes_a_newcomer_of_who_comes_back(
    start_server: OpenServer,
) -> None:
    async with (
        start_server(limits=Limits(place_seconds=0.05)) as server,
        server.join("Ted") as ted,
    ):
        async with server.signaling.join("lobby", username="Ann") as ann:
            old_id = ted.id
            server.may_reconnect.clear()
            server.cut()
            await server.happens(Dropped)
            await ted.send(numbered(1, ann.id))
            asking = asyncio.create_task(ted.request(m.GetRoomInfo()))
            left = await next_message(ann, m.ClientLeft)
            assert left == m.ClientLeft(
                m.ROOM, m.ClientLeftBody(old_id, "gone"), GROUND_CONTROL
            )
            server.may_reconnect.set()
            joined = await next_message(ted, m.Joined)
            assert isinstance(joined, m.Joined) and joined.data.reason == "unknown"
            assert ted.id == joined.data.id != old_id
            assert dict(ted.clients) == dict(ann.clients)
            assert list(ted.clients) == [ann.id, ted.id]
            assert server.events[1:] == [
                Rejoined("unknown", same_id=False),
                Expired((numbered(1, ann.id),)),
            ]
            with pytest.raises(Unanswered):
                await asyncio.wait_for(asking, SECONDS)
            await ted.send(numbered(2, ann.id))
            assert await numbers_of(ann, ted.id, 1) == [2]


async def test_too_much_for_a_place_that_is_held_is_told_of(start_server: OpenServer) -> None:
    async with (
        start_server(limits=Limits(unconfirmed_frames=8)) as server,
        server.join("Ted") as ted,
    ):
        async with server.signaling.connect("lobby") as ann:
            server.may_reconnect.clear()
            server.cut()
            await server.happens(Dropped)
            await ted.send(numbered(1, ann.id))
            for number in range(9):
                await ann.send(m.Profile(GROUND_CONTROL, m.ProfileBody(f"Ann {number}")))
            await ann.send(m.Ping(GROUND_CONTROL))
            while not isinstance(await ann.receive(), m.Pong):
                pass
            server.may_reconnect.set()
            joined = await next_message(ted, m.Joined)
            assert isinstance(joined, m.Joined) and joined.data.reason == "overflow"
            assert server.events[1:] == [
                Rejoined("overflow", same_id=True),
                Expired((numbered(1, ann.id),)),
            ]
            assert ted.clients[ann.id].username == "Ann 8"


async def test_requests_are_answered_after_a_drop(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted:
        server.may_reconnect.clear()
        server.cut()
        await server.happens(Dropped)
        asking = asyncio.create_task(ted.request(m.GetRoomInfo()))
        pinging = asyncio.create_task(ted.request(m.Ping(GROUND_CONTROL, to_json(7))))
        await asyncio.sleep(0)
        server.may_reconnect.set()
        assert isinstance(await asking, m.RoomInfo)
        pong = await pinging
        assert isinstance(pong, m.Pong) and pong.data == to_json(7)
        assert server.events[1:] == [Resumed()]


async def test_who_leaves_while_away_ends_at_once(start_server: OpenServer) -> None:
    async with start_server() as server, asyncio.timeout(SECONDS):
        async with server.join("Ted") as ted:
            server.may_reconnect.clear()
            server.cut()
            await server.happens(Dropped)
            await ted.send(numbered(1))
            await ted.send(m.Bye(GROUND_CONTROL))
            assert [message async for message in ted] == []
            with pytest.raises(ConnectionClosed):
                await ted.send(numbered(2))
        assert server.events[1:] == [Expired((numbered(1),))]


async def test_who_is_cancelled_while_away_leaves_nothing_behind(
    start_server: OpenServer,
) -> None:
    async with start_server() as server:
        server.may_reconnect.clear()
        tasks = asyncio.all_tasks()

        async def stay() -> None:
            async with server.join("Ted") as ted:
                server.cut()
                async for _ in ted:
                    pass

        staying = asyncio.create_task(stay())
        await server.happens(Dropped)
        staying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await staying
        await eventually(lambda: asyncio.all_tasks() <= tasks)


@pytest.mark.parametrize("seed", range(4))
async def test_over_a_network_that_breaks_all_the_time_all_comes_once_and_in_order(
    start_server: OpenServer, seed: int
) -> None:
    rolls = random.Random(seed)
    most = 150
    async with start_server() as server, server.join("Ted") as ted, asyncio.timeout(20):
        async with server.signaling.join("lobby", username="Ann") as ann:

            async def talk(number: int) -> None:
                await ann.send(numbered(number, ted.id))
                await ted.send(numbered(number, ann.id))
                if server.proxy is None and rolls.random() < 0.1:
                    server.cut()
                if server.proxy is not None and server.proxy.cut_after is None:
                    server.proxy.cut_after = rolls.randrange(1, 3000)
                await asyncio.sleep(rolls.choice([0, 0, 0.002]))

            async def talk_on() -> None:
                for number in range(most):
                    await talk(number)

            talking = asyncio.create_task(talk_on())
            assert await numbers_of(ted, ann.id, most) == list(range(most))
            assert await numbers_of(ann, ted.id, most) == list(range(most))
            await talking
            assert server.events.count(Resumed()) > 3
            assert {type(event) for event in server.events} == {Dropped, Resumed}
