"""What happens while the store is asked, and what whoever runs the server can do."""

import asyncio
import logging
from contextlib import AsyncExitStack

import pytest

from camus_core import messages as m
from camus_core.effects import Effect, ForgetRoom
from camus_core.errors import RoomFull, RoomNotFound, Unavailable, UnknownReceiver
from camus_core.events import Event, Ordered, Timestamp
from camus_core.identity import Identity
from camus_core.limits import Limits
from camus_core.messages import GROUND_CONTROL
from camus_core.records import RoomId
from camus_core.router import Router
from camus_store import open_store
from camus_transport import Disconnected, Refused, Signaling
from camus_transport.server import SignalingServer
from transport.failing_store import FailingStore
from transport.raw_socket import (
    CLOSE,
    RawSocket,
    eventually,
    frame,
    message,
    raw_socket,
    raw_websocket,
)
from transport.session_places import hears

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
    """Wait until the server has handled what was sent to it before."""
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
    limits = Limits(frame_bytes=10_000, message_burst=1e9, messages_per_second=1e9)
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
        async with raw_websocket(port):  # a live room needs no answer
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
        await eventually(lambda: ForgetRoom(LOBBY, if_unused=True) in store.log)


# What whoever runs the server wants ------------------------------------------------------


async def test_a_server_tells_who_is_in_its_rooms(signaling: Signaling) -> None:
    roster = signaling.server.roster
    assert roster(LOBBY) == ()
    async with signaling.join("lobby", username="Ann") as ann:
        async with signaling.connect("lobby") as bob:
            assert roster(LOBBY) == (
                m.SessionClient(ann.id, "Ann", "guest"),
                m.SessionClient(bob.id, "Major Tom", "guest"),
            )
            assert roster(RoomId("elsewhere")) == ()
        await hears(ann, m.ClientLeft)
        assert roster(LOBBY) == tuple(ann.clients.values())
    assert roster(LOBBY) == ()


async def test_an_order_is_carried_out_when_it_returns_and_the_room_hears_of_it(
    signaling: Signaling,
) -> None:
    server = signaling.server
    async with signaling.join("lobby") as ann, signaling.join("lobby") as eve:
        server.order(LOBBY, m.SetRole(GROUND_CONTROL, m.SetRoleBody(ann.id, "moderator")))
        assert server.roster(LOBBY)[0].role == "moderator"
        await hears(ann, m.ClientUpdated)
        assert ann.role == "moderator"
        server.order(LOBBY, m.Kick(GROUND_CONTROL, m.WhoBody(eve.id)))
        assert [client.id for client in server.roster(LOBBY)] == [ann.id]
        left = m.ClientLeft(m.ROOM, m.ClientLeftBody(eve.id, "kicked"), GROUND_CONTROL)
        assert await hears(ann, m.ClientLeft) == left
        with pytest.raises(Disconnected) as raised:
            await hears(eve, m.Bye)
        assert raised.value.code == 4506


async def test_an_order_reaches_an_owner_too(signaling: Signaling) -> None:
    owner = Identity("ann", role="owner")
    async with signaling.join("lobby", identity=owner) as ann:
        signaling.server.order(LOBBY, m.Ban(GROUND_CONTROL, m.WhoBody(ann.id)))
        with pytest.raises(Disconnected) as raised:
            await hears(ann, m.Bye)
        assert raised.value.code == 4507
    with pytest.raises(Refused, match="banned"):
        async with signaling.join("lobby", identity=owner):
            pass


async def test_a_door_is_locked_and_opened_from_outside(signaling: Signaling) -> None:
    server = signaling.server
    owner = Identity("ann", role="owner")
    async with signaling.join("lobby", identity=owner) as ann:
        server.order(LOBBY, m.Lock(GROUND_CONTROL, m.LockBody(True)))
        await hears(ann, m.RoomUpdated)
        assert ann.locked
        for order in (m.Admit, m.Deny):
            entering = asyncio.create_task(signaling.join("lobby").__aenter__())
            await hears(ann, m.ClientWaiting)
            [waiter] = ann.waiting
            server.order(LOBBY, order(GROUND_CONTROL, m.WhoBody(waiter)))
            if order is m.Deny:
                with pytest.raises(Refused, match="denied"):
                    await entering
            else:
                await (await entering).__aexit__(None, None, None)


async def test_an_order_that_cant_be_carried_out_says_why_and_changes_nothing() -> None:
    async with Signaling(limits=Limits(guest_limit=1)) as signaling:
        server = signaling.server
        nobody = m.WhoBody("0" * 32)
        with pytest.raises(RoomNotFound):
            server.order(LOBBY, m.Kick(GROUND_CONTROL, nobody))
        async with signaling.join("lobby", identity=Identity("ann", role="owner")) as ann:
            for kind in (m.Kick, m.Ban, m.Admit, m.Deny):
                with pytest.raises(RoomFull if kind is m.Admit else UnknownReceiver):
                    server.order(LOBBY, kind(GROUND_CONTROL, nobody))
            with pytest.raises(UnknownReceiver):
                server.order(LOBBY, m.SetRole(GROUND_CONTROL, m.SetRoleBody("0" * 32, "guest")))
            assert server.roster(LOBBY) == tuple(ann.clients.values())
            server.order(LOBBY, m.Lock(GROUND_CONTROL, m.LockBody(False)))
            await ann.request(m.Ping(GROUND_CONTROL))
            assert not ann.locked
        assert sum(server.counts.refused.values()) == 0, "nobody was told a refusal"


class FaultyRouter(Router):
    """A router that can't take an order."""

    def handle(self, event: Event, now: Timestamp) -> list[Effect]:
        if isinstance(event, Ordered):
            raise RuntimeError("this is our fault")
        return super().handle(event, now)


async def test_an_order_that_meets_a_fault_of_the_server_doesnt_look_done() -> None:
    async with open_store("memory:") as store, SignalingServer(FaultyRouter(), store) as server:
        with pytest.raises(Unavailable):
            server.order(LOBBY, m.Lock(GROUND_CONTROL, m.LockBody(True)))


# Who a token is of ------------------------------------------------------------------------


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
