"""Ports of programs that can't say which one the system has chosen for them."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reserved_port() -> Iterator[int]:
    """Reserve a TCP port of 127.0.0.1, which is free for UDP as well.

    The system gives it to nobody else meanwhile. A program may listen on it by its number, if
    it sets SO_REUSEADDR as nearly all servers do.
    """
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tcp.bind(("127.0.0.1", 0))
            port: int = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            udp.close()
            yield port
            return
