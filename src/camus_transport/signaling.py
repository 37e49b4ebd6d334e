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

from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.messages import JoinBody
from camus_core.profile import SESSION
from camus_core.records import SLUG, RoomId
from camus_core.router import Router
from camus_core.store import Store
from camus_store import open_store

from .client import Peer, joined
from .handshake import Doorkeeper, loopback_hosts
from .memory import MemoryWire
from .pages import pages
from .server import SignalingServer
from .session import Backoff, Session, SessionEvent
from .websocket import WebSocketListener

_BACKLOG = 1024
"""Connections that wait to be accepted: a whole conference that comes back at once."""


class Signaling:
    """A signaling server; enter it, and let it listen, or connect to it in memory.

    Args:
        database: `memory:`, `sqlite:///path`, `postgresql://...`, or a store of your own.
        limits: every number that may be changed.
        ice: the STUN and TURN servers that clients are told.
        rooms_on_demand: whether a room that isn't there is made for who connects to it.
        hosts: names that a Host header may have; none given, those of this machine on a
            listener that is for this machine only, and any on others.
        origins: origins (`https://example.com`) whose pages may connect; none given, those
            that the server's own Host has served.
        metrics: whether Prometheus is told numbers at /metrics (extra `metrics`).
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
        metrics: bool = True,
    ) -> None:
        limits = limits or Limits()
        self._store = open_store(database) if isinstance(database, str) else database
        run = secrets.token_hex(8)
        router = Router(limits, ice or IceConfiguration(), rooms_on_demand, run)
        self._server = SignalingServer(router, self._store, metrics=metrics)
        self._hosts = frozenset(host.lower() for host in hosts)
        origins = frozenset(origin.lower() for origin in origins)
        self._doorkeeper = Doorkeeper(limits, origins, pages(self._server))
        self._exits = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the store.

        Raises:
            StoreError: it can't be opened.
        """
        async with AsyncExitStack() as exits:
            await exits.enter_async_context(self._store)
            await exits.enter_async_context(self._server)
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

        Raises:
            OSError: the address or the port can't be had.
        """
        listener = self._listener(self._hosts or loopback_hosts(host))
        handshake_seconds = self._server.limits.handshake_seconds if tls else None
        for address in await _addresses(host, port):
            try:
                listening = await listener.loop.create_server(
                    listener,
                    address,
                    port,
                    ssl=tls,
                    ssl_handshake_timeout=handshake_seconds,
                    backlog=_BACKLOG,
                )
            except OSError as error:
                if error.errno != errno.EADDRNOTAVAIL or address != "::1":
                    raise
                continue  # `localhost` names ::1 even where there is no IPv6
            self._exits.push_async_callback(self._stop, listening, listener)
            port = port or listening.sockets[0].getsockname()[1]
        return port

    async def listen_unix(
        self, path: str | os.PathLike[str], tls: ssl.SSLContext | None = None
    ) -> None:
        """Take WebSocket connections on a UNIX socket.

        Raises:
            OSError: the socket can't be made.
        """
        listener = self._listener(self._hosts)
        listening = await listener.loop.create_unix_server(
            listener, path, ssl=tls, backlog=_BACKLOG
        )
        self._exits.callback(_unlink_if_ours, Path(path), os.stat(path))
        self._exits.push_async_callback(self._stop, listening, listener)

    async def serve_forever(self) -> None:
        """Wait until cancelled."""
        await asyncio.get_running_loop().create_future()

    def drain(self) -> None:
        """Have /readyz say that no more clients shall be sent here; those who are here stay."""
        self._server.draining = True

    def connect(self, room_id: str) -> AbstractAsyncContextManager[Peer]:
        """Enter a room from this process, without a port.

        Raises:
            ValueError: the id is no slug.
            Disconnected: the room doesn't let this client in.
        """
        if not SLUG.fullmatch(room_id):
            raise ValueError(f"a room id is like `lobby` or `room-5`, not {room_id!r}")
        return joined(MemoryWire.open(self._server, RoomId(room_id)))

    def join(
        self,
        room_id: str,
        *,
        username: str | None = None,
        password: str | None = None,
        owner_token: str | None = None,
        on_event: Callable[[SessionEvent], None] | None = None,
        backoff: Backoff | None = None,
    ) -> Session:
        """Join a room from this process, without a port; see `camus_transport.join`."""

        async def open_wire() -> MemoryWire:
            return MemoryWire.open(self._server, None, SESSION)

        body = JoinBody(room_id, username, password, owner_token=owner_token)
        return Session(open_wire, body, on_event, backoff or Backoff())

    def _listener(self, hosts: frozenset[str]) -> WebSocketListener:
        return WebSocketListener(self._server, self._doorkeeper, hosts)

    async def _stop(self, listening: asyncio.Server, listener: WebSocketListener) -> None:
        listening.close()
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
