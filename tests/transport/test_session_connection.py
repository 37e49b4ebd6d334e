"""A session's care for its connection: it confirms frames, and checks for signs of life."""

import asyncio

import pytest

from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import Dropped, Resumed
from transport.scripted_server import (
    ANN,
    NEWCOMER,
    TED,
    from_ann,
    resumed,
    server_that_says,
    to_ann,
)
from transport.virtual_time import in_virtual_time, now, pass_over


@in_virtual_time
async def test_a_frame_is_confirmed_after_two_seconds() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session():
        server.wires[0].say(from_ann(1))
        assert await server.wires[0].heard() == m.Ack(GROUND_CONTROL, m.AckBody(1))
        assert now() == 2.0
        await asyncio.sleep(1)
        server.wires[0].say(from_ann(2), from_ann(3))
        assert await server.wires[0].heard() == m.Ack(GROUND_CONTROL, m.AckBody(3))
        assert now() == 5.0


@in_virtual_time
async def test_the_thirty_second_frame_has_all_of_them_confirmed_at_once() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session():
        server.wires[0].say(*map(from_ann, range(31)))
        await asyncio.sleep(1)
        assert server.wires[0].heard_so_far() == []
        server.wires[0].say(from_ann(31))
        assert await server.wires[0].heard() == m.Ack(GROUND_CONTROL, m.AckBody(32))
        assert now() == 1.0
        server.wires[0].say(from_ann(32))
        assert await server.wires[0].heard() == m.Ack(GROUND_CONTROL, m.AckBody(33))
        assert now() == 3.0


@in_virtual_time
async def test_sixty_four_kibibytes_are_confirmed_at_once() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session():
        for _ in range(2):
            server.wires[0].say(m.Extension("x-much", TED, to_json("x" * 33_000), ANN))
        assert await server.wires[0].heard() == m.Ack(GROUND_CONTROL, m.AckBody(2))
        assert now() == 0.0


@in_virtual_time
async def test_pings_pongs_and_acks_are_not_counted() -> None:
    server = server_that_says(NEWCOMER, resumed(0))
    async with server.session():
        server.wires[0].say(
            m.Ping(TED), m.Pong(TED, sender=ANN), m.Ack(TED, m.AckBody(0)), m.Ping(TED)
        )
        await asyncio.sleep(5)
        pong = m.Pong(GROUND_CONTROL)
        assert server.wires[0].heard_so_far() == [pong, pong]
        server.wires[0].abort()
        await asyncio.sleep(1)
        assert server.wires[1].join == m.JoinBody(
            "lobby", "Ted", resume=m.ResumeBody("secret", 0)
        )


@in_virtual_time
async def test_a_message_of_a_newer_server_is_counted_and_not_shown() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session() as ted:
        server.wires[0].say_raw(b'{"sender":"ground control","receiver":"x","type":"new"}')
        server.wires[0].say_raw(b'{"sender":"ground control","receiver":"x","type":"ack"}')
        server.wires[0].say(from_ann(1))
        assert await ted.receive() == from_ann(1)
        assert await server.wires[0].heard() == m.Ack(GROUND_CONTROL, m.AckBody(2))


@in_virtual_time
async def test_words_of_a_newer_server_are_taken_for_known_ones() -> None:
    def says(type: str, **data: object) -> None:
        members = {"sender": GROUND_CONTROL, "receiver": "room", "type": type, "data": data}
        server.wires[0].say_raw(to_json(members))

    server = server_that_says(NEWCOMER)
    async with server.session() as ted:
        says("client-joined", id=ANN, username="Ann", role="speaker")
        says("undeliverable", receiver=ANN, reason="muted")
        ann = m.SessionClient(ANN, "Ann", "guest")
        assert await ted.receive() == m.ClientJoined(m.ROOM, ann, GROUND_CONTROL)
        lost = m.UndeliverableBody(ANN, "gone")
        assert await ted.receive() == m.Undeliverable(m.ROOM, lost, GROUND_CONTROL)
        assert ANN in ted.clients
        says("client-left", id=ANN, reason="moved")
        gone = m.ClientLeftBody(ANN, "gone")
        assert await ted.receive() == m.ClientLeft(m.ROOM, gone, GROUND_CONTROL)
        assert ANN not in ted.clients


