"""One connection of a session while it lasts: read, written, and watched."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from camus_core.wire import messages as m
from camus_core.wire.codec import Codec
from camus_core.wire.errors import PROTOCOL, MalformedMessage, ProtocolError
from camus_core.wire.messages import GROUND_CONTROL, UNCOUNTED
from camus_core.wire.profile import ACK_SECONDS

from .delivery import ClientDelivery
from .peer import ConnectionClosed
from .wire import Wire, WireClosed

_PATIENCE = 1 / 3
"""The share of the server's own patience with a silent client after which the client pings,
and after which once more it comes back: before its place is lost."""

ARE_YOU_THERE = m.Ping(GROUND_CONTROL, id="are-you-there")
"""What a client asks a silent server. The answer is for itself, and not shown."""

_PAUSE = 0.5
"""Seconds by which a look comes too late for this program to have been just busy."""

_MOST_PONGS = 8
"""Pongs that wait to be written: of more pings nobody waits for every answer."""


class SessionConnection:
    """Carries what `delivery` has to say, and tells `hear` what the server says.

    Pings, pongs and acks are dealt with here. `hear` returns at once; before each frame is
    read, `until_wanted` is waited for.
    """

    def __init__(
        self,
        wire: Wire,
        codec: Codec,
        delivery: ClientDelivery,
        hear: Callable[[m.Message], None],
        until_wanted: Callable[[], Awaitable[None]],
    ) -> None:
        self._wire = wire
        self._codec = codec
        self._delivery = delivery
        self._hear = hear
        self._until_wanted = until_wanted
        self._loop = asyncio.get_running_loop()
        self._something = asyncio.Event()
        self._something.set()
        self._ack_is_due = False
        self._ack_timer: asyncio.TimerHandle | None = None
        self._of_the_moment: deque[m.Message] = deque(maxlen=_MOST_PONGS)
        self._patience = delivery.limits.silent_for * _PATIENCE
        self._silent_since = self._loop.time()
        self._asked = False
        self._reading = False
        self._error: m.ErrorBody | None = None

    def write(self) -> None:
        """There is something to write."""
        self._something.set()

    async def run(self) -> ConnectionClosed:
        """Carry messages until the connection ends; return how it did."""
        self._look_in(self._patience)
        try:
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(self._write_all())
                end = await self._read_all()
                writing.cancel()
            return end
        finally:
            self._watch.cancel()
            if self._ack_timer is not None:
                self._ack_timer.cancel()
            self._wire.abort()

    # What the server says --------------------------------------------------------------

    async def _read_all(self) -> ConnectionClosed:
        try:
            while True:
                await self._until_wanted()
                self._silent_since, self._asked = self._loop.time(), False
                self._reading = True
                frame = await self._wire.read()
                self._reading = False
                self._take(frame)
        except WireClosed as closed:
            return ConnectionClosed(closed, self._error)
        except MalformedMessage as error:  # an ack of what was never sent
            return ConnectionClosed(WireClosed(PROTOCOL.code, str(error)), None)

    def _take(self, frame: bytes) -> None:
        try:
            message = self._codec.decode(frame, ids=True)
        except ProtocolError:  # of a newer server, which counts it all the same
            self._count(frame)
            return
        if type(message) not in UNCOUNTED:
            self._count(frame)
        by_server = message.sender == GROUND_CONTROL
        if not by_server and not isinstance(message, m.Relayable):
            return  # a peer that plays the server
        self._error = message.data if isinstance(message, m.Error) else None
        match message:
            case m.Ping(data=data) if by_server:
                self._say(m.Pong(GROUND_CONTROL, data))
            case m.Pong(reply_to=reply_to) if reply_to == ARE_YOU_THERE.id:
                pass
            case m.Ack(data=ack):
                self._delivery.confirm(ack.received)
                self._hear(message)
            case _:
                self._hear(message)

    def _count(self, frame: bytes) -> None:
        if self._delivery.count_received(len(frame)):
            self._acknowledge()
        elif self._ack_timer is None:
            self._ack_timer = self._loop.call_later(ACK_SECONDS, self._acknowledge)

    def _acknowledge(self) -> None:
        if self._ack_timer is not None:
            self._ack_timer.cancel()
            self._ack_timer = None
        self._ack_is_due = True
        self._something.set()

    # What is said to it ----------------------------------------------------------------

    def _say(self, message: m.Message) -> None:
        self._of_the_moment.append(message)
        self._something.set()

    async def _write_all(self) -> None:
        try:
            while True:
                frame = self._next()
                if frame is not None:
                    await self._wire.write(frame)
                else:
                    self._something.clear()
                    await self._something.wait()
        except WireClosed:
            pass  # who reads hears of it too, and when everything was read

    def _next(self) -> bytes | None:
        if self._ack_is_due:
            self._ack_is_due = False
            received = self._delivery.acknowledge()
            if received is not None:
                return self._codec.encode(m.Ack(GROUND_CONTROL, m.AckBody(received)))
        if self._of_the_moment:
            return self._codec.encode(self._of_the_moment.popleft())
        return self._delivery.next_frame()

    # Whether it lives ------------------------------------------------------------------

    def _look_whether_silent(self) -> None:
        """Ping a server that is silent, and cut off one that doesn't answer.

        While nothing is read it can't be heard, but hears that this client lives. After a
        pause of this program the server is asked once more: its answer may not be read yet.
        """
        now = self._loop.time()
        paused = now - self._watch.when() > _PAUSE
        if self._reading and self._asked and not paused:
            self._wire.abort()
            return
        wait = self._silent_since + self._patience - now
        if wait <= 0.0:
            self._asked, wait = True, self._patience
            self._say(ARE_YOU_THERE)
        self._look_in(wait)

    def _look_in(self, seconds: float) -> None:
        self._watch = self._loop.call_later(seconds, self._look_whether_silent)
