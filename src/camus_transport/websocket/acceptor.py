"""The acceptance of connections on listening sockets, within the limit of open files."""

import asyncio
import errno
import os
import socket
import ssl
import stat
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from traceback import clear_frames

from ..descriptors import descriptor_limit
from ..http.connection_limits import CountedConnection
from .listener import WebSocketListener
from .request_phase import handshake_seconds
from .stream import Stream

_BACKLOG = 1024
"""Connections that may wait to be accepted: a whole conference that reconnects at once."""

_ACCEPTED_AT_ONCE = 8
"""Connections accepted in one turn of the event loop. Each costs 200 µs until it is read, so
members don't notice a flood of connections.
"""

_HANDSHAKES_AT_ONCE = 1
"""TLS handshakes begun in one turn of the event loop, as one takes 2 ms with an RSA key."""

_HANDSHAKE = 22
_RECORD_HEAD = 5
"""The content type of a TLS handshake record, and the size of a record's header, whose last two
bytes are the length of the record (RFC 8446, section 5.1).
"""

_MAX_HELLO = 8 * 1024
"""Bytes of a ClientHello for which a handshake waits: browsers send 2 KiB at most."""

_RECEIVE_BUFFER = 16 * 1024
_SEND_BUFFER = 128 * 1024
"""Bytes that the system buffers for one connection each way. By default these are megabytes: an
attacker multiplies them, and the event loop moves all that has arrived in one turn.
"""

_RESERVED_DESCRIPTORS = 32
"""File descriptors that no connection gets: the database and the log always have some."""

_LOCK_SECONDS = 1.0
"""Seconds to wait while another server makes its UNIX socket, which takes a millisecond."""

_IN_USE = "another server listens there; stop it first, or choose another path"

_NOT_A_SOCKET = "there is a file or a folder that is no socket; choose another path"

_RETRY_SECONDS = 1.0
"""Seconds without accepting after the system had no resources for a connection."""


def listen_tcp(address: str, port: int, *, both_families: bool = False) -> socket.socket:
    """Return a socket that listens on one IP address; `::` with `both_families` includes IPv4.

    Raises:
        OSError: the address or the port isn't available.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.create_server(
        (address, port),
        family=family,
        backlog=_BACKLOG,
        dualstack_ipv6=both_families and address == "::" and socket.has_dualstack_ipv6(),
    )
    _limit_buffers(listening)
    return listening


def listen_unix(path: str | os.PathLike[str], mode: int = 0o660) -> socket.socket:
    """Return a UNIX socket that listens at a path, instead of one that a dead server has left.

    A lock on the folder keeps two servers that start at the same time from replacing each
    other's socket.

    Raises:
        OSError: the socket can't be made, or a program listens there (EADDRINUSE).
    """
    listening = socket.socket(socket.AF_UNIX)
    try:
        with _locked(Path(path).parent):
            _remove_dead_socket(path)
            listening.bind(os.fspath(path))
            os.chmod(path, mode)  # no client can connect before `listen`
            listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    _limit_buffers(listening)
    return listening


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock a folder against other servers, if it is readable and its file system has locks."""
    import fcntl  # Windows lacks it, as it lacks UNIX sockets

    with ExitStack() as stack:
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            deadline = time.monotonic() + _LOCK_SECONDS
            while time.monotonic() < deadline:  # one lock takes a starting server far less
                with suppress(BlockingIOError):
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                time.sleep(0.001)
        yield


def _remove_dead_socket(path: str | os.PathLike[str]) -> None:
    """Remove the socket at a path if no program listens there."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            raise OSError(errno.EADDRINUSE, _NOT_A_SOCKET)
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)  # a backlog may be full
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            os.unlink(path)
        except FileNotFoundError:
            pass
        except BlockingIOError:
            raise OSError(errno.EADDRINUSE, _IN_USE) from None
        else:
            raise OSError(errno.EADDRINUSE, _IN_USE)


def _limit_buffers(listening: socket.socket) -> None:
    """Limit the system's buffers for each connection accepted on this socket."""
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)


