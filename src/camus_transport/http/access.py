"""The rules of who may connect, which all transports of one server share."""

from http import HTTPStatus

from attrs import define, field

from camus_core.limits import Limits

from .connection_limits import ConnectionLimits, CountedConnection
from .forwarded import TrustedProxies
from .headers import Headers
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


@define(eq=False)
class AccessRules:
    """The rules of who may connect: limits of connections, hosts and origins.

    A transport accepts each connection by `accept`, or by `accept_request` if it opens with an
    HTTP request, before it does anything else for it, and calls `remove` when the connection
    has ended. What these refuse is in the log.

    Attributes:
        hosts: The names, without port, that a Host header may have; empty for any.
        origins: The origins whose pages may connect; empty for the server's own.
        proxies: The proxies whose forwarding headers are trusted.
        connection_limits: The count of open connections, in all and for each address.
        refusals: The log of refusals.
    """

    limits: Limits
    hosts: frozenset[str] = frozenset()
    origins: frozenset[Origin] = frozenset()
    proxies: TrustedProxies = field(factory=TrustedProxies)
    connection_limits: ConnectionLimits = field(init=False)
    refusals: RefusalLog = field(factory=RefusalLog, init=False)

    def __attrs_post_init__(self) -> None:
        self.connection_limits = ConnectionLimits(self.limits, self.proxies)

    def accept(self, peer: object) -> CountedConnection:
        """Count a new connection; its `address` is the client's.

        Args:
            peer: the name of the socket's other end, as `getpeername` and
                `get_extra_info("peername")` return it.

        Raises:
            Rejected: the server, or the address, has too many connections: end this one at
                once.
        """
        return self._accept(peer, None, self.hosts, is_encrypted=False)

    def accept_request(
        self,
        peer: object,
        head: RequestHead,
        *,
        hosts: frozenset[str] | None = None,
        is_encrypted: bool = False,
    ) -> CountedConnection:
        """Check the request that opens a connection, and count the connection; its `address`
        is the client's, which a trusted proxy may have named.

        Args:
            hosts: the names of this listener, instead of the server's `hosts`.
            is_encrypted: true if this listener terminates TLS.

        Raises:
            Rejected: there are too many connections, or the Host or the Origin isn't allowed:
                answer with its `status`, text and `headers`.
        """
        return self._accept(peer, head, self.hosts if hosts is None else hosts, is_encrypted)

    def remove(self, counted: CountedConnection) -> None:
        """Stop counting a connection that has ended."""
        self.connection_limits.remove(counted)

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

    def _accept(
        self, peer: object, head: RequestHead | None, hosts: frozenset[str], is_encrypted: bool
    ) -> CountedConnection:
        counted = self.connection_limits.add(peer)
        self.connection_limits.identify(counted, Headers() if head is None else head.headers)
        try:
            if counted.refusal is not None:
                raise Rejected(counted.refusal.status, str(counted.refusal))
            if head is not None:
                self.check_request(
                    head, hosts, is_proxied=counted.is_proxy, is_encrypted=is_encrypted
                )
        except Rejected as rejected:
            path = None if head is None else head.path
            self.refusals.add(counted, str(rejected), rejected.detail or path)
            self.remove(counted)
            raise
        return counted

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
