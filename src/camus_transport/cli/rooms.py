"""The command `camus-serve rooms`, which manages the rooms in the database."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from platformdirs import user_data_path

from camus_core.admission.passwords import hash_password
from camus_core.effects import Change, ForgetBan, ForgetRoom
from camus_core.records import RoomId, RoomRecord, StoredRoom
from camus_core.store import Store
from camus_core.wire.errors import StoreError
from camus_core.wire.messages import MOST_GUESTS
from camus_core.wire.names import checked_name
from camus_store import open_store

from ..server.answers import slug_of
from ..server.write_behind import new_incarnation
from .settings import one_line

Result = TypeVar("Result")
Command = TypeVar("Command", bound=Callable[..., Any])


def chosen_database_url(url: str | None) -> str:
    """Return the URL of the database to use.

    This is the URL given to the subcommand, else the one given to `camus-serve`, else that of
    an SQLite file in the user's data directory.

    Raises:
        click.UsageError: no URL was given, and the user has no home directory.
    """
    outer: str | None = click.get_current_context().find_root().params.get("database_url")
    for given in url, outer:
        if given is not None:
            return given
    try:
        folder = user_data_path("camus")
    except RuntimeError:  # without HOME, a user who isn't in the system's user database
        folder = Path("~")  # the result of older versions of platformdirs
    if not folder.is_absolute():
        raise click.UsageError(
            "there is no home directory for the database; say where it is with --database-url, "
            "as sqlite:////var/lib/camus/camus.sqlite3"
        )
    return f"sqlite:///{folder / 'camus.sqlite3'}"


def with_absolute_path(url: str) -> str:
    """Return a database URL in which the path of an SQLite file is absolute."""
    path = url.removeprefix("sqlite:///")
    return url if path == url else f"sqlite:///{Path(path).absolute()}"


def store_at(url: str | None) -> Store:
    """Return the store for the URL that `chosen_database_url` returns.

    Raises:
        click.BadParameter: the URL isn't that of a store.
    """
    try:
        return open_store(chosen_database_url(url))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--database-url") from None


def database_option(help: str) -> Callable[[Command], Command]:
    """Return the option `--database-url`."""
    return click.option(
        "--database-url",
        callback=one_line,
        show_default="an SQLite file in your data directory",
        metavar="URL",
        help=help,
    )


TIME = click.DateTime(
    [f"%Y-%m-%dT{clock}{zone}" for clock in ("%H:%M", "%H:%M:%S") for zone in ("", "%z")]
)
"""A time; without an offset from UTC it is local time."""


def unix_time(time: datetime | None) -> float | None:
    """Return a time in UNIX seconds."""
    return None if time is None else time.timestamp()


@click.group()
def rooms() -> None:
    """Manage the rooms in the database."""


@rooms.command()
@click.argument("name")
@click.option(
    "--password",
    callback=one_line,
    envvar="CAMUS_ROOM_PASSWORD",
    is_flag=False,
    flag_value="",
    help="Require this password to join; without a value the command asks for one. Only "
    "clients of the session profile (camus.2) can send a password.",
)
@click.option("--public", is_flag=True, help="Include the room in the public list of rooms.")
@click.option(
    "--guest-limit", type=click.IntRange(1, MOST_GUESTS), help="The maximum number of members."
)
@click.option(
    "--not-before",
    type=TIME,
    metavar="TIME",
    help="Let only owners and moderators in before this time, as 2027-03-01T18:30 (local time) "
    "or 2027-03-01T18:30+0100.",
)
@click.option(
    "--expires",
    type=TIME,
    metavar="TIME",
    help="End the room at this time, for everyone in it.",
)
@click.option(
    "--encrypted",
    is_flag=True,
    help="Admit only clients of the session profile (camus.2), and tell them to encrypt the "
    "call from end to end.",
)
@database_option("The database in which to create the room.")
def create(
    name: str,
    password: str | None,
    public: bool,
    guest_limit: int | None,
    not_before: datetime | None,
    expires: datetime | None,
    encrypted: bool,
    database_url: str | None,
) -> None:
    """Create a room that stays until it is deleted, or expires.

    NAME is its name for people. Its id, which is part of its address, is made from NAME.
    """
    try:
        name = checked_name(name)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="NAME") from None
    room_id = slug_of(name)
    if room_id is None:
        raise click.BadParameter("a name has a letter or a digit", param_hint="NAME")
    opens, ends = unix_time(not_before), unix_time(expires)
    if ends is not None and ends <= max(time.time(), opens or 0.0):
        text = "it is in the past" if ends <= time.time() else "it is not after --not-before"
        raise click.BadParameter(text, param_hint="--expires")
    if password == "":
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    hashed = None if password is None else hash_password(password, secrets.token_bytes(16))
    record = RoomRecord(
        room_id,
        name,
        time.time(),
        public,
        hashed,
        guest_limit,
        not_before=opens,
        expires=ends,
        encrypted=encrypted,
        incarnation=new_incarnation(),
    )
    if not run(_create(store_at(database_url), record)):
        raise click.ClickException(f"the name is taken: there is a room {room_id}")
    click.echo(f"Created room {room_id}. Its members connect to /room/{room_id}/ws")


@rooms.command(name="list")
@database_option("The database whose rooms to list.")
def list_(database_url: str | None) -> None:
    """List all rooms, public or not, with their properties.

    OPENS and ENDS are local times; a room without such a time has a dash.
    """
    records, members = run(_list(store_at(database_url)))
    if not records:
        click.echo("There are no rooms.")
        return
    rows: list[tuple[str, ...]] = [
        (
            *("ROOM", "NAME", "MEMBERS", "LIMIT", "PUBLIC", "PASSWORD"),
            *("LOCKED", "ENCRYPTED", "OPENS", "ENDS"),
        )
    ]
    for record in records:
        rows.append(
            (
                record.id,
                record.name,
                str(members[record.id]),
                str(record.guest_limit or "-"),
                _yes_or_no(record.public),
                _yes_or_no(record.password_hash is not None),
                _yes_or_no(record.locked),
                _yes_or_no(record.encrypted),
                local_time(record.not_before),
                local_time(record.expires),
            )
        )
    show(rows)


@rooms.command()
@click.argument("room_id", metavar="ROOM")
@database_option("The database from which to delete the room.")
def delete(room_id: str, database_url: str | None) -> None:
    """Delete a room by its id. A room with members ends when the last one leaves."""
    if not run(change_room(store_at(database_url), RoomId(room_id), _forget_room)):
        raise click.ClickException(f"there is no room {room_id!r}")
    click.echo(f"Deleted room {room_id}.")


@rooms.command()
@click.argument("room_id", metavar="ROOM")
@database_option("The database in which to look.")
def bans(room_id: str, database_url: str | None) -> None:
    """List the bans of a room, the oldest first."""
    found = run(find_room(store_at(database_url), RoomId(room_id)))
    if found is None:
        raise click.ClickException(f"there is no room {room_id!r}")
    now = time.time()
    current = [ban for ban in found.bans if ban.holds_at(now)]
    if not current:
        click.echo("There are no bans.")
        return
    rows = [("BAN", "NAME", "BY", "AT", "UNTIL")]
    for ban in current:
        times = local_time(ban.at), local_time(ban.until)
        rows.append((ban.id, ban.username or "-", ban.by or "-", *times))
    show(rows)


@rooms.command()
@click.argument("room_id", metavar="ROOM")
@click.argument("ban_id", metavar="BAN")
@database_option("The database in which to end the ban.")
def unban(room_id: str, ban_id: str, database_url: str | None) -> None:
    """End a ban by its id, which `bans` lists.

    A server whose members are in the room notices within 5 seconds, when somebody comes.
    """
    store = store_at(database_url)
    if not run(change_room(store, RoomId(room_id), lambda found: _forget_ban(found, ban_id))):
        raise click.ClickException(f"there is no ban {ban_id!r} of a room {room_id!r}")
    click.echo(f"Ended the ban {ban_id} of room {room_id}.")


async def _create(store: Store, record: RoomRecord) -> bool:
    async with store:
        return await store.create_room(record)


async def _list(store: Store) -> tuple[list[RoomRecord], Counter[str]]:
    async with store:
        clients = await store.list_clients()
        return await store.list_rooms(), Counter(client.room_id for client in clients)


async def find_room(store: Store, room_id: RoomId) -> StoredRoom | None:
    """Return a room from a store, which is opened for this."""
    async with store:
        return await store.find_room(room_id)


async def change_room(
    store: Store, room_id: RoomId, change_of: Callable[[StoredRoom], Change | None]
) -> bool:
    """Write the change that `change_of` returns for a stored room; return False if the room, or
    the change, is missing.
    """
    async with store:
        found = await store.find_room(room_id)
        change = None if found is None else change_of(found)
        if change is None:
            return False
        await store.write([change])
        return True


def _forget_room(found: StoredRoom) -> ForgetRoom:
    return ForgetRoom(found.room.id, found.room.incarnation)


def _forget_ban(found: StoredRoom, ban_id: str) -> ForgetBan | None:
    if all(ban.id != ban_id for ban in found.bans):
        return None
    return ForgetBan(found.room.id, found.room.incarnation, ban_id)


def show(rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table whose first row has the titles."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def local_time(time: float | None) -> str:
    """Return a time in UNIX seconds as the clock on the wall shows it, to the minute."""
    if time is None:
        return "-"
    return datetime.fromtimestamp(time).astimezone().strftime("%Y-%m-%d %H:%M %Z")


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Return the result of work in a store, whose errors are those of the command."""
    try:
        return asyncio.run(coroutine)
    except StoreError as error:
        raise click.ClickException(str(error)) from None
