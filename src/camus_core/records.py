"""Records: what a store keeps of rooms, of the clients in them, of bans and of invitations.

Each attribute of a record is a column of the same name in the tables `camus_rooms`,
`camus_clients`, `camus_bans` and `camus_invitations`, with six exceptions, whose columns keep
the names from their migrations (`camus_store.rows` maps them):

    RoomRecord.password_hash        password
    RoomRecord.owner_digest         owner
    ClientRecord.node               run
    ClientRecord.session_digest     session
    ClientRecord.session_snapshot   left_over
    ClientRecord.username_asserted  named
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from typing import NewType

from attrs import Attribute, Factory, asdict, evolve, field, frozen, validators

from .wire.messages import BanInfo, InvitationInfo, Role, is_guest_limit

ClientId = NewType("ClientId", str)
"""32 lowercase hexadecimal digits, made by the driver."""

RoomId = NewType("RoomId", str)
"""A slug: `[a-z0-9][a-z0-9-]{0,63}` (rule CORE-1)."""

NetworkAddress = NewType("NetworkAddress", str)
"""A network address as limits and bans count it: an IPv4 address, or an IPv6 network of 64 bits
such as `2001:db8::/64`."""

SessionSecret = NewType("SessionSecret", str)
"""The secret that resumes a session: 64 hexadecimal digits, made by the driver."""

SessionDigest = NewType("SessionDigest", str)
"""The `digest` of a session secret, by which stores know the session."""

GuestToken = NewType("GuestToken", str)
"""The secret by which a room knows a guest client again: 64 hexadecimal digits (BAN-1)."""

ResumeToken = NewType("ResumeToken", str)
"""The string that resumes a session: its secret, a dot, and the epoch (rule SESS-36)."""

RoomValue = str | int | float | bool | None
"""A value that an attribute of a room is changed to."""

CHANGEABLE = frozenset(
    {"name", "password_hash", "guest_limit", "public", "starts_locked", "not_before", "expires"}
)
"""The attributes of a `RoomRecord` that may be changed once it is stored, besides its lock."""

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""The form of a room id."""


def _is_slug(_: object, attribute: "Attribute[RoomId]", value: RoomId) -> None:
    if not SLUG.fullmatch(value):
        raise ValueError(f"{attribute.name} is no slug: {value!r}")


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def is_storable(_: object, attribute: "Attribute[str]", value: str) -> None:
    """Raise `ValueError` for a text that a store can't keep.

    Postgres takes no NUL in a text, and UTF-8 has no surrogates.
    """
    if _UNSTORABLE.search(value):
        raise ValueError(f"{attribute.name} holds a NUL or half a character: {value!a}")


@frozen
class RoomRecord:
    """One room as a store keeps it.

    Attributes:
        id: The room id.
        name: The name that people read.
        created_at: The time of creation, in UNIX seconds.
        public: True if `list-rooms` lists the room.
        password_hash: The hash of its password (see `admission.passwords`), or None.
        guest_limit: The most members at a time, or None for the server's own limit.
        empty_for: The number of seconds for which it outlives its last member; None for ever.
        owner_digest: The `digest` of its owner token, or None.
        locked: True while newcomers have to wait for admission.
        revision: The number of times that `Store.update_room` has changed the record.
        starts_locked: True if the room is locked again whenever it has become empty.
        not_before: The time before which nobody may join, in UNIX seconds, or None.
        expires: The time at which the room ends, in UNIX seconds, or None.
        encrypted: True if its members encrypt their media from end to end.
        incarnation: The name of this room among all that ever have its id, so that a late
            change to a deleted room doesn't reach the next one. The creator of a room gives it
            a fresh one; the default is the time of creation.
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
    revision: int = 0
    starts_locked: bool = False
    not_before: float | None = None
    expires: float | None = None
    encrypted: bool = False
    incarnation: str = field(
        default=Factory(lambda self: repr(self.created_at), takes_self=True),
        validator=is_storable,
    )

    def updated(self, changes: Mapping[str, RoomValue]) -> "RoomRecord":
        """Return the record with changed attributes, as the next revision.

        Raises:
            ValueError: An attribute isn't `CHANGEABLE`, or can't have its value.
        """
        fixed = changes.keys() - CHANGEABLE
        if fixed:
            raise ValueError(f"attributes of a room that can't be changed: {sorted(fixed)}")
        return RoomRecord(**asdict(self) | dict(changes) | {"revision": self.revision + 1})


@frozen
class ClientRecord:
    """One member of a room, connected or away, as a store keeps it.

    Attributes:
        id: The client id.
        room_id: The room that it is in.
        username: Its username.
        joined_at: The time of joining, in UNIX seconds.
        role: Its role.
        node: The name of the node that wrote the record.
        session_digest: The digest of its session secret, or None for the core profile.
        away_since: The time on the store's clock at which its connection ended, or None in a
            record that is written while it is connected. A store that reads such a record sets
            the last time at which the node is known to have lived.
        session_snapshot: The state of its delivery, which a node that stops in order leaves for
            the next one (see `sessions.delivery`), else None.
        identity: The id of its `Identity`, or None for a guest client.
        username_asserted: True if its identity gave it the username.
        address: Its network address, which a ban needs, or None.
        incarnation: The incarnation of its room; empty if an older release wrote the record.
        guest_digest: The `digest` of its guest token, or None.
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
    guest_digest: str | None = field(default=None, repr=False)

    def is_in(self, room: RoomRecord) -> bool:
        """Return True if the client is in this room, not in an earlier one with the same id."""
        return self.room_id == room.id and self.incarnation in ("", room.incarnation)


