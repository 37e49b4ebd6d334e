"""The client's end of a connection, whatever carries it; and one that a WebSocket carries."""

from email.utils import parsedate_to_datetime
from typing import Protocol

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    NegotiationError,
    ProxyError,
    WebSocketException,
)
from websockets.http11 import Response
from websockets.protocol import State
from websockets.typing import Subprotocol

_CLOSING_SECONDS = 2.0
"""How long the server may take to do its part of closing."""

_LONGEST_ANSWER = 32 * 1024
"""Bytes up to the end of the handshake. websockets takes a megabyte, and seconds to read the
lists of a server that means harm; proxies answer with some 2 KB.
"""

_LONGEST_WAIT = 3600.0
"""Seconds: whatever asks for more patience than this is asked again all the same."""

_DIGITS = 9
"""More of a number of seconds aren't read: it is over `_LONGEST_WAIT` by then."""


class WireClosed(Exception):
    """The connection has ended with this WebSocket close code; 1006 if it just broke."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}".rstrip())
        self.code = code
        self.reason = reason


class Wire(Protocol):
    """Carries text frames, in order, until it ends."""

    async def write(self, frame: bytes) -> None:
        """Send a frame; waits while the server doesn't read.

        Raises:
            WireClosed: the connection has ended.
        """

    async def read(self) -> bytes:
        """Return the next frame; who cancels this loses none.

        Raises:
            WireClosed: the connection has ended, and all that came before was read.
        """

    async def hang_up(self) -> None:
        """Close the connection, if it hasn't ended."""

    def abort(self) -> None:
        """Cut the connection off, without a word and without waiting, if it hasn't ended."""


class WebSocketWire:
    """A connection of the websockets library."""

    def __init__(self, websocket: ClientConnection) -> None:
        self._websocket = websocket

    async def write(self, frame: bytes) -> None:
        try:
            await self._websocket.send(frame, text=True)
        except ConnectionClosed as error:
            raise _closed(error) from None

    async def read(self) -> bytes:
        try:
            return await self._websocket.recv(decode=False)
        except ConnectionClosed as error:
            raise _closed(error) from None

    async def hang_up(self) -> None:
        await self._websocket.close()

    def abort(self) -> None:
        self._websocket.transport.abort()


class _Connection(ClientConnection):
    """One of websockets, whose handshake is bounded before anything of it is parsed."""

    _answered = 0

    def data_received(self, data: bytes) -> None:
        if self.protocol.state is State.CONNECTING:
            self._answered += len(data)
            if self._answered > _LONGEST_ANSWER:
                self.transport.abort()
                return
        super().data_received(data)


async def open_wire(url: str, subprotocol: str | None = None) -> WebSocketWire:
    """Open a WebSocket, through the proxy that the environment names, if it names one.

    Args:
        url: `ws://host:port/path`, or `wss://`.
        subprotocol: what the server has to speak; None for no subprotocol.

    Raises:
        OSError: nobody listens or answers there.
        websockets.exceptions.InvalidHandshake: what answers is no signaling server (a captive
            portal that redirects to its own page, for instance), or it refuses. `ProxyError`,
            one of these, where `socks_proxy` names a SOCKS proxy, and the package python-socks
            isn't installed.
        websockets.exceptions.InvalidURI: the URL is none of a WebSocket.
    """
    connecting = open_websocket(
        url,
        subprotocols=None if subprotocol is None else [Subprotocol(subprotocol)],
        compression=None,
        ping_interval=None,
        close_timeout=_CLOSING_SECONDS,
        create_connection=_Connection,
    )
    try:
        websocket = await connecting
    except (OSError, InvalidHandshake):
        raise
    except ImportError:
        raise ProxyError(
            "the environment names a SOCKS proxy, and python-socks isn't installed: "
            "pip install 'python-socks[asyncio]', or unset socks_proxy"
        ) from None
    except (WebSocketException, ValueError) as error:  # a redirect, or a proxy's name
        raise InvalidHandshake(f"no WebSocket is to be had there: {error}") from error
    wire = WebSocketWire(websocket)
    if websocket.subprotocol != subprotocol:
        wire.abort()
        raise NegotiationError(f"this server doesn't speak {subprotocol}")
    return wire


def retry_after_of(response: Response) -> float | None:
    """Return after how many seconds a server that refuses a handshake may be asked again.

    None where its answer has no `Retry-After` (RFC 9110, section 10.2.3) that can be read. A
    date there is compared with the answer's own `Date`: two clocks need not agree.
    """
    said = response.headers.get("Retry-After", "")
    if said.isascii() and said.isdigit():
        seconds = float(said[:_DIGITS])
    else:
        try:
            until = parsedate_to_datetime(said)
            seconds = (until - parsedate_to_datetime(response.headers["Date"])).total_seconds()
        except (KeyError, ValueError, TypeError):  # no date, or only one has a time zone
            return None
    return min(max(0.0, seconds), _LONGEST_WAIT)


def _closed(error: ConnectionClosed) -> WireClosed:
    """Return how it ended; what this end has closed for, where the server said nothing."""
    close = error.rcvd or error.sent
    if close is None:
        return WireClosed(1006, "the connection broke")
    return WireClosed(close.code, close.reason)
