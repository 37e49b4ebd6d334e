"""The invitations to a room, for the operator: also to a room that only the store knows."""

import secrets
from collections.abc import Callable

from attrs import define

from camus_core.effects import Change, ForgetInvitation, SaveInvitation
from camus_core.inviting import new_invitation
from camus_core.orders import Invite
from camus_core.records import InvitationRecord, RoomId, StoredRoom
from camus_core.rooms.invitations import to_forget
from camus_core.router import Router
from camus_core.wire.errors import NotFound
from camus_core.wire.messages import (
    GROUND_CONTROL,
    CreateInvitationBody,
    InvitationCreatedBody,
    InvitationInfo,
    RevokeInvitation,
    WhoBody,
)

from .durable_orders import DurableOrders
from .write_behind import WriteBehind


@define(eq=False)
class RoomInvitations:
    """Makes, lists and revokes invitations.

    Attributes:
        unix_time: returns UNIX time in seconds.
    """

    router: Router
    write_behind: WriteBehind
    orders: DurableOrders
    unix_time: Callable[[], float]

    async def create(
        self, room_id: RoomId, body: CreateInvitationBody
    ) -> InvitationCreatedBody:
        """Make an invitation of the operator's. It is durable when this returns.

        Raises:
            RoomNotFound: there is no such room.
            InvalidName: the name isn't one.
            MalformedMessage: the invitation ends before it begins, or has ended already.
            TooManyInvitations: the room has as many as it may have.
            StoreError: the store failed; the invitation may have been made or not.
        """
        secret = secrets.token_hex(32)
        invitation = new_invitation(body, secret, GROUND_CONTROL, self.unix_time())
        await self.orders.carry_out(
            room_id, Invite(invitation), lambda stored: self._additions(stored, invitation)
        )
        return InvitationCreatedBody(invitation.id, secret)

    def _additions(self, stored: StoredRoom, invitation: InvitationRecord) -> list[Change]:
        """Return the changes that store an invitation, in place of those that have ended."""
        room, limit = stored.room, self.router.limits.invitations
        ended = to_forget(stored.invitations, limit, self.unix_time())
        return [
            *(ForgetInvitation(room.id, room.incarnation, id) for id in ended),
            SaveInvitation(room.id, room.incarnation, invitation),
        ]

    async def list(self, room_id: RoomId) -> tuple[InvitationInfo, ...]:
        """Return the invitations to a room, the oldest first.

        Raises:
            RoomNotFound: there is no such room.
            StoreError: the store failed.
        """
        invitations = self.router.invitations(room_id)
        if invitations is None:
            invitations = (await self.write_behind.find_room(room_id)).invitations
        return tuple(one.info() for one in invitations)

    async def revoke(self, room_id: RoomId, invitation_id: str) -> None:
        """End an invitation, durably. A client that waits with it is turned away.

        Raises:
            RoomNotFound: there is no such room.
            NotFound: the room has no such invitation.
            StoreError: the store failed.
        """
        revoke = RevokeInvitation(GROUND_CONTROL, WhoBody(invitation_id))
        await self.orders.carry_out(
            room_id, revoke, lambda stored: [_forget(stored, invitation_id)]
        )


def _forget(stored: StoredRoom, invitation_id: str) -> ForgetInvitation:
    if all(one.id != invitation_id for one in stored.invitations):
        raise NotFound("no invitation to this room has this id")
    return ForgetInvitation(stored.room.id, stored.room.incarnation, invitation_id)
