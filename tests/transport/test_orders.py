"""Orders of the operator, and the rosters that the operator sees."""

import asyncio
import json
from contextlib import AsyncExitStack

import pytest

from camus_core.admission.identity import Identity
from camus_core.effects import Effect
from camus_core.events import Timestamp
from camus_core.limits import Limits
from camus_core.orders import OperatorOrder
from camus_core.records import RoomId
from camus_core.router import Router
from camus_core.wire import messages as m
from camus_core.wire.errors import NotFound, RoomNotFound, Unavailable, UnknownReceiver
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION
from camus_store import open_store
from camus_transport import ConnectionClosed, Refused, Signaling
from camus_transport.server.server import SignalingServer
from transport.raw_socket import eventually
from transport.session_server import next_message

LOBBY = RoomId("lobby")


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
        await next_message(ann, m.ClientLeft)
        assert roster(LOBBY) == tuple(ann.clients.values())
    assert roster(LOBBY) == ()


async def test_an_order_is_carried_out_when_it_returns_and_the_room_hears_of_it(
    signaling: Signaling,
) -> None:
    server = signaling.server
    async with signaling.join("lobby") as ann, signaling.join("lobby") as eve:
        server.order(LOBBY, m.SetRole(GROUND_CONTROL, m.SetRoleBody(ann.id, "moderator")))
        assert server.roster(LOBBY)[0].role == "moderator"
        await next_message(ann, m.ClientUpdated)
        assert ann.role == "moderator"
        server.order(LOBBY, m.Kick(GROUND_CONTROL, m.DismissalBody(eve.id)))
        assert [client.id for client in server.roster(LOBBY)] == [ann.id]
        left = m.ClientLeft(m.ROOM, m.ClientLeftBody(eve.id, "kicked"), GROUND_CONTROL)
        assert await next_message(ann, m.ClientLeft) == left
        with pytest.raises(ConnectionClosed) as raised:
            await next_message(eve, m.Bye)
        assert raised.value.code == 4506


@pytest.mark.parametrize("is_empty", [False, True])
async def test_bans_are_listed_and_ended_in_a_room_with_and_without_members(
    is_empty: bool,
) -> None:
    eves = Identity("eve", "Eve")
    async with Signaling() as signaling, AsyncExitStack() as members:
        await members.enter_async_context(signaling.join("lobby"))
        async with signaling.join("lobby", identity=eves) as eve:
            ban = m.Ban(GROUND_CONTROL, m.BanBody(eve.id, seconds=3600))
            signaling.server.order(LOBBY, ban)
        if is_empty:
            await members.aclose()
        [found] = await signaling.bans("lobby")
        assert found.at is not None
        assert found == m.BanInfo(eve.id, "Eve", None, found.at, found.at + 3600)
        with pytest.raises(Refused, match="banned"):
            await signaling.join("lobby", identity=eves).__aenter__()
        with pytest.raises(NotFound):
            await signaling.unban("lobby", "nothing")
        await signaling.unban("lobby", found.id)
        assert await signaling.bans("lobby") == ()
        with pytest.raises(NotFound):
            await signaling.unban("lobby", found.id)
        async with signaling.join("lobby", identity=eves):
            pass


async def test_a_room_that_is_not_there_has_no_bans(signaling: Signaling) -> None:
    with pytest.raises(RoomNotFound):
        await signaling.bans("lobby")
    with pytest.raises(RoomNotFound):
        await signaling.unban("lobby", "nothing")


async def test_an_order_reaches_an_owner_too(signaling: Signaling) -> None:
    owner = Identity("ann", role="owner")
    async with signaling.join("lobby", identity=owner) as ann:
        signaling.server.order(LOBBY, m.Ban(GROUND_CONTROL, m.BanBody(ann.id)))
        with pytest.raises(ConnectionClosed) as raised:
            await next_message(ann, m.Bye)
        assert raised.value.code == 4507
    with pytest.raises(Refused, match="banned"):
        async with signaling.join("lobby", identity=owner):
            pass


