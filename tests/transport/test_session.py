"""A session in a room: joining, requests and answers, and the end."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import ConnectionClosed, Refused, create_room
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


async def test_who_joins_knows_where_it_is(start_server: OpenServer) -> None:
    async with start_server(limits=Limits(silent_for=50)) as server, server.join("Ted") as ted:
        assert (ted.room_id, ted.role, ted.ice_servers) == ("lobby", "guest", ())
        assert dict(ted.clients) == {ted.id: m.SessionClient(ted.id, "Ted", "guest")}
        assert ted.limits.silent_for == 50
        assert "resume" in ted.capabilities


async def test_the_roster_follows_who_comes_and_goes(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted:
        async with server.join("Ann") as ann:
            seen = m.SessionClient(ann.id, "Ann", "guest")
            assert await next_message(ted, m.ClientJoined) == m.ClientJoined(
                m.ROOM, seen, GROUND_CONTROL
            )
            assert dict(ted.clients) == dict(ann.clients)
            assert list(ted.clients) == [ted.id, ann.id]
            await ann.request(m.Profile(GROUND_CONTROL, m.ProfileBody("Anna")))
            await next_message(ted, m.ClientUpdated)
            assert ted.clients[ann.id].username == "Anna"
            assert ann.clients[ann.id].username == "Anna"
        left = m.ClientLeftBody(ann.id, "left")
        assert await next_message(ted, m.ClientLeft) == m.ClientLeft(
            m.ROOM, left, GROUND_CONTROL
        )
        assert list(ted.clients) == [ted.id]


async def test_what_one_says_the_others_hear_once_and_in_order(
    start_server: OpenServer,
) -> None:
    async with start_server() as server, server.join("Ted") as ted, server.join("Ann") as ann:
        for number in range(200):
            await ted.send(numbered(number))
        assert await numbers_of(ann, ted.id, 200) == list(range(200))
        assert await numbers_of(ted, ted.id, 200) == list(range(200))


async def test_requests_get_their_own_answers(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted, asyncio.timeout(SECONDS):
        pong, done, servers, info = await asyncio.gather(
            ted.request(m.Ping(GROUND_CONTROL, to_json([7]))),
            ted.request(m.Profile(GROUND_CONTROL, m.ProfileBody("Theo"))),
            ted.request(m.GetIceServers()),
            ted.request(m.GetRoomInfo()),
        )
        assert isinstance(pong, m.Pong) and pong.data == to_json([7])
        assert isinstance(done, m.Done)
        assert isinstance(servers, m.IceServers) and servers.data == ted.ice_servers
        assert isinstance(info, m.RoomInfo)
        assert info.data == m.RoomInfoBody("lobby", (m.ClientInfo(ted.id, "Theo"),))
        await ted.send(numbered(1))
        updated = m.SessionClient(ted.id, "Theo", "guest")
        assert await ted.receive() == m.ClientUpdated(m.ROOM, updated, GROUND_CONTROL)
        assert await ted.receive() == m.Extension("x-count", m.ROOM, to_json(1), ted.id)


async def test_rooms_are_made_and_listed_from_inside_a_room(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted, asyncio.timeout(SECONDS):
        requested = m.CreateRoomBody("The Stage", public=True, guest_limit=3)
        created = await ted.request(m.CreateRoom(GROUND_CONTROL, requested))
        assert isinstance(created, m.RoomCreated) and created.data.room_id == "the-stage"
        rooms = await ted.request(m.ListRooms())
        assert isinstance(rooms, m.Rooms)
        assert rooms.data == (m.ListedRoom("the-stage", "The Stage", 0, 3, password=False),)
        with pytest.raises(Refused, match="name-taken") as raised:
            await ted.request(m.CreateRoom(GROUND_CONTROL, requested))
        assert raised.value.code == "name-taken"


async def test_a_refusal_of_what_was_only_sent_is_a_message(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted:
        await ted.send(m.Offer("0" * 32, to_json({"type": "offer", "sdp": ""}), id="mine"))
        error = await next_message(ted, m.Error)
        assert isinstance(error, m.Error) and error.data.code == "unknown-receiver"
        assert error.reply_to == "mine"


async def test_only_the_server_answers_requests(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted:
        with pytest.raises(ValueError, match="only the server"):
            await ted.request(m.Ping(ted.id))


async def test_who_stops_waiting_for_an_answer_never_hears_it(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted:
        asking = asyncio.create_task(ted.request(m.GetRoomInfo()))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await ted.send(numbered(1))
        async with asyncio.timeout(SECONDS):
            assert isinstance(await ted.receive(), m.Extension)


async def test_a_room_with_a_password_lets_in_who_knows_it(start_server: OpenServer) -> None:
    async with start_server() as server:
        url = f"ws://127.0.0.1:{server.port}/ws"
        room = await create_room(url, name="Secrets", password="open sesame", guest_limit=2)
        for password, code in ((None, "password-required"), ("sesame", "wrong-password")):
            with pytest.raises(Refused, match=code) as raised:
                async with server.join("Eve", room.room_id, password=password):
                    pass
            assert raised.value.error.code == code
        async with server.join("Ted", "secrets", password="open sesame") as ted:
            async with server.join("Ann", "secrets", owner_token=room.owner_token) as ann:
                assert (ted.role, ann.role) == ("guest", "owner")
                with pytest.raises(Refused, match="room-full"):
                    async with server.join("Bob", "secrets", password="open sesame"):
                        pass


async def test_a_name_that_is_no_slug_is_no_room(start_server: OpenServer) -> None:
    async with start_server() as server:
        with pytest.raises(Refused, match="room-not-found"):
            async with server.join("Ted", "No Room"):
                pass


async def test_iterating_ends_when_the_client_says_bye(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted, asyncio.timeout(SECONDS):
        await ted.send(numbered(1))
        await ted.send(m.Bye(GROUND_CONTROL))
        assert [type(message) async for message in ted] == [m.Extension]
        for refused in (ted.send(numbered(2)), ted.request(m.GetRoomInfo()), ted.receive()):
            with pytest.raises(ConnectionClosed) as raised:
                await refused
            assert raised.value.code == 1000
        assert server.events == []


async def test_a_bye_to_another_client_ends_nothing(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted, server.join("Ann") as ann:
        await ann.send(m.Bye(ted.id, m.Json(b"1")))
        assert await next_message(ted, m.Bye) == m.Bye(ted.id, m.Json(b"1"), ann.id)
        await ann.send(numbered(1))
        assert await numbers_of(ted, ann.id, 1) == [1]


async def test_what_was_sent_before_the_end_still_goes_out(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted:
        async with server.join("Ann") as ann:
            for number in range(100):
                await ann.send(numbered(number))
        assert await numbers_of(ted, ann.id, 100) == list(range(100))
        assert server.events == []


async def test_who_is_cancelled_says_bye(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted:

        async def stay() -> None:
            async with server.join("Ann") as ann:
                async for _ in ann:
                    pass

        staying = asyncio.create_task(stay())
        await next_message(ted, m.ClientJoined)
        staying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await staying
        left = await next_message(ted, m.ClientLeft)
        assert isinstance(left, m.ClientLeft) and left.data.reason == "left"


async def test_who_fails_says_bye_and_fails(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted:
        with pytest.raises(ZeroDivisionError):
            async with server.join("Ann"):
                raise ZeroDivisionError
        left = await next_message(ted, m.ClientLeft)
        assert isinstance(left, m.ClientLeft) and left.data.reason == "left"
        assert ted.limits.place_seconds == 30, "it was not just dropped"


async def test_a_session_taken_over_elsewhere_ends_here(start_server: OpenServer) -> None:
    async with start_server() as server, server.join("Ted") as ted:
        token = ted._state.membership.joined.session
        other = server.join("Ted")
        other._reconnection.join = m.JoinBody("lobby", "Ted", resume=m.ResumeBody(token))
        async with other:
            assert other.id == ted.id
            with pytest.raises(ConnectionClosed) as raised:
                async with asyncio.timeout(SECONDS):
                    await ted.receive()
            assert raised.value.code == 4505
            assert server.events == []


@pytest.mark.alone("it fills the machine, and has ten seconds")
async def test_more_goes_through_than_either_end_keeps(start_server: OpenServer) -> None:
    limits = Limits(unconfirmed_frames=100, message_burst=1e9, relayed_burst_bytes=1e9)
    async with start_server(limits=limits) as server, server.join("Ted") as ted:

        async def talk() -> None:
            for number in range(1000):
                await ted.send(numbered(number))

        talking = asyncio.create_task(talk())
        assert await numbers_of(ted, ted.id, 1000) == list(range(1000))
        await talking
        assert server.events == []


async def test_a_client_that_only_listens_is_not_taken_for_dead(
    start_server: OpenServer,
) -> None:
    async with (
        start_server(limits=Limits(ping_after=0.05, silent_for=0.3)) as server,
        server.join("Ted") as ted,
    ):
        reading = asyncio.create_task(ted.receive())
        done, _ = await asyncio.wait({reading}, timeout=0.6)
        assert not done and server.events == []
        reading.cancel()
