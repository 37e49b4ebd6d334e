"""The way into a room, and back into it: knock, wait, and knock again."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from attrs import define, field
from websockets.exceptions import InvalidHandshake

from camus_core import messages as m
from camus_core.codec import Codec
from camus_core.errors import PROTOCOL, MalformedMessage
from camus_core.messages import GROUND_CONTROL

from ..client import Disconnected
from ..wire import Wire, WireClosed
from .backoff import Backoff
from .events import Dropped
from .requests import Refused, ask
from .state import SessionState

_STEADY_SECONDS = 10.0
"""A connection that has held so long was a good one: the next delay is a short one again."""

Settle = Callable[[m.Joined], None]


@define(eq=False)
class Comeback:
    """Opens connections for one session, and says `join` on them.

    `tell` hears of each drop, and of each try that failed.
    """

    open_wire: Callable[[], Awaitable[Wire]]
    join: m.JoinBody
    codec: Codec
    backoff: Backoff
    tell: Callable[[Dropped], None]
    _tries: int = field(default=0, init=False)

    async def enter(self, settle: Settle) -> Wire:
        """Return a connection on which the client is in its room; `settle` is told how.

        Raises:
            OSError: nobody listens or answers there.
            websockets.exceptions.InvalidHandshake: no signaling server, or it refuses.
            Refused: the room doesn't let this client in.
            Disconnected: the connection has ended before there was an answer.
        """
        return await self._knock(self.join, settle)

    async def come_back(self, end: Disconnected, held: float, state: SessionState) -> Wire:
        """The same, after a connection that had held for so many seconds has ended.

        Raises:
            Disconnected: the client may not come back, or has tried for long enough.
        """
        if held >= _STEADY_SECONDS:
            self._tries = 0
        place = state.membership
        delay = self._delay(end, place.reconnect_in)
        with suppress(TimeoutError):
            async with asyncio.timeout(self.backoff.give_up_after):
                while delay is not None:
                    self.tell(Dropped(end.code, delay))
                    await self.backoff.sleep(delay)
                    self._tries += 1
                    join = place.as_before(self.join, state.delivery.received)
                    try:
                        return await self._knock(join, state.go_on)
                    except (OSError, InvalidHandshake) as error:
                        end = Disconnected(WireClosed(1006, str(error)), None)
                        delay = self._delay(end)
                    except Disconnected as again:
                        end, delay = again, self._delay(again)
                    except Refused as refused:
                        end = Disconnected(WireClosed(end.code, ""), refused.error)
                        delay = self.backoff.after_refusal(refused.retry_after)
        raise end

    async def _knock(self, join: m.JoinBody, settle: Settle) -> Wire:
        wire = await self.open_wire()
        try:
            question = m.Join(GROUND_CONTROL, join, id="join")
            settle(await ask(wire, self.codec, question, m.Joined))
        except MalformedMessage as error:
            wire.abort()
            raise Disconnected(WireClosed(PROTOCOL.code, str(error)), None) from None
        except BaseException:
            wire.abort()
            raise
        return wire

    def _delay(self, end: Disconnected, reconnect_in: float | None = None) -> float | None:
        retry_after = None if end.error is None else end.error.retry_after
        return self.backoff.after_close(
            end.code, self._tries, retry_after=retry_after, reconnect_in=reconnect_in
        )
