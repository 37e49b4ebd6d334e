"""The times at which a session reconnects, in virtual time with a scripted server."""

import asyncio

import pytest

from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import (
    Backoff,
    ConnectionClosed,
    Dropped,
    Expired,
    Refused,
    Rejoined,
    Resumed,
    Session,
)
from camus_transport.client.wire import WireClosed
from transport.scripted_server import (
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
async def test_a_first_join_that_fails_is_the_callers_own_affair() -> None:
    full = m.ErrorBody("room-full", "the room is full", retry_after=3)
    server = server_that_says(full, WireClosed(1012, ""), OSError("nobody listens"), None)
    with pytest.raises(Refused, match="room-full") as refused:
        await server.session().__aenter__()
    assert (refused.value.error, refused.value.retry_after) == (full, 3)
    with pytest.raises(ConnectionClosed) as ended:
        await server.session().__aenter__()
    assert ended.value.code == 1012
    with pytest.raises(OSError, match="nobody listens"):
        await server.session().__aenter__()
    with pytest.raises(TimeoutError):
        await server.session().__aenter__()
    assert all(wire.cut_off for wire in server.wires)
    assert server.events == []


@in_virtual_time
async def test_the_first_try_is_quick_and_each_later_one_waits_twice_as_long() -> None:
    away = ConnectionRefusedError()
    server = server_that_says(NEWCOMER, *[away] * 8, resumed(0), resumed(0))
    async with server.session():
        server.wires[0].abort()
        await asyncio.sleep(200)
        gaps = [
            later - earlier
            for earlier, later in zip(server.opened_at, server.opened_at[1:], strict=False)
        ]
        assert gaps == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
        assert server.events == [*(Dropped(1006, gap) for gap in gaps), Resumed()]
        server.wires[1].abort()  # the connection had lasted: the next try is quick again
        await asyncio.sleep(1)
        assert server.events[len(gaps) + 1 :] == [Dropped(1006, 0.5), Resumed()]


@in_virtual_time
async def test_a_connection_that_breaks_again_and_again_is_not_hammered() -> None:
    server = server_that_says(NEWCOMER, *[resumed(0)] * 5)
    async with server.session():
        for number in range(5):
            server.wires[number].abort()
            await asyncio.sleep(2.0**number / 2 + 0.1)
        assert server.opened_at == [0.0, 0.5, 1.6, 3.7, 7.8, 15.9]


@in_virtual_time
async def test_a_server_that_stays_away_for_days_is_waited_for() -> None:
    server = server_that_says(NEWCOMER, *[ConnectionRefusedError()] * 2000, resumed(0))
    async with server.session() as ted:
        server.wires[0].abort()
        await asyncio.sleep(70_000)
        server.wires[1].say(from_ann(1))
        assert await ted.receive() == from_ann(1)


@in_virtual_time
async def test_a_caller_that_gives_up_hears_so() -> None:
    server = server_that_says(NEWCOMER, *[ConnectionRefusedError("nobody listens")] * 9)
    async with server.session(give_up_after=10.0) as ted:
        server.wires[0].abort()
        await ted.send(to_ann(1))
        asking = asyncio.create_task(ted.request(m.GetRoomInfo()))
        with pytest.raises(ConnectionClosed, match="nobody listens") as raised:
            await ted.receive()
        assert raised.value.code == 1006
        assert now() == 10.0
        assert server.events[-1] == Expired((to_ann(1),))
        for refused in (asking, ted.send(to_ann(2)), ted.request(m.GetRoomInfo())):
            with pytest.raises(ConnectionClosed):
                await refused


@pytest.mark.parametrize(
    "code", [1000, 1002, 1003, 1007, 1009, 4501, 4503, 4505, 4506, 4507, 4999]
)
@in_virtual_time
async def test_a_close_code_that_says_no_ends_the_session(code: int) -> None:
    server = server_that_says(NEWCOMER)
    async with server.session() as ted:
        await ted.send(to_ann(1))
        server.wires[0].say(from_ann(1))
        server.wires[0].close(code)
        assert await ted.receive() == from_ann(1)
        with pytest.raises(ConnectionClosed) as raised:
            await ted.receive()
        assert (raised.value.code, raised.value.error) == (code, None)
        assert server.events == [Expired((to_ann(1),))]


@pytest.mark.parametrize(
    "code", [1001, 1006, 1011, 1012, 3000, 4000, 4001, 4002, 4003, 4004, 4499]
)
@in_virtual_time
async def test_any_other_close_code_says_come_back(code: int) -> None:
    server = server_that_says(NEWCOMER, resumed(0))
    async with server.session():
        server.wires[0].close(code)
        await asyncio.sleep(1)
        assert server.events == [Dropped(code, 0.5), Resumed()]


@pytest.mark.parametrize(("code", "name"), [(4003, "unavailable"), (4004, "rate-limited")])
@in_virtual_time
async def test_a_server_that_says_when_to_come_back_is_obeyed(code: int, name: str) -> None:
    server = server_that_says(NEWCOMER, resumed(0))
    async with server.session():
        busy = m.ErrorBody(name, "not now", retry_after=7)
        server.wires[0].say(m.Error(TED, busy))
        server.wires[0].close(code)
        await asyncio.sleep(10)
        assert server.events == [Dropped(code, 7.5), Resumed()]


@in_virtual_time
async def test_an_error_of_long_ago_says_nothing_about_the_end() -> None:
    server = server_that_says(NEWCOMER, resumed(2))
    async with server.session() as ted:
        busy = m.ErrorBody("rate-limited", "not now", retry_after=7)
        server.wires[0].say(m.Error(TED, busy), from_ann(1))
        server.wires[0].close(4505)
        assert await ted.receive() == m.Error(TED, busy, GROUND_CONTROL)
        assert await ted.receive() == from_ann(1)
        with pytest.raises(ConnectionClosed) as raised:
            await ted.receive()
        assert raised.value.error is None


@pytest.mark.parametrize("code", [1012, 1006])
@in_virtual_time
async def test_a_server_that_goes_away_is_come_back_to_when_it_says(code: int) -> None:
    server = server_that_says(NEWCOMER, ConnectionRefusedError(), rejoined("restarted", 0))
    async with server.session() as ted:
        going = m.GoingAway(TED, m.GoingAwayBody(3.25), GROUND_CONTROL)
        server.wires[0].say(going)
        server.wires[0].close(code)
        assert await ted.receive() == going
        await asyncio.sleep(10)
        assert server.events == [
            Dropped(code, 3.25),
            Dropped(1006, 1.0),
            Rejoined("restarted", same_id=True),
        ]


@in_virtual_time
async def test_who_has_said_bye_does_not_come_back() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session() as ted:
        server.wires[0].mute = True
        await ted.send(to_ann(1))
        await ted.send(m.Bye(GROUND_CONTROL))
        assert await server.wires[0].heard() == to_ann(1)
        server.wires[0].abort()
        assert [message async for message in ted] == []
        assert server.events == [Expired((to_ann(1),))]


@in_virtual_time
async def test_a_server_that_does_not_answer_bye_is_not_waited_for() -> None:
    server = server_that_says(NEWCOMER)
    async with server.session():
        server.wires[0].mute = True
    assert now() == 2.0
    assert server.wires[0].cut_off
    assert await server.wires[0].heard() == m.Bye(GROUND_CONTROL)


@in_virtual_time
async def test_a_fault_in_what_hears_of_a_drop_is_logged_and_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(event: object) -> None:
        raise ZeroDivisionError

    server = server_that_says(NEWCOMER, resumed(0))
    async with Session(server.open, m.JoinBody("lobby"), fail, Backoff()) as ted:
        server.wires[0].abort()
        await asyncio.sleep(1)
        server.wires[1].say(from_ann(1))
        assert await ted.receive() == from_ann(1)
    raised = [record.exc_info[0] for record in caplog.records if record.exc_info]
    assert raised == [ZeroDivisionError, ZeroDivisionError]
