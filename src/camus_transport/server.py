"""The only place where events go into the core and effects come out."""

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self, assert_never

from attrs import define, evolve

from camus_core.codec import Codec, best_codec
from camus_core.effects import (
    Ask,
    Close,
    Effect,
    ForgetClient,
    ForgetRoom,
    Obeyed,
    SaveClient,
    SaveRoom,
    Send,
)
from camus_core.errors import (
    OUR_FAULT,
    Banned,
    NotAllowed,
    ProtocolError,
    RateLimited,
    StoreError,
    TooManyRefusals,
    Unavailable,
    WrongPassword,
)
from camus_core.events import (
    Answered,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    Forgotten,
    Heard,
    Ordered,
    Overflowed,
    Recalled,
    Received,
    Stopped,
    Ticked,
    Timestamp,
)
from camus_core.identity import Identity
from camus_core.messages import Message, Order, SessionClient
from camus_core.profile import CORE, Profile
from camus_core.questions import Answer, Failed
from camus_core.records import ClientId, RoomId
from camus_core.router import Census, Router
from camus_core.store import Store
from camus_core.transport import Connection

from .asking import Answers, TokenReader
from .counts import COUNTED, Counts
from .handshake import Authenticator, Handshake
from .logs import log_silent_fault
from .refusals import Refusals
from .timed_store import TimedStore
from .writing import WriteBehind

_log = logging.getLogger("camus")

_LAST_WRITE_SECONDS = 4.0
"""How long a stopping server goes on trying to write what waits."""

_VOUCH_SECONDS = 5.0
"""How often the store hears that this run lives: by so much a crash shortens held places."""

_STALE_PLACES = 2.0
"""After so many times `place_seconds` a run of which the store hears nothing is dead."""


_SUSPICIOUS = frozenset(
    error.code for error in (Banned, NotAllowed, RateLimited, TooManyRefusals, WrongPassword)
)
"""Refusals that the log tells of: whoever runs the server may want to know who tries."""


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
    has_ids: bool
    address: str | None
    held: deque[bytes] | None = None
    held_bytes: int = 0


