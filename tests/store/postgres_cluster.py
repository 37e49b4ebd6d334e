"""A disposable PostgreSQL cluster, reached through a UNIX socket only."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg
from attrs import define, field

DEADLINE = 30.0
"""Seconds for a cluster to start; it takes a tenth of one."""


def find_binaries() -> Path | None:
    """Return the directory of initdb and postgres, wherever packages have installed them."""
    for directory in _candidates():
        if all((directory / name).exists() for name in ("initdb", "postgres")):
            return directory
    return None


def _candidates() -> Iterator[Path]:
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True)
        yield Path(answer.stdout.strip())


@define
class PostgresCluster:
    """A cluster that `with PostgresCluster(find_binaries())` creates and removes."""

    binaries: Path
    directory: Path = field(init=False)
    _postmaster: "subprocess.Popen[bytes] | None" = field(init=False, default=None)

    def __enter__(self) -> Self:
        # A short name, because the path of the socket in it may have 107 bytes at most.
        self.directory = Path(tempfile.mkdtemp(prefix="camus-pg-"))
        if account := _account():
            shutil.chown(self.directory, account)
        self._spawn("initdb", "-A", "trust", "--no-sync", "-U", "postgres", "-E", "UTF8").wait()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.directory)

    def dsn(self, database: str) -> str:
        """Return the URL of a database of this cluster."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.directory), safe='')}"

    def start(self) -> None:
        """Start the cluster, and return when it accepts connections."""
        deadline = time.monotonic() + DEADLINE
        while True:
            # The server exits immediately while the shared memory of a killed one is being
            # freed.
            if self._postmaster is None or self._postmaster.poll() is not None:
                self._postmaster = self._spawn(
                    "postgres", "-F", "-k", str(self.directory), "-c", "listen_addresses="
                )
            try:
                psycopg.connect(self.dsn("postgres")).close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, self._log.read_text()
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop the cluster in order, which disconnects its clients."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill every process of the cluster, as a crash does."""
        processes = self._processes()
        self._end(signal.SIGKILL)
        _signal(processes, signal.SIGKILL)

    def restart(self) -> None:
        """Stop the cluster in order, and start it again."""
        self.stop()
        self.start()

    @contextmanager
    def standby(self) -> "Iterator[PostgresCluster]":
        """Run a copy that follows this cluster until it is promoted."""
        copy = PostgresCluster(self.binaries)
        copy.directory = Path(tempfile.mkdtemp(prefix="camus-pg-"))
        if account := _account():
            shutil.chown(copy.directory, account)
        copied = copy._spawn(
            "pg_basebackup", "-R", "-X", "stream", "-c", "fast", "-U", "postgres", "-h",
            str(self.directory),
        ).wait()  # fmt: skip
        try:
            assert copied == 0, copy._log.read_text()
            copy.start()
            yield copy
        finally:
            copy.stop()
            shutil.rmtree(copy.directory)

    def catch_up_with(self, primary: "PostgresCluster") -> None:
        """Wait until this standby has received all that the primary has written."""
        with closing(psycopg.connect(primary.dsn("postgres"), autocommit=True)) as asked:
            [written] = asked.execute("SELECT pg_current_wal_lsn()").fetchall()
        deadline = time.monotonic() + DEADLINE
        with closing(psycopg.connect(self.dsn("postgres"), autocommit=True)) as asked:
            while asked.execute(
                "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written
            ).fetchone() != (True,):
                assert time.monotonic() < deadline
                time.sleep(0.01)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop every process with SIGSTOP: connections stay open and nothing is answered."""
        processes = self._processes()
        _signal(processes, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(processes, signal.SIGCONT)

    @property
    def _log(self) -> Path:
        return self.directory / "log"

    def _spawn(self, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self.binaries / program, "-D", self.directory / "data", *arguments],
                stdout=log,
                stderr=log,
                cwd=self.directory,
                user=_account(),
                start_new_session=True,
            )

    def _end(self, how: signal.Signals) -> None:
        if self._postmaster is not None:
            self._postmaster.send_signal(how)
            self._postmaster.wait(DEADLINE)
            self._postmaster = None

    def _processes(self) -> list[int]:
        assert self._postmaster is not None
        with closing(psycopg.connect(self.dsn("postgres"))) as connection:
            found = connection.execute("SELECT pid FROM pg_stat_activity").fetchall()
        return [self._postmaster.pid, *(pid for (pid,) in found)]


def _account() -> str | None:
    """Return the account under which postgres runs, since it refuses to run as root."""
    return "postgres" if os.geteuid() == 0 else None


def _signal(processes: list[int], what: signal.Signals) -> None:
    for process in processes:
        try:
            os.kill(process, what)
        except ProcessLookupError:
            pass  # the process that listed the others has ended
