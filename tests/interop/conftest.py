"""Fixtures of the interop tests: databases, a TURN server and a browser."""

import shutil
from collections.abc import AsyncIterator

import pytest

from interop.coturn import Coturn, find_turnserver, running_coturn
from store.conftest import postgres_server, postgres_url
from transport.conftest import database_url, sqlite_url

__all__ = ["browser", "coturn", "database_url", "postgres_server", "postgres_url", "sqlite_url"]


@pytest.fixture(scope="session")
def browser() -> str:
    """The path of a Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no browser is installed: chromium, chromium-browser or google-chrome")


@pytest.fixture
async def coturn() -> AsyncIterator[Coturn]:
    """A running TURN server."""
    turnserver = find_turnserver()
    if turnserver is None:
        pytest.skip("no TURN server is installed: turnserver, of coturn, was not found")
    async with running_coturn(turnserver) as coturn:
        yield coturn
