"""What SQLite and Postgres share: records as rows, and changes as SQL.

Parameters are written `%s`, as psycopg wants them; SQLite's `?` is put in their place.
"""

from collections.abc import Iterator, Sequence
from typing import assert_never

from attrs import astuple, fields

from camus_core.effects import Change, ForgetClient, ForgetRoom, SaveClient
from camus_core.records import ClientRecord, RoomRecord

Value = str | int | float | None
Statement = tuple[str, tuple[Value, ...]]


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


def values(record: RoomRecord | ClientRecord) -> tuple[Value, ...]:
    """Return the record's values, in the order of its fields."""
    return astuple(record)


def statements(changes: Sequence[Change]) -> Iterator[Statement]:
    """Yield the SQL of each change, in order."""
    for change in changes:
        match change:
            case ForgetRoom(room_id=room_id):
                yield FORGET_CLIENTS_OF_ROOM, (room_id,)
                yield FORGET_ROOM, (room_id,)
            case SaveClient(client=client):
                yield SAVE_CLIENT, values(client)
            case ForgetClient(client_id=client_id):
                yield FORGET_CLIENT, (client_id,)
            case _:
                assert_never(change)
