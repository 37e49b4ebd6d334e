"""Tests of the limits: each has a reason and bounds that exclude mistakes."""

import math
from typing import Any

import attrs
import pytest
from attrs import evolve

from camus_core.limits import Limits

FIELDS = [field.name for field in attrs.fields(Limits)]

MAY_BE_NOTHING = {"history_texts", "invitations"}
"""The limits that turn something off when they are 0."""


@pytest.mark.parametrize("name", FIELDS)
def test_every_limit_has_a_reason(name: str) -> None:
    reason = attrs.fields_dict(Limits)[name].metadata["reason"]
    assert isinstance(reason, str)
    assert len(reason) > 20


@pytest.mark.parametrize("name", [name for name in FIELDS if name not in MAY_BE_NOTHING])
@pytest.mark.parametrize("value", [0, -1, math.nan])
def test_no_limit_is_nothing_or_less(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=name):
        evolve(Limits(), **{name: value})


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", [math.inf, 1e300, 10**400, 10**12 + 1])
def test_no_limit_is_more_than_a_mistake_would_make_it(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        evolve(Limits(), **{name: value})


@pytest.mark.parametrize("value", [-1, 101, math.nan])
def test_no_texts_may_be_kept_and_at_most_a_hundred(value: Any) -> None:
    assert [Limits(history_texts=one).history_texts for one in (0, 100)] == [0, 100]
    with pytest.raises(ValueError, match="history_texts"):
        evolve(Limits(), history_texts=value)


def test_the_part_of_an_address_is_at_most_the_whole() -> None:
    with pytest.raises(ValueError, match="address_part"):
        Limits(address_part=1.5)


def test_limits_do_not_change() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Limits().rooms = 5  # type: ignore[misc]


def test_a_client_is_pinged_before_it_is_taken_for_dead() -> None:
    assert Limits().ping_after * 2 < Limits().silent_for


def test_the_largest_frame_fits_into_the_send_buffer_many_times() -> None:
    assert Limits().frame_bytes * 16 <= Limits().send_buffer_bytes


def test_what_a_connected_session_keeps_fits_the_send_buffer_when_it_is_sent_again() -> None:
    assert Limits().connected_bytes == 4 * 1024 * 1024 - Limits().frame_bytes
    assert Limits(unconfirmed_bytes=5000).connected_bytes == 5000
    small = Limits(send_buffer_bytes=1000, frame_bytes=2000)
    assert small.connected_bytes == 1


def test_a_client_may_say_a_whole_burst_to_one_who_has_confirmed_nothing() -> None:
    assert Limits().unconfirmed_frames > Limits().message_burst
