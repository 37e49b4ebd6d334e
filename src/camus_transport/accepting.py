"""Takes connections off listening sockets, and never more than there are open files for."""

import asyncio
import os
import socket
import ssl
import stat
from contextlib import suppress

from .arrivals import Arrival, descriptor_limit
from .websocket import WebSocketConnection, WebSocketListener

_BACKLOG = 1024
"""Connections that wait to be accepted: a whole conference that comes back at once."""

_AT_ONCE = 16
"""Connections taken in one turn of the loop, 50 µs each: members don't notice a flood."""

_LAST_DESCRIPTORS = 32
"""Files that no connection takes, so that the database and the log always have some."""

_REST_SECONDS = 1.0
"""How long nobody is accepted when the system has nothing left for a connection."""


def listen_tcp(address: str, port: int) -> socket.socket:
    """Listen on one IP address.

    Raises:
        OSError: the address or the port can't be had.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.create_server((address, port), family=family, backlog=_BACKLOG)


def listen_unix(path: str | os.PathLike[str]) -> socket.socket:
    """Listen on a UNIX socket; one that a former server has left there is replaced.

    Raises:
        OSError: the socket can't be made.
    """
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(os.stat(path).st_mode):
            os.unlink(path)
    listening = socket.socket(socket.AF_UNIX)
    try:
        listening.bind(os.fspath(path))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


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
        self._opening: set[asyncio.Task[None]] = set()
        self._rest: asyncio.TimerHandle | None = None
        self._start()

    async def close(self) -> None:
        """Take no more, and give up those whose TLS handshake isn't done."""
        self._loop.remove_reader(self._listening)
        if self._rest is not None:
            self._rest.cancel()
        await asyncio.sleep(0)  # those that were taken just now begin, or nobody closed them
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
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
            self._listener.doorkeeper.refusals.add("everybody", reason)
            self._loop.remove_reader(self._listening)  # which stays readable
            self._rest = self._loop.call_later(_REST_SECONDS, self._start)

    def _take(self, made: socket.socket, peer: object, last: int) -> None:
        doorkeeper = self._listener.doorkeeper
        arrival = doorkeeper.arrivals.enter(peer)
        reason = None
        if made.fileno() >= last:  # it is the lowest that was free
            reason = "the limit of open files is reached"
        elif arrival.refusal is not None and doorkeeper.arrivals.are_too_many:
            reason = str(arrival.refusal)
        if reason is not None:
            doorkeeper.refusals.add(arrival, reason)
            doorkeeper.arrivals.leave(arrival)
            made.close()
            return
        made.setblocking(False)
        task = self._loop.create_task(self._open(made, arrival))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, made: socket.socket, arrival: Arrival) -> None:
        connection = WebSocketConnection(self._listener, arrival)
        try:
            await self._loop.connect_accepted_socket(
                lambda: connection,
                made,
                ssl=self._tls,
                ssl_handshake_timeout=connection.handshake_seconds if self._tls else None,
            )
        except OSError:  # its TLS handshake came to nothing
            self._listener.doorkeeper.arrivals.leave(arrival)
