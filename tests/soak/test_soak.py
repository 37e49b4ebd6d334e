"""A small soak: twenty clients, twenty thousand messages, a cut every hundred of them."""

import signal

import pytest

from .soak import soak

MESSAGES, PEOPLE = 20_000, 20


async def test_over_a_bad_network_each_message_arrives_once_or_its_sender_is_told() -> None:
    run = await soak(MESSAGES, PEOPLE)
    assert +run.faults == {}
    assert run.said == MESSAGES
    assert run.totals()["resumed"] > 50


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_the_same_while_the_server_is_ended_and_started_again(
    how: signal.Signals,
) -> None:
    run = await soak(MESSAGES, PEOPLE, end=how)
    assert +run.faults == {}
    assert run.said == MESSAGES
    assert run.totals()["restarted"] > PEOPLE
