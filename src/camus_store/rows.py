"""The SQL of the SQLite and Postgres stores, and the conversion of records to rows and back.

Tables and columns keep the names from their migrations, some of which differ from those in the
code: a node, one running server process, is a row of `camus_runs`, and is named in the column
`run` of its clients. `_COLUMN_OF` has all such columns. Parameters are written `%s`, as psycopg
wants them; the SQLite store replaces them by `?`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, assert_never

from attrs import astuple, fields

from camus_core.effects import (
    Change,
    ForgetBan,
    ForgetClient,
    ForgetInvitation,
    ForgetRoom,
    SaveBan,
    SaveClient,
    SaveInvitation,
    SaveLock,
)
from camus_core.records import (
    BanRecord,
    ClientRecord,
    InvitationRecord,
    RoomId,
    RoomRecord,
    RoomValue,
    StoredRoom,
)

Value = str | int | float | None
Statement = tuple[str, tuple[Value, ...]]

Row = tuple[Any, ...]
"""A row that a database returns. The schema guarantees the types of its values."""


NOW = "CAST(extract(epoch FROM statement_timestamp()) AS double precision)"
"""The time of a Postgres database in UNIX seconds: its clock decides which nodes are alive, and
since when clients are away. The SQLite store replaces it by its own."""

KEEP_ROOM = "FOR KEY SHARE"
"""The lock by which Postgres lets nobody delete a room while a ban of it is written. The SQLite
store, which has one writer at a time, leaves it out.
"""

_Record = RoomRecord | ClientRecord | BanRecord | InvitationRecord
_Kind = type[RoomRecord] | type[ClientRecord] | type[BanRecord] | type[InvitationRecord]

_KINDS: tuple[_Kind, ...] = (RoomRecord, ClientRecord, BanRecord, InvitationRecord)
_ATTRIBUTES: dict[_Kind, list[str]] = {
    kind: [field.name for field in fields(kind)] for kind in _KINDS
}
_BOOLEANS: dict[_Kind, list[str]] = {
    kind: [field.name for field in fields(kind) if field.type is bool] for kind in _KINDS
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


def _qualified(table: str, columns: list[str]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)


_ROOM = _columns(RoomRecord)
_CLIENT = _columns(ClientRecord)
_BAN = _columns(BanRecord)
_INVITATION = _columns(InvitationRecord)

CREATE_ROOM = f"{_insert('camus_rooms', _ROOM)} ON CONFLICT (id) DO NOTHING"
LIST_CLIENTS = f"SELECT {', '.join(_CLIENT)} FROM camus_clients ORDER BY joined_at, id"

_AWAY_SINCE = "coalesce(client.away_since, run.alive_at, 0.0)"
"""The time at which a client's connection ended, or at which its node was last known to be
alive; 0 for a node that has left no trace.
"""

_STORED_ROOM = (
    f"SELECT {_qualified('room', _ROOM)}, {_qualified('client', _CLIENT)} "
    "FROM camus_rooms AS room "
    "LEFT JOIN camus_clients AS client ON client.room_id = room.id "
    "AND client.incarnation IN ('', room.incarnation) "
    "LEFT JOIN camus_runs AS run ON run.id = client.run "
    "WHERE room.id = {} ORDER BY client.joined_at, client.id"
).replace("client.away_since", _AWAY_SINCE)
_STORED_BANS = (
    f"SELECT {_qualified('ban', _BAN)} FROM camus_bans AS ban JOIN camus_rooms AS room "
    "ON room.id = ban.room_id AND room.incarnation = ban.incarnation "
    "WHERE room.id = {} ORDER BY coalesce(ban.at, 0), ban.id"
)
_STORED_INVITATIONS = (
    f"SELECT {_qualified('invitation', _INVITATION)} FROM camus_invitations AS invitation "
    "JOIN camus_rooms AS room "
    "ON room.id = invitation.room_id AND room.incarnation = invitation.incarnation "
    "WHERE room.id = {} ORDER BY invitation.created_at, invitation.id"
)
_ROOM_OF_SESSION = (
    "(SELECT member.room_id FROM camus_clients AS member "
    "JOIN camus_rooms AS its ON its.id = member.room_id "
    "AND member.incarnation IN ('', its.incarnation) WHERE member.session = %s "
    "ORDER BY member.joined_at DESC, member.id DESC LIMIT 1)"
)
_STORED = (_STORED_ROOM, _STORED_BANS, _STORED_INVITATIONS)
FIND_ROOM = [sql.format("%s") for sql in _STORED]
FIND_SESSION = [sql.format(_ROOM_OF_SESSION) for sql in _STORED]
"""The statements that find a room with its clients, its bans, and its invitations. They are
carried out in one snapshot, each with the same parameter.
"""

INCARNATION_OF = "SELECT incarnation FROM camus_rooms WHERE id = %s"

_THIS_ROOM = "WHERE id = %s AND incarnation = %s"
_ITS_ROW = "WHERE room_id = %s AND incarnation = %s AND id = %s"

SAVE_LOCK = f"UPDATE camus_rooms SET locked = %s {_THIS_ROOM}"
_FIND_RECORD = f"SELECT {', '.join(_ROOM)} FROM camus_rooms {_THIS_ROOM}"


def _insert_for_room(table: str, columns: list[str]) -> str:
    """Return the statement that inserts a row for a room, if the room is stored."""
    marks = ", ".join(["%s"] * len(columns))
    return (
        f"INSERT INTO {table} (room_id, incarnation, {', '.join(columns)}) "
        f"SELECT id, incarnation, {marks} FROM camus_rooms {_THIS_ROOM} {KEEP_ROOM} "
        "ON CONFLICT (room_id, incarnation, id) DO"
    )


SAVE_BAN = (
    f"{_insert_for_room('camus_bans', _BAN)} UPDATE SET "
    f"{', '.join(f'{column} = excluded.{column}' for column in _BAN)}"
)
FORGET_BAN = f"DELETE FROM camus_bans {_ITS_ROW}"
SAVE_INVITATION = f"{_insert_for_room('camus_invitations', _INVITATION)} NOTHING"
FORGET_INVITATION = f"DELETE FROM camus_invitations {_ITS_ROW}"
USE_INVITATION = (
    f"UPDATE camus_invitations SET used = used + 1 {_ITS_ROW} AND (uses IS NULL OR used < uses)"
)

TAKE_OVER_CLIENT = (
    f"{_insert('camus_clients', _CLIENT)} ON CONFLICT (id) DO UPDATE SET "
    f"{', '.join(f'{column} = excluded.{column}' for column in _CLIENT)}"
)
SAVE_CLIENT = f"{TAKE_OVER_CLIENT} WHERE camus_clients.run = excluded.run"
FORGET_CLIENT = "DELETE FROM camus_clients WHERE id = %s"
FORGET_CLIENT_OF_NODE = f"{FORGET_CLIENT} AND run = %s"
# A trigger forgets the bans and the invitations of the room.
FORGET_ROOM = f"DELETE FROM camus_rooms {_THIS_ROOM}"
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


def values(record: _Record) -> tuple[Value, ...]:
    """Return the values of a record, in the order of its fields."""
    return astuple(record)


def room(row: Row) -> RoomRecord:
    """Return the room of a row."""
    return RoomRecord(**_attributes(RoomRecord, row))


def client(row: Row) -> ClientRecord:
    """Return the client of a row."""
    return ClientRecord(**_attributes(ClientRecord, row))


def _attributes(kind: _Kind, row: Row) -> dict[str, Any]:
    """Return the attributes in a row. SQLite returns booleans as 1 and 0."""
    known = dict(zip(_ATTRIBUTES[kind], row, strict=True))
    return known | {name: bool(known[name]) for name in _BOOLEANS[kind]}


def stored_room(
    found: Sequence[Row], bans: Sequence[Row], invitations: Sequence[Row]
) -> StoredRoom | None:
    """Return the room in the rows of `FIND_ROOM` or `FIND_SESSION`, if any."""
    if not found:
        return None
    width = len(_ROOM)
    # The LEFT JOIN gives an empty room one row, in which the client's columns are NULL.
    clients = tuple(client(row[width:]) for row in found if row[width] is not None)
    return StoredRoom(
        room(found[0][:width]),
        clients,
        tuple(BanRecord(**_attributes(BanRecord, row)) for row in bans),
        tuple(InvitationRecord(**_attributes(InvitationRecord, row)) for row in invitations),
    )


def list_rooms(public: bool, limit: int | None) -> Statement:
    """Return the statement that lists rooms, with columns in the order of the fields."""
    sql = f"SELECT {', '.join(_ROOM)} FROM camus_rooms"
    if public:
        sql += " WHERE public"
    sql += " ORDER BY id"
    return (sql, ()) if limit is None else (f"{sql} LIMIT %s", (limit,))


_ANY_ROOM = RoomRecord(RoomId("any"), "", 0.0)


def update_room(
    room_id: RoomId, incarnation: str, changes: Mapping[str, RoomValue]
) -> list[Statement]:
    """Return the statements that change a room; the last one returns its new record.

    Raises:
        ValueError: See `RoomRecord.updated`.
    """
    _ANY_ROOM.updated(changes)  # the check of the changes
    columns = [f"{_COLUMN_OF.get(name, name)} = %s" for name in changes]
    assignments = ", ".join([*columns, "revision = revision + 1"])
    room_key = room_id, incarnation
    return [
        (f"UPDATE camus_rooms SET {assignments} {_THIS_ROOM}", (*changes.values(), *room_key)),
        (_FIND_RECORD, room_key),
    ]


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
            case SaveLock(room_id, incarnation, locked):
                yield SAVE_LOCK, (locked, room_id, incarnation)
            case SaveBan(room_id, incarnation, ban):
                yield SAVE_BAN, (*values(ban), room_id, incarnation)
            case ForgetBan(room_id, incarnation, ban_id):
                yield FORGET_BAN, (room_id, incarnation, ban_id)
            case SaveInvitation(room_id, incarnation, invitation):
                yield SAVE_INVITATION, (*values(invitation), room_id, incarnation)
            case ForgetInvitation(room_id, incarnation, invitation_id):
                yield FORGET_INVITATION, (room_id, incarnation, invitation_id)
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
