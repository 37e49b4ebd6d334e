"""A server whose messages the test writes one by one, without sockets or rooms."""

import asyncio
from collections import deque

from attrs import define, evolve, field

from camus_core.wire import messages as m
from camus_core.wire.json_codec import JsonCodec
from camus_core.wire.json_text import to_json
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import Backoff, RoomKey, Session, Token
from camus_transport.client import SessionEvent
from camus_transport.client.wire import WireClosed

TED, ANN = "7" * 32, "a" * 32

LIMITS = m.Allowance(
    frame_bytes=65536,
    messages_per_second=50,
    message_burst=1000,
    unconfirmed_frames=1024,
    unconfirmed_bytes=983040,
    place_seconds=30,
    silent_for=60,
)

NEWCOMER = m.JoinedBody(
    TED,
    "lobby",
    "guest",
    "secret",
    False,
    (),
    LIMITS,
    ("resume",),
    False,
    clients=(m.SessionClient(TED, "Ted", "guest"),),
)
"""The answer to a `join` that resumes nothing."""

TURN = "7ed.0"
"""The token of a turn in the waiting room."""

WAIT = m.WaitingBody("lobby", True, TURN)
"""The first answer to a `join` in a locked room; a second one follows."""

Answer = m.JoinedBody | m.WaitingBody | m.ErrorBody | WireClosed | OSError | None
"""None is no answer at all; with an `OSError` the connection fails."""


def resumed(received: int) -> m.JoinedBody:
    """Return the answer to a `join` that resumes its session."""
    return evolve(NEWCOMER, resumed=True, received=received, clients=None)


def rejoined(reason: m.Lost, received: int | None = None, *, id: str = TED) -> m.JoinedBody:
    """Return the answer to a `join` whose session can't simply be resumed."""
    clients = (m.SessionClient(id, "Ted", "guest"),)
    return evolve(NEWCOMER, id=id, reason=reason, received=received, clients=clients)


def to_ann(number: int) -> m.Extension:
    """Return a message of Ted's."""
    return m.Extension("x-count", ANN, to_json(number))


def from_ann(number: int) -> m.Extension:
    """Return a message to Ted."""
    return m.Extension("x-count", TED, to_json(number), ANN)


@define(eq=False)
class ScriptedWire:
    """One connection of a client to the scripted server.

    The wire itself answers `join` and, unless it is `mute`, `bye` and `ping`; the test sends
    everything else. Writing to a `deaf` wire fails, writing to a `stalled` one never returns.
    """

    answer: Answer
    join: m.JoinBody | None = None
    join_id: str | None = None
    cut_off: bool = False
    stalled: bool = False
    deaf: bool = False
    mute: bool = False
    _codec: JsonCodec = field(factory=JsonCodec)
    _from_client: asyncio.Queue[m.Message] = field(factory=asyncio.Queue)
    _to_client: asyncio.Queue[bytes | WireClosed] = field(factory=asyncio.Queue)

    # The server's side -----------------------------------------------------------------

    async def heard(self) -> m.Message:
        """Return the client's next message."""
        return await self._from_client.get()

    def heard_so_far(self) -> list[m.Message]:
        """Return the client's messages that were not returned yet."""
        return [self._from_client.get_nowait() for _ in range(self._from_client.qsize())]

    def say(self, *messages: m.Message) -> None:
        """Send messages, as the server unless a message has another sender."""
        for message in messages:
            message.sender = message.sender or GROUND_CONTROL
            self._to_client.put_nowait(self._codec.encode(message))

    def answer_join(self, answer: Answer) -> None:
        """Answer `join`, or close instead."""
        match answer:
            case m.JoinedBody() as body:
                self.say(m.Joined(TED, body, reply_to=self.join_id))
            case m.WaitingBody() as body:
                self.say(m.Waiting(TED, body, reply_to=self.join_id))
            case m.ErrorBody() as error:
                self.say(m.Error(TED, error, reply_to=self.join_id))
            case WireClosed() as end:
                self._to_client.put_nowait(end)
            case _:
                pass

    def say_raw(self, frame: bytes) -> None:
        self._to_client.put_nowait(frame)

    def close(self, code: int) -> None:
        self._to_client.put_nowait(WireClosed(code, ""))

    # The client's side -----------------------------------------------------------------

    async def write(self, frame: bytes) -> None:
        if self.stalled:
            await asyncio.get_running_loop().create_future()
        if self.deaf:
            raise WireClosed(1006, "nobody reads")
        message = self._codec.decode(frame, ids=True)
        match message:
            case m.Join(data=join, id=id):
                self.join, self.join_id = join, id
                self.answer_join(self.answer)
                return
            case m.Bye(receiver=m.GROUND_CONTROL) if not self.mute:
                self.close(1000)
            case m.Ping(receiver=m.GROUND_CONTROL, data=data, id=id) if not self.mute:
                self.say(m.Pong(TED, data, reply_to=id))
            case _:
                pass
        self._from_client.put_nowait(message)

    async def read(self) -> bytes:
        read = await self._to_client.get()
        if isinstance(read, WireClosed):
            self._to_client.put_nowait(read)
            raise read
        return read

    async def hang_up(self) -> None:
        self.abort()

    def abort(self) -> None:
        if not self.cut_off:
            self.cut_off = True
            self.close(1006)


@define(eq=False)
class ScriptedServer:
    """A server that accepts one connection for each answer; `events` are the session's."""

    answers: deque[Answer]
    wires: list[ScriptedWire] = field(factory=list)
    opened_at: list[float] = field(factory=list)
    events: list[SessionEvent] = field(factory=list)

    async def open(self) -> ScriptedWire:
        self.opened_at.append(round(asyncio.get_running_loop().time(), 6))
        answer = self.answers.popleft()
        if isinstance(answer, OSError):
            raise answer
        self.wires.append(ScriptedWire(answer))
        return self.wires[-1]

    def session(
        self,
        give_up_after: float | None = None,
        token: Token | None = None,
        key: RoomKey | None = None,
    ) -> Session:
        """Return Ted's session; each of its delays is the longest possible."""
        backoff = Backoff(give_up_after, jitter=lambda most: most)
        join = m.JoinBody("lobby", "Ted")
        return Session(self.open, join, self.events.append, backoff, token, key)


def server_that_says(*answers: Answer) -> ScriptedServer:
    """Return a server that gives these answers, one to each `join`."""
    return ScriptedServer(deque(answers))
