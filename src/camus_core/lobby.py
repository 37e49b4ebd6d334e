"""What a client may ask wherever it is: for a new room, and which rooms there are."""

from collections.abc import Sequence

from attrs import define

from . import messages as m
from .connection import Connection
from .effects import Ask, Effect
from .errors import InvalidName, NameTaken
from .events import Answered, Received, Timestamp
from .limits import Limits
from .messages import GROUND_CONTROL
from .names import checked_name
from .questions import Created, CreateRoom, ListRooms
from .records import RoomRecord
from .rooms import Rooms, known


@define(eq=False)
class Lobby:
    """Makes and lists rooms."""

    limits: Limits
    rooms: Rooms

    def create_room(
        self, connection: Connection, event: Received, wish: m.CreateRoomBody, now: Timestamp
    ) -> list[Effect]:
        """A client asks for a new room.

        Raises:
            InvalidName: see `checked_name`.
            Unavailable: there are as many rooms as there may be.
        """
        if wish.name is not None:
            try:
                checked_name(wish.name)
            except ValueError as error:
                raise InvalidName(str(error)) from None
        self.rooms.check_space()
        return [Ask(connection.id, event, CreateRoom(wish, now, self.limits.room_empty_for))]

    def list_rooms(self, connection: Connection, event: Received) -> list[Effect]:
        """A client asks which rooms there are."""
        return [Ask(connection.id, event, ListRooms(self.limits.rooms_listed))]

    def answered(
        self, connection: Connection | None, event: Answered, id: str | None, now: Timestamp
    ) -> list[Effect]:
        """Tell who asked, if its connection is still there; `id` is that of the request.

        Raises:
            NameTaken: there is a room of this name already.
            Unavailable: the store failed.
        """
        answer = known(event.answer)
        if isinstance(answer, Created) and self.rooms.live(answer.room.id) is None:
            self.rooms.open(answer.room, now)
        if connection is None:
            return []
        if isinstance(event.question, CreateRoom):
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
        return connection.tell(told)

    def _listed(self, record: RoomRecord) -> m.ListedRoom:
        room = self.rooms.live(record.id)
        return m.ListedRoom(
            record.id,
            record.name,
            0 if room is None else len(room.members),
            self.rooms.guest_limit(record),
            record.password is not None,
        )
