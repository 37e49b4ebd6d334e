"""What a store keeps: rooms and the clients in them."""

import hashlib
import re
from typing import NewType

from attrs import Attribute, Factory, field, frozen, validators

from .wire.messages import Role, is_guest_limit

ClientId = NewType("ClientId", str)
"""32 lowercase hexadecimal digits, made by the driver."""

RoomId = NewType("RoomId", str)
"""A slug: `[a-z0-9][a-z0-9-]{0,63}` (rule CORE-1)."""

NetworkAddress = NewType("NetworkAddress", str)
"""One network address, as limits and bans count it: an IPv4 address, or an IPv6 network of 64
bits such as `2001:db8::/64`."""

SessionSecret = NewType("SessionSecret", str)
"""The secret that resumes a session: 64 hexadecimal digits, made by the driver."""

SessionDigest = NewType("SessionDigest", str)
"""The `digest` of a session's secret; stores know sessions by it."""

ResumeToken = NewType("ResumeToken", str)
"""The string by which a client resumes: its session's secret and epoch (rule SESS-36)."""

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def _is_slug(_: object, attribute: "Attribute[RoomId]", value: RoomId) -> None:
    if not SLUG.fullmatch(value):
        raise ValueError(f"{attribute.name} is no slug: {value!r}")


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def is_storable(_: object, attribute: "Attribute[str]", value: str) -> None:
    """Postgres keeps no NUL in a text, and UTF-8 has no surrogates."""
    if _UNSTORABLE.search(value):
        raise ValueError(f"{attribute.name} holds a NUL or half a character: {value!a}")


@frozen
class RoomRecord:
    """One room as a store keeps it.

    `password` is what `passwords.hash_password` returned, never a password.
    `guest_limit` is the most members at a time, or None for the server's own limit.
    `empty_for` is how many seconds the room outlives its last member, or None for ever.
    `owner` is the `digest` of the owner's token, or None. `created_at` is in UNIX seconds.
    While it is `locked`, newcomers have to wait. `bans` are those who may not come in, each
    what `ban_of` returned, the one longest banned first.

    `incarnation` names this room among all that ever have its id: whatever changes or forgets
    a room says which one. Whoever makes a room gives it a fresh one; without, it is the time.
    """

    id: RoomId = field(validator=_is_slug)
    name: str = field(validator=is_storable)
    created_at: float
    public: bool = False
    password_hash: str | None = None
    guest_limit: int | None = field(default=None, validator=is_guest_limit)
    empty_for: float | None = None
    owner_digest: str | None = None
    locked: bool = False
    bans: tuple[str, ...] = ()
    incarnation: str = field(
        default=Factory(lambda self: repr(self.created_at), takes_self=True),
        validator=is_storable,
    )


@frozen
class ClientRecord:
    """One client that is in a room, or whose place there is held.

    `joined_at` is in UNIX seconds.

    `run` is the run of a server that wrote it. `session` is the `digest` of the session's
    token, None for the core profile. `away_since` is when the connection ended, by the
    clock of the store, None while there is one; a store tells for that the last time at which
    the run was known to live.

    `left_over` is what a server that stops in order leaves of the session for its successor
    (`Session.left_over`), None otherwise. `identity` is the id of its `Identity`, `named`
    whether that gave it its name, and `address` where it came from, so that a ban can hold.
    `incarnation` is that of its room; a Camus that didn't know of them has left it empty.
    """

    id: ClientId
    room_id: RoomId
    username: str = field(validator=is_storable)
    joined_at: float
    role: Role = "guest"
    node: str = ""
    session_digest: SessionDigest | None = None
    away_since: float | None = None
    session_snapshot: str | None = field(
        default=None, validator=validators.optional(is_storable)
    )
    identity: str | None = field(default=None, validator=validators.optional(is_storable))
    username_asserted: bool = False
    address: NetworkAddress | None = None
    incarnation: str = field(default="", validator=is_storable)

    def is_in(self, room: RoomRecord) -> bool:
        """Tell whether it is a client of this room, and not of one that had the id before."""
        return self.room_id == room.id and self.incarnation in ("", room.incarnation)


@frozen
class StoredRoom:
    """A room, and the clients that the store knows in it, in order of joining."""

    room: RoomRecord
    clients: tuple[ClientRecord, ...] = ()


def ban_of(identity: str | None, address: NetworkAddress | None) -> str | None:
    """Return what bans a client: its identity's id, else its address, if it has either."""
    if identity is not None:
        return f"identity {identity}"
    return None if address is None else f"address {address}"


def session_digest(secret: SessionSecret) -> SessionDigest:
    """Return the digest by which stores know the session with this secret."""
    return SessionDigest(digest(secret))


def digest(token: str) -> str:
    """Return what is kept of a secret token: its SHA-256, in hexadecimal.

    A token has 256 random bits, so that nobody finds one by trying: no salt is wanted.
    """
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
