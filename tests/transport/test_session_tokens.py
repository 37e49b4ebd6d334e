"""The token of a session: the same one each time, or a fresh one."""

import asyncio

import pytest
from attrs import define

from camus_core.wire import messages as m
from camus_transport import ConnectionClosed, Dropped, Resumed
from transport.scripted_server import NEWCOMER, ScriptedServer, resumed, server_that_says
from transport.virtual_time import in_virtual_time, now


@define
class TokenOffice:
    """A source of the tokens `token-1`, `token-2` and so on, which can fail."""

    given: int = 0
    failing: BaseException | None = None
    hanging: bool = False

    async def __call__(self) -> str:
        if self.hanging:
            await asyncio.get_running_loop().create_future()
        if self.failing is not None:
            raise self.failing
        self.given += 1
        return f"token-{self.given}"


def shown(server: ScriptedServer) -> list[str | None]:
    """Return the token of each `join`."""
    return [wire.join.token for wire in server.wires if wire.join is not None]


@in_virtual_time
async def test_a_token_is_shown_each_time() -> None:
    server = server_that_says(NEWCOMER, resumed(0))
    async with server.session(token="mine"):
        server.wires[0].abort()
        await asyncio.sleep(1)
        assert shown(server) == ["mine", "mine"]
        assert server.wires[0].join == m.JoinBody("lobby", "Ted", token="mine")


@in_virtual_time
async def test_a_fresh_token_is_got_for_each_join() -> None:
    server = server_that_says(NEWCOMER, ConnectionRefusedError(), resumed(0))
    async with server.session(token=TokenOffice()):
        server.wires[0].abort()
        await asyncio.sleep(5)
        assert shown(server) == ["token-1", "token-3"], "nobody listened when it had the second"


@in_virtual_time
async def test_a_first_token_that_cant_be_had_is_the_callers_own_affair() -> None:
    server = server_that_says()
    with pytest.raises(ZeroDivisionError):
        await server.session(token=TokenOffice(failing=ZeroDivisionError())).__aenter__()
    with pytest.raises(TimeoutError):
        await server.session(token=TokenOffice(hanging=True)).__aenter__()
    assert now() == 15.0
    assert server.opened_at == []


@in_virtual_time
async def test_a_later_token_that_cant_be_had_is_asked_for_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server, office = server_that_says(NEWCOMER, resumed(0)), TokenOffice()
    async with server.session(token=office):
        office.failing = ZeroDivisionError("the office is closed")
        server.wires[0].abort()
        await asyncio.sleep(1)
        office.failing, office.hanging = None, True
        await asyncio.sleep(15)
        office.hanging = False
        await asyncio.sleep(4)
        assert server.events == [
            Dropped(1006, 0.5),
            Dropped(1006, 1.0),
            Dropped(1006, 2.0),
            Resumed(),
        ]
        assert shown(server) == ["token-1", "token-2"]
    said = "the function that gets tokens failed: {}"
    assert [message.splitlines()[0] for message in caplog.messages] == [
        said.format("ZeroDivisionError"),
        said.format("TimeoutError"),
    ]


@in_virtual_time
async def test_who_gets_no_token_gives_up_in_the_end() -> None:
    server, office = server_that_says(NEWCOMER), TokenOffice()
    async with server.session(give_up_after=10.0, token=office) as ted:
        office.failing = ConnectionRefusedError()
        server.wires[0].abort()
        with pytest.raises(ConnectionClosed, match="no token"):
            await ted.receive()
        assert (now(), server.opened_at) == (10.0, [0.0])


@in_virtual_time
async def test_who_leaves_while_a_token_is_got_ends_at_once() -> None:
    server, office = server_that_says(NEWCOMER), TokenOffice()
    async with server.session(token=office):
        office.hanging = True
        server.wires[0].abort()
        await asyncio.sleep(1)
    assert now() == 1.0
