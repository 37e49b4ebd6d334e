"""A client in a waiting room, in virtual time with a scripted server."""

import asyncio

import pytest
from attrs import evolve

from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import ConnectionClosed, Dropped, Expired, InWaitingRoom, Refused, Rejoined
from camus_transport.client.session_connection import LIVENESS_PING
from transport.scripted_server import (
    ANN,
    NEWCOMER,
    TED,
    TURN,
    WAIT,
    ScriptedServer,
    from_ann,
    rejoined,
    server_that_says,
    to_ann,
)
from transport.virtual_time import in_virtual_time, now

DENIED = m.ErrorBody("denied", "ask somebody inside")


@in_virtual_time
async def test_a_client_waits_in_a_locked_room_until_it_is_admitted() -> None:
    """The answer to its last ping, which arrives later, is not shown."""
    server = server_that_says(WAIT)
    ted = server.session()
    entering = asyncio.create_task(ted.__aenter__())
    await asyncio.sleep(300)
    assert server.events == [InWaitingRoom("lobby")]
    assert not entering.done()
    server.wires[0].answer_join(NEWCOMER)
    await entering
    assert now() == 300.0
    server.wires[0].say(from_ann(1))
    assert await ted.receive() == from_ann(1)
    await ted.__aexit__(None, None, None)
    assert (server.events, server.opened_at) == ([InWaitingRoom("lobby")], [0.0])


@in_virtual_time
async def test_who_waits_says_nothing_but_pings_and_pongs() -> None:
    server = server_that_says(WAIT)
    entering = asyncio.create_task(server.session().__aenter__())
    await asyncio.sleep(1)
    server.wires[0].say(m.Ping(TED, to_json(7)))
    await asyncio.sleep(30)
    pong = m.Pong(GROUND_CONTROL, to_json(7))
    assert server.wires[0].heard_so_far() == [pong, LIVENESS_PING]
    server.wires[0].answer_join(NEWCOMER)
    await (await entering).__aexit__(None, None, None)


@pytest.mark.parametrize("code", ["denied", "room-locked", "room-full"])
@in_virtual_time
async def test_a_waiting_client_that_is_sent_away_hears_why(code: str) -> None:
    server = server_that_says(WAIT)
    entering = asyncio.create_task(server.session().__aenter__())
    await asyncio.sleep(60)
    why = m.ErrorBody(code, "not today")
    server.wires[0].answer_join(why)
    with pytest.raises(Refused) as raised:
        await entering
    assert raised.value.error == why
    assert server.wires[0].cut_off
    assert server.events == [InWaitingRoom("lobby")]


@in_virtual_time
async def test_an_error_about_something_else_sends_nobody_away() -> None:
    server = server_that_says(WAIT)
    entering = asyncio.create_task(server.session().__aenter__())
    await asyncio.sleep(1)
    server.wires[0].say(m.Error(TED, m.ErrorBody("rate-limited", "of a ping", retry_after=1)))
    await asyncio.sleep(1)
    assert not entering.done()
    server.wires[0].answer_join(NEWCOMER)
    await (await entering).__aexit__(None, None, None)


@in_virtual_time
async def test_who_drops_while_it_waits_comes_back_and_waits_again() -> None:
    server = server_that_says(WAIT, ConnectionRefusedError(), WAIT)
    entering = asyncio.create_task(server.session().__aenter__())
    await asyncio.sleep(60)
    server.wires[0].close(1012)
    await asyncio.sleep(60)
    assert not entering.done()
    turn = m.ResumeBody(TURN)
    assert server.wires[1].join == m.JoinBody("lobby", "Ted", resume=turn)
    server.wires[1].answer_join(NEWCOMER)
    await (await entering).__aexit__(None, None, None)
    assert server.opened_at == [0.0, 60.5, 61.5]
    assert server.events == [
        InWaitingRoom("lobby"),
        Dropped(1012, 0.5),
        Dropped(1006, 1.0),
        InWaitingRoom("lobby"),
    ]


@in_virtual_time
async def test_the_secret_of_a_guest_is_shown_again_after_waiting_and_after_a_place() -> None:
    again = evolve(rejoined("unknown"), guest_token="b" * 64)
    server = server_that_says(
        m.WaitingBody("lobby", guest_token="a" * 64), WAIT, again, NEWCOMER
    )
    entering = asyncio.create_task(server.session().__aenter__())
    for wire in 0, 1:
        await asyncio.sleep(1)
        server.wires[wire].close(1012)
    await entering
    server.wires[2].abort()
    await asyncio.sleep(5)
    joins = [one.join for one in server.wires]
    assert [one and one.guest_token for one in joins] == [None, "a" * 64, "a" * 64, "b" * 64]
    await (await entering).__aexit__(None, None, None)


@pytest.mark.parametrize("code", [4501, 4503, 4507])
@in_virtual_time
async def test_who_is_closed_for_good_while_it_waits_stays_away(code: int) -> None:
    server = server_that_says(WAIT)
    entering = asyncio.create_task(server.session().__aenter__())
    await asyncio.sleep(60)
    server.wires[0].close(code)
    with pytest.raises(ConnectionClosed) as raised:
        await entering
    assert raised.value.code == code
    assert server.events == [InWaitingRoom("lobby")]


