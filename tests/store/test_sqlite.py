"""Tests of the SQLite store alone: one file, one thread, group commit, SIGKILL."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlite_utils import Database

from camus_core.effects import ForgetRoom, SaveClient
from camus_core.records import RoomId, StoredRoom
from camus_core.wire.errors import SchemaTooNew, StoreUnavailable
from camus_store.group_commit import WAITING_LIMIT
from camus_store.sqlite import SqliteStore, connect
from camus_store.sqlite_schema import (
    m0002_sessions,
    m0003_room_control,
    m0006_bans_and_invitations,
    migrations,
)
from store import creates_rooms, older_schemas
from store.samples import FIRST_INCARNATION, a_client, a_room


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "camus.db"


def read(path: Path) -> bytes:
    return path.read_bytes()


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def execute(path: Path, sql: str) -> None:
    """Execute a statement on the database from outside."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def commits(path: Path) -> int:
    """Count the commits in the write-ahead log (https://sqlite.org/fileformat2.html#walformat).

    Frames follow a header of 32 bytes; the second word of a frame's own header of 24 is zero
    unless the frame ends a commit.
    """
    log = Path(f"{path}-wal").read_bytes()
    page = int.from_bytes(log[8:12])
    return sum(any(log[at + 4 : at + 8]) for at in range(32, len(log), 24 + page))