async def test_a_room_is_locked_and_unlocked_by_order(signaling: Signaling) -> None:
    server = signaling.server
    owner = Identity("ann", role="owner")
    async with signaling.join("lobby", identity=owner) as ann:
        server.order(LOBBY, m.Lock(GROUND_CONTROL, m.LockBody(True)))
        await next_message(ann, m.RoomUpdated)
        assert ann.locked
        for kind in (m.Admit, m.Deny):
            entering = asyncio.create_task(signaling.join("lobby").__aenter__())
            await next_message(ann, m.ClientWaiting)
            [waiter] = ann.waiting
            if kind is m.Deny:
                server.order(LOBBY, m.Deny(GROUND_CONTROL, m.DismissalBody(waiter)))
                with pytest.raises(Refused, match="denied"):
                    await entering
            else:
                server.order(LOBBY, m.Admit(GROUND_CONTROL, m.WhoBody(waiter)))
                await (await entering).__aexit__(None, None, None)


async def test_an_order_that_cant_be_carried_out_says_why_and_changes_nothing() -> None:
    async with Signaling(limits=Limits(guest_limit=1)) as signaling:
        server = signaling.server
        nobody = m.DismissalBody("0" * 32)
        with pytest.raises(RoomNotFound):
            server.order(LOBBY, m.Kick(GROUND_CONTROL, nobody))
        async with signaling.join("lobby", identity=Identity("ann", role="owner")) as ann:
            for kind in (m.Kick, m.Deny):
                with pytest.raises(UnknownReceiver):
                    server.order(LOBBY, kind(GROUND_CONTROL, nobody))
            with pytest.raises(UnknownReceiver):
                server.order(LOBBY, m.Ban(GROUND_CONTROL, m.BanBody("0" * 32)))
            with pytest.raises(UnknownReceiver):
                server.order(LOBBY, m.Admit(GROUND_CONTROL, m.WhoBody("0" * 32)))
            with pytest.raises(UnknownReceiver):
                server.order(LOBBY, m.SetRole(GROUND_CONTROL, m.SetRoleBody("0" * 32, "guest")))
            assert server.roster(LOBBY) == tuple(ann.clients.values())
            server.order(LOBBY, m.Lock(GROUND_CONTROL, m.LockBody(False)))
            await ann.request(m.Ping(GROUND_CONTROL))
            assert not ann.locked
        assert sum(server.counts.refused.values()) == 0, "nobody was told a refusal"


class FaultyRouter(Router):
    """A router that fails on each order."""

    def order(self, room_id: RoomId, order: OperatorOrder, now: Timestamp) -> list[Effect]:
        raise RuntimeError("this is our fault")


async def test_an_order_that_meets_a_fault_of_the_server_doesnt_look_done() -> None:
    async with open_store("memory:") as store, SignalingServer(FaultyRouter(), store) as server:
        with pytest.raises(Unavailable):
            server.order(LOBBY, m.Lock(GROUND_CONTROL, m.LockBody(True)))


class Moderator:
    """A connection of a client, of whose first message to it the operator makes an order."""

    def __init__(self, server: SignalingServer) -> None:
        self.server = server
        self.heard: list[str] = []

    def send(self, frame: bytes) -> bool:
        self.heard.append(json.loads(frame)["type"])
        if len(self.heard) == 1:
            self.server.order(LOBBY, m.Lock(GROUND_CONTROL, m.LockBody(True)))
            assert self.heard == ["joined"], "the effects in hand come first"
        return True

    def close(self, code: int, reason: str) -> None:
        self.heard.append(str(code))

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass


async def test_an_order_given_while_another_event_is_carried_out_is_decided_at_once(
    signaling: Signaling,
) -> None:
    server = signaling.server
    moderator = Moderator(server)
    served = server.connect(moderator, None, SESSION, address=None)
    served.receive(b'{"receiver":"ground control","type":"join","data":{"room_id":"lobby"}}')
    await eventually(lambda: moderator.heard == ["joined", "room-updated"])
