"""Stores: where rooms and clients are kept, each behind `camus_core.store.Store`.

`open_store(url)` picks one: `MemoryStore`, `SqliteStore` or `PostgresStore`.
"""

from .urls import open_store

__all__ = ["open_store"]
