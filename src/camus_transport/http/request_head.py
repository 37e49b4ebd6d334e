"""The head of an HTTP request, whose size is bounded before it is parsed (RFC 9112).

One request is read from each connection. The bytes after its head are WebSocket frames, or a
body, which isn't read; they are never a second request.
"""

import re
from http import HTTPStatus

from attrs import field, frozen

from .headers import Headers
from .refusals import Rejected

_MAX_HEADERS = 128
"""Header lines of a request, 0.5 µs each: browsers send 20."""

_MAX_ELEMENTS = 64
"""Elements of one list, over all its lines: browsers offer 6 encodings, and clients a few
subprotocols.
"""

# Possessive quantifiers (`++`, `*+`) rule out backtracking: the time depends on the size alone.
_TOKEN = r"[!#$%&'*+.^_`|~\w-]++"
_REQUEST_LINE = re.compile(rf"({_TOKEN}) ([!-~]++) HTTP/(\d\.\d)\r?\n", re.ASCII)
_HEADER_LINES = re.compile(rf"(?:{_TOKEN}:[\t -~\x80-\xff]*+\r\n)*+", re.ASCII)
_TOKEN_BYTES = frozenset(b"!#$%&'*+-.^_`|~") | frozenset(
    byte for byte in range(128) if chr(byte).isalnum()
)
_ABSOLUTE = re.compile(
    r"(?:http|ws)s?://([^/?#@]++)((?:[/?][^#]*+)?)", re.ASCII | re.IGNORECASE
)


@frozen
class RequestHead:
    """The request line and the headers of a request.

    `target` is the path and the query, also of a request in absolute form, whose authority
    replaces `Host` (RFC 9112, section 3.2.2). `version` is that of HTTP, as `1.1`.
    """

    method: str
    target: str
    headers: Headers = field(repr=False)
    version: str = "1.1"

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def has_body(self) -> bool:
        """True if the request has a body (RFC 9112, section 6.3)."""
        lengths = self.headers.get("content-length", "0").split(", ")
        return "transfer-encoding" in self.headers or any(size != "0" for size in lengths)

    def single(self, name: str) -> str | None:
        """Return the value of a header that may have one line only, None without it.

        Raises:
            Rejected: the header has several lines.
        """
        if self.headers.is_repeated(name):
            raise Rejected(HTTPStatus.BAD_REQUEST, f"more than one {name} header")
        value: str | None = self.headers.get(name)
        return value

    def elements(self, name: str) -> list[str]:
        """Return the elements of a header whose value is a list, over all its lines.

        Raises:
            Rejected: there are too many.
        """
        joined = self.headers.get(name, "")
        if joined.count(",") >= _MAX_ELEMENTS:
            raise Rejected(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                f"more than {_MAX_ELEMENTS} elements in {name}",
            )
        return [element.strip(" \t") for element in joined.split(",")]


class RequestHeadReader:
    """A reader of a head that arrives in pieces, of at most `limit` bytes.

    It searches each byte once, however small the pieces are.
    """

    __slots__ = ("_has_request_line", "_limit", "_received")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._received = bytearray()
        self._has_request_line = False

    @property
    def has_begun(self) -> bool:
        """True if a part of a request was received."""
        return bool(self._received)

    def read(self, data: bytes) -> tuple[RequestHead, bytes] | None:
        """Return the head and the bytes behind it once the head is complete, else None.

        Raises:
            Rejected: the head is too large or malformed.
        """
        received = self._received
        if not received:
            # "SHOULD ignore at least one empty line (CRLF) received prior to the request-line"
            # (RFC 9112, section 2.2)
            data = data.lstrip(b"\r\n")
        start = max(0, len(received) - 3)
        added = data[: self._limit - len(received)]
        received += added
        end = received.find(b"\r\n\r\n", start) + 4
        if end > 3:
            rest = bytes(received[end:]) + data[len(added) :]
            return _read_head(received[:end].decode("latin-1")), rest
        if received and not self._has_request_line:
            self._check_request_line(start)
        if received.find(b"\n\n", start) >= 0:
            raise _bare_line_end()
        if len(received) >= self._limit:
            status = (
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                if self._has_request_line
                else HTTPStatus.REQUEST_URI_TOO_LONG
            )
            raise Rejected(status, f"a request head may have at most {self._limit} bytes")
        return None

    def _check_request_line(self, start: int) -> None:
        """Refuse at once a client of another protocol, which would never send the rest."""
        if self._received[0] not in _TOKEN_BYTES:
            raise _not_http()
        end = self._received.find(b"\n", start) + 1
        if end:
            _read_request_line(self._received[:end].decode("latin-1"))
            self._has_request_line = True


def _not_http() -> Rejected:
    return Rejected(
        HTTPStatus.BAD_REQUEST, "this is no HTTP request; plain HTTP/1.1 is spoken here"
    )


def _bare_line_end() -> Rejected:
    return Rejected(HTTPStatus.BAD_REQUEST, "lines of a request end in CR LF")


def _read_request_line(text: str) -> re.Match[str]:
    line = _REQUEST_LINE.match(text)
    if line is None:
        raise _not_http()
    if not line[3].startswith("1."):
        raise Rejected(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 is spoken here")
    return line


def _read_head(text: str) -> RequestHead:
    line = _read_request_line(text)
    if "\n\n" in text:
        raise _bare_line_end()
    if text.count("\n") > _MAX_HEADERS + 2:
        raise Rejected(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            f"a request may have at most {_MAX_HEADERS} header lines",
        )
    method, target, version = line.groups()
    end = len(text) - 2
    found = _HEADER_LINES.match(text, line.end())
    if found is None or found.end() != end:
        raise Rejected(HTTPStatus.BAD_REQUEST, "a header line is malformed")
    headers = Headers.read(found[0].split("\r\n")[:-1])
    if target[0] != "/" and (absolute := _ABSOLUTE.fullmatch(target)):
        path = absolute[2]
        target = path if path.startswith("/") else f"/{path}"
        headers = headers.replaced("host", absolute[1])
    return RequestHead(method, target, headers, version)
