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

_LONGEST = 8192
"""Bytes; longer requests are left to `ServerProtocol`, which has limits for each part."""

_MOST_HEADERS = 100

# Nothing is tried twice (`*+`), so that no request takes longer than another of its length.
_HEAD = re.compile(r"GET (/[!-~]*+) HTTP/1\.1\r\n((?:[\w-]++:[\t -~]*+\r\n)*+)\r\n", re.ASCII)
_TOKENS = re.compile(r"[\w.-]++(?:[ \t]*+,[ \t]*+[\w.-]++)*+", re.ASCII)
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
    if len(data) > _LONGEST or not data.isascii():
        return None
    head = _HEAD.fullmatch(data.decode())
    if head is None:
        return None
    lines = head[2].split("\r\n")[:-1]
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip(" \t")
    if not len(headers) == len(lines) <= _MOST_HEADERS:  # else one comes twice
        return None
    connection = headers.get("connection", "")
    if (
        _TOKENS.fullmatch(connection)
        and "upgrade" in connection.lower().replace(" ", "").replace("\t", "").split(",")
        and _TOKENS.fullmatch(headers.get("sec-websocket-protocol", "none"))
        and headers.get("upgrade", "").lower() == "websocket"
        and headers.get("sec-websocket-version") == "13"
        and _KEY.fullmatch(headers.get("sec-websocket-key", ""))
        and "content-length" not in headers
        and "transfer-encoding" not in headers
    ):
        return Upgrade(head[1], headers)
    return None
