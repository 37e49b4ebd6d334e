"""Migrations of the SQLite store: functions, each carried out once, in order.

A released migration never changes; a change of the schema is a new one.
"""

from sqlite_utils import Database, Migrations

from camus_core.wire.errors import SchemaTooNew

migrations = Migrations("camus")


@migrations()
def m0001_rooms_and_clients(db: Database) -> None:
    db.table("camus_rooms").create(
        {
            "id": str,
            "name": str,
            "created_at": float,
            "public": int,
            "password": str,
            "guest_limit": int,
            "empty_for": float,
        },
        pk="id",
        not_null={"id", "name", "created_at", "public"},
    )
    # No foreign key: clients are written with a delay, and the room may be deleted by then.
    clients = db.table("camus_clients").create(
        {"id": str, "room_id": str, "username": str, "joined_at": float},
        pk="id",
        not_null={"id", "room_id", "username", "joined_at"},
    )
    clients.create_index(["room_id"])


@migrations()
def m0002_sessions(db: Database) -> None:
    rooms, clients = db.table("camus_rooms"), db.table("camus_clients")
    rooms.add_column("owner", str)
    # A partial index, so that listing public rooms doesn't read the others.
    db.execute("CREATE INDEX camus_rooms_public ON camus_rooms (id) WHERE public")
    clients.add_column("role", str, not_null_default="guest")
    # '' is the name of no node: clients of an older version go when a node first renews.
    clients.add_column("run", str, not_null_default="")
    clients.add_column("session", str)
    clients.add_column("away_since", float)
    clients.add_column("left_over", str)
    clients.create_index(["session"])
    db.table("camus_runs").create(
        {"id": str, "alive_at": float}, pk="id", not_null={"id", "alive_at"}
    )


@migrations()
def m0003_room_control(db: Database) -> None:
    rooms, clients = db.table("camus_rooms"), db.table("camus_clients")
    rooms.add_column("locked", int, not_null_default=0)
    rooms.add_column("bans", str, not_null_default="[]")
    clients.add_column("identity", str)
    clients.add_column("named", int, not_null_default=0)
    clients.add_column("address", str)


@migrations()
def m0004_incarnations(db: Database) -> None:
    rooms, clients = db.table("camus_rooms"), db.table("camus_clients")
    rooms.add_column("incarnation", str, not_null_default="")
    db.execute("UPDATE camus_rooms SET incarnation = lower(hex(randomblob(16)))")
    # A server of the version before may create rooms in the file, without an incarnation.
    db.execute(
        "CREATE TRIGGER camus_rooms_incarnation AFTER INSERT ON camus_rooms "
        "WHEN new.incarnation = '' BEGIN UPDATE camus_rooms "
        "SET incarnation = lower(hex(randomblob(16))) WHERE id = new.id; END"
    )
    # '' for the clients that it writes: the incarnation of their room is unknown.
    clients.add_column("incarnation", str, not_null_default="")


@migrations()
def m0005_clock(db: Database) -> None:
    # One row: the id of the machine's last boot, and the offset from the monotonic clock to the
    # clock of the file.
    db.table("camus_clock").create(
        {"boot": str, "ahead": float}, pk="boot", not_null={"boot", "ahead"}
    )


@migrations()
def m0006_bans_and_invitations(db: Database) -> None:
    rooms, clients = db.table("camus_rooms"), db.table("camus_clients")
    rooms.add_column("revision", int, not_null_default=0)
    rooms.add_column("starts_locked", int, not_null_default=0)
    rooms.add_column("not_before", float)
    rooms.add_column("expires", float)
    rooms.add_column("encrypted", int, not_null_default=0)
    clients.add_column("guest_digest", str)
    db.table("camus_bans").create(
        {
            "room_id": str,
            "incarnation": str,
            "id": str,
            "identity": str,
            "address": str,
            "guest_digest": str,
            "username": str,
            "by": str,
            "by_owner": int,
            "at": float,
            "until": float,
        },
        pk=("room_id", "incarnation", "id"),
        not_null={"room_id", "incarnation", "id", "by_owner"},
        defaults={"by_owner": 0},
    )
    db.table("camus_invitations").create(
        {
            "room_id": str,
            "incarnation": str,
            "id": str,
            "digest": str,
            "name": str,
            "role": str,
            "by": str,
            "created_at": float,
            "not_before": float,
            "expires": float,
            "uses": int,
            "used": int,
        },
        pk=("room_id", "incarnation", "id"),
        not_null={
            *("room_id", "incarnation", "id", "digest", "role", "by", "created_at", "used"),
        },
        defaults={"used": 0},
    )
    # Until now `camus_rooms.bans` had a room's bans, as a JSON array of texts such as
    # "identity ann" and "address 192.0.2.1". A server of the version before goes on writing
    # them there. The trigger copies the new ones only: others may have been taken back.
    insert = (
        "INSERT INTO camus_bans (room_id, incarnation, id, identity, address) "
        "SELECT {room}.id, {room}.incarnation, lower(hex(randomblob(16))), "
        "CASE WHEN ban.value LIKE 'identity %' THEN substr(ban.value, 10) END, "
        "CASE WHEN ban.value LIKE 'address %' THEN substr(ban.value, 9) END "
        "FROM {source}"
    )
    db.execute(
        insert.format(room="room", source="camus_rooms AS room, json_each(room.bans) AS ban")
    )
    added = (
        "json_each(new.bans) AS ban "
        "WHERE ban.value NOT IN (SELECT value FROM json_each(old.bans))"
    )
    db.execute(
        "CREATE TRIGGER camus_rooms_bans AFTER UPDATE OF bans ON camus_rooms "
        f"BEGIN {insert.format(room='new', source=added)}; END"
    )
    db.execute(
        "CREATE TRIGGER camus_rooms_forgotten AFTER DELETE ON camus_rooms BEGIN "
        "DELETE FROM camus_bans WHERE room_id = old.id AND incarnation = old.incarnation; "
        "DELETE FROM camus_invitations "
        "WHERE room_id = old.id AND incarnation = old.incarnation; END"
    )


@migrations()
def m0007_makers_of_invitations(db: Database) -> None:
    invitations = db.table("camus_invitations")
    invitations.add_column("by_owner", int, not_null_default=0)
    invitations.add_column("maker", str)


def bring_up_to_date(db: Database, *, may_be_newer: bool = False) -> None:
    """Carry out the migrations that the file lacks.

    Args:
        may_be_newer: Accept a file that a newer version has migrated. A server that already
            used the file can go on, because migrations only add.

    Raises:
        SchemaTooNew: the file has migrations of a newer version, and may not have.
    """
    with Database(memory=True) as empty:
        known = {migration.name for migration in migrations.pending(empty)}
    # One transaction: two processes that start together would both find the same ones missing.
    with db.conn:
        db.execute("BEGIN IMMEDIATE")
        unknown = {migration.name for migration in migrations.applied(db)} - known
        if unknown and not may_be_newer:
            names = ", ".join(sorted(unknown))
            raise SchemaTooNew(
                f"a newer version of Camus has migrated this database ({names}): "
                "use that version, or another database"
            )
        migrations.apply(db)
