"""Who may open a WebSocket here: path, Host, Origin, and how many connections there are."""

import ipaddress
import re
import sys
from collections.abc import Callable, Mapping
from http import HTTPStatus

from attrs import define, field, frozen
from websockets.datastructures import Headers, MultipleValuesError
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from camus_core.limits import Limits
from camus_core.profile import CORE, SESSION, Profile
from camus_core.records import SLUG, RoomId

_ROOM_PATH = re.compile(rf"/room/({SLUG.pattern})/ws")
_NO_ROOM_PATH = "/ws"
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_DESCRIPTORS_FOR_OTHERS = 64


@frozen
class Page:
    """What a plain GET is answered."""

    body: str
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "text/plain; charset=utf-8"


@frozen
class Address:
    """What an upgrade asks for: a room, or none yet, and a profile."""

    room_id: RoomId | None
    profile: Profile


class Rejected(Exception):
    """The handshake is answered with this HTTP status and text."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status = status


_TOO_MANY = Rejected(HTTPStatus.TOO_MANY_REQUESTS, "too many connections from your address")
_FULL = Rejected(HTTPStatus.SERVICE_UNAVAILABLE, "this server is full; try again later")


@define
class Doorkeeper:
    """Decides about handshakes, and counts the connections that are open.

    `origins` are the origins whose pages may connect; empty for the server's own. `pages` are
    what is served beside WebSockets, by their paths.
    """

    limits: Limits
    origins: frozenset[str] = frozenset()
    pages: Mapping[str, Callable[[], Page]] = field(factory=dict)
    _within_share: int = field(default=0, init=False)
    _by_address: dict[str, int] = field(factory=dict, init=False)
    _most: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._most = self.limits.connections or _most_connections()

    def enter(self, address: str | None) -> Rejected | None:
        """Count a connection in; the answer, if any, is what its handshake shall hear.

        What one address opens beyond its share takes nobody else's place.
        """
        if address is not None:
            count = self._by_address[address] = self._by_address.get(address, 0) + 1
            if count > self.limits.connections_per_address:
                return _TOO_MANY
        self._within_share += 1
        return _FULL if self._within_share > self._most else None

    def leave(self, address: str | None) -> None:
        """Count a connection out."""
        if address is not None:
            count = self._by_address.pop(address) - 1
            if count:
                self._by_address[address] = count
            if count >= self.limits.connections_per_address:
                return
        self._within_share -= 1

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
            raise Rejected(HTTPStatus.FORBIDDEN, "this Host is not served here")
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
            )
        return Address(RoomId(match[1]), profile)

    def answer(
        self,
        protocol: ServerProtocol,
        request: Request,
        hosts: frozenset[str],
        refusal: Rejected | None,
    ) -> tuple[Response, Address | None]:
        """Return the response, and what is entered if it is an upgrade.

        `refusal` is what `enter` has decided.
        """
        page = self.pages.get(request.path.partition("?")[0])
        if page is not None and "Upgrade" not in request.headers:
            return _respond(protocol, request.method, page), None
        try:
            if refusal is not None:
                raise refusal
            address = self.address(request.path, request.headers, hosts)
        except Rejected as rejected:
            return protocol.reject(rejected.status, f"{rejected}\n"), None
        response = protocol.accept(request)
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            return response, None
        if not address.profile.admitted_on_connect:
            response.headers["Sec-WebSocket-Protocol"] = address.profile.name
        return response, address

    def _check_origin(self, headers: Mapping[str, str], host: str) -> None:
        origin = _only(headers, "origin")
        if origin is None:  # no browser: a page can't leave it out
            return
        if origin.lower() in self.origins:
            return
        if self.origins or origin.lower().partition("://")[2] != host:
            raise Rejected(HTTPStatus.FORBIDDEN, "pages of this Origin may not connect here")


def _most_connections() -> int:
    if sys.platform == "win32":
        return 500  # what the event loop's select takes there, less the same reserve
    import resource

    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, files - _DESCRIPTORS_FOR_OTHERS)


def loopback_hosts(bound_to: str) -> frozenset[str]:
    """Return the Host names to allow for a listener: a loopback one is for this machine.

    A page that rebinds its own name to 127.0.0.1 still sends that name as Host.
    """
    return _LOOPBACK_NAMES if bound_to in ("localhost", "127.0.0.1", "::1") else frozenset()


def address_group(peer: object) -> str | None:
    """Return what counts as one address: an IPv4 address, or an IPv6 network of 64 bits."""
    if not isinstance(peer, tuple):
        return None  # a UNIX socket
    if ":" not in peer[0]:
        return str(peer[0])
    address = ipaddress.ip_address(peer[0].partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
        address = address.ipv4_mapped
    return str(address)


def _offered(headers: Mapping[str, str]) -> list[str]:
    """Return the subprotocols that a client speaks (RFC 6455, section 11.3.4)."""
    name = "sec-websocket-protocol"
    lines = headers.get_all(name) if isinstance(headers, Headers) else [headers.get(name, "")]
    return [offer.strip() for line in lines for offer in line.split(",")]


def _respond(protocol: ServerProtocol, method: str, make: Callable[[], Page]) -> Response:
    if method not in ("GET", "HEAD"):
        response = protocol.reject(HTTPStatus.METHOD_NOT_ALLOWED, "GET and HEAD read this\n")
        response.headers["Allow"] = "GET, HEAD"
        return response
    page = make()
    response = protocol.reject(page.status, page.body)
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = page.content_type
    return response


def _only(headers: Mapping[str, str], name: str) -> str | None:
    try:
        return headers.get(name)
    except MultipleValuesError:
        raise Rejected(HTTPStatus.BAD_REQUEST, f"more than one {name} header") from None


def _without_port(host: str) -> str:
    return re.sub(r":\d+$", "", host.lower())
