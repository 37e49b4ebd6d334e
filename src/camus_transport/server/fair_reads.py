"""Shares each turn of the event loop between connections, so that a flood delays itself.

What a member says is handled when it comes. Where that takes too long for one turn, who has
taken little is heard before who has taken much; and whatever is long or unusual waits here,
for a bounded part of each turn. So do answers of a store and ends of connections, of which a
thousand may come at once.
"""

import asyncio
import time
from collections import OrderedDict
from typing import Protocol

_FREE = 0.005
"""Seconds of each turn in which everybody is heard at once."""

_SHARE = 0.002
"""Seconds of each turn for those who wait, and what one of them takes longer than that."""

_FAIR = 0.01
"""The part of the time that one connection may take and still be heard at once."""

_FAIR_AT_ONCE = 0.2
"""Seconds whose part may be taken together: a session description and its candidates."""

_NEW = 1.0
"""Seconds until a newcomer may: a crowd of them comes to say a lot."""


class Reader(Protocol):
    """Somebody who has something left to read.

    `busy_until` is when it has taken no more than its part (`time.perf_counter`).
    """

    busy_until: float

    def read_on(self) -> bool:
        """Read a little of it; tell whether there is more to read now."""


class FairReads:
    """Who is heard at once, and who waits: each of them once, in the order of coming."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: OrderedDict[Reader, None] = OrderedDict()
        self._is_called = False
        self._free_until = 0.0
        self._begun = 0.0

    def register(self, reader: Reader) -> None:
        """Take somebody for a newcomer."""
        reader.busy_until = time.perf_counter() + _NEW

    def begin_read(self, reader: Reader) -> bool:
        """Tell whether somebody is heard at once; if so, `end` follows."""
        self._begun = now = time.perf_counter()
        if not self._free_until:
            self._begin_turn(now)
        return now < self._free_until or reader.busy_until < now + _FAIR_AT_ONCE

    def end_read(self, reader: Reader) -> None:
        """Note what somebody has taken since `begin`."""
        took = time.perf_counter() - self._begun
        reader.busy_until = max(reader.busy_until, self._begun) + took / _FAIR

    def has_time(self) -> bool:
        """Tell whether this turn has time for whatever comes next."""
        now = time.perf_counter()
        if not self._free_until:
            self._begin_turn(now)
        return now < self._free_until

    def enqueue(self, reader: Reader) -> None:
        """Have somebody wait, unless it does."""
        self._waiting[reader] = None
        if not self._is_called:
            self._is_called = True
            self._loop.call_soon(self._serve)

    def _begin_turn(self, now: float) -> None:
        self._free_until = now + _FREE
        self._loop.call_soon(self._next_turn)

    def _next_turn(self) -> None:
        self._free_until = 0.0

    def _serve(self) -> None:
        end = time.perf_counter() + _SHARE
        while self._waiting and time.perf_counter() < end:
            reader, _ = self._waiting.popitem(last=False)
            if reader.read_on():
                self._waiting[reader] = None
        self._is_called = bool(self._waiting)
        if self._is_called:
            self._loop.call_soon(self._serve)
