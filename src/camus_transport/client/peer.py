"""A small Python client, for bots and tests.

async with connect("ws://localhost:5000/room/lobby/ws") as peer:
    await peer.send(Text(ROOM, {"text": to_json("Hello!")}))
    async for message in peer:
        print(message)
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Self

from camus_core.records import ClientId
from camus_core.wire import messages as m
from camus_core.wire.codec import Codec, best_codec

from .wire import Wire, WireClosed, open_wire


class ConnectionClosed(Exception):
    """The server has ended the connection.

    Attributes:
        code: the WebSocket close code; see the table in `docs/protocol.md`.
        error: the `error` that the server said last, if it said one.
    """

    def __init__(self, closed: WireClosed, error: m.ErrorBody | None) -> None:
        text = f"{error.code}: {error.message}" if error else closed.reason or "no reason given"
        super().__init__(f"disconnected ({closed.code}), {text}")
        self.code = closed.code
        self.error = error


class Peer:
    """One client in one room. `id` is its address there.

    Iterating gives each message that comes; it ends when this client says `bye`, and raises
    `Disconnected` when the server or the network ends the connection. Pings of the server
    are answered here and not shown.
    """

    id: ClientId

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._codec: Codec = best_codec()
        self._left = False
        self._error: m.ErrorBody | None = None

    async def send(self, message: m.Message) -> None:
        """Send a message; the server writes the true sender in.

        Raises:
            Disconnected: the connection has ended.
        """
        if isinstance(message, m.Bye) and message.receiver == m.GROUND_CONTROL:
            self._left = True
        try:
            await self._wire.write(self._codec.encode(message))
        except WireClosed as closed:
            raise ConnectionClosed(closed, self._error) from None

    async def receive(self) -> m.Message:
        """Return the next message.

        Raises:
            Disconnected: the connection has ended.
        """
        while True:
            try:
                message = self._codec.decode(await self._wire.read())
            except WireClosed as closed:
                raise ConnectionClosed(closed, self._error) from None
            if isinstance(message, m.Error):
                self._error = message.data
            if isinstance(message, m.Ping) and message.sender == m.GROUND_CONTROL:
                with suppress(ConnectionClosed):
                    await self.send(m.Pong(m.GROUND_CONTROL, message.data))
            else:
                return message

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> m.Message:
        try:
            return await self.receive()
        except ConnectionClosed:
            if self._left:
                raise StopAsyncIteration from None
            raise


@asynccontextmanager
async def joined(wire: Wire) -> AsyncIterator[Peer]:
    """Be in a room: wait for the greeting that tells the own id; at the end say `bye`.

    Raises:
        Disconnected: the room doesn't let this client in.
    """
    peer = Peer(wire)
    try:
        while not isinstance(greeting := await peer.receive(), m.Greeting):
            pass
        peer.id = ClientId(greeting.receiver)
        yield peer
    finally:
        with suppress(ConnectionClosed):
            await peer.send(m.Bye(m.GROUND_CONTROL))
        await wire.hang_up()


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[Peer]:
    """Connect to a room of a signaling server: `ws://host:port/room/<room id>/ws`.

    Raises:
        OSError: nobody listens there.
        websockets.exceptions.InvalidHandshake: no signaling server, or it refuses.
        Disconnected: the room doesn't let this client in.
    """
    async with joined(await open_wire(url)) as peer:
        yield peer
