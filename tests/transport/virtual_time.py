"""An event loop in virtual time: when all tasks wait, the clock jumps to the next timer."""

import asyncio
import functools
import selectors
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any, TypeVarTuple

Arguments = TypeVarTuple("Arguments")

_LONGEST = 10 * 24 * 3600.0
"""Virtual seconds that a test may take; a wait that is longer will never end."""


class _Clock(selectors.SelectSelector):
    """A selector that waits for no file, and so ends every wait at once."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits, and nothing will ever happen"
            self.now += timeout
            assert self.now < _LONGEST, "what is waited for will never happen"
        return ready


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _Clock()
        self.timers: list[asyncio.TimerHandle] = []
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now

    def call_at(
        self,
        when: float,
        callback: Callable[[*Arguments], object],
        *arguments: *Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        self.timers.append(super().call_at(when, callback, *arguments, context=context))
        return self.timers[-1]

    def armed(self) -> list[asyncio.TimerHandle]:
        """Return the timers that are still to fire."""
        return [one for one in self.timers if one.when() > self.time() and not one.cancelled()]


def in_virtual_time(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run a test without I/O; it has to end each task and timer that it starts."""

    async def run(*arguments: Any, **named: Any) -> None:
        await test(*arguments, **named)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, _VirtualLoop)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert loop.armed() == []

    @functools.wraps(test)
    def run_it(*arguments: Any, **named: Any) -> None:
        with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
            runner.run(run(*arguments, **named))

    return run_it


def pass_over(seconds: float) -> None:
    """Let time pass in which this process stands still."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, _VirtualLoop)
    loop._clock.now += seconds


def now() -> float:
    """Return the virtual time in seconds, rounded to microseconds."""
    return round(asyncio.get_running_loop().time(), 6)
