"""Invitations: the secrets with which clients may join a room."""

from collections.abc import Collection, Iterable

from attrs import evolve

from ..effects import Effect, ForgetInvitation, SaveInvitation
from ..events import Timestamp
from ..records import InvitationRecord
from ..wire.errors import TooManyInvitations
from .member import Member
from .room import Room


def find_invitation(room: Room, digest: str) -> InvitationRecord | None:
    """Return the invitation whose secret has this digest, valid or not."""
    return next((one for one in room.invitations.values() if one.digest == digest), None)


def to_forget(invitations: Collection[InvitationRecord], limit: int, time: float) -> list[str]:
    """Return the ids of the invitations that are forgotten for one more (rule INV-18).

    Args:
        invitations: Those that the room has.
        limit: The most that it may have.
        time: UNIX time in seconds.

    Raises:
        TooManyInvitations: All of them are valid, or will be.
    """
    if len(invitations) < limit:
        return []
    over = [one.id for one in invitations if one.is_used_up or one.has_expired_at(time)]
    if len(invitations) - len(over) >= limit:
        raise TooManyInvitations
    return over


def give_invitation(
    room: Room, invitation: InvitationRecord, limit: int, now: Timestamp
) -> list[Effect]:
    """Add an invitation; where there are `limit` already, forget those that are over.

    Raises:
        TooManyInvitations: All of them are valid, or will be.
    """
    over = to_forget(room.invitations.values(), limit, room.wall.at(now))
    effects = end_invitations(room, over)
    room.invitations[invitation.id] = invitation
    record = room.record
    return [*effects, SaveInvitation(record.id, record.incarnation, invitation)]


def end_invitations(room: Room, ids: Iterable[str]) -> list[Effect]:
    """End the invitations with these ids."""
    effects: list[Effect] = []
    for id in ids:
        del room.invitations[id]
        room.ended_invitations.append(id)
        effects.append(ForgetInvitation(room.record.id, room.record.incarnation, id))
    return effects


def maker_of(member: Member) -> str | None:
    """Return what a room knows the maker of invitations by (see `InvitationRecord.maker`)."""
    return member.identity or member.guest_digest


def invitations_by(room: Room, maker: str | None) -> list[InvitationRecord]:
    """Return the invitations of a maker (see `maker_of`), none of None."""
    return [
        one for one in room.invitations.values() if maker is not None and one.maker == maker
    ]


def note_use(room: Room, id: str) -> None:
    """Note that a use of an invitation was counted in the store."""
    known = room.invitations.get(id)
    if known is not None:
        room.invitations[id] = evolve(known, used=known.used + 1)
