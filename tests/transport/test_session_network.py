"""The effects of networks and restarts on sessions: cut frames, half-open links, deploys."""

import asyncio
import socket
from contextlib import AsyncExitStack, closing
from signal import SIGKILL

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import InvalidHandshake
from websockets.typing import Subprotocol

from camus_core.admission.identity import Identity
from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.json_codec import JsonCodec
from camus_core.wire.json_text import to_json
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import (
    Backoff,
    ConnectionClosed,
    Dropped,
    Expired,
    Refused,
    Rejoined,
    Resumed,
    Signaling,
    create_room,
    join,
)
from camus_transport.client import SessionEvent
from transport.cutting_proxy import cutting_proxy
from transport.raw_socket import eventually
from transport.scripted_server import NEWCOMER, TED
from transport.serve import camus_serve
from transport.session_server import (
    SECONDS,
    next_message,
    no_delay,
    numbered,
    numbers_of,
    open_server,
)
from transport.test_stopping import wait_for_members


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 100, 5000])
async def test_a_frame_that_is_cut_comes_whole_after_it(size: int) -> None:
    async with open_server("websocket") as server, server.join("Ted") as ted:
        assert server.proxy is not None
        async with server.signaling.join("lobby") as ann:
            await next_message(ted, m.ClientJoined)
            server.proxy.cut_after = size
            await ann.send(m.Extension("x-long", ted.id, to_json("x" * 9000)))
            await ann.send(numbered(1, ted.id))
            whole = m.Extension("x-long", ted.id, to_json("x" * 9000), ann.id)
            assert await next_message(ted, m.Extension) == whole
            assert await numbers_of(ted, ann.id, 1) == [1]
            assert [type(event) for event in server.events] == [Dropped, Resumed]


async def test_a_half_open_link_is_noticed_and_taken_over() -> None:
    """socket.io 4880: when the old socket ended at last, it took the session with it."""
    async with (
        open_server("websocket", limits=Limits(silent_for=1.2)) as server,
        server.join("Ted") as ted,
    ):
        assert server.proxy is not None
        async with server.signaling.join("lobby") as ann:
            await next_message(ted, m.ClientJoined)
            server.proxy.stall()
            await ann.send(numbered(1, ted.id))
            assert await numbers_of(ted, ann.id, 1) == [1]
            assert [type(event) for event in server.events] == [Dropped, Resumed]
            server.proxy.unstall()
            await eventually(lambda: server.proxy is not None and server.proxy.open == 1)
            await ann.send(numbered(2, ted.id))
            assert await numbers_of(ted, ann.id, 1) == [2]
            assert [type(event) for event in server.events] == [Dropped, Resumed]


async def test_a_clean_restart_keeps_the_place_and_hands_back_what_was_not_confirmed(
    sqlite_url: str,
) -> None:
    async with AsyncExitStack() as exits, asyncio.timeout(SECONDS):
        first = await exits.enter_async_context(AsyncExitStack())
        server = await first.enter_async_context(open_server("websocket", sqlite_url))
        proxy = await exits.enter_async_context(cutting_proxy(server.port))
        server.proxy = proxy
        ted = await exits.enter_async_context(server.join("Ted"))
        ann = await exits.enter_async_context(server.join("Ann"))
        await next_message(ted, m.ClientJoined)
        await ann.send(numbered(0))
        assert await numbers_of(ted, ann.id, 1) == [0]
        ids = (ted.id, ann.id)
        server.may_reconnect.clear()
        await first.aclose()
        await eventually(lambda: len(server.events) == 2)
        assert {event.code for event in server.events if isinstance(event, Dropped)} == {1012}
        await ted.send(numbered(1, ann.id))
        async with Signaling(sqlite_url) as second:
            proxy.target = await second.listen("127.0.0.1", 0)
            server.may_reconnect.set()
            assert isinstance(await next_message(ted, m.GoingAway), m.GoingAway)
            for session in (ted, ann):
                joined = await next_message(session, m.Joined)
                assert isinstance(joined, m.Joined) and joined.data.reason == "restarted"
                assert list(session.clients) == [*ids]
            assert (ted.id, ann.id) == ids
            assert Expired((numbered(1, ann.id),)) in server.events
            assert server.events.count(Rejoined("restarted", same_id=True)) == 2
            await ted.send(numbered(2, ann.id))
            assert await numbers_of(ann, ted.id, 1) == [2]
            await exits.aclose()


