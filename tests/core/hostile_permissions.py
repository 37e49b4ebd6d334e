"""Invariants of admission and moderation among hostile clients.

No client joins a room without the credentials for it: the password, the owner token, or a token
of its own; where guests are not allowed, no guest joins. No client creates a room with a token
that names other rooms, or lets it create none; where guests create none, no guest does. No
client learns who is in a room that it may not enter. No client of the core profile joins an
encrypted room. No banned client joins, no other guest of
its address does without being admitted, and only moderators and admitted clients pass a lock.
Guests join no room that isn't open yet, and nobody joins one that has expired. Only owners
change and end a room. No client has a role that it was not given, by its token or by a
moderator, and none moderates a client whose rank isn't lower. A removed client never gets its
place back. No client joins with an invitation that isn't one, or has no use left, and only
moderators make some. Neither members nor bans nor invitations exceed their limits.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from attrs import define, field

from camus_core.admission.identity import Identity
from camus_core.effects import Effect, ForgetClient, Send
from camus_core.events import Event, Received
from camus_core.limits import Limits
from camus_core.orders import OperatorOrder
from camus_core.records import (
    ClientId,
    ClientRecord,
    InvitationRecord,
    NetworkAddress,
    RoomId,
    RoomRecord,
    digest,
)
from camus_core.wire import messages as m
from camus_core.wire.messages import Order
from driving.store import OWNER_TOKEN, SynchronousStore

from .hostile_client import HostileClient

RANK = {"guest": 0, "moderator": 1, "owner": 2}


def order_in(cause: Event | OperatorOrder) -> Order | None:
    """Return an order of the operator, or the one in a moderator's frame, if it is one."""
    said = cause.message if isinstance(cause, Received) else cause
    return said if isinstance(said, Order) else None


