"""The only place where events go into the core and effects come out."""

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self, assert_never

from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.census import Census
from camus_core.effects import (
    AnswerOrder,
    Ask,
    Close,
    Effect,
    ForgetClient,
    ForgetRoom,
    SaveClient,
    SaveRoom,
    Send,
)
from camus_core.events import (
    Answered,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    KeptAlive,
    Ordered,
    Overflowed,
    Received,
    RoomsLoaded,
    StopRequested,
    Ticked,
    Timestamp,
)
from camus_core.records import NetworkAddress, RoomId, SessionSecret
from camus_core.router import Router
from camus_core.store import Store
from camus_core.transport import Connection
from camus_core.wire.codec import Codec, best_codec
from camus_core.wire.errors import (
    OUR_FAULT,
    ProtocolError,
    Unavailable,
)
from camus_core.wire.messages import Message, Order, SessionClient
from camus_core.wire.profile import CORE, ProtocolProfile

from ..http.handshake import Authenticator, Handshake
from ..http.refusals import SUSPICIOUS, RefusalLog
from ..logs import RateLimitedLog
from .alarm import Alarm
from .answers import Answers, TokenReader, answered
from .authentication import authenticated
from .clocks import UnixClock, UnixClockWatch, deadline_clock
from .counts import COUNTED, Counts
from .fair_reads import FairReads
from .ids import fresh_ids
from .lease import Lease
from .served_connection import ServedConnection
from .timed_store import TimedStore
from .write_behind import WriteBehind

_log = logging.getLogger("camus")

_LAST_WRITE_SECONDS = 4.0
"""How long a stopping server goes on trying to write what waits."""

_RECALLED_AT_ONCE = 500
"""Stored rooms that are taken up in one turn of the loop, 10 µs each."""

_EFFECTS_AT_ONCE = 500
"""What a stopping server says and writes in one turn of the loop, 10 µs each."""


