"""Tests of token buckets: at most a burst and the units that have accrued since."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus_core.events import Timestamp
from camus_core.token_bucket import TokenBucket

START = Timestamp(1_615_918_847.0)

rates = st.floats(0.1, 1000)
bursts = st.floats(1, 1000)
takes = st.lists(st.tuples(st.floats(0, 60), st.floats(0, 50)), max_size=60)


def test_a_full_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = TokenBucket.full(2.0, 3.0, START)
    assert [bucket.acquire(1.0, START) for _ in range(4)] == [True, True, True, False]
    later = Timestamp(START + 0.5)
    assert [bucket.acquire(1.0, later) for _ in range(2)] == [True, False]


def test_what_is_refused_costs_nothing() -> None:
    bucket = TokenBucket.full(1.0, 3.0, START)
    assert not any([bucket.acquire(2.0, START) for _ in range(5)][1:])
    assert bucket.acquire(1.0, START)


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    bucket = TokenBucket.full(1.0, 3.0, START)
    bucket.refund(5.0)
    assert bucket.level == 3.0
    later = Timestamp(START + 1_000_000)
    assert [bucket.acquire(1.0, later) for _ in range(4)] == [True, True, True, False]


def test_draining_leaves_nothing_owed() -> None:
    bucket = TokenBucket.full(1.0, 3.0, START)
    bucket.drain(100.0)
    assert not bucket.acquire(1.0, START)
    assert bucket.acquire(1.0, Timestamp(START + 1))


@given(rates, bursts, takes)
def test_nobody_takes_more_than_a_burst_and_the_rate_since(
    rate: float, burst: float, takes: list[tuple[float, float]]
) -> None:
    """The invariant: after t seconds, at most burst + rate * t units have been taken, where
    taking more than a full bucket counts as taking a full one.
    """
    bucket, now, taken = TokenBucket.full(rate, burst, START), START, 0.0
    for seconds, cost in takes:
        now = Timestamp(now + seconds)
        if bucket.acquire(cost, now):
            taken += min(cost, burst)
        allowed = burst + rate * (now - START)
        assert taken <= allowed or math.isclose(taken, allowed, rel_tol=1e-6)


@given(rates, bursts, takes, st.floats(0.5, 2000))
def test_whoever_waits_as_long_as_it_is_told_gets_what_it_wants(
    rate: float, burst: float, takes: list[tuple[float, float]], cost: float
) -> None:
    """The invariant: `wait` names a time after which the same amount can be taken, which is not
    longer than an empty bucket needs. (The clock has a resolution of a microsecond.)
    """
    bucket, now = TokenBucket.full(rate, burst, START), START
    for seconds, one in takes:
        now = Timestamp(now + seconds)
        bucket.acquire(one, now)
    if not bucket.acquire(cost, now):
        wait = bucket.seconds_until(cost)
        assert 0 <= wait <= burst / rate * (1 + 1e-9)
        assert bucket.acquire(cost, Timestamp(now + wait + 1e-6 + wait * 1e-6))


@pytest.mark.parametrize("rate", [0.7, 3.0, 7.0, 30.0, 50.0, 999.0])
def test_the_milliseconds_that_a_client_is_told_to_wait_are_enough_and_not_five_too_many(
    rate: float,
) -> None:
    bucket, now = TokenBucket.full(rate, 20.0, START), START
    bucket.drain(20.0)
    for _ in range(20):
        wait = bucket.retry_after(1.0)
        if wait > 0.005:
            assert not bucket.acquire(1.0, Timestamp(now + wait - 0.005))
        now = Timestamp(now + wait)
        assert bucket.acquire(1.0, now)
