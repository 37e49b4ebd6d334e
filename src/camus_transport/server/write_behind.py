"""Writing behind: what the core wants stored waits here, and is written in groups."""

import asyncio
import logging
import secrets
from collections import Counter
from contextlib import suppress
from itertools import islice

from attrs import evolve

from camus_core.effects import Change, ForgetClient, ForgetRoom, SaveClient, SaveRoom
from camus_core.questions import LookUpRoom
from camus_core.records import (
    ClientId,
    ClientRecord,
    RoomId,
    RoomRecord,
    SessionDigest,
    StoredRoom,
)
from camus_core.store import Store
from camus_core.wire.errors import StoreError

_log = logging.getLogger("camus")

_GROUP_SECONDS = 0.1
"""What comes within this time is written together: one transaction for a storm of joins."""

_MOST_AT_ONCE = 500
_LONGEST_BACKOFF = 30.0

_INCARNATION_BYTES = 16
"""Of a name that no two rooms share: random, as servers that don't know of each other draw."""

_Key = tuple[str, RoomId | ClientId, str]
"""A kind, an id, and the incarnation of a room: what is meant for one is no news of another."""


def _key(change: Change) -> _Key:
    match change:
        case SaveRoom(room):
            return "room", room.id, room.incarnation
        case ForgetRoom(room_id, incarnation):
            return "room", room_id, incarnation
        case SaveClient(client):
            return "client", client.id, ""
        case ForgetClient(client_id):
            return "client", client_id, ""


def _forgets_unused(change: Change) -> bool:
    return isinstance(change, ForgetRoom) and change.if_unused


def new_incarnation() -> str:
    """Return a fresh name for a room that is made."""
    return secrets.token_hex(_INCARNATION_BYTES)


class WriteBehind:
    """The store as the server uses it.

    Changes are written later, in their order, the newest for a record winning; at most
    `limit` wait while the database is away, then the oldest are dropped. A room that is
    created is durable before its creator hears of it.
    """

    def __init__(self, store: Store, limit: int) -> None:
        self._store = store
        self._limit = limit
        self._waiting: dict[_Key, Change] = {}
        self._waiting_of: Counter[str] = Counter()
        self._something = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    def __len__(self) -> int:
        """Return how many changes wait."""
        return len(self._waiting)

    def add(self, change: Change) -> None:
        """Have a change written soon."""
        key = _key(change)
        self._drop(key)
        self._waiting[key] = change
        self._waiting_of[key[1]] += 1
        if len(self._waiting) > self._limit:
            self._drop(next(iter(self._waiting)))
        self._something.set()

    def _drop(self, key: _Key) -> None:
        if self._waiting.pop(key, None) is not None:
            self._waiting_of[key[1]] -= 1
            if not self._waiting_of[key[1]]:
                del self._waiting_of[key[1]]

    async def look_up(self, question: LookUpRoom) -> StoredRoom | None:
        """Return the room, made now if the question says so.

        Raises:
            StoreError: the store failed.
        """
        if question.room_id in self._waiting_of:  # it is to be written first
            await self.flush()
        found = await self._store.find_room(question.room_id)
        if found is not None or question.if_absent is None:
            return self._without_old_news(found)
        made = evolve(question.if_absent, incarnation=new_incarnation())
        try:
            if await self._store.create_room(made):
                return StoredRoom(made)
        except StoreError:
            self.forget_attempt(made)
            raise
        found = await self._store.find_room(question.room_id)  # another server was faster
        return self._without_old_news(found)

    def forget_attempt(self, made: RoomRecord) -> None:
        """Forget a room that may have been made, though the store failed: nobody watches it.

        Somebody else may have found it, and be in it: then it stays.
        """
        self.add(ForgetRoom(made.id, made.incarnation, if_unused=True))

    async def find_session(self, digest: SessionDigest) -> StoredRoom | None:
        """Return the room of the client that has this digest.

        Raises:
            StoreError: the store failed.
        """
        return self._without_old_news(await self._store.find_session(digest))

    def _without_old_news(self, found: StoredRoom | None) -> StoredRoom | None:
        """Put in what the store has yet to be told of the room, and leave out those clients of
        whom it has to be told something.
        """
        if found is None:
            return None
        room = found.room
        waiting = self._waiting.get(("room", room.id, room.incarnation))
        if isinstance(waiting, SaveRoom):
            room = evolve(room, locked=waiting.room.locked, bans=waiting.room.bans)
        return StoredRoom(room, tuple(filter(self._is_news, found.clients)))

    def _is_news(self, client: ClientRecord) -> bool:
        match self._waiting.get(("client", client.id, "")):
            case SaveClient(saved, takes_over):
                return not takes_over and saved.node != client.node
            case ForgetClient(_, node):
                return node not in (None, client.node)
            case _:
                return True

    async def flush(self) -> None:
        """Write what waits now.

        Raises:
            StoreError: the store failed; what was not written waits on.
        """
        async with self._one_at_a_time:
            while self._waiting:
                group = dict(islice(self._waiting.items(), _MOST_AT_ONCE))
                # Whether a room is unused tell the clients that are saved with it.
                await self._store.write(sorted(group.values(), key=_forgets_unused))
                for key, change in group.items():
                    if self._waiting.get(key) is change:
                        self._drop(key)
                if self._waiting:
                    await asyncio.sleep(0)  # a store in memory waits for nothing

    async def run(self) -> None:
        """Write until cancelled; a store that fails is tried again, ever more slowly."""
        backoff = 0.0
        while True:
            await self._something.wait()
            await asyncio.sleep(max(_GROUP_SECONDS, backoff))
            self._something.clear()
            try:
                await self.flush()
            except StoreError as error:
                backoff = min(_LONGEST_BACKOFF, backoff * 2 or 0.5)
                _log.warning("can't write to the database, will try again: %s", error)
                self._something.set()
            except Exception:
                backoff = _LONGEST_BACKOFF
                _log.exception("a fault in the store, will try again")
                self._something.set()
            else:
                if backoff:
                    _log.warning("the database is back")
                backoff = 0.0

    async def finish(self, node: str, seconds: float) -> None:
        """Write what waits, and that the run has ended, for at most this time; say what was
        lost.
        """
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(seconds):
                await self.flush()
                await self._store.release(node)
        if self._waiting:
            _log.error("%d changes could not be written to the database", len(self._waiting))
