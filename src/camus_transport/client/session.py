"""The session of one client in one room, which outlives its connections.

async with join("ws://localhost:5000/ws", room_id="lobby", username="Ted") as session:
    await session.send(Text(ROOM, {"text": to_json("Hello!")}))
    async for message in session:
        print(message)
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import Self

from camus_core.records import ClientId, RoomId
from camus_core.wire import messages as m
from camus_core.wire.codec import best_codec
from camus_core.wire.errors import LEFT
from camus_core.wire.messages import GROUND_CONTROL

from .attributes import may_speak
from .backoff import Backoff
from .encrypted_members import EncryptedMembers
from .encryption import RoomKey, is_encryptable
from .events import SessionEvent
from .moderation import ModerationRequests
from .peer import ConnectionClosed
from .reconnection import Reconnection, Token
from .session_connection import SessionConnection
from .session_state import EventNotifier, SessionState
from .wire import Wire, WireClosed

_LEAVING_SECONDS = 2.0
"""The time limit for sending what is left and `bye`, and for the server to close in answer."""


class Session(ModerationRequests):
    """One client in one room, in the session profile; entering it joins the room.

    Iterating yields the messages that the client receives, in order, across all connections.
    The iteration ends after this client has said `bye`, and raises `ConnectionClosed` when the
    session has ended for good. Answers to requests are returned by `request`; pings and acks
    aren't yielded. A `joined` among the messages means that the session couldn't be resumed
    (see `Rejoined`).

    Keep receiving: when `limits.unconfirmed_frames` messages wait, no more are read from the
    connection, and the server closes it as that of a slow reader.

    Use `join` or `Signaling.join` to make one.
    """

    def __init__(
        self,
        open_wire: Callable[[], Awaitable[Wire]],
        join: m.JoinBody,
        on_event: Callable[[SessionEvent], None] | None,
        backoff: Backoff,
        token: Token | None = None,
        key: RoomKey | None = None,
    ) -> None:
        self._codec = best_codec(lenient=True)
        self._key = key
        self._notify = EventNotifier(on_event)
        self._reconnection = Reconnection(
            open_wire, join, token, self._codec, backoff, self._notify
        )
        self._send_lock = asyncio.Lock()
        self._left = False
        self._ended: ConnectionClosed | None = None
        self._connection: SessionConnection | None = None

    async def __aenter__(self) -> Self:
        """Join the room; while it is locked, wait until a moderator admits the client.

        Raises:
            OSError: the server can't be reached.
            websockets.exceptions.InvalidHandshake: no signaling server answers, or it refuses.
            Refused: the room doesn't admit this client.
            ConnectionClosed: the connection ended before the answer, or `backoff` gave up.
            TimeoutError: the server, or the function that gets tokens, didn't answer within 15
                seconds.
            Exception: any error of the function that gets tokens.
        """
        wire = await self._reconnection.enter(self._create_state)
        self._connection = self._new_connection(wire)
        self._task = asyncio.create_task(self._run(self._connection))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Send what is left, then `bye`, and close the connection."""
        try:
            if not self._left:
                self._put(m.Bye(GROUND_CONTROL))
            await asyncio.wait({self._task}, timeout=_LEAVING_SECONDS)
        finally:
            self._task.cancel()
            await asyncio.wait({self._task})
        if not self._task.cancelled():
            self._task.result()  # raises the error of a fault in this package

    # State of the room -----------------------------------------------------------------

    @property
    def id(self) -> ClientId:
        """The id of this client in its room."""
        return ClientId(self._state.membership.joined.id)

    @property
    def room_id(self) -> RoomId:
        """The id of the room."""
        return RoomId(self._state.membership.joined.room_id)

    @property
    def room_name(self) -> str | None:
        """The name of the room, as its maker wrote it; None if the server doesn't tell it."""
        return self._state.membership.joined.name

    @property
    def role(self) -> m.Role:
        """The role of this client in its room."""
        return self._state.membership.joined.role

    @property
    def clients(self) -> Mapping[str, m.SessionClient]:
        """The current members by id, this client included, in order of joining."""
        return MappingProxyType(self._state.membership.clients)

    @property
    def attributes(self) -> Mapping[str, str]:
        """The attributes of the room; those of a member are in `clients`."""
        return self._state.membership.joined.attributes

    def may_speak(self, client_id: str) -> bool:
        """Return False for a member that is not to be played (rule CLIENT-39)."""
        membership = self._state.membership
        client = membership.clients.get(client_id)
        return client is None or may_speak(client, membership.joined.attributes)

    @property
    def locked(self) -> bool:
        """True while the room is locked, so that newcomers have to wait."""
        return self._state.membership.joined.locked

    @property
    def encrypted(self) -> bool:
        """True if the room was created as an encrypted one, for which a key is needed."""
        return self._state.membership.joined.encrypted

    @property
    def waiting(self) -> Mapping[str, m.ClientInfo]:
        """The waiting clients by id, longest first; guests aren't told of them."""
        return MappingProxyType(self._state.membership.waiting)

    @property
    def history(self) -> tuple[m.Text, ...]:
        """The texts to the room from before this client joined, the oldest first, but those
        that were removed since; empty where the server keeps none.
        """
        return self._state.membership.history

    @property
    def ice_servers(self) -> tuple[m.IceServer, ...]:
        """The STUN and TURN servers, with credentials that are currently valid."""
        return self._state.membership.joined.ice_servers

    @property
    def limits(self) -> m.Allowance:
        """The server's limits for this client."""
        return self._state.membership.joined.limits

    @property
    def capabilities(self) -> tuple[str, ...]:
        """The names of the features that this server has beyond the core profile."""
        return self._state.membership.joined.capabilities

    # Messages --------------------------------------------------------------------------

    async def send(self, message: m.Message) -> None:
        """Send a message, or keep it until there is a connection again.

        This waits while the unconfirmed messages reach a limit of the server. A message whose
        delivery the server can no longer confirm is reported with `Expired`.

        In an encrypted room, an `offer`, `answer`, `icecandidate` or `x-tracks` is kept until
        its receiver has said how to encrypt for it, which each member does when it comes in.

        Raises:
            ConnectionClosed: the session has ended.
            ValueError: the message is longer than `limits.frame_bytes`; or it is a `join` or an
                `ack`, which only the session itself sends; or it would have to be encrypted,
                and is for all members, or the session has no key.
        """
        if isinstance(message, m.Join | m.Ack):
            raise ValueError(f"only the session itself sends `{message.type}`")
        encrypted = self._state.encrypted
        if encrypted is None and self.encrypted and is_encryptable(message):
            raise ValueError(f"`{message.type}` in an encrypted room needs the key of the room")
        sealed = message if encrypted is None else encrypted.seal(message)
        frame = self._codec.encode(sealed)
        if len(frame) > self.limits.frame_bytes:
            raise ValueError(f"{len(frame)} bytes are more than {self.limits.frame_bytes}")
        if encrypted is not None and encrypted.keeps(message):
            return
        async with self._send_lock:
            while self._end_reason() is None and not self._state.delivery.fits(len(frame)):
                with self._state.inbox.without_bound():
                    self._state.sending_may_proceed.clear()
                    await self._state.sending_may_proceed.wait()
            end = self._end_reason()
            if end is not None:
                raise end.with_traceback(None)
            self._put(message, frame)

    async def request(self, message: m.Message) -> m.Message:
        """Send a request to the server, and return its answer.

        Raises:
            Refused: the server refuses the request.
            Unanswered: the session couldn't be resumed before the answer.
            ConnectionClosed: the session has ended.
            ValueError: the receiver isn't the server; or see `send`.
        """
        if message.receiver != GROUND_CONTROL:
            raise ValueError("only the server answers requests")
        request = self._state.requests.with_id(message)
        await self.send(request)
        with self._state.inbox.without_bound():
            return await self._state.requests.answer_to(request)

    async def receive(self) -> m.Message:
        """Wait for the next message and return it.

        Raises:
            ConnectionClosed: the session has ended.
        """
        return await self._state.inbox.get()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> m.Message:
        try:
            return await self.receive()
        except ConnectionClosed:
            if self._left:
                raise StopAsyncIteration from None
            raise

    def _put(self, message: m.Message, frame: bytes | None = None) -> None:
        self._state.put(message, frame)
        if isinstance(message, m.Bye) and message.receiver == GROUND_CONTROL:
            self._left = True
            self._state.inbox.lift_bound()  # read all that the server sends until it closes
            if self._connection is None:
                self._task.cancel()  # stop connecting: there is nothing to leave
        if self._connection is not None:
            self._connection.wake_writer()

    def _end_reason(self) -> ConnectionClosed | None:
        """Return the reason why nothing can be sent any more, or None."""
        if self._left:
            return ConnectionClosed(WireClosed(LEFT.code, LEFT.meaning), None)
        return self._ended

    # Connections -----------------------------------------------------------------------

    async def _run(self, connection: SessionConnection) -> None:
        """Run one connection after the other until the session ends."""
        end = ConnectionClosed(WireClosed(1006, "the session was cancelled"), None)
        try:
            while True:
                end = await connection.run()
                self._connection = None
                if self._left:
                    break
                wire = await self._reconnection.reconnect(end, self._state)
                connection = self._connection = self._new_connection(wire)
        except ConnectionClosed as last:
            end = last
        finally:
            self._connection, self._ended = None, end
            has_left = self._left and end.code == LEFT.code
            self._state.finish(end, confirmed=has_left)

    def _create_state(self, joined: m.Joined) -> None:
        state = self._state = SessionState(joined, self._codec, self._notify)
        if self._key is not None:
            state.encrypted = EncryptedMembers(
                self._key,
                state.membership,
                lambda message, sealed: self._put(message, self._codec.encode(sealed)),
                self._notify,
            )

    def _new_connection(self, wire: Wire) -> SessionConnection:
        state = self._state
        return SessionConnection(
            wire, self._codec, state.delivery, state.receive, state.inbox.wait_for_space
        )
