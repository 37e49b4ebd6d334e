"""What tests of the transport need: a server in this process, and databases to throw away."""

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
    """A server in memory, with the limits that it has by default."""
    async with Signaling() as signaling:
        yield signaling


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that isn't there yet."""
    return f"sqlite:///{tmp_path}/camus.db"


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database that is durable."""
    return str(request.getfixturevalue(request.param))
