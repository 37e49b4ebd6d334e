"""One live room: who is in it, and who hears what."""

from collections import deque
from collections.abc import Iterable, Iterator

from attrs import define, evolve, field

from ..clocks import WallClock
from ..effects import Effect, ForgetClient, SaveClient, SaveRoom, Send
from ..events import ConnectionId, Timestamp
from ..records import ClientId, ClientRecord, NetworkAddress, RoomId, RoomRecord, ban_of
from ..sessions.delivery import Delivery
from ..wire import messages as m
from ..wire.errors import (
    DeliveryUnconfirmed,
    InvalidUsername,
    NotAllowed,
    RoomFull,
    UnknownReceiver,
)
from ..wire.json_codec import weight
from ..wire.messages import (
    GROUND_CONTROL,
    UNCOUNTED,
    UNREPORTED,
    Json,
    Message,
    Reason,
    Relayable,
)
from ..wire.names import checked_name
from .member import Member

_LONG_AGO = Timestamp(float("-inf"))

_REPORTS_AT_ONCE = 256
"""Reports of lost messages that one event makes, 10 µs each; the others come after it."""

_BREAKING = 32
"""As many reports take the time of one that breaks its hearer's own session."""


@define(eq=False)
class _Loss:
    """Messages that were not confirmed by their receiver, and why."""

    receiver: ClientId
    messages: deque[Message]
    reason: Reason