@define(eq=False)
class PermissionChecks:
    """Observer of admission and moderation, with the server's settings for guests.

    `time` returns UNIX seconds.
    """

    store: SynchronousStore
    limits: Limits
    report: Callable[[str], None]
    time: Callable[[], float]
    guests_allowed: bool = True
    guests_create: bool = True
    role_of: dict[ClientId, m.Role] = field(factory=dict)
    sent_out: set[ClientId] = field(factory=set)
    admitted: set[ClientId] = field(factory=set)
    _came_with: Counter[str] = field(factory=Counter)
    _order: Order | None = None
    _was_of_owner: bool = False

    def begin(
        self,
        cause: Event | OperatorOrder,
        speaker: HostileClient | None,
        effects: Iterable[Effect],
    ) -> None:
        """Prepare for the effects of `cause`; `speaker` has sent the frame, if it is one."""
        self._order = order = order_in(cause)
        if order is None:
            return
        if isinstance(order, m.Unban | m.RevokeInvitation):
            room = None if speaker is None else speaker.room
            of_owners = set[str]()
            if room is not None:
                of_owners |= {ban.id for ban in self.store.bans(room) if ban.by_owner}
                of_owners |= {one.id for one in self._invitations(room) if one.by_owner}
            self._was_of_owner = order.data.id in of_owners
        if isinstance(order, m.Kick | m.Ban | m.EndRoom):
            self.sent_out.update(
                one.client_id for one in effects if isinstance(one, ForgetClient)
            )
        said = [one.message for one in effects if isinstance(one, Send)]
        if speaker is not None and any(isinstance(one, m.Done) for one in said):
            self._check_moderation(speaker, order)

    def _check_moderation(self, speaker: HostileClient, order: Order) -> None:
        rank = RANK[self.role_of[speaker.id]]
        if rank < RANK[order.least_role]:
            self.report("a guest moderates, or a moderator ends the room")
        about: str | None = None
        match order:
            case m.Kick() | m.Ban() | m.SetRole() | m.RequestMute():
                about = order.data.id
            case m.Unban() | m.RevokeInvitation() if (
                self._was_of_owner and rank < RANK["owner"]
            ):
                self.report("an owner's ban or invitation taken back by another")
            case m.SetAttributes(data=change) if change.id in (None, speaker.id):
                if m.SPEAK in change.attributes:
                    self.report("a member that has set what only others set")
            case m.SetAttributes(data=change):
                about = change.id
                if self.is_guest(speaker.id) or change.attributes.keys() - {m.SPEAK}:
                    self.report("a change of what is somebody else's")
        # A waiting client has no rank yet, and can be banned.
        role = None if about is None else self.role_of.get(ClientId(about), "guest")
        if role is not None and RANK[role] >= rank:
            self.report("a moderation of a member whose rank is not lower")

    def saves_client(self, record: ClientRecord) -> None:
        """Check the role of a client that is stored, for the first time or again."""
        before = self.role_of.get(record.id, record.role)
        if RANK[record.role] > RANK[before] and record.identity is None:
            if not isinstance(self._order, m.SetRole):
                self.report("a role that was never granted")
        self.role_of[record.id] = record.role

    def comes_in(self, client: HostileClient, record: ClientRecord, members: int) -> None:
        """Check the admission of a new member; `members` counts the members including it."""
        room, shown = self.store.rooms[record.room_id], client.last_join
        if members > (room.guest_limit or self.limits.guest_limit):
            self.report("more members than the limit")
        identity = self.identity_of(client)
        owns = shown.owner_token == OWNER_TOKEN and room.owner_digest == digest(OWNER_TOKEN)
        invitation = self._invitation(room.id, shown.invitation)
        role = "owner" if owns else "guest" if identity is None else identity.role
        if shown.invitation is not None:
            role = self._comes_in_invited(invitation, role)
        if (record.role, record.identity) != (role, identity and identity.id):
            self.report("a role or identity that the client has not proved")
        if identity is None and not self.guests_allowed and invitation is None:
            self.report("a guest where none are allowed")
        if identity is not None and not identity.may_enter(room.id):
            self.report("joined with a token for other rooms")
        if room.encrypted and not client.has_session:
            self.report("joined an encrypted room without the session profile")
        if role == "guest":
            self._comes_in_as_guest(client, room, identity, record.joined_at)
        if room.expires is not None and record.joined_at >= room.expires:
            self.report("joined a room that has expired")
        if identity is not None or role == "guest":
            self._comes_in_past_bans(record)

    def _comes_in_invited(self, invitation: InvitationRecord | None, role: m.Role) -> m.Role:
        """Check a client that shows an invitation; return the role that it may have."""
        if invitation is None:
            self.report("joined with an invitation that isn't one")
            return role
        self._came_with[invitation.id] += 1
        if not self._came_with[invitation.id] <= invitation.used <= (invitation.uses or 10**6):
            self.report("an invitation was used too often")
        return max(role, invitation.role, key=RANK.__getitem__)

    def _invitations(self, room_id: RoomId) -> tuple[InvitationRecord, ...]:
        return self.store.invitations(room_id)

    def _invitation(self, room_id: RoomId, secret: str | None) -> InvitationRecord | None:
        """Return the invitation with this secret, if the room has it."""
        shown = None if secret is None else digest(secret)
        return next((one for one in self._invitations(room_id) if one.digest == shown), None)

    def invites(self, client: HostileClient) -> None:
        """Check a client that has made an invitation, and the number of all of its room."""
        if self.is_guest(client.id):
            self.report("an invitation by a guest")
        assert client.room is not None
        if len(self._invitations(client.room)) > self.limits.invitations:
            self.report("too many invitations")

    def waits(self, client: HostileClient, room_id: RoomId) -> None:
        """Check a client that begins to wait."""
        identity = self.identity_of(client)
        invitation = self._invitation(room_id, client.last_join.invitation)
        if invitation is not None and not invitation.is_valid_at(self.time()):
            self.report("waits with an invitation that isn't valid")
        invited = identity is not None and identity.rooms is not None
        room = self.store.rooms[room_id]
        self._check_password(client, room, invited or invitation is not None)

    def changes_room(self, client: HostileClient) -> None:
        """Check a client whose change of its room is about to be stored."""
        if self.role_of[client.id] != "owner":
            self.report("a room changed by somebody who doesn't own it")

    def _check_password(self, client: HostileClient, room: RoomRecord, invited: bool) -> None:
        if room.password_hash not in (None, client.last_join.password) and not invited:
            self.report("joined without the password")

    def _comes_in_as_guest(
        self,
        client: HostileClient,
        room: RoomRecord,
        identity: Identity | None,
        joined_at: float,
    ) -> None:
        invited = identity is not None and identity.rooms is not None
        if client.last_join.invitation is not None:
            invited = True  # it was checked that this is valid
        if client.waits_for is None:  # who waits has shown it already
            self._check_password(client, room, invited)
        if room.not_before is not None and joined_at < room.not_before:
            self.report("joined before the room was open")
        is_admitted = isinstance(self._order, m.Admit) or client.id in self.admitted
        if room.locked and not is_admitted:
            self.report("joined through the lock")

    def _comes_in_past_bans(self, record: ClientRecord) -> None:
        digests = [] if record.guest_digest is None else [record.guest_digest]
        for ban in self.store.bans(record.room_id):
            if not ban.holds_at(self.time()):
                continue
            if ban.is_of(record.identity, digests):
                self.report("joined while banned")
            elif record.identity is None and ban.is_of_address(record.address):
                if not isinstance(self._order, m.Admit) and record.id not in self.admitted:
                    self.report("joined from a banned address without being admitted")

    def creates_room(self, client: HostileClient, room_id: str) -> None:
        """Check the creation of a room."""
        request = client.create_request
        if request is None or (request.token is None and client.is_in):
            return
        identity = self._shown(client, request.token)
        if identity is None and not (self.guests_allowed and self.guests_create):
            self.report("a room of a guest where these create none")
        if identity is not None and not identity.may_enter(RoomId(room_id)):
            self.report("a room that the token does not name")
        if identity is not None and identity.may_create is False:
            self.report("a room of a client that may create none")

    def finds_room(self, client: HostileClient, found: m.RoomFoundBody) -> None:
        """Check that a client outside of rooms may know who is in the room that it finds."""
        request, room = client.find_request, self.store.rooms.get(RoomId(found.room_id))
        if request is None or found.clients is None or client.is_in:
            return
        identity = self._shown(client, request.token)
        invitation = self._invitation(RoomId(found.room_id), request.invitation)
        if request.invitation is not None and (
            invitation is None or not invitation.is_valid_at(self.time())
        ):
            self.report("looked in with an invitation that isn't valid")
        if identity is None and not self.guests_allowed and invitation is None:
            self.report("a guest that looks in where none are allowed")
        if identity is not None and not identity.may_enter(RoomId(found.room_id)):
            self.report("looked in with a token for other rooms")
        if room is None:
            return
        owns = request.owner_token == OWNER_TOKEN and room.owner_digest == digest(OWNER_TOKEN)
        is_guest = not owns and (identity is None or identity.role == "guest")
        if invitation is not None and invitation.role == "moderator":
            is_guest = False
        invited = invitation is not None or (
            identity is not None and identity.rooms is not None
        )
        if is_guest and room.password_hash not in (None, request.password) and not invited:
            self.report("looked in without the password")
        if is_guest and room.locked:
            self.report("looked in through the lock")
        address = None if client.address is None else NetworkAddress(client.address)
        known_as = None if identity is None else identity.id
        is_banned = any(
            ban.holds_at(self.time())
            and (ban.is_of(known_as, ()) if known_as else ban.is_of_address(address))
            for ban in self.store.bans(room.id)
        )
        if (identity is not None or is_guest) and is_banned:
            self.report("looked in while banned")

    def _shown(self, client: HostileClient, token: str | None) -> Identity | None:
        """Return the identity that a request shows, or else the handshake."""
        return client.identity if token is None else self.store.tokens.get(token)

    def identity_of(self, client: HostileClient) -> Identity | None:
        """Return the identity that a connection has proved."""
        token = client.last_join.token
        return client.identity if token is None else self.store.tokens.get(token)

    def is_guest(self, id: ClientId) -> bool:
        """Tell whether a client has no right to moderate."""
        return self.role_of[id] == "guest"

    def saves_ban(self, room_id: RoomId) -> None:
        """Check the bans of a room, of which one has just been stored."""
        if len(self.store.bans(room_id)) > self.limits.bans:
            self.report("too many bans")

    def forget(self, old: ClientId) -> None:
        """Forget a client that no message will mention again."""
        self.role_of.pop(old, None)
        self.sent_out.discard(old)
        self.admitted.discard(old)
