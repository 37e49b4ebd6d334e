"""Permissions: the role that a client gets in a room, and the rooms that it may make."""

from collections.abc import Mapping

from ..client_connection import ClientConnection
from ..records import InvitationRecord, RoomId, digest
from ..rooms.room import Room
from ..wire import messages as m
from ..wire.errors import NotAllowed
from .identity import Identity

RANK: Mapping[m.Role, int] = {"guest": 0, "moderator": 1, "owner": 2}
"""A moderator acts only on members of a lower rank than its own (rule CTRL-1)."""

_HOLDERS: Mapping[m.Role, str] = {
    "moderator": "owners and moderators",
    "owner": "owners",
}

TOKEN_FOR_OTHER_ROOMS = "your token is for other rooms"
"""The text for a client whose token names rooms, and not the one that it enters or makes."""

_NO_ROOMS_OF_GUESTS = "guests may not create rooms here: present a token"

_NO_ROOMS = "your token doesn't let you create rooms"


def check_role(role: m.Role, message: m.Message) -> None:
    """Check that a member with this role may send a request (rule CTRL-1).

    Raises:
        NotAllowed: The request takes a higher role.
    """
    if RANK[role] < RANK[message.least_role]:
        raise NotAllowed(f"only {_HOLDERS[message.least_role]} may send `{message.type}`")


def check_identity(room_id: RoomId, identity: Identity | None, guests: bool) -> None:
    """Check that a client with this identity may enter a room of this id, if there is one.

    Args:
        identity: None for a client without one.
        guests: Clients without an identity may enter.

    Raises:
        NotAllowed: the client may not.
    """
    if identity is not None and not identity.may_enter(room_id):
        raise NotAllowed(TOKEN_FOR_OTHER_ROOMS)
    if identity is None and not guests:
        raise NotAllowed("guests may not join here: present a token")


def check_may_create(identity: Identity | None, guests_create: bool) -> None:
    """Check that a client with this identity may create rooms (rules CTRL-64 and CTRL-65).

    Args:
        identity: None for a client without one.
        guests_create: Clients without an identity may create rooms.

    Raises:
        NotAllowed: the client may not.
    """
    if identity is None and not guests_create:
        raise NotAllowed(_NO_ROOMS_OF_GUESTS)
    if identity is not None and identity.may_create is False:
        raise NotAllowed(_NO_ROOMS)


def role_in(
    room: Room,
    connection: ClientConnection,
    owner_token: str | None,
    guests: bool,
    invitation: InvitationRecord | None = None,
) -> m.Role:
    """Return the role that a client would have in a room (rule CTRL-2; step 9 of SESS-55).

    Args:
        owner_token: The owner token that the client presents, if any.
        guests: Clients without an identity may enter.
        invitation: The valid invitation that the client shows, if any.

    Raises:
        NotAllowed: the client's identity or owner token doesn't give access to the room, or it
            is of the core profile and the room is encrypted.
    """
    identity = connection.identity
    check_identity(room.record.id, identity, guests or invitation is not None)
    if room.record.encrypted and not connection.handshake.profile.keeps_session:
        raise NotAllowed("this room is encrypted: join it with a client of camus.2")
    role: m.Role = "guest" if identity is None else identity.role
    if invitation is not None:
        role = max(role, invitation.role, key=RANK.__getitem__)
    if owner_token is not None:
        if digest(owner_token) != room.record.owner_digest:
            raise NotAllowed("this is not the owner token of this room")
        role = "owner"
    return role


def creatable_rooms(
    connection: ClientConnection, presented: Identity | None, guests: bool
) -> frozenset[RoomId] | None:
    """Return the rooms that a client may create: those that its token names, or None for any.

    Args:
        presented: The identity asserted by the request's own token, if it has one.
        guests: Clients without an identity may create rooms.

    Raises:
        NotAllowed: the client's token lets it create none; or guests may not create rooms, and
            the client has no identity, or has one of which this server knows no rooms, because
            another server has admitted the client.
    """
    identity = presented or connection.identity
    if identity is not None:
        check_may_create(identity, guests)
        return identity.rooms
    member = connection.member
    if member is not None and member.identity is not None and member.token_rooms != frozenset():
        if member.may_create is False:
            raise NotAllowed(_NO_ROOMS)
        return member.token_rooms
    check_may_create(None, guests)
    return None


def needs_password(
    connection: ClientConnection, role: m.Role, invitation: InvitationRecord | None
) -> bool:
    """Return whether a client needs the password of a room that has one.

    A client whose token names rooms doesn't, and neither does an owner or moderator, nor one
    that shows a valid invitation.
    """
    if role != "guest" or invitation is not None:
        return False
    identity = connection.identity
    return identity is None or identity.rooms is None
