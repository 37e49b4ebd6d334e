"""Finding: the room that a person means, and what an asker may know of it (NAME-3 to NAME-9).

The asker takes the steps of SESS-55 that a `join` takes, in their order and at their price, but
none that makes a room, takes a place or waits. A step that refuses a `join` because of the room
leaves out what the asker may not know, instead of refusing: a room that it may not enter, and
none, have the same answer. Therefore a password, or an invitation, that isn't shown to be right
is checked and charged in any case, and the store is asked in any case.
"""

from contextlib import suppress

from attrs import define

from ..attempts import Attempts, Steps
from ..client_connection import ClientConnection
from ..effects import Effect
from ..events import Received, Timestamp
from ..questions import LookUpRoom, MakeSlug, Slug
from ..rate_limits import LimitedAction, RateLimits
from ..records import SLUG, RoomId, StoredRoom
from ..rooms.registry import RoomRegistry
from ..rooms.room import Room
from ..wire import messages as m
from ..wire.errors import (
    Banned,
    InvalidInvitation,
    NotAllowed,
    RoomNotFound,
    WrongPassword,
)
from .invited import charging_guess, take_invitation
from .join_attempt import JoinAttempt
from .joining import Joining
from .links import room_meant_by
from .passwords import UNMATCHABLE_HASH
from .permissions import needs_password, role_in
from .waiting_room import is_held_back

_NAMES_NONE = "this text names no room"


@define(eq=False)
class Finding:
    """The request `find-room`, from a member or outside of rooms. It changes no room.

    With `guests`, clients without an identity may enter rooms.
    """

    guests: bool
    rooms: RoomRegistry
    rate_limits: RateLimits
    attempts: Attempts
    joining: Joining

    def find_room(
        self,
        connection: ClientConnection,
        message: m.FindRoom,
        request: Received,
        now: Timestamp,
    ) -> list[Effect]:
        """Handle `find-room`, which `request` has brought.

        Raises:
            RoomNotFound: The text names no room.
            RateLimited: The address joins too often, or has shown too many wrong passwords or
                invitations.
            NotAllowed: The token is invalid.
            Unavailable: The store failed, or too many passwords wait to be checked.
        """
        asked = message.data
        shown = m.JoinBody(
            password=asked.password,
            token=asked.token,
            owner_token=asked.owner_token,
            invitation=asked.invitation,
        )
        attempt = JoinAttempt(connection, request, now, shown)
        return self.attempts.begin(attempt, self._find(attempt, asked.name))

    def _find(self, attempt: JoinAttempt, text: str) -> Steps[None]:
        meant = room_meant_by(text)  # 3
        if meant is None:
            raise RoomNotFound(_NAMES_NONE)
        room_id = yield from self._id_of(attempt, meant)
        self.rate_limits.acquire(LimitedAction.JOIN, attempt.address, attempt.now)  # 5
        connection = attempt.connection
        kept = connection.identity
        if connection.member is None:
            connection.reset_identity()  # forget that of a `join` which was refused
        try:
            if attempt.join.token is not None:  # 7
                connection.identity = yield from attempt.identify(attempt.join.token)
            found = yield from self._look_up(attempt, room_id)
        finally:
            connection.identity = kept  # this request proves nothing for later ones
        attempt.effects += connection.reply(m.RoomFound, found, attempt.reply_to)

    def _id_of(self, attempt: JoinAttempt, meant: str) -> Steps[RoomId]:
        """Return the id that a name makes; an id is taken as it is."""
        if SLUG.fullmatch(meant):
            return RoomId(meant)
        answer = attempt.checked((yield MakeSlug(meant)))
        assert isinstance(answer, Slug)
        if answer.room_id is None:
            raise RoomNotFound(_NAMES_NONE)
        return answer.room_id

    def _look_up(self, attempt: JoinAttempt, room_id: RoomId) -> Steps[m.RoomFoundBody]:
        """Return what the asker may know of the room with this id (8 to 13)."""
        answer = attempt.checked((yield LookUpRoom(room_id, None)))
        room = self.rooms.occupied(room_id)
        if isinstance(answer, StoredRoom):
            if room is None:
                room = self.rooms.preview(answer)
            else:
                attempt.effects += self.rooms.reconcile(room, answer, attempt.now)
        member = attempt.connection.member
        if room is not None and member is not None and member.room is room:
            may_enter, waits = True, False
        else:
            role = None
            with suppress(InvalidInvitation), charging_guess(attempt, self.rate_limits):
                role = yield from self._role_in(attempt, room_id, room)
            may_enter = role is not None
            waits = room is not None and role == "guest" and self._waits(attempt, room)
        if room is None or not (may_enter or room.record.public):
            return m.RoomFoundBody(room_id)
        clients = None
        if may_enter and not waits:
            clients = tuple(one.core_info for one in room.members.values())
        return m.RoomFoundBody(room_id, room.record.name, clients, room.record.encrypted)

    def _waits(self, attempt: JoinAttempt, room: Room) -> bool:
        """Return whether a guest would be told to come later, or have to be admitted."""
        try:
            is_held = is_held_back(attempt, room, "guest", attempt.now, attempt.address)
        except Banned:  # the last moderator has left while the password was checked
            return True
        is_open = self.rooms.opens_in(room.record, attempt.now) is None
        return is_held or room.record.locked or not is_open

    def _role_in(
        self, attempt: JoinAttempt, room_id: RoomId, room: Room | None
    ) -> Steps[m.Role | None]:
        """Return the role that the asker would have in a room, or None if it has none (9-11).

        `room` is None if there is no such room.

        Raises:
            InvalidInvitation: It shows an invitation that isn't valid.
        """
        connection, shown = attempt.connection, attempt.join
        role: m.Role | None = None
        password_hash = None
        with suppress(NotAllowed, Banned):
            take_invitation(attempt, room_id, room, self.rooms.limits)
            if room is not None:
                password_hash = room.record.password_hash
                invitation = attempt.invitation
                entitled = role_in(room, connection, shown.owner_token, self.guests, invitation)
                is_held_back(attempt, room, entitled, attempt.now, attempt.address)
                role = entitled
        needs_none = role is not None and not needs_password(
            connection, role, attempt.invitation
        )
        if role is not None and (password_hash is None or needs_none):
            return role
        if shown.password is None:
            return None
        if role is None or password_hash is None:
            password_hash = UNMATCHABLE_HASH
        try:
            yield from self.joining.match_password(attempt, password_hash)
        except WrongPassword:
            return None
        return role
