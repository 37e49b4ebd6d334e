"""What SQLite and Postgres share: records as rows, and changes as SQL.

Parameters are written `%s`, as psycopg wants them; SQLite's `?` is put in their place.
"""

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

from attrs import astuple, fields

from camus_core.effects import Change, ForgetClient, ForgetRoom, SaveClient
from camus_core.errors import StoreUnavailable
from camus_core.records import ClientRecord, RoomRecord

Value = str | int | float | None
Statement = tuple[str, tuple[Value, ...]]

UNSTORABLE_TEXT = re.compile("[\0\ud800-\udfff]")
"""Postgres keeps no NUL in a text, and UTF-8 has no surrogates."""

LARGEST_INTEGER = 2**63 - 1
"""Both databases keep 64 bits."""


def _columns(kind: type[RoomRecord] | type[ClientRecord]) -> list[str]:
    return [field.name for field in fields(kind)]


def _insert(table: str, columns: list[str]) -> str:
    marks = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


_ROOM = _columns(RoomRecord)
_CLIENT = _columns(ClientRecord)

CREATE_ROOM = f"{_insert('camus_rooms', _ROOM)} ON CONFLICT (id) DO NOTHING"
LIST_ROOMS = f"SELECT {', '.join(_ROOM)} FROM camus_rooms ORDER BY id"
FIND_ROOM = f"SELECT {', '.join(_ROOM)} FROM camus_rooms WHERE id = %s"
LIST_CLIENTS = f"SELECT {', '.join(_CLIENT)} FROM camus_clients ORDER BY joined_at, id"
SAVE_CLIENT = (
    f"{_insert('camus_clients', _CLIENT)} ON CONFLICT (id) DO UPDATE SET "
    f"{', '.join(f'{column} = excluded.{column}' for column in _CLIENT)}"
)
FORGET_CLIENT = "DELETE FROM camus_clients WHERE id = %s"
FORGET_CLIENTS_OF_ROOM = "DELETE FROM camus_clients WHERE room_id = %s"
FORGET_ROOM = "DELETE FROM camus_rooms WHERE id = %s"


def check(record: RoomRecord | ClientRecord) -> tuple[Value, ...]:
    """Return the record's values, in the order of its fields.

    Raises:
        StoreUnavailable: a value is one that not every database can keep, so that none
            of them does.
    """
    values: tuple[Value, ...] = astuple(record)
    for value in values:
        match value:
            case str() if UNSTORABLE_TEXT.search(value):
                raise StoreUnavailable(
                    f"the text {value!a} can't be stored: it holds a NUL or half a character"
                )
            case int() if value > LARGEST_INTEGER:
                raise StoreUnavailable(f"a number of {value.bit_length()} bits can't be stored")
    return values


def statements(changes: Sequence[Change]) -> Iterator[Statement]:
    """Yield the SQL of each change, in order. Raises what `check` raises."""
    for change in changes:
        match change:
            case ForgetRoom(room_id=room_id):
                yield FORGET_CLIENTS_OF_ROOM, (room_id,)
                yield FORGET_ROOM, (room_id,)
            case SaveClient(client=client):
                yield SAVE_CLIENT, check(client)
            case ForgetClient(client_id=client_id):
                yield FORGET_CLIENT, (client_id,)
            case _:
                assert_never(change)
