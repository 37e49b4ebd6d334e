"""The answers to requests: a page, a refusal, or the opening of a WebSocket."""

import re
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from http import HTTPStatus

from attrs import define, field, frozen

from camus_core.admission.identity import Identity
from camus_core.records import SLUG, NetworkAddress, RoomId
from camus_core.wire.profile import CORE, SESSION, ProtocolProfile

from .access import AccessRules
from .connection_limits import ConnectionLimits, CountedConnection
from .refusals import RefusalLog, Rejected
from .request_head import RequestHead
from .upgrade import accept_headers, asks_to_upgrade

_ROOM_PATH = re.compile(rf"/room/({SLUG.pattern})/ws")
_NO_ROOM_PATH = "/ws"


def _as_bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


@frozen
class Page:
    """The response to a plain GET; `headers` come beside those of every response."""

    body: bytes = field(converter=_as_bytes)
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(factory=dict)

    @classmethod
    def of(cls, rejected: Rejected) -> "Page":
        """Return the page that tells a client why it is refused."""
        return cls(f"{rejected}\n", rejected.status, headers=rejected.headers)

    def response(self, method: str) -> bytes:
        """Return the bytes of the response to a request with this method."""
        headers = {"Date": formatdate(usegmt=True), "Connection": "close"}
        if self.status is not HTTPStatus.NOT_MODIFIED:  # the client has the body already
            headers["Content-Length"] = str(len(self.body))
            headers["Content-Type"] = self.content_type
        headers.update(self.headers)
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\n{fields}\r\n".encode()
        # "MUST NOT send content in the response" (RFC 9110, section 9.3.2)
        return head if method == "HEAD" else head + self.body


PageHandler = Callable[[RequestHead], Page]
"""A function that returns the response to a GET, or raises `Rejected`."""


@frozen
class Site:
    """The hosts, pages and WebSockets that one listener serves.

    `hosts` are the names, without port, that a Host header may have; empty for any. `pages`
    are the handlers of plain requests by path. `is_encrypted` is true if this listener
    terminates TLS.
    """

    hosts: frozenset[str] = frozenset()
    pages: Mapping[str, PageHandler] = field(factory=dict)
    is_encrypted: bool = False
    has_websockets: bool = True


@frozen
class Endpoint:
    """The room, None at `/ws`, and the profile that an upgrade requests."""

    room_id: RoomId | None
    profile: ProtocolProfile


@frozen
class Handshake:
    """An upgrade request as an authenticator sees it.

    `path` includes the query. `headers`, cookies among them, are looked up without regard to
    case. `address` is the client's network address, None on a UNIX socket.
    """

    path: str
    headers: Mapping[str, str] = field(repr=False)
    address: NetworkAddress | None = None


Authenticator = Callable[[Handshake], Awaitable[Identity | None]]
"""A function that returns the identity proved by a handshake, None for a guest, or raises
`NotAllowed`.
"""


@define
class RequestHandler:
    """The answers to the requests of a server, by its rules of access."""

    access: AccessRules
    connection_limits: ConnectionLimits = field(init=False)
    refusals: RefusalLog = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.connection_limits = self.access.connection_limits
        self.refusals = self.access.refusals

    def answer(
        self, head: RequestHead, site: Site, counted: CountedConnection
    ) -> tuple[bytes, Endpoint | None]:
        """Return the response, and the endpoint if the response opens a WebSocket."""
        try:
            page = site.pages.get(head.path)
            if page is not None and not asks_to_upgrade(head):
                return _answer_page(head, page).response(head.method), None
            if counted.refusal is not None:
                return self.reject(counted.refusal, counted, head), None
            endpoint = self._endpoint(head, site, counted)
            subprotocol = (
                None if endpoint.profile.admitted_on_connect else endpoint.profile.name
            )
            return accept_headers(head, subprotocol), endpoint
        except Rejected as rejected:
            return self.reject(rejected, counted, head), None

    def reject(
        self, rejected: Rejected, counted: CountedConnection, head: RequestHead | None = None
    ) -> bytes:
        """Log a refusal, and return its response."""
        detail = rejected.detail
        if detail is None and head is not None:
            detail = head.path
        self.refusals.add(counted, str(rejected), detail)
        return Page.of(rejected).response("GET" if head is None else head.method)

    def _endpoint(self, head: RequestHead, site: Site, counted: CountedConnection) -> Endpoint:
        if not site.has_websockets:
            raise Rejected(HTTPStatus.NOT_FOUND, "nothing is here", head.path)
        self.access.check_request(
            head, site.hosts, is_proxied=counted.is_proxy, is_encrypted=site.is_encrypted
        )
        offered = head.elements("sec-websocket-protocol")
        profile = SESSION if SESSION.name in offered else CORE
        if head.path == _NO_ROOM_PATH and not profile.admitted_on_connect:
            return Endpoint(None, profile)
        match = _ROOM_PATH.fullmatch(head.path)
        if match is None:
            raise Rejected(
                HTTPStatus.NOT_FOUND,
                "WebSockets are at /room/<room id>/ws, and at /ws for clients that "
                f"offer the subprotocol {SESSION.name}",
                head.path,
            )
        return Endpoint(RoomId(match[1]), profile)


def _answer_page(head: RequestHead, make: PageHandler) -> Page:
    if head.method not in ("GET", "HEAD"):
        allow = {"Allow": "GET, HEAD"}
        return Page(
            "only GET and HEAD are allowed here\n", HTTPStatus.METHOD_NOT_ALLOWED, headers=allow
        )
    return make(head)
