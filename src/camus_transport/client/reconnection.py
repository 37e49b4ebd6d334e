"""The way into a room, and back into it: knock, wait, and knock again."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus

from attrs import define, evolve, field
from websockets.exceptions import InvalidHandshake, InvalidStatus

from camus_core.wire import messages as m
from camus_core.wire.codec import Codec
from camus_core.wire.errors import PROTOCOL, MalformedMessage, RateLimited, Unavailable
from camus_core.wire.messages import GROUND_CONTROL

from ..logs import log_fault_without_text
from .backoff import Backoff
from .events import Dropped, InWaitingRoom
from .peer import ConnectionClosed
from .requests import ANSWER_SECONDS, Refused, ask
from .session_state import SessionState
from .wire import Wire, WireClosed, retry_after_of

_STEADY_SECONDS = 10.0
"""A connection that has held so long was a good one: the next delay is a short one again."""

Settle = Callable[[m.Joined], None]

Token = str | Callable[[], Awaitable[str]]
"""What shows who a client is, or a function that gets a fresh one: tokens expire."""


@define(eq=False)
class Reconnection:
    """Opens connections for one session, and says `join` on them.

    `tell` hears of each drop, of each try that failed, and of waiting at a locked door.
    `_arrived_at` is when the last connection was in the room, or at its door; `_patience` ends
    the tries.
    """

    open_wire: Callable[[], Awaitable[Wire]]
    join: m.JoinBody
    token: Token | None
    codec: Codec
    backoff: Backoff
    tell: Callable[[Dropped | InWaitingRoom], None]
    _tries: int = field(default=0, init=False)
    _arrived_at: float | None = field(default=None, init=False)
    _patience: asyncio.Timeout | None = field(default=None, init=False)

    async def enter(self, settle: Settle) -> Wire:
        """Return a connection on which the client is in its room; `settle` is told how.

        Raises:
            OSError: nobody listens or answers there.
            websockets.exceptions.InvalidHandshake: no signaling server, or it refuses.
            Refused: the room doesn't let this client in.
            Disconnected: the connection has ended before there was an answer. At a locked door
                that is no reason to go: see `come_back`.
            Exception: what the function raised that gets tokens.
        """
        retries = self.backoff.retry_first_connect
        try:
            if retries:
                return await self._knock_again(lambda: self.join, settle)
            return await self._knock(self.join, await self._token(), settle)
        except ConnectionClosed as first:
            if self._arrived_at is None and not retries:
                raise
            end, delay = first, self._delay(first)
        except Refused as refused:
            if not retries or refused.retry_after is None:
                raise
            end = ConnectionClosed(WireClosed(1006, ""), refused.error)
            delay = self.backoff.after_refusal(refused.retry_after)
        return await self._try_again(end, delay, lambda: self.join, settle)

    async def reconnect(self, end: ConnectionClosed, state: SessionState) -> Wire:
        """The same, after the last connection has ended.

        Raises:
            Disconnected: the client may not come back, or has tried for long enough.
        """
        place = state.membership
        try:
            return await self._try_again(
                end,
                self._delay(end, place.reconnect_in),
                lambda: place.as_before(self.join, state.delivery.received),
                state.go_on,
            )
        except Refused as refused:
            raise ConnectionClosed(WireClosed(end.code, ""), refused.error) from None

    async def _try_again(
        self,
        end: ConnectionClosed,
        delay: float | None,
        join: Callable[[], m.JoinBody],
        settle: Settle,
    ) -> Wire:
        """Knock after each delay until the client is in, or has tried for long enough.

        Raises:
            Refused: the room doesn't let this client in.
            Disconnected: the client may not come back, or has tried for long enough.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._give_up_at()) as self._patience:
                while delay is not None:
                    self.tell(Dropped(end.code, delay))
                    await self.backoff.sleep(delay)
                    self._tries += 1
                    try:
                        return await self._knock_again(join, settle)
                    except ConnectionClosed as again:
                        end, delay = again, self._delay(again)
                    except Refused as refused:
                        delay = self.backoff.after_refusal(refused.retry_after)
                        if delay is None:
                            raise
                        end = ConnectionClosed(WireClosed(end.code, ""), refused.error)
                    if self._arrived_at is not None:  # it was at the door, and has lost it
                        self._patience.reschedule(self._give_up_at())
        raise end

    async def _knock_again(self, join: Callable[[], m.JoinBody], settle: Settle) -> Wire:
        """Knock; whatever prevents it may pass.

        Raises:
            Refused: the room doesn't let this client in, or the server has no place for it
                yet: HTTP 429 or 503, with a time.
            Disconnected: anything else.
        """
        self._arrived_at = None
        try:
            token = await self._token()
        except Exception as error:  # whoever gives tokens may be away as the server is
            log_fault_without_text("what gets a token to come back with", error)
            raise ConnectionClosed(
                WireClosed(1006, "no token to come back with"), None
            ) from None
        try:
            return await self._knock(join(), token, settle)
        except InvalidStatus as refusal:
            retry_after = retry_after_of(refusal.response)
            if retry_after is None:
                raise _not_connected(refusal) from None
            too_many = refusal.response.status_code == HTTPStatus.TOO_MANY_REQUESTS
            code = (RateLimited if too_many else Unavailable).code
            raise Refused(m.ErrorBody(code, str(refusal), retry_after)) from None
        except (OSError, InvalidHandshake) as error:
            raise _not_connected(error) from None

    async def _token(self) -> str | None:
        if not callable(self.token):
            return self.token
        async with asyncio.timeout(ANSWER_SECONDS):
            return await self.token()

    async def _knock(self, join: m.JoinBody, token: str | None, settle: Settle) -> Wire:
        wire = await self.open_wire()
        try:
            question = m.Join(GROUND_CONTROL, evolve(join, token=token), id="join")
            settle(await ask(wire, self.codec, question, m.Joined, self._wait))
        except MalformedMessage as error:
            wire.abort()
            raise ConnectionClosed(WireClosed(PROTOCOL.code, str(error)), None) from None
        except BaseException:
            wire.abort()
            raise
        self._arrived_at = _time()
        return wire

    def _wait(self, waiting: m.WaitingBody) -> None:
        """The client is at a locked door: it hasn't got in, but the server is there."""
        self._arrived_at = _time()
        if self._patience is not None:
            self._patience.reschedule(None)
        self.tell(InWaitingRoom(waiting.room_id))

    def _give_up_at(self) -> float | None:
        seconds = self.backoff.give_up_after
        return None if seconds is None else _time() + seconds

    def _delay(self, end: ConnectionClosed, reconnect_in: float | None = None) -> float | None:
        """Return when to try again after a connection has ended, or could not be had."""
        if self._arrived_at is not None and _time() - self._arrived_at >= _STEADY_SECONDS:
            self._tries = 0
        retry_after = None if end.error is None else end.error.retry_after
        return self.backoff.after_close(
            end.code, self._tries, retry_after=retry_after, reconnect_in=reconnect_in
        )


def _not_connected(error: Exception) -> ConnectionClosed:
    return ConnectionClosed(WireClosed(1006, str(error)), None)


def _time() -> float:
    return asyncio.get_running_loop().time()
