"""The servers compared: how each is started on one core, timed by its CPU, and ended."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen
from dialects import CAMUS, PEER, SESSION, Dialect
from platformdirs import user_cache_path

HERE = Path(__file__).parent

CAMUS_OPTIONS = (
    # The limits protect against such loads: all clients have one address and never pause.
    *("--messages-per-second", "1000000"),
    *("--message-burst", "1000000"),
    *("--relayed-bytes-per-second", "1e12"),
    *("--relayed-burst-bytes", "1e12"),
    *("--connections-per-address", "100000"),
    *("--joins-per-minute", "1000000"),
    *("--join-burst", "1000000"),
    *("--room-creations-per-minute", "1000000"),
    *("--room-creation-burst", "1000000"),
    *("--rooms-per-address", "1000000"),
    *("--ice-servers-per-hour", "1000000"),
    *("--connections", "100000"),
)
PEER_VERSION = "1.0.2"  # the newest in November 2026; pinned, so that figures stay comparable
STARTING = 15.0  # seconds; the slowest, Node with a cold disk cache, takes about two
ENDING = 5.0  # seconds for a server to exit by itself
TICKS = os.sysconf("SC_CLK_TCK")


class Missing(Exception):
    """This server can't run here; the text says why."""


@frozen
class Server:
    """A server to compare."""

    name: str
    dialect: Dialect
    command: Callable[[int], list[str]]
    """A function from a port to the command line. It may raise Missing."""


@frozen
class Running:
    """A running server that listens."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Return the CPU seconds, user and system, of the process and its descendants."""
        children: dict[int, list[int]] = {}
        ticks: dict[int, int] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # the process ended meanwhile
            pid = int(stat.parent.name)
            children.setdefault(int(fields[1]), []).append(pid)
            # proc(5): utime, stime, and those of children that ended, cutime and cstime
            ticks[pid] = sum(map(int, fields[11:15]))
        total, family = 0, [self.pid]
        while family:
            pid = family.pop()
            total += ticks.get(pid, 0)
            family += children.get(pid, ())
        return total / TICKS


def camus_serve(port: int) -> list[str]:
    try:
        found = importlib.util.find_spec("camus_transport.cli.main")
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise Missing("camus_transport.cli.main can't be imported: is the project installed?")
    return [
        *(sys.executable, "-c", "from camus_transport.cli.main import main; main()"),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--database-url", "memory:", "--log-level", "error"),
        *CAMUS_OPTIONS,
    ]


def bare_high(port: int) -> list[str]:
    return [sys.executable, str(HERE / "bare_high.py"), "--port", str(port)]


def bare_sansio(port: int) -> list[str]:
    for package in ("msgspec", "uvloop"):
        if importlib.util.find_spec(package) is None:
            raise Missing(f"{package} is not installed (it is in the extra `fast`)")
    return [sys.executable, str(HERE / "bare_sansio.py"), "--port", str(port)]


def peer(port: int) -> list[str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Missing("there is no node or no npm on the PATH")
    folder = user_cache_path("camus-benchmarks") / f"peer-{PEER_VERSION}"
    program = folder / "node_modules" / "peer" / "dist" / "bin" / "peerjs.js"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = [npm, "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit"]
        try:
            done = subprocess.run(
                [*install, "--no-fund", f"peer@{PEER_VERSION}"],
                capture_output=True,
                text=True,
                timeout=180,
            )
        except subprocess.TimeoutExpired:
            raise Missing("npm install took more than 180 s") from None
        if done.returncode or not program.exists():
            raise Missing(f"npm install failed: {done.stderr.strip()[-300:]}")
    return [
        *(node, str(program), "--host", "127.0.0.1", "--port", str(port)),
        *("--concurrent_limit", "100000"),
    ]


SERVERS = {
    server.name: server
    for server in (
        Server("camus-serve", CAMUS, camus_serve),
        Server("camus-session", SESSION, camus_serve),
        Server("bare-high", CAMUS, bare_high),
        Server("bare-sansio", CAMUS, bare_sansio),
        Server("peer", PEER, peer),
    )
}


@contextmanager
def started(command: Callable[[int], list[str]], core: int) -> Iterator[Running]:
    """Run a fresh server, pinned to one core, for the duration of the block.

    Raises:
        Missing: It can't run here, or didn't start to listen in time.
    """
    port = _free_port()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("CAMUS_")
    }
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command(port),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**environment, "NODE_ENV": "production"},
            start_new_session=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )
        try:
            if not _listens(process, port):
                errors.seek(0)
                raise Missing(f"it did not start: {errors.read().strip()[-300:]}")
            yield Running(port, process.pid)
        finally:
            _end(process)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process group that `started` began, and no other process."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, ending)
            try:
                process.wait(ENDING)
            except subprocess.TimeoutExpired:
                continue
