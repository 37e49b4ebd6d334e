"""Tests of URLs of stores."""

from pathlib import Path

import pytest

from camus_store import open_store
from camus_store.memory import MemoryStore
from camus_store.postgres import PostgresStore
from camus_store.sqlite import SqliteStore
from store.samples import a_room


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("memory:", MemoryStore),
        ("sqlite:///camus.db", SqliteStore),
        ("sqlite:////var/lib/camus/camus.db", SqliteStore),
        ("postgresql://ann:geheim@db.example:5432/rooms", PostgresStore),
        ("postgres://db.example/rooms?sslmode=require", PostgresStore),
        ("postgresql:///rooms?host=/run/postgresql", PostgresStore),
    ],
)
def test_a_url_names_a_store_and_nothing_is_opened_yet(url: str, kind: type) -> None:
    assert type(open_store(url)) is kind


async def test_three_slashes_lead_to_a_file_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_store("sqlite:///rooms/camus.db") as store:
        await store.create_room(a_room("lobby"))
    assert (tmp_path / "rooms" / "camus.db").is_file()


async def test_four_slashes_lead_to_a_file_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "what? 50%20 #1.db"
    async with open_store(f"sqlite:///{path}") as store:
        await store.create_room(a_room("lobby"))
    assert path.is_file()


@pytest.mark.parametrize(
    "url",
    [
        *[
            "",
            "memory",
            "memory://",
            "camus.db",
            "/var/camus.db",
            "mysql://ann:geheim@db/rooms",
        ],
        *["sqlite:", "sqlite:camus.db", "sqlite://camus.db", "sqlite:///", "sqlite:////"],
        *[
            "sqlite:///:memory:",
            "sqlite:///a\0b",
            "sqlite:///c.db\n",
            "memory:\n",
            "ann:geheim@db/rooms",
        ],
    ],
)
def test_a_url_that_names_no_store_is_answered_with_those_that_do(url: str) -> None:
    with pytest.raises(
        ValueError, match="the URL of a store is `memory:`, `sqlite:///"
    ) as raised:
        open_store(url)
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgres:rooms",
        "postgresql://ann:%geheim@db/rooms",
        "postgresql://ann:x@geheim@db/rooms",
        "postgresql://ann:x/geheim@db/rooms",
        "postgresql://ann:1/geheim@db/rooms",
        "postgresql://ann:geheim@db/rooms?hots=db",
    ],
)
def test_a_postgres_url_that_can_not_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="%40 for @") as raised:
        open_store(url)
    assert "geheim" not in f"{raised.value!r} {raised.value.__cause__!r}"
