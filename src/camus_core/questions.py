"""What the core can't know and asks its driver: each question, and how it is answered.

Any of them may be answered `Failed`, which refuses the one request that raised it.
"""

from collections.abc import Sequence

from attrs import field, frozen

from .admission.identity import Identity
from .records import NetworkAddress, RoomId, RoomRecord, SessionDigest, StoredRoom
from .wire.errors import NotAllowed, ProtocolError
from .wire.messages import CreateRoomBody


@frozen
class Failed:
    """The answer to a question that could not be answered, and why (for the log)."""

    reason: str


@frozen
class LookUpRoom:
    """Which room has this id, and who is in it? Answered `StoredRoom` or None.

    When there is none and `if_absent` is given, that record is created, durably, and is
    the answer. The rest is for the one who asks: the address that is charged for a new room,
    why none may be made, and the hash of a password that was shown.
    """

    room_id: RoomId
    if_absent: RoomRecord | None
    address: NetworkAddress | None = None
    refusal: ProtocolError | None = None
    verified_hash: str | None = field(default=None, repr=False)


@frozen
class Identify:
    """Who has this token? Answered `Identity`, or `NotAllowed` with the reason."""

    token: str = field(repr=False)


@frozen
class FindSession:
    """In which room is the client of this session? Answered `StoredRoom` or None.

    `session` is the `digest` of its token.
    """

    digest: SessionDigest


@frozen
class CheckPassword:
    """Is this the password of the room? Answered bool.

    `asker` is for the one who asks: the address that it is for.
    """

    password: str = field(repr=False)
    room: RoomRecord
    address: NetworkAddress | None = None


@frozen
class CreateRoomRecord:
    """Create a room as somebody wishes it, durably. Answered `Created`, or None: name taken.

    The driver makes the id, of the name or at random, the hash of the password, and the token.
    `asker` is for the one who asks: the address that it is for. Where `only` is given, and the
    id is none of these, nothing is made, and the answer is `NotAllowed`.
    """

    room: CreateRoomBody
    created_at: float
    empty_for: float
    address: NetworkAddress | None = None
    allowed_ids: frozenset[RoomId] | None = None


@frozen
class CreatedRoom:
    """A room is there to stay; only now can its owner's token be told."""

    room: RoomRecord
    owner_token: str = field(repr=False)


@frozen
class ListPublicRooms:
    """Which public rooms are there? Answered with a sequence of at most `most`."""

    limit: int


Question = (
    LookUpRoom | Identify | FindSession | CheckPassword | CreateRoomRecord | ListPublicRooms
)

Answer = (
    StoredRoom
    | Identity
    | NotAllowed
    | CreatedRoom
    | Sequence[RoomRecord]
    | bool
    | Failed
    | None
)
