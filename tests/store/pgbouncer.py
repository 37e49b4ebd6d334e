"""A PgBouncer in transaction mode, in front of a disposable cluster."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from store.postgres_cluster import PostgresCluster

DEADLINE = 10.0
"""Seconds for PgBouncer to answer; it takes some hundredths of one."""

PORT = 6432

CONFIGURATION = """
[databases]
* = host={cluster} user=postgres

[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {directory}
auth_type = any
pool_mode = transaction
default_pool_size = 3
min_pool_size = 3
server_login_retry = 1
logfile = {directory}/log
"""
"""Fewer servers than clients, so that transactions of a client run in different database
sessions; a restarted database is tried again soon, not after the default of 15 s.
"""


def find_pgbouncer() -> str | None:
    """Return the path of the program, which packages install where only root's PATH leads."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pgbouncer(program: str, cluster: PostgresCluster) -> Iterator[str]:
    """Run PgBouncer, and yield the URL of the cluster's database `postgres` through it."""
    directory = Path(tempfile.mkdtemp(prefix="camus-pgb-"))
    account = "postgres" if os.geteuid() == 0 else None  # PgBouncer refuses to run as root
    written = directory / "pgbouncer.ini"
    written.write_text(
        CONFIGURATION.format(cluster=cluster.directory, port=PORT, directory=directory)
    )
    if account is not None:
        shutil.chown(directory, account)
    process = subprocess.Popen(
        [program, "-q", written], user=account, cwd=directory, stderr=subprocess.DEVNULL
    )
    url = f"postgresql://postgres@/postgres?host={quote(str(directory), safe='')}&port={PORT}"
    try:
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait(DEADLINE)
        shutil.rmtree(directory)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while True:
        try:
            return psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "PgBouncer doesn't answer"
            time.sleep(0.02)