class _HandshakeQueue:
    """A queue in which TLS handshakes begin one by one, once their ClientHello has arrived.

    The event loop does all cryptography of a handshake when the ClientHello arrives: some
    milliseconds with an RSA key. The queue bounds the handshakes in one turn of the loop; a
    ClientHello that never arrives, or arrives in pieces, delays no other.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def wait_for_turn(self, accepted: socket.socket) -> None:
        """Wait for the ClientHello of a socket, then for the turn of its handshake."""
        previous = -1
        while (hello := _peek(accepted)) is None or previous < len(hello) < _hello_size(hello):
            previous = -1 if hello is None else len(hello)
            with suppress(OSError):  # without the option it may begin too early
                least = _RECORD_HEAD if hello is None else _hello_size(hello)
                accepted.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, least)
            await self._wait_until_readable(accepted)
        with suppress(OSError):
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        turn = self._loop.create_future()
        if not self._waiting:
            self._loop.call_soon(self._start_next)
        self._waiting.append(turn)
        await turn

    async def _wait_until_readable(self, accepted: socket.socket) -> None:
        readable = self._loop.create_future()
        self._loop.add_reader(accepted, _resolve, readable)
        try:
            await readable
        finally:
            self._loop.remove_reader(accepted)

    def _start_next(self) -> None:
        for _ in range(min(_HANDSHAKES_AT_ONCE, len(self._waiting))):
            _resolve(self._waiting.popleft())
        if self._waiting:
            self._loop.call_soon(self._start_next)


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _peek(accepted: socket.socket) -> bytes | None:
    """Return the first bytes received, and leave them in the socket; None if there are none."""
    try:
        return accepted.recv(_RECORD_HEAD + _MAX_HELLO, socket.MSG_PEEK)
    except BlockingIOError:
        return None


def _hello_size(hello: bytes) -> int:
    """Return the size of the record with a ClientHello, as far as its first bytes tell; 0 for
    anything that is no ClientHello, or too long.
    """
    if len(hello) < _RECORD_HEAD:
        return _RECORD_HEAD
    size = int.from_bytes(hello[3:5], "big")
    return _RECORD_HEAD + size if hello[0] == _HANDSHAKE and size <= _MAX_HELLO else 0


class Acceptor:
    """The acceptor of connections on one listening socket, which it closes at its end.

    Event loops accept connections too. But they tell their protocol of a connection only after
    its TLS handshake, too late to count it; and without free file descriptors asyncio logs a
    traceback for each new connection, and uvloop closes the listening socket for good. This
    class needs a loop with `add_reader`: on Windows `asyncio.SelectorEventLoop`.
    """

    def __init__(
        self,
        listening: socket.socket,
        listener: WebSocketListener,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        listening.setblocking(False)
        self._listening = listening
        self._listener = listener
        self._tls = tls
        self._loop = listener.loop
        self._handshakes = _HandshakeQueue(listener.loop)
        self._opening_tasks: dict[asyncio.Task[None], socket.socket] = {}
        self._retry_timer: asyncio.TimerHandle | None = None
        self._start()

    async def close(self) -> None:
        """Stop accepting, and abandon the connections whose TLS handshake isn't done."""
        self._loop.remove_reader(self._listening)
        if self._retry_timer is not None:
            self._retry_timer.cancel()
        if self._tls is not None:
            for accepted in self._opening_tasks.values():
                with suppress(OSError):  # the client has closed it already
                    accepted.shutdown(socket.SHUT_RD)
        # Not cancelled: uvloop would close a socket in its handshake without an event.
        await asyncio.gather(*self._opening_tasks)
        self._listening.close()

    def _start(self) -> None:
        self._loop.add_reader(self._listening, self._accept)

    def _accept(self) -> None:
        limit = descriptor_limit() - _RESERVED_DESCRIPTORS
        try:
            for _ in range(_ACCEPTED_AT_ONCE):
                self._serve(*self._listening.accept(), limit)
        except (BlockingIOError, ConnectionAbortedError):
            pass  # no connection waits, or the client has gone already
        except OSError as error:
            reason = f"no connection can be accepted, {error.strerror}"
            self._listener.request_handler.refusals.add("everybody", reason)
            self._loop.remove_reader(self._listening)  # it would stay readable
            self._retry_timer = self._loop.call_later(_RETRY_SECONDS, self._start)

    def _serve(self, accepted: socket.socket, peer: object, limit: int) -> None:
        request_handler = self._listener.request_handler
        counted = request_handler.connection_limits.add(peer)
        reason = None
        if accepted.fileno() >= limit:  # descriptors are the lowest free numbers
            reason = "the limit of open files is reached"
        elif counted.refusal is not None and request_handler.connection_limits.closes_silently:
            reason = str(counted.refusal)
        if reason is not None:
            request_handler.refusals.add(counted, reason)
            request_handler.connection_limits.remove(counted)
            accepted.close()
            return
        accepted.setblocking(False)
        task = self._loop.create_task(self._open(accepted, counted))
        self._opening_tasks[task] = accepted
        task.add_done_callback(self._opening_tasks.pop)

    async def _open(self, accepted: socket.socket, counted: CountedConnection) -> None:
        stream = Stream(self._listener, counted)
        seconds = handshake_seconds(counted, self._listener.server.limits)
        try:
            if self._tls is not None:
                async with asyncio.timeout(seconds):
                    await self._handshakes.wait_for_turn(accepted)
            await self._loop.connect_accepted_socket(
                lambda: stream,
                accepted,
                ssl=self._tls,
                ssl_handshake_timeout=seconds if self._tls else None,
            )
        except OSError as error:  # the TLS handshake failed
            clear_frames(error.__traceback__)  # they refer to the error: a reference cycle
            accepted.close()
            self._listener.request_handler.connection_limits.remove(counted)
