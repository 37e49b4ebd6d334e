"""What SQLite and Postgres share: records as rows, and changes as SQL.

Parameters are written `%s`, as psycopg wants them; SQLite's `?` is put in their place.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from attrs import astuple, fields

from camus_core.effects import Change, ForgetClient, ForgetRoom, SaveClient, SaveRoom
from camus_core.records import ClientRecord, RoomRecord, StoredRoom

Value = str | int | float | None
Statement = tuple[str, tuple[Value, ...]]

Row = tuple[Any, ...]
"""What a database answers; that the types are right is the schema's promise."""


NOW = "CAST(extract(epoch FROM statement_timestamp()) AS double precision)"
"""The time of the database, by which runs live and clients are away, as Postgres tells it."""


_COLUMN_OF = {
    "node": "run",
    "owner_digest": "owner",
    "password_hash": "password",
    "session_digest": "session",
    "session_snapshot": "left_over",
    "username_asserted": "named",
}
"""Columns whose name isn't that of the attribute: they keep the one from their migration."""


def _columns(kind: type[RoomRecord] | type[ClientRecord]) -> list[str]:
    return [_COLUMN_OF.get(field.name, field.name) for field in fields(kind)]


def _insert(table: str, columns: list[str]) -> str:
    marks = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


_ROOM = _columns(RoomRecord)
_CLIENT = _columns(ClientRecord)

CREATE_ROOM = f"{_insert('camus_rooms', _ROOM)} ON CONFLICT (id) DO NOTHING"
LIST_CLIENTS = f"SELECT {', '.join(_CLIENT)} FROM camus_clients ORDER BY joined_at, id"

_AWAY_SINCE = "coalesce(client.away_since, run.alive_at, 0.0)"
"""Of a run that has left no trace nothing is known: it ended before all else."""

# One statement, so that a room and its clients are of one moment.
_STORED_ROOM = (
    f"SELECT {', '.join(f'room.{column}' for column in _ROOM)}, "
    f"{', '.join(f'client.{column}' for column in _CLIENT)} FROM camus_rooms AS room "
    "LEFT JOIN camus_clients AS client ON client.room_id = room.id "
    "AND client.incarnation IN ('', room.incarnation) "
    "LEFT JOIN camus_runs AS run ON run.id = client.run "
    "WHERE room.id = {} ORDER BY client.joined_at, client.id"
).replace("client.away_since", _AWAY_SINCE)
FIND_ROOM = _STORED_ROOM.format("%s")
FIND_SESSION = _STORED_ROOM.format(
    "(SELECT member.room_id FROM camus_clients AS member "
    "JOIN camus_rooms AS its ON its.id = member.room_id "
    "AND member.incarnation IN ('', its.incarnation) WHERE member.session = %s "
    "ORDER BY member.joined_at DESC, member.id DESC LIMIT 1)"
)
INCARNATION_OF = "SELECT incarnation FROM camus_rooms WHERE id = %s"

SAVE_ROOM = "UPDATE camus_rooms SET locked = %s, bans = %s WHERE id = %s AND incarnation = %s"

TAKE_OVER_CLIENT = (
    f"{_insert('camus_clients', _CLIENT)} ON CONFLICT (id) DO UPDATE SET "
    f"{', '.join(f'{column} = excluded.{column}' for column in _CLIENT)}"
)
SAVE_CLIENT = f"{TAKE_OVER_CLIENT} WHERE camus_clients.run = excluded.run"
FORGET_CLIENT = "DELETE FROM camus_clients WHERE id = %s"
FORGET_CLIENT_OF_NODE = f"{FORGET_CLIENT} AND run = %s"
FORGET_ROOM = "DELETE FROM camus_rooms WHERE id = %s AND incarnation = %s"
FORGET_CLIENTS_OF_ROOM = (
    "DELETE FROM camus_clients WHERE room_id = %s AND (incarnation = %s "
    "OR incarnation = '' AND EXISTS "
    "(SELECT 1 FROM camus_rooms AS room WHERE room.id = %s AND room.incarnation = %s))"
)
FORGET_UNUSED_ROOM = (
    f"{FORGET_ROOM} AND NOT EXISTS (SELECT 1 FROM camus_clients AS client WHERE "
    "client.room_id = camus_rooms.id AND client.incarnation IN ('', camus_rooms.incarnation))"
)

