"""Takes connections off listening sockets, and never more than there are open files for."""

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
from .connection import WebSocketConnection, WebSocketListener

_BACKLOG = 1024
"""Connections that wait to be accepted: a whole conference that comes back at once."""

_AT_ONCE = 8
"""Connections taken in one turn of the loop, 200 µs each until they are read: members don't
notice a flood.
"""

_HELLOS_AT_ONCE = 1
"""TLS handshakes begun in one turn of the loop: 2 ms with a key of RSA."""

_HANDSHAKE = 22
_RECORD_HEAD = 5
"""The content type of a TLS record of a handshake, and the bytes of a record's head (RFC 8446,
section 5.1), of which the last two are its length.
"""

_MOST_HELLO = 8 * 1024
"""Bytes of a ClientHello that are waited for: browsers send two, at the most."""

_RECEIVE_BUFFER = 16 * 1024
_SEND_BUFFER = 128 * 1024
"""Bytes that the system holds for one connection each way. Left to itself it takes megabytes,
which an attacker multiplies, and the loop moves all that has come in one turn.
"""

_LAST_DESCRIPTORS = 32
"""Files that no connection takes, so that the database and the log always have some."""

_LOCK_SECONDS = 1.0
"""How long another server may take to make its UNIX socket: it takes a millisecond."""

_TAKEN = "another server listens there; stop it first, or choose another path"

_NO_SOCKET = "there is a file or a folder that is no socket; choose another path"

_REST_SECONDS = 1.0
"""How long nobody is accepted when the system has nothing left for a connection."""


def listen_tcp(address: str, port: int, *, both_families: bool = False) -> socket.socket:
    """Listen on one IP address; on `::` with `both_families` for IPv4 as well.

    Raises:
        OSError: the address or the port can't be had.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.create_server(
        (address, port),
        family=family,
        backlog=_BACKLOG,
        dualstack_ipv6=both_families and address == "::" and socket.has_dualstack_ipv6(),
    )
    _bound_buffers(listening)
    return listening


def listen_unix(path: str | os.PathLike[str], mode: int = 0o660) -> socket.socket:
    """Listen on a UNIX socket; one that a former server has left there is replaced.

    Two servers that start at once with one path are told apart by a lock on its folder.

    Raises:
        OSError: the socket can't be made, or somebody listens there (EADDRINUSE).
    """
    listening = socket.socket(socket.AF_UNIX)
    try:
        with _locked(Path(path).parent):
            _remove_dead_socket(path)
            listening.bind(os.fspath(path))
            os.chmod(path, mode)  # before `listen` nobody gets in, whatever the mode is
            listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    _bound_buffers(listening)
    return listening


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock a folder against other servers, if it can be read and its file system has locks."""
    import fcntl  # which, as UNIX sockets, Windows doesn't have

    with ExitStack() as exits:
        with suppress(OSError):
            opened = os.open(folder, os.O_RDONLY)
            exits.callback(os.close, opened)
            deadline = time.monotonic() + _LOCK_SECONDS
            while time.monotonic() < deadline:  # a program that holds it longer makes no socket
                with suppress(BlockingIOError):
                    fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                time.sleep(0.001)
        yield


def _remove_dead_socket(path: str | os.PathLike[str]) -> None:
    """Remove the socket at a path if nobody listens there any more."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            raise OSError(errno.EADDRINUSE, _NO_SOCKET)
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX) as asking:
        asking.setblocking(False)  # a backlog may be full
        try:
            asking.connect(os.fspath(path))
        except ConnectionRefusedError:
            os.unlink(path)
        except FileNotFoundError:
            pass
        except BlockingIOError:
            raise OSError(errno.EADDRINUSE, _TAKEN) from None
        else:
            raise OSError(errno.EADDRINUSE, _TAKEN)


def _bound_buffers(listening: socket.socket) -> None:
    """Bound what the system holds for each connection that is taken here."""
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)


class _Hellos:
    """Has TLS handshakes begin in turn, and each only when its client's part is there.

    The event loop does all the arithmetic of a handshake at once when the ClientHello comes:
    some milliseconds with a key of RSA. Begun in turn, few are done in one turn of the loop,
    and one that never comes, or comes in pieces, holds up none.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def turn(self, made: socket.socket) -> None:
        """Wait for the ClientHello, and then for its turn."""
        seen = -1
        while (hello := _peek(made)) is None or seen < len(hello) < _whole(hello):
            seen = -1 if hello is None else len(hello)
            with suppress(OSError):  # where there is no such option it is tried too early
                least = _RECORD_HEAD if hello is None else _whole(hello)
                made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, least)
            await self._readable(made)
        with suppress(OSError):
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        turn = self._loop.create_future()
        if not self._waiting:
            self._loop.call_soon(self._next)
        self._waiting.append(turn)
        await turn

    async def _readable(self, made: socket.socket) -> None:
        there = self._loop.create_future()
        self._loop.add_reader(made, _done, there)
        try:
            await there
        finally:
            self._loop.remove_reader(made)

    def _next(self) -> None:
        for _ in range(min(_HELLOS_AT_ONCE, len(self._waiting))):
            _done(self._waiting.popleft())
        if self._waiting:
            self._loop.call_soon(self._next)


