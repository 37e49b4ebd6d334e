"""The head of an HTTP request, bounded before anything of it is parsed (RFC 9112).

One request is read from each connection: what follows a head is frames, or a body that nobody
reads, and never a second request.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus

from attrs import field, frozen
from websockets.datastructures import Headers, MultipleValuesError

from .refusals import Rejected

_MOST_HEADERS = 128
"""Lines, 0.5 µs each: browsers send 20."""

_MOST_ELEMENTS = 64
"""Of one list, over all its lines: browsers offer 6 encodings, and the most that a WebSocket is
asked for are some subprotocols.
"""

# Nothing is tried twice (`++`, `*+`), so that no head takes longer than another of its length.
_TOKEN = r"[!#$%&'*+.^_`|~\w-]++"
_REQUEST_LINE = re.compile(rf"({_TOKEN}) ([!-~]++) HTTP/(\d\.\d)\r?\n", re.ASCII)
_LINES = re.compile(rf"(?:{_TOKEN}:[\t -~\x80-\xff]*+\r\n)*+", re.ASCII)
_TOKEN_BYTES = frozenset(b"!#$%&'*+-.^_`|~") | frozenset(
    byte for byte in range(128) if chr(byte).isalnum()
)
_ABSOLUTE = re.compile(
    r"(?:http|ws)s?://([^/?#@]++)((?:[/?][^#]*+)?)", re.ASCII | re.IGNORECASE
)


@frozen
class RequestHead:
    """What a request says before its body.

    `headers` has lowercase names; it is a `Headers` where one comes in several lines. `target`
    is the path and the query, also of a request in absolute form, whose authority takes the
    place of `Host` (RFC 9112, section 3.2.2).
    """

    method: str
    target: str
    version: str
    headers: Mapping[str, str] = field(repr=False)

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def has_body(self) -> bool:
        """Whether something follows that belongs to this request (RFC 9112, section 6.3)."""
        lengths = header_lines(self.headers, "content-length")
        return "transfer-encoding" in self.headers or any(size != "0" for size in lengths)

    def single(self, name: str) -> str | None:
        """Return the value of a header that may come once.

        Raises:
            Rejected: it comes in several lines.
        """
        try:
            return self.headers.get(name)
        except MultipleValuesError:
            raise Rejected(HTTPStatus.BAD_REQUEST, f"more than one {name} header") from None

    def elements(self, name: str) -> list[str]:
        """Return the elements of a header that is a list.

        Raises:
            Rejected: there are too many.
        """
        joined = ",".join(header_lines(self.headers, name))
        if joined.count(",") >= _MOST_ELEMENTS:
            raise Rejected(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                f"more than {_MOST_ELEMENTS} elements in {name}",
            )
        return [element.strip(" \t") for element in joined.split(",")]


def header_lines(headers: Mapping[str, str], name: str) -> list[str]:
    """Return the lines of a header."""
    if isinstance(headers, Headers):
        return headers.get_all(name)
    return [headers[name]] if name in headers else []


class RequestHeadReader:
    """Collects a head as it comes, `limit` bytes at most; looks at each byte of it once."""

    __slots__ = ("_has_request_line", "_held", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = bytearray()
        self._has_request_line = False

    @property
    def has_begun(self) -> bool:
        """Whether anything of a request has come."""
        return bool(self._held)

    def read(self, data: bytes) -> tuple[RequestHead, bytes] | None:
        """Return the head, if this is its end, and what is behind it.

        Raises:
            Rejected: it is too large, or none.
        """
        held = self._held
        if not held:
            # "SHOULD ignore at least one empty line (CRLF) received prior to the request-line"
            # (RFC 9112, section 2.2)
            data = data.lstrip(b"\r\n")
        start = max(0, len(held) - 3)
        taken = data[: self._limit - len(held)]
        held += taken
        end = held.find(b"\r\n\r\n", start) + 4
        if end > 3:
            return _read_head(held[:end].decode("latin-1")), bytes(held[end:]) + data[
                len(taken) :
            ]
        if held and not self._has_request_line:
            self._look_at_the_request_line(start)
        if held.find(b"\n\n", start) >= 0:
            raise Rejected(HTTPStatus.BAD_REQUEST, "lines of a request end in CR LF")
        if len(held) >= self._limit:
            status = (
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                if self._has_request_line
                else HTTPStatus.REQUEST_URI_TOO_LONG
            )
            raise Rejected(status, f"a request head has {self._limit} bytes at most here")
        return None

    def _look_at_the_request_line(self, start: int) -> None:
        """Refuse at once what is no HTTP, or its sender would wait for the rest."""
        if self._held[0] not in _TOKEN_BYTES:
            raise _no_request()
        end = self._held.find(b"\n", start) + 1
        if end:
            _read_request_line(self._held[:end].decode("latin-1"))
            self._has_request_line = True


def _no_request() -> Rejected:
    return Rejected(
        HTTPStatus.BAD_REQUEST, "this is no HTTP request; plain HTTP/1.1 is spoken here"
    )


def _read_request_line(text: str) -> re.Match[str]:
    line = _REQUEST_LINE.match(text)
    if line is None:
        raise _no_request()
    if not line[3].startswith("1."):
        raise Rejected(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 is spoken here")
    return line


def _read_head(text: str) -> RequestHead:
    if text.count("\n") > _MOST_HEADERS + 2:
        raise Rejected(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            f"a request has {_MOST_HEADERS} header lines at most here",
        )
    line = _read_request_line(text)
    method, target, version = line.groups()
    end = len(text) - 2
    found = _LINES.match(text, line.end())
    if found is None or found.end() != end:
        raise Rejected(HTTPStatus.BAD_REQUEST, "a header line is malformed")
    headers = _headers(found[0].split("\r\n")[:-1])
    if target[0] != "/" and (absolute := _ABSOLUTE.fullmatch(target)):
        path = absolute[2]
        target = path if path.startswith("/") else f"/{path}"
        headers = _with_host(headers, absolute[1])
    return RequestHead(method, target, version, headers)


def _headers(lines: list[str]) -> Mapping[str, str]:
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip(" \t")
    if len(headers) == len(lines):
        return headers
    several = Headers()
    for line in lines:
        name, _, value = line.partition(":")
        several[name.lower()] = value.strip(" \t")
    return several


def _with_host(headers: Mapping[str, str], host: str) -> Mapping[str, str]:
    if isinstance(headers, Headers):
        if "host" in headers:
            del headers["host"]
        headers["host"] = host
        return headers
    return {**headers, "host": host}
