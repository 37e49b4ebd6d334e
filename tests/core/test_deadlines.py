"""Tests of deadlines: every key comes up once, at the earliest time for which it was armed."""

from hypothesis import given
from hypothesis import strategies as st

from camus_core.deadlines import Deadlines
from camus_core.events import Timestamp


def at(seconds: float) -> Timestamp:
    return Timestamp(seconds)


def test_keys_come_up_in_the_order_of_their_times() -> None:
    deadlines = Deadlines[str]()
    for key, when in (("c", 3), ("a", 1), ("b", 2)):
        deadlines.arm(key, at(when))
    assert deadlines.next() == at(1)
    assert list(deadlines.due(at(2))) == ["a", "b"]
    assert deadlines.next() == at(3)


def test_with_nothing_armed_there_is_no_next() -> None:
    assert Deadlines[str]().next() is None


def test_a_key_that_is_armed_again_while_it_is_due_waits_for_its_new_time() -> None:
    deadlines = Deadlines[str]()
    deadlines.arm("a", at(1))
    for key in deadlines.due(at(1)):
        deadlines.arm(key, at(2))
    assert deadlines.next() == at(2)
    assert list(deadlines.due(at(1.5))) == []
    assert list(deadlines.due(at(2))) == ["a"]


def test_keys_that_cannot_be_ordered_may_share_a_time() -> None:
    deadlines = Deadlines[object]()
    keys = [object(), object(), object()]
    for key in keys:
        deadlines.arm(key, at(1))
    assert list(deadlines.due(at(1))) == keys


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 20))
        | st.tuples(st.none(), st.integers(0, 20))
    )
)
def test_every_key_comes_up_once_at_the_earliest_time_it_was_armed_for(
    steps: list[tuple[str | None, int]],
) -> None:
    """The invariant: a key is due exactly when the earliest time is reached for which it was
    armed since it last came up; it is then due once; no other key is ever due.
    """
    deadlines = Deadlines[str]()
    expected: dict[str, int] = {}
    for key, time in steps:
        if key is not None:
            deadlines.arm(key, at(time))
            expected[key] = min(time, expected.get(key, time))
            continue
        due = list(deadlines.due(at(time)))
        assert sorted(due) == sorted(one for one, when in expected.items() if when <= time)
        assert [expected[one] for one in due] == sorted(expected.pop(one) for one in due)
    next_one = deadlines.next()
    if expected:
        assert next_one is not None
        assert next_one <= min(expected.values())
