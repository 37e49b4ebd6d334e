"""Stores of rooms and clients, which implement `camus_core.store.Store`.

`open_store(url)` returns a `MemoryStore`, a `SqliteStore` or a `PostgresStore`.
"""

from .urls import open_store

__all__ = ["open_store"]
