"""What somebody at the door may be and do inside, by what it shows."""

from collections.abc import Mapping

from ..client_connection import ClientConnection
from ..records import RoomId, RoomRecord, ban_of, digest
from ..wire import messages as m
from ..wire.errors import Banned, NotAllowed
from .identity import Identity

RANK: Mapping[m.Role, int] = {"guest": 0, "moderator": 1, "owner": 2}
"""Who has the higher rank decides about the other."""

TOKEN_FOR_OTHER_ROOMS = "what you have shown is for other rooms"
"""Why a token that names rooms doesn't enter or make one."""


def check_identity(room_id: RoomId, identity: Identity | None, guests: bool) -> None:
    """See that somebody may ask for a room, whether there is one or not.

    `guests` says whether it may be somebody who doesn't show who it is.

    Raises:
        NotAllowed: it may not.
    """
    if identity is not None and not identity.may_enter(room_id):
        raise NotAllowed(TOKEN_FOR_OTHER_ROOMS)
    if identity is None and not guests:
        raise NotAllowed("guests may not come in here: show a token")


def role_in(
    record: RoomRecord, connection: ClientConnection, owner_token: str | None, guests: bool
) -> m.Role:
    """Return what somebody would be in a room (rule CTRL-2).

    `guests` says whether it may be somebody who doesn't show who it is.

    Raises:
        NotAllowed: what it shows gives it no right to be there.
        Banned: it was sent out for good.
    """
    identity = connection.identity
    check_identity(record.id, identity, guests)
    role: m.Role = "guest" if identity is None else identity.role
    if owner_token is not None:
        if digest(owner_token) != record.owner_digest:
            raise NotAllowed("that is not the token of this room's owner")
        role = "owner"
    if identity is not None or role == "guest":
        shown = identity.id if identity is not None else None
        if ban_of(shown, connection.handshake.address) in record.bans:
            raise Banned
    return role


def creatable_rooms(
    connection: ClientConnection, shown: Identity | None, guests: bool
) -> frozenset[RoomId] | None:
    """Return which rooms a client may make: those that its token names, or any (None).

    `shown` is what the request itself shows, if anything. Of a member that another server has
    admitted it isn't known what its token names (its `rooms` are none).

    Raises:
        NotAllowed: guests may not make rooms, and nothing shows that this is none.
    """
    identity = shown or connection.identity
    if identity is not None:
        return identity.rooms
    member = connection.member
    if member is not None and member.identity is not None and member.token_rooms != frozenset():
        return member.token_rooms
    if not guests:
        raise NotAllowed("guests may not make rooms here: show a token")
    return None


def needs_password(record: RoomRecord, identity: Identity | None, role: m.Role) -> bool:
    """Tell whether the room's password is asked for: who was invited needs none."""
    invited = identity is not None and identity.rooms is not None
    return record.password_hash is not None and role == "guest" and not invited
