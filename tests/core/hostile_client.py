"""One connection of a hostile person, as the driver knows it."""

from attrs import define, field

from camus_core.admission.identity import Identity
from camus_core.records import ClientId, RoomId
from camus_core.wire import messages as m
from camus_core.wire.profile import SESSION, ProtocolProfile


@define(eq=False)
class HostileClient:
    """Whose connection it is, its id, and its room once it is in one.

    It `waits` at the door of another one. `join` is what it has said last to get in, `wish` to
    make a room. What comes
    while a question of it is open is `held`, as a driver does. `address` is the room that it
    has connected to, `network` where it comes from.
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
    received: int = 0
    is_asking: bool = False
    held: list[bytes] = field(factory=list)

    @property
    def has_session(self) -> bool:
        return self.profile is SESSION

    @property
    def is_in(self) -> bool:
        return self.room is not None

    @property
    def last_join(self) -> m.JoinBody:
        """What it has shown last."""
        return self.join or m.JoinBody()
