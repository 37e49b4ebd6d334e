"""Answers to what the core asks: from the store, and of passwords."""

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
    Failed,
    FindSession,
    Identify,
    ListPublicRooms,
    LookUpRoom,
    Question,
)
from camus_core.records import RoomId, RoomRecord, digest
from camus_core.store import Store
from camus_core.wire.errors import NotAllowed, StoreError, StoreUnavailable
from camus_core.wire.messages import CreateRoomBody
from camus_core.wire.names import checked_name

from ..logs import RateLimitedLog, log_silent_fault
from .write_behind import WriteBehind, new_incarnation

Result = TypeVar("Result")

TokenReader = Callable[[str], Identity]
"""Tells whose a token is, or raises `NotAllowed`."""

_LONGEST_SLUG = 64

_RETRIED_WITHIN = 60.0
"""Seconds for which a room that may have been made waits for its maker: longer than a
database is away that starts again, and `unavailable` says to come back after 5."""

_ATTEMPTS = 1_000
"""Rooms that may have been made and are remembered; more, and the oldest is forgotten. A
client has one request in hand, and the store refuses when 1,000 wait."""

_Wish = tuple[str | None, CreateRoomBody]
"""An address, and what was wished for there."""

_RANDOM_ID_BYTES = 8
"""Of a room whose name gives none: who isn't told it doesn't find it."""


def slug_of(name: str) -> RoomId | None:
    """Return the id of a room with this name; None when no letter or digit is in it."""
    slug = slugify(name, max_length=_LONGEST_SLUG)
    return RoomId(slug) if slug else None


@frozen
class _Attempt:
    """A try to make a room of which nobody knows whether it was carried out."""

    made: CreatedRoom
    ends: asyncio.TimerHandle


class Answers:
    """Finds what the core can't know.

    scrypt takes its time on purpose: it runs in one thread, in which at most `password_checks`
    wait, so that guessing takes no time from anybody's call.

    A room that may have been made though the store failed is for whoever asks for the same
    from the same address within `_RETRIED_WITHIN`, and is forgotten then.
    """

    def __init__(
        self,
        store: Store,
        writing: WriteBehind,
        password_checks: int,
        tokens: TokenReader | None = None,
    ) -> None:
        self._store = store
        self._write_behind = writing
        self._most_waiting = password_checks
        self._read_token = tokens
        self._waiting = 0
        self._attempts: dict[_Wish, _Attempt] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="camus-passwords")

    def close(self) -> None:
        """End the thread; what it does at the moment it ends by itself.

        Rooms that may have been made are watched by whoever starts next on the database.
        """
        for attempt in self._attempts.values():
            attempt.ends.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def find(self, question: Question) -> Answer:
        """Return the answer.

        Raises:
            StoreError: the store failed, or too many passwords wait already.
        """
        match question:
            case LookUpRoom():
                return await self._write_behind.look_up(question)
            case Identify(token):
                return self._identify(token)
            case FindSession(session):
                return await self._write_behind.find_session(session)
            case CheckPassword(password, room):
                assert room.password_hash is not None
                return await self._off_the_loop(verify_password, password, room.password_hash)
            case CreateRoomRecord():
                return await self._create(question)
            case ListPublicRooms(limit):
                return await self._store.list_rooms(public=True, limit=limit)
            case _:
                assert_never(question)

    def _identify(self, token: str) -> Identity | NotAllowed | Failed:
        if self._read_token is None:
            return NotAllowed("this server takes no tokens")
        try:
            return self._read_token(token)
        except NotAllowed as refusal:
            return refusal
        except Exception as error:
            log_silent_fault("the token reader", error)
            return Failed("the token reader failed")

    async def _create(self, question: CreateRoomRecord) -> CreatedRoom | NotAllowed | None:
        room_id = slug_of(question.room.name or "")
        room_id = room_id or RoomId(secrets.token_hex(_RANDOM_ID_BYTES))
        if question.allowed_ids is not None and room_id not in question.allowed_ids:
            return NotAllowed(TOKEN_FOR_OTHER_ROOMS)
        wish = question.address, evolve(question.room, token=None)
        attempt = self._attempts.pop(wish, None)
        if attempt is not None:
            attempt.ends.cancel()
        made = attempt.made if attempt is not None else await self._new_room(question, room_id)
        try:
            if await self._store.create_room(made.room):
                return made
            if attempt is None:
                return None
            found = await self._store.find_room(made.room.id)
        except StoreError:
            self._remember(wish, made)
            raise
        done = found is not None and found.room.incarnation == made.room.incarnation
        return made if done else None

    def _remember(self, wish: _Wish, made: CreatedRoom) -> None:
        if wish in self._attempts:  # two asked for the same at once
            self._give_up(wish)
        elif len(self._attempts) == _ATTEMPTS:
            self._give_up(next(iter(self._attempts)))
        loop = asyncio.get_running_loop()
        ends = loop.call_later(_RETRIED_WITHIN, self._give_up, wish)
        self._attempts[wish] = _Attempt(made, ends)

    def _give_up(self, wish: _Wish) -> None:
        attempt = self._attempts.pop(wish)
        attempt.ends.cancel()
        self._write_behind.forget_attempt(attempt.made.room)

    async def _new_room(self, question: CreateRoomRecord, room_id: RoomId) -> CreatedRoom:
        wish = question.room
        name = room_id if wish.name is None else checked_name(wish.name)
        hashed = None
        if wish.password is not None:
            salt = secrets.token_bytes(16)
            hashed = await self._off_the_loop(hash_password, wish.password, salt)
        token = secrets.token_hex(32)
        record = RoomRecord(
            room_id,
            name,
            question.created_at,
            wish.public,
            hashed,
            wish.guest_limit,
            question.empty_for,
            digest(token),
            incarnation=new_incarnation(),
        )
        return CreatedRoom(record, token)

    async def _off_the_loop(self, work: Callable[..., Result], *arguments: object) -> Result:
        if self._waiting >= self._most_waiting:
            raise StoreUnavailable(f"{self._waiting} passwords wait to be checked already")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, work, *arguments)
        finally:
            self._waiting -= 1


async def answered(answers: Answers, ask: Ask, failures: RateLimitedLog) -> Answered:
    """Return the answer to a question as the event for the core; a failure is logged too."""
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
    return Answered(ask.connection, ask.about, ask.question, answer)
