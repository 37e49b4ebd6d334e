"""Who may open a WebSocket here: path, Host, Origin, and room for one more connection."""

import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from attrs import define, field, frozen
from websockets.datastructures import Headers, MultipleValuesError
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from camus_core.identity import Identity
from camus_core.limits import Limits
from camus_core.profile import CORE, SESSION, Profile
from camus_core.records import SLUG, RoomId

from .arrivals import Arrival, Arrivals
from .forwarded import TrustedProxies
from .refusals import Refusals, Rejected
from .upgrade import header_lines

_ROOM_PATH = re.compile(rf"/room/({SLUG.pattern})/ws")
_NO_ROOM_PATH = "/ws"
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


def _encoded(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


@frozen
class Page:
    """What a plain GET is answered; `headers` are those beside what every answer has."""

    body: bytes = field(converter=_encoded)
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(factory=dict)


@frozen
class Address:
    """What an upgrade asks for: a room, or none yet, and a profile."""

    room_id: RoomId | None
    profile: Profile


@frozen
class Handshake:
    """What an authenticator sees of an upgrade: `headers` know no case, cookies among them.

    `path` comes with its query. `address` is the client's, None where it has none.
    """

    path: str
    headers: Mapping[str, str] = field(repr=False)
    address: str | None = None

    @classmethod
    def read(cls, path: str, headers: Mapping[str, str], address: str | None) -> "Handshake":
        """Return what a request says; the lines of one header are joined (RFC 9110, 5.2)."""
        joined = Headers()
        for name in headers:
            # "; " as in RFC 6265, section 5.4: HTTP/2 proxies may split this one (RFC 9113)
            separator = "; " if name.lower() == "cookie" else ", "
            joined[name] = separator.join(header_lines(headers, name))
        return cls(path, MappingProxyType(joined), address)


Authenticator = Callable[[Handshake], Awaitable[Identity | None]]
"""Says who a handshake is from, None for a guest, or raises `NotAllowed`."""


@define
class Doorkeeper:
    """Decides about handshakes.

    `origins` are the origins whose pages may connect; empty for the server's own. `pages` are
    what is served beside WebSockets, by their paths; each is told the headers of a request.
    `proxies` are those whose forwarded headers are believed.
    """

    limits: Limits
    origins: frozenset[str] = frozenset()
    pages: Mapping[str, Callable[[Headers], Page]] = field(factory=dict)
    proxies: TrustedProxies = field(factory=TrustedProxies)
    arrivals: Arrivals = field(init=False)
    refusals: Refusals = field(factory=Refusals, init=False)

    def __attrs_post_init__(self) -> None:
        self.arrivals = Arrivals(self.limits, self.proxies)

    def address(
        self, target: str, headers: Mapping[str, str], hosts: frozenset[str]
    ) -> Address:
        """Return what a request asks for.

        `hosts` are the names, without port, that a Host header may have; empty for any.

        Raises:
            Rejected: its Host or Origin isn't allowed, or nothing is there.
        """
        host = _only(headers, "host")
        if host is None or (hosts and _without_port(host) not in hosts):
            raise Rejected(HTTPStatus.FORBIDDEN, "this Host is not served here", host)
        self._check_origin(headers, host.lower())
        profile = SESSION if SESSION.name in _offered(headers) else CORE
        path = target.partition("?")[0]
        if path == _NO_ROOM_PATH and not profile.admitted_on_connect:
            return Address(None, profile)
        match = _ROOM_PATH.fullmatch(path)
        if match is None:
            raise Rejected(
                HTTPStatus.NOT_FOUND,
                "WebSockets are at /room/<room id>/ws, and at /ws for who offers the "
                f"subprotocol {SESSION.name}",
                path,
            )
        return Address(RoomId(match[1]), profile)

    def answer(
        self,
        protocol: ServerProtocol,
        request: Request,
        hosts: frozenset[str],
        arrival: Arrival,
    ) -> tuple[Response, Address | None]:
        """Return the response, and what is entered if it is an upgrade."""
        path = request.path.partition("?")[0]
        page = self.pages.get(path)
        if page is not None and "Upgrade" not in request.headers:
            return _respond(protocol, request, page), None
        if arrival.refusal is not None:
            return self._reject(protocol, arrival, arrival.refusal), None
        try:
            address = self.address(request.path, request.headers, hosts)
        except Rejected as rejected:
            return self._reject(protocol, arrival, rejected), None
        response = protocol.accept(request)
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            if response.status_code == HTTPStatus.BAD_REQUEST:
                response.headers["Sec-WebSocket-Version"] = "13"  # RFC 6455, section 4.4
            reason = f"{response.status_code} {response.reason_phrase}"
            self.refusals.add(arrival, reason, path)
            return response, None
        if not address.profile.admitted_on_connect:
            response.headers["Sec-WebSocket-Protocol"] = address.profile.name
        return response, address

    def _reject(
        self, protocol: ServerProtocol, arrival: Arrival, rejected: Rejected
    ) -> Response:
        self.refusals.add(arrival, str(rejected), rejected.seen)
        response = protocol.reject(rejected.status, f"{rejected}\n")
        response.headers.update(rejected.headers)
        return response

    def _check_origin(self, headers: Mapping[str, str], host: str) -> None:
        origin = _only(headers, "origin")
        if origin is None:  # no browser: a page can't leave it out
            return
        if origin.lower() in self.origins:
            return
        if self.origins or origin.lower().partition("://")[2] != host:
            text = "pages of this Origin may not connect here"
            raise Rejected(HTTPStatus.FORBIDDEN, text, origin)


def loopback_hosts(bound_to: str) -> frozenset[str]:
    """Return the Host names to allow for a listener: a loopback one is for this machine.

    A page that rebinds its own name to 127.0.0.1 still sends that name as Host.
    """
    return _LOOPBACK_NAMES if bound_to in ("localhost", "127.0.0.1", "::1") else frozenset()


def _offered(headers: Mapping[str, str]) -> list[str]:
    """Return the subprotocols that a client speaks (RFC 6455, section 11.3.4)."""
    lines = header_lines(headers, "sec-websocket-protocol")
    return [offer.strip() for line in lines for offer in line.split(",")]


def _respond(
    protocol: ServerProtocol, request: Request, make: Callable[[Headers], Page]
) -> Response:
    if request.method not in ("GET", "HEAD"):
        response = protocol.reject(HTTPStatus.METHOD_NOT_ALLOWED, "GET and HEAD read this\n")
        response.headers["Allow"] = "GET, HEAD"
        return response
    page = make(request.headers)
    response = protocol.reject(page.status, "")
    response.body = page.body
    del response.headers["Content-Type"], response.headers["Content-Length"]
    if page.status is not HTTPStatus.NOT_MODIFIED:  # that is about the body the client has
        response.headers["Content-Type"] = page.content_type
        response.headers["Content-Length"] = str(len(page.body))
    response.headers.update(page.headers)
    return response


def _only(headers: Mapping[str, str], name: str) -> str | None:
    try:
        return headers.get(name)
    except MultipleValuesError:
        raise Rejected(HTTPStatus.BAD_REQUEST, f"more than one {name} header") from None


def _without_port(host: str) -> str:
    return re.sub(r":\d+$", "", host.lower())
