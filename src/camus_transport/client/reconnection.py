"""The connections of one session: the first join, and a new one after each that ends."""

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
from .websocket_wire import retry_after_of
from .wire import Wire, WireClosed

_STABLE_SECONDS = 10.0
"""A connection that has lasted this long was a good one: delays start at the first again."""

_LEAVING_SECONDS = 1.0
"""The time limit for giving up a turn in a waiting room."""

OnJoined = Callable[[m.Joined], None]
"""Called with the `joined` of each connection; it may raise `MalformedMessage`."""

Token = str | Callable[[], Awaitable[str]]
"""A token that identifies a client, or a function that gets a new one, since tokens expire."""


@define(eq=False)
class Reconnection:
    """Opens connections for one session, and sends `join` on them.

    Attributes:
        open_wire: opens a connection to the server.
        join: the body of the first `join`, without the token, and with the guest token that
            the server has given.
        notify: called when a connection was lost, when a try failed, and when the client has
            to wait for admission.

    `_reached_at` is the time at which the last connection joined the room or began to wait for
    admission, or None if it has done neither. `_time_limit` ends the tries. `_turn` is the
    token of its turn among the waiting clients, while it waits.
    """

    open_wire: Callable[[], Awaitable[Wire]]
    join: m.JoinBody
    token: Token | None
    codec: Codec
    backoff: Backoff
    notify: Callable[[Dropped | InWaitingRoom], None]
    _tries: int = field(default=0, init=False)
    _reached_at: float | None = field(default=None, init=False)
    _time_limit: asyncio.Timeout | None = field(default=None, init=False)
    _turn: str | None = field(default=None, init=False)

    async def enter(self, on_joined: OnJoined) -> Wire:
        """Return the first connection on which the client has joined its room.

        A client that loses its connection while it waits for admission comes back to its turn.

        Raises:
            OSError: the server can't be reached.
            websockets.exceptions.InvalidHandshake: no signaling server answers, or it refuses.
            Refused: the room doesn't admit this client.
            ConnectionClosed: the connection ended before the answer, or `backoff` gave up.
            TimeoutError: the server, or the function that gets tokens, didn't answer in time.
            Exception: any error of the function that gets tokens.
        """
        retries = self.backoff.retry_first_connect
        try:
            if retries:
                return await self._try_to_join(lambda: self.join, on_joined)
            return await self._send_join(self.join, await self._get_token(), on_joined)
        except ConnectionClosed as first:
            if self._reached_at is None and not retries:
                raise
            end, delay = first, self._delay_after(first)
        except Refused as refused:
            if not retries or refused.retry_after is None:
                raise
            end = ConnectionClosed(WireClosed(1006, ""), refused.error)
            delay = self.backoff.after_refusal(refused.retry_after)
        return await self._keep_trying(end, delay, lambda: self.join, on_joined)

    async def reconnect(self, end: ConnectionClosed, state: SessionState) -> Wire:
        """Return a new connection on which the client is in its room again.

        Args:
            end: the end of the connection before.
            state: the session to resume, which learns of the new `joined`.

        Raises:
            ConnectionClosed: the client must not come back, or `backoff` gave up.
        """
        membership = state.membership
        try:
            return await self._keep_trying(
                end,
                self._delay_after(end, membership.reconnect_in),
                lambda: membership.resuming(self.join, state.delivery.received),
                state.join_again,
            )
        except Refused as refused:
            raise ConnectionClosed(WireClosed(end.code, ""), refused.error) from None

    async def _keep_trying(
        self,
        end: ConnectionClosed,
        delay: float | None,
        join: Callable[[], m.JoinBody],
        on_joined: OnJoined,
    ) -> Wire:
        """Try to join after each delay, until the client has joined or `backoff` gives up.

        Raises:
            Refused: the room doesn't admit this client.
            ConnectionClosed: the client must not come back, or `backoff` gave up.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._give_up_at()) as self._time_limit:
                while delay is not None:
                    self.notify(Dropped(end.code, delay))
                    await self.backoff.sleep(delay)
                    self._tries += 1
                    try:
                        return await self._try_to_join(join, on_joined)
                    except ConnectionClosed as failure:
                        end, delay = failure, self._delay_after(failure)
                    except Refused as refused:
                        delay = self.backoff.after_refusal(refused.retry_after)
                        if delay is None:
                            raise
                        end = ConnectionClosed(WireClosed(end.code, ""), refused.error)
                    if self._reached_at is not None:  # it waited for admission until just now
                        self._time_limit.reschedule(self._give_up_at())
        raise end

    async def _try_to_join(self, join: Callable[[], m.JoinBody], on_joined: OnJoined) -> Wire:
        """Join once; report every failure that may be temporary as one of two exceptions.

        Raises:
            Refused: the room doesn't admit this client; or the server refuses the handshake
                (HTTP 429 or 503) and says when to try again.
            ConnectionClosed: any other failure.
        """
        self._reached_at = None
        try:
            token = await self._get_token()
        except Exception as error:  # the source of tokens may be down together with the server
            log_fault_without_text("the function that gets tokens", error)
            raise ConnectionClosed(
                WireClosed(1006, "no token to reconnect with"), None
            ) from None
        try:
            return await self._send_join(join(), token, on_joined)
        except InvalidStatus as refusal:
            retry_after = retry_after_of(refusal.response)
            if retry_after is None:
                raise _not_connected(refusal) from None
            too_many = refusal.response.status_code == HTTPStatus.TOO_MANY_REQUESTS
            code = (RateLimited if too_many else Unavailable).code
            raise Refused(m.ErrorBody(code, str(refusal), retry_after)) from None
        except (OSError, InvalidHandshake) as error:
            raise _not_connected(error) from None

    async def _get_token(self) -> str | None:
        if not callable(self.token):
            return self.token
        async with asyncio.timeout(ANSWER_SECONDS):
            return await self.token()

    async def _send_join(
        self, join: m.JoinBody, token: str | None, on_joined: OnJoined
    ) -> Wire:
        wire = await self.open_wire()
        try:
            if self._turn is not None:
                join = evolve(join, resume=m.ResumeBody(self._turn))
            request = m.Join(GROUND_CONTROL, evolve(join, token=token), id="join")
            joined = await ask(wire, self.codec, request, m.Joined, self._on_waiting)
            self._keep(joined.data.guest_token)
            on_joined(joined)
        except MalformedMessage as error:
            wire.abort()
            raise ConnectionClosed(WireClosed(PROTOCOL.code, str(error)), None) from None
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError) and self._turn is not None:
                await self._give_up_turn(wire)
            wire.abort()
            raise
        self._reached_at, self._turn = _time(), None
        return wire

    async def _give_up_turn(self, wire: Wire) -> None:
        with suppress(WireClosed, TimeoutError):
            async with asyncio.timeout(_LEAVING_SECONDS):
                await wire.write(self.codec.encode(m.Bye(GROUND_CONTROL)))
                await wire.hang_up()

    def _on_waiting(self, waiting: m.WaitingBody) -> None:
        """Wait for admission without a time limit: the server is there, people decide."""
        self._reached_at, self._turn = _time(), waiting.session
        self._keep(waiting.guest_token)
        if self._time_limit is not None:
            self._time_limit.reschedule(None)
        is_moderated = waiting.moderated is not False  # an older server doesn't say
        self.notify(InWaitingRoom(waiting.room_id, is_moderated, waiting.name))

    def _keep(self, guest_token: str | None) -> None:
        """Keep the secret by which the room knows this client again, for the next `join`."""
        if guest_token is not None:
            self.join = evolve(self.join, guest_token=guest_token)

    def _give_up_at(self) -> float | None:
        seconds = self.backoff.give_up_after
        return None if seconds is None else _time() + seconds

    def _delay_after(
        self, end: ConnectionClosed, reconnect_in: float | None = None
    ) -> float | None:
        """Return the seconds until the next try, or None if the client must not come back."""
        if self._reached_at is not None and _time() - self._reached_at >= _STABLE_SECONDS:
            self._tries = 0
        retry_after = None if end.error is None else end.error.retry_after
        return self.backoff.after_close(
            end.code, self._tries, retry_after=retry_after, reconnect_in=reconnect_in
        )


def _not_connected(error: Exception) -> ConnectionClosed:
    return ConnectionClosed(WireClosed(1006, str(error)), None)


def _time() -> float:
    return asyncio.get_running_loop().time()
