"""Signals, terminals and standard streams, and which of them end camus-serve."""

import asyncio
import fcntl
import os
import signal
import socket
import termios
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from signal import SIGALRM, SIGHUP, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, Signals

import pytest

from camus_transport import join
from transport.raw_socket import eventually, raw_socket
from transport.serve import (
    PORT,
    PROGRAM,
    START_SECONDS,
    STOP_SECONDS,
    camus_serve,
    environment,
    kill,
)

QUICK = ("--drain-seconds", 0.2)

ENDING = (SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGXCPU)


@pytest.fixture(autouse=True)
def reset_signals() -> Iterator[None]:
    """Ignore no signal: a server inherits those that `nohup` and `&` make it ignore."""
    before = {one: signal.signal(one, signal.SIG_DFL) for one in ENDING}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


@pytest.mark.parametrize("how", ENDING)
async def test_a_signal_that_would_kill_at_once_ends_it_as_sigterm_does(how: Signals) -> None:
    async with camus_serve(*QUICK) as server, join(server.url("lobby")) as ann:
        stopping = asyncio.create_task(server.end(how))
        async with asyncio.timeout(STOP_SECONDS):
            assert (await ann.receive()).type == "going-away"
        assert await stopping == 0
        assert any("draining" in line for line in server.log)


async def test_a_second_signal_of_any_kind_leaves_out_the_drain() -> None:
    async with camus_serve("--drain-seconds", 60) as server:
        os.kill(server.pid, SIGTERM)
        await eventually(lambda: any("draining" in line for line in server.log))
        assert await server.end(SIGHUP) == 0


async def test_a_hangup_that_nohup_has_it_ignore_ends_nothing() -> None:
    before = signal.signal(SIGHUP, signal.SIG_IGN)
    try:
        async with camus_serve(*QUICK) as server:
            os.kill(server.pid, SIGHUP)
            async with raw_socket(server.port) as client:
                assert (await client.request("/healthz", upgrade=False)).status == 200
            assert await server.end() == 0
            assert sum("draining" in line for line in server.log) == 1
    finally:
        signal.signal(SIGHUP, before)


@asynccontextmanager
async def server_in_terminal(
    *options: object,
) -> AsyncIterator[tuple[Process, int]]:
    """Start the server in a terminal of its own; yield it and the other end of the terminal."""
    screen, terminal = os.openpty()
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *map(str, options),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment({"CAMUS_PORT": "0"}),
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(terminal)
    try:
        yield process, screen
    finally:
        await kill(process)


async def shown_port(screen: int) -> int:
    """Return the port, once the terminal shows it."""
    shown = b""
    async with asyncio.timeout(START_SECONDS):
        while not (found := PORT.search(shown.decode())):
            shown += await asyncio.to_thread(os.read, screen, 4096)
    return int(found[1])


async def test_a_terminal_that_is_closed_ends_it_in_order() -> None:
    async with server_in_terminal(*QUICK) as (process, screen):
        port = await shown_port(screen)
        async with join(f"ws://127.0.0.1:{port}/room/lobby/ws") as ann:
            os.close(screen)  # SIGHUP for the server, and EIO for each line that it writes
            async with asyncio.timeout(STOP_SECONDS):
                assert (await ann.receive()).type == "going-away"
                assert await process.wait() == 0


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
async def test_it_starts_with_standard_streams_closed(closed: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", f'exec "$0" "$@" {closed}'),
        *map(str, (PROGRAM, "--port", port, "--log-level", "debug", *QUICK)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await serves(port):
                pass
        if "2" in closed:
            assert os.readlink(f"/proc/{process.pid}/fd/2") == os.devnull
        process.send_signal(SIGTERM)
        async with asyncio.timeout(STOP_SECONDS):
            assert await process.wait() == 0
    finally:
        await kill(process)


async def serves(port: int) -> bool:
    try:
        async with raw_socket(port) as client:
            return (await client.request("/healthz", upgrade=False)).status == 200
    except OSError:
        return False


@asynccontextmanager
async def server_logging_to_pipe(*options: object) -> AsyncIterator[tuple[Process, int, int]]:
    """Start the server; yield it, the reading end of its log's pipe, and its port."""
    read, write = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *map(str, (PROGRAM, "--log-level", "debug", *options)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=write,
        env=environment({"CAMUS_PORT": "0"}),
        start_new_session=True,
    )
    os.close(write)
    try:
        yield process, read, await shown_port(read)
    finally:
        await kill(process)


async def ends_in_order(process: Process, port: int) -> None:
    async with join(f"ws://127.0.0.1:{port}/room/lobby/ws") as ann:
        process.send_signal(SIGTERM)
        async with asyncio.timeout(STOP_SECONDS):
            assert (await ann.receive()).type == "going-away"
            assert await process.wait() == 0


async def test_who_reads_its_log_may_go() -> None:
    async with server_logging_to_pipe(*QUICK) as (process, log, port):
        os.close(log)
        await ends_in_order(process, port)
