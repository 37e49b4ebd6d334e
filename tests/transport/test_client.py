"""The Python client over each wire: `Signaling.connect` in memory, `connect` over a socket."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, closing

import pytest
from attrs import frozen
from websockets.exceptions import InvalidHandshake
from websockets.utils import accept_key

from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json
from camus_transport import ConnectionClosed, Peer, Signaling, connect
from camus_transport.client.peer import joined
from transport.scripted_server import ScriptedWire

Wire = Callable[[Signaling], Callable[[str], AbstractAsyncContextManager[Peer]]]
SECONDS = 10.0
LOBBY = RoomId("lobby")


@frozen
class ServerAccess:
    """A server, and a function that connects clients to it."""

    signaling: Signaling
    enter: Callable[[str], AbstractAsyncContextManager[Peer]]


OpenServer = Callable[..., AbstractAsyncContextManager[ServerAccess]]


@pytest.fixture(params=["memory", "websocket"])
def open_server(request: pytest.FixtureRequest) -> OpenServer:
    """A function that starts a server with these limits."""

    @asynccontextmanager
    async def open_it(limits: Limits | None = None) -> AsyncIterator[ServerAccess]:
        async with Signaling(limits=limits) as signaling:
            if request.param == "memory":
                yield ServerAccess(signaling, signaling.connect)
            else:
                port = await signaling.listen("127.0.0.1", 0)
                yield ServerAccess(
                    signaling, lambda id: connect(f"ws://127.0.0.1:{port}/room/{id}/ws")
                )

    return open_it


async def next_message(peer: Peer, kind: type[m.Message]) -> m.Message:
    """Return the next message of this class, skipping others."""
    async with asyncio.timeout(SECONDS):
        while not isinstance(message := await peer.receive(), kind):
            pass
    return message


async def test_the_greeting_tells_a_client_its_id(open_server: OpenServer) -> None:
    async with (
        open_server() as access,
        access.enter("lobby") as ann,
        access.enter("lobby") as bob,
    ):
        await ann.send(m.GetRoomInfo())
        clients = (m.ClientInfo(ann.id, "Major Tom"), m.ClientInfo(bob.id, "Major Tom"))
        body = m.RoomInfoBody("lobby", clients)
        assert await next_message(ann, m.RoomInfo) == m.RoomInfo(ann.id, body, m.GROUND_CONTROL)


async def test_what_one_says_to_another_comes_from_its_true_sender(
    open_server: OpenServer,
) -> None:
    async with (
        open_server() as access,
        access.enter("lobby") as ann,
        access.enter("lobby") as bob,
    ):
        offer = to_json({"type": "offer", "sdp": "v=0\r\n"})
        await ann.send(m.Offer(bob.id, offer, sender="f" * 32))
        assert await next_message(bob, m.Offer) == m.Offer(bob.id, offer, ann.id)


async def test_what_one_says_to_the_room_everybody_hears(open_server: OpenServer) -> None:
    async with (
        open_server() as access,
        access.enter("lobby") as ann,
        access.enter("lobby") as bob,
    ):
        await ann.send(m.Text(m.ROOM, {"text": to_json("Hello!"), "time": m.Json(b"1")}))
        heard = await next_message(bob, m.Text)
        assert heard == await next_message(ann, m.Text)
        assert isinstance(heard, m.Text) and heard.data["text"] == to_json("Hello!")


async def test_a_room_that_is_full_says_so(open_server: OpenServer) -> None:
    async with open_server(Limits(guest_limit=1)) as access, access.enter("lobby"):
        with pytest.raises(ConnectionClosed, match="room-full") as raised:
            async with access.enter("lobby"):
                pass
        assert raised.value.code == 4504
        assert raised.value.error is not None
        assert raised.value.error.code == "room-full"


async def test_a_room_that_is_locked_says_so(open_server: OpenServer) -> None:
    async with open_server() as access, access.enter("lobby") as ann:
        opened = access.signaling.server
        opened.order(LOBBY, m.Lock(m.GROUND_CONTROL, m.LockBody(True)))
        with pytest.raises(ConnectionClosed, match="room-locked") as raised:
            async with access.enter("lobby"):
                pass
        assert raised.value.code == 4503
        opened.order(LOBBY, m.Lock(m.GROUND_CONTROL, m.LockBody(False)))
        async with access.enter("lobby") as bob:
            await bob.send(m.Greeting(ann.id, to_json("Hello")))
            assert await next_message(ann, m.Greeting) == m.Greeting(
                ann.id, to_json("Hello"), bob.id
            )


async def test_who_is_kicked_or_banned_hears_so_from_the_close_code(
    open_server: OpenServer,
) -> None:
    async with open_server() as access, access.enter("lobby") as ann:
        for code in 4506, 4507:
            async with access.enter("lobby") as bob:
                kick = m.Kick(m.GROUND_CONTROL, m.DismissalBody(bob.id))
                ban = m.Ban(m.GROUND_CONTROL, m.BanBody(bob.id))
                access.signaling.server.order(LOBBY, kick if code == 4506 else ban)
                with pytest.raises(ConnectionClosed) as raised:
                    await asyncio.wait_for(_read_all(bob), SECONDS)
                assert (raised.value.code, raised.value.error) == (code, None)
            heard = await next_message(ann, m.Bye)
            assert (heard.sender, heard.receiver) == (bob.id, m.ROOM)


async def test_who_is_banned_by_its_address_stays_out(signaling: Signaling) -> None:
    url = f"ws://127.0.0.1:{await signaling.listen('127.0.0.1', 0)}/room/lobby/ws"
    async with signaling.connect("lobby"):
        async with connect(url) as eve:
            order = m.Ban(m.GROUND_CONTROL, m.BanBody(eve.id))
            signaling.server.order(LOBBY, order)
        with pytest.raises(ConnectionClosed, match="banned") as raised:
            async with connect(url):
                pass
        assert raised.value.code == 4507


async def test_an_address_that_comes_too_often_hears_when_to_come_again() -> None:
    async with Signaling(limits=Limits(join_burst=1, joins_per_minute=30)) as signaling:
        url = f"ws://127.0.0.1:{await signaling.listen('127.0.0.1', 0)}/room/lobby/ws"
        async with connect(url):
            with pytest.raises(ConnectionClosed, match="too many joins") as raised:
                async with connect(url):
                    pass
        assert raised.value.code == 4004
        assert raised.value.error is not None
        assert raised.value.error.code == "rate-limited"
        assert 0 < (raised.value.error.retry_after or 0) <= 2


async def test_a_ping_of_the_server_is_answered_and_not_shown(open_server: OpenServer) -> None:
    limits = Limits(ping_after=0.1, silent_for=0.3)
    async with open_server(limits) as access, access.enter("lobby") as ann:
        reading = asyncio.create_task(ann.receive())
        done, _ = await asyncio.wait({reading}, timeout=0.6)
        assert not done, "it has neither been closed nor heard anything"
        await ann.send(m.Ping(m.GROUND_CONTROL, m.Json(b"7")))
        assert await reading == m.Pong(ann.id, m.Json(b"7"), m.GROUND_CONTROL)


async def test_a_client_that_reads_nothing_is_taken_for_dead(open_server: OpenServer) -> None:
    limits = Limits(ping_after=0.1, silent_for=0.3)
    async with open_server(limits) as access, access.enter("lobby") as bob:
        async with access.enter("lobby") as ann:
            await bob.send(m.GetRoomInfo())
            while not isinstance(heard := await next_message(bob, m.Bye), m.Bye):
                pass
            assert heard.sender == ann.id
            with pytest.raises(ConnectionClosed) as raised:
                async for _ in ann:
                    pass
            assert raised.value.code == 4001


async def test_iterating_ends_when_the_client_says_bye(open_server: OpenServer) -> None:
    async with open_server() as access, access.enter("lobby") as ann, asyncio.timeout(SECONDS):
        await ann.send(m.Ping(m.GROUND_CONTROL, m.Json(b"1")))
        await ann.send(m.Bye(m.GROUND_CONTROL))
        assert [message async for message in ann] == [
            m.Pong(ann.id, m.Json(b"1"), m.GROUND_CONTROL)
        ]
        with pytest.raises(ConnectionClosed) as raised:
            await ann.send(m.Ping(m.GROUND_CONTROL))
        assert raised.value.code == 1000


async def test_a_bye_to_another_client_ends_nothing(open_server: OpenServer) -> None:
    async with (
        open_server() as access,
        access.enter("lobby") as ann,
        access.enter("lobby") as bob,
    ):
        await ann.send(m.Bye(bob.id, m.Json(b"1")))
        assert await next_message(bob, m.Bye) == m.Bye(bob.id, m.Json(b"1"), ann.id)
        await ann.send(m.Ping(m.GROUND_CONTROL))
        await next_message(ann, m.Pong)


async def test_the_end_of_the_with_block_says_bye(open_server: OpenServer) -> None:
    async with open_server() as access, access.enter("lobby") as ann:
        await ann.send(m.GetRoomInfo())
        async with access.enter("lobby") as bob:
            pass
        heard = await next_message(ann, m.Bye)
        assert (heard.sender, heard.receiver) == (bob.id, m.ROOM)


async def test_a_server_that_stops_ends_the_iteration_with_its_code(
    open_server: OpenServer,
) -> None:
    async with AsyncExitStack() as clients:
        async with open_server() as access:
            peer = await clients.enter_async_context(access.enter("lobby"))
            reading = asyncio.create_task(_read_all(peer))
        with pytest.raises(ConnectionClosed) as raised:
            await asyncio.wait_for(reading, SECONDS)
        assert raised.value.code == 1012
        assert raised.value.error is None


async def _read_all(peer: Peer) -> list[m.Message]:
    return [message async for message in peer]


async def test_a_refusal_is_a_message_like_any_other(open_server: OpenServer) -> None:
    async with open_server() as access, access.enter("lobby") as ann:
        await ann.send(m.Offer("0" * 32, to_json({"type": "offer", "sdp": ""})))
        heard = await next_message(ann, m.Error)
        assert isinstance(heard, m.Error) and heard.data.code == "unknown-receiver"
        await ann.send(m.Ping(m.GROUND_CONTROL))
        await next_message(ann, m.Pong)


async def test_a_message_of_a_newer_server_is_skipped() -> None:
    wire = ScriptedWire(None)
    wire.say(m.Greeting("a" * 32, to_json("Hello")))
    wire.say_raw(b'{"sender":"ground control","receiver":"room","type":"new"}')
    wire.say(m.Pong("a" * 32))
    async with joined(wire) as ann:
        assert await ann.receive() == m.Pong("a" * 32, sender=m.GROUND_CONTROL)


async def test_a_message_over_the_limit_ends_the_connection(open_server: OpenServer) -> None:
    async with open_server(Limits(frame_bytes=1000)) as access, access.enter("lobby") as ann:
        await ann.send(m.Ping(m.GROUND_CONTROL, to_json("x" * 1000)))
        with pytest.raises(ConnectionClosed) as raised:
            await asyncio.wait_for(ann.receive(), SECONDS)
        assert raised.value.code == 1009


async def test_where_nobody_listens_there_is_an_os_error() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(OSError):
        async with connect(f"ws://127.0.0.1:{port}/room/lobby/ws"):
            pass


async def test_a_path_without_a_valid_room_id_is_refused_in_the_handshake(
    signaling: Signaling,
) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    with pytest.raises(InvalidHandshake, match="404"):
        async with connect(f"ws://127.0.0.1:{port}/room/No-Room/ws"):
            pass


async def test_a_connection_that_just_breaks_has_code_1006() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        key = next(line.partition(": ")[2] for line in lines if "Key" in line)
        writer.write(_accepts(key) + b'\x81\x3e{"type":"greeting","receiver":"me"')
        writer.close()

    opened = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with opened:
        port = opened.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionClosed) as raised:
            async with connect(f"ws://127.0.0.1:{port}/room/lobby/ws"):
                pass
        assert raised.value.code == 1006


def _accepts(key: str) -> bytes:
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n"
    ).encode()
