"""The operator's orders about whole rooms, which the store has to carry out as well."""

from collections.abc import Callable

from camus_core.effects import Effect
from camus_core.events import Timestamp
from camus_core.questions import UpdateRoom
from camus_core.records import RoomId
from camus_core.rooms.updates import changes_of
from camus_core.router import Router
from camus_core.wire.errors import RoomNotFound
from camus_core.wire.messages import (
    GROUND_CONTROL,
    EndRoom,
    EndRoomBody,
    Lock,
    LockBody,
    UpdateRoomBody,
)

from .answers import Answers
from .write_behind import WriteBehind

Decide = Callable[[str, Callable[[Timestamp], list[Effect]]], None]
"""A function that has the router decide, and carries out the effects. It is given a description
for the log, and the decision."""


class RoomOrders:
    """Changes and ends rooms, with members or without."""

    def __init__(
        self, router: Router, write_behind: WriteBehind, answers: Answers, decide: Decide
    ) -> None:
        self._router = router
        self._write_behind = write_behind
        self._answers = answers
        self._decide = decide

    async def update(self, room_id: RoomId, changes: UpdateRoomBody) -> None:
        """Change a room, and tell its members. The changes are durable when this returns.

        `locked` changes a room with members only, because the lock ends with the last one.

        Raises:
            RoomNotFound: there is no such room.
            InvalidName: the new name isn't one.
            StoreError: the database failed, and the room is unchanged here; or too many
                passwords wait to be hashed.
            Unavailable: a fault in the server.
        """
        values = changes_of(changes)
        record = (await self._write_behind.find_room(room_id)).room
        if isinstance(changes.password, str):
            values["password_hash"] = await self._answers.hash_password(changes.password)
        if values:
            question = UpdateRoom(record.id, record.incarnation, values)
            updated = await self._write_behind.update_room(question)
            if updated is None:
                raise RoomNotFound
            self._decide("a new record", lambda now: self._router.take_over(updated, now))
        if isinstance(changes.locked, bool) and self._router.roster(room_id):
            lock = Lock(GROUND_CONTROL, LockBody(changes.locked))
            self._decide("a lock", lambda now: self._router.order(room_id, lock, now))

    async def end(self, room_id: RoomId, reason: str | None = None) -> None:
        """End a room for everyone.

        Args:
            reason: 1 to 200 characters, which members and waiting clients are told.

        Raises:
            RoomNotFound: there is no such room.
            ValueError: the reason has another length.
            StoreError: the database failed, and the room goes on.
            Unavailable: a fault in the server.
        """
        order = EndRoom(GROUND_CONTROL, EndRoomBody(reason))
        if self._router.roster(room_id):
            self._decide("the end", lambda now: self._router.order(room_id, order, now))
            return
        record = (await self._write_behind.find_room(room_id)).room
        self._decide("the end", lambda now: self._router.end_room(record, reason, now))
