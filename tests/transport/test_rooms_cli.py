"""`camus-serve rooms`: its commands, their output, and their errors."""

import asyncio
import os
import pty
import re

import pytest
from attrs import evolve

from camus_core.effects import SaveBan, SaveLock
from camus_core.records import BanRecord, NetworkAddress
from camus_store import open_store
from transport.raw_socket import raw_socket, raw_websocket
from transport.serve import PROGRAM, camus_serve, environment, kill, run


async def rooms(command: str, *arguments: object, url: str) -> str:
    """Run a command that succeeds; return its output."""
    finished = await run("rooms", command, "--database-url", url, *arguments)
    assert (finished.code, finished.err) == (0, "")
    return finished.out


async def properties_of(room_id: str, *, url: str) -> dict[str, str]:
    """Return the properties that the list has of a room, by the titles of their columns."""
    titles, *rows = (
        re.split("  +", line) for line in (await rooms("list", url=url)).splitlines()
    )
    [row] = (row for row in rows if row[0] == room_id)
    return dict(zip(titles, row, strict=True))


async def complaint(command: str, *arguments: object, url: str) -> str:
    """Run a command that fails; return its last line."""
    finished = await run("rooms", command, "--database-url", url, *arguments)
    assert finished.code != 0
    assert finished.out == ""
    return finished.err.splitlines()[-1]


async def test_a_room_is_created_listed_and_deleted(database_url: str) -> None:
    assert await rooms("list", url=database_url) == "There are no rooms.\n"
    said = await rooms("create", "The Lobby", "--public", "--guest-limit", 7, url=database_url)
    assert said == "Created room the-lobby. Its members connect to /room/the-lobby/ws\n"
    assert await properties_of("the-lobby", url=database_url) == {
        "ROOM": "the-lobby",
        "NAME": "The Lobby",
        "MEMBERS": "0",
        "LIMIT": "7",
        "PUBLIC": "yes",
        "PASSWORD": "no",
        "LOCKED": "no",
        "ENCRYPTED": "no",
        "OPENS": "-",
        "ENDS": "-",
    }
    assert await rooms("delete", "the-lobby", url=database_url) == "Deleted room the-lobby.\n"
    assert await rooms("list", url=database_url) == "There are no rooms.\n"


async def test_a_room_that_was_created_while_the_server_runs_is_there(
    database_url: str,
) -> None:
    async with camus_serve("--no-rooms-on-demand", "--database-url", database_url) as server:
        await rooms("create", "stage", url=database_url)
        async with raw_websocket(server.port, "stage"):
            pass


async def test_a_room_that_is_locked_is_listed_as_locked(sqlite_url: str) -> None:
    await rooms("create", "vault", url=sqlite_url)
    async with open_store(sqlite_url) as store:
        [vault] = await store.list_rooms()
        await store.write([SaveLock(vault.id, vault.incarnation, True)])
    assert (await properties_of("vault", url=sqlite_url))["LOCKED"] == "yes"


async def test_bans_are_listed_and_ended(database_url: str) -> None:
    await rooms("create", "stage", url=database_url)
    assert await rooms("bans", "stage", url=database_url) == "There are no bans.\n"
    async with open_store(database_url) as store:
        [stage] = await store.list_rooms()
        key = stage.id, stage.incarnation
        given = BanRecord("e" * 32, address=NetworkAddress("192.0.2.1"), username="Eve")
        later = evolve(given, id="f" * 32, by="Ann", at=86_400.0, until=9e9)
        over = evolve(given, id="a" * 32, until=1.0)
        await store.write([SaveBan(*key, one) for one in (given, later, over)])
    listed = (await rooms("bans", "stage", url=database_url)).splitlines()
    assert listed[1].split() == ["e" * 32, "Eve", "-", "-", "-"]
    assert listed[2].split()[:3] == ["f" * 32, "Eve", "Ann"]
    assert len(listed) == 3
    ended = await rooms("unban", "stage", "e" * 32, url=database_url)
    assert ended == f"Ended the ban {'e' * 32} of room stage.\n"
    assert len((await rooms("bans", "stage", url=database_url)).splitlines()) == 2
    assert "there is no ban" in await complaint("unban", "stage", "e" * 32, url=database_url)
    assert "there is no room" in await complaint("bans", "backstage", url=database_url)


async def test_a_name_that_is_taken_is_refused(database_url: str) -> None:
    await rooms("create", "Café", url=database_url)
    for same in ["Café", "cafe", "CAFÉ!"]:
        said = await complaint("create", same, url=database_url)
        assert said == "Error: the name is taken: there is a room cafe"


@pytest.mark.parametrize(
    ("name", "room_id"),
    [
        ("Straße 7", "strasse-7"),
        ("会议", "hui-yi"),
        ("Зал", "zal"),
        ("  two  spaces ", "two-spaces"),
        ("a/../b", "a-b"),
        ("'; DROP TABLE camus_rooms; --", "drop-table-camus-rooms"),
        ("x" * 64, "x" * 64),
        ("-", None),
        ("", None),
        ("👩", None),
        ("x" * 65, None),
    ],
)
async def test_a_name_becomes_an_id_that_fits_into_an_address(
    name: str, room_id: str | None, sqlite_url: str
) -> None:
    if room_id is None:
        assert "a name has" in await complaint("create", "--", name, url=sqlite_url)
    else:
        assert f"Created room {room_id}." in await rooms("create", "--", name, url=sqlite_url)


