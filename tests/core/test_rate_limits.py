"""Tests of the rate limits: the time to wait, and the memory that addresses take."""

import pytest

from camus_core.conformance import Setting
from camus_core.conformance.scenario import Connects, Drops, Waits
from camus_core.events import Timestamp
from camus_core.limits import Limits
from camus_core.rate_limits import LimitedAction, RateLimits, networks_of
from camus_core.records import NetworkAddress
from camus_core.wire.errors import RateLimited
from driving.conversation import Conversation
from driving.driver import START
from driving.weight import weight_of


@pytest.mark.parametrize("action", LimitedAction)
def test_every_refusal_says_how_long_to_wait_and_that_is_enough(action: LimitedAction) -> None:
    limits = RateLimits(Limits(relayed_bytes_per_second=1, relayed_burst_bytes=50))
    home, now = NetworkAddress("192.0.2.1"), START
    for _ in range(600):
        try:
            limits.acquire(action, home, now)
        except RateLimited as refusal:
            assert str(refusal) == action.value
            assert refusal.retry_after is not None
            now = Timestamp(now + refusal.retry_after)
            limits.acquire(action, home, now)
    assert now > START


def test_many_addresses_leave_no_more_behind_than_may_be_remembered() -> None:
    talk = Conversation(Setting(Limits(addresses=100)))
    weights = []
    for number in range(600):
        who = f"{number:032x}"
        talk.plays(Connects(who, address=f"2001:db8:{number:x}::1"), Drops(who), Waits(1.0))
        if number % 100 == 99:
            weights.append(weight_of(talk.router))
    assert max(weights[2:]) <= weights[1] * 1.1


def test_an_address_that_is_no_ipv6_network_is_part_of_no_wider_one() -> None:
    for name in ("192.0.2.1", "unix", "", "2001:db8::1", "2001:db8::1/64", "mine/64"):
        assert networks_of(NetworkAddress(name)) == (name,)
