"""Bounds of what a session keeps and reads, with a scripted server."""

import asyncio

import pytest
from attrs import evolve

from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import ConnectionClosed, Expired
from transport.scripted_server import (
    ANN,
    LIMITS,
    NEWCOMER,
    TED,
    from_ann,
    rejoined,
    resumed,
    server_that_says,
    to_ann,
)
from transport.virtual_time import in_virtual_time, now


@in_virtual_time
async def test_sending_waits_while_too_much_is_not_confirmed() -> None:
    limits = evolve(LIMITS, unconfirmed_frames=3)
    server = server_that_says(
        evolve(NEWCOMER, limits=limits), evolve(resumed(2), limits=limits)
    )
    async with server.session() as ted:
        for number in (1, 2, 3):
            await ted.send(to_ann(number))
        sending = [asyncio.create_task(ted.send(to_ann(number))) for number in (4, 5, 6)]
        await asyncio.sleep(1)
        assert not any(one.done() for one in sending)
        server.wires[0].say(m.Ack(TED, m.AckBody(1)))
        await sending[0]
        await asyncio.sleep(1)
        assert not sending[1].done()
        server.wires[0].abort()
        await sending[1]
        assert [await server.wires[1].heard() for _ in range(3)] == [
            to_ann(3),
            to_ann(4),
            to_ann(5),
        ]
        sending[2].cancel()
        server.wires[1].say(m.Ack(TED, m.AckBody(3)))
        await ted.send(to_ann(7))
        assert await server.wires[1].heard() == to_ann(7)


@in_virtual_time
async def test_bytes_are_bounded_too_but_a_single_message_always_goes() -> None:
    limits = evolve(LIMITS, unconfirmed_bytes=1000)
    server = server_that_says(evolve(NEWCOMER, limits=limits))
    async with server.session() as ted:
        long = m.Extension("x-long", ANN, to_json("x" * 2000))
        await ted.send(long)
        sending = asyncio.create_task(ted.send(to_ann(1)))
        await asyncio.sleep(1)
        assert not sending.done()
        server.wires[0].say(m.Ack(TED, m.AckBody(1)))
        await sending


@in_virtual_time
async def test_a_long_message_that_waits_is_not_overtaken_for_ever() -> None:
    limits = evolve(LIMITS, unconfirmed_bytes=1000)
    server = server_that_says(evolve(NEWCOMER, limits=limits))
    async with server.session() as ted:
        long = m.Extension("x-long", ANN, to_json("x" * 700))
        await ted.send(long)
        sending = [asyncio.create_task(ted.send(one)) for one in (long, to_ann(1))]
        await asyncio.sleep(1)
        assert server.wires[0].heard_so_far() == [long]
        server.wires[0].say(m.Ack(TED, m.AckBody(1)))
        await asyncio.gather(*sending)
        await asyncio.sleep(1)
        assert server.wires[0].heard_so_far() == [long, to_ann(1)]


@in_virtual_time
async def test_while_the_session_is_away_what_is_sent_is_bounded_too() -> None:
    limits = evolve(LIMITS, unconfirmed_frames=3)
    away = ConnectionRefusedError()
    server = server_that_says(evolve(NEWCOMER, limits=limits), *[away] * 99)
    async with server.session() as ted:
        server.wires[0].abort()
        await asyncio.sleep(1)
        for number in (1, 2, 3):
            await ted.send(to_ann(number))
        sending = asyncio.create_task(ted.send(to_ann(4)))
        await asyncio.sleep(60)
        assert not sending.done()
    with pytest.raises(ConnectionClosed):
        await sending
    assert server.events[-1] == Expired((to_ann(1), to_ann(2), to_ann(3)))


