"""The log entries about refused clients, which a flood can't multiply."""

import asyncio
import logging

import pytest

from camus_transport.http.refusals import RefusalLog
from transport.virtual_time import in_virtual_time


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "camus")
    return caplog


@in_virtual_time
async def test_who_is_refused_is_logged_with_the_reason_and_what_was_wrong(
    log: pytest.LogCaptureFixture,
) -> None:
    refusals = RefusalLog()
    refusals.add("203.0.113.7", "this server is full")
    refusals.add("2001:db8::/64", "this Host is not served here", "a\n\x1b[2Jé" + "x" * 500)
    assert log.messages == [
        "refused 203.0.113.7: this server is full",
        "refused 2001:db8::/64: this Host is not served here: "
        "'a\\n\\x1b[2J\\xe9" + "x" * 93 + "'",
    ]
    await asyncio.sleep(61)
    assert len(log.messages) == 2


@in_virtual_time
async def test_who_is_refused_again_is_only_counted(log: pytest.LogCaptureFixture) -> None:
    refusals = RefusalLog()
    for _ in range(5):
        refusals.add("203.0.113.7", "this server is full")
    assert log.messages == ["refused 203.0.113.7: this server is full"]
    await asyncio.sleep(61)
    assert log.messages[1:] == ["refused 4 more within 60 seconds"]


@in_virtual_time
async def test_of_a_flood_the_first_ten_are_logged_and_then_how_many_more(
    log: pytest.LogCaptureFixture,
) -> None:
    refusals = RefusalLog()
    for number in range(5000):
        refusals.add(f"203.0.113.{number % 256}", "this server is full")
    first = [f"refused 203.0.113.{number}: this server is full" for number in range(10)]
    assert log.messages == first
    await asyncio.sleep(61)
    assert log.messages == [*first, "refused 4990 more within 60 seconds"]
    refusals.add("203.0.113.7", "this server is full")
    assert log.messages[11:] == ["refused 203.0.113.7: this server is full"]
    await asyncio.sleep(61)
