"""The interface of every store, with its guarantees."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self

from .effects import Change
from .limits import Limits
from .records import ClientRecord, RoomId, RoomRecord, RoomValue, SessionDigest, StoredRoom

_RENEWAL_SECONDS = 5.0
"""The longest interval between renewals of a lease: they cost the database one write each."""


def renewal_interval(limits: Limits) -> float:
    """Return the seconds after which a node renews its lease (`Store.renew`).

    The place of a client whose node has crashed is counted from the last renewal, and held for
    so much longer.
    """
    return min(_RENEWAL_SECONDS, limits.place_seconds / 3)


class Store(Protocol):
    """A store of rooms and clients, which several nodes may share.

    A store is entered once, used from one event loop, and left once. Entering brings the schema
    up to date.

    It has one clock, in seconds, for all nodes: it decides which nodes live, and since when a
    client is away. The clocks of the nodes themselves may differ widely, and may be set.

    Every method may raise `StoreUnavailable` when the database can't be reached or fails; no
    other exception escapes. After that, and when the caller is cancelled, it is unknown whether
    the request was carried out; the store stays usable, and the next call tries the database
    again. Entering may also raise `SchemaTooNew`.
    """

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    async def create_room(self, record: RoomRecord) -> bool:
        """Insert a room and return True; return False, and change nothing, if its id is taken.

        The room is durable before this returns: it survives the end of the process at any later
        moment.
        """

    async def find_room(self, room_id: RoomId) -> StoredRoom | None:
        """Return the room with this id, with its clients, bans and invitations, or None.

        Those of an earlier room with that id (`ClientRecord.is_in`) are left out.
        """

    async def find_session(self, digest: SessionDigest) -> StoredRoom | None:
        """Return the room of the client whose session has this digest, as `find_room` does.

        Return None if no client has it, or its room is gone.
        """

    async def update_room(
        self, room_id: RoomId, incarnation: str, changes: Mapping[str, RoomValue]
    ) -> RoomRecord | None:
        """Change attributes of a room, count its `revision` up, and return the new record.

        Attributes that `changes` doesn't name stay. Return None, and change nothing, if this
        incarnation isn't stored. The change is durable before this returns. If the database
        fails meanwhile, it may be repeated, and count the revision up once more.

        Raises:
            ValueError: See `RoomRecord.updated`.
        """

    async def use_invitation(
        self, room_id: RoomId, incarnation: str, invitation_id: str
    ) -> bool:
        """Count one use of an invitation, and return True; return False if it has none left.

        Return False also if the invitation isn't stored. Of calls at the same time, in any
        number of servers, no more than `uses` return True. The count is durable before this
        returns. If the database fails meanwhile, a use may be counted that nobody was granted.
        """

    async def list_rooms(
        self, *, public: bool = False, limit: int | None = None
    ) -> list[RoomRecord]:
        """Return all rooms, or the public ones, in the order of their ids, at most `limit`."""

    async def list_clients(self) -> list[ClientRecord]:
        """Return every client, in order of joining (`joined_at`, then `id`)."""

    async def write(self, changes: Sequence[Change]) -> None:
        """Carry out all changes in their order, or none of them, durably.

        `SaveLock` changes the lock of a room, and nothing else; it creates none. `SaveBan` and
        `SaveInvitation` write nothing for a room that isn't stored; a ban replaces the one with
        the same id, and an invitation doesn't. Forgetting something that isn't stored changes
        nothing. A change to a room, its bans or its invitations applies only to the incarnation
        that it names, so that a repeated write harms no newer room with the same id.
        `SaveClient` replaces the record with the same id, unless another node wrote that and
        `takes_over` is false; the change is then skipped without an error. Forgetting a room
        forgets its clients, bans and invitations too.
        """

    async def renew(self, node: str, stale_seconds: float) -> float:
        """Renew the lease of a node, and forget the clients of dead nodes, durably.

        A node is dead if it has no lease, or renewed it last more than `stale_seconds` ago. Its
        clients are forgotten, except those whose connections ended later than that. A node
        renews its lease before it saves its first client, which would otherwise be taken for
        one of a dead node.

        Returns:
            The time of the renewal on the store's clock.
        """

    async def release(self, node: str) -> None:
        """End the lease of a node that stops, after its last write; it is dead from then on."""
