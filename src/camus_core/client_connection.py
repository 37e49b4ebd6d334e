"""One connection, as the router knows it."""

from attrs import define, field

from .admission.identity import Identity
from .effects import Effect, Send
from .events import Connected, ConnectionId, Timestamp
from .records import ClientId
from .rooms.member import Member
from .rooms.room import Room
from .token_bucket import TokenBucket
from .wire.errors import ProtocolError
from .wire.messages import GROUND_CONTROL, Error, ErrorBody, Message
from .wire.states import State


@define(eq=False)
class ClientConnection:
    """It has a member and a room once it is admitted; `came` says how it came.

    `bucket` holds messages that it may send, and `relayed` bytes, times their receivers, of
    which it has sent `unpaid` beside; `shares` are those of its address, once it has paid.
    `identity` is what is known of its client, None for a guest. `counted` are the frames since
    its `join` that were decided while it waited at a locked door: its session counts them.
    """

    id: ConnectionId
    handshake: Connected
    message_bucket: TokenBucket
    byte_bucket: TokenBucket
    heard_at: Timestamp
    state: State
    member: Member | None = None
    room: Room | None = None
    identity: Identity | None = field(init=False)
    refusals: int = 0
    uncharged_bytes: int = 0
    address_buckets: list[TokenBucket] | None = None
    counted_while_waiting: int = 0

    def __attrs_post_init__(self) -> None:
        self.reset_identity()

    def reset_identity(self) -> None:
        """Of its client is known what the handshake has shown, and no more."""
        asserted = self.handshake.identity
        self.identity = asserted if isinstance(asserted, Identity) else None

    @property
    def asserted_username(self) -> str | None:
        """What its client is called by whoever has said who it is, if that was said."""
        return None if self.identity is None else self.identity.name

    @property
    def client_id(self) -> ClientId:
        """The address of the client; until it is in a room, the one that it would get."""
        return self.handshake.client_id if self.member is None else self.member.id

    @property
    def awaits_admission(self) -> bool:
        """Whether a client of the core profile waits to be let in, and so can't speak yet."""
        return self.member is None and self.state is State.CORE

    def admit(self, member: Member, room: Room) -> None:
        """The client is in a room; one that comes back goes on with what its share has left."""
        self.member, self.room = member, room
        member.buckets = self.message_bucket, self.byte_bucket = member.buckets or (
            self.message_bucket,
            self.byte_bucket,
        )
        if self.state is not State.CORE:
            self.state = State.JOINED

    def tell(self, message: Message) -> list[Effect]:
        """Answer the client, or tell it something that is for it alone."""
        if self.member is not None and self.room is not None:
            return self.room.tell((self.member,), message)
        return [Send((self.id,), message)]

    def refuse(self, error: ProtocolError, reply_to: str | None = None) -> list[Effect]:
        """Tell the client why something isn't done."""
        body = ErrorBody(error.code, str(error), error.retry_after)
        return self.tell(Error(self.client_id, body, GROUND_CONTROL, reply_to=reply_to))
