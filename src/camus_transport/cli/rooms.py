"""`camus-serve rooms`: rooms in the store, made and managed from the command line."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click
from platformdirs import user_data_path

from camus_core.admission.passwords import hash_password
from camus_core.effects import ForgetRoom
from camus_core.records import RoomId, RoomRecord
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
    """Return a URL that was given, that before the command, or that of a file of the user.

    Raises:
        click.UsageError: none was given, and nothing says where the user's files are.
    """
    said: str | None = click.get_current_context().find_root().params.get("database_url")
    for given in url, said:
        if given is not None:
            return given
    try:
        folder = user_data_path("camus")
    except RuntimeError:  # a user who isn't in the system's list, without HOME
        folder = Path("~")  # as older versions of platformdirs return it
    if not folder.is_absolute():
        raise click.UsageError(
            "there is no home directory for the database; say where it is with --database-url, "
            "as sqlite:////var/lib/camus/camus.sqlite3"
        )
    return f"sqlite:///{folder / 'camus.sqlite3'}"


def shown_database_url(url: str) -> str:
    """Return a URL with the path of its SQLite file, if it has one, made absolute."""
    path = url.removeprefix("sqlite:///")
    return url if path == url else f"sqlite:///{Path(path).absolute()}"


def opened(url: str | None) -> Store:
    """Return the store that a URL names; without one, that of `chosen_database_url`.

    Raises:
        click.BadParameter: it names none.
    """
    try:
        return open_store(chosen_database_url(url))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--database-url") from None


def database_option(help: str) -> Callable[[Command], Command]:
    """Return the option that says where rooms are kept."""
    return click.option(
        "--database-url",
        callback=one_line,
        show_default="an SQLite file in your data directory",
        metavar="URL",
        help=help,
    )


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
    help="Let in only who knows it; without a value you are asked for it. Clients of "
    "camus.2 can present it.",
)
@click.option("--public", is_flag=True, help="Show the room in the list of rooms.")
@click.option(
    "--guest-limit", type=click.IntRange(1, MOST_GUESTS), help="Most members at a time."
)
@database_option("The database to create it in.")
def create(
    name: str,
    password: str | None,
    public: bool,
    guest_limit: int | None,
    database_url: str | None,
) -> None:
    """Create a room that stays until it is deleted.

    NAME is its label; its id, which stands in the address, is made from it.
    """
    try:
        name = checked_name(name)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="NAME") from None
    room_id = slug_of(name)
    if room_id is None:
        raise click.BadParameter("a name has a letter or a digit", param_hint="NAME")
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
        incarnation=new_incarnation(),
    )
    if not _run(_create(opened(database_url), record)):
        raise click.ClickException(f"the name is taken: there is a room {room_id}")
    click.echo(f"Created room {room_id}. Its members connect to /room/{room_id}/ws")


@rooms.command(name="list")
@database_option("The database to read.")
def list_(database_url: str | None) -> None:
    """List all rooms, public or not."""
    records, members = _run(_list(opened(database_url)))
    if not records:
        click.echo("There are no rooms.")
        return
    rows = [("ROOM", "NAME", "MEMBERS", "LIMIT", "PUBLIC", "PASSWORD", "LOCKED")]
    for record in records:
        rows.append(
            (
                record.id,
                record.name,
                str(members[record.id]),
                str(record.guest_limit or "-"),
                "yes" if record.public else "no",
                "yes" if record.password_hash else "no",
                "yes" if record.locked else "no",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@rooms.command()
@click.argument("room_id", metavar="ROOM")
@database_option("The database to delete it from.")
def delete(room_id: str, database_url: str | None) -> None:
    """Delete a room by its id. Who is in it now stays until all have left."""
    if not _run(_delete(opened(database_url), RoomId(room_id))):
        raise click.ClickException(f"there is no room {room_id!r}")
    click.echo(f"Deleted room {room_id}.")


async def _create(store: Store, record: RoomRecord) -> bool:
    async with store:
        return await store.create_room(record)


async def _list(store: Store) -> tuple[list[RoomRecord], Counter[str]]:
    async with store:
        clients = await store.list_clients()
        return await store.list_rooms(), Counter(client.room_id for client in clients)


async def _delete(store: Store, room_id: RoomId) -> bool:
    async with store:
        found = await store.find_room(room_id)
        if found is None:
            return False
        await store.write([ForgetRoom(room_id, found.room.incarnation)])
        return True


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    try:
        return asyncio.run(work)
    except StoreError as error:
        raise click.ClickException(str(error)) from None