async def test_after_a_crash_the_place_is_kept_and_nobody_knows_what_was_handled(
    sqlite_url: str,
) -> None:
    options = ["--database-url", sqlite_url]
    events: list[SessionEvent] = []
    async with AsyncExitStack() as exits:
        first = await exits.enter_async_context(camus_serve(*options))
        proxy = await exits.enter_async_context(cutting_proxy(first.port))
        url = f"ws://127.0.0.1:{proxy.port}/ws"
        impatient = Backoff(longest=0.05)
        ted = await exits.enter_async_context(
            join(url, room_id="lobby", on_event=events.append, backoff=impatient)
        )
        id = ted.id
        await wait_for_members(sqlite_url, "lobby", 1)
        await ted.send(numbered(1))
        assert await numbers_of(ted, id, 1) == [1]
        await first.end(SIGKILL)
        second = await exits.enter_async_context(camus_serve(*options))
        proxy.target = second.port
        joined = await next_message(ted, m.Joined)
        assert isinstance(joined, m.Joined)
        assert (joined.data.id, joined.data.reason) == (id, "restarted")
        assert events[-2:] == [Rejoined("restarted", same_id=True), Expired((numbered(1),))]
        await ted.send(numbered(2))
        assert await numbers_of(ted, id, 1) == [2]


async def test_an_answer_that_is_lost_on_its_way_is_given_again() -> None:
    """Otherwise the two ends would count from different frames on."""
    async with open_server("websocket", limits=Limits(unconfirmed_frames=4)) as server:
        assert server.proxy is not None
        async with server.join("Ted") as ted, server.signaling.connect("lobby") as ann:
            await next_message(ted, m.ClientJoined)
            server.may_reconnect.clear()
            server.cut()
            await server.happens(Dropped)
            for number in range(9):
                await ann.send(m.Profile(GROUND_CONTROL, m.ProfileBody(f"Ann {number}")))
            await ann.send(m.Ping(GROUND_CONTROL))
            while not isinstance(await ann.receive(), m.Pong):
                pass
            server.proxy.cut_after = 300  # after the handshake, within `joined`
            server.may_reconnect.set()
            joined = await next_message(ted, m.Joined)
            assert isinstance(joined, m.Joined) and joined.data.reason == "overflow"
            assert [type(event) for event in server.events] == [Dropped, Dropped, Rejoined]
            await ann.send(m.Text(ted.id, {"text": to_json("Hello!")}))
            text = await next_message(ted, m.Text)
            assert text.sender == ann.id


async def test_a_server_that_is_away_for_a_while_is_waited_for() -> None:
    async with open_server("websocket") as server, server.join("Ted") as ted:
        assert server.proxy is not None
        server.proxy.deaf = True
        server.proxy.cut()
        await eventually(lambda: len(server.events) > 5)
        server.proxy.deaf = False
        await server.happens(Resumed)
        await ted.send(numbered(1))
        assert await numbers_of(ted, ted.id, 1) == [1]


async def test_who_gives_up_leaves_nothing_behind() -> None:
    tasks = asyncio.all_tasks()
    async with open_server("websocket") as server:
        assert server.proxy is not None
        backoff = Backoff(give_up_after=0.05, sleep=no_delay)
        url = f"ws://127.0.0.1:{server.proxy.port}/room/lobby/ws"
        async with join(url, backoff=backoff) as ted:
            server.proxy.deaf = True
            server.proxy.cut()
            with pytest.raises(ConnectionClosed) as raised:
                await asyncio.wait_for(ted.receive(), SECONDS)
            assert raised.value.code == 1006
    await eventually(lambda: asyncio.all_tasks() == tasks)


async def test_a_server_in_memory_that_has_stopped_takes_nobody_back() -> None:
    async with AsyncExitStack() as listener:
        server = await listener.enter_async_context(open_server("memory"))
        backoff = Backoff(give_up_after=0.05, sleep=no_delay)
        async with server.signaling.join("lobby", backoff=backoff) as ted:
            await listener.aclose()
            await next_message(ted, m.GoingAway)
            with pytest.raises(ConnectionClosed) as raised:
                await asyncio.wait_for(ted.receive(), SECONDS)
            assert raised.value.code == 1012


