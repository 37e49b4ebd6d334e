"""Answers to the core's questions: from the store, the token reader, and password checks."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, assert_never

from attrs import evolve, frozen
from slugify import slugify

from camus_core.admission.identity import Identity
from camus_core.admission.passwords import hash_password, verify_password
from camus_core.admission.permissions import TOKEN_FOR_OTHER_ROOMS
from camus_core.effects import Ask
from camus_core.events import Answered
from camus_core.questions import (
    Answer,
    CheckPassword,
    CreatedRoom,
    CreateRoomRecord,
    DrawSecret,
    Failed,
    FindSession,
    HashPassword,
    Identify,
    ListPublicRooms,
    LookUpRoom,
    MakeSlug,
    PasswordHash,
    Question,
    Secret,
    Slug,
    UpdateRoom,
    UseInvitation,
)
from camus_core.records import RoomId, RoomRecord, digest
from camus_core.store import Store
from camus_core.wire.errors import NotAllowed, Refusal, StoreError, StoreUnavailable
from camus_core.wire.messages import CreateRoomBody
from camus_core.wire.names import checked_name

from ..logs import RateLimitedLog, log_fault_without_text
from .write_behind import WriteBehind, new_incarnation

Result = TypeVar("Result")

TokenReader = Callable[[str], Identity]
"""A function that returns the identity proved by a join token, or raises `NotAllowed`."""

_LONGEST_SLUG = 64
"""Characters of a room id made from a name: a URL that can still be read and typed."""

_RETRY_SECONDS = 60.0
"""Seconds for which a room that may have been created is kept for its creator's next request:
longer than the restart of a database takes. `unavailable` tells clients to retry after 5 s.
"""

_MAX_ATTEMPTS = 1_000
"""Rooms kept for a retry; the oldest is forgotten for one more. As many requests may wait in a
store, and each client has one open request at most.
"""

_RequestKey = tuple[str | None, CreateRoomBody]
"""The requester's network address, and the room that was requested."""

_RANDOM_ID_BYTES = 8
"""The length of the id of a room without a usable name: it can't be guessed."""


def slug_of(name: str) -> RoomId | None:
    """Return the id of a room with this name; None if the name has no letter or digit."""
    slug = slugify(name, max_length=_LONGEST_SLUG)
    return RoomId(slug) if slug else None


def _time(seconds: float | None) -> float | None:
    return None if seconds is None else float(seconds)


@frozen
class _Attempt:
    """An attempt to create a room whose outcome is unknown, because the store failed."""

    created: CreatedRoom
    expiry: asyncio.TimerHandle


