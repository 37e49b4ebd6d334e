"""Tests that Camus's transport conforms to RFC 6455, however TCP splits a client's bytes.

The tables of `rfc6455_cases` are played here; `test_rfc6455_autobahn` runs an independent
suite.
"""

from collections.abc import Callable, Iterator

import pytest

from transport.rfc6455_cases import (
    BAD_CLOSES,
    BAD_TEXTS,
    CLOSES,
    FRAGMENTS,
    LENGTHS,
    LIMITS,
    NO_BINARY,
    PINGS,
    RESERVED,
    TEXTS,
    TOO_LARGE,
    UNMASKED,
    Case,
)
from transport.rfc6455_echo import UPGRADE, Outcome, play

Cut = Callable[[bytes], Iterator[bytes]]


def whole(stream: bytes) -> Iterator[bytes]:
    yield stream


def byte_by_byte(stream: bytes) -> Iterator[bytes]:
    """Split at every byte; in a long stream, the middle stays together."""
    first, last = min(500, len(stream)), max(500, len(stream) - 500)
    yield from (stream[at : at + 1] for at in range(first))
    yield stream[first:last]
    yield from (stream[at : at + 1] for at in range(last, len(stream)))


def in_odd_pieces(stream: bytes) -> Iterator[bytes]:
    """Split within heads, masks and payloads; in a long stream, into larger pieces."""
    size = 7 if len(stream) < 7000 else 7001
    yield from (stream[at : at + size] for at in range(0, len(stream), size))


async def outcome(case: Case, cut: Cut) -> Outcome:
    return await play([UPGRADE, *filter(None, cut(case.sent))], LIMITS)


pytestmark = pytest.mark.parametrize("cut", [whole, byte_by_byte, in_odd_pieces])


@pytest.mark.parametrize("case", LENGTHS, ids=str)
async def test_a_length_of_7_or_16_or_64_bits_is_read(case: Case, cut: Cut) -> None:
    assert await outcome(case, cut) == case.outcome


@pytest.mark.parametrize("case", TOO_LARGE, ids=str)
async def test_a_message_over_the_limit_is_refused_by_its_head(case: Case, cut: Cut) -> None:
    assert await outcome(case, cut) == case.outcome


@pytest.mark.parametrize("case", PINGS, ids=str)
async def test_a_ping_is_answered_with_its_payload(case: Case, cut: Cut) -> None:
    assert await outcome(case, cut) == case.outcome


@pytest.mark.parametrize("case", RESERVED, ids=str)
async def test_what_is_reserved_is_refused(case: Case, cut: Cut) -> None:
    assert await outcome(case, cut) == case.outcome


@pytest.mark.parametrize("case", UNMASKED, ids=str)
async def test_a_frame_without_a_mask_is_refused(case: Case, cut: Cut) -> None:
    assert await outcome(case, cut) == case.outcome


@pytest.mark.parametrize("case", FRAGMENTS, ids=str)
async def test_fragments_are_put_together(case: Case, cut: Cut) -> None:
    assert await outcome(case, cut) == case.outcome


@pytest.mark.parametrize("case", NO_BINARY, ids=str)
async def test_binary_is_refused(case: Case, cut: Cut) -> None:
    assert await outcome(case, cut) == case.outcome


@pytest.mark.parametrize("case", TEXTS, ids=str)
async def test_every_character_is_taken(case: Case, cut: Cut) -> None:
    assert await outcome(case, cut) == case.outcome


@pytest.mark.parametrize("case", BAD_TEXTS, ids=str)
async def test_what_is_no_utf_8_is_refused(case: Case, cut: Cut) -> None:
    assert await outcome(case, cut) == case.outcome


@pytest.mark.parametrize("case", CLOSES, ids=str)
async def test_a_close_frame_is_answered_by_one(case: Case, cut: Cut) -> None:
    assert await outcome(case, cut) == case.outcome


@pytest.mark.parametrize("case", BAD_CLOSES, ids=str)
async def test_a_close_frame_of_another_form_fails_the_connection(case: Case, cut: Cut) -> None:
    assert await outcome(case, cut) == case.outcome
