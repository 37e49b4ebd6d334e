"""The signaling server as one object, to be embedded in a program.

async with Signaling() as signaling:
    await signaling.listen("localhost", 5000)
    await signaling.serve_forever()
"""

import asyncio
import errno
import os
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
from camus_core.wire.messages import (
    UNCHANGED,
    BanInfo,
    CreateInvitationBody,
    Extension,
    GrantedRole,
    InvitationCreatedBody,
    InvitationInfo,
    JoinBody,
    Text,
    Unchanged,
    UpdateRoomBody,
)
from camus_core.wire.profile import SESSION
from camus_store import open_store

from .client import Backoff, RoomKey, Session, SessionEvent, Token
from .client.peer import Peer, joined
from .http.access import AccessRules
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
from .websocket.listener import WebSocketListener

_NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class Signaling:
    """A signaling server.

    Entering it with `async with` opens the store and starts the server, and leaving stops it.
    In between, `listen` and `listen_unix` accept clients, and `connect` and `join` make some
    in this process.

    Args:
        database: the URL of the database (`memory:`, `sqlite:///path` or `postgresql://...`),
            or a `Store`, which this object then enters and leaves.
        limits: the limits; `Limits()` if None.
        ice: the STUN and TURN servers for clients; none if None.
        rooms_on_demand: True to create a room when a client joins one that doesn't exist.
        hosts: the names, without port, accepted in the Host header. If empty, a listener that
            only this machine can reach accepts this machine's names, and others accept all.
        origins: the origins (`https://example.com`) whose pages may connect. If empty, a page
            may connect only to the host and port that have served it.
        trusted_proxies: the proxies whose Forwarded, X-Forwarded-For and X-Forwarded-Proto
            headers are trusted: IP addresses, networks (`10.0.0.0/8`), or `unix` for every
            program that connects to a UNIX socket.
        guests: True to let clients without an identity join and create rooms.
        guests_create: False to let them only join.
        first_moderates: True to make the first client of the session profile in a room without
            an owner its moderator, and after it the one that is there longest.
        tokens: a callable that returns the `Identity` for a join token or raises `NotAllowed`,
            without blocking; for example `camus_transport.tokens.join_tokens.TokenKeys`.
        authenticator: a coroutine function that returns the `Identity` for a WebSocket
            `Handshake`, or None for a guest, or raises `NotAllowed`.
        metrics: True to serve metrics for Prometheus at /metrics on every listener; False to
            measure nothing; None to serve them on TCP listeners that only this machine can
            reach, under this machine's names, if there are no trusted proxies. Requires the
            extra `metrics`.
        ui: the folder of a browser app to serve at /, for example
            `camus_transport.http.app_files.app_folder()`.
        wall_clock: returns UNIX time in seconds; the machine's clock if None.

    Raises:
        ValueError: the URL of the database, a host, an origin or a proxy is invalid.
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
        guests_create: bool = True,
        first_moderates: bool = False,
        tokens: TokenReader | None = None,
        authenticator: Authenticator | None = None,
        metrics: bool | None = None,
        ui: Path | None = None,
        wall_clock: UnixClock | None = None,
    ) -> None:
        limits = limits or Limits()
        self._store = open_store(database) if isinstance(database, str) else database
        router = Router(
            limits,
            ice or IceConfiguration(),
            rooms_on_demand,
            guests=guests,
            guests_create=guests_create,
            first_moderates=first_moderates,
        )
        self._server = SignalingServer(
            router,
            self._store,
            metrics=metrics is not False,
            tokens=tokens,
            authenticator=authenticator,
            wall_clock=wall_clock,
        )
        proxies = tuple(trusted_proxies)
        self._access = AccessRules(
            limits, allowed_hosts(hosts), allowed_origins(origins), TrustedProxies(proxies)
        )
        self._request_handler = RequestHandler(self._access)
        self._front = front_pages(ui)
        self._health = health_pages(self._server)
        self._metrics = metrics_page(self._server)
        self._metrics_setting = metrics
        self._is_proxied = bool(proxies)
        self._exit_stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the store, and start the server.

        Raises:
            StoreError: the store can't be opened.
        """
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._store)
            await stack.enter_async_context(self._server)
            stack.callback(self._access.refusals.close)
            stack.push_async_callback(self._access.open_connections.drain)
            stack.push_async_callback(self._server.stop)
            self._exit_stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop listening, close every connection with 1012, and finish writing to the store."""
        await self._exit_stack.aclose()

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Accept WebSocket connections on a TCP port; return the port.

        Args:
            host: a host name or IP address; all addresses of a name are used. `::` and the
                empty text are every address of this machine, IPv4 and IPv6.
            port: the port; 0 for a free one.
            tls: a TLS context for servers, or None to accept unencrypted connections.

        Raises:
            OSError: the address or the port can't be used.
            UnicodeError: the host isn't a valid name.
        """
        addresses = await _addresses(host, port)
        site = self._site(loopback_hosts(host, addresses), tls)
        return self._listen(site, addresses, port, tls)

    async def listen_for_metrics(self, host: str, port: int) -> int:
        """Serve metrics for Prometheus at /metrics of a separate TCP port; return the port.

        On addresses that only this machine can reach they are served under its names only, so
        that no web page can read them by DNS rebinding.

        Raises:
            OSError: the address or the port can't be used.
            UnicodeError: the host isn't a valid name.
        """
        addresses = await _addresses(host, port)
        hosts = loopback_hosts(host, addresses)
        hosts = hosts and hosts | self._access.hosts
        pages = {**self._health, "/metrics": for_hosts(hosts, self._metrics)}
        return self._listen(Site(hosts, pages, has_websockets=False), addresses, port, None)

    def _listen(
        self, site: Site, addresses: list[str], port: int, tls: ssl.SSLContext | None
    ) -> int:
        listener = WebSocketListener(self._server, self._request_handler, site)
        for address in addresses:
            try:
                listening = listen_tcp(address, port, both_families="0.0.0.0" not in addresses)
            except OSError as error:
                if error.errno not in _NO_IPV6 or address != "::1":
                    raise
                continue  # `localhost` resolves to ::1 even where there is no IPv6
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
        """Accept WebSocket connections on a UNIX socket.

        Args:
            path: the path of the socket.
            tls: a TLS context for servers, or None to accept unencrypted connections.
            mode: the permissions of the socket.

        Raises:
            OSError: the socket can't be created, or another server listens there.
        """
        site = self._site(frozenset(), tls)
        listener = WebSocketListener(self._server, self._request_handler, site)
        listening = listen_unix(path, mode)
        created = os.stat(path)
        self._accept(listening, listener, tls)
        # Called before the socket is closed: while it is open no other file has its inode.
        self._exit_stack.callback(_unlink_if_ours, Path(path), created)

    async def serve_forever(self) -> None:
        """Wait until cancelled."""
        await asyncio.get_running_loop().create_future()

    def drain(self) -> None:
        """Answer /readyz with 503 from now on, so that load balancers send no more clients.

        Present clients stay.
        """
        self._server.draining = True

    async def update_room(
        self,
        room_id: str,
        *,
        name: str | Unchanged = UNCHANGED,
        password: str | Unchanged | None = UNCHANGED,
        guest_limit: int | Unchanged | None = UNCHANGED,
        locked: bool | Unchanged = UNCHANGED,
        public: bool | Unchanged = UNCHANGED,
    ) -> None:
        """Change a room, with members or without, and tell its members.

        What isn't given stays as it is. The changes are durable when this returns. A lower
        limit sends nobody out, and a new password asks nobody inside.

        Args:
            room_id: the id of the room, which stays.
            name: the name that people read.
            password: the password that newcomers need; None removes it.
            guest_limit: the maximum number of members; None removes it.
            locked: True to have newcomers wait; it changes a room with members only.
            public: True to have the server list the room.

        Raises:
            RoomNotFound: there is no such room.
            InvalidName: the new name isn't one.
            ValueError: the limit isn't one.
            StoreError: the database failed, or too many passwords wait to be hashed.
        """
        changes = UpdateRoomBody(name, password, guest_limit, locked, public)
        await self._server.room_orders.update(RoomId(room_id), changes)

    async def end_room(self, room_id: str, reason: str | None = None) -> None:
        """End a room, with members or without, for everyone.

        For `Limits.ended_room_seconds` it isn't created again because somebody joins it.

        Args:
            room_id: the id of the room.
            reason: 1 to 200 characters, which members and waiting clients are told.

        Raises:
            RoomNotFound: there is no such room.
            ValueError: the reason has another length.
            StoreError: the database failed, and the room goes on.
        """
        await self._server.room_orders.end(RoomId(room_id), reason)

    def say(self, room_id: str, message: Text | Extension) -> None:
        """Have the server say a `Text`, or a message of your own (`x-…`), to a room or one
        member: `say("lobby", Text(ROOM, {"text": to_json("Five minutes left.")}))`.

        Clients of both profiles receive it from `GROUND_CONTROL`. For a client of the session
        profile that is away it is kept. Whether it has arrived isn't reported.

        Args:
            room_id: the id of the room.
            message: the message; its receiver is `ROOM` or a client id.

        Raises:
            ProtocolError: `RoomNotFound`, nobody is in that room; `UnknownReceiver`, the client
                isn't in it; `Unavailable`, a fault in the server.
            ValueError: no client may send such a message, or it has more than
                `Limits.frame_bytes`.
        """
        self._server.say(RoomId(room_id), message)

    @property
    def server(self) -> SignalingServer:
        """The server inside, for moderation by this program (`order`), for rosters, and for
        transports of your own (`connect`).
        """
        return self._server

    @property
    def access(self) -> AccessRules:
        """The rules of access, for transports of your own."""
        return self._access

    async def bans(self, room_id: str) -> tuple[BanInfo, ...]:
        """Return the bans of a room, the oldest first; also of a room without members.

        Raises:
            RoomNotFound: there is no such room.
            StoreError: the store failed.
        """
        return await self._server.bans.list(RoomId(room_id))

    async def unban(self, room_id: str, ban_id: str) -> None:
        """End a ban by its id, also one that an owner has given.

        Raises:
            RoomNotFound: there is no such room.
            NotFound: the room has no such ban.
            StoreError: the store failed.
        """
        await self._server.bans.end(RoomId(room_id), ban_id)

    async def create_invitation(
        self,
        room_id: str,
        *,
        name: str | None = None,
        role: GrantedRole = "guest",
        not_before: float | None = None,
        expires: float | None = None,
        uses: int | None = None,
    ) -> InvitationCreatedBody:
        """Make an invitation to a room, with members or without; return its id and secret.

        Args:
            room_id: the id of the room.
            name: a name for those who list the invitations.
            role: the role of the clients that join with it.
            not_before: the time from which it is valid, in UNIX seconds; None for now.
            expires: the time at which it ends, in UNIX seconds; None for never.
            uses: the most clients that may join with it; None for any number.

        Raises:
            RoomNotFound: there is no such room.
            InvalidName: the name isn't one.
            MalformedMessage: it ends before it begins, or has ended already.
            TooManyInvitations: the room has `Limits.invitations` already.
            ValueError: a time or the number of uses isn't one.
            StoreError: the store failed.
        """
        body = CreateInvitationBody(name, role, not_before, expires, uses)
        return await self._server.invitations.create(RoomId(room_id), body)

    async def invitations(self, room_id: str) -> tuple[InvitationInfo, ...]:
        """Return the invitations to a room, the oldest first; also without members.

        Raises:
            RoomNotFound: there is no such room.
            StoreError: the store failed.
        """
        return await self._server.invitations.list(RoomId(room_id))

    async def revoke_invitation(self, room_id: str, invitation_id: str) -> None:
        """End an invitation by its id, also one that an owner has made.

        Nobody else joins with it; members that have joined with it stay.

        Raises:
            RoomNotFound: there is no such room.
            NotFound: the room has no such invitation.
            StoreError: the store failed.
        """
        await self._server.invitations.revoke(RoomId(room_id), invitation_id)

    def connect(
        self, room_id: str, *, identity: Identity | None = None
    ) -> AbstractAsyncContextManager[Peer]:
        """Join a room from this process in the core profile, without a port.

        Args:
            room_id: the id of the room.
            identity: the identity of the client, or None for a guest.

        Raises:
            ValueError: this isn't a valid room id.
            ConnectionClosed: the room doesn't admit this client (raised on entering).
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
        invitation: str | None = None,
        room_name: str | None = None,
        identity: Identity | None = None,
        key: RoomKey | None = None,
        on_event: Callable[[SessionEvent], None] | None = None,
        backoff: Backoff | None = None,
    ) -> Session:
        """Return a session that joins a room from this process, without a port.

        Args:
            identity: the identity of the client; with None a `token` may give it.

        The other arguments are those of `camus_transport.join`.
        """

        async def open_wire() -> MemoryWire:
            return MemoryWire.open(self._server, None, SESSION, identity=identity)

        body = JoinBody(
            room_id,
            username,
            password,
            owner_token=owner_token,
            name=room_name,
            invitation=invitation,
        )
        return Session(open_wire, body, on_event, backoff or Backoff(), token, key)

    def _site(self, loopback: frozenset[str], tls: ssl.SSLContext | None) -> Site:
        """Return the pages and the accepted hosts of one listener.

        Args:
            loopback: this machine's names if only this machine can reach the listener, else
                empty.
        """
        hosts = self._access.hosts or loopback
        pages = {path: for_hosts(hosts, page) for path, page in self._front.items()}
        pages |= self._health
        if self._metrics_setting:
            pages["/metrics"] = for_hosts(hosts and hosts | loopback, self._metrics)
        elif self._metrics_setting is None:
            is_here = loopback and not self._is_proxied
            pages["/metrics"] = loopback_only(self._metrics) if is_here else metrics_withheld
        return Site(hosts, pages, is_encrypted=tls is not None)

    def _accept(
        self, listening: socket.socket, listener: WebSocketListener, tls: ssl.SSLContext | None
    ) -> None:
        acceptor = Acceptor(listening, listener, tls)
        self._exit_stack.push_async_callback(self._stop, acceptor, listener)

    async def _stop(self, acceptor: Acceptor, listener: WebSocketListener) -> None:
        await acceptor.close()
        await self._server.stop()
        await listener.connections.drain()


async def _addresses(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host name; for an empty one the wildcard addresses."""
    found = await asyncio.get_running_loop().getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def _unlink_if_ours(path: Path, created: os.stat_result) -> None:
    """Remove a UNIX socket, unless another server has replaced it by its own."""
    with suppress(FileNotFoundError):
        if os.path.samestat(path.stat(), created):
            path.unlink()
