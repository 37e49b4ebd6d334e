"""One client's place in a room, which outlives its connections.

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

from .backoff import Backoff
from .events import SessionEvent
from .moderation import ModerationRequests
from .peer import ConnectionClosed
from .reconnection import Reconnection, Token
from .session_connection import SessionConnection
from .session_state import EventNotifier, SessionState
from .wire import Wire, WireClosed

_LEAVING_SECONDS = 2.0
"""How long the server may take to answer `bye`."""


class Session(ModerationRequests):
    """One client in one room, in the session profile; enter it to join.

    Iterating gives each message that comes, in order, whatever happens to the connection
    meanwhile. It ends when this client says `bye`, and raises `Disconnected` when the session
    has ended for good. Answers to requests go to who has asked; pings and acks are not shown.
    A `joined` among the messages says that the session could not simply go on: see `Rejoined`.

    Receive what comes: when `limits.unconfirmed_frames` messages wait, no more are read, and
    the server takes this client for a slow one.
    """

    def __init__(
        self,
        open_wire: Callable[[], Awaitable[Wire]],
        join: m.JoinBody,
        on_event: Callable[[SessionEvent], None] | None,
        backoff: Backoff,
        token: Token | None = None,
    ) -> None:
        self._codec = best_codec()
        self._tell = EventNotifier(on_event)
        self._reconnection = Reconnection(
            open_wire, join, token, self._codec, backoff, self._tell
        )
        self._turn = asyncio.Lock()
        self._left = False
        self._ended: ConnectionClosed | None = None

    async def __aenter__(self) -> Self:
        """Join, and wait at the door as long as it is locked and somebody inside decides.

        Raises:
            OSError: nobody listens or answers there.
            websockets.exceptions.InvalidHandshake: no signaling server, or it refuses.
            Refused: the room doesn't let this client in.
            Disconnected: the connection has ended before there was an answer.
            Exception: what the function raised that gets tokens.
        """
        wire = await self._reconnection.enter(self._begin)
        self._connection: SessionConnection | None = self._new_connection(wire)
        self._running = asyncio.create_task(self._run(self._connection))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Say `bye`, after what was said before, and do not come back."""
        try:
            if not self._left:
                self._put(m.Bye(GROUND_CONTROL))
            await asyncio.wait({self._running}, timeout=_LEAVING_SECONDS)
        finally:
            self._running.cancel()
            await asyncio.wait({self._running})
        if not self._running.cancelled():
            self._running.result()  # a fault of our own is not to go unseen

    # What the caller sees --------------------------------------------------------------

    @property
    def id(self) -> ClientId:
        """The address of this client in its room."""
        return ClientId(self._state.membership.joined.id)

    @property
    def room_id(self) -> RoomId:
        """The room."""
        return RoomId(self._state.membership.joined.room_id)

    @property
    def role(self) -> m.Role:
        """What this client is in its room."""
        return self._state.membership.joined.role

    @property
    def clients(self) -> Mapping[str, m.SessionClient]:
        """Who is in the room at the moment, oneself included, by id, in order of joining."""
        return MappingProxyType(self._state.membership.clients)

    @property
    def locked(self) -> bool:
        """Whether newcomers have to wait at the door."""
        return self._state.membership.joined.locked

    @property
    def waiting(self) -> Mapping[str, m.ClientInfo]:
        """Who waits there, by id, in order of coming; only owners and moderators are told."""
        return MappingProxyType(self._state.membership.waiting)

    @property
    def ice_servers(self) -> tuple[m.IceServer, ...]:
        """The STUN and TURN servers to use at the moment."""
        return self._state.membership.joined.ice_servers

    @property
    def limits(self) -> m.Allowance:
        """What this client may do."""
        return self._state.membership.joined.limits

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What can be relied on here, beyond the core profile."""
        return self._state.membership.joined.capabilities

    # What the caller says and hears ----------------------------------------------------

    async def send(self, message: m.Message) -> None:
        """Send a message, or keep it until the connection is back.

        Waits while too much is not confirmed. What nobody will confirm any more is handed
        back with `Expired`.

        Raises:
            Disconnected: the session has ended.
            ValueError: the message is longer than the server takes, or the session's own.
        """
        if isinstance(message, m.Join | m.Ack):
            raise ValueError(f"a session says `{message.type}` by itself")
        frame = self._codec.encode(message)
        if len(frame) > self.limits.frame_bytes:
            raise ValueError(f"{len(frame)} bytes are more than {self.limits.frame_bytes}")
        async with self._turn:
            while self._end() is None and not self._state.delivery.fits(len(frame)):
                with self._state.inbox.opened():
                    self._state.space.clear()
                    await self._state.space.wait()
            end = self._end()
            if end is not None:
                raise end.with_traceback(None)
            self._put(message, frame)

    async def request(self, message: m.Message) -> m.Message:
        """Ask the server something, and return its answer.

        Raises:
            Refused: it says no.
            Unanswered: the session could not be resumed meanwhile.
            Disconnected: the session has ended.
            ValueError: the message is not for the server, or see `send`.
        """
        if message.receiver != GROUND_CONTROL:
            raise ValueError("only the server answers requests")
        question = self._state.requests.named(message)
        await self.send(question)
        with self._state.inbox.opened():
            return await self._state.requests.answer_to(question)

    async def receive(self) -> m.Message:
        """Return the next message.

        Raises:
            Disconnected: the session has ended.
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
            self._state.inbox.lift()  # what comes is read to the end
            if self._connection is None:
                self._running.cancel()  # nobody is there to hear it
        if self._connection is not None:
            self._connection.write()

    def _end(self) -> ConnectionClosed | None:
        """Return why nothing can be sent any more, if that is so."""
        if self._left:
            return ConnectionClosed(WireClosed(LEFT.code, LEFT.meaning), None)
        return self._ended

    # Connections come and go -----------------------------------------------------------

    async def _run(self, connection: SessionConnection) -> None:
        """Carry messages over one connection after the other."""
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
            heard_bye = self._left and end.code == LEFT.code
            self._state.finish(end, confirmed=heard_bye)

    def _begin(self, joined: m.Joined) -> None:
        self._state = SessionState(joined, self._codec, self._tell)

    def _new_connection(self, wire: Wire) -> SessionConnection:
        state = self._state
        return SessionConnection(
            wire, self._codec, state.delivery, state.hear, state.inbox.until_wanted
        )
