"""The directory: clients create rooms, and list the public ones."""

from collections.abc import Sequence

from attrs import define

from ..admission.permissions import TOKEN_FOR_OTHER_ROOMS, creatable_rooms
from ..attempts import Attempt, Attempts, Steps
from ..client_connection import ClientConnection
from ..effects import Effect
from ..events import Received, Timestamp
from ..limits import Limits
from ..questions import CreatedRoom, CreateRoomRecord, Failed, ListPublicRooms
from ..records import NetworkAddress, RoomRecord, StoredRoom
from ..wire import messages as m
from ..wire.errors import InvalidName, MalformedMessage, NameTaken, NotAllowed
from ..wire.names import checked_name
from .registry import RoomRegistry


@define(eq=False)
class Directory:
    """The requests `create-room` and `list-rooms`, from a member or outside of rooms.

    With `guests`, clients without an identity may create rooms too.
    """

    limits: Limits
    guests: bool
    rooms: RoomRegistry
    attempts: Attempts

    def create_room(
        self,
        connection: ClientConnection,
        message: m.CreateRoom,
        request: Received,
        now: Timestamp,
    ) -> list[Effect]:
        """Handle `create-room`, which `request` has brought.

        Raises:
            InvalidName: See `checked_name`.
            MalformedMessage: The times of the room make no sense.
            NameTaken: There is a room with this name already.
            NotAllowed: The client is a guest client and these may not create rooms, or its
                token is invalid or names other rooms.
            Unavailable: The store failed, or there are as many rooms as there may be.
            RateLimited: See `RoomRegistry.count_creation`.
        """
        attempt = Attempt(connection, request, now)
        return self.attempts.begin(attempt, self._create(attempt, message.data))

    def list_rooms(
        self,
        connection: ClientConnection,
        message: m.ListRooms,
        request: Received,
        now: Timestamp,
    ) -> list[Effect]:
        """Handle `list-rooms`, which `request` has brought.

        Raises:
            Unavailable: The store failed.
        """
        attempt = Attempt(connection, request, now)
        return self.attempts.begin(attempt, self._list(attempt))

    def _create(self, attempt: Attempt, body: m.CreateRoomBody) -> Steps[None]:
        connection, address = attempt.connection, attempt.address
        if body.name is not None:
            try:
                checked_name(body.name)
            except ValueError as error:
                raise InvalidName(str(error)) from None
        self._check_times(body, attempt.now)
        identity = None
        if body.token is not None:
            identity = yield from attempt.identify(body.token)
        elif connection.member is None:
            connection.reset_identity()  # forget that of a `join` which was refused
        allowed_ids = creatable_rooms(connection, identity, self.guests)
        if allowed_ids is not None and body.name is None:
            raise NotAllowed(TOKEN_FOR_OTHER_ROOMS)
        is_public = bool(body.public)
        self.rooms.count_creation(address, attempt.now, is_public)
        created_at = self.rooms.wall.at(attempt.now)
        answer = yield CreateRoomRecord(
            body, created_at, self.limits.room_empty_for, address, allowed_ids
        )
        if isinstance(answer, CreatedRoom):
            attempt.effects += self._open(answer.room, address, attempt.now)
        elif isinstance(answer, Failed):
            self.rooms.undo_creation(address, is_public)
        else:  # the attempt stays charged
            self.rooms.uncount_creation(address, is_public)
        created = attempt.checked(answer)
        if not isinstance(created, CreatedRoom):
            raise NameTaken
        reply = m.RoomCreatedBody(created.room.id, created.owner_token)
        attempt.effects += connection.reply(m.RoomCreated, reply, attempt.reply_to)

    def _check_times(self, body: m.CreateRoomBody, now: Timestamp) -> None:
        """Check when the room opens and ends.

        Raises:
            MalformedMessage: It ends before it opens, or has ended already; or one of these
                times is too far away.
        """
        opens, ends = body.not_before, body.expires
        wall_time = self.rooms.wall.at(now)
        latest = wall_time + self.limits.room_schedule_seconds
        if ends is not None and ends <= wall_time:
            raise MalformedMessage("$.data.expires is in the past")
        if ends is not None and opens is not None and ends <= opens:
            raise MalformedMessage("$.data.expires is not after $.data.not_before")
        if max(opens or 0, ends or 0) > latest:
            seconds = self.limits.room_schedule_seconds
            raise MalformedMessage(f"a time of the room is more than {seconds:g} s away")

    def _open(
        self, record: RoomRecord, creator: NetworkAddress | None, now: Timestamp
    ) -> list[Effect]:
        """Watch a room that was just created."""
        room = self.rooms.occupied(record.id)
        if room is not None:  # an operator has deleted it while it had members
            return self.rooms.reconcile(room, StoredRoom(record), now, creator)
        self.rooms.open(StoredRoom(record), now, creator)
        return []

    def _list(self, attempt: Attempt) -> Steps[None]:
        records = attempt.checked((yield ListPublicRooms(self.limits.rooms_listed)))
        assert isinstance(records, Sequence)
        there = (one for one in records if not self.rooms.has_expired(one, attempt.now))
        listed = tuple(map(self._listed, there))
        attempt.effects += attempt.connection.reply(m.Rooms, listed, attempt.reply_to)

    def _listed(self, record: RoomRecord) -> m.ListedRoom:
        room = self.rooms.occupied(record.id)
        return m.ListedRoom(
            record.id,
            record.name,
            0 if room is None else len(room.members),
            self.rooms.guest_limit(record),
            record.password_hash is not None,
        )
