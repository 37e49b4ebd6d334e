"""Reads from a wire, for the drivers that wait: up to a deadline, or all that is there."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from camus_core.conformance import Closed, Heard
from camus_transport.client.wire import WireClosed

Read = Callable[[], Awaitable[bytes]]
"""Returns the next frame, immediately if it has already arrived; raises `WireClosed`."""


async def next_heard(read: Read, within: float) -> Sequence[Heard]:
    """Return the next frame or close, or nothing if none arrives within this many seconds."""
    try:
        async with asyncio.timeout(within):
            return [await read()]
    except TimeoutError:
        return []
    except WireClosed as closed:
        return [Closed(closed.code)]


async def all_heard(read: Read) -> Sequence[Heard]:
    """Return everything that has arrived by now."""
    heard: list[Heard] = []
    while news := await next_heard(read, 0):
        heard += news
        if isinstance(news[0], Closed):
            break
    return heard
