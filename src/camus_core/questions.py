"""Questions: what the core has to ask its driver, and the form of each answer.

Any question may be answered `Failed`, which refuses the one request that raised it.
"""

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from .admission.identity import Identity
from .records import (
    NetworkAddress,
    RoomId,
    RoomRecord,
    RoomValue,
    SessionDigest,
    StoredRoom,
)
from .wire.errors import Refusal
from .wire.messages import CreateRoomBody


@frozen
class Failed:
    """The answer to any question that could not be answered; `reason` is for the log."""

    reason: str


@frozen
class LookUpRoom:
    """The question which room has an id, with its clients. Answered `StoredRoom` or None.

    Attributes:
        room_id: The id.
        if_absent: The record to create, durably, if there is no such room. It is then the
            answer, which says `is_new`. None to create nothing.
    """

    room_id: RoomId
    if_absent: RoomRecord | None


@frozen
class Identify:
    """The question whose token this is. Answered `Identity`, or the `Refusal` of the token."""

    token: str = field(repr=False)


@frozen
class MakeSlug:
    """The question which room id a name makes. Answered `Slug`."""

    name: str


@frozen
class Slug:
    """The room id that a name makes; None if the name has no letter or digit."""

    room_id: RoomId | None


@frozen
class FindSession:
    """The question which room has the client of a session. Answered `StoredRoom` or None.

    `digest` is the session's digest.
    """

    digest: SessionDigest


@frozen
class CheckPassword:
    """The question whether a password is the one with this hash. Answered bool.

    Attributes:
        password: The password that the client has sent.
        password_hash: The hash of the room's password (see `admission.passwords`).
    """

    password: str = field(repr=False)
    password_hash: str = field(repr=False)


@frozen
class HashPassword:
    """The request to hash the new password of a room. Answered `PasswordHash`."""

    password: str = field(repr=False)


@frozen
class PasswordHash:
    """The hash of a room's password (see `admission.passwords`)."""

    text: str = field(repr=False)


@frozen
class CreateRoomRecord:
    """The request to create a room, durably. Answered `CreatedRoom`, or None: its id is taken.

    The driver makes the id (from the name, or at random), the hash of the password, and the
    owner token.

    Attributes:
        room: The client's wishes for the room.
        created_at: The time of creation, in UNIX seconds.
        empty_for: The number of seconds for which the room outlives its last member.
        address: The client's network address. A client that repeats a request whose answer was
            lost comes from the same one.
        allowed_ids: The ids that the client may create, or None for any. For another id nothing
            is created, and the answer is a refusal, `NotAllowed`.
    """

    room: CreateRoomBody
    created_at: float
    empty_for: float
    address: NetworkAddress | None = None
    allowed_ids: frozenset[RoomId] | None = None


@frozen
class CreatedRoom:
    """The answer for a room that was created: its record and its owner token."""

    room: RoomRecord
    owner_token: str = field(repr=False)


@frozen
class ListPublicRooms:
    """The question which public rooms there are. Answered with at most `limit` records."""

    limit: int


@frozen
class UpdateRoom:
    """The request to change attributes of a room, durably. Answered `RoomRecord` or None.

    The answer is the room's new record; None if this incarnation of the room is gone.

    Attributes:
        room_id: The id of the room.
        incarnation: Its incarnation.
        changes: The new values by attribute (see `records.CHANGEABLE`).
    """

    room_id: RoomId
    incarnation: str
    changes: Mapping[str, RoomValue] = field(repr=False)


@frozen
class DrawSecret:
    """The request for a fresh secret. Answered `Secret`."""


@frozen
class Secret:
    """A fresh secret: 64 hexadecimal digits, random ones."""

    text: str = field(repr=False)


@frozen
class UseInvitation:
    """The request to count one use of an invitation, durably. Answered bool.

    The answer is False if the invitation has no use left, or is gone.
    """

    room_id: RoomId
    incarnation: str
    invitation_id: str


Question = (
    LookUpRoom
    | Identify
    | MakeSlug
    | FindSession
    | CheckPassword
    | HashPassword
    | CreateRoomRecord
    | ListPublicRooms
    | UpdateRoom
    | DrawSecret
    | UseInvitation
)

Answer = (
    StoredRoom
    | RoomRecord
    | Identity
    | Refusal
    | Slug
    | CreatedRoom
    | Sequence[RoomRecord]
    | PasswordHash
    | Secret
    | bool
    | Failed
    | None
)
