"""Requests and their answers, before and after joining."""

import asyncio

import pytest

from camus_core.wire import messages as m
from camus_core.wire.json_codec import JsonCodec
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import ConnectionClosed, Refused, Unanswered
from camus_transport.client.requests import PendingRequests, ask
from transport.scripted_server import TED, ScriptedWire
from transport.virtual_time import in_virtual_time, now

CREATE = m.CreateRoom(GROUND_CONTROL, m.CreateRoomBody("Stage"), id="wish")
CREATED = m.RoomCreated(TED, m.RoomCreatedBody("stage", "token"), reply_to="wish")


@in_virtual_time
async def test_pings_and_what_is_not_known_may_come_before_an_answer() -> None:
    wire = ScriptedWire(None)
    asking = asyncio.create_task(ask(wire, JsonCodec(), CREATE, m.RoomCreated))
    assert await wire.heard() == CREATE
    wire.say(m.Ping(TED, m.Json(b"7")))
    assert await wire.heard() == m.Pong(GROUND_CONTROL, m.Json(b"7"))
    wire.say_raw(b'{"sender":"ground control","receiver":"x","type":"new"}')
    wire.say(m.Error(TED, m.ErrorBody("unavailable", "of something else")), CREATED)
    assert await asking == CREATED


@in_virtual_time
async def test_a_refusal_is_an_answer() -> None:
    wire = ScriptedWire(None)
    taken = m.ErrorBody("name-taken", "there is one", retry_after=9)
    wire.say(m.Error(TED, taken, reply_to="wish"))
    with pytest.raises(Refused) as raised:
        await ask(wire, JsonCodec(), CREATE, m.RoomCreated)
    refused = raised.value
    assert (refused.error, refused.code, refused.retry_after) == (taken, "name-taken", 9)
    assert str(refused) == "name-taken: there is one"


@in_virtual_time
async def test_an_end_without_an_answer_tells_what_the_server_said_last() -> None:
    wire = ScriptedWire(None)
    busy = m.ErrorBody("unavailable", "too many rooms", retry_after=5)
    wire.say(m.Error(TED, busy))
    wire.close(4003)
    with pytest.raises(ConnectionClosed) as raised:
        await ask(wire, JsonCodec(), CREATE, m.RoomCreated)
    assert (raised.value.code, raised.value.error) == (4003, busy)


@in_virtual_time
async def test_a_server_that_has_closed_before_it_was_asked_is_heard_all_the_same() -> None:
    wire = ScriptedWire(None)
    stranger = m.ErrorBody("not-allowed", "log in again")
    wire.say(m.Ping(TED), m.Error(TED, stranger))
    wire.close(4501)
    wire.deaf = True
    with pytest.raises(ConnectionClosed) as raised:
        await ask(wire, JsonCodec(), CREATE, m.RoomCreated)
    assert (raised.value.code, raised.value.error) == (4501, stranger)


@in_virtual_time
async def test_no_answer_is_not_waited_for_for_ever() -> None:
    with pytest.raises(TimeoutError):
        await ask(ScriptedWire(None), JsonCodec(), CREATE, m.RoomCreated)
    assert now() == 15.0


@in_virtual_time
async def test_each_answer_goes_to_its_own_question_and_only_the_first() -> None:
    requests = PendingRequests()
    questions = [requests.with_id(m.GetRoomInfo()) for _ in range(2)]
    waiting = [asyncio.create_task(requests.answer_to(one)) for one in questions]
    await asyncio.sleep(0)
    assert list(requests) == questions
    second, first = [m.Done(TED, None, reply_to=one.id) for one in reversed(questions)]
    assert requests.resolve(second) and requests.resolve(first)
    assert [await one for one in waiting] == [first, second]
    assert not requests.resolve(first)
    assert not requests.resolve(m.Done(TED, None))


@in_virtual_time
async def test_when_there_will_be_no_answers_all_hear_so_who_still_wait() -> None:
    requests = PendingRequests()
    waiting = [
        asyncio.create_task(requests.answer_to(requests.with_id(m.GetRoomInfo())))
        for _ in range(3)
    ]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    requests.fail(Unanswered("for a reason"))
    for one in waiting[1:]:
        with pytest.raises(Unanswered, match="for a reason"):
            await one
    assert list(requests) == []
