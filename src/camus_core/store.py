"""The interface that every store fulfils, and what it promises."""

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from .effects import Change
from .records import ClientRecord, RoomId, RoomRecord


class Store(Protocol):
    """Keeps rooms and clients.

    A store is entered once, used from one event loop, and left once. Entering brings
    the schema up to date.

    Every method may raise `StoreUnavailable` when the database can't be reached or
    fails; nothing else escapes. After that, and when the caller is cancelled, it is open
    whether the request was carried out; the store stays usable, and the next call tries the
    database again. Entering may also raise `SchemaTooNew`.
    """

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    async def create_room(self, record: RoomRecord) -> bool:
        """Insert a room; False, and nothing changed, when its id is taken.

        The room is durable before this returns: it survives the end of the process at
        any later moment.
        """

    async def find_room(self, room_id: RoomId) -> RoomRecord | None:
        """Return the room, or None when there is none of that id."""

    async def list_rooms(self) -> list[RoomRecord]:
        """Return every room, by id."""

    async def list_clients(self) -> list[ClientRecord]:
        """Return every client, in order of joining (`joined_at`, then id)."""

    async def write(self, changes: Sequence[Change]) -> None:
        """Carry out all changes in their order, or none of them, durably.

        Forgetting what isn't there changes nothing. Saving a client whose id is there
        replaces it. Forgetting a room forgets its clients too.
        """
