"""The only place where events go into the core and effects come out."""

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self, assert_never

from attrs import define

from camus_core.codec import Codec, best_codec
from camus_core.effects import (
    Ask,
    Close,
    Effect,
    ForgetClient,
    ForgetRoom,
    SaveClient,
    Send,
)
from camus_core.errors import OUR_FAULT, ProtocolError, StoreError
from camus_core.events import (
    Answer,
    Answered,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    Failed,
    Heard,
    Overflowed,
    Recalled,
    Received,
    Stopped,
    Ticked,
    Timestamp,
)
from camus_core.messages import Message
from camus_core.records import ClientId, RoomId
from camus_core.router import Router
from camus_core.store import Store
from camus_core.transport import Connection

from .writing import WriteBehind

_log = logging.getLogger("camus")

_LAST_WRITE_SECONDS = 4.0
"""How long a stopping server goes on trying to write what waits."""


def system_clock() -> Callable[[], Timestamp]:
    """Return a clock of UNIX seconds that never jumps: read once, then counted on."""
    started_at = time.time() - time.monotonic()
    return lambda: Timestamp(started_at + time.monotonic())


def _fresh_ids() -> Iterator[ClientId]:
    """Draw ids of 128 random bits, many at a time: each question to the system costs 10 µs."""
    while True:
        digits = secrets.token_hex(16 * 256)
        for start in range(0, len(digits), 32):
            yield ClientId(digits[start : start + 32])


@define(eq=False)
class _Link:
    """One connection; `held` are the frames that wait while its question is open."""

    connection: Connection
    held: deque[bytes] | None = None
    held_bytes: int = 0


class SignalingServer:
    """Drives one router: transports tell it what they hear, it tells them what to say.

    Entered before the first connection and left after the last; the store has to be
    entered already. Use it from one event loop.
    """

    def __init__(
        self,
        router: Router,
        store: Store,
        *,
        clock: Callable[[], Timestamp] | None = None,
        codec: Codec | None = None,
    ) -> None:
        self.limits = router.limits
        self._router = router
        self._store = store
        self._writing = WriteBehind(store, router.limits.unwritten_records)
        self._clock = clock or system_clock()
        self._codec = codec or best_codec()
        self._links: dict[ConnectionId, _Link] = {}
        self._last_id = 0
        self._fresh_ids = _fresh_ids()
        self._events: deque[Event] = deque()
        self._busy = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = Timestamp(float("inf"))

    async def __aenter__(self) -> Self:
        for client in await self._store.list_clients():  # left by a run that was cut off
            self._writing.put(ForgetClient(client.id))
        self._feed(Recalled(await self._store.list_rooms()))
        self._start(self._writing.run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, and write what waits."""
        self.stop()
        if self._alarm is not None:
            self._alarm.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._writing.finish(_LAST_WRITE_SECONDS)

    def stop(self) -> None:
        """Close every connection (1012)."""
        self._feed(Stopped())

    # What transports call --------------------------------------------------------------

    def connect(self, connection: Connection, room_id: RoomId) -> ConnectionId:
        """A client has opened `/room/<room_id>/ws`; return the name for its connection."""
        self._last_id += 1
        connection_id = ConnectionId(self._last_id)
        self._links[connection_id] = _Link(connection)
        self._feed(Connected(connection_id, next(self._fresh_ids), room_id))
        return connection_id

    def receive(self, connection_id: ConnectionId, frame: bytes) -> None:
        """A text frame has come; it is UTF-8."""
        link = self._links.get(connection_id)
        if link is None:
            return
        if link.held is not None:
            self._hold(link, link.held, frame)
            return
        message: Message | ProtocolError
        try:
            message = self._codec.decode(frame)
        except ProtocolError as error:
            message = error
        self._feed(Received(connection_id, message))

    def heard(self, connection_id: ConnectionId) -> None:
        """A sign of life has come that is no text: a WebSocket ping or pong."""
        self._feed(Heard(connection_id))

    def disconnect(self, connection_id: ConnectionId) -> None:
        """A connection has ended, whoever ended it."""
        if self._links.pop(connection_id, None) is not None:
            self._feed(Disconnected(connection_id))

    # Events in, effects out ------------------------------------------------------------

    def _feed(self, event: Event) -> None:
        if self._busy:
            self._events.append(event)
            return
        self._busy = True
        try:
            while True:
                try:
                    effects = self._router.handle(event, self._clock())
                except Exception:
                    self._blame_ourselves(event)
                else:
                    self._perform(effects)
                if not self._events:
                    break
                event = self._events.popleft()
        finally:
            self._busy = False
        deadline = self._router.next_deadline()
        if deadline is not None and deadline < self._alarm_at:
            self._set_alarm(deadline)

    def _perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send():
                    frame = self._codec.encode(effect.message)
                    for connection_id in effect.to:
                        link = self._links.get(connection_id)
                        if link is not None and not link.connection.send(frame):
                            self._events.append(Overflowed(connection_id))
                case Close(connection_id, code, reason):
                    link = self._links.pop(connection_id, None)
                    if link is not None:
                        link.connection.close(code, reason)
                case Ask(connection_id):
                    link = self._links.get(connection_id)
                    if link is not None:
                        link.held = deque()
                        self._start(self._answer(link, effect))
                case ForgetRoom() | SaveClient() | ForgetClient():
                    self._writing.put(effect)
                case _:
                    assert_never(effect)

    def _blame_ourselves(self, event: Event) -> None:
        _log.exception("a fault in the server, at %s", type(event).__name__)
        connection_id = getattr(event, "connection", None)
        link = self._links.pop(connection_id, None) if connection_id is not None else None
        if link is not None and connection_id is not None:
            link.connection.close(OUR_FAULT.code, "")
            self._events.append(Disconnected(connection_id))

    # Questions -------------------------------------------------------------------------

    def _hold(self, link: _Link, held: deque[bytes], frame: bytes) -> None:
        held.append(frame)
        link.held_bytes += len(frame)
        if link.held_bytes > self.limits.frame_bytes:
            link.connection.pause()

    async def _answer(self, link: _Link, ask: Ask) -> None:
        answer: Answer
        try:
            answer = await self._writing.look_up(ask.question)
        except StoreError as error:
            _log.warning("can't look up a room: %s", error)
            answer = Failed(str(error))
        except Exception as error:
            _log.exception("a fault in the store")
            answer = Failed(str(error))
        held, link.held = link.held, None
        self._feed(Answered(ask.connection, ask.about, answer))
        link.held_bytes = 0
        for frame in held or ():
            self.receive(ask.connection, frame)
        link.connection.resume()

    def _start(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Time ------------------------------------------------------------------------------

    def _set_alarm(self, deadline: Timestamp) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = deadline
        delay = max(0.0, deadline - self._clock())
        self._alarm = asyncio.get_running_loop().call_later(delay, self._tick)

    def _tick(self) -> None:
        self._alarm, self._alarm_at = None, Timestamp(float("inf"))
        self._feed(Ticked())
