"""Fair shares of each turn of the event loop, so that a flood delays its sender alone.

Theory of operation
-------------------

The server runs on one thread. A *turn* of its event loop is one pass over the callbacks that
are due: the loop asks the system which sockets have data, then runs each callback to its end.
Callbacks scheduled meanwhile run in the next turn. Nothing interrupts a callback, so a
message waits for all callbacks that stand before its own. If each of 200 flooding clients
were read for eight messages in one turn, that turn would take 100 ms (60 µs a message), and a
member's offer, however small, would wait that long.

So reading is rationed by time, in two ways:

* *At once.* In the first `_FREE` seconds of a turn (5 ms) each connection is read as soon as
  its data arrives. Later in the turn only a connection that has lately used little time is
  read at once. `busy_until` keeps that account, as a leaky bucket in one number: a read of t
  seconds moves it t / `_FAIR` seconds ahead, from now or from where it stood. The connection
  may be read at once while `busy_until` is less than `_FAIR_AT_ONCE` seconds ahead. A
  connection thus has 1 % of the time, of which it may use 2 ms together: far more than a
  member of a call needs, far less than a flood. A new connection starts `_NEW` seconds ahead,
  because a crowd of them arrives with much to say.

* *In its turn.* Everything else waits in one queue, in which each reader stands at most once.
  The queue has `_SHARE` seconds of each turn (2 ms): the reader at its head handles a little
  (`read_on`), and goes to the end if it has more. Between two shares the loop reads sockets
  and writes, so connections that are read at once wait 2 ms for the queue, and one step of a
  reader more, however long the queue is.

Two classes read in this way, both for one connection and both in bounded steps:

* `Stream` keeps the bytes that arrive (`enqueue`), at most 16 KiB before it stops reading its
  socket: handshakes, frames that aren't plain, and refused reads. Only plain text frames are
  handled at once, at most eight of at most 8 KiB: their receivers confirm these before they get
  more. After 2 KiB together no other is begun once 0.5 ms have passed. `WebSocketConnection`
  asks `begin_read` and `may_go_on` for it whether that is allowed.
* `ServedConnection` asks `has_time` when the answer to a question arrives, and when a
  connection ends: a database that comes back may answer thousands of questions in one turn,
  and thousands of connections may end in one. Over the free time they wait in the queue, as
  do the frames that were held back while a question was open, eight frames or 8 KiB a step.

This bounds the time of the queue in each turn, and the time of answers and ends (to the free
time, which they share with reads). It doesn't bound the number of connections within their
1 %: a server with more than a hundred of those at their limit is simply busy. Writing has a
share of its own (`websocket.outbox`), and so has the acceptance of connections
(`websocket.acceptor`). A pair of `begin_read` and `end_read` costs 0.4 µs. Members under attack
are well served while the 99th percentile of their waiting times is at most twice that of a
calm server, or 25 ms; `tests/attack/siege.py` measures it.
"""

import asyncio
import time
from collections import OrderedDict
from typing import Protocol

_FREE = 0.005
"""Seconds of each turn in which every connection is read at once: some 80 messages."""

_SHARE = 0.002
"""Seconds of each turn for the queue; the step begun last may exceed them."""

_FAIR = 0.01
"""The part of the time that one connection may use and still be read at once."""

_FAIR_AT_ONCE = 0.2
"""Seconds of which a connection may use its part together, 2 ms: enough for a session
description and its candidates.
"""

_AT_ONCE = 0.0005
"""Seconds after which a read ends with the frames that it has begun: time for thirty offers."""

_NEW = 1.0
"""Seconds by which a new connection is ahead: a crowd arrives with much to say."""


class Reader(Protocol):
    """A reader of one connection, which handles its data in small steps.

    `busy_until` is the time (of `time.perf_counter`) at which the connection has used no more
    than its part; `FairReads` keeps it.
    """

    busy_until: float

    def read_on(self) -> bool:
        """Handle a little; return whether there is more to handle now."""


class FairReads:
    """The decision which connections are read at once, and the queue of the others."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: OrderedDict[Reader, None] = OrderedDict()
        self._is_scheduled = False
        self._free_until = 0.0
        self._read_began = 0.0

    def register(self, reader: Reader) -> None:
        """Start the account of a new connection."""
        reader.busy_until = time.perf_counter() + _NEW

    def begin_read(self, reader: Reader) -> bool:
        """Return whether the connection may be read at once; if so, call `end_read` after."""
        self._read_began = now = time.perf_counter()
        if not self._free_until:
            self._begin_turn(now)
        return now < self._free_until or reader.busy_until < now + _FAIR_AT_ONCE

    def may_go_on(self) -> bool:
        """Return whether the read that began last may handle more frames."""
        return time.perf_counter() - self._read_began < _AT_ONCE

    def end_read(self, reader: Reader) -> None:
        """Charge a connection the time that has passed since `begin_read`."""
        elapsed = time.perf_counter() - self._read_began
        reader.busy_until = max(reader.busy_until, self._read_began) + elapsed / _FAIR

    def has_time(self) -> bool:
        """Return whether this turn has free time left."""
        now = time.perf_counter()
        if not self._free_until:
            self._begin_turn(now)
        return now < self._free_until

    def enqueue(self, reader: Reader) -> None:
        """Put a reader at the end of the queue, unless it is in it."""
        self._queue[reader] = None
        if not self._is_scheduled:
            self._is_scheduled = True
            self._loop.call_soon(self._serve_queue)

    def _begin_turn(self, now: float) -> None:
        self._free_until = now + _FREE
        self._loop.call_soon(self._end_turn)  # runs first in the next turn

    def _end_turn(self) -> None:
        self._free_until = 0.0

    def _serve_queue(self) -> None:
        end = time.perf_counter() + _SHARE
        try:
            while self._queue and time.perf_counter() < end:
                reader, _ = self._queue.popitem(last=False)
                if reader.read_on():
                    self._queue[reader] = None
        finally:  # a fault of one reader stops no other
            self._is_scheduled = bool(self._queue)
            if self._is_scheduled:
                self._loop.call_soon(self._serve_queue)
