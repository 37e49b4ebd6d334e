"""The client's end of a WebSocket."""

from email.utils import parsedate_to_datetime

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

from .wire import WireClosed

_CLOSING_SECONDS = 2.0
"""The time limit for the closing handshake (RFC 6455, section 7)."""

_MAX_HANDSHAKE_BYTES = 32 * 1024
"""The limit of the server's answer to the handshake. websockets accepts a megabyte, and needs
seconds to parse lists that a malicious server has put there; proxies answer with some 2 KB.
"""

_MAX_RETRY_AFTER = 3600.0
"""Seconds: a server that asks for a longer wait is tried again after this time."""

_MAX_DIGITS = 9
"""The digits of `Retry-After` that are read: so many already exceed `_MAX_RETRY_AFTER`."""


class WebSocketWire:
    """A `Wire` over a connection of the websockets library."""

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


class _BoundedConnection(ClientConnection):
    """A connection that limits the server's handshake before any of it is parsed."""

    _handshake_bytes = 0

    def data_received(self, data: bytes) -> None:
        if self.protocol.state is State.CONNECTING:
            self._handshake_bytes += len(data)
            if self._handshake_bytes > _MAX_HANDSHAKE_BYTES:
                self.transport.abort()
                return
        super().data_received(data)


async def open_wire(url: str, subprotocol: str | None = None) -> WebSocketWire:
    """Open a WebSocket, through the proxy that environment variables name, if any.

    Args:
        url: `ws://host:port/path`, or `wss://`.
        subprotocol: the subprotocol that the server has to select; None for none.

    Raises:
        OSError: the server can't be reached.
        websockets.exceptions.InvalidHandshake: no signaling server answers (a captive portal
            redirects to its own page, for instance), or it refuses. Its subclass `ProxyError`:
            `socks_proxy` names a SOCKS proxy, and the package python-socks isn't installed.
        websockets.exceptions.InvalidURI: the URL isn't one of a WebSocket.
    """
    connecting = open_websocket(
        url,
        subprotocols=None if subprotocol is None else [Subprotocol(subprotocol)],
        compression=None,
        ping_interval=None,
        close_timeout=_CLOSING_SECONDS,
        create_connection=_BoundedConnection,
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
    except (WebSocketException, ValueError) as error:  # an invalid redirect or proxy URL
        raise InvalidHandshake(f"no WebSocket is to be had there: {error}") from error
    wire = WebSocketWire(websocket)
    if websocket.subprotocol != subprotocol:
        wire.abort()
        raise NegotiationError(f"this server doesn't speak {subprotocol}")
    return wire


def retry_after_of(response: Response) -> float | None:
    """Return the seconds in the `Retry-After` of a refusal (RFC 9110, section 10.2.3).

    None if there is none, or it is invalid. A date in it is compared with the response's own
    `Date`, since the clocks of client and server need not agree.
    """
    value = response.headers.get("Retry-After", "")
    if value.isascii() and value.isdigit():
        seconds = float(value[:_MAX_DIGITS])
    else:
        try:
            until = parsedate_to_datetime(value)
            seconds = (until - parsedate_to_datetime(response.headers["Date"])).total_seconds()
        except (
            KeyError,
            ValueError,
            TypeError,
        ):  # an invalid date, or only one has a zone
            return None
    return min(max(0.0, seconds), _MAX_RETRY_AFTER)


def _closed(error: ConnectionClosed) -> WireClosed:
    """Return the server's close code and reason, or those of this end if it sent none."""
    close = error.rcvd or error.sent
    if close is None:
        return WireClosed(1006, "the connection broke")
    return WireClosed(close.code, close.reason)
