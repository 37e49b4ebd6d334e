"""One connection of a session: its reader, its writer, and its watch on a silent server."""

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

_SILENCE_SHARE = 1 / 3
"""The share of `silent_for`, the server's own limit. After it the client pings a silent server,
and after twice as long it reconnects: before the server, too, gives up the connection.
"""

LIVENESS_PING = m.Ping(GROUND_CONTROL, id="are-you-there")
"""The ping for a silent server. Its answer isn't passed to the caller."""

_PAUSE_SECONDS = 0.5
"""A timer that is this late means that the program was suspended, and not just busy."""

_MAX_PONGS = 8
"""The number of pongs that may wait to be written: a server that pings more often doesn't wait
for the answer to each.
"""


class SessionConnection:
    """Writes the frames of a `ClientDelivery`, and passes on the messages that it receives.

    Pings of the server, pongs to its own pings and the sending of `ack` are handled here.

    Args:
        on_message: called with each message; it returns at once.
        wait_for_space: awaited before each frame is read.
    """

    def __init__(
        self,
        wire: Wire,
        codec: Codec,
        delivery: ClientDelivery,
        on_message: Callable[[m.Message], None],
        wait_for_space: Callable[[], Awaitable[None]],
    ) -> None:
        self._wire = wire
        self._codec = codec
        self._delivery = delivery
        self._on_message = on_message
        self._wait_for_space = wait_for_space
        self._loop = asyncio.get_running_loop()
        self._has_output = asyncio.Event()
        self._has_output.set()
        self._ack_is_due = False
        self._ack_timer: asyncio.TimerHandle | None = None
        self._uncounted: deque[m.Message] = deque(maxlen=_MAX_PONGS)
        self._silence_limit = delivery.limits.silent_for * _SILENCE_SHARE
        self._silent_since = self._loop.time()
        self._has_pinged = False
        self._is_reading = False
        self._last_error: m.ErrorBody | None = None

    def wake_writer(self) -> None:
        """Have the frames written that were put into the delivery state."""
        self._has_output.set()

    async def run(self) -> ConnectionClosed:
        """Read and write until the connection ends; return its end."""
        self._check_silence_after(self._silence_limit)
        try:
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(self._write_all())
                end = await self._read_all()
                writing.cancel()
            return end
        finally:
            self._silence_timer.cancel()
            if self._ack_timer is not None:
                self._ack_timer.cancel()
            self._wire.abort()

    # Reading ---------------------------------------------------------------------------

    async def _read_all(self) -> ConnectionClosed:
        try:
            while True:
                await self._wait_for_space()
                self._silent_since, self._has_pinged = self._loop.time(), False
                self._is_reading = True
                frame = await self._wire.read()
                self._is_reading = False
                self._receive(frame)
        except WireClosed as closed:
            return ConnectionClosed(closed, self._last_error)
        except MalformedMessage as error:  # an `ack` of frames that were never sent
            return ConnectionClosed(WireClosed(PROTOCOL.code, str(error)), None)

    def _receive(self, frame: bytes) -> None:
        try:
            message = self._codec.decode(frame, ids=True)
        except ProtocolError as error:  # a message that only newer servers know
            if error.is_counted:
                self._count(frame)
            return
        if type(message) not in UNCOUNTED:
            self._count(frame)
        by_server = message.sender == GROUND_CONTROL
        if not by_server and not isinstance(message, m.Relayable):
            return  # a member that impersonates the server
        self._last_error = message.data if isinstance(message, m.Error) else None
        match message:
            case m.Ping(data=data) if by_server:
                self._send_uncounted(m.Pong(GROUND_CONTROL, data))
            case m.Pong(reply_to=reply_to) if reply_to == LIVENESS_PING.id:
                pass
            case m.Ack(data=ack):
                self._delivery.confirm(ack.received)
                self._on_message(message)
            case _:
                self._on_message(message)

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
        self._has_output.set()

    # Writing ---------------------------------------------------------------------------

    def _send_uncounted(self, message: m.Message) -> None:
        self._uncounted.append(message)
        self._has_output.set()

    async def _write_all(self) -> None:
        try:
            while True:
                frame = self._next_frame()
                if frame is not None:
                    await self._wire.write(frame)
                else:
                    self._has_output.clear()
                    await self._has_output.wait()
        except WireClosed:
            pass  # the reader gets it too, after all that came before

    def _next_frame(self) -> bytes | None:
        if self._ack_is_due:
            self._ack_is_due = False
            received = self._delivery.acknowledge()
            if received is not None:
                return self._codec.encode(m.Ack(GROUND_CONTROL, m.AckBody(received)))
        if self._uncounted:
            return self._codec.encode(self._uncounted.popleft())
        return self._delivery.next_frame()

    # Watching a silent server ----------------------------------------------------------

    def _check_silence(self) -> None:
        """Ping a server that is silent, and abort the connection if it doesn't answer.

        While the inbox is full nothing is read, so an answer can't arrive; the ping still tells
        the server that this client is alive. After this program was suspended the server is
        pinged once more, as its answer to the last ping may not have been read yet.
        """
        now = self._loop.time()
        was_suspended = now - self._silence_timer.when() > _PAUSE_SECONDS
        if self._is_reading and self._has_pinged and not was_suspended:
            self._wire.abort()
            return
        wait = self._silent_since + self._silence_limit - now
        if wait <= 0.0:
            self._has_pinged, wait = True, self._silence_limit
            self._send_uncounted(LIVENESS_PING)
        self._check_silence_after(wait)

    def _check_silence_after(self, seconds: float) -> None:
        self._silence_timer = self._loop.call_later(seconds, self._check_silence)
