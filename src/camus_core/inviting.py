"""Invitations that are made, listed and revoked."""

from collections.abc import Mapping

from attrs import define, evolve

from .admission.admission import Admission
from .admission.permissions import check_role
from .attempts import Attempt, Attempts, Steps
from .client_connection import ClientConnection
from .effects import Effect
from .events import Received, Timestamp
from .limits import Limits
from .orders import Invite, OrderGiver, OrderHandlers
from .questions import DrawSecret, Secret
from .records import InvitationRecord, digest
from .requests import Handler
from .rooms.invitations import end_invitations, give_invitation, maker_of
from .rooms.room import Room
from .wire import messages as m
from .wire.errors import InvalidName, MalformedMessage, NotAllowed, NotFound
from .wire.messages import Message
from .wire.names import checked_name

_ID_DIGITS = 32
"""Digits of an invitation's id, as of a client's."""


def new_invitation(
    body: m.CreateInvitationBody, secret: str, by: str, created_at: float
) -> InvitationRecord:
    """Return the record of a new invitation, as the operator's.

    Args:
        secret: A fresh secret, of 64 hexadecimal digits.
        by: The username of its maker.
        created_at: UNIX time in seconds.

    Raises:
        InvalidName: See `checked_name`.
        MalformedMessage: It ends before it begins, or has ended already.
    """
    name = body.name
    if name is not None:
        try:
            name = checked_name(name)
        except ValueError as error:
            raise InvalidName(str(error)) from None
    if body.expires is not None and body.expires <= max(created_at, body.not_before or 0):
        raise MalformedMessage("$.data.expires has passed, or is not after $.data.not_before")
    return InvitationRecord(
        digest(f"id {secret}")[:_ID_DIGITS],
        digest(secret),
        name,
        body.role or "guest",
        by,
        created_at,
        None if body.not_before is None else float(body.not_before),
        None if body.expires is None else float(body.expires),
        body.uses,
        by_owner=True,
    )


@define(eq=False)
class Inviting:
    """The requests about the invitations to a room."""

    limits: Limits
    admission: Admission
    attempts: Attempts

    def order_handlers(self) -> OrderHandlers:
        """Return the handler of each type of order."""
        return {m.RevokeInvitation: self._revoke, Invite: self._invite}

    def handlers(self) -> Mapping[type[Message], Handler]:
        """Return the handler of each type of request that is no order."""
        return {m.CreateInvitation: self._create, m.ListInvitations: self._list}

    def _create(
        self,
        connection: ClientConnection,
        request: m.CreateInvitation,
        event: Received,
        now: Timestamp,
    ) -> list[Effect]:
        attempt = Attempt(connection, event, now)
        return self.attempts.begin(attempt, self._make(attempt, request))

    def _make(self, attempt: Attempt, request: m.CreateInvitation) -> Steps[None]:
        member = attempt.connection.joined_member
        secret = attempt.checked((yield DrawSecret()))
        assert isinstance(secret, Secret)
        check_role(member.role, request)  # the operator may have changed it meanwhile
        room, now = member.room, attempt.now
        invitation = evolve(
            new_invitation(request.data, secret.text, member.username, room.wall.at(now)),
            by_owner=member.role == "owner",
            maker=maker_of(member),
        )
        attempt.effects += self._give(room, invitation, now)
        created = m.InvitationCreatedBody(invitation.id, secret.text)
        attempt.effects += attempt.connection.reply(
            m.InvitationCreated, created, attempt.reply_to
        )

    def _invite(
        self, room: Room, order: Invite, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        return self._give(room, order.invitation, now)

    def _give(self, room: Room, invitation: InvitationRecord, now: Timestamp) -> list[Effect]:
        effects = give_invitation(room, invitation, self.limits.invitations, now)
        if len(effects) > 1:
            effects += self.admission.review_waiting(room, now)
        return effects

    def _revoke(
        self, room: Room, order: m.RevokeInvitation, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        invitation = room.invitations.get(order.data.id)
        if invitation is None:
            raise NotFound("no invitation to this room has this id")
        if invitation.by_owner and giver.member is not None and giver.member.role != "owner":
            raise NotAllowed("only owners revoke an owner's invitation")
        effects = end_invitations(room, [invitation.id])
        return effects + self.admission.review_waiting(room, now)

    def _list(
        self,
        connection: ClientConnection,
        request: m.ListInvitations,
        event: Received,
        now: Timestamp,
    ) -> list[Effect]:
        room = connection.joined_member.room
        invitations = tuple(one.info() for one in room.invitations.values())
        return connection.reply(m.Invitations, invitations, request.id)
