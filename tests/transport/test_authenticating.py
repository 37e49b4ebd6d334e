"""The time that an authenticator may take, and events during it, in virtual time."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from attrs import define, field

from camus_core import Limits, Router
from camus_core.admission.identity import Identity
from camus_core.events import Timestamp
from camus_core.records import RoomId
from camus_core.wire.errors import NotAllowed
from camus_core.wire.messages import SessionClient
from camus_core.wire.profile import CORE, SESSION, ProtocolProfile
from camus_store import open_store
from camus_transport.http.handshake import Handshake
from camus_transport.server.served_connection import ServedConnection
from camus_transport.server.server import SignalingServer
from transport.raw_socket import message
from transport.virtual_time import in_virtual_time, now

LOBBY = RoomId("lobby")
TED = Identity("ted", "Ted", "moderator")

Who = Callable[[], Awaitable[Identity | None]]


@define(eq=False)
class Client:
    """The server's end of one connection, which records the calls."""

    heard: list[Any] = field(factory=list)
    closed: int | None = None
    paused: bool = False
    served: ServedConnection = field(init=False)

    def send(self, frame: bytes) -> bool:
        self.heard.append(json.loads(frame))
        return True

    def close(self, code: int, reason: str) -> None:
        self.closed = code

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def types(self) -> list[str]:
        return [said["type"] for said in self.heard]


@asynccontextmanager
async def server_with(who: Who, limits: Limits | None = None) -> AsyncIterator[SignalingServer]:
    """Start a server with this authenticator, which ignores the handshake."""
    loop = asyncio.get_running_loop()
    router = Router(limits or Limits())
    async with open_store("memory:") as store:
        async with SignalingServer(
            router,
            store,
            clock=lambda: Timestamp(loop.time()),
            authenticator=lambda handshake: who(),
        ) as server:
            yield server


def connect(
    server: SignalingServer, room_id: RoomId | None = LOBBY, profile: ProtocolProfile = CORE
) -> Client:
    client = Client()
    handshake = Handshake("/room/lobby/ws", {})
    client.served = server.connect(client, room_id, profile, address=None, handshake=handshake)
    return client


async def takes_five_seconds() -> Identity:
    await asyncio.sleep(5)
    return TED


async def hangs() -> None:
    await asyncio.get_running_loop().create_future()


async def refuses() -> None:
    await asyncio.sleep(5)
    raise NotAllowed("log in again")


@in_virtual_time
async def test_nobody_is_in_before_it_is_known_who_that_is() -> None:
    async with server_with(takes_five_seconds) as server:
        ted = connect(server)
        await asyncio.sleep(4.9)
        assert (ted.heard, server.roster(LOBBY)) == ([], ())
        await asyncio.sleep(0.2)
        assert ted.types() == ["greeting"]
        [seen] = server.roster(LOBBY)
        assert seen == SessionClient(ted.heard[0]["receiver"], "Ted", "moderator")


@in_virtual_time
async def test_one_that_hangs_is_given_up_after_the_time_that_a_handshake_may_take(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with server_with(hangs, Limits(handshake_seconds=7)) as server:
        ted = connect(server)
        await asyncio.sleep(6.9)
        assert (ted.heard, ted.closed) == ([], None)
        await asyncio.sleep(0.2)
        assert [said["data"] for said in ted.heard] == [
            {
                "code": "unavailable",
                "message": "your identity can't be checked at the moment",
                "retry_after": 5.0,
            }
        ]
        assert (ted.closed, server.census().connections) == (4003, 0)
    [message] = caplog.messages
    assert message.startswith("the authenticator failed: TimeoutError")


@in_virtual_time
async def test_what_is_said_meanwhile_waits_in_order_and_is_dropped_with_a_refusal() -> None:
    for who, heard, closed in (
        (takes_five_seconds, ["pong", "joined", "pong"], None),
        (refuses, ["error"], 4501),
    ):
        async with server_with(who) as server:
            ted = connect(server, None, SESSION)
            ted.served.receive(message("ping", data=1))
            ted.served.receive(message("join", data={"room_id": "lobby"}))
            ted.served.receive(message("ping", data=2))
            await asyncio.sleep(5.1)
            assert (ted.types(), ted.closed) == (heard, closed)


@in_virtual_time
async def test_who_says_too_much_meanwhile_is_not_read_until_it_is_known() -> None:
    async with server_with(takes_five_seconds, Limits(frame_bytes=1000)) as server:
        ted = connect(server)
        paused = []
        for _ in range(3):
            ted.served.receive(message("ping", data="x" * 300))
            paused.append(ted.paused)
        assert paused == [False, False, True]
        await asyncio.sleep(5.1)
        assert (ted.types(), ted.paused) == (["greeting", *["pong"] * 3], False)


@in_virtual_time
async def test_who_goes_meanwhile_was_never_there() -> None:
    async with server_with(takes_five_seconds) as server:
        ted, ann = connect(server), connect(server)
        await asyncio.sleep(1)
        ted.served.receive(message("ping"))
        ted.served.closed(1001)
        await asyncio.sleep(5)
        assert (ted.heard, ann.types()) == ([], ["greeting"])
        assert len(server.roster(LOBBY)) == server.census().connections == 1


@in_virtual_time
async def test_a_server_that_stops_meanwhile_lets_nobody_in_and_waits_for_nobody() -> None:
    async with server_with(takes_five_seconds) as server:
        ted = connect(server)
        await asyncio.sleep(1)
    assert (ted.heard, now()) == ([], 1.0)


@in_virtual_time
async def test_who_is_known_after_a_stop_is_sent_to_the_successor() -> None:
    async with server_with(takes_five_seconds) as server:
        ted = connect(server)
        await server.stop()
        await asyncio.sleep(5.1)
        assert (ted.heard, ted.closed) == ([], 1012)
