"""One client's place in a room, which outlives its connections.

async with join("ws://localhost:5000/ws", room_id="lobby", username="Ted") as session:
    await session.send(Text(ROOM, {"text": to_json("Hello!")}))
    async for message in session:
        print(message)
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from attrs import evolve
from websockets.exceptions import InvalidHandshake

from camus_core import messages as m
from camus_core.codec import best_codec
from camus_core.errors import LEFT, PROTOCOL, MalformedMessage
from camus_core.messages import GROUND_CONTROL
from camus_core.records import ClientId, RoomId
from camus_core.session import UNCOUNTED

from .backoff import Backoff
from .client import Disconnected
from .delivery import Delivery
from .link import Link
from .requests import Refused, Requests, Unanswered, ask
from .session_events import Dropped, Expired, Rejoined, Resumed, SessionEvent
from .wire import Wire, WireClosed

_log = logging.getLogger("camus")

_LEAVING_SECONDS = 2.0
"""How long the server may take to answer `bye`."""

_STEADY_SECONDS = 10.0
"""A connection that has held so long was a good one: the next delay is a short one again."""


class Session:
    """One client in one room, in the session profile; enter it to join.

    Iterating gives each message that comes, in order, whatever happens to the connection
    meanwhile. It ends when this client says `bye`, and raises `Disconnected` when the session
    has ended for good. Answers to requests go to who has asked; pings and acks are not shown.
    A `joined` among the messages says that the session could not simply go on: see `Rejoined`.
    What comes is not read any more while too much of it waits to be received here.

    Attributes:
        id: its address in the room.
        room_id: the room.
        role: what it may do there.
        clients: who is in the room, itself included, by their ids, in order of joining.
        ice_servers: the STUN and TURN servers that it may use at the moment.
        limits: what it may do.
        capabilities: what it can rely on here, beyond the core profile.
    """

    id: ClientId
    room_id: RoomId
    role: m.Role
    clients: dict[str, m.SessionClient]
    ice_servers: tuple[m.IceServer, ...]
    limits: m.Allowance
    capabilities: tuple[str, ...]

    def __init__(
        self,
        open_wire: Callable[[], Awaitable[Wire]],
        join: m.JoinBody,
        on_event: Callable[[SessionEvent], None] | None,
        backoff: Backoff,
    ) -> None:
        self._open_wire = open_wire
        self._join = join
        self._on_event = on_event
        self._backoff = backoff
        self._codec = best_codec()
        self._requests = Requests()
        self._inbox: deque[m.Message] = deque()
        self._news = asyncio.Event()
        self._wanted = asyncio.Event()
        self._space = asyncio.Event()
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._left = False
        self._ended: Disconnected | None = None
        self._link: Link | None = None
        self._reconnect_in: float | None = None

    async def __aenter__(self) -> Self:
        """Join.

        Raises:
            OSError: nobody listens or answers there.
            websockets.exceptions.InvalidHandshake: no signaling server, or it refuses.
            Refused: the room doesn't let this client in.
            Disconnected: the connection has ended before there was an answer.
        """
        wire, body = await self._knock(self._join)
        self._delivery = Delivery(body.limits)
        self._take_place(body)
        self._running = asyncio.create_task(self._run(self._connected(wire)))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Say `bye`, after what was said before, and do not come back."""
        try:
            self._say_bye()
            await asyncio.wait({self._running}, timeout=_LEAVING_SECONDS)
        finally:
            self._running.cancel()
            await asyncio.wait({self._running})
        if not self._running.cancelled():
            self._running.result()

    # What the caller says and hears ----------------------------------------------------

    async def send(self, message: m.Message) -> None:
        """Send a message, or keep it until the connection is back.

        Waits while too much is not confirmed. What can't be confirmed any more is handed back
        with `Expired`.

        Raises:
            Disconnected: the session has ended.
            ValueError: the message is longer than the server takes, or the session's own.
        """
        if isinstance(message, m.Join | m.Ack):
            raise ValueError(f"a session says {message.type} by itself")
        frame = self._codec.encode(message)
        if len(frame) > self.limits.frame_bytes:
            raise ValueError(f"{len(frame)} bytes are more than {self.limits.frame_bytes}")
        async with self._turn:
            while not self._left and not self._delivery.fits(len(frame)):
                with self._reading_on():
                    self._space.clear()
                    await self._space.wait()
            if self._left or self._ended is not None:
                raise self._end()
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
        question = self._requests.named(message)
        await self.send(question)
        with self._reading_on():
            return await self._requests.answer_to(question)

    async def receive(self) -> m.Message:
        """Return the next message.

        Raises:
            Disconnected: the session has ended.
        """
        while not self._inbox:
            if self._ended is not None:
                raise self._end()
            self._news.clear()
            await self._news.wait()
        self._wanted.set()
        return self._inbox.popleft()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> m.Message:
        try:
            return await self.receive()
        except Disconnected:
            if self._left:
                raise StopAsyncIteration from None
            raise
