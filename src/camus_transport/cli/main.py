"""The command `camus-serve`: its options, its start and its end."""

import asyncio
import gc
import importlib.util
import logging
import os
import signal
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.wire.errors import StoreError

from ..descriptors import raise_descriptor_limit
from ..http.app_files import app_folder, has_app
from ..http.origins import allowed_hosts
from ..logs import FORMATS, LEVELS, StartLog, set_up_logging
from ..signaling import Signaling
from .invitations import invitations, invite, revoke
from .listen_options import ListenOptions, read_listen_address
from .program import Program, limit_options
from .rooms import (
    chosen_database_url,
    database_option,
    rooms,
    store_at,
    with_absolute_path,
)
from .settings import octal, one_line
from .signals import obey_signals
from .token import token, token_reader

_log = logging.getLogger("camus")

_GARBAGE_THRESHOLDS = 5_000, 1_000
"""The thresholds of the cyclic garbage collector (`gc.set_threshold`). A relay makes next to no
cyclic garbage: the defaults of 700 and 10 cost a twentieth of the CPU time of a call set-up,
and one pass over the 50,000 objects of large rooms is a pause of 30 ms."""


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"auto_envvar_prefix": "CAMUS", "max_content_width": 96},
)
@click.version_option(
    package_name="camus-signaling",
    prog_name="camus-serve",
    allow_from_autoenv=False,  # container images set CAMUS_VERSION to their release
)
@click.option(
    "--host",
    callback=one_line,
    default="localhost",
    show_default=True,
    help="The host name or IP address to listen on. :: is every address of this machine, "
    "0.0.0.0 every IPv4 address.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=5000,
    show_default=True,
    help="The TCP port to listen on; 0 selects a free one.",
)
@click.option(
    "--unix-socket",
    type=click.Path(path_type=Path),
    help="Listen on a UNIX socket with this path instead of a TCP port.",
)
@click.option(
    "--unix-socket-mode",
    callback=octal,
    default="0660",
    show_default=True,
    metavar="OCTAL",
    help="The permissions of the UNIX socket, as for chmod. By default this user and this "
    "group may connect; a proxy's user can be added to the group.",
)
@database_option(
    "The database for rooms and sessions: memory:, sqlite:///PATH or "
    "postgresql://USER:PASSWORD@HOST/DATABASE."
)
@click.option(
    "--rooms-on-demand/--no-rooms-on-demand",
    default=True,
    show_default=True,
    help="Create a room when a client joins one that doesn't exist. With --no-rooms-on-demand "
    "such a client is refused.",
)
@click.option(
    "--stun-url",
    "stun_urls",
    envvar="CAMUS_STUN_URL",
    multiple=True,
    callback=one_line,
    help="A STUN server that clients should use: stun:HOST:PORT. Repeatable.",
)
@click.option(
    "--turn-url",
    "turn_urls",
    envvar="CAMUS_TURN_URL",
    multiple=True,
    callback=one_line,
    help="A TURN server that clients should use: turn:HOST:PORT or turns:HOST:PORT, optionally "
    "with ?transport=tcp. Needs --turn-secret. Repeatable.",
)
@click.option(
    "--turn-secret",
    callback=one_line,
    help="The secret shared with the TURN servers (coturn's static-auth-secret), from which "
    "passwords for clients are made.",
)
@click.option(
    "--allowed-origin",
    "origins",
    envvar="CAMUS_ALLOWED_ORIGIN",
    multiple=True,
    help="An origin whose pages may connect, such as https://example.com. Repeatable. By "
    "default a page may connect only to the host and port that have served it.",
)
@click.option(
    "--allowed-host",
    "hosts",
    envvar="CAMUS_ALLOWED_HOST",
    multiple=True,
    help="A name, without port, that is accepted in the Host header. Repeatable. By default a "
    "server that only this machine can reach accepts this machine's names, and any other "
    "server accepts every name.",
)
@click.option(
    "--trusted-proxy",
    "trusted_proxies",
    envvar="CAMUS_TRUSTED_PROXY",
    multiple=True,
    help="A proxy whose Forwarded, X-Forwarded-For and X-Forwarded-Proto headers are trusted: "
    "an IP address, a network such as 10.0.0.0/8, or unix for every program that connects to "
    "--unix-socket. Repeatable.",
)
@click.option(
    "--token-key",
    "token_keys",
    envvar="CAMUS_TOKEN_KEY",
    multiple=True,
    metavar="FILE",
    help="A file with a key that verifies join tokens: a secret for HS256, an Ed25519 public "
    "key in PEM, or JWKs. Repeatable. Needs the extra `tokens`.",
)
@click.option(
    "--token-audience",
    callback=one_line,
    help="The audience that the `aud` claim of each join token has to contain.",
)
@click.option(
    "--guests/--no-guests",
    default=True,
    show_default=True,
    help="Let clients without a token join and create rooms. With --no-guests such clients are "
    "refused.",
)
@click.option(
    "--guests-create/--no-guests-create",
    default=True,
    show_default=True,
    help="Let clients without a token create rooms, where --guests lets them in. With "
    "--no-guests-create they join rooms that exist.",
)
@click.option(
    "--first-moderates/--no-first-moderates",
    default=False,
    show_default=True,
    help="Make the first client in a room without an owner its moderator, and after it the one "
    "that is there longest. Clients of the core profile are left out.",
)
@click.option(
    "--tls-certificate",
    type=click.Path(path_type=Path),
    help="A file with the server's certificate chain in PEM: serve https:// and wss://. Needs "
    "--tls-key.",
)
@click.option(
    "--tls-key",
    type=click.Path(path_type=Path),
    help="A file with the certificate's private key in PEM, not encrypted.",
)
@click.option(
    "--log-level",
    type=click.Choice(LEVELS),
    default="info",
    show_default=True,
    help="The least severe level that is logged.",
)
@click.option(
    "--log-format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="The format of log lines: plain text, or one JSON object per line.",
)
@click.option(
    "--metrics/--no-metrics",
    default=None,
    help="Serve metrics for Prometheus at /metrics of --port or --unix-socket. With "
    "--no-metrics nothing is measured. By default a server that only this machine can reach, "
    "and that has no --trusted-proxy, serves them. Needs the extra `metrics`.",
)
@click.option(
    "--metrics-listen",
    metavar="HOST:PORT",
    callback=read_listen_address,
    help="Serve metrics for Prometheus at /metrics of this address, which serves nothing else "
    "but /healthz and /readyz. Needs the extra `metrics`.",
)
@click.option(
    "--ui/--no-ui",
    default=True,
    show_default=True,
    help="Serve the browser app at /. With --no-ui the server does signaling only.",
)
@limit_options
def main(
    host: str,
    port: int,
    unix_socket: Path | None,
    unix_socket_mode: int,
    database_url: str | None,
    rooms_on_demand: bool,
    stun_urls: tuple[str, ...],
    turn_urls: tuple[str, ...],
    turn_secret: str | None,
    origins: tuple[str, ...],
    hosts: tuple[str, ...],
    trusted_proxies: tuple[str, ...],
    token_keys: tuple[str, ...],
    token_audience: str | None,
    guests: bool,
    guests_create: bool,
    first_moderates: bool,
    tls_certificate: Path | None,
    tls_key: Path | None,
    log_level: str,
    log_format: str,
    metrics: bool | None,
    metrics_listen: tuple[str, int] | None,
    ui: bool,
    **limits: Any,
) -> None:
    """Run a signaling server for WebRTC calls, with a browser app for video calls.

    Without a command it serves the app at /, WebSockets at /room/ROOM/ws and /ws, and for load
    balancers /healthz (the server is alive) and /readyz (it accepts new clients).

    Each option can also be set by an environment variable whose name begins with `CAMUS_`, as
    in CAMUS_PORT=8080. Spaces separate the values of a repeatable option. An empty variable
    counts as unset.
    """
    context = click.get_current_context()
    warnings: list[str] = context.obj
    if context.invoked_subcommand is not None:
        for line in warnings:
            click.echo(f"Warning: {line}", err=True)
        return
    database_url = chosen_database_url(database_url)
    log = set_up_logging(log_level, log_format)
    context.call_on_close(log.begin)
    for line in warnings:
        _log.warning("%s", line)
    if os.environ.get("CAMUS_HOST") == "" and host == "localhost":
        _log.warning("CAMUS_HOST is empty and counts as none; CAMUS_HOST=:: is every address")
    raise_descriptor_limit()
    tokens = token_reader(token_keys, token_audience)
    if tokens is None and not guests:
        raise click.UsageError("with --no-guests and without --token-key nobody can join")
    if (metrics or metrics_listen) and importlib.util.find_spec("prometheus_client") is None:
        raise click.UsageError(
            "for metrics install prometheus-client: pip install 'camus-signaling[metrics]'"
        )
    try:
        ice = IceConfiguration(stun_urls, turn_urls, turn_secret)
        app = app_folder() if ui else None
        signaling = Signaling(
            store_at(database_url),
            limits=Limits(**limits),
            ice=ice,
            rooms_on_demand=rooms_on_demand,
            hosts=hosts,
            origins=origins,
            trusted_proxies=trusted_proxies,
            guests=guests,
            guests_create=guests_create,
            first_moderates=first_moderates,
            tokens=tokens,
            metrics=metrics,
            ui=app,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    tls = _tls(tls_certificate, tls_key)
    if database_url.startswith(("sqlite:", "memory:")):  # other URLs may contain a password
        _log.info("rooms are kept in %s", with_absolute_path(database_url))
    if not stun_urls and not turn_urls:
        _log.warning(
            "calls work on one network only, because there is no STUN or TURN server: "
            "see --stun-url, --turn-url and --turn-secret"
        )
    listen_options = ListenOptions(
        host=host,
        port=port,
        unix_socket=unix_socket,
        unix_socket_mode=unix_socket_mode,
        tls=tls,
        metrics=metrics_listen,
        allowed_hosts=allowed_hosts(hosts),
        is_proxied=bool(trusted_proxies),
        has_app=app is not None and has_app(app),
    )
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(signaling, listen_options, limits["drain_seconds"], log))


