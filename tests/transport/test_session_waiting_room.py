"""The waiting room of a real server, from both sides, in memory and over a socket."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import Dropped, InWaitingRoom, Refused, Resumed, Session
from transport.raw_socket import eventually
from transport.room_owner import owner, read_token
from transport.session_server import (
    SECONDS,
    TRANSPORTS,
    SessionServer,
    next_message,
    numbered,
    numbers_of,
    open_server,
)

_WAITING = InWaitingRoom("lobby", name="Lobby")
_UNMODERATED = InWaitingRoom("lobby", moderated=False, name="lobby")

OpenServer = Callable[..., AbstractAsyncContextManager[SessionServer]]


@pytest.fixture(params=TRANSPORTS)
def start_server(request: pytest.FixtureRequest) -> OpenServer:
    """A function that starts a server with these limits and the tokens of `IDENTITIES`."""
    return partial(open_server, request.param, tokens=read_token)


async def start_waiting(
    server: SessionServer, name: str, ann: Session
) -> "asyncio.Task[Session]":
    """Let a client wait in the waiting room, until both it and Ann know of that."""
    known = server.events.count(_WAITING)
    entering = asyncio.create_task(server.join(name).__aenter__())
    waiting = await next_message(ann, m.ClientWaiting)
    assert isinstance(waiting, m.ClientWaiting) and waiting.data.username == name
    await eventually(lambda: server.events.count(_WAITING) == known + 1)
    return entering


async def joined_session(entering: "asyncio.Task[Session]") -> Session:
    async with asyncio.timeout(SECONDS):
        return await entering


async def test_a_waiting_client_is_admitted(start_server: OpenServer) -> None:
    async with start_server() as server, owner(server) as ann, server.join("Ted") as ted:
        assert (ann.locked, ted.locked) == (False, False)
        await ann.lock()
        locked = m.RoomUpdated(m.ROOM, m.RoomUpdatedBody(True), GROUND_CONTROL)
        assert await next_message(ted, m.RoomUpdated) == locked
        assert (ann.locked, ted.locked) == (True, True)
        entering = await start_waiting(server, "Bob", ann)
        assert server.events == [_WAITING]
        [waiter] = ann.waiting.values()
        assert (waiter.username, dict(ted.waiting)) == ("Bob", {})
        await ann.admit(waiter.id)
        bob = await joined_session(entering)
        assert (bob.id, bob.locked, dict(ann.waiting)) == (waiter.id, True, {})
        left = m.ClientWaitingLeft(m.ROOM, m.WhoBody(bob.id), GROUND_CONTROL)
        came = m.ClientJoined(m.ROOM, m.SessionClient(bob.id, "Bob", "guest"), GROUND_CONTROL)
        assert await ann.receive() == left
        assert await ann.receive() == came
        assert await next_message(ted, m.ClientJoined) == came
        await bob.send(numbered(1))
        assert await numbers_of(ted, bob.id, 1) == [1]
        await bob.__aexit__(None, None, None)


async def test_who_is_denied_hears_so(start_server: OpenServer) -> None:
    async with start_server() as server, owner(server) as ann:
        await ann.lock()
        entering = await start_waiting(server, "Eve", ann)
        [waiter] = ann.waiting
        await ann.deny(waiter)
        with pytest.raises(Refused) as raised:
            await joined_session(entering)
        assert raised.value.code == "denied"
        assert (dict(ann.waiting), list(ann.clients)) == ({}, [ann.id])


async def test_unlocking_lets_in_all_who_wait_in_order(start_server: OpenServer) -> None:
    async with start_server() as server, owner(server) as ann:
        await ann.lock()
        entering = [await start_waiting(server, name, ann) for name in ("Ted", "Bob", "Eve")]
        ids = list(ann.waiting)
        await ann.lock(False)
        sessions = [await joined_session(one) for one in entering]
        assert [session.id for session in sessions] == ids
        assert list(ann.clients) == [ann.id, *ids]
        assert (ann.locked, dict(ann.waiting)) == (False, {})
        for session in sessions:
            await session.__aexit__(None, None, None)


async def test_a_room_that_is_full_admits_nobody_and_who_waits_goes_on_waiting(
    start_server: OpenServer,
) -> None:
    async with start_server() as server, owner(server, guest_limit=2) as ann:
        async with server.join("Ted"):
            await ann.lock()
            entering = await start_waiting(server, "Bob", ann)
            [waiter] = ann.waiting
            with pytest.raises(Refused, match="room-full"):
                await ann.admit(waiter)
            assert not entering.done()
        await next_message(ann, m.ClientLeft)
        await ann.admit(waiter)
        bob = await joined_session(entering)
        assert bob.id == waiter
        await bob.__aexit__(None, None, None)


async def test_a_waiting_client_that_drops_comes_back_and_waits_again(
    start_server: OpenServer,
) -> None:
    async with start_server() as server, owner(server) as ann:
        await ann.lock()
        entering = await start_waiting(server, "Ted", ann)
        [first] = ann.waiting
        server.cut()
        known = server.events.count(_WAITING)
        await eventually(lambda: server.events.count(_WAITING) > known)
        assert [*ann.waiting] == [first]
        await ann.admit(first)
        ted = await joined_session(entering)
        assert ted.id == first
        await ted.__aexit__(None, None, None)


async def test_a_waiting_client_that_leaves_waits_no_more(start_server: OpenServer) -> None:
    async with start_server() as server, owner(server) as ann:
        await ann.lock()
        entering = await start_waiting(server, "Ted", ann)
        entering.cancel()
        await next_message(ann, m.ClientWaitingLeft)
        assert dict(ann.waiting) == {}


async def test_who_waits_for_too_long_is_sent_away(start_server: OpenServer) -> None:
    async with (
        start_server(limits=Limits(waiting_seconds=0.05)) as server,
        owner(server) as ann,
    ):
        await ann.lock()
        entering = await start_waiting(server, "Ted", ann)
        with pytest.raises(Refused, match="room-locked"):
            await joined_session(entering)
        await next_message(ann, m.ClientWaitingLeft)


async def test_where_nobody_could_open_a_client_waits_and_is_told(
    start_server: OpenServer,
) -> None:
    async with start_server() as server, server.join("Ted") as ted:
        async with server.join("Robert", token="bob's") as bob:
            await bob.lock()
        await next_message(ted, m.ClientLeft)
        assert ted.locked
        entering = asyncio.create_task(server.join("Ann").__aenter__())
        await eventually(lambda: server.events == [_UNMODERATED])
        async with server.join("Robert", token="bob's") as bob:
            assert bob.locked
            [ann_waits] = bob.waiting
            await bob.admit(ann_waits)
            ann = await joined_session(entering)
            await ann.__aexit__(None, None, None)


async def test_a_lock_stops_nobody_who_comes_back(start_server: OpenServer) -> None:
    async with start_server() as server, owner(server) as ann, server.join("Ted") as ted:
        await ann.lock()
        server.cut()
        await server.happens(Dropped, Resumed)
        await ted.send(numbered(1))
        assert await numbers_of(ann, ted.id, 1) == [1]


async def test_what_happens_in_the_waiting_room_while_one_is_away_is_heard_afterwards(
    start_server: OpenServer,
) -> None:
    async with start_server() as server, owner(server) as ann:
        async with server.join("Robert", token="bob's") as bob:
            server.may_reconnect.clear()
            server.cut()
            await server.happens(Dropped)
            await ann.lock()
            joining = asyncio.create_task(server.signaling.join("lobby").__aenter__())
            await next_message(ann, m.ClientWaiting)
            server.may_reconnect.set()
            await next_message(bob, m.ClientWaiting)
            assert (bob.locked, dict(bob.waiting)) == (True, dict(ann.waiting))
            await bob.lock(False)
            await (await joined_session(joining)).__aexit__(None, None, None)


async def test_who_may_open_from_now_on_is_told_who_waits(start_server: OpenServer) -> None:
    async with start_server() as server, owner(server) as ann, server.join("Ted") as ted:
        await ann.lock()
        entering = await start_waiting(server, "Eve", ann)
        async with server.join("Robert", token="bob's") as bob:
            assert dict(bob.waiting) == dict(ann.waiting)
        await ann.set_role(ted.id, "moderator")
        await next_message(ted, m.ClientWaiting)
        assert dict(ted.waiting) == dict(ann.waiting)
        await ann.set_role(ted.id, "guest")
        await next_message(ted, m.ClientUpdated)
        assert dict(ted.waiting) == {}
        entering.cancel()


async def test_a_lock_ends_with_the_last_member_and_who_waits_comes_in(
    start_server: OpenServer,
) -> None:
    async with start_server() as server:
        async with owner(server) as ann:
            await ann.lock()
            entering = await start_waiting(server, "Ted", ann)
        ted = await joined_session(entering)
        assert (ted.locked, list(ted.clients)) == (False, [ted.id])
        await ted.__aexit__(None, None, None)
