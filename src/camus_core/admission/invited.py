"""Invited clients: the invitation that a client shows, and the price of a wrong one."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..limits import Limits
from ..rate_limits import LimitedAction, RateLimits
from ..records import InvitationRecord, RoomId, digest
from ..rooms.invitations import find_invitation
from ..rooms.room import Room
from ..wire.errors import InvalidInvitation
from .join_attempt import JoinAttempt
from .permissions import check_identity


@contextmanager
def charging_guess(attempt: JoinAttempt, rate_limits: RateLimits) -> Iterator[None]:
    """Charge the address of a client that shows an invitation, unless it turns out valid.

    Nothing is charged for an attempt that is known to have a valid one.

    Raises:
        RateLimited: The address has shown too many wrong ones.
        InvalidInvitation: The block has raised it; this alone stays charged.
    """
    is_guess = attempt.join.invitation is not None and attempt.invitation is None
    if is_guess:
        rate_limits.acquire(LimitedAction.TRY_PASSWORD, attempt.address, attempt.now)
    try:
        yield
    except InvalidInvitation:
        is_guess = False
        raise
    finally:
        if is_guess:
            rate_limits.refund(LimitedAction.TRY_PASSWORD, attempt.address)


def take_invitation(
    attempt: JoinAttempt, room_id: RoomId, room: Room | None, limits: Limits
) -> None:
    """Note the valid invitation that a client shows, if it shows one (step 9 of SESS-55).

    `room` is None if there is no room with this id. One answer stands for all that can be
    wrong, so that nobody learns by it which rooms there are.

    Raises:
        NotAllowed: The client's identity names other rooms.
        InvalidInvitation: It shows an invitation that isn't valid.
    """
    secret = attempt.join.invitation
    if secret is None:
        return
    check_identity(room_id, attempt.connection.identity, guests=True)
    if room is None or not limits.invitations:
        raise InvalidInvitation
    found = find_invitation(room, digest(secret))
    if found is None or not _counts(attempt, found, room):
        raise InvalidInvitation
    attempt.invitation = found


def _counts(attempt: JoinAttempt, invitation: InvitationRecord, room: Room) -> bool:
    """Return whether a client may join with an invitation, whose last use may be its own."""
    return attempt.is_use_counted or invitation.is_valid_at(room.wall.at(attempt.now))


def check_uses_left(attempt: JoinAttempt, room: Room, *, is_counting: bool) -> None:
    """Check the invitation with which a client waits, if it has one (rule INV-21).

    Its time doesn't matter any more: the client has come in time. While the client's own use is
    being counted, the store decides whether it is the last.

    Raises:
        InvalidInvitation: It was revoked, or others have taken its last use.
    """
    if attempt.invitation is None or attempt.is_use_counted:
        return
    invitation = room.invitations.get(attempt.invitation.id)
    if invitation is None or (invitation.is_used_up and not is_counting):
        raise InvalidInvitation