main.add_command(rooms)
for command in (invite, invitations, revoke):
    rooms.add_command(command)
main.add_command(token)


async def _serve(
    signaling: Signaling, listen_options: ListenOptions, drain_seconds: float, log: StartLog
) -> None:
    stopping, at_once = asyncio.Event(), asyncio.Event()

    def stop(number: int) -> None:
        if number == signal.SIGINT or stopping.is_set():
            at_once.set()
        stopping.set()

    obey_signals(stop)
    try:
        async with signaling:
            log.begin(await listen_options.listen(signaling))
            gc.collect()
            gc.freeze()
            gc.set_threshold(*_GARBAGE_THRESHOLDS)
            await stopping.wait()
            signaling.drain()
            _log.info("draining: /readyz says so for %g seconds", drain_seconds)
            with suppress(TimeoutError):
                async with asyncio.timeout(drain_seconds):
                    await at_once.wait()
            _log.info("stopping: every client is told to come back")
    except StoreError as error:
        raise click.ClickException(str(error)) from None
    except (OSError, UnicodeError) as error:
        raise click.ClickException(listen_options.explain(error)) from None
    _log.info("stopped")


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise click.UsageError("--tls-certificate and --tls-key go together")
    for file in (certificate, key):
        try:
            file.read_bytes()
        except OSError as error:
            raise click.ClickException(f"can't read {file}: {error.strerror}") from None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except (ssl.SSLError, ValueError) as error:
        raise click.ClickException(
            f"{certificate} and {key} are no certificate and unencrypted key in PEM: {error}"
        ) from None
    return context


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop

    return uvloop.new_event_loop
