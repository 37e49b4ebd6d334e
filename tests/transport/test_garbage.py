"""Tests that everything is freed at once, without the garbage collector.

The collector runs after a number of objects, however large they are: if it runs rarely, memory
grows, and if it has much to do, it stops everything else meanwhile.
"""

import asyncio
import gc
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

import pytest

from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_core.wire.errors import NotAllowed, RoomNotFound
from camus_core.wire.json_text import from_json
from camus_core.wire.messages import Json, Lock, LockBody
from camus_core.wire.profile import CORE, SESSION, ProtocolProfile
from camus_transport import Signaling
from camus_transport.http.handshake import Handshake
from camus_transport.memory import MemoryWire
from core.frames_of_sessions import REFUSED_OF_SESSIONS
from core.frames_refused import REFUSED
from transport.failing_store import FailingStore
from transport.raw_socket import (
    BINARY,
    CLOSE,
    PING,
    eventually,
    frame,
    message,
    raw_socket,
    raw_websocket,
)

PATIENT = Limits(
    message_burst=1e9, relayed_burst_bytes=1e9, refusals_in_a_row=1_000_000, frame_bytes=1 << 20
)
LOBBY = RoomId("lobby")

MANY_MEMBERS = b"{%b}" % b",".join(b'"%d":1' % number for number in range(5000))
LARGE = [
    MANY_MEMBERS,
    b'{"receiver":"ground control","type":"profile","data":%b}' % MANY_MEMBERS,
    b'{"receiver":"ground control","type":"nonsense","data":%b}' % MANY_MEMBERS,
    b'{"receiver":"nobody","type":"x-any","data":%b}' % MANY_MEMBERS,
]

REFUSED_TEXTS = [
    case.frame
    for case in (*REFUSED, *REFUSED_OF_SESSIONS)
    if case.frame.decode(errors="ignore").encode() == case.frame
]
"""Frames that are answered by an error; those that aren't UTF-8 end the connection."""


def _is_ours(one: object) -> bool:
    """Return whether an object is more than the few that asyncio's own transports leave."""
    kinds = BaseException, FrameType, TracebackType
    return isinstance(one, kinds) or type(one).__module__.startswith(("camus", "websockets"))


