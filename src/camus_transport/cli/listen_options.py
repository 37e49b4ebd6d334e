"""The addresses on which `camus-serve` listens, and the error texts when it can't."""

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
    """Return host and port of an option's value; the host may be an IPv6 address in brackets.

    Raises:
        click.BadParameter: the value isn't HOST:PORT.
    """
    if value is None:
        return None
    match = _HOST_AND_PORT.fullmatch(value)
    if match is None or int(match[3]) > 0xFFFF:
        raise click.BadParameter(
            f"{value!r} isn't HOST:PORT, such as localhost:9090 or [::1]:9090"
        )
    return match[1] or match[2], int(match[3])


def _without_brackets(host: str) -> str:
    """Return an IPv6 address without the brackets that URLs put around it."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def _in_url(host: str) -> str:
    """Return a host as URLs have it: an IPv6 address is put in brackets."""
    return f"[{host}]" if ":" in host else host


@frozen
class ListenOptions:
    """The options that say where the server listens, and what its first log line says of it.

    Attributes:
        host: the host name or IP address to listen on.
        port: the TCP port; 0 for a free one.
        unix_socket: the path of the UNIX socket that replaces host and port, if any.
        unix_socket_mode: its permissions.
        tls: the TLS context, or None without TLS.
        metrics: host and port of the separate listener for /metrics, if any.
        allowed_hosts: the accepted names in the Host header; empty if every name is accepted.
        is_proxied: True if clients reach the server through a proxy.
        has_app: True if the browser app is served at /.
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
        """Start to listen; return the first line of the log, which names the address to open.

        Raises:
            OSError: the address, the port or the socket can't be used.
            UnicodeError: the host isn't a valid name.
            ClickException: the listener for metrics fails in one of these ways.
        """
        if self.metrics is not None:
            await _listen_for_metrics(signaling, *self.metrics)
        if self.unix_socket is not None:
            await signaling.listen_unix(self.unix_socket, self.tls, mode=self.unix_socket_mode)
            return self._behind_a_proxy(f"on the UNIX socket {self.unix_socket}")
        port = await signaling.listen(self.host, self.port, self.tls)
        s = "s" if self.tls else ""
        name, elsewhere = self._names()
        page = f"http{s}://{name}:{port}/"
        websockets = f"ws{s}://{name}:{port}/room/ROOM/ws"
        if self.is_proxied:
            return self._behind_a_proxy(f"at {page}{elsewhere}")
        if self.has_app:
            return f"Open {page}{elsewhere} (WebSockets: {websockets}, health: {page}healthz)"
        return f"Connect to {websockets}{elsewhere} (health: {page}healthz)"

    def _behind_a_proxy(self, where: str) -> str:
        """Return the first log line of a server whose public address only its proxy knows."""
        verb = "Open" if self.has_app else "Connect to /room/ROOM/ws at"
        return f"{verb} the address of your proxy; camus-serve listens {where}"

    def _names(self) -> tuple[str, str]:
        """Return a name that reaches the server from this machine, and a text on others."""
        match self.host:
            case "" | "::":
                name, elsewhere = "localhost", ", or any other address of this machine"
            case "0.0.0.0":
                name, elsewhere = "127.0.0.1", ", or any other IPv4 address of this machine"
            case host:
                name, elsewhere = _in_url(host), ""
        if self.allowed_hosts and name not in self.allowed_hosts:
            return min(self.allowed_hosts), ""
        return name, elsewhere

    def explain(self, error: OSError | UnicodeError) -> str:
        """Return the text for an operator about an error that `listen` has raised."""
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
    _log.info("metrics are served at http://%s:%d/metrics", _in_url(host), port)


def _reason(error: OSError | UnicodeError) -> str:
    match error:
        case OSError(strerror=str() as words):
            return words
        case OSError():
            return str(error)
        case _:
            return "this isn't a valid host name"