def creator(path: Path, prefix: str, count: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, creates_rooms.__file__, f"sqlite:///{path}", prefix, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


async def test_killed_at_any_moment_it_loses_no_acknowledged_room(path: Path) -> None:
    acknowledged: set[str] = set()
    for patience in [1, 2, 15, 40, 150, 400]:
        with creator(path, f"after-{patience}-", 1_000_000) as process:
            assert process.stdout is not None
            heard = [process.stdout.readline().strip() for _ in range(patience)]
            process.kill()
            # Output before the kill counts too, except for an incomplete line.
            heard += [line.strip() for line in process.stdout if line.endswith("\n")]
        acknowledged.update(heard)
    async with SqliteStore(path) as store:
        assert acknowledged <= {room.id for room in await store.list_rooms()}


def test_processes_that_start_at_once_create_each_room_exactly_once(path: Path) -> None:
    processes = [creator(path, "room-", 100) for _ in range(4)]
    created = [id for process in processes for id in process.communicate()[0].split()]
    assert [process.returncode for process in processes] == [0] * 4
    assert sorted(created) == sorted(f"room-{number}" for number in range(100))


async def test_a_commit_reaches_the_disk_before_it_counts(path: Path) -> None:
    with closing(connect(path, lock_timeout=1)) as db:
        assert db.journal_mode == "wal"
        [(synchronous,)] = db.execute("PRAGMA synchronous").fetchall()
        assert synchronous == 2  # FULL


async def test_rooms_that_are_asked_for_together_are_committed_together(path: Path) -> None:
    async with SqliteStore(path) as store:
        before = commits(path)
        await asyncio.gather(*(store.create_room(a_room(f"room-{n}")) for n in range(200)))
        assert commits(path) - before == 1


async def test_a_request_that_fails_leaves_its_neighbours_in_the_group_alone(
    path: Path,
) -> None:
    async with SqliteStore(path) as store:
        execute(
            path,
            "CREATE TRIGGER refuse BEFORE INSERT ON camus_rooms WHEN new.name = 'bad' "
            "BEGIN SELECT RAISE(ABORT, 'no such name here'); END",
        )
        names = ["good", "bad", "fine"]
        answers = await asyncio.gather(
            *(store.create_room(a_room(name, name)) for name in names), return_exceptions=True
        )
        assert answers == [True, answers[1], True]
        assert isinstance(answers[1], StoreUnavailable)
        assert "no such name here" in str(answers[1])
        assert [room.id for room in await store.list_rooms()] == ["fine", "good"]


async def test_a_write_that_the_database_refuses_half_way_is_undone(path: Path) -> None:
    async with SqliteStore(path) as store:
        await store.create_room(a_room("lobby"))
        execute(
            path,
            "CREATE TRIGGER refuse BEFORE INSERT ON camus_clients "
            "BEGIN SELECT RAISE(ABORT, 'no clients'); END",
        )
        with pytest.raises(StoreUnavailable, match="no clients"):
            await store.write(
                [ForgetRoom(RoomId("lobby"), FIRST_INCARNATION), SaveClient(a_client("a1"))]
            )
        assert await store.list_rooms() == [a_room("lobby")]


async def test_when_the_transaction_itself_fails_nobody_is_told_otherwise(path: Path) -> None:
    async with SqliteStore(path) as store:
        execute(
            path,
            "CREATE TRIGGER refuse BEFORE INSERT ON camus_rooms WHEN new.name = 'bad' "
            "BEGIN SELECT RAISE(ROLLBACK, 'all is lost'); END",
        )
        names = ["good", "bad", "fine"]
        answers = await asyncio.gather(
            *(store.create_room(a_room(name, name)) for name in names), return_exceptions=True
        )
        assert [type(answer) for answer in answers] == [StoreUnavailable] * 3
        assert await store.list_rooms() == []
        assert await store.create_room(a_room("good")) is True


async def test_a_lock_costs_the_request_in_hand_and_no_later_one(path: Path) -> None:
    async with SqliteStore(path, lock_timeout=0.05) as store:
        with locked(path), pytest.raises(StoreUnavailable, match="another program has locked"):
            await store.create_room(a_room("lobby"))
        assert await store.create_room(a_room("lobby")) is True


async def test_more_requests_than_may_wait_are_refused_at_once(path: Path) -> None:
    async with SqliteStore(path) as store:
        rooms = [a_room(f"room-{number}") for number in range(WAITING_LIMIT + 2)]
        answers = await asyncio.gather(
            *(store.create_room(room) for room in rooms), return_exceptions=True
        )
        refused = [str(answer) for answer in answers if isinstance(answer, StoreUnavailable)]
        assert refused == [f"{WAITING_LIMIT} requests wait for the disk already"] * 2
        assert answers.count(True) == WAITING_LIMIT


async def test_callers_that_are_cancelled_while_the_disk_is_busy_break_nothing(
    path: Path,
) -> None:
    async with SqliteStore(path) as store:
        with locked(path):
            asking = [
                asyncio.create_task(store.create_room(a_room(f"room-{number}")))
                for number in range(10)
            ]
            await asyncio.sleep(0)
            for task in asking[::2]:
                task.cancel()
        answers = await asyncio.gather(*asking[1::2])
        assert answers == [True] * 5
        assert await store.create_room(a_room("lobby")) is True


async def test_leaving_waits_for_what_is_under_way(path: Path) -> None:
    async with SqliteStore(path) as store:
        asking = asyncio.create_task(store.create_room(a_room("lobby")))
        await asyncio.sleep(0)
    assert await asking is True
    with pytest.raises(StoreUnavailable, match="the store is closed"):
        await store.find_room(RoomId("lobby"))


async def test_a_file_that_is_removed_costs_one_request_and_is_made_anew(path: Path) -> None:
    async with SqliteStore(path) as store:
        await store.create_room(a_room("lobby"))
        os.unlink(path)
        with pytest.raises(StoreUnavailable, match="was removed or replaced"):
            await store.create_room(a_room("hall"))
        assert await store.create_room(a_room("hall")) is True
    async with SqliteStore(path) as store:
        assert await store.list_rooms() == [a_room("hall")]


async def test_a_file_that_is_replaced_by_a_backup_is_picked_up(path: Path) -> None:
    backup = path.with_name("backup.db")
    async with SqliteStore(backup) as store:
        await store.create_room(a_room("lobby"))
    async with SqliteStore(path) as store:
        os.replace(backup, path)
        with pytest.raises(StoreUnavailable, match="was removed or replaced"):
            await store.create_room(a_room("hall"))
        assert await store.list_rooms() == [a_room("lobby")]


async def test_a_directory_that_is_missing_is_made(tmp_path: Path) -> None:
    async with SqliteStore(tmp_path / "some" / "where" / "camus.db") as store:
        assert await store.create_room(a_room("lobby")) is True


async def test_a_directory_in_the_file_s_place_is_named_as_the_reason(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"is a directory; name a file in it, such as"):
        async with SqliteStore(tmp_path):
            pass


async def test_a_file_that_is_no_database_is_left_as_it_was(path: Path) -> None:
    write(path, b"Dear diary, " * 100)
    with pytest.raises(StoreUnavailable, match="name another file, or move this one away"):
        async with SqliteStore(path):
            pass
    assert read(path) == b"Dear diary, " * 100


async def test_a_directory_that_can_not_be_made_is_named_as_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="check that it can be created and written to"):
        async with SqliteStore(tmp_path / "file" / "camus.db"):
            pass


