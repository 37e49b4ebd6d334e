"""The server that drives the core: feeds it events, and has its effects carried out.

Events enter `Router.handle` one at a time (`_run`). An event that arises while effects are
carried out, such as the overflow of a connection, waits until that is done.
"""

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.census import Census
from camus_core.effects import Close, Effect
from camus_core.events import (
    Connected,
    Disconnected,
    Event,
    RoomsLoaded,
    StopRequested,
    Ticked,
    Timestamp,
)
from camus_core.orders import OperatorOrder, Say
from camus_core.records import NetworkAddress, RoomId, SessionSecret
from camus_core.router import Router
from camus_core.store import Store
from camus_core.transport import Connection
from camus_core.wire.codec import Codec, best_codec
from camus_core.wire.errors import OUR_FAULT, ProtocolError, Unavailable
from camus_core.wire.messages import Extension, SessionClient, Text
from camus_core.wire.profile import ProtocolProfile

from ..http.handshake import Authenticator, Handshake
from ..logs import RateLimitedLog
from .alarm import Alarm
from .answers import Answers, TokenReader
from .authentication import authenticate
from .clocks import UnixClock, UnixClockWatch, deadline_clock
from .counts import Counts
from .durable_orders import DurableOrders
from .fair_reads import FairReads
from .ids import fresh_ids
from .lease import Lease
from .performer import Performer
from .room_bans import RoomBans
from .room_invitations import RoomInvitations
from .room_orders import RoomOrders
from .served_connection import ServedConnection
from .served_connections import ServedConnections
from .tasks import BackgroundTasks
from .timed_store import TimedStore
from .write_behind import WriteBehind

_log = logging.getLogger("camus")

_LAST_WRITE_SECONDS = 4.0
"""Seconds for which a stopping server tries to write the changes that wait."""

_ROOMS_AT_ONCE = 500
"""Stored rooms loaded in one turn of the event loop, 10 µs each."""

_EFFECTS_AT_ONCE = 500
"""Effects that a stopping server carries out in one turn of the event loop, 10 µs each."""


