"""The frames of a session that resumes, with a scripted server."""

import asyncio

import pytest
from attrs import evolve

from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import ConnectionClosed, Dropped, Expired, Rejoined, Resumed
from camus_transport.client.wire import WireClosed
from transport.scripted_server import (
    ANN,
    NEWCOMER,
    TED,
    from_ann,
    rejoined,
    resumed,
    server_that_says,
    to_ann,
)
from transport.virtual_time import in_virtual_time


@in_virtual_time
async def test_what_was_not_confirmed_is_said_again_in_order() -> None:
    server = server_that_says(NEWCOMER, resumed(2))
    async with server.session() as ted:
        for number in (1, 2, 3):
            await ted.send(to_ann(number))
        assert [await server.wires[0].heard() for _ in range(3)] == [
            to_ann(1),
            to_ann(2),
            to_ann(3),
        ]
        server.wires[0].say(m.Ack(TED, m.AckBody(1)))
        server.wires[0].abort()
        await asyncio.sleep(0.1)
        await ted.send(to_ann(4))
        await asyncio.sleep(1)
        assert [await server.wires[1].heard() for _ in range(2)] == [to_ann(3), to_ann(4)]
        assert server.events == [Dropped(1006, 0.5), Resumed()]


@in_virtual_time
async def test_nothing_is_said_before_the_answer_to_join() -> None:
    server = server_that_says(NEWCOMER, WireClosed(1006, ""), resumed(1), resumed(2))
    async with server.session() as ted:
        for number in (1, 2):
            await ted.send(to_ann(number))
        await server.wires[0].heard()
        server.wires[0].abort()
        await asyncio.sleep(5)
        assert server.wires[1].heard_so_far() == []
        assert server.wires[2].heard_so_far() == [to_ann(2)]
        server.wires[2].abort()
        await asyncio.sleep(5)
        await ted.send(to_ann(3))
        assert await server.wires[3].heard() == to_ann(3)


@in_virtual_time
async def test_a_request_is_said_again_once_and_a_ping_too_while_somebody_waits() -> None:
    server = server_that_says(NEWCOMER, resumed(0))
    async with server.session() as ted:
        server.wires[0].mute = True
        asking, pinging, stopping = [
            asyncio.create_task(ted.request(question))
            for question in (m.GetRoomInfo(), m.Ping(GROUND_CONTROL), m.Ping(GROUND_CONTROL))
        ]
        said = [await server.wires[0].heard() for _ in range(3)]
        stopping.cancel()
        server.wires[0].abort()
        await pinging
        assert server.wires[1].heard_so_far() == said[:2]
        info = m.RoomInfo(TED, m.RoomInfoBody("lobby", ()), reply_to=said[0].id)
        server.wires[1].say(info)
        assert await asking == info


@in_virtual_time
async def test_a_session_that_is_unknown_begins_anew_as_a_newcomer() -> None:
    server = server_that_says(NEWCOMER, rejoined("unknown", id=ANN), resumed(0))
    async with server.session() as ted:
        server.wires[0].say(from_ann(1))
        assert await ted.receive() == from_ann(1)
        await ted.send(to_ann(1))
        await server.wires[0].heard()
        server.wires[0].abort()
        joined = await ted.receive()
        assert isinstance(joined, m.Joined)
        assert joined.data == rejoined("unknown", id=ANN)
        assert ted.id == ANN and list(ted.clients) == [ANN]
        assert server.events == [
            Dropped(1006, 0.5),
            Rejoined("unknown", same_id=False),
            Expired((to_ann(1),)),
        ]
        server.wires[1].abort()  # both count from 0 again
        await asyncio.sleep(5)
        assert server.wires[2].join is not None
        assert server.wires[2].join.resume == m.ResumeBody("secret", 0)