async def test_a_name_that_is_no_text_is_refused(sqlite_url: str) -> None:
    said = await complaint("create", os.fsdecode(b"caf\xff"), url=sqlite_url)
    assert said.startswith("Error: ")


async def test_a_limit_that_no_room_can_have_is_refused(sqlite_url: str) -> None:
    said = await complaint("create", "big", "--guest-limit", 2**31, url=sqlite_url)
    assert "--guest-limit" in said


async def test_a_room_is_created_and_listed_with_its_times(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "XYZ-2")  # two hours ahead of UTC
    times = "--not-before", "2100-01-01T00:00+0100", "--expires", "2100-01-01T00:00:30Z"
    await rooms("create", "party", *times, url=sqlite_url)
    async with open_store(sqlite_url) as store:
        [party] = await store.list_rooms()
    assert (party.not_before, party.expires) == (4102441200.0, 4102444830.0)
    listed = await properties_of("party", url=sqlite_url)
    assert (listed["OPENS"], listed["ENDS"]) == ("2100-01-01 01:00 XYZ", "2100-01-01 02:00 XYZ")


async def test_an_encrypted_room_lets_no_core_profile_client_in(sqlite_url: str) -> None:
    await rooms("create", "vault", "--encrypted", url=sqlite_url)
    assert (await properties_of("vault", url=sqlite_url))["ENCRYPTED"] == "yes"
    async with camus_serve("--database-url", sqlite_url) as server:
        async with raw_socket(server.port) as client:
            assert (await client.request("/room/vault/ws")).status == 101
            assert (await client.hear("error"))["data"]["code"] == "not-allowed"


@pytest.mark.parametrize(
    ("times", "says"),
    [
        (("--expires", "2001-01-01T00:00"), "in the past"),
        (
            ("--expires", "2100-01-01T00:00", "--not-before", "2100-01-01T00:00"),
            "not after --not-before",
        ),
        (("--expires", "tomorrow"), "--expires"),
    ],
)
async def test_times_that_make_no_sense_are_refused(
    times: tuple[str, ...], says: str, sqlite_url: str
) -> None:
    assert says in await complaint("create", "party", *times, url=sqlite_url)


async def test_a_name_cant_forge_a_line_of_the_list(sqlite_url: str) -> None:
    finished = await run("rooms", "create", "--database-url", sqlite_url, "a\nb  B  0")
    if finished.code == 0:
        assert len((await rooms("list", url=sqlite_url)).splitlines()) == 2


@pytest.mark.parametrize("room_id", ["nowhere", "", "No Slug", "'"])
async def test_a_room_that_is_not_there_cant_be_deleted(room_id: str, sqlite_url: str) -> None:
    said = await complaint("delete", "--", room_id, url=sqlite_url)
    assert said == f"Error: there is no room {room_id!r}"


async def test_a_database_that_is_not_there_is_named(tmp_path: object) -> None:
    for command in [["create", "lobby"], ["list"], ["delete", "lobby"]]:
        assert "it is a directory" in await complaint(*command, url=f"sqlite:///{tmp_path}")
        assert "--database-url" in await complaint(*command, url="mysql:")


async def test_the_database_may_be_named_before_the_command(sqlite_url: str) -> None:
    finished = await run("--database-url", sqlite_url, "rooms", "create", "stage")
    assert finished.code == 0
    assert "stage" in await rooms("list", url=sqlite_url)


async def test_a_room_with_a_password_lets_no_core_profile_client_in(sqlite_url: str) -> None:
    await rooms("create", "vault", "--password", "geheim", url=sqlite_url)
    assert (await properties_of("vault", url=sqlite_url))["PASSWORD"] == "yes"
    async with camus_serve("--database-url", sqlite_url) as server:
        async with raw_socket(server.port) as client:
            assert (await client.request("/room/vault/ws")).status == 101
            assert (await client.hear("error"))["data"]["code"] == "password-required"
            assert await client.close_code() == 4502


async def test_a_password_is_asked_for_twice_and_not_shown(sqlite_url: str) -> None:
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(PROGRAM, "rooms", "create", "vault", "--database-url", sqlite_url, "--password"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(),
        start_new_session=True,
    )
    os.close(theirs)
    try:
        said = await until(ours, "Password: ")
        os.write(ours, b"geheim\n")
        said += await until(ours, "confirmation: ")
        os.write(ours, b"geheim\n")
        said += await until(ours, "Created room vault.")
        async with asyncio.timeout(10):
            assert await process.wait() == 0
        assert "geheim" not in said
    finally:
        await kill(process)
        os.close(ours)


async def until(terminal: int, words: str) -> str:
    """Return the output of a terminal up to these words."""
    said = ""
    async with asyncio.timeout(10):
        while words not in said:
            said += (await asyncio.to_thread(os.read, terminal, 1024)).decode()
    return said
