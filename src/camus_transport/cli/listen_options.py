"""Where `camus-serve` listens, and what a person reads when it can't."""

import errno
import logging
import re
import ssl
from pathlib import Path

import click
from attrs import field, frozen

from ..signaling import Signaling

_log = logging.getLogger("camus")

_HOST_AND_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:\[\]]+)):([0-9]{1,5})")


def read_listen_address(
    _: click.Context, __: click.Parameter, value: str | None
) -> tuple[str, int] | None:
    """Read an address to listen on, whose host may be an IPv6 address in brackets."""
    if value is None:
        return None
    match = _HOST_AND_PORT.fullmatch(value)
    if match is None or int(match[3]) > 0xFFFF:
        raise click.BadParameter(f"{value!r} is no HOST:PORT, as localhost:9090 or [::1]:9090")
    return match[1] or match[2], int(match[3])


def _without_brackets(host: str) -> str:
    """Return an IPv6 address without the brackets that it has in a URL."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


@frozen
class ListenOptions:
    """Where the server listens, and what is said of it, according to its options.

    Attributes:
        metrics: host and port of the listener for /metrics alone, if there is one.
        allowed_hosts: the names under which pages are served; none, if any name may be used.
        is_proxied: clients reach the server through a proxy.
        has_app: there is a page for people at /.
    """

    host: str = field(converter=_without_brackets)
    port: int
    unix_socket: Path | None
    unix_socket_mode: int
    tls: ssl.SSLContext | None
    metrics: tuple[str, int] | None
    allowed_hosts: frozenset[str]
    is_proxied: bool
    has_app: bool

    async def listen(self, signaling: Signaling) -> str:
        """Listen there; return the address to open, or to connect to, as a line of the log.

        Raises:
            OSError: the address, the port or the socket can't be had.
            UnicodeError: the host is no name.
            ClickException: the same for the listener of the metrics.
        """
        if self.metrics is not None:
            await _listen_for_metrics(signaling, *self.metrics)
        if self.unix_socket is not None:
            await signaling.listen_unix(self.unix_socket, self.tls, mode=self.unix_socket_mode)
            return self._behind_a_proxy(f"on the UNIX socket {self.unix_socket}")
        port = await signaling.listen(self.host, self.port, self.tls)
        s = "s" if self.tls else ""
        name, elsewhere = self._name()
        page = f"http{s}://{name}:{port}/"
        websockets = f"ws{s}://{name}:{port}/room/ROOM/ws"
        if self.is_proxied:
            return self._behind_a_proxy(f"at {page}{elsewhere}")
        if self.has_app:
            return f"Open {page}{elsewhere} (WebSockets: {websockets}, health: {page}healthz)"
        return f"Connect to {websockets}{elsewhere} (health: {page}healthz)"

    def _behind_a_proxy(self, where: str) -> str:
        """Return the first line for a server whose public address only its proxy knows."""
        do = "Open" if self.has_app else "Connect to /room/ROOM/ws at"
        return f"{do} the address of your proxy; camus-serve listens {where}"

    def _name(self) -> tuple[str, str]:
        """Return the name to reach the server by from this machine, and where else it is."""
        match self.host:
            case "" | "::":
                name, elsewhere = "localhost", ", or any other address of this machine"
            case "0.0.0.0":
                name, elsewhere = "127.0.0.1", ", or any other IPv4 address of this machine"
            case host:
                name, elsewhere = f"[{host}]" if ":" in host else host, ""
        if self.allowed_hosts and name not in self.allowed_hosts:
            return min(self.allowed_hosts), ""
        return name, elsewhere

    def why_not(self, error: OSError | UnicodeError) -> str:
        """Return what a person reads who can't have the place."""
        if self.unix_socket is not None:
            return f"can't listen on {self.unix_socket}: {_reason(error)}"
        match error:
            case OSError(errno=errno.EADDRINUSE):
                return (
                    f"port {self.port} is in use; choose another with --port, or stop what "
                    "uses it"
                )
            case OSError(errno=errno.EACCES):
                return f"you may not use port {self.port}; choose one above 1023 with --port"
            case OSError(errno=errno.EADDRNOTAVAIL):
                return f"{self.host} is not an address of this machine; choose one with --host"
            case _:
                return (
                    f"can't listen on {self.host}: {_reason(error)}; --host is a name or an "
                    "address of this machine, without a port"
                )


async def _listen_for_metrics(signaling: Signaling, host: str, port: int) -> None:
    try:
        port = await signaling.listen_for_metrics(host, port)
    except (OSError, UnicodeError) as error:
        raise click.ClickException(
            f"can't listen for metrics on {host}, port {port}: {_reason(error)}"
        ) from None
    name = f"[{host}]" if ":" in host else host
    _log.info("metrics are told at http://%s:%d/metrics", name, port)


def _reason(error: OSError | UnicodeError) -> str:
    match error:
        case OSError(strerror=str() as words):
            return words
        case OSError():
            return str(error)
        case _:
            return "this is no name of a host"
