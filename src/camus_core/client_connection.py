"""One client's connection, as the router knows it."""

from typing import TypeVar

from attrs import define, field

from .admission.identity import Identity
from .effects import Effect, Send
from .events import Connected, ConnectionId, Timestamp
from .records import ClientId
from .rooms.member import Member
from .token_bucket import TokenBucket
from .wire.errors import Refusal
from .wire.messages import GROUND_CONTROL, Described, Error, ErrorBody, Message
from .wire.states import State

Body = TypeVar("Body")


@define(eq=False)
class ClientConnection:
    """One open connection of a client, in a room or not.

    Attributes:
        id: The driver's number for it.
        handshake: The facts of its handshake.
        message_bucket: The messages that its client may send.
        byte_bucket: The bytes, times their recipients, that its client may have relayed.
        heard_at: The time of the last sign of life.
        state: The column of the table in `wire.states` that holds for it.
        member: The member that its client is, or None before it is admitted.
        identity: The identity of its client, from the handshake or a join token, or None for a
            guest client.
        frame_cost: The units that its last frame has cost.
        refusals: The number of refusals since its client last did something that was accepted.
        uncharged_bytes: The relayed bytes that aren't charged yet.
        address_buckets: The byte buckets of its network address and the networks around it, or
            None before their first use.
        counted_while_waiting: The number of frames that were decided while its client was in a
            waiting room. The session counts them if the client is admitted (rule SESS-91).
    """

    id: ConnectionId
    handshake: Connected
    message_bucket: TokenBucket
    byte_bucket: TokenBucket
    heard_at: Timestamp
    state: State
    member: Member | None = None
    identity: Identity | None = field(init=False)
    frame_cost: float = 0.0
    refusals: int = 0
    uncharged_bytes: int = 0
    address_buckets: list[TokenBucket] | None = None
    counted_while_waiting: int = 0

    def __attrs_post_init__(self) -> None:
        self.reset_identity()

    def reset_identity(self) -> None:
        """Set the identity back to the one from the handshake, or none."""
        asserted = self.handshake.identity
        self.identity = asserted if isinstance(asserted, Identity) else None

    @property
    def asserted_username(self) -> str | None:
        """The username asserted by the client's identity, if any."""
        return None if self.identity is None else self.identity.name

    @property
    def client_id(self) -> ClientId:
        """The id of the client, or before it is admitted the one that it would get."""
        return self.handshake.client_id if self.member is None else self.member.id

    @property
    def joined_member(self) -> Member:
        """The member that its client is, where the state says that it has joined."""
        assert self.member is not None
        return self.member

    def admit(self, member: Member) -> None:
        """Bind the connection to its member.

        The token buckets belong to the member, so that reconnecting fills none.
        """
        self.member = member
        member.buckets = self.message_bucket, self.byte_bucket = member.buckets or (
            self.message_bucket,
            self.byte_bucket,
        )
        if self.state is not State.CORE:
            self.state = State.JOINED

    def tell(self, message: Message) -> list[Effect]:
        """Send a message to this client alone."""
        if self.member is not None:
            return self.member.room.tell((self.member,), message)
        return [Send((self.id,), message)]

    def reply(
        self, kind: type[Described[Body]], body: Body, reply_to: str | None
    ) -> list[Effect]:
        """Reply to the client's message that has the id `reply_to`."""
        return self.tell(kind(self.client_id, body, GROUND_CONTROL, reply_to=reply_to))

    def refuse(self, refusal: Refusal, reply_to: str | None = None) -> list[Effect]:
        """Send an error to the client, in reply to its message with the id `reply_to`."""
        body = ErrorBody(
            refusal.kind.code, refusal.text, refusal.retry_after, reason=refusal.reason
        )
        return self.reply(Error, body, reply_to)
