"""A disposable TURN server, coturn on loopback, and a client that allocates relays on it."""

import asyncio
import re
import secrets
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aioice import stun
from aioice.turn import TurnTransport, create_turn_endpoint
from aiortc.rtcicetransport import parse_stun_turn_uri
from attrs import define, field

from camus_core.wire.messages import IceServer
from interop.ports import reserved_port
from transport.serve import kill

SECONDS = 20.0
"""Seconds for coturn to start, or to write its log; it takes one."""


def find_turnserver() -> str | None:
    """Return the path of coturn's server, if it is installed."""
    return shutil.which("turnserver")


@define(eq=False)
class Coturn:
    """A running coturn; `log` has the lines that it has written so far."""

    port: int
    secret: str
    log: list[str] = field(factory=list)
    _news: asyncio.Event = field(factory=asyncio.Event)

    @property
    def urls(self) -> tuple[str, str]:
        """The URLs for clients, over UDP and over TCP."""
        url = f"turn:127.0.0.1:{self.port}"
        return f"{url}?transport=udp", f"{url}?transport=tcp"

    async def relayed(self, username: str) -> tuple[int, int]:
        """Wait for the end of this user's relay.

        Returns the number of bytes received from peers, and the number sent to peers.
        """
        ended = re.compile(rf" delete: .*username=<{username}>")
        usage = re.compile(rf" peer usage: .*username=<{username}>, .* rb=(\d+), .* sb=(\d+)")
        async with asyncio.timeout(SECONDS):
            while not any(map(ended.search, self.log)):
                self._news.clear()
                await self._news.wait()
        counted = [found for found in map(usage.search, self.log) if found]
        return sum(int(line[1]) for line in counted), sum(int(line[2]) for line in counted)

    def wrote(self, line: str) -> None:
        """Record a line that coturn has written."""
        self.log.append(line)
        self._news.set()


@asynccontextmanager
async def running_coturn(turnserver: str) -> AsyncIterator[Coturn]:
    """Start a coturn that accepts credentials made with its `secret`; kill it at the end."""
    with reserved_port() as port, tempfile.TemporaryDirectory() as directory:
        server = Coturn(port, secrets.token_hex(16))
        process = await asyncio.create_subprocess_exec(
            turnserver,
            "-n",  # no configuration file
            "--listening-ip=127.0.0.1",
            f"--listening-port={server.port}",
            "--relay-ip=127.0.0.1",
            "--allow-loopback-peers",
            "--realm=calls.example",
            "--use-auth-secret",
            f"--static-auth-secret={server.secret}",
            "--no-tls",
            "--no-dtls",
            "--no-cli",
            "--userdb=users",
            "--pidfile=pid",
            "--log-file=stdout",
            "--verbose",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=directory,
            start_new_session=True,
        )
        assert process.stdout is not None
        reading = asyncio.create_task(_read_log(process.stdout, server))
        try:
            await _answers(server, process)
            yield server
        finally:
            await kill(process)
            await reading


async def _read_log(output: asyncio.StreamReader, server: Coturn) -> None:
    async for line in output:
        server.wrote(line.decode().rstrip())


async def _answers(server: Coturn, process: asyncio.subprocess.Process) -> None:
    """Wait until the server answers a STUN request."""
    loop = asyncio.get_running_loop()
    with socket.socket(type=socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        async with asyncio.timeout(SECONDS):
            while True:
                assert process.returncode is None, "\n".join(server.log)
                request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
                await loop.sock_sendto(asking, bytes(request), ("127.0.0.1", server.port))
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await loop.sock_recvfrom(asking, 1024)
                        return


# Relays ----------------------------------------------------------------------------------


class _Ended(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.ended = asyncio.Event()

    def connection_lost(self, error: Exception | None) -> None:
        self.ended.set()


@asynccontextmanager
async def relay(turn: IceServer, url: str) -> AsyncIterator[TurnTransport]:
    """Allocate a relay on a TURN server."""
    uri = parse_stun_turn_uri(url)
    transport, protocol = await create_turn_endpoint(
        _Ended,
        (uri["host"], uri["port"]),
        turn.username,
        turn.credential,
        transport=uri["transport"],
    )
    try:
        yield transport
    finally:
        transport.close()
        await protocol.ended.wait()


async def refusal(turn: IceServer, url: str | None = None) -> int | None:
    """Request a relay; return the code of the refusal, or None if the relay is allocated."""
    try:
        async with relay(turn, url or turn.urls[0]):
            return None
    except stun.TransactionFailed as failed:
        code: int = failed.response.attributes["ERROR-CODE"][0]
        return code


async def sent_through(transport: TurnTransport, data: bytes) -> bytes:
    """Send data through a relay to a peer that is new to it; return the data that arrives."""
    with socket.socket(type=socket.SOCK_DGRAM) as peer:
        peer.setblocking(False)
        peer.bind(("127.0.0.1", 0))
        transport.sendto(data, peer.getsockname())
        async with asyncio.timeout(SECONDS):
            came, sender = await asyncio.get_running_loop().sock_recvfrom(peer, 1024)
    assert sender == transport.get_extra_info("sockname")
    return came
