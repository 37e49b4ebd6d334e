"""Write-behind: the core's changes wait here, and are written to the store in groups."""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Iterator
from contextlib import suppress
from itertools import chain, islice

from attrs import evolve

from camus_core.effects import (
    Change,
    ForgetBan,
    ForgetClient,
    ForgetInvitation,
    ForgetRoom,
    SaveBan,
    SaveClient,
    SaveInvitation,
    SaveLock,
)
from camus_core.questions import LookUpRoom, UpdateRoom, UseInvitation
from camus_core.records import (
    ClientId,
    ClientRecord,
    RoomId,
    RoomRecord,
    SessionDigest,
    StoredRoom,
)
from camus_core.store import Store
from camus_core.wire.errors import RoomNotFound, StoreError

_log = logging.getLogger("camus")

_GROUP_SECONDS = 0.1
"""Seconds between the first change and its write: a storm of joins makes one transaction."""

_GROUP_SIZE = 500
"""Changes in one transaction, so that preparing it takes only milliseconds of a turn."""

_LONGEST_BACKOFF = 30.0
"""The longest interval in seconds between attempts to write to a failing store."""

_INCARNATION_BYTES = 16
"""The length of a room's incarnation: random, because servers that don't know of each other
choose them on one database, and no two may be equal.
"""

_Key = tuple[str, RoomId | ClientId, str, str]
"""The kind, and the id of the client or the room. For a room its incarnation follows, as a
later room of the same id is another, and then the id of a ban or invitation if it is of one.
"""


def _key(change: Change) -> _Key:
    match change:
        case SaveLock(room_id, incarnation) | ForgetRoom(room_id, incarnation):
            return "room", room_id, incarnation, ""
        case SaveBan(room_id, incarnation, ban):
            return "ban", room_id, incarnation, ban.id
        case ForgetBan(room_id, incarnation, ban_id):
            return "ban", room_id, incarnation, ban_id
        case SaveInvitation(room_id, incarnation, invitation):
            return "invitation", room_id, incarnation, invitation.id
        case ForgetInvitation(room_id, incarnation, invitation_id):
            return "invitation", room_id, incarnation, invitation_id
        case SaveClient(client):
            return "client", client.id, "", ""
        case ForgetClient(client_id):
            return "client", client_id, "", ""


def _removes_if_unused(change: Change) -> bool:
    return isinstance(change, ForgetRoom) and change.if_unused


def new_incarnation() -> str:
    """Return a fresh incarnation for a room to be created."""
    return secrets.token_hex(_INCARNATION_BYTES)


