"""The rules of access: limits of connections, hosts and origins, for all transports alike."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Self

from attrs import define, field

from camus_core.limits import Limits
from camus_core.records import NetworkAddress

from .connection_limits import ConnectionLimits, CountedConnection
from .forwarded import TrustedProxies
from .headers import Headers
from .open_connections import OpenConnections
from .origins import Authority, Origin
from .refusals import RefusalLog, Rejected
from .request_head import RequestHead

_OTHER_SCHEME = (
    "pages of this Origin may not connect here: only its scheme differs from this server's, "
    "which a trusted proxy reports in X-Forwarded-Proto"
)


def requested_host(head: RequestHead, hosts: frozenset[str]) -> Authority | None:
    """Return the authority in the Host header of a request; None for HTTP/1.0 without one.

    Raises:
        Rejected: the header is missing or malformed, or its host is none of `hosts`, unless
            these are empty.
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


def _check_fetch_site(head: RequestHead) -> None:
    """Refuse a page's GET without Origin, as that of an image, unless the page is of this site.

    Browsers send Sec-Fetch-Site to encrypted and to loopback servers (W3C Fetch Metadata).
    """
    site = head.headers.get("sec-fetch-site", "none")
    if "origin" not in head.headers and site not in ("none", "same-origin"):
        text = "pages of another site may not connect here without an Origin"
        raise Rejected(HTTPStatus.FORBIDDEN, text, site)


@define(eq=False)
class AcceptedConnection:
    """A connection of a client that may connect; its transport reports its progress here.

    It is a context manager, which calls `closed` at its end.
    """

    address: NetworkAddress | None
    """The network address by which the client is counted; None if it has none."""

    _rules: "AccessRules"
    _counted: CountedConnection
    _abort: Callable[[], object] | None = None
    _handshake_timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed()

    def opened(self) -> None:
        """End the time for the handshake: the server may `connect` the client now."""
        if self._handshake_timer is not None:
            self._handshake_timer.cancel()

    def closed(self) -> None:
        """Stop counting the connection, which has ended; a second call does nothing."""
        self.opened()
        self._rules.remove(self)

    def start_handshake(self, seconds: float) -> None:
        """Cut the connection off unless `opened` is called within this time."""
        loop = asyncio.get_running_loop()
        self._handshake_timer = loop.call_later(seconds, self._time_out, seconds)

    def refuse(self, reason: str, detail: str | None = None) -> None:
        """Log that the client is refused, and cut the connection off.

        Args:
            detail: the offending part of what the client has sent; no secret.
        """
        self._rules.refusals.add(self._counted, reason, detail)
        self.abort()

    def abort(self) -> None:
        """Cut the connection off, if it was accepted with a way to do so."""
        if self._abort is not None:
            self._abort()

    def _time_out(self, seconds: float) -> None:
        self.refuse(f"no handshake within {seconds:g} s")


@define(eq=False)
class AccessRules:
    """The rules of access, which all transports of one server share.

    A transport accepts each connection by `accept`, or by `accept_request` if it opens with an
    HTTP request, before it does anything else for it. Refusals are in the log.

    Attributes:
        hosts: The names, without port, that a Host header may have; empty for any.
        origins: The origins whose pages may connect; empty for the server's own.
        proxies: The proxies whose forwarding headers are trusted.
        connection_limits: The count of open connections, in all and for each address.
        refusals: The log of refusals.
        open_connections: The connections that were accepted and haven't been closed.
    """

    limits: Limits
    hosts: frozenset[str] = frozenset()
    origins: frozenset[Origin] = frozenset()
    proxies: TrustedProxies = field(factory=TrustedProxies)
    connection_limits: ConnectionLimits = field(init=False)
    refusals: RefusalLog = field(factory=RefusalLog, init=False)
    open_connections: OpenConnections[AcceptedConnection] = field(
        factory=OpenConnections, init=False
    )

    def __attrs_post_init__(self) -> None:
        self.connection_limits = ConnectionLimits(self.limits, self.proxies)

    def accept(self, peer: object, abort: Callable[[], object]) -> AcceptedConnection:
        """Count a new connection, and give it `handshake_seconds` until it is `opened`.

        Args:
            peer: the name of the socket's other end, as `getpeername` and
                `get_extra_info("peername")` return it.
            abort: cuts the connection off. It is called at once if the server, or the address,
                has too many connections, and later if the handshake takes too long.
        """
        accepted = self._count(peer, Headers(), abort)
        refusal = accepted._counted.refusal
        if refusal is None:
            accepted.start_handshake(self.limits.handshake_seconds)
        else:
            accepted.refuse(str(refusal))
        return accepted

    def accept_request(
        self,
        peer: object,
        head: RequestHead,
        *,
        hosts: frozenset[str] | None = None,
        is_encrypted: bool = False,
    ) -> AcceptedConnection:
        """Check a request of a client, and count its connection for the client, which a
        trusted proxy may name.

        Args:
            hosts: the names of this listener, instead of the server's `hosts`.
            is_encrypted: true if this listener terminates TLS.

        Raises:
            Rejected: there are too many connections, or the Host or the Origin isn't allowed,
                or a page of another site sends none: answer with its `status`, text and
                `headers`.
        """
        accepted = self._count(peer, head.headers)
        counted = accepted._counted
        try:
            if counted.refusal is not None:
                raise Rejected(counted.refusal.status, str(counted.refusal))
            self.check_request(
                head,
                self.hosts if hosts is None else hosts,
                is_proxied=counted.is_proxy,
                is_encrypted=is_encrypted,
            )
            _check_fetch_site(head)
        except Rejected as rejected:
            accepted.refuse(str(rejected), rejected.detail or head.path)
            accepted.closed()
            raise
        return accepted

    def check_request(
        self, head: RequestHead, hosts: frozenset[str], *, is_proxied: bool, is_encrypted: bool
    ) -> None:
        """Check the Host and the Origin of a request (CORE-2, CORE-60 to CORE-63).

        Raises:
            Rejected: one of them isn't allowed.
        """
        authority = requested_host(head, hosts)
        if is_proxied:
            scheme = self.proxies.scheme(head.headers)
        else:
            scheme = "https" if is_encrypted else None
        self._check_origin(head, authority, scheme)

    def remove(self, accepted: AcceptedConnection) -> None:
        """Stop counting a connection, if it is counted."""
        if accepted in self.open_connections:
            self.open_connections.discard(accepted)
            self.connection_limits.remove(accepted._counted)

    def _count(
        self, peer: object, headers: Headers, abort: Callable[[], object] | None = None
    ) -> AcceptedConnection:
        counted = self.connection_limits.add(peer)
        self.connection_limits.identify(counted, headers)
        accepted = AcceptedConnection(counted.address, self, counted, abort)
        self.open_connections.add(accepted)
        return accepted

    def _check_origin(
        self, head: RequestHead, authority: Authority | None, scheme: str | None
    ) -> None:
        """Check the Origin; `scheme` is that by which browsers reach this server, if known."""
        value = head.single("origin")
        if value is None:  # the client is no browser: pages can't omit the header
            return
        try:
            origin = Origin.read(value)
        except ValueError:
            pass
        else:
            if origin in self.origins:
                return
            if not self.origins and authority:
                if origin.is_served_by(authority, scheme):
                    return
                if origin.is_served_by(authority, None):
                    raise Rejected(HTTPStatus.FORBIDDEN, _OTHER_SCHEME, value)
        text = "pages of this Origin may not connect here"
        raise Rejected(HTTPStatus.FORBIDDEN, text, value)