class SignalingServer:
    """The driver of one router, between transports and a store.

    An asynchronous context manager: enter it before the first connection, with a store that is
    entered already, and leave it after the last; use it from one event loop.

    Args:
        router: the core, which has handled nothing yet. If it has no `node` name, the server
            drives one like it with a fresh name.
        clock: returns the time of deadlines, in seconds, which never goes back. It is the UNIX
            clock too if `wall_clock` is missing; by default both are the machine's.
        wall_clock: returns UNIX time, which may be set.
        codec: decodes and encodes frames; by default the fastest that is installed.
        metrics: time the calls of the store, and have a page /metrics.
        tokens: returns the identity proved by the token of a `join`.
        authenticator: returns the identity proved by a handshake, None for a guest.
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
        if not router.node:
            router = evolve(router, node=secrets.token_hex(8))
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
        self.room_orders = RoomOrders(
            self._router, self._write_behind, self._answers, self._decide
        )
        self._authenticator = authenticator
        self._clock = clock or deadline_clock()
        self._wall_clock = UnixClockWatch(wall_clock or clock or time.time)
        self._codec = codec or best_codec()
        self._connections = ServedConnections(self.limits, self._codec, self.counts, self._feed)
        self._fresh_ids = fresh_ids()
        self._events: deque[Event] = deque()
        self._effects: deque[list[Effect]] = deque()
        self._is_running = False
        self._failures = RateLimitedLog(
            logging.WARNING, "the database failed %d more times within %g seconds"
        )
        self._stopped = False
        self._lease = Lease(store, router.node, self.limits, self._feed, self._failures)
        self._tasks = BackgroundTasks()
        self._performer = Performer(
            self._connections,
            self._codec,
            self.counts,
            self._answers,
            self._write_behind,
            self._tasks,
            self._failures,
            self._feed,
        )
        orders = DurableOrders(self._write_behind, self.order)
        self.bans = RoomBans(router, self._write_behind, self._clock, orders)
        self.invitations = RoomInvitations(
            router, self._write_behind, orders, wall_clock or clock or time.time
        )
        self._alarm = Alarm(self._clock, lambda due: self._feed(Ticked(due)))

    async def __aenter__(self) -> Self:
        self.fair_reads = FairReads(asyncio.get_running_loop())
        self._connections.fair_reads = self.fair_reads
        await self._lease.renew()
        rooms = await self._store.list_rooms()
        for first in range(0, len(rooms), _ROOMS_AT_ONCE):
            self._feed(RoomsLoaded(rooms[first : first + _ROOMS_AT_ONCE]))
            await asyncio.sleep(0)  # the embedding program runs in between
        self._tasks.start(self._write_behind.run())
        self._tasks.start(self._lease.keep_renewing())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, unless `stop` was called already."""
        await self.stop()
        self._alarm.cancel()
        self._performer.refusals.close()
        self._failures.close()
        await self._tasks.cancel()
        self._answers.close()

    def census(self) -> Census:
        """Return the numbers of connections, rooms and members at this moment."""
        return self._router.census()

    @property
    def unwritten(self) -> int:
        """The number of changes that wait to be written to the store."""
        return len(self._write_behind)

    async def stop(self) -> None:
        """Tell sessions when to resume, write the waiting changes, and close every connection
        with 1012 (CORE-54).
        """
        if self._stopped:
            return
        self._stopped = True
        effects = self._router.handle(StopRequested(), self._clock())
        closes = [effect for effect in effects if isinstance(effect, Close)]
        others: list[Effect] = [effect for effect in effects if not isinstance(effect, Close)]
        try:
            for first in range(0, len(others), _EFFECTS_AT_ONCE):
                self._performer.perform(others[first : first + _EFFECTS_AT_ONCE])
                await asyncio.sleep(0)
            await self._write_behind.finish(self._router.node, _LAST_WRITE_SECONDS)
        finally:
            self._performer.perform(list(closes))

    # Called by transports --------------------------------------------------------------

    @property
    def wants_handshakes(self) -> bool:
        """True if `connect` needs the handshake of each connection."""
        return self._authenticator is not None

    def connect(
        self,
        connection: Connection,
        room_id: RoomId | None,
        profile: ProtocolProfile,
        *,
        address: NetworkAddress | None,
        handshake: Handshake | None = None,
        identity: Identity | None = None,
    ) -> ServedConnection:
        """Serve a client that has connected; return the object to which its transport reports
        what the client sends, and the end of the connection.

        A client whose room has no valid id is refused as `room-not-found`; one of the session
        profile when it sends `join`.

        Args:
            room_id: the room that the client has named, as it named it; None, or an empty
                text, for a client of the session profile that will name one in `join`.
            profile: `CORE` or `SESSION`.
            address: the network address by which limits and bans count the client; None only
                for a client that has none, as in this process or on a UNIX socket.
            handshake: is given to the authenticator, if there is one.
            identity: the identity of a client that is authenticated already.
        """
        served = self._connections.open(connection, profile.keeps_session, address)
        secret = SessionSecret(secrets.token_hex(32) if served.has_ids else "")
        client_id = next(self._fresh_ids)
        connected = Connected(
            served.id, client_id, room_id or None, profile, secret, address, identity
        )
        if self._authenticator is None or handshake is None:
            self._feed(connected)
        else:
            served.awaits_answer = True
            self._tasks.start(
                self._authenticate(served, connected, self._authenticator, handshake)
            )
        return served

    async def _authenticate(
        self,
        served: ServedConnection,
        connected: Connected,
        authenticator: Authenticator,
        handshake: Handshake,
    ) -> None:
        seconds = self.limits.handshake_seconds
        identity = await authenticate(authenticator, handshake, seconds)
        if self._connections.by_id.get(connected.connection) is served:
            served.set_answer(evolve(connected, identity=identity))

    # Called by the embedding program ---------------------------------------------------

    def roster(self, room_id: RoomId) -> tuple[SessionClient, ...]:
        """Return the members of a room, in order of joining."""
        return self._router.roster(room_id)

    def say(self, room_id: RoomId, message: Text | Extension) -> None:
        """Say a message to a room or one member, from `GROUND_CONTROL` (rule SAY-1).

        Args:
            room_id: the id of the room.
            message: the message; its receiver is `ROOM` or a client id.

        Raises:
            ProtocolError: `RoomNotFound`, the room has no members; `UnknownReceiver`, the
                client isn't in it; `Unavailable`, a fault in the server.
            ValueError: no client may send such a message, or it has more than
                `Limits.frame_bytes`.
        """
        frame = self._codec.encode(message)
        if len(frame) > self.limits.frame_bytes:
            raise ValueError(f"{len(frame)} bytes are more than {self.limits.frame_bytes}")
        try:
            checked = self._codec.decode(frame, ids=True)
        except ProtocolError as error:
            raise ValueError(str(error)) from None
        if not isinstance(checked, Text | Extension):
            raise ValueError("the type of an application's own message starts with `x-`")
        self.order(room_id, Say(checked))

    def order(self, room_id: RoomId, order: OperatorOrder) -> None:
        """Carry out an operator's order in a room: `Say`, or a request of moderators or owners
        such as `Kick`, which is an `Order` of `camus_core.wire.messages`.

        The operator has the permissions of an owner, and decides about owners too. Of the
        attributes of a member it sets only `speak`.

        It is decided when this returns. If the server is carrying out the effects of an event
        at the moment, those of the order follow them.

        Raises:
            ProtocolError: `RoomNotFound`, the room has no members; `UnknownReceiver`, the
                client isn't in it; `NotFound`, it has no such ban or invitation, or no such
                text is kept; `RoomFull`, no place is left for the client to admit;
                `Unavailable`, a fault in the server.
        """
        self._decide(
            f"the order {type(order).__name__}",
            lambda now: self._router.order(room_id, order, now),
        )

    def _decide(self, what: str, decide: Callable[[Timestamp], list[Effect]]) -> None:
        """Have the router decide at once, and carry out the effects.

        Raises:
            ProtocolError: the router refuses.
            Unavailable: a fault in the router, which is logged.
        """
        try:
            self._effects.append(decide(self._clock()))
        except ProtocolError:
            raise
        except Exception:
            _log.exception("a fault in the server, at %s", what)
            raise Unavailable("a fault in the server; its log says more") from None
        self._run()

    # Events in, effects out ------------------------------------------------------------

    def _feed(self, event: Event) -> None:
        self._events.append(event)
        self._run()

    def _run(self) -> None:
        """Carry out all effects, and handle the events one by one, until nothing is left."""
        if self._is_running:
            return
        self._is_running = True
        try:
            while self._effects or self._events:
                if self._effects:
                    effects = self._effects.popleft()
                else:
                    effects = self._handle(self._events.popleft())
                self._performer.perform(effects)
        finally:
            self._is_running = False
        deadline = self._router.next_deadline()
        if deadline is not None and deadline < self._alarm.at:
            self._alarm.set(deadline)

    def _handle(self, event: Event) -> list[Effect]:
        """Return the effects of an event, after those of a step of UNIX time, if there was one.

        A fault in the router is logged, and the connection whose event raised it is closed.
        """
        effects: list[Effect] = []
        try:
            now = self._clock()
            if now >= self._wall_clock.compare_at:
                was_set = self._wall_clock.compare(now)
                if was_set is not None:
                    effects += self._router.handle(was_set, now)
            effects += self._router.handle(event, now)
        except Exception:
            self._close_after_fault(event)
        return effects

    def _close_after_fault(self, event: Event) -> None:
        """Log a fault in the router, and close the connection whose event raised it."""
        _log.exception("a fault in the server, at %s", type(event).__name__)
        connection_id = getattr(event, "connection", None)
        if connection_id is None:
            return
        if self._connections.close(connection_id, OUR_FAULT.code, ""):
            self._events.append(Disconnected(connection_id))
