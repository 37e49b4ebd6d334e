"""The tables of the SQLite store, and the steps that led to them.

A step that was released never changes; a change is a new step.
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
    # No foreign key: a client is written behind, and its room may be gone by then.
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
    # So that a list of public rooms never reads past the others.
    db.execute("CREATE INDEX camus_rooms_public ON camus_rooms (id) WHERE public")
    clients.add_column("role", str, not_null_default="guest")
    # Nobody has vouched for '': what an older Camus left goes with the first vouch.
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
    # A server of the version before makes rooms beside this one, and doesn't name them.
    db.execute(
        "CREATE TRIGGER camus_rooms_incarnation AFTER INSERT ON camus_rooms "
        "WHEN new.incarnation = '' BEGIN UPDATE camus_rooms "
        "SET incarnation = lower(hex(randomblob(16))) WHERE id = new.id; END"
    )
    # Of a client that it writes is not known which room of that id is meant: ''.
    clients.add_column("incarnation", str, not_null_default="")


@migrations()
def m0005_clock(db: Database) -> None:
    # One row: the boot of the machine that the clock was set for, and by how much it is ahead
    # of the time since then.
    db.table("camus_clock").create(
        {"boot": str, "ahead": float}, pk="boot", not_null={"boot", "ahead"}
    )


def bring_up_to_date(db: Database, *, may_be_newer: bool = False) -> None:
    """Carry out the steps that are missing.

    Steps only add, so a file that `may_be_newer` is one that a newer program has migrated
    while this one was using it.

    Raises:
        SchemaTooNew: the file has steps that this program doesn't know, and may not be newer.
    """
    with Database(memory=True) as empty:
        known = {step.name for step in migrations.pending(empty)}
    # Two processes that start at once would both find the same steps missing.
    with db.conn:
        db.execute("BEGIN IMMEDIATE")
        unknown = {step.name for step in migrations.applied(db)} - known
        if unknown and not may_be_newer:
            raise SchemaTooNew(
                f"a newer Camus has changed this database ({', '.join(sorted(unknown))}): "
                "use that version, or another database"
            )
        migrations.apply(db)
