"""A live room: its members, and the messages between them and about them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import define, evolve, field

from ..clocks import LONG_AGO, WallClock
from ..effects import Effect, ForgetClient, SaveLock, Send
from ..events import ConnectionId, Timestamp
from ..records import BanRecord, InvitationRecord, RoomRecord
from ..sessions.delivery import Delivery
from ..wire import messages as m
from ..wire.errors import InvalidUsername, NotAllowed, UnknownReceiver
from ..wire.json_codec import frame_size
from ..wire.messages import GROUND_CONTROL, UNCOUNTED, Json, Message, Reason, Relayable
from ..wire.names import checked_name
from ..wire.relayed_text import RelayedText
from .departed import DepartedGuests
from .history import History
from .losses import Losses
from .member import Member
from .roster_pushes import RosterPushes

_REPORTS_AT_ONCE = 256
"""The reports of lost messages that one event sends, 10 µs each; the rest waits its turn."""

_ENDED_BANS = 100
"""The bans, and the invitations, that have ended last, by their ids. A look-up that has read
them from the store before is answered within milliseconds."""

_DROPPED_PER_REPORT = 32
"""The messages that a session which breaks drops in the time of one report."""


@define(eq=False)
class Room:
    """A room with its members.

    Members of the session profile receive each change of the roster at once, as a delta. To
    members of the core profile changes are pushed together, as a whole roster.

    Attributes:
        record: The room as the store keeps it.
        guest_limit: The most members at a time.
        roster_pushes: The pushes of the roster to members of the core profile.
        history: The last texts to the room.
        node: The name of this node, for the records of clients.
        wall: The clock of UNIX time.
        members: The members by client id, in order of joining.
        departed: The guests that have left last.
        bans: The bans by their ids, the oldest first.
        ended_bans: The ids of the bans that have ended last, which a late answer of the store
            may still name.
        invitations: The invitations by their ids, the oldest first. Others may have been made
            and used on other nodes since the store was asked.
        ended_invitations: The ids of the invitations that have ended last.
        attributes: The room's attributes (see `rooms.attributes`).
        empty_since: The time at which the last member left, or None while there is one.
        looked_up_at: The time at which the store was last asked which room has this id.
        former_incarnation: The incarnation that this room had before a room with the same id
            was found in the store in its place. A late answer may still name it.
        was_entered: True once the room has had a member.
        unused_since: The time at which the room was created.
        waiting: The number of clients in its waiting room.
        creator: The network address that has created it, if known.
        stalled: Connected members for which too much waits; the router closes them.
        reports_wait: True if the next reports wait for their deadline.
        on_unsettled: Called when an event leaves work in the room, once until `settle`.
    """

    record: RoomRecord
    guest_limit: int
    roster_pushes: RosterPushes
    history: History
    node: str = ""
    wall: WallClock = field(factory=WallClock)
    members: dict[str, Member] = field(factory=dict)
    departed: DepartedGuests = field(factory=DepartedGuests)
    bans: dict[str, BanRecord] = field(factory=dict)
    ended_bans: deque[str] = field(factory=lambda: deque(maxlen=_ENDED_BANS))
    invitations: dict[str, InvitationRecord] = field(factory=dict)
    ended_invitations: deque[str] = field(factory=lambda: deque(maxlen=_ENDED_BANS))
    attributes: Mapping[str, str] = field(factory=dict)
    empty_since: Timestamp | None = None
    looked_up_at: Timestamp = LONG_AGO
    former_incarnation: str | None = None
    was_entered: bool = False
    unused_since: Timestamp = LONG_AGO
    waiting: int = 0
    creator: str | None = None
    stalled: list[Member] = field(factory=list)
    reports_wait: bool = False
    on_unsettled: Callable[["Room"], None] = lambda _: None
    _is_settled: bool = True

    _losses: Losses = field(factory=Losses)
    """The lost messages whose senders haven't been told yet."""

    # Joining and leaving ---------------------------------------------------------------

    def add(self, member: Member) -> None:
        """Add a member, for which `Admission` has found a place; `announce` tells the others.

        A member that is restored had its place before: the room may be full.
        """
        self.members[member.id] = member
        self.empty_since, self.was_entered = None, True

    def announce(self, member: Member) -> list[Effect]:
        """Tell the others that a member has joined."""
        joined = m.ClientJoined(m.ROOM, member.info(), GROUND_CONTROL)
        self._change_roster(joined=member)
        return self.tell_of_change(joined, member)

    def leave(
        self, member: Member, reason: m.LeaveReason, bye: Json, now: Timestamp
    ) -> list[Effect]:
        """Remove a member, and tell the others with `bye` or `client-left`."""
        del self.members[member.id]
        self.departed.add(member, now)
        dropped = member.delivery.end() if member.delivery is not None else []
        for_all_nodes = member.taken_over or reason in ("kicked", "banned")
        node = None if for_all_nodes else self.node  # another node may have the client now
        effects: list[Effect] = [ForgetClient(member.id, node)]
        if not self.members:
            self._become_empty(now)
            return effects
        self._change_roster()
        effects += self._tell_departure(member, reason, bye)
        if reason != "left":  # `bye` confirms everything (rule SESS-46)
            effects += self.report(member, dropped, "gone")
        return effects

    def end(self, now: Timestamp) -> list[Effect]:
        """Remove all members at once, without a message to anybody."""
        effects: list[Effect] = []
        for member in self.members.values():
            if member.delivery is not None:
                member.delivery.end()
            effects.append(ForgetClient(member.id))
        self.members.clear()
        self._become_empty(now)
        return effects

    def _become_empty(self, now: Timestamp) -> None:
        self.empty_since = now
        self.roster_pushes.forget_changes()
        self.attributes = {}
        self._losses.queue.clear()
        self.reports_wait = False
        self.history.clear()
        self.departed.clear()

    def rejoin(self, member: Member, now: Timestamp) -> list[Effect]:
        """Tell the others that a member has lost its state: to them it leaves and joins."""
        joined = m.ClientJoined(m.ROOM, member.info(), GROUND_CONTROL)
        self._change_roster()
        return [
            *self._tell_departure(member, "rejoined", m.milliseconds(self.wall.at(now))),
            *self.tell_of_change(joined, member),
        ]

    def _tell_departure(self, member: Member, reason: m.LeaveReason, bye: Json) -> list[Effect]:
        left = m.ClientLeft(m.ROOM, m.ClientLeftBody(member.id, reason), GROUND_CONTROL)
        return [
            *self.tell_of_change(left, member),
            *self.tell(
                (
                    one
                    for one in self.members.values()
                    if one is not member and not one.profile.receives_deltas
                ),
                m.Bye(m.ROOM, bye, member.id),
            ),
        ]

    # Moderation ------------------------------------------------------------------------

    def moderators(self) -> Iterator[Member]:
        """Yield the owners and moderators of the session profile, connected or away."""
        for member in self.members.values():
            if member.role != "guest" and member.profile.receives_deltas:
                yield member

    def set_role(self, member: Member, role: m.Role) -> list[Effect]:
        """Change a member's role."""
        member.role = role
        return self._updated(member)

    def lock(self, locked: bool) -> list[Effect]:
        """Lock or unlock the room, if it isn't so already."""
        if locked == self.record.locked:
            return []
        self.record = evolve(self.record, locked=locked)
        return [self.save_lock(), *self.tell_update(m.RoomUpdatedBody(locked))]

    def tell_update(self, body: m.RoomUpdatedBody) -> list[Effect]:
        """Tell all members what has changed of the room."""
        return self.tell_of_change(m.RoomUpdated(m.ROOM, body, GROUND_CONTROL))

    def save_lock(self) -> SaveLock:
        """Return the effect that stores the lock as it is now."""
        return SaveLock(self.record.id, self.record.incarnation, self.record.locked)

    # Messages --------------------------------------------------------------------------

    def rename(self, member: Member, username: str) -> list[Effect]:
        """Change a member's username, and tell the others.

        Raises:
            NotAllowed: Its identity asserts its username.
            InvalidUsername: See `checked_name`.
        """
        if member.username_asserted:
            raise NotAllowed("your token says what you are called")
        try:
            member.rename(checked_name(username))
        except ValueError:
            raise InvalidUsername from None
        self._change_roster()
        return self._updated(member)

    def _updated(self, member: Member) -> list[Effect]:
        updated = m.ClientUpdated(m.ROOM, member.info(), GROUND_CONTROL)
        return [member.save(), *self.tell_of_change(updated)]

    def relay(
        self, sender: str, username: Json, message: Relayable, now: Timestamp
    ) -> list[Effect]:
        """Relay a message of a member or the operator to one member or the whole room.

        `sender` is a client id or `GROUND_CONTROL`, and `username` its username as JSON.

        Raises:
            UnknownReceiver: No member has that id. A client in another room is not told apart
                from none.
        """
        recipients: Iterable[Member]
        if message.receiver == m.ROOM:
            recipients = self.members.values()
        else:
            receiver = self.members.get(message.receiver)
            if receiver is None and isinstance(message, m.Bye):
                return []  # two members that hang up at once each address one who has left
            if receiver is None:
                raise UnknownReceiver
            recipients = (receiver,)
        time = now + self.wall.ahead  # `at` would cost each frame 0.1 µs
        said = message.said_by(sender, username, time)
        if type(said) is RelayedText:
            self.history.keep(said, now)
        return self.tell(recipients, said)

    def tell(self, recipients: Iterable[Member], message: Message) -> list[Effect]:
        """Send members a message, or keep it for those who are away."""
        effects = self._tell(recipients, message)
        if self._losses.queue:
            effects += self._report()
        return effects

    def report(
        self, receiver: Member, dropped: Iterable[Message], reason: Reason
    ) -> list[Effect]:
        """Report to the senders of messages that a member hasn't confirmed them."""
        self._losses.add(receiver.id, dropped, reason)
        return self._report()

    def _tell(self, recipients: Iterable[Member], message: Message) -> list[Effect]:
        counted = type(message) not in UNCOUNTED
        to: list[ConnectionId] = []
        size = 0
        for member in recipients:
            if counted and member.delivery is not None:
                size = size or frame_size(message)
                if not member.delivery.keep(message, size, away=member.connection is None):
                    self._overflow(member, member.delivery, message, size)
                    continue
                if member.delivery.broken is not None:
                    continue  # nothing is written before the client resumes
                if member.delivery.to_resend:
                    member.delivery.to_resend += 1
                    continue  # it follows the frames that are sent again
            if member.connection is not None:
                to.append(member.connection)
        return [Send(to, message)] if to else []

    def _overflow(
        self, member: Member, delivery: Delivery, message: Message, size: int
    ) -> None:
        """Handle a message that doesn't fit: drop it, or break the session of its recipient."""
        if member.connection is not None and member not in self.stalled:
            self.stalled.append(member)
            self.unsettle()
        if isinstance(message, Relayable) and message.sender != GROUND_CONTROL:
            self._losses.add(member.id, [message], "full")
            return
        self._losses.add(member.id, delivery.break_off("overflow"), "full")
        delivery.keep(message, size, away=True)

    def continue_reports(self) -> list[Effect]:
        """Send the next reports."""
        self.reports_wait = False
        return self._report()

    def report_all(self) -> list[Effect]:
        """Send all reports at once, because the server stops."""
        effects: list[Effect] = []
        while self._losses.queue:
            effects += self.continue_reports()
        return effects

    def _report(self) -> list[Effect]:
        """Send reports, one after the other, up to `_REPORTS_AT_ONCE`.

        A report may break the session of the sender that it is for, which adds losses to the
        queue. In a room where nobody confirms anything, one message too many loses 200,000
        others; no other client may wait until all of their senders are told.
        """
        effects: list[Effect] = []
        left = 0 if self.reports_wait else _REPORTS_AT_ONCE
        while self._losses.queue and left > 0:
            lost = self._losses.next()
            left -= 1
            sender = self.members.get(lost.message.sender)
            if sender is not None:
                kept = sender.unconfirmed_count
                effects += self._tell((sender,), lost.report_to(sender.id, sender.profile))
                left -= max(0, kept - sender.unconfirmed_count) // _DROPPED_PER_REPORT
        if self._losses.queue:
            self.reports_wait = True
            self.unsettle()
        return effects

    # Work that is left at the end of an event ------------------------------------------

    def unsettle(self) -> None:
        """Have the router settle the room at the end of the event (`Departure.settle`)."""
        if self._is_settled:
            self._is_settled = False
            self.on_unsettled(self)

    def settle(self, now: Timestamp) -> list[Effect]:
        """Push the roster if it has changed and it is time; `next_work` says what is left."""
        self._is_settled = True
        recipients = self.roster_pushes.push(self.members.values(), now)
        return self.tell(recipients, self._roster(m.ROOM)) if recipients else []

    def next_work(self, now: Timestamp) -> Timestamp | None:
        """Return the time of the next reports or the next push, or None."""
        return now if self.reports_wait else self.roster_pushes.next()

    # Rosters, deltas and records -------------------------------------------------------

    def note_first_frame(self, member: Member, now: Timestamp) -> list[Effect]:
        """Note that a member of the core profile has sent its first frame (rule CORE-109).

        It is told the roster if a push was withheld from it, also that of a change which this
        frame has made.
        """
        effects = self.settle(now)
        member.has_spoken = True
        return effects + self.tell_roster(member) if member.roster_withheld else effects

    def tell_roster(self, member: Member, reply_to: str | None = None) -> list[Effect]:
        """Send a member the roster, as asked for or because a push was withheld."""
        member.roster_withheld = False
        return self.tell((member,), self._roster(member.id, reply_to))

    def _change_roster(self, joined: Member | None = None) -> None:
        """Note a change of the roster; `joined` is the member that has joined, if any."""
        self.roster_pushes.note_change(joined)
        self.unsettle()

    def tell_of_change(self, delta: Message, but: Member | None = None) -> list[Effect]:
        """Send a delta to all members of the session profile except `but`."""
        return self.tell(
            [
                member
                for member in self.members.values()
                if member.profile.receives_deltas and member is not but
            ],
            delta,
        )

    def _roster(self, receiver: str, reply_to: str | None = None) -> m.RoomInfo:
        clients = tuple(one.core_info for one in self.members.values())
        body = m.RoomInfoBody(self.record.id, clients)
        return m.RoomInfo(receiver, body, GROUND_CONTROL, reply_to=reply_to)
