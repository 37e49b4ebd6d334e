"""Store URLs: `open_store` returns the store that a URL names."""

import re
from pathlib import Path

from camus_core.store import Store

from .memory import MemoryStore

ACCEPTED = (
    "the URL of a store is `memory:`, `sqlite:///relative/path.db`, "
    "`sqlite:////absolute/path.db` or `postgresql://user:password@host:port/database`"
)

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def open_store(url: str) -> Store:
    """Return the store that a URL names; it connects when it is entered.

    Raises:
        ValueError: the URL names no store. The text never repeats the URL, which may contain
            a password.
    """
    if _CONTROL.search(url):
        raise ValueError(f"{ACCEPTED}; a URL can't have line ends and other control characters")
    if url == "memory:":
        return MemoryStore()
    # The others are imported only if they are needed: psycopg alone takes 0.1 s.
    if url.startswith("sqlite:"):
        from .sqlite import SqliteStore

        return SqliteStore(_sqlite_path(url))
    if url.startswith(("postgresql:", "postgres:")):
        from .postgres import PostgresStore

        return PostgresStore(url)
    raise ValueError(f"{ACCEPTED}; this URL is none of these")


def _sqlite_path(url: str) -> Path:
    path = url.removeprefix("sqlite:///")
    if path == url or path in ("", "/"):
        raise ValueError(f"{ACCEPTED}; this sqlite URL lacks a path after three slashes")
    if path == ":memory:":
        raise ValueError(f"{ACCEPTED}; a store in memory is `memory:`")
    return Path(path).absolute()