class WriteBehind:
    """A store whose changes are written later; look-ups see the changes that wait.

    A look-up also sees the changes that are written while it waits for the store, which may
    have read the records before.

    Changes are written in order. A newer change of a record replaces the one that waits. While
    the database is away at most `limit` changes wait; over it the oldest is dropped. The
    creation of a room doesn't wait: the room is durable before its creator hears of it.
    """

    def __init__(self, store: Store, limit: int) -> None:
        self._store = store
        self._limit = limit
        self._waiting: dict[_Key, Change] = {}
        self._waiting_by_id: Counter[str] = Counter()
        self._has_work = asyncio.Event()
        self._write_lock = asyncio.Lock()
        self._written: dict[_Key, tuple[int, Change]] = {}
        self._groups_written = 0
        self._open_reads: dict[object, int] = {}

    def __len__(self) -> int:
        """Return the number of waiting changes."""
        return len(self._waiting)

    def add(self, change: Change) -> None:
        """Queue a change."""
        key = _key(change)
        self._drop(key)
        self._waiting[key] = change
        self._waiting_by_id[key[1]] += 1
        if len(self._waiting) > self._limit:
            self._drop(next(iter(self._waiting)))
        self._has_work.set()

    def _drop(self, key: _Key) -> None:
        if self._waiting.pop(key, None) is not None:
            self._waiting_by_id[key[1]] -= 1
            if not self._waiting_by_id[key[1]]:
                del self._waiting_by_id[key[1]]

    async def look_up(self, question: LookUpRoom) -> StoredRoom | None:
        """Return the room and its clients; create the room if it is absent and may be created.

        Raises:
            StoreError: the store failed.
        """
        await self.write_changes_of(question.room_id)
        found = await self._read(self._store.find_room(question.room_id))
        if found is not None or question.if_absent is None:
            return found
        created = evolve(question.if_absent, incarnation=new_incarnation())
        try:
            if await self._store.create_room(created):
                return StoredRoom(created, is_new=True)
        except StoreError:
            self.forget_attempt(created)
            raise
        # Another server has created it in between.
        return await self._read(self._store.find_room(question.room_id))

    async def find_room(self, room_id: RoomId) -> StoredRoom:
        """Return a stored room.

        Raises:
            RoomNotFound: there is no such room.
            StoreError: the store failed.
        """
        found = await self.look_up(LookUpRoom(room_id, None))
        if found is None:
            raise RoomNotFound
        return found

    def forget_attempt(self, created: RoomRecord) -> None:
        """Remove a room that a failing store may have created, as no server watches it.

        The room stays if the store knows clients in it by then.
        """
        self.add(ForgetRoom(created.id, created.incarnation, if_unused=True))

    async def find_session(self, digest: SessionDigest) -> StoredRoom | None:
        """Return the room of the client whose session secret has this digest, if any.

        Raises:
            StoreError: the store failed.
        """
        return await self._read(self._store.find_session(digest))

    async def update_room(self, question: UpdateRoom) -> RoomRecord | None:
        """Change a room in the store, and return its new record, or None if it is gone.

        Raises:
            StoreError: the store failed.
        """
        await self.write_changes_of(question.room_id)
        return await self._store.update_room(
            question.room_id, question.incarnation, question.changes
        )

    async def use_invitation(self, question: UseInvitation) -> bool:
        """Count one use of an invitation in the store; return False if it has none left.

        Raises:
            StoreError: the store failed.
        """
        invitation = question.room_id, question.incarnation, question.invitation_id
        if ("invitation", *invitation) in self._waiting:
            await self.flush()
        return await self._store.use_invitation(*invitation)

    async def write_changes_of(self, room_id: RoomId) -> None:
        """Write the changes that wait if one is of this room: a request must see it.

        Raises:
            StoreError: the store failed.
        """
        if room_id in self._waiting_by_id:
            await self.flush()

    async def _read(self, reading: Awaitable[StoredRoom | None]) -> StoredRoom | None:
        """Return a stored room as it will be when all changes are written: with the newest
        lock, bans and invitations, and without the clients whose records have changed, or are
        about to.
        """
        read = object()
        self._open_reads[read] = self._groups_written
        try:
            found = await reading
            if found is None:
                return None
            return self._with_changes(found)
        finally:
            del self._open_reads[read]
            self._forget_written()

    def _with_changes(self, found: StoredRoom) -> StoredRoom:
        room = found.room
        bans = {ban.id: ban for ban in found.bans}
        invitations = {invitation.id: invitation for invitation in found.invitations}
        for change in self._changes_of(room):
            match change:
                case SaveLock(locked=locked):
                    room = evolve(room, locked=locked)
                case SaveBan(ban=ban):
                    bans[ban.id] = ban
                case ForgetBan(ban_id=ban_id):
                    bans.pop(ban_id, None)
                case SaveInvitation(invitation=invitation):
                    invitations.setdefault(invitation.id, invitation)
                case ForgetInvitation(invitation_id=invitation_id):
                    invitations.pop(invitation_id, None)
                case _:
                    pass
        clients = filter(self._is_current, found.clients)
        return StoredRoom(
            room, tuple(clients), tuple(bans.values()), tuple(invitations.values())
        )

    def _changes_of(self, room: RoomRecord) -> Iterator[Change]:
        """Yield the changes of a room that an open read may have missed, in their order."""
        written = ((key, change) for key, (_, change) in self._written.items())
        waiting = self._waiting.items() if room.id in self._waiting_by_id else ()
        for (_, id, incarnation, _), change in chain(written, waiting):
            if id == room.id and incarnation == room.incarnation:
                yield change

    def _newest_change(self, key: _Key) -> Change | None:
        if key in self._waiting:
            return self._waiting[key]
        return self._written[key][1] if key in self._written else None

    def _forget_written(self) -> None:
        """Forget the changes that were written before the oldest open read began."""
        began = next(iter(self._open_reads.values()), self._groups_written)
        while self._written:
            key, (group, _) = next(iter(self._written.items()))
            if group > began:
                break
            del self._written[key]

    def _is_current(self, client: ClientRecord) -> bool:
        match self._newest_change(("client", client.id, "", "")):
            case SaveClient(saved, takes_over):
                return not takes_over and saved.node != client.node
            case ForgetClient(_, node):
                return node not in (None, client.node)
            case _:
                return True

    async def flush(self) -> None:
        """Write all changes that wait.

        Raises:
            StoreError: the store failed; the changes not written still wait.
        """
        async with self._write_lock:
            while self._waiting:
                group = dict(islice(self._waiting.items(), _GROUP_SIZE))
                # A room's clients must be saved before the store decides that it is unused.
                await self._store.write(sorted(group.values(), key=_removes_if_unused))
                self._groups_written += 1
                for key, change in group.items():
                    if self._waiting.get(key) is change:
                        self._drop(key)
                    if self._open_reads:
                        self._written.pop(key, None)
                        self._written[key] = self._groups_written, change
                if self._waiting:
                    await asyncio.sleep(0)  # a store in memory never yields to the event loop

    async def run(self) -> None:
        """Write changes until cancelled; retry a failing store at growing intervals."""
        backoff = 0.0
        while True:
            await self._has_work.wait()
            await asyncio.sleep(max(_GROUP_SECONDS, backoff))
            self._has_work.clear()
            try:
                await self.flush()
            except StoreError as error:
                backoff = min(_LONGEST_BACKOFF, backoff * 2 or 0.5)
                _log.warning("can't write to the database, will try again: %s", error)
                self._has_work.set()
            except Exception:
                backoff = _LONGEST_BACKOFF
                _log.exception("a fault in the store, will try again")
                self._has_work.set()
            else:
                if backoff:
                    _log.warning("the database is back")
                backoff = 0.0

    async def finish(self, node: str, seconds: float) -> None:
        """Write all changes and release the lease, within `seconds`; log what was lost."""
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(seconds):
                await self.flush()
                await self._store.release(node)
        if self._waiting:
            _log.error("%d changes could not be written to the database", len(self._waiting))