class Answers:
    """The answers to the core's questions.

    scrypt is slow on purpose. It runs in one thread, for which at most `password_checks`
    calls wait, so that guessing passwords takes no time from the event loop.

    A store that fails may have created the room all the same. Such a room is kept for
    `_RETRY_SECONDS`: the same request from the same address gets it; otherwise it is removed.
    """

    def __init__(
        self,
        store: Store,
        write_behind: WriteBehind,
        password_checks: int,
        tokens: TokenReader | None = None,
    ) -> None:
        self._store = store
        self._write_behind = write_behind
        self._max_waiting = password_checks
        self._read_token = tokens
        self._waiting = 0
        self._attempts: dict[_RequestKey, _Attempt] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="camus-passwords")

    def close(self) -> None:
        """Stop the thread after the call that it runs, if any.

        Rooms of unknown outcome stay in the store; the next server on it loads and watches
        them.
        """
        for attempt in self._attempts.values():
            attempt.expiry.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def find(self, question: Question) -> Answer:
        """Return the answer to a question.

        Raises:
            StoreError: the store failed, or too many password checks wait.
        """
        match question:
            case LookUpRoom():
                return await self._write_behind.look_up(question)
            case Identify(token):
                return self._identify(token)
            case MakeSlug(name):
                return Slug(slug_of(name))
            case FindSession(session_digest):
                return await self._write_behind.find_session(session_digest)
            case CheckPassword(password, password_hash):
                return await self._in_thread(verify_password, password, password_hash)
            case HashPassword(password):
                return PasswordHash(await self.hash_password(password))
            case CreateRoomRecord():
                return await self._create(question)
            case ListPublicRooms(limit):
                return await self._store.list_rooms(public=True, limit=limit)
            case UpdateRoom():
                return await self._write_behind.update_room(question)
            case DrawSecret():
                return Secret(secrets.token_hex(32))
            case UseInvitation():
                return await self._write_behind.use_invitation(question)
            case _:
                assert_never(question)

    def _identify(self, token: str) -> Identity | Refusal | Failed:
        if self._read_token is None:
            return NotAllowed("this server takes no tokens").refusal()
        try:
            return self._read_token(token)
        except NotAllowed as error:
            return error.refusal()
        except Exception as error:
            log_fault_without_text("the token reader", error)
            return Failed("the token reader failed")

    async def _create(self, question: CreateRoomRecord) -> CreatedRoom | Refusal | None:
        room_id = slug_of(question.room.name or "")
        room_id = room_id or RoomId(secrets.token_hex(_RANDOM_ID_BYTES))
        if question.allowed_ids is not None and room_id not in question.allowed_ids:
            return NotAllowed(TOKEN_FOR_OTHER_ROOMS).refusal()
        key = question.address, evolve(question.room, token=None)
        attempt = self._attempts.pop(key, None)
        if attempt is None:
            created = await self._make_room(question, room_id)
        else:
            attempt.expiry.cancel()
            created = attempt.created
        try:
            # The room that had this id before may have ended just now.
            await self._write_behind.write_changes_of(created.room.id)
            if await self._store.create_room(created.room):
                return created
            if attempt is None:
                return None
            found = await self._store.find_room(created.room.id)
        except StoreError:
            self._remember_attempt(key, created)
            raise
        was_created = found is not None and found.room.incarnation == created.room.incarnation
        return created if was_created else None

    def _remember_attempt(self, key: _RequestKey, created: CreatedRoom) -> None:
        if key in self._attempts:  # two requests for the same room failed together
            self._forget_attempt(key)
        elif len(self._attempts) == _MAX_ATTEMPTS:
            self._forget_attempt(next(iter(self._attempts)))
        loop = asyncio.get_running_loop()
        expiry = loop.call_later(_RETRY_SECONDS, self._forget_attempt, key)
        self._attempts[key] = _Attempt(created, expiry)

    def _forget_attempt(self, key: _RequestKey) -> None:
        attempt = self._attempts.pop(key)
        attempt.expiry.cancel()
        self._write_behind.forget_attempt(attempt.created.room)

    async def _make_room(self, question: CreateRoomRecord, room_id: RoomId) -> CreatedRoom:
        wanted = question.room
        name = room_id if wanted.name is None else checked_name(wanted.name)
        hashed = None
        if wanted.password is not None:
            hashed = await self.hash_password(wanted.password)
        token = secrets.token_hex(32)
        record = RoomRecord(
            room_id,
            name,
            question.created_at,
            bool(wanted.public),
            hashed,
            wanted.guest_limit,
            question.empty_for,
            digest(token),
            bool(wanted.locked),
            starts_locked=bool(wanted.locked),
            not_before=_time(wanted.not_before),
            expires=_time(wanted.expires),
            encrypted=bool(wanted.encrypted),
            incarnation=new_incarnation(),
        )
        return CreatedRoom(record, token)

    async def hash_password(self, password: str) -> str:
        """Return the hash of a password, with a fresh salt.

        Raises:
            StoreError: too many passwords wait already.
        """
        return await self._in_thread(hash_password, password, secrets.token_bytes(16))

    async def _in_thread(self, work: Callable[..., Result], *arguments: object) -> Result:
        if self._waiting >= self._max_waiting:
            raise StoreUnavailable(f"{self._waiting} passwords already wait to be checked")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, work, *arguments)
        finally:
            self._waiting -= 1


async def answer_question(answers: Answers, ask: Ask, failures: RateLimitedLog) -> Answered:
    """Return the answer to a question as an event for the core, and log a failure."""
    answer: Answer
    name = type(ask.question).__name__
    try:
        answer = await answers.find(ask.question)
    except StoreError as error:
        failures.add(f"no answer to {name}: {error}")
        answer = Failed(str(error))
    except Exception as error:
        failures.add(f"a fault in the store, at {name}: {error}", error)
        answer = Failed(str(error))
    return Answered(ask.connection, answer)