@frozen
class BanRecord:
    """One ban from a room, as a store keeps it.

    A client with an identity is banned by that alone. A guest client is banned by its guest
    token, if it has one, and other guest clients of its address are held back.

    Attributes:
        id: The id of the banned client, or another one if a ban has that already. A ban by an
            earlier release, which kept no ids, gets one when it is migrated.
        identity: The id of the client's `Identity`, or None for a guest client.
        address: The network address of a guest client, or None.
        guest_digest: The `digest` of the client's guest token, or None.
        username: The username of the client at the time, or None if it isn't known.
        by: The username of the moderator; None for the operator, or if it isn't known.
        by_owner: True if an owner of the room, or the operator, gave the ban.
        at: The time of the ban, in UNIX seconds, or None if it isn't known.
        until: The time at which it ends, in UNIX seconds, or None if it doesn't end.
    """

    id: str = field(validator=is_storable)
    identity: str | None = field(default=None, validator=validators.optional(is_storable))
    address: NetworkAddress | None = None
    guest_digest: str | None = field(default=None, repr=False)
    username: str | None = field(default=None, validator=validators.optional(is_storable))
    by: str | None = field(default=None, validator=validators.optional(is_storable))
    by_owner: bool = False
    at: float | None = None
    until: float | None = None

    def about(self, client: ClientRecord) -> "BanRecord":
        """Return the ban as one of this client."""
        return evolve(
            self,
            username=client.username,
            identity=client.identity,
            address=client.address if client.identity is None else None,
            guest_digest=client.guest_digest,
        )

    def holds_at(self, time: float) -> bool:
        """Return whether the ban hasn't ended at a time in UNIX seconds."""
        return self.until is None or time < self.until

    def is_of(self, identity: str | None, guest_digests: Collection[str]) -> bool:
        """Return whether a client is the banned one.

        Args:
            identity: The id of its identity, or None for a guest client.
            guest_digests: The digests of the guest tokens that a guest client shows.
        """
        if identity is not None:
            return identity == self.identity
        return self.guest_digest in guest_digests

    def is_of_address(self, address: NetworkAddress | None) -> bool:
        """Return whether a guest client of this address is banned."""
        return address is not None and self.identity is None and address == self.address

    def info(self) -> BanInfo:
        """Return the ban as moderators see it: without identity, address and digest."""
        at, until = self.at, self.until
        return BanInfo(
            self.id,
            self.username,
            self.by,
            None if at is None else int(at),
            None if until is None else int(until),
        )


@frozen
class InvitationRecord:
    """One invitation to a room, as a store keeps it.

    Attributes:
        id: The name of the invitation in its room.
        digest: The `digest` of its secret.
        name: The name that its maker gave it, or None.
        role: The role of a client that joins with it.
        by: The username of its maker, or `GROUND_CONTROL` for the operator.
        created_at: The time of its creation, in UNIX seconds.
        not_before: The time from which it is valid, in UNIX seconds, or None.
        expires: The time at which it ends, in UNIX seconds, or None.
        uses: The most clients that may join with it, or None for any number.
        used: The number of clients that have joined with it, which `Store.use_invitation` alone
            changes.
        by_owner: True if an owner of the room, or the operator, has made it.
        maker: The id of its maker's `Identity`, or the digest of the guest token of a maker
            without one; None if neither is known.
    """

    id: str = field(validator=is_storable)
    digest: str = field(repr=False)
    name: str | None = field(validator=validators.optional(is_storable))
    role: Role
    by: str = field(validator=is_storable)
    created_at: float
    not_before: float | None = None
    expires: float | None = None
    uses: int | None = None
    used: int = 0
    by_owner: bool = False
    maker: str | None = field(
        default=None, validator=validators.optional(is_storable), repr=False
    )

    @property
    def is_used_up(self) -> bool:
        """True if no use is left."""
        return self.uses is not None and self.used >= self.uses

    def is_valid_at(self, time: float) -> bool:
        """Return whether clients may join with it at a time in UNIX seconds."""
        has_begun = self.not_before is None or self.not_before <= time
        return has_begun and not self.is_used_up and not self.has_expired_at(time)

    def has_expired_at(self, time: float) -> bool:
        """Return whether its time is over at a time in UNIX seconds."""
        return self.expires is not None and self.expires <= time

    def info(self) -> InvitationInfo:
        """Return the invitation as moderators see it: without digest and maker."""
        return InvitationInfo(
            self.id,
            self.role,
            self.by,
            int(self.created_at),
            self.used,
            self.name,
            self.not_before,
            self.expires,
            self.uses,
        )


@frozen
class StoredRoom:
    """A room, and the clients, bans and invitations that are stored for it.

    Clients are in order of joining, bans and invitations in order of age, the oldest first.

    Attributes:
        is_new: True in the answer to the question that has created the room.
    """

    room: RoomRecord
    clients: tuple[ClientRecord, ...] = ()
    bans: tuple[BanRecord, ...] = ()
    invitations: tuple[InvitationRecord, ...] = ()
    is_new: bool = False


def session_digest(secret: SessionSecret) -> SessionDigest:
    """Return the digest of a session secret."""
    return SessionDigest(digest(secret))


def guest_token(secret: SessionSecret, room: RoomRecord) -> GuestToken:
    """Return the guest token of a client that joins a room with this session secret.

    It says nothing of the secret, and those of two rooms have nothing in common.
    """
    return GuestToken(digest(f"guest token {secret} {room.id} {room.incarnation}"))


def digest(token: str) -> str:
    """Return the SHA-256 of a secret token, in hexadecimal, which is all that a store keeps.

    A token has 256 random bits and can't be guessed, so the digest needs no salt.
    """
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
