"""A small client of the core profile, for bots and tests.

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
from camus_core.wire.errors import UnknownType

from .websocket_wire import open_wire
from .wire import Wire, WireClosed


class ConnectionClosed(Exception):
    """The connection to the server has ended.

    Attributes:
        code: the WebSocket close code; `docs/protocol.md` has a table of them.
        error: the last `error` that the server has sent, if any.
    """

    def __init__(self, closed: WireClosed, error: m.ErrorBody | None) -> None:
        text = f"{error.code}: {error.message}" if error else closed.reason or "no reason given"
        super().__init__(f"disconnected ({closed.code}), {text}")
        self.code = closed.code
        self.error = error


class Peer:
    """A client that is a member of one room, in the core profile.

    Iterating yields the messages that it receives. The iteration ends after this client has
    said `bye`, and raises `ConnectionClosed` if the server or the network ends the connection.
    The server's pings are answered and not yielded. Messages of types that only a newer server
    knows are skipped.

    Attributes:
        id: the id of this client in its room.
    """

    id: ClientId

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._codec: Codec = best_codec(lenient=True)
        self._left = False
        self._last_error: m.ErrorBody | None = None

    async def send(self, message: m.Message) -> None:
        """Send a message; the server sets its `sender`.

        Raises:
            ConnectionClosed: the connection has ended.
        """
        if isinstance(message, m.Bye) and message.receiver == m.GROUND_CONTROL:
            self._left = True
        try:
            await self._wire.write(self._codec.encode(message))
        except WireClosed as closed:
            raise ConnectionClosed(closed, self._last_error) from None

    async def receive(self) -> m.Message:
        """Wait for the next message and return it.

        Raises:
            ConnectionClosed: the connection has ended.
            MalformedMessage: the message isn't valid.
        """
        while True:
            try:
                message = self._codec.decode(await self._wire.read())
            except WireClosed as closed:
                raise ConnectionClosed(closed, self._last_error) from None
            except UnknownType:  # of a newer server
                continue
            if isinstance(message, m.Error):
                self._last_error = message.data
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
    """Wait for the greeting, which has the client's id; yield the peer; at the end say `bye`.

    Raises:
        ConnectionClosed: the room doesn't admit this client.
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
    """Join a room in the core profile: `async with connect(url) as peer`.

    Args:
        url: `ws://host:port/room/ROOM/ws`.

    Raises:
        OSError: the server can't be reached.
        websockets.exceptions.InvalidHandshake: no signaling server answers, or it refuses.
        websockets.exceptions.InvalidURI: the URL isn't one of a WebSocket.
        ConnectionClosed: the room doesn't admit this client.
    """
    async with joined(await open_wire(url)) as peer:
        yield peer