@contextmanager
def without_roots_rights() -> Iterator[None]:
    """Act as an unprivileged user if the tests run as root, who may write anywhere."""
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        yield
    finally:
        os.seteuid(user)


async def test_a_directory_without_the_right_to_write_is_named_as_the_reason() -> None:
    with TemporaryDirectory() as directory:
        os.chmod(directory, 0o555)
        with (
            without_roots_rights(),
            pytest.raises(StoreUnavailable, match="let this user write"),
        ):
            async with SqliteStore(Path(directory) / "camus.db"):
                pass


async def test_a_directory_that_may_not_be_entered_is_named_as_the_reason() -> None:
    with TemporaryDirectory() as directory:
        os.chmod(directory, 0o600)
        with (
            without_roots_rights(),
            pytest.raises(StoreUnavailable, match="let this user write"),
        ):
            async with SqliteStore(Path(directory) / "camus.db"):
                pass


async def test_a_name_that_is_too_long_for_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="unable to open database file"):
        async with SqliteStore(tmp_path / ("n" * 300)):
            pass


async def test_a_database_of_the_first_version_keeps_its_rooms_and_then_forgets_its_clients(
    path: Path,
) -> None:
    with closing(Database(path)) as db:
        migrations.apply(db, stop_before=m0002_sessions.__name__)
    execute(
        path,
        "INSERT INTO camus_rooms VALUES "
        "('lobby', 'A room', 1762473600.25, 1, NULL, NULL, NULL)",
    )
    execute(path, "INSERT INTO camus_clients VALUES ('a1', 'lobby', 'Ann', 5.0)")
    async with SqliteStore(path) as store:
        [room] = await store.list_rooms(public=True)
        assert room == a_room("lobby", public=True, incarnation=room.incarnation)
        assert await store.list_clients() == [a_client("a1", incarnation="")]
        assert await store.find_room(RoomId("lobby")) == StoredRoom(
            room, (a_client("a1", away_since=0.0, incarnation=""),)
        )
        await store.renew("node-1", stale_seconds=60.0)
        assert await store.find_room(RoomId("lobby")) == StoredRoom(room)


async def test_a_database_of_the_second_version_is_kept_as_it_was(path: Path) -> None:
    with closing(Database(path)) as db:
        migrations.apply(db, stop_before=m0003_room_control.__name__)
    for sql in older_schemas.WRITTEN:
        execute(path, sql)
    async with SqliteStore(path) as store:
        await older_schemas.check_all_is_kept(store)


async def test_rooms_that_a_server_of_the_third_version_makes_beside_it_are_named(
    path: Path,
) -> None:
    async with SqliteStore(path) as store:
        await older_schemas.check_incarnations(
            store, lambda: execute(path, older_schemas.INSERT_BY_VERSION_3)
        )


async def test_bans_of_a_server_of_the_fifth_version_are_kept_and_copied(path: Path) -> None:
    with closing(Database(path)) as db:
        migrations.apply(db, stop_before=m0006_bans_and_invitations.__name__)
    execute(path, older_schemas.INSERT_BY_VERSION_3)
    execute(path, older_schemas.ban_by_version_4(*older_schemas.OLD_BANS))
    async with SqliteStore(path) as store:
        await older_schemas.check_bans_are_kept(store)
        await older_schemas.check_bans_beside(store, lambda sql: execute(path, sql))
        await older_schemas.check_bans_end(store, lambda sql: execute(path, sql))


async def test_a_database_of_a_newer_program_is_refused_and_left_as_it_was(path: Path) -> None:
    async with SqliteStore(path):
        pass
    execute(
        path,
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
        "VALUES ('camus', 'm9999_holograms', '2031-01-01')",
    )
    before = read(path)
    with pytest.raises(SchemaTooNew, match=r"a newer version of Camus .*m9999_holograms"):
        async with SqliteStore(path):
            pass
    assert read(path) == before


