"""Moderation by and of sessions at a real server, in memory and over a socket."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest

from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import ConnectionClosed, Dropped, Refused, Rejoined, Session
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

OpenServer = Callable[..., AbstractAsyncContextManager[SessionServer]]


@pytest.fixture(params=TRANSPORTS)
def start_server(request: pytest.FixtureRequest) -> OpenServer:
    """A function that starts a server with these limits and the tokens of `IDENTITIES`."""
    return partial(open_server, request.param, tokens=read_token)


async def reason_of_end(session: Session) -> ConnectionClosed:
    """Read all pending messages; return the reason for the end of the session."""
    with pytest.raises(ConnectionClosed) as raised:
        async with asyncio.timeout(SECONDS):
            while True:
                await session.receive()
    return raised.value


# Removed --------------------------------------------------------------------------------


async def test_who_is_kicked_is_out_and_may_come_again(start_server: OpenServer) -> None:
    async with start_server() as server, owner(server) as ann:
        async with server.join("Ted") as ted:
            await ann.kick(ted.id)
            assert (await reason_of_end(ted)).code == 4506
            left = m.ClientLeftBody(ted.id, "kicked")
            assert await next_message(ann, m.ClientLeft) == m.ClientLeft(
                m.ROOM, left, GROUND_CONTROL
            )
            assert list(ann.clients) == [ann.id]
        async with server.join("Ted") as ted:
            assert list(ted.clients) == [ann.id, ted.id]
        assert server.events == []


async def test_who_is_banned_is_out_and_stays_out(start_server: OpenServer) -> None:
    async with start_server() as server, owner(server) as ann:
        async with server.join("Eve", token="eve's") as eve:
            await ann.ban(eve.id)
            assert (await reason_of_end(eve)).code == 4507
            left = m.ClientLeftBody(eve.id, "banned")
            assert await next_message(ann, m.ClientLeft) == m.ClientLeft(
                m.ROOM, left, GROUND_CONTROL
            )
        with pytest.raises(Refused, match="banned"):
            async with server.join("Eve again", token="eve's"):
                pass
        async with server.join("Ted") as ted:
            assert ted.role == "guest"
        assert server.events == []


async def test_guests_of_the_address_of_a_banned_one_wait_where_it_has_one(
    start_server: OpenServer,
) -> None:
    async with start_server() as server, owner(server) as ann, server.join("Ted") as ted:
        async with server.join("Eve") as eve:
            await ann.ban(eve.id)
            assert (await reason_of_end(eve)).code == 4507
        if server.proxy is None:
            async with server.join("Eve again") as eve:
                assert eve.role == "guest"
        else:
            again = server.join("Eve again")
            entering = asyncio.create_task(again.__aenter__())
            await next_message(ann, m.ClientWaiting)
            [waiting] = ann.waiting
            await ann.admit(waiting)
            async with asyncio.timeout(SECONDS):
                await entering
            await again.__aexit__(None, None, None)
        await ted.send(numbered(1))  # from the same address, and inside
        assert await numbers_of(ann, ted.id, 1) == [1]


async def test_bans_are_listed_and_taken_back(start_server: OpenServer) -> None:
    async with start_server() as server, owner(server) as ann:
        async with server.join("Eve", token="eve's") as eve:
            await ann.ban(eve.id, seconds=3600)
            await reason_of_end(eve)
        [ban] = await ann.bans()
        assert (ban.id, ban.username, ban.by) == (eve.id, "Eve", "Ann")
        assert ban.at is not None and ban.until == ban.at + 3600
        await ann.unban(ban.id)
        assert await ann.bans() == ()
        with pytest.raises(Refused, match="not-found"):
            await ann.unban(ban.id)
        async with server.join("Eve again", token="eve's"):
            pass


async def test_who_is_kicked_while_away_comes_back_as_a_newcomer(
    start_server: OpenServer,
) -> None:
    async with start_server() as server, owner(server) as ann, server.join("Ted") as ted:
        old_id = ted.id
        server.may_reconnect.clear()
        server.cut()
        await server.happens(Dropped)
        await ann.kick(old_id)
        server.may_reconnect.set()
        await server.happens(Dropped, Rejoined)
        assert server.events[-1] == Rejoined("unknown", same_id=False)
        assert ted.id != old_id
        assert list(ted.clients) == [ann.id, ted.id]


async def test_who_is_banned_while_away_hears_so_when_it_comes_back(
    start_server: OpenServer,
) -> None:
    async with start_server() as server, owner(server) as ann:
        async with server.join("Eve", token="eve's") as eve:
            server.may_reconnect.clear()
            server.cut()
            await server.happens(Dropped)
            await ann.ban(eve.id)
            server.may_reconnect.set()
            end = await reason_of_end(eve)
            assert end.error is not None and end.error.code == "banned"


# Moderators -----------------------------------------------------------------------------


async def test_an_owner_makes_a_moderator_who_can_decide_then(start_server: OpenServer) -> None:
    async with start_server() as server, owner(server) as ann, server.join("Ted") as ted:
        async with server.join("Eve") as eve:
            with pytest.raises(Refused, match="not-allowed"):
                await ted.kick(eve.id)
            await ann.set_role(ted.id, "moderator")
            updated = m.SessionClient(ted.id, "Ted", "moderator")
            for member in (ted, eve):
                assert await next_message(member, m.ClientUpdated) == m.ClientUpdated(
                    m.ROOM, updated, GROUND_CONTROL
                )
            assert (ted.role, eve.clients[ted.id]) == ("moderator", updated)
            await ted.kick(eve.id)
            assert (await reason_of_end(eve)).code == 4506
        await ann.set_role(ted.id, "guest")
        with pytest.raises(Refused, match="not-allowed"):
            await ted.lock()
        assert (ted.role, ann.clients[ted.id].role) == ("guest", "guest")


async def test_nobody_decides_about_who_is_as_high_or_not_there(
    start_server: OpenServer,
) -> None:
    async with (
        start_server() as server,
        owner(server) as ann,
        server.join("Robert", token="bob's") as bob,
    ):
        for order, code in (
            (ann.kick(ann.id), "not-allowed"),
            (bob.ban(ann.id), "not-allowed"),
            (bob.kick(bob.id), "not-allowed"),
            (bob.set_role(ann.id, "guest"), "not-allowed"),
            (ann.kick("0" * 32), "unknown-receiver"),
            (ann.admit("0" * 32), "unknown-receiver"),
            (ann.deny(bob.id), "unknown-receiver"),
        ):
            with pytest.raises(Refused) as raised:
                await order
            assert raised.value.code == code
        assert [client.role for client in ann.clients.values()] == ["owner", "moderator"]


async def test_a_token_says_what_somebody_is_and_is_called(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Eve", token="bob's") as bob:
        assert dict(bob.clients) == {bob.id: m.SessionClient(bob.id, "Bob", "moderator")}
        with pytest.raises(Refused, match="not-allowed"):
            await bob.request(m.Profile(GROUND_CONTROL, m.ProfileBody("Eve")))
        with pytest.raises(Refused, match="nobody has this token"):
            async with server.join("Eve", token="forged"):
                pass
