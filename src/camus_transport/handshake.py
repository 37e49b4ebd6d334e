"""Who may open a WebSocket here: path, Host, Origin, and how many connections there are."""

import ipaddress
import re
import sys
from collections.abc import Mapping
from http import HTTPStatus

from attrs import define, field
from websockets.datastructures import MultipleValuesError
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from camus_core.limits import Limits
from camus_core.records import SLUG, RoomId

_PAGES = {
    "/": "This is Camus, a WebRTC signaling server. WebSockets are at /room/<room id>/ws\n",
    "/healthz": "ok\n",
}
"""What a plain GET is answered."""

_ROOM_PATH = re.compile(rf"/room/({SLUG.pattern})/ws")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_DESCRIPTORS_FOR_OTHERS = 64


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

    `origins` are the origins whose pages may connect; empty for the server's own.
    """

    limits: Limits
    origins: frozenset[str] = frozenset()
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

    def room_of(self, target: str, headers: Mapping[str, str], hosts: frozenset[str]) -> RoomId:
        """Return which room a request asks for.

        `hosts` are the names, without port, that a Host header may have; empty for any.

        Raises:
            Rejected: its Host or Origin isn't allowed, or it names no room.
        """
        host = _only(headers, "host")
        if host is None or (hosts and _without_port(host) not in hosts):
            raise Rejected(HTTPStatus.FORBIDDEN, "this Host is not served here")
        self._check_origin(headers, host.lower())
        match = _ROOM_PATH.fullmatch(target.partition("?")[0])
        if match is None:
            raise Rejected(HTTPStatus.NOT_FOUND, "WebSockets are at /room/<room id>/ws")
        return RoomId(match[1])

    def answer(
        self,
        protocol: ServerProtocol,
        request: Request,
        hosts: frozenset[str],
        refusal: Rejected | None,
    ) -> tuple[Response, RoomId | None]:
        """Return the response, and which room is entered if it is an upgrade.

        `refusal` is what `enter` has decided.
        """
        page = _PAGES.get(request.path.partition("?")[0])
        if page is not None and "Upgrade" not in request.headers:
            return protocol.reject(HTTPStatus.OK, page), None
        try:
            if refusal is not None:
                raise refusal
            room_id = self.room_of(request.path, request.headers, hosts)
        except Rejected as rejected:
            return protocol.reject(rejected.status, f"{rejected}\n"), None
        response = protocol.accept(request)
        accepted = response.status_code == HTTPStatus.SWITCHING_PROTOCOLS
        return response, room_id if accepted else None

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


def _only(headers: Mapping[str, str], name: str) -> str | None:
    try:
        return headers.get(name)
    except MultipleValuesError:
        raise Rejected(HTTPStatus.BAD_REQUEST, f"more than one {name} header") from None


def _without_port(host: str) -> str:
    return re.sub(r":\d+$", "", host.lower())
