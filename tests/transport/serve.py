"""camus-serve as a separate process, on loopback and on a free port."""

import asyncio
import os
import re
import signal
import sysconfig
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from attrs import define, field, frozen

from transport.raw_socket import eventually

PROGRAM = Path(sysconfig.get_path("scripts")) / "camus-serve"

START_SECONDS = 20.0
STOP_SECONDS = 15.0

PORT = re.compile(r"(?:Open|Connect to) .*?(?:http|ws)s?://\S+?:(\d+)/")
"""The first line of the log, with the port."""

_SOCKET = re.compile(r"listens on the UNIX socket")


@frozen
class Finished:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str

    def __attrs_post_init__(self) -> None:
        assert "Traceback" not in self.err, self.err


async def run(
    *arguments: object,
    settings: Mapping[str, str] | None = None,
    seconds: float = START_SECONDS,
) -> Finished:
    """Run `camus-serve` with these arguments until it exits."""
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *map(str, arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(settings),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate()
    finally:
        await kill(process)
    assert process.returncode is not None
    return Finished(process.returncode, out.decode(), err.decode())


@define(eq=False)
class CamusServe:
    """A running server; `log` has the lines that it has written so far."""

    _process: asyncio.subprocess.Process
    log: list[str] = field(factory=list)
    port: int = 0

    def url(self, room_id: str) -> str:
        """Return the URL of a room's WebSocket."""
        return f"ws://127.0.0.1:{self.port}/room/{room_id}/ws"

    async def logged(self, words: str) -> str:
        """Wait for a line of the log with these words, and return the first one."""
        await eventually(lambda: any(words in line for line in self.log))
        return next(line for line in self.log if words in line)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; return the exit code, which is negative if the signal was deadly."""
        self._process.send_signal(how)
        async with asyncio.timeout(STOP_SECONDS):
            return await self._process.wait()


@asynccontextmanager
async def camus_serve(
    *options: object, settings: Mapping[str, str] | None = None
) -> AsyncIterator[CamusServe]:
    """Start a server with a memory store, unless an option says otherwise.

    `settings` are `CAMUS_` variables of its environment. The server is killed at the end if it
    hasn't exited.
    """
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *map(str, options),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment(
            {"CAMUS_DATABASE_URL": "memory:", "CAMUS_PORT": "0", **(settings or {})}
        ),
        start_new_session=True,
    )
    server = CamusServe(process)
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    reading = asyncio.create_task(_read_log(server, ready))
    try:
        async with asyncio.timeout(START_SECONDS):
            server.port = await ready
        yield server
    finally:
        await kill(process)
        await reading
    assert not any("Traceback" in line for line in server.log), "\n".join(server.log)


async def _read_log(server: CamusServe, ready: asyncio.Future[int]) -> None:
    assert server._process.stderr is not None
    async for line in server._process.stderr:
        text = line.decode().rstrip()
        server.log.append(text)
        if ready.done():
            continue
        if found := PORT.search(text):
            ready.set_result(int(found[1]))
        elif _SOCKET.search(text):
            ready.set_result(0)
    if not ready.done():
        ready.set_exception(AssertionError("\n".join(server.log)))


def environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment with these `CAMUS_` variables and no others.

    Unless `settings` say otherwise the database is in memory, so that the user's stays
    untouched.
    """
    inherited = {name: value for name, value in os.environ.items() if name[:6] != "CAMUS_"}
    return {**inherited, "CAMUS_DATABASE_URL": "memory:", **(settings or {})}


async def kill(process: asyncio.subprocess.Process) -> None:
    """Kill a process and its children, unless it has exited."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
