"""The SQL of the SQLite and Postgres stores, and the conversion of records to rows and back.

Tables and columns keep the names from their migrations, some of which differ from those in the
code: a node, one running server process, is a row of `camus_runs`, and is named in the column
`run` of its clients. `_COLUMN_OF` has all such columns. Parameters are written `%s`, as psycopg
wants them; the SQLite store replaces them by `?`.
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
"""A row that a database returns. The schema guarantees the types of its values."""


NOW = "CAST(extract(epoch FROM statement_timestamp()) AS double precision)"
"""The time of a Postgres database in UNIX seconds: its clock decides which nodes are alive, and
since when clients are away. The SQLite store replaces it by its own."""


_Kind = type[RoomRecord] | type[ClientRecord]

_ATTRIBUTES: dict[_Kind, list[str]] = {
    kind: [field.name for field in fields(kind)] for kind in (RoomRecord, ClientRecord)
}

_COLUMN_OF = {
    "node": "run",
    "owner_digest": "owner",
    "password_hash": "password",
    "session_digest": "session",
    "session_snapshot": "left_over",
    "username_asserted": "named",
}
"""The columns that are not named like their attribute."""


def _columns(kind: _Kind) -> list[str]:
    return [_COLUMN_OF.get(name, name) for name in _ATTRIBUTES[kind]]


def _insert(table: str, columns: list[str]) -> str:
    marks = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


_ROOM = _columns(RoomRecord)
_CLIENT = _columns(ClientRecord)

CREATE_ROOM = f"{_insert('camus_rooms', _ROOM)} ON CONFLICT (id) DO NOTHING"
LIST_CLIENTS = f"SELECT {', '.join(_CLIENT)} FROM camus_clients ORDER BY joined_at, id"

_AWAY_SINCE = "coalesce(client.away_since, run.alive_at, 0.0)"
"""The time at which a client's connection ended, or at which its node was last known to be
alive; 0 for a node that has left no trace.
"""

# One statement, so that a room and its clients come from one snapshot.
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
    """Return the values of a record, in the order of its fields; a tuple becomes JSON text."""
    return tuple(
        json.dumps(value) if isinstance(value, tuple) else value for value in astuple(record)
    )


def room(row: Row) -> RoomRecord:
    """Return the room of a row. SQLite returns booleans as 1 and 0."""
    known = _attributes(RoomRecord, row)
    known |= {"public": bool(known["public"]), "locked": bool(known["locked"])}
    return RoomRecord(**known | {"bans": tuple(json.loads(known["bans"]))})


def client(row: Row) -> ClientRecord:
    """Return the client of a row."""
    known = _attributes(ClientRecord, row)
    return ClientRecord(**known | {"username_asserted": bool(known["username_asserted"])})


def _attributes(kind: _Kind, row: Row) -> dict[str, Any]:
    return dict(zip(_ATTRIBUTES[kind], row, strict=True))


def stored_room(found: Sequence[Row]) -> StoredRoom | None:
    """Return the room and clients in the rows of `FIND_ROOM` or `FIND_SESSION`, if any."""
    if not found:
        return None
    width = len(_ROOM)
    # The LEFT JOIN gives an empty room one row, in which the client's columns are NULL.
    clients = tuple(client(row[width:]) for row in found if row[width] is not None)
    return StoredRoom(room(found[0][:width]), clients)


def list_rooms(public: bool, limit: int | None) -> Statement:
    """Return the statement that lists rooms, with columns in the order of the fields."""
    sql = f"SELECT {', '.join(_ROOM)} FROM camus_rooms"
    if public:
        sql += " WHERE public"
    sql += " ORDER BY id"
    return (sql, ()) if limit is None else (f"{sql} LIMIT %s", (limit,))


def renew(node: str, stale_seconds: float) -> list[Statement]:
    """Return the statements that renew the lease of a node, and delete dead nodes.

    The clients of dead nodes go with them. The last statement returns the time of the renewal.
    """
    return [
        # First, because it locks the rows of other nodes: after an outage all nodes are stale
        # and renew at once, and here they wait for each other while they hold no other lock.
        (FORGET_STALE_NODES, (stale_seconds,)),
        (SAVE_NODE, (node,)),
        (FORGET_CLIENTS_OF_DEAD_NODES, (stale_seconds,)),
        (FIND_NODE, (node,)),
    ]


def statements(changes: Sequence[Change]) -> Iterator[Statement]:
    """Yield the statements of each change, in order."""
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
