"""What a request is answered: a page, a refusal, or a WebSocket for who may open one here."""

import re
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from http import HTTPStatus
from types import MappingProxyType

from attrs import define, field, frozen
from websockets.datastructures import Headers

from camus_core.admission.identity import Identity
from camus_core.limits import Limits
from camus_core.records import SLUG, NetworkAddress, RoomId
from camus_core.wire.profile import CORE, SESSION, ProtocolProfile

from .connection_limits import ConnectionLimits, CountedConnection
from .forwarded import TrustedProxies
from .origins import Authority, Origin
from .refusals import RefusalLog, Rejected
from .request_head import RequestHead, header_lines
from .upgrade import accept_headers, asks_to_upgrade

_ROOM_PATH = re.compile(rf"/room/({SLUG.pattern})/ws")
_NO_ROOM_PATH = "/ws"


def _encoded(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


@frozen
class Page:
    """What a plain GET is answered; `headers` are those beside what every answer has."""

    body: bytes = field(converter=_encoded)
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(factory=dict)

    @classmethod
    def of(cls, rejected: Rejected) -> "Page":
        """Return what somebody reads who is refused."""
        return cls(f"{rejected}\n", rejected.status, headers=rejected.headers)

    def response(self, method: str) -> bytes:
        """Return the whole answer to a request with this method."""
        headers = {"Date": formatdate(usegmt=True), "Connection": "close"}
        if self.status is not HTTPStatus.NOT_MODIFIED:  # that is about the body the client has
            headers["Content-Length"] = str(len(self.body))
            headers["Content-Type"] = self.content_type
        headers.update(self.headers)
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\n{fields}\r\n".encode()
        # "MUST NOT send content in the response" (RFC 9110, section 9.3.2)
        return head if method == "HEAD" else head + self.body


PageHandler = Callable[[RequestHead], Page]
"""Says what a GET is answered, or raises `Rejected`."""


@frozen
class Site:
    """What is served on one listener.

    `hosts` are the names, without port, that a Host header may have; empty for any. `pages`
    are what is served beside WebSockets, by their paths. `is_encrypted` tells whether TLS
    ends here.
    """

    hosts: frozenset[str] = frozenset()
    pages: Mapping[str, PageHandler] = field(factory=dict)
    is_encrypted: bool = False
    has_websockets: bool = True


def requested_host(head: RequestHead, hosts: frozenset[str]) -> Authority | None:
    """Return what a request calls this server; None where HTTP/1.0 doesn't say it.

    Raises:
        Rejected: it is none of `hosts`, unless these are empty.
    """
    host = head.single("host")
    if host is None and head.version == "1.0" and not hosts:
        return None
    try:
        authority = Authority.read(host or "")
    except ValueError:
        # RFC 9112, section 3.2
        text = "a request needs a Host header with the name of this server"
        raise Rejected(HTTPStatus.BAD_REQUEST, text, host) from None
    if hosts and authority.host not in hosts:
        raise Rejected(
            HTTPStatus.FORBIDDEN,
            f"this Host is not served here; --allowed-host {authority.host} allows it",
            host,
        )
    return authority


@frozen
class Endpoint:
    """What an upgrade asks for: a room, or none yet, and a profile."""

    room_id: RoomId | None
    profile: ProtocolProfile


@frozen
class Handshake:
    """What an authenticator sees of an upgrade: `headers` know no case, cookies among them.

    `path` comes with its query. `address` is the client's, None where it has none.
    """

    path: str
    headers: Mapping[str, str] = field(repr=False)
    address: NetworkAddress | None = None

    @classmethod
    def read(
        cls, path: str, headers: Mapping[str, str], address: NetworkAddress | None
    ) -> "Handshake":
        """Return what a request says; the lines of one header are joined (RFC 9110, 5.2)."""
        joined = Headers()
        for name in headers:
            # "; " as in RFC 6265, section 5.4: HTTP/2 proxies may split this one (RFC 9113)
            separator = "; " if name.lower() == "cookie" else ", "
            joined[name] = separator.join(header_lines(headers, name))
        return cls(path, MappingProxyType(joined), address)


_OTHER_SCHEME = (
    "pages of this Origin may not connect here: only its scheme is another one than this "
    "server's, which a trusted proxy says in X-Forwarded-Proto"
)

Authenticator = Callable[[Handshake], Awaitable[Identity | None]]
"""Says who a handshake is from, None for a guest, or raises `NotAllowed`."""


@define
class RequestHandler:
    """Decides about requests.

    `origins` are those whose pages may connect; empty for the server's own. `proxies` are
    those whose forwarded headers are believed.
    """

    limits: Limits
    origins: frozenset[Origin] = frozenset()
    proxies: TrustedProxies = field(factory=TrustedProxies)
    connection_limits: ConnectionLimits = field(init=False)
    refusals: RefusalLog = field(factory=RefusalLog, init=False)

    def __attrs_post_init__(self) -> None:
        self.connection_limits = ConnectionLimits(self.limits, self.proxies)

    def answer(
        self, head: RequestHead, site: Site, counted: CountedConnection
    ) -> tuple[bytes, Endpoint | None]:
        """Return the response, and what is entered if it opens a WebSocket."""
        try:
            page = site.pages.get(head.path)
            if page is not None and not asks_to_upgrade(head):
                return _page(head, page).response(head.method), None
            if counted.refusal is not None:
                return self.reject(counted.refusal, counted, head), None
            address = self._address(head, site, counted)
            admitted = address.profile.admitted_on_connect
            return accept_headers(head, None if admitted else address.profile.name), address
        except Rejected as rejected:
            return self.reject(rejected, counted, head), None

    def reject(
        self, rejected: Rejected, counted: CountedConnection, head: RequestHead | None = None
    ) -> bytes:
        """Return what somebody is answered who is refused, and have the log say so."""
        seen = rejected.seen
        if seen is None and head is not None:
            seen = head.path
        self.refusals.add(counted, str(rejected), seen)
        return Page.of(rejected).response("GET" if head is None else head.method)

    def _address(self, head: RequestHead, site: Site, counted: CountedConnection) -> Endpoint:
        if not site.has_websockets:
            raise Rejected(HTTPStatus.NOT_FOUND, "nothing is here", head.path)
        authority = requested_host(head, site.hosts)
        self._check_origin(head, authority, self._scheme(head, site, counted))
        offered = head.elements("sec-websocket-protocol")
        profile = SESSION if SESSION.name in offered else CORE
        if head.path == _NO_ROOM_PATH and not profile.admitted_on_connect:
            return Endpoint(None, profile)
        match = _ROOM_PATH.fullmatch(head.path)
        if match is None:
            raise Rejected(
                HTTPStatus.NOT_FOUND,
                "WebSockets are at /room/<room id>/ws, and at /ws for who offers the "
                f"subprotocol {SESSION.name}",
                head.path,
            )
        return Endpoint(RoomId(match[1]), profile)

    def _scheme(self, head: RequestHead, site: Site, counted: CountedConnection) -> str | None:
        """Return how a browser reaches this server, where that is known."""
        if counted.is_proxy:
            return self.proxies.scheme(head.headers)
        return "https" if site.is_encrypted else None

    def _check_origin(
        self, head: RequestHead, authority: Authority | None, scheme: str | None
    ) -> None:
        said = head.single("origin")
        if said is None:  # no browser: a page can't leave it out
            return
        try:
            origin = Origin.read(said)
        except ValueError:
            pass
        else:
            if origin in self.origins:
                return
            if not self.origins and authority:
                if origin.is_that_of(authority, scheme):
                    return
                if origin.is_that_of(authority, None):
                    raise Rejected(HTTPStatus.FORBIDDEN, _OTHER_SCHEME, said)
        text = "pages of this Origin may not connect here"
        raise Rejected(HTTPStatus.FORBIDDEN, text, said)


def _page(head: RequestHead, make: PageHandler) -> Page:
    if head.method not in ("GET", "HEAD"):
        allow = {"Allow": "GET, HEAD"}
        return Page("GET and HEAD read this\n", HTTPStatus.METHOD_NOT_ALLOWED, headers=allow)
    return make(head)
