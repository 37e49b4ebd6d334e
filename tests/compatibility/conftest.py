"""Fixtures of the tests with an earlier release: that release, and databases."""

import pytest

from compatibility.releases import Release, unpacked
from store.conftest import postgres_server, postgres_url
from transport.conftest import database_url, sqlite_url

__all__ = ["database_url", "earlier", "postgres_server", "postgres_url", "sqlite_url"]


@pytest.fixture(scope="session")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release before."""
    return unpacked(tmp_path_factory.mktemp("earlier"))
