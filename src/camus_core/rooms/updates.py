"""Updates: the owner of a room changes its attributes (rules ROOM-1 to ROOM-9)."""

from attrs import define

from ..admission.admission import Admission
from ..admission.permissions import check_role
from ..attempts import Attempt, Attempts, Steps
from ..client_connection import ClientConnection
from ..effects import Effect
from ..events import Received, Timestamp
from ..questions import Failed, HashPassword, PasswordHash, UpdateRoom
from ..rate_limits import LimitedAction, RateLimits
from ..records import RoomRecord, RoomValue, StoredRoom
from ..wire import messages as m
from ..wire.errors import InvalidName, RoomNotFound
from ..wire.messages import UNCHANGED
from ..wire.names import checked_name
from .registry import RoomRegistry
from .room import Room


def changes_of(body: m.UpdateRoomBody) -> dict[str, RoomValue]:
    """Return the new values of the stored attributes, but the hash of a new password.

    Raises:
        InvalidName: See `checked_name`.
    """
    changes: dict[str, RoomValue] = {}
    if body.name is not UNCHANGED:
        try:
            changes["name"] = checked_name(body.name)
        except ValueError as error:
            raise InvalidName(str(error)) from None
    if body.password is None:
        changes["password_hash"] = None
    if body.guest_limit is not UNCHANGED:
        changes["guest_limit"] = body.guest_limit
    if body.public is not UNCHANGED:
        changes["public"] = body.public
    return changes


@define(eq=False)
class RoomUpdates:
    """The request `update-room`.

    The store is changed first, and the room takes over the record that is its answer. So a
    store that fails leaves the room as it is, and servers that change one room at the same
    time don't undo each other's changes.
    """

    rooms: RoomRegistry
    rate_limits: RateLimits
    admission: Admission
    attempts: Attempts

    def update_room(
        self,
        connection: ClientConnection,
        message: m.UpdateRoom,
        request: Received,
        now: Timestamp,
    ) -> list[Effect]:
        """Handle `update-room`, which `request` has brought.

        Raises:
            InvalidName: See `checked_name`.
            RateLimited: The address has set too many passwords, or its rooms take too many of
                the places in the list of rooms.
            RoomNotFound: The operator has deleted the room.
            NotAllowed: The member isn't an owner any more.
            Unavailable: The store failed, or too many passwords wait to be hashed.
        """
        attempt = Attempt(connection, request, now)
        return self.attempts.begin(attempt, self._update(attempt, message))

    def _update(self, attempt: Attempt, message: m.UpdateRoom) -> Steps[None]:
        member, body = attempt.connection.joined_member, message.data
        changes = changes_of(body)
        if isinstance(body.password, str):
            changes["password_hash"] = yield from self._hash(attempt, body.password)
            check_role(member.role, message)  # the operator may have changed it meanwhile
        if changes:
            yield from self._store(attempt, member.room, changes)
        if body.locked is True:
            attempt.effects += member.room.lock(True)
        elif body.locked is False:
            attempt.effects += self.admission.unlock(member.room, attempt.now)
        attempt.effects += attempt.connection.reply(m.Done, None, attempt.reply_to)

    def _hash(self, attempt: Attempt, password: str) -> Steps[str]:
        self.rate_limits.acquire(LimitedAction.SET_PASSWORD, attempt.address, attempt.now)
        answer = yield HashPassword(password)
        if isinstance(answer, Failed):
            self.rate_limits.refund(LimitedAction.SET_PASSWORD, attempt.address)
        hashed = attempt.checked(answer)
        assert isinstance(hashed, PasswordHash)
        return hashed.text

    def _store(
        self, attempt: Attempt, room: Room, changes: dict[str, RoomValue]
    ) -> Steps[None]:
        """Change the record of the room, durably, and tell the members."""
        becomes_public = bool(changes.get("public")) and not room.record.public
        if becomes_public:
            self.rooms.reserve_public(room, attempt.address)
        record = room.record
        answer = yield UpdateRoom(record.id, record.incarnation, changes)
        if becomes_public:
            self.rooms.release_public(room)
        is_there = isinstance(answer, RoomRecord) and self.rooms.is_open(room, answer)
        if isinstance(answer, RoomRecord) and is_there:
            attempt.effects += self.rooms.reconcile(room, StoredRoom(answer), attempt.now)
        attempt.checked(answer)
        if not is_there:
            raise RoomNotFound
