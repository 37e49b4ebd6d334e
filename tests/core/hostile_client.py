"""One connection of a hostile person, as the driver knows it."""

from attrs import define, field

from camus_core.admission.identity import Identity
from camus_core.records import ClientId, RoomId
from camus_core.wire import messages as m
from camus_core.wire.profile import SESSION, ProtocolProfile


@define(eq=False)
class HostileClient:
    """A connection, with the person behind it, its client id, and its room once it has joined.

    `waits_for` is the room in whose waiting room it is. `join` is its last request to join,
    `create_request` its last request for a room, and `find_request` its last search for one.
    Frames that arrive while a question about it is open are `held`, as a driver does.
    `url_room` is the room that its URL names, `address` its network address.
    """

    person: int
    id: ClientId
    profile: ProtocolProfile
    url_room: RoomId | None
    address: str | None = None
    identity: Identity | None = None
    room: RoomId | None = None
    waits_for: RoomId | None = None
    join: m.JoinBody | None = None
    create_request: m.CreateRoomBody | None = None
    find_request: m.FindRoomBody | None = None
    received: int = 0
    held: list[bytes] = field(factory=list)

    @property
    def has_session(self) -> bool:
        return self.profile is SESSION

    @property
    def is_in(self) -> bool:
        return self.room is not None

    @property
    def last_join(self) -> m.JoinBody:
        """The data of its last `join`."""
        return self.join or m.JoinBody()
