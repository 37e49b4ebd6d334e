"""What a client may ask wherever it is: for a new room, and which rooms there are."""

from collections.abc import Sequence

from attrs import define

from ..admission.identity import Identity
from ..admission.permissions import FOR_OTHER_ROOMS, rooms_to_make
from ..client_connection import Connection
from ..effects import Ask, Effect
from ..events import Answered, Received, Timestamp
from ..limits import Limits
from ..questions import Answer, Created, CreateRoom, Failed, Identify, ListRooms
from ..records import RoomRecord
from ..wire import messages as m
from ..wire.errors import InvalidName, NameTaken, NotAllowed
from ..wire.messages import GROUND_CONTROL
from ..wire.names import checked_name
from .registry import Rooms, known


@define(eq=False)
class Lobby:
    """Makes and lists rooms; with `guests` also for those who don't show who they are."""

    limits: Limits
    guests: bool
    rooms: Rooms

    def create_room(
        self, connection: Connection, event: Received, wish: m.CreateRoomBody, now: Timestamp
    ) -> list[Effect]:
        """A client asks for a new room.

        Raises:
            InvalidName: see `checked_name`.
            NotAllowed: guests may not make rooms, and this is one, or its token is for others.
            Unavailable: there are as many rooms as there may be.
            RateLimited: see `Rooms.count_new`.
        """
        if wish.name is not None:
            try:
                checked_name(wish.name)
            except ValueError as error:
                raise InvalidName(str(error)) from None
        if wish.token is not None:
            return [Ask(connection.id, event, Identify(wish.token))]
        if connection.member is None:
            connection.forget_token()  # that of a join which was refused
        return self._create(connection, event, wish, None, now)

    def _create(
        self,
        connection: Connection,
        event: Received,
        wish: m.CreateRoomBody,
        shown: Identity | None,
        now: Timestamp,
    ) -> list[Effect]:
        only = rooms_to_make(connection, shown, self.guests)
        if only is not None and wish.name is None:
            raise NotAllowed(FOR_OTHER_ROOMS)
        address = connection.came.address
        self.rooms.count_new(address, now, wish.public)
        created_at = self.rooms.wall.at(now)
        create = CreateRoom(wish, created_at, self.limits.room_empty_for, address, only)
        return [Ask(connection.id, event, create)]

    def list_rooms(self, connection: Connection, event: Received) -> list[Effect]:
        """A client asks which rooms there are."""
        return [Ask(connection.id, event, ListRooms(self.limits.rooms_listed))]

    def answered(
        self, connection: Connection | None, event: Answered, about: Received, now: Timestamp
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
        if isinstance(question, CreateRoom):
            effects = self._count(question, event.answer, now)
        answer = known(event.answer)
        if connection is None:
            return effects
        id = about.message.id if isinstance(about.message, m.Message) else None
        if isinstance(about.message, m.CreateRoom) and isinstance(question, Identify):
            assert isinstance(answer, Identity)
            return self._create(connection, about, about.message.data, answer, now)
        if isinstance(question, CreateRoom):
            if not isinstance(answer, Created):
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

    def _count(self, question: CreateRoom, answer: Answer, now: Timestamp) -> list[Effect]:
        """Watch a room that was made; a try costs its address something, a failure nothing."""
        if isinstance(answer, Failed):
            self.rooms.give_back(question.asker, question.room.public)
        elif isinstance(answer, Created):
            room = self.rooms.live(answer.room.id)
            if room is not None:  # of a room that somebody else has deleted
                return self.rooms.found(room, answer.room, now, question.asker)
            self.rooms.open(answer.room, now, question.asker)
        else:
            self.rooms.uncount(question.asker, question.room.public)
        return []

    def _listed(self, record: RoomRecord) -> m.ListedRoom:
        room = self.rooms.live(record.id)
        return m.ListedRoom(
            record.id,
            record.name,
            0 if room is None else len(room.members),
            self.rooms.guest_limit(record),
            record.password is not None,
        )
