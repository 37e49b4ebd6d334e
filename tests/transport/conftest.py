"""Fixtures of the transport's tests: a server in this process, and disposable databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from camus_transport import Signaling
from store.conftest import cluster, postgres_server, postgres_url

__all__ = [
    "cluster",
    "database_url",
    "postgres_server",
    "postgres_url",
    "signaling",
    "sqlite_url",
]


@pytest.fixture
async def signaling() -> AsyncIterator[Signaling]:
    """A server with a memory store and default limits."""
    async with Signaling() as signaling:
        yield signaling


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that doesn't exist yet."""
    return f"sqlite:///{tmp_path}/camus.db"


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty durable database."""
    return str(request.getfixturevalue(request.param))