class SignalingServer:
    """Drives one router: transports tell it what they hear, it tells them what to say.

    Entered before the first connection and left after the last; the store has to be
    entered already. Use it from one event loop. With `metrics` calls of the store are timed,
    and pages have /metrics. `tokens` tells whose a token is that a client joins with, and
    `authenticator` who a handshake is from; without them all clients are guests.
    """

    def __init__(
        self,
        router: Router,
        store: Store,
        *,
        clock: Callable[[], Timestamp] | None = None,
        codec: Codec | None = None,
        metrics: bool = True,
        tokens: TokenReader | None = None,
        authenticator: Authenticator | None = None,
    ) -> None:
        self.limits = router.limits
        self.counts = Counts()
        self.metrics = metrics
        if metrics:
            store = TimedStore(store, self.counts.store)
        self.draining = False
        self._router = router
        self._store = store
        self._writing = WriteBehind(store, router.limits.unwritten_records)
        self._answers = Answers(store, self._writing, router.limits.password_checks, tokens)
        self._authenticator = authenticator
        self._clock = clock or system_clock()
        self._codec = codec or best_codec()
        self._links: dict[ConnectionId, _Link] = {}
        self._last_id = 0
        self._fresh_ids = _fresh_ids()
        self._events: deque[Event] = deque()
        self._busy = False
        self._refusal: ProtocolError | None = None
        self._refusals = Refusals()
        self._stopped = False
        self._vouched_at = self._clock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = Timestamp(float("inf"))

    async def __aenter__(self) -> Self:
        await self._vouch()
        self._feed(Recalled(await self._store.list_rooms()))
        self._start(self._writing.run())
        self._start(self._go_on_vouching())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, unless that was done."""
        await self.stop()
        if self._alarm is not None:
            self._alarm.cancel()
        self._refusals.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._answers.close()

    def census(self) -> Census:
        """Return how much there is at the moment."""
        return self._router.census()

    @property
    def unwritten(self) -> int:
        """How many changes wait to be written to the store."""
        return len(self._writing)

    async def stop(self) -> None:
        """End in order: sessions hear when to come back, what waits is written, and every
        connection is closed (1012).
        """
        if self._stopped:
            return
        self._stopped = True
        effects = self._router.handle(Stopped(), self._clock())
        closes = [effect for effect in effects if isinstance(effect, Close)]
        self._perform([effect for effect in effects if not isinstance(effect, Close)])
        try:
            await self._writing.finish(self._router.run, _LAST_WRITE_SECONDS)
        finally:
            self._perform(list(closes))

    async def _vouch(self) -> None:
        now, stale = self._clock(), _STALE_PLACES * self.limits.place_seconds
        await self._store.vouch(self._router.run, now, now - stale)
        if now - self._vouched_at > stale:  # others may have taken this run for dead
            self._feed(Forgotten())
        self._vouched_at = now

    async def _go_on_vouching(self) -> None:
        while True:
            await asyncio.sleep(min(_VOUCH_SECONDS, self.limits.place_seconds / 3))
            try:
                await self._vouch()
            except StoreError as error:
                _log.warning("can't tell the database that this server lives: %s", error)
            except Exception:
                _log.exception("a fault in the store, will try again")

    # What transports call --------------------------------------------------------------

    @property
    def wants_handshakes(self) -> bool:
        """Whether `connect` is to be told of handshakes."""
        return self._authenticator is not None

    def connect(
        self,
        connection: Connection,
        room_id: RoomId | None,
        profile: Profile = CORE,
        *,
        address: str | None = None,
        handshake: Handshake | None = None,
        identity: Identity | None = None,
    ) -> ConnectionId:
        """A client has opened `/room/<room_id>/ws`, or `/ws`; return its connection's name.

        `address` is what counts as one address for limits and bans, of IPv6 a network such as
        `2001:db8::/64`, whose wider ones count too. Who the client is says `identity`, or,
        asked about the `handshake`, the authenticator.
        """
        self._last_id += 1
        connection_id = ConnectionId(self._last_id)
        link = self._links[connection_id] = _Link(connection, profile.keeps_place, address)
        token = secrets.token_hex(32) if link.has_ids else ""
        client_id = next(self._fresh_ids)
        came = Connected(connection_id, client_id, room_id, profile, token, address, identity)
        if self._authenticator is None or handshake is None:
            self._feed(came)
        else:
            link.held = deque()
            self._start(self._authenticate(link, came, self._authenticator, handshake))
        return connection_id

    async def _authenticate(
        self,
        link: _Link,
        came: Connected,
        authenticator: Authenticator,
        handshake: Handshake,
    ) -> None:
        identity: Identity | ProtocolError | None
        try:
            async with asyncio.timeout(self.limits.handshake_seconds):
                identity = await authenticator(handshake)
            if not isinstance(identity, Identity | None):
                raise TypeError(f"it returned a {type(identity).__name__}, and no Identity")
        except ProtocolError as refusal:
            identity = refusal if refusal.close_code is not None else NotAllowed(str(refusal))
        except (Exception, asyncio.CancelledError) as error:
            task = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and task and task.cancelling():
                raise  # the server stops; otherwise something that it waited for was
            log_silent_fault("the authenticator", error)
            identity = Unavailable("nobody can say who you are at the moment", retry_after=5.0)
        if self._links.get(came.connection) is link:
            self._go_on(link, evolve(came, identity=identity))

    def receive(self, connection_id: ConnectionId, frame: bytes) -> None:
        """A text frame has come; it is UTF-8."""
        link = self._links.get(connection_id)
        if link is None:
            return
        if link.held is not None:
            self._hold(link, link.held, frame)
            return
        self._feed(Received(connection_id, self._decode(link, frame), len(frame)))

    def _decode(self, link: _Link, frame: bytes) -> Message | ProtocolError:
        """Return what a frame says, or is refused with.

        No variable keeps the refusal: its context leads back here, and only the garbage
        collector would find the cycle.
        """
        try:
            message = self._codec.decode(frame, ids=link.has_ids)
        except ProtocolError as error:
            return error
        self.counts.received[type(message)] += 1
        return message

    def heard(self, connection_id: ConnectionId) -> None:
        """A sign of life has come that is no text: a WebSocket ping or pong."""
        self._feed(Heard(connection_id))

    def disconnect(self, connection_id: ConnectionId, code: int | None = None) -> None:
        """A connection has ended, whoever ended it, with this close code, if any."""
        if self._links.pop(connection_id, None) is not None:
            self.counts.ended(code)
            self._feed(Disconnected(connection_id, code))

    # What whoever runs the server wants -------------------------------------------------

    def roster(self, room_id: RoomId) -> tuple[SessionClient, ...]:
        """Return who is in a room, in order of joining."""
        return self._router.roster(room_id)

    def order(self, room_id: RoomId, order: Order) -> None:
        """Do in a room what its owner could, and to anybody: `Kick`, `Ban`, `SetRole`, `Lock`,
        `Admit` or `Deny`.

        Raises:
            ProtocolError: `RoomNotFound`, nobody is in that room; `UnknownReceiver`, that
                client isn't there; `RoomFull`, there is no place for whom to admit;
                `Unavailable`, a fault in the server.
        """
        self._refusal = Unavailable("a fault in the server; its log says more")
        self._feed(Ordered(room_id, order))
        if self._refusal is not None:
            raise self._refusal

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
                case Send(message=message):
                    if type(message) in COUNTED:
                        refused = self.counts.said(effect, effects)
                        if refused is not None and refused in _SUSPICIOUS:
                            self._log_refusal(effect.to[0], refused)
                    frame = self._codec.encode(message)
                    self.counts.frames_sent += len(effect.to)
                    self.counts.bytes_sent += len(frame) * len(effect.to)
                    for connection_id in effect.to:
                        link = self._links.get(connection_id)
                        if link is not None and not link.connection.send(frame):
                            self._events.append(Overflowed(connection_id))
                case Close(connection_id, code, reason):
                    link = self._links.pop(connection_id, None)
                    if link is not None:
                        self.counts.closed[str(code)] += 1
                        link.connection.close(code, reason)
                case Ask(connection_id):
                    link = self._links.get(connection_id)
                    if link is not None:
                        link.held = deque()
                        self._start(self._answer(link, effect))
                case Obeyed(refusal=refusal):
                    self._refusal = refusal
                case SaveRoom() | ForgetRoom() | SaveClient() | ForgetClient():
                    self._writing.put(effect)
                case _:
                    assert_never(effect)

    def _log_refusal(self, connection_id: ConnectionId, code: str) -> None:
        link = self._links.get(connection_id)
        if link is not None:
            self._refusals.add(link.address or "a client without address", code)

    def _blame_ourselves(self, event: Event) -> None:
        _log.exception("a fault in the server, at %s", type(event).__name__)
        connection_id = getattr(event, "connection", None)
        link = self._links.pop(connection_id, None) if connection_id is not None else None
        if link is not None and connection_id is not None:
            self.counts.closed[str(OUR_FAULT.code)] += 1
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
        name = type(ask.question).__name__
        try:
            answer = await self._answers.find(ask.question)
        except StoreError as error:
            _log.warning("no answer to %s: %s", name, error)
            answer = Failed(str(error))
        except Exception as error:
            _log.exception("a fault in the store, at %s", name)
            answer = Failed(str(error))
        self._go_on(link, Answered(ask.connection, ask.about, ask.question, answer))

    def _go_on(self, link: _Link, event: Connected | Answered) -> None:
        """Feed what was waited for, then what was held back."""
        held, link.held = link.held, None
        link.held_bytes = 0
        self._feed(event)
        for frame in held or ():
            self.receive(event.connection, frame)
        if link.held is None:  # none of them has raised the next question
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
