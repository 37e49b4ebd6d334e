"""The interface that every store fulfils, and what it promises."""

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from .effects import Change
from .records import ClientRecord, RoomId, RoomRecord, SessionDigest, StoredRoom


class Store(Protocol):
    """Keeps rooms and clients.

    A store is entered once, used from one event loop, and left once. Entering brings
    the schema up to date.

    It has one clock of its own, in seconds, for all who share it: by that it tells which runs
    live, and by that clients are away. The clocks of servers may be far apart, and be set.

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

    async def find_room(self, room_id: RoomId) -> StoredRoom | None:
        """Return the room and its clients, or None when there is none of that id.

        Clients of an earlier room of that id (`ClientRecord.is_in`) are not among them.
        """

    async def find_session(self, digest: SessionDigest) -> StoredRoom | None:
        """Return the room, with its clients, of the client that has this session.

        None when no client has it, or its room is gone. `session` is a token's `digest`.
        """

    async def list_rooms(
        self, *, public: bool = False, limit: int | None = None
    ) -> list[RoomRecord]:
        """Return rooms by id: all or the public ones, and no more than `limit` of them."""

    async def list_clients(self) -> list[ClientRecord]:
        """Return every client, in order of joining (`joined_at`, then id)."""

    async def write(self, changes: Sequence[Change]) -> None:
        """Carry out all changes in their order, or none of them, durably.

        Saving a room changes its lock and its bans, and no more; one that isn't there stays
        so. Forgetting what isn't there changes nothing. A room that has the id of another
        incarnation isn't the one that is meant; to write the same twice, with changes of
        others between, harms no newer room. Saving a client whose id is there
        replaces it, but for the record of another run where `takes_over` is false; that is
        no failure. Forgetting a room forgets its clients too.
        """

    async def renew(self, node: str, stale_seconds: float) -> float:
        """Note that a run of a server lives, and forget what dead ones have left, durably.

        Returns the time that is noted, by the store's clock.

        A run vouches before it saves its first client, or that one is taken for a dead one's.

        A run is dead when it vouched last more than `stale_seconds` ago, or not at all; with
        it go its clients, unless their connections ended later than that.
        """

    async def release(self, node: str) -> None:
        """Note that a run has ended in order, after its last write; from now on it is dead."""
