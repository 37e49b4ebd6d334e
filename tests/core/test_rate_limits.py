"""Tests of the rate limits: a bucket for each address and action, and their number."""

import pytest

from camus_core.events import Timestamp
from camus_core.limits import Limits
from camus_core.rate_limits import LimitedAction, RateLimits
from camus_core.records import NetworkAddress
from camus_core.wire.errors import RateLimited
from driving.driver import START

from .moderated_room import OWNED
from .talk import Talk

HOME = "192.0.2.1"


def at(seconds: float) -> Timestamp:
    return Timestamp(START + seconds)


def may_join(addresses: RateLimits, address: str, seconds: float = 0.0) -> bool:
    """Return whether an address may join once more."""
    try:
        addresses.acquire(LimitedAction.JOIN, NetworkAddress(address), at(seconds))
    except RateLimited:
        return False
    return True


def test_of_too_many_addresses_the_one_longest_idle_is_forgotten() -> None:
    addresses = RateLimits(Limits(addresses=2, joins_per_minute=1, join_burst=1))
    assert may_join(addresses, "a")
    assert may_join(addresses, "b")
    assert not may_join(addresses, "a")  # so that "b" is idle for longer
    assert may_join(addresses, "c")
    assert len(addresses) == 2
    assert not may_join(addresses, "a")
    assert may_join(addresses, "b")


def test_each_action_has_a_bucket_of_its_own() -> None:
    addresses = RateLimits(Limits(join_burst=1))
    assert may_join(addresses, HOME)
    for doing in set(LimitedAction) - {LimitedAction.JOIN}:
        addresses.acquire(doing, NetworkAddress(HOME), at(0))
    assert not may_join(addresses, HOME)


def test_what_is_given_back_can_be_taken_again_and_not_more() -> None:
    addresses = RateLimits(Limits(join_burst=2))
    addresses.refund(LimitedAction.JOIN, NetworkAddress(HOME))
    assert len(addresses) == 0
    assert may_join(addresses, HOME)
    for _ in range(5):
        addresses.refund(LimitedAction.JOIN, NetworkAddress(HOME))
    assert [may_join(addresses, HOME) for _ in range(3)] == [True, True, False]


def test_no_address_is_never_asked_to_wait_and_never_remembered() -> None:
    addresses = RateLimits(Limits(join_burst=1))
    for _ in range(5):
        addresses.acquire(LimitedAction.JOIN, None, at(0))
        addresses.refund(LimitedAction.JOIN, None)
    assert len(addresses) == 0


def test_many_addresses_leave_no_more_behind_than_may_be_remembered() -> None:
    talk = Talk(OWNED, limits=Limits(addresses=100))
    weights = []
    for number in range(600):
        name = f"guest {number}"
        talk.connects(name, "lobby", address=f"2001:db8:0:{number:x}")
        talk.drops(name)
        talk.waits(1)
        if number % 100 == 99:
            weights.append(talk.weight())
    assert max(weights[2:]) <= weights[1] * 1.1


@pytest.mark.parametrize("doing", LimitedAction)
def test_every_refusal_says_how_long_to_wait_and_that_is_enough(doing: LimitedAction) -> None:
    limits = Limits(relayed_bytes_per_second=1, relayed_burst_bytes=50)
    addresses, waited = RateLimits(limits), 0.0
    for _ in range(600):
        try:
            addresses.acquire(doing, NetworkAddress(HOME), at(waited))
        except RateLimited as refusal:
            assert (str(refusal), refusal.retry_after) == (doing.value, refusal.retry_after)
            assert refusal.retry_after is not None
            waited += refusal.retry_after
            addresses.acquire(doing, NetworkAddress(HOME), at(waited))
    assert waited > 0
