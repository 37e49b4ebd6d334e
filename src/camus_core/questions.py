"""Questions: what the core has to ask its driver, and the form of each answer.

Any question may be answered `Failed`, which refuses the one request that raised it. Fields
"for the core" come back with the question in `Answered`; the driver has no use for them.
"""

from collections.abc import Sequence

from attrs import field, frozen

from .admission.identity import Identity
from .records import NetworkAddress, RoomId, RoomRecord, SessionDigest, StoredRoom
from .wire.errors import NotAllowed, ProtocolError
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
            answer. None to create nothing.
        address: For the core: the network address that is charged for a new room.
        refusal: For the core: the reason why no room may be created.
        verified_hash: For the core: the hash of the password that the client has proved.
    """

    room_id: RoomId
    if_absent: RoomRecord | None
    address: NetworkAddress | None = None
    refusal: ProtocolError | None = None
    verified_hash: str | None = field(default=None, repr=False)


@frozen
class Identify:
    """The question whose token this is. Answered `Identity`, or `NotAllowed` and why."""

    token: str = field(repr=False)


@frozen
class FindSession:
    """The question which room has the client of a session. Answered `StoredRoom` or None.

    `digest` is the session's digest.
    """

    digest: SessionDigest


@frozen
class CheckPassword:
    """The question whether this is the room's password. Answered bool.

    Attributes:
        password: The password that the client has sent.
        room: The room, with the hash of its password.
        address: For the core: the client's network address.
    """

    password: str = field(repr=False)
    room: RoomRecord
    address: NetworkAddress | None = None


@frozen
class CreateRoomRecord:
    """The request to create a room, durably. Answered `CreatedRoom`, or None: its id is taken.

    The driver makes the id (from the name, or at random), the hash of the password, and the
    owner token.

    Attributes:
        room: The client's wishes for the room.
        created_at: The time of creation, in UNIX seconds.
        empty_for: The number of seconds for which the room outlives its last member.
        address: For the core: the client's network address.
        allowed_ids: The ids that the client may create, or None for any. For another id nothing
            is created, and the answer is `NotAllowed`.
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
