"""The embedding facade: a signaling server inside your own program.

async with Signaling() as signaling:
    await signaling.listen("localhost", 5000)
    await signaling.serve_forever()
"""

import asyncio
import errno
import os
import secrets
import socket
import ssl
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from camus_core.admission.identity import Identity
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.records import SLUG, RoomId
from camus_core.router import Router
from camus_core.store import Store
from camus_core.wire.messages import JoinBody
from camus_core.wire.profile import SESSION
from camus_store import open_store

from .client import Backoff, Session, SessionEvent, Token
from .client.peer import Peer, joined
from .http.forwarded import TrustedProxies
from .http.handshake import Authenticator, RequestHandler, Site
from .http.origins import allowed_hosts, allowed_origins, loopback_hosts
from .memory import MemoryWire
from .server.answers import TokenReader
from .server.clocks import UnixClock
from .server.pages import (
    for_hosts,
    front_pages,
    health_pages,
    loopback_only,
    metrics_page,
    metrics_withheld,
)
from .server.server import SignalingServer
from .websocket.acceptor import Acceptor, listen_tcp, listen_unix
from .websocket.connection import WebSocketListener

_NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class Signaling:
    """A signaling server; enter it, and let it listen, or connect to it in memory.

    Args:
        database: `memory:`, `sqlite:///path`, `postgresql://...`, or a store of your own.
        limits: every number that may be changed.
        ice: the STUN and TURN servers that clients are told.
        rooms_on_demand: whether a room that isn't there is made for who connects to it.
        hosts: names, without port, that a Host header may have; none given, those of this
            machine on a listener that is for this machine only, and any on others.
        origins: origins (`https://example.com`) whose pages may connect; none given, those
            that the server's own Host has served.
        trusted_proxies: IP addresses, networks (`10.0.0.0/8`), or `unix` for those on a UNIX
            socket, whose Forwarded and X-Forwarded-For headers are believed.
        guests: whether somebody may come in, and make rooms, who doesn't show who it is.
        tokens: tells whose a token is that a client joins with, as
            `camus_transport.tokens.join_tokens.TokenKeys`.
        authenticator: tells who a WebSocket handshake is from, by its headers.
        metrics: whether Prometheus is told numbers at /metrics (extra `metrics`): True, on
            each listener; False, on none, and nothing is measured; None, on those TCP
            listeners that are for this machine only, without trusted proxies, when asked under
            the names of this machine.
        ui: the folder of a browser app to serve at /, as `app_files.app_folder()`.
        wall_clock: tells UNIX time, right again after each correction; the machine's, if None.
    """

    def __init__(
        self,
        database: str | Store = "memory:",
        *,
        limits: Limits | None = None,
        ice: IceConfiguration | None = None,
        rooms_on_demand: bool = True,
        hosts: Iterable[str] = (),
        origins: Iterable[str] = (),
        trusted_proxies: Iterable[str] = (),
        guests: bool = True,
        tokens: TokenReader | None = None,
        authenticator: Authenticator | None = None,
        metrics: bool | None = None,
        ui: Path | None = None,
        wall_clock: UnixClock | None = None,
    ) -> None:
        limits = limits or Limits()
        self._store = open_store(database) if isinstance(database, str) else database
        run = secrets.token_hex(8)
        router = Router(limits, ice or IceConfiguration(), rooms_on_demand, run, guests)
        self._server = SignalingServer(
            router,
            self._store,
            metrics=metrics is not False,
            tokens=tokens,
            authenticator=authenticator,
            wall_clock=wall_clock,
        )
        self._hosts = allowed_hosts(hosts)
        proxies = tuple(trusted_proxies)
        self._doorkeeper = RequestHandler(
            limits, allowed_origins(origins), TrustedProxies(proxies)
        )
        self._front = front_pages(ui)
        self._health = health_pages(self._server)
        self._metrics = metrics_page(self._server)
        self._has_metrics = metrics
        self._is_proxied = bool(proxies)
        self._exits = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the store.

        Raises:
            StoreError: it can't be opened.
        """
        async with AsyncExitStack() as exits:
            await exits.enter_async_context(self._store)
            await exits.enter_async_context(self._server)
            exits.callback(self._doorkeeper.refusals.close)
            self._exits = exits.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop listening, tell every client (close code 1012), write what waits."""
        await self._exits.aclose()

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Take WebSocket connections on every address of `host`; return the port.

        `::` and the empty host are every address of this machine, IPv4 and IPv6.

        Raises:
            OSError: the address or the port can't be had.
        """
        addresses = await _addresses(host, port)
        site = self._site(loopback_hosts(host, addresses), tls)
        return self._listen(site, addresses, port, tls)

    async def listen_for_metrics(self, host: str, port: int) -> int:
        """Tell Prometheus numbers at /metrics of a port of their own; return the port.

        Where that is for this machine only, they are told under its names only.

        Raises:
            OSError: the address or the port can't be had.
        """
        addresses = await _addresses(host, port)
        hosts = loopback_hosts(host, addresses)
        hosts = hosts and hosts | self._hosts
        pages = {**self._health, "/metrics": for_hosts(hosts, self._metrics)}
        return self._listen(Site(hosts, pages, has_websockets=False), addresses, port, None)

    def _listen(
        self, site: Site, addresses: list[str], port: int, tls: ssl.SSLContext | None
    ) -> int:
        listener = WebSocketListener(self._server, self._doorkeeper, site)
        for address in addresses:
            try:
                listening = listen_tcp(address, port, both_families="0.0.0.0" not in addresses)
            except OSError as error:
                if error.errno not in _NO_IPV6 or address != "::1":
                    raise
                continue  # `localhost` names ::1 even where there is no IPv6
            self._accept(listening, listener, tls)
            port = port or listening.getsockname()[1]
        return port

    async def listen_unix(
        self,
        path: str | os.PathLike[str],
        tls: ssl.SSLContext | None = None,
        *,
        mode: int = 0o660,
    ) -> None:
        """Take WebSocket connections on a UNIX socket; `mode` says who may connect.

        Raises:
            OSError: the socket can't be made, or another server listens there.
        """
        site = self._site(frozenset(), tls)
        listener = WebSocketListener(self._server, self._doorkeeper, site)
        listening = listen_unix(path, mode)
        made = os.stat(path)
        self._accept(listening, listener, tls)
        # First of all at the end: as long as the socket is open no other has its inode.
        self._exits.callback(_unlink_if_ours, Path(path), made)

    async def serve_forever(self) -> None:
        """Wait until cancelled."""
        await asyncio.get_running_loop().create_future()

    def drain(self) -> None:
        """Have /readyz say that no more clients shall be sent here; those who are here stay."""
        self._server.draining = True

    @property
    def server(self) -> SignalingServer:
        """What decides in rooms: `order(room_id, Kick(...))`, and tells their `roster`."""
        return self._server

    def connect(
        self, room_id: str, *, identity: Identity | None = None
    ) -> AbstractAsyncContextManager[Peer]:
        """Enter a room from this process, without a port; as a guest, or as somebody.

        Raises:
            ValueError: the id is no slug.
            Disconnected: the room doesn't let this client in.
        """
        if not SLUG.fullmatch(room_id):
            raise ValueError(f"a room id is like `lobby` or `room-5`, not {room_id!r}")
        return joined(MemoryWire.open(self._server, RoomId(room_id), identity=identity))

    def join(
        self,
        room_id: str,
        *,
        username: str | None = None,
        password: str | None = None,
        token: Token | None = None,
        owner_token: str | None = None,
        identity: Identity | None = None,
        on_event: Callable[[SessionEvent], None] | None = None,
        backoff: Backoff | None = None,
    ) -> Session:
        """Join a room from this process, without a port; see `camus_transport.join`.

        With `identity` this is somebody; without it, what else is shown decides.
        """

        async def open_wire() -> MemoryWire:
            return MemoryWire.open(self._server, None, SESSION, identity=identity)

        body = JoinBody(room_id, username, password, owner_token=owner_token)
        return Session(open_wire, body, on_event, backoff or Backoff(), token)

    def _site(self, loopback: frozenset[str], tls: ssl.SSLContext | None) -> Site:
        """Return what is served on a listener; `loopback` are its names if it is for this
        machine only.
        """
        hosts = self._hosts or loopback
        pages = {path: for_hosts(hosts, page) for path, page in self._front.items()}
        pages |= self._health
        if self._has_metrics:
            pages["/metrics"] = for_hosts(hosts and hosts | loopback, self._metrics)
        elif self._has_metrics is None:
            is_here = loopback and not self._is_proxied
            pages["/metrics"] = loopback_only(self._metrics) if is_here else metrics_withheld
        return Site(hosts, pages, is_encrypted=tls is not None)

    def _accept(
        self, listening: socket.socket, listener: WebSocketListener, tls: ssl.SSLContext | None
    ) -> None:
        acceptor = Acceptor(listening, listener, tls)
        self._exits.push_async_callback(self._stop, acceptor, listener)

    async def _stop(self, acceptor: Acceptor, listener: WebSocketListener) -> None:
        await acceptor.close()
        await self._server.stop()
        await listener.drain()


async def _addresses(host: str, port: int) -> list[str]:
    """Return the IP addresses of a name; of the empty one, those of every interface."""
    found = await asyncio.get_running_loop().getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def _unlink_if_ours(path: Path, made: os.stat_result) -> None:
    """Remove a UNIX socket, unless a successor has put its own in its place."""
    with suppress(FileNotFoundError):
        if os.path.samestat(path.stat(), made):
            path.unlink()
