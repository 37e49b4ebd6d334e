"""The commands of `camus-serve rooms` that make, list and revoke invitations."""

import secrets
import time
from datetime import datetime

import click

from camus_core.admission.links import link_to
from camus_core.effects import ForgetInvitation, SaveInvitation
from camus_core.inviting import new_invitation
from camus_core.records import InvitationRecord, RoomId, StoredRoom
from camus_core.wire.errors import ProtocolError
from camus_core.wire.messages import (
    GROUND_CONTROL,
    MOST_USES,
    CreateInvitationBody,
    GrantedRole,
)

from .rooms import (
    TIME,
    change_room,
    database_option,
    find_room,
    local_time,
    run,
    show,
    store_at,
    unix_time,
)


@click.command()
@click.argument("room_id", metavar="ROOM")
@click.option("--name", help="A name for those who list the invitations.")
@click.option(
    "--role",
    type=click.Choice(["guest", "moderator"]),
    default="guest",
    show_default=True,
    help="The role of the people who come with it.",
)
@click.option(
    "--uses", type=click.IntRange(1, MOST_USES), help="The most people who may come with it."
)
@click.option(
    "--not-before",
    type=TIME,
    metavar="TIME",
    help="Let people in from this time, as 2027-03-01T18:30 (local time) or "
    "2027-03-01T18:30+0100.",
)
@click.option("--expires", type=TIME, metavar="TIME", help="Let people in until this time.")
@database_option("The database with the room.")
def invite(
    room_id: str,
    name: str | None,
    role: GrantedRole,
    uses: int | None,
    not_before: datetime | None,
    expires: datetime | None,
    database_url: str | None,
) -> None:
    """Make an invitation to a room, and print the end of its link.

    That has a secret, which lets in whoever has it, without the room's password. It follows the
    address of the page, as in https://example.com/#/lobby?invitation=...

    A server whose members are in the room notices within 5 seconds, when somebody comes.
    """
    secret = secrets.token_hex(32)
    body = CreateInvitationBody(name, role, unix_time(not_before), unix_time(expires), uses)
    try:
        invitation = new_invitation(body, secret, GROUND_CONTROL, time.time())
    except ProtocolError as error:
        raise click.UsageError(str(error)) from None
    store = store_at(database_url)
    if not run(change_room(store, RoomId(room_id), lambda found: _save(found, invitation))):
        raise click.ClickException(f"there is no room {room_id!r}")
    click.echo(f"Made the invitation {invitation.id}. Its link ends with")
    click.echo(link_to("", room_id, secret))


@click.command()
@click.argument("room_id", metavar="ROOM")
@database_option("The database in which to look.")
def invitations(room_id: str, database_url: str | None) -> None:
    """List the invitations to a room, the oldest first."""
    found = run(find_room(store_at(database_url), RoomId(room_id)))
    if found is None:
        raise click.ClickException(f"there is no room {room_id!r}")
    if not found.invitations:
        click.echo("There are no invitations.")
        return
    rows = [("INVITATION", "NAME", "ROLE", "BY", "USED", "FROM", "UNTIL")]
    for one in found.invitations:
        used = str(one.used) if one.uses is None else f"{one.used} of {one.uses}"
        begins, ends = local_time(one.not_before), local_time(one.expires)
        rows.append((one.id, one.name or "-", one.role, one.by, used, begins, ends))
    show(rows)


@click.command()
@click.argument("room_id", metavar="ROOM")
@click.argument("invitation_id", metavar="INVITATION")
@database_option("The database in which to revoke the invitation.")
def revoke(room_id: str, invitation_id: str, database_url: str | None) -> None:
    """Revoke an invitation by its id, which `invitations` lists. Nobody else comes with it."""
    store = store_at(database_url)
    if not run(
        change_room(store, RoomId(room_id), lambda found: _forget(found, invitation_id))
    ):
        text = f"there is no invitation {invitation_id!r} to a room {room_id!r}"
        raise click.ClickException(text)
    click.echo(f"Revoked the invitation {invitation_id} to room {room_id}.")


def _save(found: StoredRoom, invitation: InvitationRecord) -> SaveInvitation:
    return SaveInvitation(found.room.id, found.room.incarnation, invitation)


def _forget(found: StoredRoom, invitation_id: str) -> ForgetInvitation | None:
    if all(one.id != invitation_id for one in found.invitations):
        return None
    return ForgetInvitation(found.room.id, found.room.incarnation, invitation_id)