@in_virtual_time
async def test_a_waiting_client_that_comes_back_and_is_locked_out_is_refused() -> None:
    locked = m.ErrorBody("room-locked", "nobody is there who could open")
    server = server_that_says(WAIT, locked)
    entering = asyncio.create_task(server.session().__aenter__())
    await asyncio.sleep(60)
    server.wires[0].abort()
    with pytest.raises(Refused) as raised:
        await entering
    assert raised.value.error == locked


@in_virtual_time
async def test_a_waiting_room_that_closes_every_connection_is_not_hammered() -> None:
    server = server_that_says(WAIT, WAIT, WAIT, WAIT)
    entering = asyncio.create_task(server.session().__aenter__())
    for number in range(3):
        await asyncio.sleep(2.0**number / 2 + 0.1)
        server.wires[number].abort()
    await asyncio.sleep(5)
    assert server.opened_at == [0.0, 1.1, 2.7, 5.8]
    server.wires[3].answer_join(NEWCOMER)
    await (await entering).__aexit__(None, None, None)


@in_virtual_time
async def test_who_waited_for_long_comes_back_quickly() -> None:
    away = ConnectionRefusedError()
    server = server_that_says(WAIT, away, away, away, WAIT, NEWCOMER)
    entering = asyncio.create_task(server.session().__aenter__())
    await asyncio.sleep(1)
    server.wires[0].abort()
    await asyncio.sleep(20)
    server.wires[1].abort()
    ted = await entering
    assert server.opened_at == [0.0, 1.5, 2.5, 4.5, 8.5, 21.5]
    await ted.__aexit__(None, None, None)


@in_virtual_time
async def test_who_is_told_to_wait_before_it_knocks_again_does_so() -> None:
    busy = m.ErrorBody("rate-limited", "too many joins", retry_after=7)
    server = server_that_says(WAIT, busy, NEWCOMER)
    entering = asyncio.create_task(server.session().__aenter__())
    await asyncio.sleep(60)
    server.wires[0].abort()
    ted = await entering
    assert server.opened_at == [0.0, 60.5, 68.0]
    await ted.__aexit__(None, None, None)


@pytest.mark.parametrize("how", ["mute", "stalled"])
@in_virtual_time
async def test_a_server_that_is_silent_while_a_client_waits_is_left_and_come_back_to(
    how: str,
) -> None:
    server = server_that_says(WAIT, NEWCOMER)
    entering = asyncio.create_task(server.session().__aenter__())
    await asyncio.sleep(10)
    setattr(server.wires[0], how, True)
    ted = await entering
    assert server.wires[0].cut_off
    assert server.opened_at == [0.0, 30.5]
    assert server.events == [InWaitingRoom("lobby"), Dropped(1006, 0.5)]
    await ted.__aexit__(None, None, None)


@in_virtual_time
async def test_who_doesnt_want_to_wait_any_more_just_goes() -> None:
    server = server_that_says(WAIT)
    entering = asyncio.create_task(server.session().__aenter__())
    await asyncio.sleep(60)
    entering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await entering
    assert server.wires[0].cut_off


# After the loss of a place ------------------------------------------------------------------


async def drop_and_wait_again(server: ScriptedServer) -> None:
    """Break the connection, and wait until the client is in the waiting room again."""
    server.wires[-1].abort()
    await asyncio.sleep(1)
    assert server.events[-2:] == [Dropped(1006, 0.5), InWaitingRoom("lobby")]


@in_virtual_time
async def test_who_has_lost_its_place_may_have_to_wait_and_is_a_newcomer_then() -> None:
    server = server_that_says(NEWCOMER, WAIT)
    async with server.session(give_up_after=10.0) as ted:
        await drop_and_wait_again(server)
        await ted.send(to_ann(1))
        await asyncio.sleep(300)
        assert server.wires[1].join is not None and server.wires[1].join.resume is not None
        assert to_ann(1) not in server.wires[1].heard_so_far()
        server.wires[1].answer_join(rejoined("unknown", id=ANN))
        assert isinstance(await ted.receive(), m.Joined)
        assert ted.id == ANN
        assert server.events[2:] == [
            Rejoined("unknown", same_id=False),
            Expired((to_ann(1),)),
        ]


@in_virtual_time
async def test_patience_begins_anew_when_a_waiting_client_drops() -> None:
    server = server_that_says(NEWCOMER, WAIT, *[ConnectionRefusedError()] * 9)
    async with server.session(give_up_after=10.0) as ted:
        await drop_and_wait_again(server)
        await asyncio.sleep(99)
        server.wires[1].abort()
        with pytest.raises(ConnectionClosed) as raised:
            await ted.receive()
        assert (raised.value.code, now()) == (1006, 110.0)


@in_virtual_time
async def test_who_is_denied_when_it_comes_back_has_lost_its_session() -> None:
    server = server_that_says(NEWCOMER, WAIT)
    async with server.session() as ted:
        await drop_and_wait_again(server)
        await ted.send(to_ann(1))
        server.wires[1].answer_join(DENIED)
        with pytest.raises(ConnectionClosed, match="denied") as raised:
            await ted.receive()
        assert raised.value.error == DENIED
        assert server.events[2:] == [Expired((to_ann(1),))]


@in_virtual_time
async def test_a_waiting_client_that_says_bye_is_gone_at_once() -> None:
    server = server_that_says(NEWCOMER, WAIT)
    async with server.session() as ted:
        await drop_and_wait_again(server)
        await ted.send(m.Bye(GROUND_CONTROL))
        assert [message async for message in ted] == []
    assert server.wires[1].cut_off
    assert now() == 1.0
