"""The directory: clients create rooms, and list the public ones."""

from collections.abc import Sequence

from attrs import define

from ..admission.identity import Identity
from ..admission.permissions import TOKEN_FOR_OTHER_ROOMS, creatable_rooms
from ..client_connection import ClientConnection
from ..effects import Ask, Effect
from ..events import Answered, Received, Timestamp
from ..limits import Limits
from ..questions import Answer, CreatedRoom, CreateRoomRecord, Failed, Identify, ListPublicRooms
from ..records import RoomRecord
from ..wire import messages as m
from ..wire.errors import InvalidName, NameTaken, NotAllowed
from ..wire.messages import GROUND_CONTROL
from ..wire.names import checked_name
from .registry import RoomRegistry, checked_answer


@define(eq=False)
class Directory:
    """The requests `create-room` and `list-rooms`, from a member or outside of rooms.

    With `guests`, clients without an identity may create rooms too.
    """

    limits: Limits
    guests: bool
    rooms: RoomRegistry

    def create_room(
        self,
        connection: ClientConnection,
        event: Received,
        body: m.CreateRoomBody,
        now: Timestamp,
    ) -> list[Effect]:
        """Handle `create-room`.

        Raises:
            InvalidName: See `checked_name`.
            NotAllowed: The client is a guest client and these may not create rooms, or its
                token names other rooms.
            Unavailable: There are as many rooms as there may be.
            RateLimited: See `RoomRegistry.count_creation`.
        """
        if body.name is not None:
            try:
                checked_name(body.name)
            except ValueError as error:
                raise InvalidName(str(error)) from None
        if body.token is not None:
            return [Ask(connection.id, event, Identify(body.token))]
        if connection.member is None:
            connection.reset_identity()  # forget that of a `join` which was refused
        return self._create(connection, event, body, None, now)

    def _create(
        self,
        connection: ClientConnection,
        event: Received,
        body: m.CreateRoomBody,
        identity: Identity | None,
        now: Timestamp,
    ) -> list[Effect]:
        allowed_ids = creatable_rooms(connection, identity, self.guests)
        if allowed_ids is not None and body.name is None:
            raise NotAllowed(TOKEN_FOR_OTHER_ROOMS)
        address = connection.handshake.address
        self.rooms.count_creation(address, now, body.public)
        created_at = self.rooms.wall.at(now)
        create = CreateRoomRecord(
            body, created_at, self.limits.room_empty_for, address, allowed_ids
        )
        return [Ask(connection.id, event, create)]

    def list_rooms(self, connection: ClientConnection, event: Received) -> list[Effect]:
        """Handle `list-rooms`."""
        return [Ask(connection.id, event, ListPublicRooms(self.limits.rooms_listed))]

    def handle_answer(
        self,
        connection: ClientConnection | None,
        event: Answered,
        about: Received,
        now: Timestamp,
    ) -> list[Effect]:
        """Go on with a request after an answer, and reply if the connection is still open.

        Raises:
            NameTaken: There is a room with this name already.
            NotAllowed: The token is invalid, or names other rooms.
            Unavailable: The store failed, or there are as many rooms as there may be.
            RateLimited: See `RoomRegistry.count_creation`.
        """
        question = event.question
        effects: list[Effect] = []
        if isinstance(question, CreateRoomRecord):
            effects = self._settle(question, event.answer, now)
        answer = checked_answer(event.answer)
        if connection is None:
            return effects
        id = about.message.id if isinstance(about.message, m.Message) else None
        if isinstance(about.message, m.CreateRoom) and isinstance(question, Identify):
            assert isinstance(answer, Identity)
            return self._create(connection, about, about.message.data, answer, now)
        if isinstance(question, CreateRoomRecord):
            if not isinstance(answer, CreatedRoom):
                raise NameTaken
            body = m.RoomCreatedBody(answer.room.id, answer.owner_token)
            reply: m.Message = m.RoomCreated(
                connection.client_id, body, GROUND_CONTROL, reply_to=id
            )
        else:
            assert isinstance(answer, Sequence)
            listed = tuple(map(self._listed, answer))
            reply = m.Rooms(connection.client_id, listed, GROUND_CONTROL, reply_to=id)
        return [*effects, *connection.tell(reply)]

    def _settle(
        self, question: CreateRoomRecord, answer: Answer, now: Timestamp
    ) -> list[Effect]:
        """Charge the address for the attempt, unless the store failed, and watch a new room."""
        if isinstance(answer, Failed):
            self.rooms.undo_creation(question.address, question.room.public)
        elif isinstance(answer, CreatedRoom):
            room = self.rooms.occupied(answer.room.id)
            if room is not None:  # an operator has deleted it while it had members
                return self.rooms.reconcile(room, answer.room, now, question.address)
            self.rooms.open(answer.room, now, question.address)
        else:
            self.rooms.uncount_creation(question.address, question.room.public)
        return []

    def _listed(self, record: RoomRecord) -> m.ListedRoom:
        room = self.rooms.occupied(record.id)
        return m.ListedRoom(
            record.id,
            record.name,
            0 if room is None else len(room.members),
            self.rooms.guest_limit(record),
            record.password_hash is not None,
        )
