"""Tests of records, which can't be built with invalid values."""

import pytest

from camus_core.records import RoomId, RoomRecord


@pytest.mark.parametrize("slug", ["a", "0", "lobby", "excellent-adventure", "a-", "a" * 64])
def test_a_slug_is_a_room_id(slug: str) -> None:
    assert RoomRecord(RoomId(slug), "Lobby", 0.0).id == slug


@pytest.mark.parametrize(
    "text", ["", "-a", "A", "a b", "a_b", "a/b", "\u00e4", "a" * 65, "a\n", "\u0661"]
)
def test_anything_else_is_not(text: str) -> None:
    with pytest.raises(ValueError, match="id is no slug"):
        RoomRecord(RoomId(text), "Lobby", 0.0)


@pytest.mark.parametrize("guest_limit", [0, -1])
def test_a_room_has_at_least_one_place(guest_limit: int) -> None:
    with pytest.raises(ValueError, match="guest_limit"):
        RoomRecord(RoomId("lobby"), "Lobby", 0.0, guest_limit=guest_limit)
