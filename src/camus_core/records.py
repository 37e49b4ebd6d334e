"""What a store keeps: rooms and the clients in them."""

import re
from typing import NewType

from attrs import Attribute, field, frozen, validators

ClientId = NewType("ClientId", str)
"""32 lowercase hexadecimal digits, made by the driver."""

RoomId = NewType("RoomId", str)
"""A slug: `[a-z0-9][a-z0-9-]{0,63}` (rule CORE-1)."""

MOST_GUESTS = 2**31 - 1
"""What an integer of Postgres holds."""

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def _is_slug(_: object, attribute: "Attribute[RoomId]", value: RoomId) -> None:
    if not SLUG.fullmatch(value):
        raise ValueError(f"{attribute.name} is no slug: {value!r}")


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def _is_storable(_: object, attribute: "Attribute[str]", value: str) -> None:
    """Postgres keeps no NUL in a text, and UTF-8 has no surrogates."""
    if _UNSTORABLE.search(value):
        raise ValueError(f"{attribute.name} holds a NUL or half a character: {value!a}")


@frozen
class RoomRecord:
    """One room as a store keeps it.

    `password` is what `passwords.hash_password` returned, never a password.
    `guest_limit` is the most members at a time, or None for the server's own limit.
    `empty_for` is how many seconds the room outlives its last member, or None for ever.
    `created_at` is in UNIX seconds.
    """

    id: RoomId = field(validator=_is_slug)
    name: str = field(validator=_is_storable)
    created_at: float
    public: bool = False
    password: str | None = None
    guest_limit: int | None = field(
        default=None,
        validator=validators.optional(
            validators.and_(validators.ge(1), validators.le(MOST_GUESTS))
        ),
    )
    empty_for: float | None = None


@frozen
class ClientRecord:
    """One client that is in a room. `joined_at` is in UNIX seconds."""

    id: ClientId
    room_id: RoomId
    username: str = field(validator=_is_storable)
    joined_at: float
