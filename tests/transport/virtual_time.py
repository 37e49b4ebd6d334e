"""An event loop whose time jumps: whoever sleeps wakes when everybody else waits."""

import asyncio
import functools
import selectors
from collections.abc import Awaitable, Callable
from typing import Any


class _Clock(selectors.SelectSelector):
    """Waits for no file, and so ends every wait at once."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits, and nothing will ever happen"
            self.now += timeout
        return ready


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _Clock()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def in_virtual_time(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run a test of things that do no I/O; it has to end all the tasks that it starts."""

    async def run(*arguments: Any, **named: Any) -> None:
        await test(*arguments, **named)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    @functools.wraps(test)
    def run_it(*arguments: Any, **named: Any) -> None:
        with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
            runner.run(run(*arguments, **named))

    return run_it


def now() -> float:
    """Return the virtual time, in seconds; microseconds are rounded away."""
    return round(asyncio.get_running_loop().time(), 6)
