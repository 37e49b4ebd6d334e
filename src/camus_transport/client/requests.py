"""Requests to the server, and the answers to them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TypeVar

from attrs import define, evolve, field

from camus_core.wire import messages as m
from camus_core.wire.codec import Codec
from camus_core.wire.errors import ProtocolError
from camus_core.wire.messages import GROUND_CONTROL

from .peer import ConnectionClosed
from .session_connection import LIVENESS_PING
from .wire import Wire, WireClosed

Answer = TypeVar("Answer", bound=m.Message)

ANSWER_SECONDS = 15.0
"""The time limit for an answer: enough for a locked database and a full queue of passwords."""


class Refused(Exception):
    """The server has refused a request.

    Attributes:
        error: the body of the server's `error`.
        code: its code, on which programs can rely; `docs/protocol.md` has a table of them.
        retry_after: the seconds after which the request may succeed, or None.
    """

    def __init__(self, error: m.ErrorBody) -> None:
        super().__init__(f"{error.code}: {error.message}")
        self.error = error
        self.code = error.code
        self.retry_after = error.retry_after


class Unanswered(Exception):
    """The session couldn't be resumed; the server may have handled the request or not."""


async def ask(
    wire: Wire,
    codec: Codec,
    request: m.Message,
    kind: type[Answer],
    on_waiting: Callable[[m.WaitingBody], None] | None = None,
) -> Answer:
    """Send a request on a connection that isn't in a room yet, and return the answer.

    Args:
        wire: a connection of the session profile.
        codec: the codec of that profile.
        request: the request; it has an id.
        kind: the type of the answer.
        on_waiting: called when the client has to wait for admission. From then on the answer
            has no time limit, as long as the server answers pings.

    Raises:
        Refused: the server refuses the request.
        ConnectionClosed: the connection has ended.
        TimeoutError: the server didn't answer in time.
    """
    error: m.ErrorBody | None = None
    read = wire.read
    try:
        async with asyncio.timeout(ANSWER_SECONDS) as time_limit:
            await _send(wire, codec, request)
            while True:
                try:
                    message = codec.decode(await read(), ids=True)
                except ProtocolError:  # a message that only newer servers know
                    continue
                if isinstance(message, kind):
                    return message
                if isinstance(message, m.Error):
                    error = message.data
                    if message.reply_to == request.id:
                        raise Refused(error)
                if isinstance(message, m.Ping):
                    await _send(wire, codec, m.Pong(GROUND_CONTROL, message.data))
                if isinstance(message, m.Waiting) and on_waiting is not None:
                    time_limit.reschedule(None)
                    read = partial(_read_while_alive, wire, codec)
                    on_waiting(message.data)
    except WireClosed as closed:
        raise ConnectionClosed(closed, error) from None


async def _send(wire: Wire, codec: Codec, message: m.Message) -> None:
    with suppress(WireClosed):  # reading raises it too, after what the server said last
        await wire.write(codec.encode(message))


async def _read_while_alive(wire: Wire, codec: Codec) -> bytes:
    """Return the next frame; ping the server when it is silent.

    Raises:
        WireClosed: the connection has ended, or the server doesn't answer the ping.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS):
            return await wire.read()
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS):
            await _send(wire, codec, LIVENESS_PING)
            return await wire.read()
    raise WireClosed(1006, "the server is silent")


@define(eq=False)
class PendingRequests:
    """The requests of one session that wait for their answers."""

    _pending: dict[str, tuple[m.Message, asyncio.Future[m.Message]]] = field(factory=dict)
    _last_number: int = 0

    def __contains__(self, id: str | None) -> bool:
        return id in self._pending

    def __iter__(self) -> Iterator[m.Message]:
        """Iterate over the requests whose callers still wait."""
        return (request for request, answer in self._pending.values() if not answer.done())

    def with_id(self, request: m.Message) -> m.Message:
        """Return the request with an id that is unique in this session."""
        self._last_number += 1
        return evolve(request, id=f"request-{self._last_number}")

    def without_caller(self, request: m.Message) -> m.Message:
        """Return the request with an id, under which its answer is dropped."""
        request = self.with_id(request)
        assert request.id is not None
        answer: asyncio.Future[m.Message] = asyncio.get_running_loop().create_future()
        answer.cancel()
        self._pending[request.id] = request, answer
        return request

    async def answer_to(self, request: m.Message) -> m.Message:
        """Wait for the answer to a request and return it.

        Raises:
            Refused: the server refuses the request.
            Exception: the argument of `fail`.
        """
        assert request.id is not None
        answer: asyncio.Future[m.Message] = asyncio.get_running_loop().create_future()
        self._pending[request.id] = request, answer
        return await answer

    def resolve(self, message: m.Message) -> bool:
        """Pass a message to the request that it answers; return False if it answers none."""
        if message.reply_to not in self._pending:
            return False
        _, answer = self._pending.pop(message.reply_to)
        if answer.done():
            pass  # its caller was cancelled
        elif isinstance(message, m.Error):
            answer.set_exception(Refused(message.data))
        else:
            answer.set_result(message)
        return True

    def fail(self, error: Exception) -> None:
        """Raise this error in every caller that waits for an answer."""
        pending, self._pending = self._pending, {}
        for _, answer in pending.values():
            if not answer.done():
                answer.set_exception(error)
