"""Requests to the server, and their answers."""

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
from .session_connection import ARE_YOU_THERE
from .wire import Wire, WireClosed

Answer = TypeVar("Answer", bound=m.Message)

ANSWER_SECONDS = 15.0
"""A database that somebody else has locked, and a queue of passwords before one's own."""


class Refused(Exception):
    """The server refuses what it was asked for.

    Attributes:
        error: what it says.
        code: what programs rely on; see the table in `docs/protocol.md`.
        retry_after: seconds after which it may work, or None.
    """

    def __init__(self, error: m.ErrorBody) -> None:
        super().__init__(f"{error.code}: {error.message}")
        self.error = error
        self.code = error.code
        self.retry_after = error.retry_after


class Unanswered(Exception):
    """The session could not be resumed: the request may have been handled or not."""


async def ask(
    wire: Wire,
    codec: Codec,
    question: m.Message,
    kind: type[Answer],
    on_waiting: Callable[[m.WaitingBody], None] | None = None,
) -> Answer:
    """Ask something on a connection of the session profile that is not in a room.

    `on_waiting` is told when the client has to wait at a locked door. From then on the answer
    may take as long as it takes, if only the server lives.

    Raises:
        Refused: the server says no.
        Disconnected: the connection has ended.
        TimeoutError: there is no answer.
    """
    error: m.ErrorBody | None = None
    read = wire.read
    try:
        async with asyncio.timeout(ANSWER_SECONDS) as patience:
            await _say(wire, codec, question)
            while True:
                try:
                    heard = codec.decode(await read(), ids=True)
                except ProtocolError:  # of a newer server
                    continue
                if isinstance(heard, kind):
                    return heard
                if isinstance(heard, m.Error):
                    error = heard.data
                    if heard.reply_to == question.id:
                        raise Refused(error)
                if isinstance(heard, m.Ping):
                    await _say(wire, codec, m.Pong(GROUND_CONTROL, heard.data))
                if isinstance(heard, m.Waiting) and on_waiting is not None:
                    patience.reschedule(None)
                    read = partial(_read_while_it_lives, wire, codec)
                    on_waiting(heard.data)
    except WireClosed as closed:
        raise ConnectionClosed(closed, error) from None


async def _say(wire: Wire, codec: Codec, message: m.Message) -> None:
    with suppress(WireClosed):  # who reads hears of it too, and first why
        await wire.write(codec.encode(message))


async def _read_while_it_lives(wire: Wire, codec: Codec) -> bytes:
    """Return the next frame; a server that is silent is pinged.

    Raises:
        WireClosed: the connection has ended, or it doesn't answer.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS):
            return await wire.read()
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS):
            await _say(wire, codec, ARE_YOU_THERE)
            return await wire.read()
    raise WireClosed(1006, "the server is silent")


@define(eq=False)
class Requests:
    """Those of one session that wait for their answers."""

    _waiting: dict[str, tuple[m.Message, asyncio.Future[m.Message]]] = field(factory=dict)
    _last: int = 0

    def __contains__(self, id: str | None) -> bool:
        return id in self._waiting

    def __iter__(self) -> Iterator[m.Message]:
        """Iterate over the questions."""
        return (question for question, answer in self._waiting.values() if not answer.done())

    def named(self, question: m.Message) -> m.Message:
        """Return the question with an id of its own."""
        self._last += 1
        return evolve(question, id=f"request-{self._last}")

    async def answer_to(self, question: m.Message) -> m.Message:
        """Wait for the answer.

        Raises:
            Exception: what `fail` was called with, or `Refused`.
        """
        assert question.id is not None
        answer: asyncio.Future[m.Message] = asyncio.get_running_loop().create_future()
        self._waiting[question.id] = question, answer
        return await answer

    def answered(self, message: m.Message) -> bool:
        """Tell whether a message of the server's is an answer, and hand it over if it is."""
        if message.reply_to not in self._waiting:
            return False
        _, answer = self._waiting.pop(message.reply_to)
        if answer.done():
            pass  # nobody waits any more
        elif isinstance(message, m.Error):
            answer.set_exception(Refused(message.data))
        else:
            answer.set_result(message)
        return True

    def fail(self, error: Exception) -> None:
        """There will be no answers."""
        waiting, self._waiting = self._waiting, {}
        for _, answer in waiting.values():
            if not answer.done():
                answer.set_exception(error)
