"""`camus-serve`: the signaling server as a command."""

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
from .listen_options import ListenOptions, read_listen_address
from .program import Program, limit_options
from .rooms import (
    chosen_database_url,
    database_option,
    opened,
    rooms,
    shown_database_url,
)
from .settings import octal, one_line
from .signals import obey_signals
from .token import token, token_reader

_log = logging.getLogger("camus")

_GARBAGE_THRESHOLDS = 5_000, 1_000
"""Allocations between two looks for cyclic garbage among them, and how many of these until one
that looks further. A relay makes next to none: the defaults of 700 and 10 cost a twentieth of a
call set-up, and looking through 50,000 objects that a crowd keeps is a pause of 30 ms."""


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"auto_envvar_prefix": "CAMUS", "max_content_width": 96},
)
@click.version_option(
    package_name="camus-signaling",
    prog_name="camus-serve",
    allow_from_autoenv=False,  # CAMUS_VERSION is what images of containers call their release
)
@click.option(
    "--host",
    callback=one_line,
    default="localhost",
    show_default=True,
    help="Name or address to listen on; :: is every address of this machine, 0.0.0.0 every "
    "IPv4 one.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=5000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--unix-socket",
    type=click.Path(path_type=Path),
    help="Listen on this UNIX socket and on no port.",
)
@click.option(
    "--unix-socket-mode",
    callback=octal,
    default="0660",
    show_default=True,
    metavar="OCTAL",
    help="Who may connect to the UNIX socket: by default this user, and the group, in which "
    "the user of a proxy can be.",
)
@database_option(
    "Where rooms are kept: memory:, sqlite:///PATH, postgresql://USER:PASSWORD@HOST/DATABASE."
)
@click.option(
    "--rooms-on-demand/--no-rooms-on-demand",
    default=True,
    show_default=True,
    help="Make a room that doesn't exist when a client connects to it.",
)
@click.option(
    "--stun-url",
    "stun_urls",
    envvar="CAMUS_STUN_URL",
    multiple=True,
    callback=one_line,
    help="stun:host:port; repeatable.",
)
@click.option(
    "--turn-url",
    "turn_urls",
    envvar="CAMUS_TURN_URL",
    multiple=True,
    callback=one_line,
    help="turn:host:port or turns:host:port, with ?transport=tcp or without; repeatable.",
)
@click.option(
    "--turn-secret",
    callback=one_line,
    help="The secret that the TURN servers share with this one.",
)
@click.option(
    "--allowed-origin",
    "origins",
    envvar="CAMUS_ALLOWED_ORIGIN",
    multiple=True,
    help="Origin whose pages may connect, as https://example.com; repeatable. Without it "
    "those that the Host they connect to has served.",
)
@click.option(
    "--allowed-host",
    "hosts",
    envvar="CAMUS_ALLOWED_HOST",
    multiple=True,
    help="Name, without port, that a Host header may have; repeatable. Without it those of "
    "this machine where the server listens to this machine only, and any elsewhere.",
)
@click.option(
    "--trusted-proxy",
    "trusted_proxies",
    envvar="CAMUS_TRUSTED_PROXY",
    multiple=True,
    help="Proxy whose Forwarded, X-Forwarded-For and X-Forwarded-Proto headers are believed: "
    "an IP address, a network as 10.0.0.0/8, or unix for whatever connects to --unix-socket; "
    "repeatable.",
)
@click.option(
    "--token-key",
    "token_keys",
    envvar="CAMUS_TOKEN_KEY",
    multiple=True,
    metavar="FILE",
    help="File of a key that join tokens are checked with: a secret of HS256, an Ed25519 "
    "public key in PEM, or JWKs; repeatable. Needs the extra `tokens`.",
)
@click.option(
    "--token-audience", callback=one_line, help="What the `aud` of each token has to name."
)
@click.option(
    "--guests/--no-guests",
    default=True,
    show_default=True,
    help="Let in clients that show no token, and let them make rooms.",
)
@click.option(
    "--tls-certificate",
    type=click.Path(path_type=Path),
    help="Certificate chain (PEM): speak wss:// and https://.",
)
@click.option(
    "--tls-key", type=click.Path(path_type=Path), help="The key of the certificate (PEM)."
)
@click.option(
    "--log-level",
    type=click.Choice(LEVELS),
    default="info",
    show_default=True,
    help="What to log.",
)
@click.option(
    "--log-format", type=click.Choice(FORMATS), default="text", show_default=True, help="How."
)
@click.option(
    "--metrics/--no-metrics",
    default=None,
    help="Tell Prometheus numbers at /metrics of the port or socket of the WebSockets, or "
    "nowhere. Without either they are told to programs on this machine, where the server "
    "listens to this machine only and has no --trusted-proxy. Needs the extra `metrics`.",
)
@click.option(
    "--metrics-listen",
    metavar="HOST:PORT",
    callback=read_listen_address,
    help="Tell Prometheus numbers at /metrics of this address, where nothing else is served "
    "but /healthz and /readyz.",
)
@click.option(
    "--ui/--no-ui",
    default=True,
    show_default=True,
    help="Serve the browser app at /; without it this is for signaling alone.",
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
    tls_certificate: Path | None,
    tls_key: Path | None,
    log_level: str,
    log_format: str,
    metrics: bool | None,
    metrics_listen: tuple[str, int] | None,
    ui: bool,
    **limits: Any,
) -> None:
    """Let browsers, phones and bots find each other for WebRTC calls.

    Without a command it serves: a browser app at /, WebSockets at /room/ROOM/ws and /ws,
    health at /healthz, whether to send clients here at /readyz. Every option is also read
    from the environment, as `CAMUS_` and its name: CAMUS_PORT=8080. Spaces separate the
    values of a repeatable one. A variable that is empty counts as none.
    """
    context = click.get_current_context()
    told: list[str] = context.obj
    if context.invoked_subcommand is not None:
        for line in told:
            click.echo(f"Warning: {line}", err=True)
        return
    database_url = chosen_database_url(database_url)
    log = set_up_logging(log_level, log_format)
    context.call_on_close(log.begin)
    for line in told:
        _log.warning("%s", line)
    if os.environ.get("CAMUS_HOST") == "" and host == "localhost":
        _log.warning("CAMUS_HOST is empty and counts as none; CAMUS_HOST=:: is every address")
    raise_descriptor_limit()
    tokens = token_reader(token_keys, token_audience)
    if tokens is None and not guests:
        raise click.UsageError("with --no-guests nobody gets in without --token-key")
    if (metrics or metrics_listen) and importlib.util.find_spec("prometheus_client") is None:
        raise click.UsageError(
            "for metrics install prometheus-client: pip install 'camus-signaling[metrics]'"
        )
    try:
        ice = IceConfiguration(stun_urls, turn_urls, turn_secret)
        app = app_folder() if ui else None
        signaling = Signaling(
            opened(database_url),
            limits=Limits(**limits),
            ice=ice,
            rooms_on_demand=rooms_on_demand,
            hosts=hosts,
            origins=origins,
            trusted_proxies=trusted_proxies,
            guests=guests,
            tokens=tokens,
            metrics=metrics,
            ui=app,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    tls = _tls(tls_certificate, tls_key)
    if database_url.startswith(("sqlite:", "memory:")):  # others may hold a password
        _log.info("rooms are kept in %s", shown_database_url(database_url))
    if not stun_urls and not turn_urls:
        _log.warning(
            "calls work on one network only, because there is no STUN or TURN server: "
            "see --stun-url, --turn-url and --turn-secret"
        )
    listening = ListenOptions(
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
        runner.run(_serve(signaling, listening, limits["drain_seconds"], log))


main.add_command(rooms)
main.add_command(token)


async def _serve(
    signaling: Signaling, listening: ListenOptions, drain_seconds: float, log: StartLog
) -> None:
    stopping, at_once = asyncio.Event(), asyncio.Event()

    def stop(number: int) -> None:
        if number == signal.SIGINT or stopping.is_set():
            at_once.set()
        stopping.set()

    obey_signals(stop)
    try:
        async with signaling:
            log.begin(await listening.listen(signaling))
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
        raise click.ClickException(listening.why_not(error)) from None
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
