"""The timer of a server: the time at which it rings, and a pause of the process."""

import asyncio

from camus_core.events import Timestamp
from camus_transport.server.alarm import Alarm
from transport.virtual_time import in_virtual_time, now, pass_over


def alarm_that_notes(rung: list[tuple[float, Timestamp]]) -> Alarm:
    """Return an alarm that records when it rings, and the time for which it was set."""
    return Alarm(lambda: Timestamp(now()), lambda due: rung.append((now(), due)))


@in_virtual_time
async def test_it_rings_at_the_deadline_or_a_second_after_it_was_set() -> None:
    rung: list[tuple[float, Timestamp]] = []
    alarm = alarm_that_notes(rung)
    alarm.set(Timestamp(0.25))
    await asyncio.sleep(5)
    alarm.set(Timestamp(100.0))
    await asyncio.sleep(5)
    assert rung == [(0.25, 0.25), (6.0, 6.0)]


@in_virtual_time
async def test_the_time_that_it_was_set_for_last_holds_and_none_once_it_is_cancelled() -> None:
    rung: list[tuple[float, Timestamp]] = []
    alarm = alarm_that_notes(rung)
    alarm.set(Timestamp(0.5))
    alarm.set(Timestamp(0.25))
    await asyncio.sleep(5)
    alarm.set(Timestamp(5.5))
    alarm.cancel()
    assert alarm.at == float("inf")
    await asyncio.sleep(5)
    assert rung == [(0.25, 0.25)]


@in_virtual_time
async def test_after_a_pause_it_says_when_it_was_due_and_lets_others_go_first() -> None:
    heard: list[object] = []
    loop = asyncio.get_running_loop()
    alarm = Alarm(lambda: Timestamp(now()), heard.append)
    alarm.set(Timestamp(0.5))
    loop.call_at(0.75, lambda: loop.call_soon(heard.append, "what came meanwhile"))
    pass_over(30.0)
    await asyncio.sleep(1)
    assert heard == ["what came meanwhile", 0.5]