@in_virtual_time
async def test_what_an_earlier_node_has_handled_does_not_expire() -> None:
    server = server_that_says(NEWCOMER, rejoined("restarted", 2))
    async with server.session() as ted:
        for number in (1, 2, 3):
            await ted.send(to_ann(number))
            await server.wires[0].heard()
        server.wires[0].abort()
        assert isinstance(await ted.receive(), m.Joined)
        assert server.events[1:] == [
            Rejoined("restarted", same_id=True),
            Expired((to_ann(3),)),
        ]
        assert server.wires[1].heard_so_far() == [], "nothing is said again by itself"


@in_virtual_time
async def test_what_was_sent_while_away_expires_too_and_pings_just_go() -> None:
    server = server_that_says(NEWCOMER, rejoined("overflow", 0))
    async with server.session() as ted:
        server.wires[0].abort()
        await asyncio.sleep(0.1)
        await ted.send(m.Ping(ANN))
        await ted.send(to_ann(1))
        assert isinstance(await ted.receive(), m.Joined)
        assert server.events[-1] == Expired((to_ann(1),))
        assert server.wires[1].heard_so_far() == []


@in_virtual_time
async def test_a_name_changed_meanwhile_is_the_name_to_come_back_with() -> None:
    server = server_that_says(NEWCOMER, resumed(0))
    async with server.session():
        server.wires[0].say(m.ClientUpdated(m.ROOM, m.SessionClient(TED, "Theo", "guest")))
        server.wires[0].abort()
        await asyncio.sleep(1)
        assert server.wires[1].join == m.JoinBody(
            "lobby", "Theo", resume=m.ResumeBody("secret", 1)
        )


@pytest.mark.parametrize("code", ["unavailable", "rate-limited"])
@in_virtual_time
async def test_a_join_that_is_refused_for_a_while_is_said_again_then(code: str) -> None:
    busy = m.ErrorBody(code, "not now", retry_after=5)
    server = server_that_says(NEWCOMER, busy, resumed(0))
    async with server.session():
        server.wires[0].abort()
        await asyncio.sleep(10)
        assert server.opened_at == [0.0, 0.5, 6.0]
        assert server.wires[1].cut_off
        assert server.events == [Dropped(1006, 0.5), Dropped(1006, 5.5), Resumed()]


@pytest.mark.parametrize("code", ["room-full", "room-locked", "banned", "not-allowed"])
@in_virtual_time
async def test_a_join_that_is_refused_for_good_ends_the_session(code: str) -> None:
    refusal = m.ErrorBody(code, "not today")
    server = server_that_says(NEWCOMER, refusal)
    async with server.session() as ted:
        await ted.send(to_ann(1))
        server.wires[0].abort()
        with pytest.raises(ConnectionClosed, match=code) as raised:
            await ted.receive()
        assert raised.value.error == refusal
        assert server.events == [Dropped(1006, 0.5), Expired((to_ann(1),))]


@in_virtual_time
async def test_a_server_that_never_answers_a_join_is_asked_again() -> None:
    server = server_that_says(NEWCOMER, None, resumed(0))
    async with server.session():
        server.wires[0].abort()
        await asyncio.sleep(30)
        assert server.wires[1].cut_off
        assert server.events == [Dropped(1006, 0.5), Dropped(1006, 1.0), Resumed()]


@pytest.mark.parametrize("received", [1, -1, None])
@in_virtual_time
async def test_a_server_that_counts_more_than_was_sent_is_broken(received: int | None) -> None:
    answer = evolve(resumed(0), received=received)
    server = server_that_says(NEWCOMER, answer)
    async with server.session() as ted:
        server.wires[0].abort()
        with pytest.raises(ConnectionClosed) as raised:
            await ted.receive()
        assert raised.value.code == 1002
        assert server.wires[1].cut_off


@in_virtual_time
async def test_a_server_that_confirms_more_than_was_sent_is_broken() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session() as ted:
        server.wires[0].say(m.Ack(TED, m.AckBody(1)))
        with pytest.raises(ConnectionClosed) as raised:
            await ted.receive()
        assert raised.value.code == 1002
        assert server.wires[0].cut_off
