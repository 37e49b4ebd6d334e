"""The server's side of a WebSocket's opening handshake (RFC 6455, section 4.2)."""

import base64
import hashlib
import re
from http import HTTPStatus

from .refusals import Rejected
from .request_head import RequestHead

_KEY = re.compile(r"[A-Za-z0-9+/]{22}==")
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""The constant that is hashed with the client's key (RFC 6455, section 1.3)."""

_RESPONSE = (
    b"HTTP/1.1 101 Switching Protocols\r\n"
    b"Upgrade: websocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: %b\r\n\r\n"
)
_VERSION = "13"
_UPGRADE_REQUIRED = {"Upgrade": "websocket"}
_OTHER_VERSION = {"Sec-WebSocket-Version": _VERSION}  # RFC 6455, section 4.4


def asks_to_upgrade(head: RequestHead) -> bool:
    """Return whether a request asks for a WebSocket.

    Upgrades to other protocols are ignored: "A server MAY ignore a received Upgrade header
    field" (RFC 9110, section 7.8).
    """
    return (
        "upgrade" in head.headers
        and "websocket" in map(str.lower, head.elements("upgrade"))
        and "upgrade" in map(str.lower, head.elements("connection"))
        and head.version != "1.0"  # whose Upgrade MUST be ignored (RFC 9110, section 7.8)
    )


def accept_headers(head: RequestHead, subprotocol: str | None) -> bytes:
    """Return the response that opens a WebSocket, without extensions.

    Raises:
        Rejected: the request is no valid opening handshake.
    """
    if head.method != "GET":
        raise Rejected(
            HTTPStatus.METHOD_NOT_ALLOWED,
            "a WebSocket is opened with GET",
            headers={"Allow": "GET"},
        )
    if not asks_to_upgrade(head):
        raise Rejected(
            HTTPStatus.UPGRADE_REQUIRED,
            "this is the address of a WebSocket, which no browser shows as a page",
            headers=_UPGRADE_REQUIRED,
        )
    if head.has_body:  # it would be read as frames
        raise Rejected(HTTPStatus.BAD_REQUEST, "a WebSocket is opened without a body")
    if head.single("sec-websocket-version") != _VERSION:
        raise Rejected(
            HTTPStatus.BAD_REQUEST, "the Sec-WebSocket-Version is 13", headers=_OTHER_VERSION
        )
    key = head.single("sec-websocket-key") or ""
    if not _KEY.fullmatch(key):
        raise Rejected(HTTPStatus.BAD_REQUEST, "a Sec-WebSocket-Key is 16 bytes in base64")
    digest = base64.b64encode(hashlib.sha1(f"{key}{_GUID}".encode()).digest())
    response = _RESPONSE % digest
    if subprotocol is None:
        return response
    return b"%bSec-WebSocket-Protocol: %b\r\n\r\n" % (response[:-2], subprotocol.encode())