@in_virtual_time
async def test_who_waits_to_send_hears_of_the_end() -> None:
    limits = evolve(LIMITS, unconfirmed_frames=1)
    server = server_that_says(evolve(NEWCOMER, limits=limits))
    async with server.session() as ted:
        await ted.send(to_ann(1))
        sending = asyncio.create_task(ted.send(to_ann(2)))
        await asyncio.sleep(1)
        server.wires[0].close(4505)
        with pytest.raises(ConnectionClosed) as raised:
            await sending
        assert raised.value.code == 4505


@in_virtual_time
async def test_the_limits_are_those_of_the_last_answer() -> None:
    fewer = evolve(LIMITS, unconfirmed_frames=2)
    server = server_that_says(NEWCOMER, evolve(rejoined("restarted"), limits=fewer))
    async with server.session() as ted:
        server.wires[0].abort()
        await ted.receive()
        assert ted.limits == fewer
        server.wires[1].say(*map(from_ann, range(40)))
        for number in (1, 2):
            await ted.send(to_ann(number))
        await asyncio.sleep(10)
        assert m.Ack(GROUND_CONTROL, m.AckBody(2)) in server.wires[1].heard_so_far()
        sending = asyncio.create_task(ted.send(to_ann(3)))
        await asyncio.sleep(0.1)
        assert not sending.done()
        sending.cancel()


@in_virtual_time
async def test_who_leaves_with_much_unread_hears_the_end_all_the_same() -> None:
    limits = evolve(LIMITS, unconfirmed_frames=50)
    server = server_that_says(evolve(NEWCOMER, limits=limits))
    async with server.session() as ted:
        server.wires[0].say(*map(from_ann, range(80)))
        await ted.send(to_ann(1))
        await asyncio.sleep(1)
    assert (now(), server.events) == (1.0, [])


@in_virtual_time
async def test_who_receives_nothing_is_sent_no_more_than_it_may_keep() -> None:
    limits = evolve(LIMITS, unconfirmed_frames=50)
    server = server_that_says(evolve(NEWCOMER, limits=limits))
    async with server.session() as ted:
        server.wires[0].say(*map(from_ann, range(80)))
        await asyncio.sleep(101)
        heard = server.wires[0].heard_so_far()
        acks = [one.data.received for one in heard if isinstance(one, m.Ack)]
        assert acks[-1] == 50
        assert sum(isinstance(one, m.Ping) for one in heard) == 5, "it says that it lives"
        assert server.events == []
        assert [await ted.receive() for _ in range(80)] == list(map(from_ann, range(80)))


@in_virtual_time
async def test_who_waits_for_an_answer_reads_past_what_it_can_not_receive_meanwhile() -> None:
    limits = evolve(LIMITS, unconfirmed_frames=50)
    server = server_that_says(evolve(NEWCOMER, limits=limits))
    async with server.session() as ted:
        server.wires[0].say(*map(from_ann, range(80)))
        asking = asyncio.create_task(ted.request(m.GetIceServers()))
        await asyncio.sleep(1)
        [question] = [
            one for one in server.wires[0].heard_so_far() if isinstance(one, m.GetIceServers)
        ]
        server.wires[0].say(m.IceServers(TED, (), reply_to=question.id))
        await asking
        assert await ted.receive() == from_ann(0)
        server.wires[0].say(*map(from_ann, range(80)))
        await asyncio.sleep(10)
        heard = server.wires[0].heard_so_far()
        acks = [one.data.received for one in heard if isinstance(one, m.Ack)]
        assert acks == [82], "81, and one that was waited for already"


@in_virtual_time
async def test_a_message_that_the_server_would_not_take_is_not_sent() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session() as ted:
        with pytest.raises(ValueError, match="65536"):
            await ted.send(m.Extension("x-long", ANN, to_json("x" * 65536)))
        for message in (
            m.Ack(GROUND_CONTROL, m.AckBody(0)),
            m.Join(GROUND_CONTROL, m.JoinBody()),
        ):
            with pytest.raises(ValueError, match=message.type):
                await ted.send(message)
        assert server.wires[0].heard_so_far() == []
