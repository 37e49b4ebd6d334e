"""One connection, as the router knows it."""

from attrs import define

from .buckets import Bucket
from .effects import Effect, Send
from .events import Connected, ConnectionId, Timestamp
from .messages import Message
from .records import ClientId
from .room import Member, Room
from .states import State


@define(eq=False)
class Connection:
    """It has a member and a room once it is admitted; `came` says how it came."""

    id: ConnectionId
    came: Connected
    bucket: Bucket
    heard_at: Timestamp
    state: State
    member: Member | None = None
    room: Room | None = None
    refusals: int = 0

    @property
    def client_id(self) -> ClientId:
        """The address of the client; until it is in a room, the one that it would get."""
        return self.came.client_id if self.member is None else self.member.id

    @property
    def is_at_the_door(self) -> bool:
        """Whether a client of the core profile waits to be let in, and so can't speak yet."""
        return self.member is None and self.state is State.CORE

    def admit(self, member: Member, room: Room) -> None:
        """The client is in a room."""
        self.member, self.room = member, room
        if self.state is State.UNJOINED:
            self.state = State.JOINED

    def tell(self, message: Message) -> list[Effect]:
        """Answer the client, or tell it something that is for it alone."""
        if self.member is not None and self.room is not None:
            return self.room.tell((self.member,), message)
        return [Send((self.id,), message)]
