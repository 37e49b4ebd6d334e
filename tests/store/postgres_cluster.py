"""A throw-away Postgres cluster, reached through a unix socket only."""

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
    """Return the directory of initdb and postgres, wherever packages have put it."""
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
    """One cluster: `with PostgresCluster(find_binaries()) as cluster:` makes and removes it."""

    binaries: Path
    directory: Path = field(init=False)
    _postmaster: "subprocess.Popen[bytes] | None" = field(init=False, default=None)

    def __enter__(self) -> Self:
        # A short name, because that of the socket in it may have 107 bytes at most.
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
        """Start the cluster, and return when it answers."""
        deadline = time.monotonic() + DEADLINE
        while True:
            # It ends at once while the memory of one that was killed is being freed.
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
        """End the cluster in order; its clients are disconnected."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End every process of the cluster as a crash does."""
        processes = self._processes()
        self._end(signal.SIGKILL)
        _signal(processes, signal.SIGKILL)

    def restart(self) -> None:
        """End the cluster in order, and start it again."""
        self.stop()
        self.start()

    @contextmanager
    def standby(self) -> "Iterator[PostgresCluster]":
        """Make a copy that follows this cluster, until it is promoted."""
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
        """Return when this standby has all that the primary has written."""
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
        """Stop every process in its tracks: connections stay open, nobody answers."""
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
    """Return whom postgres runs as: it refuses to be root."""
    return "postgres" if os.geteuid() == 0 else None


def _signal(processes: list[int], what: signal.Signals) -> None:
    for process in processes:
        try:
            os.kill(process, what)
        except ProcessLookupError:
            pass  # the one that answered which processes there are has ended