@contextmanager
def assert_no_garbage() -> Iterator[None]:
    """Fail if, without the collector, objects remain that only it would find."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield
        gc.collect()
        assert not [one for one in gc.garbage if _is_ours(one)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize("profile", [CORE, SESSION], ids=["core", "session"])
async def test_of_refused_frames(profile: ProtocolProfile) -> None:
    async with Signaling(limits=PATIENT) as signaling:
        wire = MemoryWire.open(signaling.server, LOBBY if profile is CORE else None, profile)
        if profile is CORE:
            await wire.read()

        async def attempt() -> None:
            for text in (*LARGE, *REFUSED_TEXTS):
                await wire.write(text)
                assert b'"type":"error"' in await wire.read()

        await attempt()
        with assert_no_garbage():
            await attempt()


@pytest.mark.parametrize(
    "request_",
    [
        b"no request\r\n\r\n",
        b"GET / HTTP/1.1\r\nX:" + b"x" * 9000,
        b"GET /room/a/ws HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /room/a/ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
        b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n",
        b"\x16\x03\x01\x02\x00\x01",
    ],
    ids=lambda request: repr(request[:30]),
)
async def test_of_a_handshake_that_comes_to_nothing(request_: bytes) -> None:
    async with Signaling() as signaling:
        port = await signaling.listen("127.0.0.1", 0)

        async def attempt() -> None:
            async with raw_socket(port) as client:
                await client.send(request_)
                client.socket.shutdown(socket.SHUT_WR)
                await client.read_to_the_end()

        await attempt()
        with assert_no_garbage():
            await attempt()


ENDS = {
    "no end": b"",
    "1000": frame((1000).to_bytes(2, "big"), CLOSE),
    "1001": frame((1001).to_bytes(2, "big"), CLOSE),
    "nothing": frame(b"", CLOSE),
    "no UTF-8": frame(b"\xff"),
    "binary": frame(b"x", BINARY),
    "too large": frame(b"x" * 70_000),
    "a bad frame": b"\xff" * 20,
    "an unmasked frame": frame(b"x", masked=False),
    "a bye": frame(message("bye")),
    "too many pings": frame(b"", PING) * 1001,
    "too many refusals": frame(b"no message") * 101,
    "a message that isn't whole": frame(b"x", fin=False),
    "a frame that isn't whole": frame(b"x" * 100)[:50],
}


@pytest.mark.parametrize("hangs_up", ["resets", "ends", "waits"])
@pytest.mark.parametrize("end", ENDS)
async def test_of_a_connection_that_ends(end: str, hangs_up: str) -> None:
    async with Signaling() as signaling:
        port = await signaling.listen("127.0.0.1", 0)

        async def attempt() -> None:
            async with raw_websocket(port) as client:
                await client.send(ENDS[end])
                match hangs_up:
                    case "resets":
                        client.reset()
                    case "ends":
                        client.socket.shutdown(socket.SHUT_WR)
                        await client.read_to_the_end()
                    case _:
                        await asyncio.sleep(0.02)
            await eventually(lambda: signaling.server.census().connections == 0)
            await asyncio.sleep(0.02)

        await attempt()
        with assert_no_garbage():
            await attempt()


async def test_of_refused_joins() -> None:
    async with Signaling() as signaling:
        server = signaling.server
        wire = MemoryWire.open(server, None, SESSION)
        made = {"name": "Closed", "password": "secret"}
        await wire.write(message("create-room", data=made))
        room_id = from_json(Json(await wire.read()))["data"]["room_id"]

        async def attempt() -> None:
            for requested in (
                {"room_id": room_id, "username": "Eve"},
                {"room_id": room_id, "username": "Eve", "password": "wrong"},
                {"room_id": "lobby", "username": "\u202e"},
                {"room_id": "lobby", "username": "Eve", "token": "no token"},
                {"room_id": room_id, "resume": {"session": "x" * 64, "received": 5}},
            ):
                await wire.write(message("join", data=requested))
                assert b'"type":"error"' in await wire.read()
            stranger = MemoryWire.open(server, RoomId(room_id))
            assert b"password-required" in await stranger.read()

        await attempt()
        with assert_no_garbage():
            await attempt()


async def test_of_a_store_that_fails() -> None:
    store = FailingStore()
    async with Signaling(store) as signaling:
        store.questions_fail = True

        async def attempt() -> None:
            stranger = MemoryWire.open(signaling.server, LOBBY)
            assert b"unavailable" in await stranger.read()
            wire = MemoryWire.open(signaling.server, None, SESSION)
            for said in (
                message("join", data={"room_id": "lobby", "username": "Eve"}),
                message("create-room", data={"name": "Mine"}),
            ):
                await wire.write(said)
                assert b"unavailable" in await wire.read()
            await wire.hang_up()

        await attempt()
        with assert_no_garbage():
            await attempt()


@pytest.mark.parametrize(
    ("error", "code"), [(RuntimeError("no answer"), 4003), (NotAllowed("no cookie"), 4501)]
)
async def test_of_an_authenticator_that_raises(error: Exception, code: int) -> None:
    async def authenticate(_: Handshake) -> None:
        raise type(error)(*error.args)

    async with Signaling(authenticator=authenticate) as signaling:
        port = await signaling.listen("127.0.0.1", 0)

        async def attempt() -> None:
            async with raw_socket(port) as client:
                await client.request("/room/lobby/ws")
                assert await client.close_code() == code
                await client.send(frame(code.to_bytes(2, "big"), CLOSE))
                await client.read_to_the_end()

        await attempt()
        with assert_no_garbage():
            await attempt()


async def test_of_an_order_that_is_refused() -> None:
    async with Signaling() as signaling:

        def attempt() -> None:
            with pytest.raises(RoomNotFound):
                signaling.server.order(LOBBY, Lock(LOBBY, LockBody(True)))

        attempt()
        with assert_no_garbage():
            attempt()