@pytest.mark.parametrize(
    "forged",
    [
        m.ClientLeft(m.ROOM, m.ClientLeftBody(TED, "left"), ANN),
        m.IceServers(TED, (m.IceServer(("turn:evil.example",)),), ANN),
        m.Ack(TED, m.AckBody(99), ANN),
        m.GoingAway(TED, m.GoingAwayBody(9999), ANN),
        m.Error(TED, m.ErrorBody("room-full", "go away"), ANN, reply_to="request-1"),
        m.Joined(TED, NEWCOMER, ANN),
    ],
    ids=lambda forged: forged.type,
)
@in_virtual_time
async def test_a_peer_that_plays_the_server_is_not_believed(forged: m.Message) -> None:
    server = server_that_says(NEWCOMER)
    async with server.session() as ted:
        asking = asyncio.create_task(ted.request(m.GetIceServers()))
        question = await server.wires[0].heard()
        server.wires[0].say(forged, m.IceServers(TED, (), reply_to=question.id))
        assert await asking == m.IceServers(TED, (), GROUND_CONTROL, reply_to=question.id)
        server.wires[0].say(from_ann(1))
        assert await ted.receive() == from_ann(1)
        assert (list(ted.clients), ted.ice_servers) == ([TED], ())


@in_virtual_time
async def test_a_ping_of_a_peer_is_the_callers_own_affair() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session() as ted:
        ping = m.Ping(TED, to_json(1), ANN)
        server.wires[0].say(ping)
        assert await ted.receive() == ping
        await asyncio.sleep(5)
        assert server.wires[0].heard_so_far() == []


@in_virtual_time
async def test_a_pong_of_a_peer_answers_no_request() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session() as ted:
        asking = asyncio.create_task(ted.request(m.Ping(GROUND_CONTROL)))
        await server.wires[0].heard()
        await asking
        asking = asyncio.create_task(ted.request(m.GetRoomInfo()))
        question = await server.wires[0].heard()
        pong = m.Pong(TED, sender=ANN, reply_to=question.id)
        server.wires[0].say(pong)
        assert await ted.receive() == pong
        asking.cancel()


@in_virtual_time
async def test_a_server_that_is_silent_is_pinged_and_what_it_answers_is_not_shown() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session() as ted:
        for number in range(1, 5):
            assert isinstance(await server.wires[0].heard(), m.Ping)
            assert now() == 20.0 * number
        server.wires[0].say(from_ann(1))
        assert await ted.receive() == from_ann(1)
        assert server.events == []


@in_virtual_time
async def test_a_server_that_stays_silent_is_left_and_come_back_to() -> None:
    server = server_that_says(NEWCOMER, resumed(0))
    async with server.session() as ted:
        server.wires[0].mute = True
        await asyncio.sleep(39.9)
        assert server.events == []
        await asyncio.sleep(1)
        assert server.wires[0].cut_off
        assert server.events == [Dropped(1006, 0.5), Resumed()]
        assert server.opened_at == [0.0, 40.5]
        server.wires[1].say(from_ann(1))
        assert await ted.receive() == from_ann(1)


@in_virtual_time
async def test_after_a_pause_of_the_client_a_server_that_was_asked_is_asked_again() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session() as ted:
        server.wires[0].mute = True
        assert isinstance(await server.wires[0].heard(), m.Ping)
        pass_over(1000.0)
        assert isinstance(await server.wires[0].heard(), m.Ping)
        await asyncio.sleep(19.0)
        server.wires[0].say(from_ann(1))
        assert await ted.receive() == from_ann(1)
        assert (server.events, server.wires[0].cut_off) == ([], False)


@in_virtual_time
async def test_a_link_that_takes_no_more_is_left_too() -> None:
    server = server_that_says(NEWCOMER, resumed(0))
    async with server.session() as ted:
        server.wires[0].stalled = True
        await ted.send(to_ann(1))
        await asyncio.sleep(41)
        assert server.wires[0].cut_off
        assert await server.wires[1].heard() == to_ann(1)


@in_virtual_time
async def test_each_frame_is_a_sign_of_life() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session() as ted:
        for number in range(10):
            await asyncio.sleep(19)
            server.wires[0].say(from_ann(number))
            assert await ted.receive() == from_ann(number)
        assert all(isinstance(heard, m.Ack) for heard in server.wires[0].heard_so_far())
        assert server.events == []