def _done(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _peek(made: socket.socket) -> bytes | None:
    """Return the first bytes that have come, which stay there; None when nothing has."""
    try:
        return made.recv(_RECORD_HEAD + _MOST_HELLO, socket.MSG_PEEK)
    except BlockingIOError:
        return None


def _whole(hello: bytes) -> int:
    """Return how many bytes a ClientHello has that begins so, as far as that is known."""
    if len(hello) < _RECORD_HEAD:
        return _RECORD_HEAD
    size = int.from_bytes(hello[3:5], "big")
    return _RECORD_HEAD + size if hello[0] == _HANDSHAKE and size <= _MOST_HELLO else 0


class Acceptor:
    """Takes the connections of one listening socket, which is closed with it.

    Event loops do that too, but they count a connection only after its TLS handshake, and at
    the limit of open files they log each newcomer with a traceback (asyncio), or close the
    listening socket for good when the whole system has no file left (uvloop). This needs a
    loop with `add_reader`: on Windows `asyncio.SelectorEventLoop`.
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
        self._hellos = _Hellos(listener.loop)
        self._opening: dict[asyncio.Task[None], socket.socket] = {}
        self._rest: asyncio.TimerHandle | None = None
        self._start()

    async def close(self) -> None:
        """Take no more, and give up those whose TLS handshake isn't done."""
        self._loop.remove_reader(self._listening)
        if self._rest is not None:
            self._rest.cancel()
        if self._tls is not None:
            for made in self._opening.values():
                with suppress(OSError):  # it has left
                    made.shutdown(socket.SHUT_RD)
        # None is cancelled: uvloop would close one that has begun, and tell nobody.
        await asyncio.gather(*self._opening)
        self._listening.close()

    def _start(self) -> None:
        self._loop.add_reader(self._listening, self._accept)

    def _accept(self) -> None:
        last = descriptor_limit() - _LAST_DESCRIPTORS
        try:
            for _ in range(_AT_ONCE):
                self._take(*self._listening.accept(), last)
        except (BlockingIOError, ConnectionAbortedError):
            pass  # that was all, or one that has left already
        except OSError as error:
            reason = f"no connection can be accepted, {error.strerror}"
            self._listener.request_handler.refusals.add("everybody", reason)
            self._loop.remove_reader(self._listening)  # which stays readable
            self._rest = self._loop.call_later(_REST_SECONDS, self._start)

    def _take(self, made: socket.socket, peer: object, last: int) -> None:
        request_handler = self._listener.request_handler
        counted = request_handler.connection_limits.add(peer)
        reason = None
        if made.fileno() >= last:  # it is the lowest that was free
            reason = "the limit of open files is reached"
        elif counted.refusal is not None and request_handler.connection_limits.closes_silently:
            reason = str(counted.refusal)
        if reason is not None:
            request_handler.refusals.add(counted, reason)
            request_handler.connection_limits.remove(counted)
            made.close()
            return
        made.setblocking(False)
        task = self._loop.create_task(self._open(made, counted))
        self._opening[task] = made
        task.add_done_callback(self._opening.pop)

    async def _open(self, made: socket.socket, counted: CountedConnection) -> None:
        connection = WebSocketConnection(self._listener, counted)
        try:
            if self._tls is not None:
                async with asyncio.timeout(connection.handshake_seconds):
                    await self._hellos.turn(made)
            await self._loop.connect_accepted_socket(
                lambda: connection,
                made,
                ssl=self._tls,
                ssl_handshake_timeout=connection.handshake_seconds if self._tls else None,
            )
        except OSError as error:  # its TLS handshake came to nothing
            clear_frames(error.__traceback__)  # which keep the error, and all that was made
            made.close()
            self._listener.request_handler.connection_limits.remove(counted)
