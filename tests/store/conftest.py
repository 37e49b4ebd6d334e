"""The stores over which the contract suite runs, and disposable databases."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from camus_core.store import Store
from camus_store import open_store
from camus_transport.server.counts import Counts
from camus_transport.server.timed_store import TimedStore
from store.postgres_cluster import PostgresCluster, find_binaries

OpenStore = Callable[[], Store]
"""Each call returns a store on the same database, not yet entered."""


def memory(request: pytest.FixtureRequest) -> OpenStore:
    return lambda: open_store("memory:")


def timed(request: pytest.FixtureRequest) -> OpenStore:
    return lambda: TimedStore(open_store("memory:"), Counts().store)


def sqlite(request: pytest.FixtureRequest) -> OpenStore:
    path = request.getfixturevalue("tmp_path") / "camus.db"
    return lambda: open_store(f"sqlite:///{path}")


def postgres(request: pytest.FixtureRequest) -> OpenStore:
    url = request.getfixturevalue("postgres_url")
    return lambda: open_store(url)


DURABLE = [sqlite, postgres]
STORES = [memory, timed, *DURABLE]
"""For another store, add a function above, and its name to one of these lists."""


@pytest.fixture(params=STORES, ids=lambda make: make.__name__)
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """An empty store that has been entered."""
    open_it: OpenStore = request.param(request)
    async with open_it() as store:
        yield store


@pytest.fixture(params=DURABLE, ids=lambda make: make.__name__)
def open_again(request: pytest.FixtureRequest) -> OpenStore:
    """A function that opens the same database each time it is called."""
    open_it: OpenStore = request.param(request)
    return open_it


def new_cluster() -> PostgresCluster:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no Postgres server is installed: initdb and postgres were not found")
    return PostgresCluster(binaries)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a database on a server where databases may be created and dropped."""
    if url := os.environ.get("CAMUS_TEST_POSTGRES"):
        yield url
    else:
        with new_cluster() as cluster:
            yield cluster.dsn("postgres")


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"camus_test_{uuid4().hex}"
    with closing(psycopg.connect(postgres_server, autocommit=True)) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield urlsplit(postgres_server)._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    """A cluster for one test, to be killed and started again."""
    with new_cluster() as cluster:
        yield cluster
