"""One member of a room."""

from attrs import define, field

from ..clocks import UnixTime
from ..events import ConnectionId, Timestamp
from ..records import ClientId, NetworkAddress, RoomId
from ..sessions.delivery import Delivery
from ..token_bucket import TokenBucket
from ..wire import messages as m
from ..wire.json_text import to_json
from ..wire.messages import Json
from ..wire.names import DEFAULT_USERNAME
from ..wire.profile import CORE, ProtocolProfile


@define(eq=False)
class Member:
    """A client that is in a room.

    A member of the session profile has a `session`, and no `connection` while it is away;
    `away_until` is then when its place ends.

    `identity` is the id of its `Identity`, None for a guest; `named` says that it has its name
    from there, and `address` where it comes from. `rooms` are those that its token names, None
    for any; none where that isn't known, as no store keeps it.

    `share` are the messages and bytes that it may send, whatever its connection is.

    `heard` says that it has sent a frame; until then it gets no pushed roster (the first
    Camus client doesn't know its own id before), and `owed` that one was withheld.
    `announcements` is how much it may still make others hear of it, once it has done so.
    """

    id: ClientId
    connection: ConnectionId | None
    joined_at: UnixTime
    username: str = DEFAULT_USERNAME
    role: m.Role = "guest"
    profile: ProtocolProfile = CORE
    delivery: Delivery | None = None
    away_since: Timestamp | None = None
    away_until: Timestamp | None = None
    taken_over: bool = False
    identity: str | None = None
    username_asserted: bool = False
    address: NetworkAddress | None = None
    token_rooms: frozenset[RoomId] | None = frozenset()
    has_spoken: bool = False
    roster_withheld: bool = False
    announcement_bucket: TokenBucket | None = None
    buckets: tuple[TokenBucket, TokenBucket] | None = None
    username_json: Json = field(init=False)
    core_info: m.ClientInfo = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.rename(self.username)

    def rename(self, username: str) -> None:
        """Give it a name."""
        self.username, self.username_json = username, to_json(username)
        self.core_info = m.ClientInfo(self.id, username)

    def info(self) -> m.SessionClient:
        """Return what clients of the session profile see of it."""
        return m.SessionClient(self.id, self.username, self.role)
