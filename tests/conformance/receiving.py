"""How the drivers that wait hear: until a deadline, and all that has come."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from camus_core.conformance import Closed, Heard
from camus_transport.client.wire import WireClosed

Read = Callable[[], Awaitable[bytes]]
"""Returns the next frame, at once if it has come already; raises `WireClosed`."""


async def next_heard(read: Read, within: float) -> Sequence[Heard]:
    """Return the next thing heard, or nothing when none comes within these seconds."""
    try:
        async with asyncio.timeout(within):
            return [await read()]
    except TimeoutError:
        return []
    except WireClosed as closed:
        return [Closed(closed.code)]


async def all_heard(read: Read) -> Sequence[Heard]:
    """Return what has come up to now."""
    heard: list[Heard] = []
    while news := await next_heard(read, 0):
        heard += news
        if isinstance(news[0], Closed):
            break
    return heard
