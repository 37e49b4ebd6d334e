"""What a client may ask wherever it is: for a new room, and which rooms there are."""

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
    """Makes and lists rooms; with `guests` also for those who don't show who they are."""

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
        """A client asks for a new room.

        Raises:
            InvalidName: see `checked_name`.
            NotAllowed: guests may not make rooms, and this is one, or its token is for others.
            Unavailable: there are as many rooms as there may be.
            RateLimited: see `Rooms.count_new`.
        """
        if body.name is not None:
            try:
                checked_name(body.name)
            except ValueError as error:
                raise InvalidName(str(error)) from None
        if body.token is not None:
            return [Ask(connection.id, event, Identify(body.token))]
        if connection.member is None:
            connection.reset_identity()  # that of a join which was refused
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
        """A client asks which rooms there are."""
        return [Ask(connection.id, event, ListPublicRooms(self.limits.rooms_listed))]

    def handle_answer(
        self,
        connection: ClientConnection | None,
        event: Answered,
        about: Received,
        now: Timestamp,
    ) -> list[Effect]:
        """Tell who asked, if its connection is still there; `about` is the request.

        Raises:
            NameTaken: there is a room of this name already.
            NotAllowed: the token is not good.
            Unavailable: the store failed.
            RateLimited: see `Rooms.count_new`.
        """
        question = event.question
        effects: list[Effect] = []
        if isinstance(question, CreateRoomRecord):
            effects = self._count(question, event.answer, now)
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
            told: m.Message = m.RoomCreated(
                connection.client_id, body, GROUND_CONTROL, reply_to=id
            )
        else:
            assert isinstance(answer, Sequence)
            listed = tuple(map(self._listed, answer))
            told = m.Rooms(connection.client_id, listed, GROUND_CONTROL, reply_to=id)
        return [*effects, *connection.tell(told)]

    def _count(
        self, question: CreateRoomRecord, answer: Answer, now: Timestamp
    ) -> list[Effect]:
        """Watch a room that was made; a try costs its address something, a failure nothing."""
        if isinstance(answer, Failed):
            self.rooms.undo_creation(question.address, question.room.public)
        elif isinstance(answer, CreatedRoom):
            room = self.rooms.occupied(answer.room.id)
            if room is not None:  # of a room that somebody else has deleted
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
