"""The driver: connections while a question is open, after their end, and after a restart."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from attrs import define, field

from camus_core import Router
from camus_core.admission.identity import Identity
from camus_core.effects import ForgetRoom
from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_core.wire.errors import PROTOCOL
from camus_core.wire.profile import CORE, SESSION
from camus_store import open_store
from camus_transport import Refused, Signaling
from camus_transport.memory import MemoryWire
from camus_transport.server.served_connection import ServedConnection
from camus_transport.server.server import SignalingServer
from transport.failing_store import FailingStore
from transport.handshakes import FrameClient
from transport.raw_socket import (
    CLOSE,
    RawSocket,
    eventually,
    frame,
    message,
    raw_socket,
    raw_websocket,
)

LOBBY = RoomId("lobby")


@pytest.fixture
def store() -> FailingStore:
    """A store that answers no question until `open` is set."""
    store = FailingStore()
    store.open.clear()
    return store


async def ask_to_enter(exits: AsyncExitStack, port: int, room_id: str = "lobby") -> RawSocket:
    client = await exits.enter_async_context(raw_socket(port))
    assert (await client.request(f"/room/{room_id}/ws")).status == 101
    return client


async def has_seen_all(port: int) -> None:
    """Wait until the server has handled everything sent to it before."""
    async with raw_socket(port) as client:
        assert (await client.request("/healthz", upgrade=False)).status == 200


async def test_what_comes_before_the_greeting_is_answered_after_it_in_order(
    store: FailingStore,
) -> None:
    async with Signaling(store) as signaling, AsyncExitStack() as exits:
        client = await ask_to_enter(exits, await signaling.listen("127.0.0.1", 0))
        for number in range(20):
            await client.say("ping", data=number)
        store.open.set()
        assert (await client.read_message())["type"] == "greeting"
        assert [(await client.hear("pong"))["data"] for _ in range(20)] == list(range(20))


async def test_who_writes_on_before_the_greeting_is_no_longer_read_and_loses_nothing(
    store: FailingStore,
) -> None:
    limits = Limits(frame_bytes=10_000, message_burst=1e9, relayed_burst_bytes=1e9)
    async with Signaling(store, limits=limits) as signaling, AsyncExitStack() as exits:
        client = await ask_to_enter(exits, await signaling.listen("127.0.0.1", 0))
        ping = frame(message("ping", data="x" * 9_000))
        writing = asyncio.create_task(write_many(client, ping, 2_000))
        done, _ = await asyncio.wait({writing}, timeout=1)
        assert not done, "18 MB are more than the system's buffers hold"
        store.open.set()
        for _ in range(2_000):
            await client.hear("pong")
        await writing


async def write_many(client: RawSocket, data: bytes, count: int) -> None:
    for _ in range(count):
        await client.send(data)


async def test_the_others_go_on_while_one_waits_for_an_answer(store: FailingStore) -> None:
    async with Signaling(store) as signaling, AsyncExitStack() as exits:
        port = await signaling.listen("127.0.0.1", 0)
        store.open.set()
        ann = await exits.enter_async_context(raw_websocket(port))
        store.open.clear()
        await ask_to_enter(exits, port, "elsewhere")
        await ann.say("ping", data=1)
        await ann.hear("pong")
        async with raw_websocket(port):  # a room with members needs no answer
            pass


async def test_who_leaves_before_the_answer_was_never_there(store: FailingStore) -> None:
    async with Signaling(store) as signaling, AsyncExitStack() as exits:
        port = await signaling.listen("127.0.0.1", 0)
        gone, closed, waiting = [await ask_to_enter(exits, port) for _ in range(3)]
        gone.reset()
        await closed.send(frame((1000).to_bytes(2, "big"), CLOSE))
        assert await closed.close_code() == 1000
        store.open.set()
        await waiting.hear("greeting")
        await waiting.say("get-room-info")
        assert len((await waiting.hear("room-info"))["data"]["clients"]) == 1


async def test_a_room_that_fills_up_meanwhile_is_full(store: FailingStore) -> None:
    limits = Limits(guest_limit=2)
    async with Signaling(store, limits=limits) as signaling, AsyncExitStack() as exits:
        port = await signaling.listen("127.0.0.1", 0)
        clients = [await ask_to_enter(exits, port) for _ in range(3)]
        store.open.set()
        first = [(await client.read_message())["type"] for client in clients]
        assert sorted(first) == ["error", "greeting", "greeting"]
        assert await clients[first.index("error")].close_code() == 4504


async def test_a_stop_closes_also_who_waits_for_an_answer(store: FailingStore) -> None:
    async with AsyncExitStack() as exits:
        async with Signaling(store) as signaling:
            client = await ask_to_enter(exits, await signaling.listen("127.0.0.1", 0))
        assert await client.close_code() == 1012


async def test_a_room_made_for_nobody_who_stayed_is_forgotten_again(
    store: FailingStore,
) -> None:
    limits = Limits(room_empty_for=0.2)
    async with Signaling(store, limits=limits) as signaling, AsyncExitStack() as exits:
        port = await signaling.listen("127.0.0.1", 0)
        client = await ask_to_enter(exits, port)
        client.reset()
        await has_seen_all(port)
        store.open.set()
        await eventually(lambda: any(isinstance(one, ForgetRoom) for one in store.log))


async def test_a_client_comes_back_after_a_restart_of_nodes_that_nobody_has_named() -> None:
    async with open_store("memory:") as store:
        async with SignalingServer(Router(), store) as server:
            before = await FrameClient(MemoryWire.open(server, None, SESSION)).join()
        async with SignalingServer(Router(), store) as server:
            resume = {"session": before["session"], "received": 0}
            ted = FrameClient(MemoryWire.open(server, None, SESSION))
            joined = await ted.join(resume=resume)
        assert (joined["id"], joined["reason"]) == (before["id"], "restarted")


# After the end ---------------------------------------------------------------------------


@define(eq=False)
class Recorder:
    """The server's end of a connection, which records the calls of the server."""

    calls: list[str] = field(factory=list)

    def send(self, frame: bytes) -> bool:
        self.calls.append(f"send {json.loads(frame)['type']}")
        return True

    def close(self, code: int, reason: str) -> None:
        self.calls.append(f"close {code}")

    def pause(self) -> None:
        self.calls.append("pause")

    def resume(self) -> None:
        self.calls.append("resume")