async def test_who_is_cancelled_while_connecting_leaves_nothing_behind() -> None:
    accepted = asyncio.Event()
    silent: list[asyncio.StreamWriter] = []

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent.append(writer)
        accepted.set()

    listener = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    tasks = asyncio.all_tasks()

    async def enter() -> None:
        async with join(f"ws://127.0.0.1:{listener.sockets[0].getsockname()[1]}/ws"):
            pass

    entering = asyncio.create_task(enter())
    await accepted.wait()
    entering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await entering
    for writer in silent:
        writer.close()
    listener.close()
    await eventually(lambda: asyncio.all_tasks() == tasks)


async def test_who_is_cancelled_twice_does_not_wait_for_a_server_that_has_stalled() -> None:
    async with open_server("websocket") as server:
        assert server.proxy is not None
        inside = asyncio.Event()

        async def stay() -> None:
            async with server.join("Ted") as ted:
                inside.set()
                await ted.receive()

        staying = asyncio.create_task(stay())
        await inside.wait()
        server.proxy.stall()
        staying.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not staying.done()
        staying.cancel()
        async with asyncio.timeout(1.0):
            with pytest.raises(asyncio.CancelledError):
                await staying


async def test_where_nobody_listens_there_is_an_os_error() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(OSError):
        async with join(f"ws://127.0.0.1:{port}/ws", room_id="lobby"):
            pass
    with pytest.raises(OSError):
        await create_room(f"ws://127.0.0.1:{port}/ws")


async def test_a_path_without_a_valid_room_id_is_refused_in_the_handshake(
    signaling: Signaling,
) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    with pytest.raises(InvalidHandshake, match="404"):
        async with join(f"ws://127.0.0.1:{port}/room/No-Room/ws"):
            pass


async def test_a_server_of_the_core_profile_is_no_server_for_sessions(
    signaling: Signaling,
) -> None:
    """It would take the client for one that has joined already."""

    async def say_nothing(websocket: ServerConnection) -> None:
        await websocket.wait_closed()

    async with serve(say_nothing, "127.0.0.1", 0) as listener:
        port = next(iter(listener.sockets)).getsockname()[1]
        with pytest.raises(InvalidHandshake, match=r"camus\.2"):
            async with join(f"ws://127.0.0.1:{port}/ws", room_id="lobby"):
                pass


async def test_a_frame_that_no_client_takes_ends_the_session() -> None:
    """Otherwise the server would send it again, and the client close again, without end."""

    async def say_too_much(websocket: ServerConnection) -> None:
        codec = JsonCodec()
        question = codec.decode(await websocket.recv(decode=False), ids=True)
        joined = m.Joined(TED, NEWCOMER, GROUND_CONTROL, reply_to=question.id)
        await websocket.send(codec.encode(joined), text=True)
        much = m.Extension("x-much", TED, to_json("x" * 2_000_000), GROUND_CONTROL)
        await websocket.send(codec.encode(much), text=True)
        await websocket.wait_closed()

    subprotocols = [Subprotocol("camus.2")]
    async with serve(say_too_much, "127.0.0.1", 0, subprotocols=subprotocols) as listener:
        port = next(iter(listener.sockets)).getsockname()[1]
        async with join(f"ws://127.0.0.1:{port}/ws", room_id="lobby") as ted:
            with pytest.raises(ConnectionClosed) as raised:
                await asyncio.wait_for(ted.receive(), SECONDS)
            assert raised.value.code == 1009


async def test_a_room_is_made_by_who_is_in_none(signaling: Signaling) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    url = f"ws://127.0.0.1:{port}/ws"
    room = await create_room(url, name="The Stage")
    assert room.room_id == "the-stage"
    async with join(url, room_id="the-stage", owner_token=room.owner_token) as ted:
        assert ted.role == "owner"
        info = await ted.request(m.GetRoomInfo(GROUND_CONTROL))
        assert isinstance(info, m.RoomInfo) and info.data.room_id == "the-stage"


async def test_where_guests_may_make_no_room_who_shows_a_token_may() -> None:
    people = {"ted's": Identity("ted")}
    async with Signaling(guests=False, tokens=people.__getitem__) as signaling:
        url = f"ws://127.0.0.1:{await signaling.listen('127.0.0.1', 0)}/ws"
        with pytest.raises(Refused, match="not-allowed"):
            await create_room(url, name="Stage")
        room = await create_room(url, name="Stage", token="ted's")
        with pytest.raises(Refused, match="not-allowed"):
            await join(url, room_id="stage", owner_token=room.owner_token).__aenter__()
        owns = room.owner_token
        async with join(url, room_id="stage", owner_token=owns, token="ted's") as ted:
            assert ted.role == "owner"
