"""Delays before reconnecting: for each code and number of tries, without waiting."""

import pytest

from camus_core.wire.errors import CLOSE_CODES, Reconnect
from camus_transport import Backoff
from camus_transport.client.backoff import advice

ALL_OF_IT = Backoff(jitter=lambda most: most)


def test_every_code_of_the_contract_has_its_own_advice() -> None:
    assert {one.code: advice(one.code) for one in CLOSE_CODES} == {
        one.code: one.reconnect for one in CLOSE_CODES
    }


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (1001, Reconnect.BACKOFF),
        (1006, Reconnect.BACKOFF),
        (1013, Reconnect.BACKOFF),
        (3000, Reconnect.BACKOFF),
        (4499, Reconnect.BACKOFF),
        (4599, Reconnect.NO),
        (4999, Reconnect.NO),
        (5000, Reconnect.BACKOFF),
    ],
)
def test_a_code_that_is_not_known_has_the_advice_of_its_range(
    code: int, expected: Reconnect
) -> None:
    assert advice(code) == expected


def test_a_delay_doubles_with_each_try_up_to_the_longest() -> None:
    delays = [ALL_OF_IT.after_failure(tries) for tries in range(9)]
    assert delays == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert ALL_OF_IT.after_failure(1_000_000) == 30.0


def test_all_of_a_delay_is_drawn() -> None:
    delays = [Backoff().after_failure(3) for _ in range(1000)]
    assert all(0.0 <= delay <= 4.0 for delay in delays)
    assert min(delays) < 0.5 and max(delays) > 3.5
    assert Backoff(jitter=lambda most: 0.0).after_failure(3) == 0.0


@pytest.mark.parametrize(
    ("code", "retry_after", "reconnect_in", "expected"),
    [
        (4505, 5.0, 5.0, None),
        (4003, 5.0, None, 5.5),
        (4003, None, None, 2.0),
        (4000, 5.0, None, 2.0),
        (1012, None, 7.0, 7.0),
        (1006, None, 7.0, 7.0),
        (1006, None, 0.0, 0.0),
        (1012, None, None, 2.0),
    ],
)
def test_what_the_server_said_counts_where_its_code_says_so(
    code: int, retry_after: float | None, reconnect_in: float | None, expected: float | None
) -> None:
    delay = ALL_OF_IT.after_close(code, 2, retry_after=retry_after, reconnect_in=reconnect_in)
    assert delay == expected


def test_a_refusal_that_names_no_time_is_for_good() -> None:
    assert ALL_OF_IT.after_refusal(None) is None
    assert ALL_OF_IT.after_refusal(3.0) == 3.5


def test_a_delay_that_is_none_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="first"):
        Backoff(first=0.0)
    with pytest.raises(ValueError, match="longest"):
        Backoff(longest=0.0)