@define(eq=False)
class Room:
    """A room with its members, in order of joining.

    Changes of the roster are pushed together to members of the core profile: the first one at
    once, the next after `interval` seconds. `push_at` is the time of the push that waits, if
    one does. `stalled` are members that are connected and have let too much wait; whoever made
    a member hear something looks there. `reporting` has the id of a room while there is
    something to `report_on`. `run` is the run of the server, for the records. `maker` is the
    address that has made the room, where that is known; `unused_since` is when it was made. At
    `looked_up_at` the store was asked which room has its id; `former` is the incarnation
    before, which never comes back.
    """

    record: RoomRecord
    guest_limit: int
    roster_interval: float
    node: str = ""
    wall: WallClock = field(factory=WallClock)
    members: dict[str, Member] = field(factory=dict)
    push_at: Timestamp | None = None
    empty_since: Timestamp | None = None
    looked_up_at: Timestamp = _LONG_AGO
    former_incarnation: str | None = None
    was_entered: bool = False
    unused_since: Timestamp = _LONG_AGO
    creator: str | None = None
    stalled: list[Member] = field(factory=list)
    rooms_to_report: list[RoomId] = field(factory=list)
    _pushed_at: Timestamp = _LONG_AGO
    _only_joined: Member | None = None
    _lost: deque[_Loss] = field(factory=deque)
    _reports_wait: bool = False

    # Who comes and goes ----------------------------------------------------------------

    def admit(self, member: Member) -> None:
        """Put a client in, of whom nobody hears yet.

        Raises:
            RoomFull: the room has as many members as it may have (rule CORE-6).
        """
        if len(self.members) >= self.guest_limit:
            raise RoomFull
        self.add(member)

    def add(self, member: Member) -> None:
        """Give a member of an earlier run its place back, however many there are."""
        self.members[member.id] = member
        self.empty_since, self.was_entered = None, True

    def announce(self, member: Member, now: Timestamp) -> list[Effect]:
        """Tell the others that a member has come."""
        came = m.ClientJoined(m.ROOM, member.info(), GROUND_CONTROL)
        return [*self._tell_of_change(came, member), *self._changed(now, joined=member)]

    def leave(
        self, member: Member, reason: m.LeaveReason, bye: Json, now: Timestamp
    ) -> list[Effect]:
        """Take a member out; the others hear of it at once, `bye` or `client-left`."""
        del self.members[member.id]
        dropped = member.delivery.end() if member.delivery is not None else []
        decided = member.taken_over or reason in ("kicked", "banned")
        node = None if decided else self.node  # another server may have it, and not be asked
        effects: list[Effect] = [ForgetClient(member.id, node)]
        if not self.members:
            self.empty_since, self.push_at, self._only_joined = now, None, None
            self._lost.clear()
            return effects
        effects += self._tell_left(member, reason, bye)
        if reason != "left":  # who says `bye` has heard all it wanted to hear
            effects += self.report(member, dropped, "gone")
        return [*effects, *self._changed(now)]

    def rejoin(self, member: Member, now: Timestamp) -> list[Effect]:
        """Tell the others that a member has lost its state: to them it leaves and comes."""
        came = m.ClientJoined(m.ROOM, member.info(), GROUND_CONTROL)
        return [
            *self._tell_left(member, "rejoined", m.milliseconds(self.wall.at(now))),
            *self._tell_of_change(came, member),
            *self._changed(now),
        ]

    def _tell_left(self, member: Member, reason: m.LeaveReason, bye: Json) -> list[Effect]:
        left = m.ClientLeft(m.ROOM, m.ClientLeftBody(member.id, reason), GROUND_CONTROL)
        return [
            *self._tell_of_change(left, member),
            *self._tell(
                (
                    one
                    for one in self.members.values()
                    if one is not member and not one.profile.receives_deltas
                ),
                m.Bye(m.ROOM, bye, member.id),
            ),
        ]

    def replace_record(self, record: RoomRecord, guest_limit: int) -> list[Effect]:
        """Become the room that was made under this id while people are in this one.

        They stay, and the door is locked if it was; what the owner's token of the old room
        made of somebody counts no more.
        """
        self.record, before = evolve(record, locked=self.record.locked), self.record
        self.guest_limit, self.former_incarnation = guest_limit, before.incarnation
        effects: list[Effect] = []
        if before.locked != record.locked:
            effects.append(SaveRoom(self.record))
        for member in self.members.values():
            if member.identity is None and member.role != "guest":
                effects += self.set_role(member, "guest")
            else:
                effects.append(self.save(member))
        return effects

    # Who decides -----------------------------------------------------------------------

    def moderators(self) -> Iterator[Member]:
        """Yield the members that can decide about others, those who are away too."""
        for member in self.members.values():
            if member.role != "guest" and member.profile.receives_deltas:
                yield member

    def set_role(self, member: Member, role: m.Role) -> list[Effect]:
        """Make a member something else."""
        member.role = role
        return self._updated(member)

    def lock(self, locked: bool) -> list[Effect]:
        """Have newcomers wait, or no more."""
        if locked == self.record.locked:
            return []
        self.record = evolve(self.record, locked=locked)
        told = m.RoomUpdated(m.ROOM, m.RoomUpdatedBody(locked), GROUND_CONTROL)
        return [SaveRoom(self.record), *self._tell_of_change(told)]

    def ban(
        self, identity: str | None, address: NetworkAddress | None, most: int
    ) -> list[Effect]:
        """Keep a client out from now on, if anything is known of it by which to do that."""
        ban = ban_of(identity, address)
        if ban is None:
            return []
        others = [one for one in self.record.bans if one != ban]
        self.record = evolve(self.record, bans=(*others, ban)[-most:])
        return [SaveRoom(self.record)]

    # What is said ----------------------------------------------------------------------

    def rename(self, member: Member, username: str, now: Timestamp) -> list[Effect]:
        """Give a member another name.

        Raises:
            NotAllowed: it has its name from whoever identified it.
            InvalidUsername: see `checked_name`.
        """
        if member.username_asserted:
            raise NotAllowed("your token says what you are called")
        try:
            member.rename(checked_name(username))
        except ValueError:
            raise InvalidUsername from None
        return [*self._updated(member), *self._changed(now)]

    def _updated(self, member: Member) -> list[Effect]:
        updated = m.ClientUpdated(m.ROOM, member.info(), GROUND_CONTROL)
        return [self.save(member), *self._tell_of_change(updated)]

    def relay(self, member: Member, message: Relayable, now: Timestamp) -> list[Effect]:
        """Pass a member's message on to its receiver, who is one member or all of them.

        Raises:
            UnknownReceiver: nobody here has that id; nor does anybody elsewhere, for all
                that the sender is told.
        """
        hearers: Iterable[Member]
        if message.receiver == m.ROOM:
            hearers = self.members.values()
        else:
            receiver = self.members.get(message.receiver)
            if receiver is None and isinstance(message, m.Bye):
                return []  # two that hang up at once each say it to somebody who has gone
            if receiver is None:
                raise UnknownReceiver
            hearers = (receiver,)
        time = now + self.wall.ahead  # `at` would cost each frame 0.1 µs
        return self.tell(hearers, message.said_by(member.id, member.username_json, time))

    def tell(self, hearers: Iterable[Member], message: Message) -> list[Effect]:
        """Have members hear a message, now or when they are back."""
        effects = self._tell(hearers, message)
        if self._lost:
            effects += self._report()
        return effects

    def report(
        self, receiver: Member, dropped: Iterable[Message], reason: Reason
    ) -> list[Effect]:
        """Tell the senders of messages that this member may not have received them."""
        self._lost.append(_Loss(receiver.id, deque(dropped), reason))
        return self._report()

    def continue_reports(self) -> list[Effect]:
        """Tell senders of more of what was lost."""
        self._reports_wait = False
        return self._report()

    def report_all(self) -> list[Effect]:
        """Tell senders of all that was lost: nobody will come back to it."""
        effects: list[Effect] = []
        while self._lost:
            effects += self.continue_reports()
        return effects

    def _tell(self, hearers: Iterable[Member], message: Message) -> list[Effect]:
        counted = type(message) not in UNCOUNTED
        to: list[ConnectionId] = []
        size = 0
        for member in hearers:
            if counted and member.delivery is not None:
                size = size or weight(message)
                if not member.delivery.keep(message, size, away=member.connection is None):
                    self._overflow(member, member.delivery, message, size)
                    continue
                if member.delivery.broken is not None:
                    continue  # cut off already, or away
                if member.delivery.to_resend:
                    member.delivery.to_resend += 1
                    continue  # it follows what is sent again
            if member.connection is not None:
                to.append(member.connection)
        return [Send(to, message)] if to else []

    def _overflow(
        self, member: Member, delivery: Delivery, message: Message, size: int
    ) -> None:
        if member.connection is not None and member not in self.stalled:
            self.stalled.append(member)
        if isinstance(message, Relayable) and message.sender != GROUND_CONTROL:
            self._lost.append(_Loss(member.id, deque([message]), "full"))
            return
        self._lost.append(_Loss(member.id, deque(delivery.break_off("overflow")), "full"))
        delivery.keep(message, size, away=True)

    def _report(self) -> list[Effect]:
        """Tell senders, one after the other: to hear of it may overflow one of them.

        Where a whole room confirms nothing, one message too many loses 200,000 others. Nobody
        else shall wait until all their senders have heard.
        """
        effects: list[Effect] = []
        left = 0 if self._reports_wait else _REPORTS_AT_ONCE
        while self._lost and left > 0:
            loss, waiting = self._lost[0], len(self._lost)
            if not loss.messages:
                self._lost.popleft()
                continue
            message = loss.messages.popleft()
            left -= 1
            sender = self.members.get(message.sender)
            if sender is not None and type(message) not in UNREPORTED:
                effects += self._tell((sender,), _undeliverable(sender, message, loss))
                left -= _BREAKING * (len(self._lost) - waiting)
        if self._lost and not self._reports_wait:
            self._reports_wait = True
            self.rooms_to_report.append(self.record.id)
        return effects

    # Rosters and changes ---------------------------------------------------------------

    def tell_roster(self, member: Member, reply_to: str | None = None) -> list[Effect]:
        """Answer `get-room-info`."""
        member.roster_withheld = False
        return self.tell((member,), self._roster(member.id, reply_to))

    def push(self, now: Timestamp) -> list[Effect]:
        """Tell the members of the core profile of the changes since the last push."""
        only_joined, self._only_joined = self._only_joined, None
        self.push_at, self._pushed_at = None, now
        listeners = []
        for member in self.members.values():
            if member is only_joined or member.profile.receives_deltas:
                continue
            if member.has_spoken:
                listeners.append(member)
            else:
                member.roster_withheld = True
        return self.tell(listeners, self._roster(m.ROOM)) if listeners else []

    def _changed(self, now: Timestamp, joined: Member | None = None) -> list[Effect]:
        self._only_joined = joined if self.push_at is None else None
        if self.push_at is not None:
            return []
        self.push_at = Timestamp(max(now, self._pushed_at + self.roster_interval))
        return self.push(now) if self.push_at <= now else []

    def _tell_of_change(self, delta: Message, but: Member | None = None) -> list[Effect]:
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

    def save(self, member: Member) -> SaveClient:
        """Return the effect that stores a member as it is."""
        return SaveClient(self.record_of(member), member.taken_over)

    def record_of(self, member: Member) -> ClientRecord:
        """Return what a store keeps of a member."""
        delivery = member.delivery
        return ClientRecord(
            member.id,
            self.record.id,
            member.username,
            member.joined_at,
            member.role,
            self.node,
            None if delivery is None else delivery.digest,
            identity=member.identity,
            username_asserted=member.username_asserted,
            address=member.address,
            incarnation=self.record.incarnation,
        )


def _undeliverable(sender: Member, message: Message, loss: _Loss) -> Message:
    if sender.profile.receives_deltas:
        notice = m.UndeliverableBody(loss.receiver, loss.reason)
        return m.Undeliverable(sender.id, notice, GROUND_CONTROL, reply_to=message.id)
    error = m.ErrorBody(
        DeliveryUnconfirmed.code,
        DeliveryUnconfirmed.meaning,
        receiver=loss.receiver,
        reason=loss.reason,
    )
    return m.Error(sender.id, error, GROUND_CONTROL)
