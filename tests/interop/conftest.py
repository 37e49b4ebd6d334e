"""What the meetings of peers need: databases to throw away, and a browser."""

import shutil

import pytest

from store.conftest import postgres_server, postgres_url
from transport.conftest import database_url, sqlite_url

__all__ = ["browser", "database_url", "postgres_server", "postgres_url", "sqlite_url"]


@pytest.fixture(scope="session")
def browser() -> str:
    """The path of a Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no browser is installed: chromium, chromium-browser or google-chrome")