def use_after_the_end(served: ServedConnection) -> None:
    """Call every method of a connection that has ended."""
    served.receive(message("ping"))
    served.receive(b"\xff" * 1000)
    served.receive_binary()
    served.heard()
    served.overflowed()
    served.fail(PROTOCOL)
    served.closed(1001)


@pytest.fixture
async def server() -> AsyncIterator[SignalingServer]:
    """A server with a store that answers at once, and small frames."""
    async with open_store("memory:") as store:
        async with SignalingServer(Router(Limits(frame_bytes=500)), store) as server:
            yield server


END_OF_CONNECTION: dict[str, tuple[Callable[[ServedConnection], None], list[str]]] = {
    "bye": (lambda one: one.receive(message("bye")), ["close 1000"]),
    "too big": (lambda one: one.receive(b" " * 501), ["close 1009"]),
    "no UTF-8": (lambda one: one.receive(b'{"type": "\xff"}'), ["close 1007"]),
    "binary": (ServedConnection.receive_binary, ["close 1003"]),
    "too slow": (ServedConnection.overflowed, ["close 4000"]),
    "a violation": (lambda one: one.fail(PROTOCOL), ["close 1002"]),
    "the client's end": (lambda one: one.closed(1000), []),
}


@pytest.mark.parametrize("end", END_OF_CONNECTION)
async def test_once_a_connection_has_ended_neither_side_hears_of_the_other(
    server: SignalingServer, end: str
) -> None:
    end_it, calls = END_OF_CONNECTION[end]
    client = Recorder()
    served = server.connect(client, None, SESSION, address=None)
    served.receive(message("ping"))
    end_it(served)
    use_after_the_end(served)
    assert client.calls == ["send pong", *calls]
    assert (served.is_open, server.census().connections) == (False, 0)


@pytest.mark.parametrize("room_id", ["The Lobby", "x" * 65, "../etc", "", None])
async def test_a_client_that_names_no_valid_room_is_refused_while_it_connects(
    server: SignalingServer, room_id: str | None
) -> None:
    client = Recorder()
    room = None if room_id is None else RoomId(room_id)
    served = server.connect(client, room, CORE, address=None)
    use_after_the_end(served)
    assert client.calls == ["send error", "close 4500"]


async def test_a_transport_that_is_gone_while_frames_are_held_is_called_no_more(
    store: FailingStore,
) -> None:
    async with SignalingServer(Router(), store) as server:
        client = Recorder()
        served = server.connect(client, LOBBY, CORE, address=None)
        served.receive(message("ping"))
        served.closed()
        store.open.set()
        await eventually(lambda: server.census().connections == 0)
        assert client.calls == []


# Tokens ----------------------------------------------------------------------------------


async def test_a_reader_of_tokens_that_fails_lets_nobody_in_and_tells_no_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    people: dict[str, Identity] = {}
    async with Signaling(tokens=people.__getitem__) as signaling:
        with pytest.raises(Refused) as raised:
            async with signaling.join("lobby", token="geheim"):
                pass
        assert (raised.value.code, raised.value.retry_after) == ("unavailable", 5.0)
        people["geheim"] = Identity("ted")
        async with signaling.join("lobby", token="geheim") as ted:
            assert ted.role == "guest"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "geheim" not in caplog.text + str(raised.value)