async def test_a_file_that_a_newer_program_migrates_mid_run_is_used_on_when_opened_anew(
    path: Path,
) -> None:
    async with SqliteStore(path, lock_timeout=0.05) as store:
        execute(
            path,
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('camus', 'm9999_holograms', '2031-01-01')",
        )
        with locked(path), pytest.raises(StoreUnavailable):
            await store.create_room(a_room("lobby"))
        assert await store.create_room(a_room("lobby"))


def modes(directory: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in directory.iterdir()}


async def test_files_that_are_made_are_for_their_owner_alone(tmp_path: Path) -> None:
    directory = tmp_path / "made"
    before = os.umask(0)
    try:
        async with SqliteStore(directory / "camus.db") as store:
            await store.create_room(a_room("lobby"))
            assert modes(directory) == dict.fromkeys(
                ["camus.db", "camus.db-wal", "camus.db-shm"], 0o600
            )
        assert directory.stat().st_mode & 0o777 == 0o700
        assert os.umask(0) == 0
    finally:
        os.umask(before)


async def test_a_link_to_a_file_that_is_not_there_yet_makes_that_one_private(
    tmp_path: Path,
) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "camus.db")
    async with SqliteStore(tmp_path / "link.db") as store:
        await store.create_room(a_room("lobby"))
    assert modes(tmp_path)["camus.db"] == 0o600


async def test_a_file_that_everybody_can_read_is_left_so_and_told_of(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with SqliteStore(path):
        pass
    for mode, told in [(0o600, 0), (0o640, 0), (0o644, 1)]:
        os.chmod(path, mode)
        async with SqliteStore(path):
            assert modes(path.parent)[path.name] == mode
        assert len(caplog.messages) == told
    assert f"every user of this machine can read {path}" in caplog.text


async def test_no_advice_is_given_about_a_file_that_is_no_database(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "passwd").write_text("root:x:0:0:root:/root:/bin/bash\n" * 100)
    os.chmod(tmp_path / "passwd", 0o644)
    with pytest.raises(StoreUnavailable, match="not a database"):
        async with SqliteStore(tmp_path / "passwd"):
            pass
    assert caplog.messages == []


@pytest.mark.parametrize("vanished", [["-wal"], ["-shm"], ["-wal", "-shm"]])
@pytest.mark.parametrize("how", ["removed", "moved", "replaced"])
async def test_a_log_that_vanishes_is_told_of_and_nothing_acknowledged_is_lost(
    path: Path, vanished: list[str], how: str
) -> None:
    async with SqliteStore(path) as store:
        for number in range(5):
            assert await store.create_room(a_room(f"before-{number}"))
        for end in vanished:
            file = path.with_name(path.name + end)
            if how == "moved":
                file.rename(tmp := file.with_name(f"moved{end}"))
                assert tmp.exists()
            else:
                file.unlink()
            if how == "replaced":
                file.touch()
        with pytest.raises(StoreUnavailable, match=f"{vanished[0]} was removed or replaced"):
            await store.create_room(a_room("meanwhile"))
        for number in range(5):
            assert await store.create_room(a_room(f"after-{number}"))
        kept = {room.id for room in await store.list_rooms()}
    async with SqliteStore(path) as again:
        assert {room.id for room in await again.list_rooms()} == kept
    acknowledged = {f"{when}-{number}" for when in ("before", "after") for number in range(5)}
    assert acknowledged <= kept


async def test_a_log_that_vanishes_is_noticed_by_reading_too(path: Path) -> None:
    async with SqliteStore(path) as store:
        await store.create_room(a_room("lobby"))
        os.unlink(f"{path}-wal")
        with pytest.raises(StoreUnavailable, match="-wal was removed or replaced"):
            await store.find_room(RoomId("lobby"))
        assert await store.find_room(RoomId("lobby")) == StoredRoom(a_room("lobby"))


async def test_a_log_that_stays_is_the_same_whatever_other_programs_do(path: Path) -> None:
    async with SqliteStore(path) as store:
        for number in range(3):
            await store.create_room(a_room(f"room-{number}"))
            async with SqliteStore(path) as other:
                assert len(await other.list_rooms()) == number + 1
            execute(path, "PRAGMA wal_checkpoint(TRUNCATE)")
        assert len(await store.list_rooms()) == 3