SAVE_NODE = (
    f"INSERT INTO camus_runs (id, alive_at) VALUES (%s, {NOW}) "
    "ON CONFLICT (id) DO UPDATE SET alive_at = excluded.alive_at"
)
FIND_NODE = "SELECT alive_at FROM camus_runs WHERE id = %s"
FORGET_NODE = "DELETE FROM camus_runs WHERE id = %s"
FORGET_STALE_NODES = f"DELETE FROM camus_runs WHERE alive_at < {NOW} - %s"
FORGET_CLIENTS_OF_DEAD_NODES = (
    "DELETE FROM camus_clients WHERE run NOT IN (SELECT id FROM camus_runs) "
    f"AND (away_since IS NULL OR away_since < {NOW} - %s)"
)


def values(record: RoomRecord | ClientRecord) -> tuple[Value, ...]:
    """Return the record's values, in the order of its fields; a list is a JSON text."""
    return tuple(
        json.dumps(value) if isinstance(value, tuple) else value for value in astuple(record)
    )


def room(row: Row) -> RoomRecord:
    """Return the room in a row. In SQLite, true and false are 1 and 0."""
    known = _attributes(RoomRecord, row)
    known |= {"public": bool(known["public"]), "locked": bool(known["locked"])}
    return RoomRecord(**known | {"bans": tuple(json.loads(known["bans"]))})


def client(row: Row) -> ClientRecord:
    """Return the client in a row."""
    known = _attributes(ClientRecord, row)
    return ClientRecord(**known | {"username_asserted": bool(known["username_asserted"])})


def _attributes(kind: type[RoomRecord] | type[ClientRecord], row: Row) -> dict[str, Any]:
    names = (field.name for field in fields(kind))
    return dict(zip(names, row, strict=True))


def stored_room(found: Sequence[Row]) -> StoredRoom | None:
    """Return what `FIND_ROOM` or `FIND_SESSION` has found."""
    if not found:
        return None
    width = len(_ROOM)
    # An empty room is one row, whose client has no id.
    clients = tuple(client(row[width:]) for row in found if row[width] is not None)
    return StoredRoom(room(found[0][:width]), clients)


def list_rooms(public: bool, limit: int | None) -> Statement:
    """Return the SQL that lists rooms. Its rows are in the order of the fields."""
    sql = f"SELECT {', '.join(_ROOM)} FROM camus_rooms"
    if public:
        sql += " WHERE public"
    sql += " ORDER BY id"
    return (sql, ()) if limit is None else (f"{sql} LIMIT %s", (limit,))


def renew(node: str, stale_seconds: float) -> list[Statement]:
    """Return the SQL by which a run is kept alive, and dead ones are cleared away.

    Its last statement finds the time that was noted.
    """
    return [
        # First, because it locks rows of others: servers that come back together from an
        # outage, each of them stale, queue here while they hold nothing.
        (FORGET_STALE_NODES, (stale_seconds,)),
        (SAVE_NODE, (node,)),
        (FORGET_CLIENTS_OF_DEAD_NODES, (stale_seconds,)),
        (FIND_NODE, (node,)),
    ]


def statements(changes: Sequence[Change]) -> Iterator[Statement]:
    """Yield the SQL of each change, in order."""
    for change in changes:
        match change:
            case SaveRoom(room=saved):
                bans = json.dumps(saved.bans)
                yield SAVE_ROOM, (saved.locked, bans, saved.id, saved.incarnation)
            case ForgetRoom(room_id, incarnation, if_unused=True):
                yield FORGET_UNUSED_ROOM, (room_id, incarnation)
            case ForgetRoom(room_id, incarnation):
                yield FORGET_CLIENTS_OF_ROOM, (room_id, incarnation, room_id, incarnation)
                yield FORGET_ROOM, (room_id, incarnation)
            case SaveClient(client=saved_client, takes_over=takes_over):
                yield TAKE_OVER_CLIENT if takes_over else SAVE_CLIENT, values(saved_client)
            case ForgetClient(client_id=client_id, node=None):
                yield FORGET_CLIENT, (client_id,)
            case ForgetClient(client_id=client_id, node=node):
                yield FORGET_CLIENT_OF_NODE, (client_id, node)
            case _:
                assert_never(change)
