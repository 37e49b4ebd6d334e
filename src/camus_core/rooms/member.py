"""The members of a room, in both profiles."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import define, field

from ..admission.identity import Identity
from ..clocks import UnixTime
from ..effects import Effect, SaveClient, Send
from ..events import ConnectionId, Timestamp
from ..records import ClientId, ClientRecord, NetworkAddress, RoomId
from ..sessions.delivery import Delivery
from ..token_bucket import TokenBucket
from ..wire import messages as m
from ..wire.errors import ProtocolError
from ..wire.json_text import to_json
from ..wire.messages import Json
from ..wire.names import DEFAULT_USERNAME
from ..wire.profile import ProtocolProfile

if TYPE_CHECKING:
    from .room import Room


@define(eq=False)
class Member:
    """A client with a place in a room.

    Attributes:
        id: The client id.
        room: The room.
        profile: The protocol profile of its client.
        joined_at: The time of joining.
        connection: Its connection, or None while it is away.
        username: Its username.
        role: Its role.
        identity: The id of its `Identity`, or None for a guest client.
        username_asserted: True if its identity gave it the username, which it can't change.
        address: Its network address, or None.
        guest_digest: The digest of its guest token, or None.
        token_rooms: The rooms that its token names, or None for any room. It is empty if that
            isn't known, because another node admitted the member and stores don't keep it.
        may_create: What its token says of whether it may create rooms, or None.
        has_spoken: True once it has sent a frame. A member of the core profile gets no pushed
            roster before, because the browser client of Camus 0.3, the earlier AGPL
            application, doesn't know its own id until then.
        roster_withheld: True if a push was withheld for that reason.
        announcement_bucket: The announcements that it may still cause, or None before the
            first.
        attributes: Its attributes, in a mapping that is replaced and never changed.
        buckets: The messages and the relayed bytes that it may send. They stay with the member
            when it reconnects.
        taken_over: True once its client has moved here from another node, whose record this
            node may then replace and delete.
        delivery: The delivery of its session, or None in the core profile.
        username_json: The username as JSON text.
        core_info: Its entry in the rosters of the core profile.
    """

    id: ClientId
    room: "Room"
    profile: ProtocolProfile
    joined_at: UnixTime
    connection: ConnectionId | None = None
    username: str = DEFAULT_USERNAME
    role: m.Role = "guest"
    identity: str | None = None
    username_asserted: bool = False
    address: NetworkAddress | None = None
    guest_digest: str | None = None
    token_rooms: frozenset[RoomId] | None = frozenset()
    may_create: bool | None = None
    has_spoken: bool = False
    roster_withheld: bool = False
    announcement_bucket: TokenBucket | None = None
    attributes: Mapping[str, str] = field(factory=dict)
    buckets: tuple[TokenBucket, TokenBucket] | None = None
    taken_over: bool = False
    delivery: Delivery | None = None
    username_json: Json = field(init=False)
    core_info: m.ClientInfo = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.rename(self.username)

    @property
    def unconfirmed_count(self) -> int:
        """The number of messages that are kept for it."""
        return 0 if self.delivery is None else len(self.delivery.unconfirmed)

    def rename(self, username: str) -> None:
        """Change the username."""
        self.username, self.username_json = username, to_json(username)
        self.core_info = m.ClientInfo(self.id, username)

    def prove(self, identity: Identity | None) -> None:
        """Note the identity that the client has proved, if any."""
        self.identity = None if identity is None else identity.id
        self.username_asserted = identity is not None and identity.name is not None
        self.token_rooms = None if identity is None else identity.rooms
        self.may_create = None if identity is None else identity.may_create

    def info(self) -> m.SessionClient:
        """Return its entry in the rosters of the session profile."""
        return m.SessionClient(self.id, self.username, self.role, self.attributes)

    def tell_reason(self, error: ProtocolError) -> list[Effect]:
        """Send the `error` that comes before the close of a member that is sent out.

        Only a member of the session profile that is connected is told, and only if there is a
        reason (rules SAY-6 and ROOM-14).
        """
        if error.reason is None or self.connection is None or not self.profile.keeps_session:
            return []
        body = m.ErrorBody(error.code, str(error), reason=error.reason)
        return [Send((self.connection,), m.Error(self.id, body, m.GROUND_CONTROL))]

    def save(self) -> SaveClient:
        """Return the effect that stores the member as it is now."""
        return SaveClient(self.record(), self.taken_over)

    def record(self) -> ClientRecord:
        """Return the record of the member."""
        return ClientRecord(
            self.id,
            self.room.record.id,
            self.username,
            self.joined_at,
            self.role,
            self.room.node,
            None if self.delivery is None else self.delivery.digest,
            identity=self.identity,
            username_asserted=self.username_asserted,
            address=self.address,
            incarnation=self.room.record.incarnation,
            guest_digest=self.guest_digest,
        )


@define(eq=False)
class SessionMember(Member):
    """A member with a session, connected or away.

    Attributes:
        delivery: The delivery of its frames.
        away_since: The time at which its connection ended, or None while it is connected.
        away_until: The time at which its place ends, or None while it is connected.
        held_until: The time before which its place doesn't end, because its client has been
            told to come back later; None if it hasn't.
    """

    delivery: Delivery = field(kw_only=True)
    away_since: Timestamp | None = None
    away_until: Timestamp | None = None
    held_until: Timestamp | None = None