class SignalingServer:
    """Drives one router: transports tell it what they hear, it tells them what to say.

    Entered before the first connection and left after the last; the store has to be
    entered already. Use it from one event loop. With `metrics` calls of the store are timed,
    and pages have /metrics. `tokens` tells whose a token is that a client joins with, and
    `authenticator` who a handshake is from; without them all clients are guests.

    `clock` is that of deadlines, which never goes back; it tells UNIX time too, unless there is
    a `wall_clock`, which may be set. Without either, both are the machine's.
    """

    fair_reads: FairReads

    def __init__(
        self,
        router: Router,
        store: Store,
        *,
        clock: Callable[[], Timestamp] | None = None,
        wall_clock: UnixClock | None = None,
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
        self._write_behind = WriteBehind(store, router.limits.unwritten_records)
        self._answers = Answers(
            store, self._write_behind, router.limits.password_checks, tokens
        )
        self._authenticator = authenticator
        self._clock = clock or deadline_clock()
        self._wall_clock = UnixClockWatch(wall_clock or clock or time.time)
        self._codec = codec or best_codec()
        self._connections: dict[ConnectionId, ServedConnection] = {}
        self._last_id = 0
        self._fresh_ids = fresh_ids()
        self._events: deque[Event] = deque()
        self._busy = False
        self._refusal: ProtocolError | None = None
        self._refusals = RefusalLog()
        self._failures = RateLimitedLog(
            logging.WARNING, "the database failed %d more times within %g seconds"
        )
        self._stopped = False
        self._lease = Lease(store, router.node, self.limits, self._feed, self._failures)
        self._tasks: set[asyncio.Task[None]] = set()
        self._alarm = Alarm(self._clock, self._tick)

    async def __aenter__(self) -> Self:
        self.fair_reads = FairReads(asyncio.get_running_loop())
        await self._lease.renew()
        rooms = await self._store.list_rooms()
        for first in range(0, len(rooms), _RECALLED_AT_ONCE):
            self._feed(RoomsLoaded(rooms[first : first + _RECALLED_AT_ONCE]))
            await asyncio.sleep(0)  # whoever embeds the server goes on meanwhile
        self._start(self._write_behind.run())
        self._start(self._lease.keep_renewing())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, unless that was done."""
        await self.stop()
        self._alarm.cancel()
        self._refusals.close()
        self._failures.close()
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
        return len(self._write_behind)

    async def stop(self) -> None:
        """End in order: sessions hear when to come back, what waits is written, and every
        connection is closed (1012).
        """
        if self._stopped:
            return
        self._stopped = True
        effects = self._router.handle(StopRequested(), self._clock())
        closes = [effect for effect in effects if isinstance(effect, Close)]
        others: list[Effect] = [one for one in effects if not isinstance(one, Close)]
        try:
            for first in range(0, len(others), _EFFECTS_AT_ONCE):
                self._perform(others[first : first + _EFFECTS_AT_ONCE])
                await asyncio.sleep(0)
            await self._write_behind.finish(self._router.node, _LAST_WRITE_SECONDS)
        finally:
            self._perform(list(closes))

    # What transports call --------------------------------------------------------------

    @property
    def wants_handshakes(self) -> bool:
        """Whether `connect` is to be told of handshakes."""
        return self._authenticator is not None

    def connect(
        self,
        connection: Connection,
        room_id: RoomId | None,
        profile: ProtocolProfile = CORE,
        *,
        address: NetworkAddress | None = None,
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
        served = ServedConnection(
            connection_id, connection, profile.keeps_session, address, self
        )
        self._connections[connection_id] = served
        secret = SessionSecret(secrets.token_hex(32) if served.has_ids else "")
        client_id = next(self._fresh_ids)
        connected = Connected(
            connection_id, client_id, room_id, profile, secret, address, identity
        )
        if self._authenticator is None or handshake is None:
            self._feed(connected)
        else:
            served.awaits_answer = True
            self._start(self._authenticate(served, connected, self._authenticator, handshake))
        return connection_id

    async def _authenticate(
        self,
        served: ServedConnection,
        connected: Connected,
        authenticator: Authenticator,
        handshake: Handshake,
    ) -> None:
        seconds = self.limits.handshake_seconds
        identity = await authenticated(authenticator, handshake, seconds)
        if self._connections.get(connected.connection) is served:
            served.set_answer(evolve(connected, identity=identity))

    def receive(self, connection_id: ConnectionId, frame: bytes) -> None:
        """A text frame has come; it is UTF-8."""
        served = self._connections.get(connection_id)
        if served is None:
            return
        if served.awaits_answer or served.held:
            served.hold(frame)
        else:
            self.handle_frame(served, frame)

    def _decode(self, served: ServedConnection, frame: bytes) -> Message | ProtocolError:
        """Return what a frame says, or is refused with.

        No variable keeps the refusal: its context leads back here, and only the garbage
        collector would find the cycle.
        """
        try:
            message = self._codec.decode(frame, ids=served.has_ids)
        except ProtocolError as error:
            return error
        self.counts.received[type(message)] += 1
        return message

    def kept_alive(self, connection_id: ConnectionId) -> None:
        """A sign of life has come that is no text: a WebSocket ping or pong."""
        self._feed(KeptAlive(connection_id))

    def overflowed(self, connection_id: ConnectionId) -> None:
        """A client reads too slowly: what waits for it hasn't moved on enough."""
        self._feed(Overflowed(connection_id))

    def disconnect(self, connection_id: ConnectionId, code: int | None = None) -> None:
        """A connection has ended, whoever ended it, with this close code, if any."""
        served = self._connections.get(connection_id)
        if served is not None and not served.defer_end(code):
            self.handle_end(served, code)

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
        try:
            if self._refusal is not None:
                raise self._refusal
        finally:
            self._refusal = None  # its traceback leads back here

    # Events in, effects out ------------------------------------------------------------

    def _feed(self, event: Event) -> None:
        if self._busy:
            self._events.append(event)
            return
        self._busy = True
        try:
            while True:
                try:
                    now = self._clock()
                    if now >= self._wall_clock.compare_at:
                        was_set = self._wall_clock.compare(now)
                        if was_set is not None:
                            self._perform(self._router.handle(was_set, now))
                    effects = self._router.handle(event, now)
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
        if deadline is not None and deadline < self._alarm.at:
            self._alarm.set(deadline)

    def _perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(message=message):
                    if type(message) in COUNTED:
                        refused = self.counts.count_sent(effect, effects)
                        if refused is not None and refused in SUSPICIOUS:
                            self._log_refusal(effect.to[0], refused)
                    frame = self._codec.encode(message)
                    self.counts.frames_sent += len(effect.to)
                    self.counts.bytes_sent += len(frame) * len(effect.to)
                    for connection_id in effect.to:
                        served = self._connections.get(connection_id)
                        if served is not None and not served.connection.send(frame):
                            self._events.append(Overflowed(connection_id))
                case Close(connection_id, code, reason):
                    served = self._connections.pop(connection_id, None)
                    if served is not None:
                        served.held.clear()
                        self.counts.closed[str(code)] += 1
                        served.connection.close(code, reason)
                case Ask(connection_id):
                    served = self._connections.get(connection_id)
                    if served is not None:
                        served.awaits_answer = True
                        self._start(self._answer(served, effect))
                case AnswerOrder(refusal=refusal):
                    self._refusal = refusal
                case SaveRoom() | ForgetRoom() | SaveClient() | ForgetClient():
                    self._write_behind.add(effect)
                case _:
                    assert_never(effect)

    def _log_refusal(self, connection_id: ConnectionId, code: str) -> None:
        served = self._connections.get(connection_id)
        if served is not None:
            self._refusals.add(served.address or "a client without address", code)

    def _blame_ourselves(self, event: Event) -> None:
        _log.exception("a fault in the server, at %s", type(event).__name__)
        connection_id = getattr(event, "connection", None)
        served = (
            self._connections.pop(connection_id, None) if connection_id is not None else None
        )
        if served is not None and connection_id is not None:
            served.held.clear()
            self.counts.closed[str(OUR_FAULT.code)] += 1
            served.connection.close(OUR_FAULT.code, "")
            self._events.append(Disconnected(connection_id))

    # What links call -------------------------------------------------------------------

    def handle_frame(self, served: ServedConnection, frame: bytes) -> None:
        """Handle a frame whose turn it is."""
        self._feed(Received(served.id, self._decode(served, frame), len(frame)))

    def handle_answer(self, served: ServedConnection, event: Connected | Answered) -> None:
        """Feed what was waited for; what was held back follows in its turn."""
        served.awaits_answer = False
        if isinstance(event, Answered) or self._connections.get(served.id) is served:
            self._feed(event)
        served.continue_reading()

    def handle_end(self, served: ServedConnection, code: int | None) -> None:
        """Forget a connection that has ended."""
        if self._connections.pop(served.id, None) is not None:
            self.counts.count_closed(code)
            self._feed(Disconnected(served.id, code))

    # Questions -------------------------------------------------------------------------

    async def _answer(self, served: ServedConnection, ask: Ask) -> None:
        served.set_answer(await answered(self._answers, ask, self._failures))

    def _start(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Time ------------------------------------------------------------------------------

    def _tick(self, due: Timestamp) -> None:
        self._feed(Ticked(due))
