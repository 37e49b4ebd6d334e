"""Migrations of the Postgres store: numbered SQL files, each carried out once, in order.

A released file never changes; a change of the schema is a new file in `migrations/`.
"""

from importlib.resources import files

from psycopg import AsyncConnection
from psycopg.rows import scalar_row

from camus_core.wire.errors import SchemaTooNew

LOCK = 0x63616D7573
"""The advisory lock of migrations, so that one server migrates at a time: "camus" in ASCII."""


async def bring_up_to_date(connection: AsyncConnection) -> None:
    """Carry out the migrations that the database lacks, all of them or none.

    Raises:
        SchemaTooNew: the database has migrations of a newer version.
    """
    scripts = _scripts()
    async with connection.transaction(), connection.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        # CREATE TABLE IF NOT EXISTS would need the privilege to create even if the table
        # exists.
        await cursor.execute("SELECT to_regclass('camus_schema')")
        [table] = await cursor.fetchall()
        if table is None:
            await cursor.execute("CREATE TABLE camus_schema (version integer PRIMARY KEY)")
        await cursor.execute("SELECT coalesce(max(version), 0) FROM camus_schema")
        [version] = await cursor.fetchall()
        if version > max(scripts):
            raise SchemaTooNew(
                f"a newer version of Camus has migrated this database (schema {version}, this "
                f"version knows {max(scripts)}): use that version, or another database"
            )
        for number in sorted(number for number in scripts if number > version):
            await cursor.execute(scripts[number])
            await cursor.execute("INSERT INTO camus_schema (version) VALUES (%s)", [number])


def _scripts() -> dict[int, bytes]:
    # Bytes, because psycopg types allow a str only if it is a literal.
    return {
        int(script.name.partition("_")[0]): script.read_bytes()
        for script in (files(__package__) / "migrations").iterdir()
        if script.name.endswith(".sql")
    }
