"""The registry of the rooms of one server: opened, watched while empty, forgotten."""

from collections.abc import Iterable, Iterator
from math import inf

from attrs import define, field

from ..clocks import WallClock, without_pause
from ..deadlines import (
    CheckEmptiness,
    Deadline,
    Deadlines,
    ExpireRoom,
    SaveMembers,
    SettleRoom,
)
from ..effects import Effect, ForgetRoom
from ..events import Timestamp
from ..limits import Limits
from ..rate_limits import LimitedAction, RateLimits
from ..records import NetworkAddress, RoomId, RoomRecord, StoredRoom
from ..wire.errors import Unavailable
from .ended_rooms import EndedRooms
from .history import Histories, History
from .reconciliation import adopt, succeed, take_bans_and_invitations
from .room import Room
from .room_creators import RoomCreators

_LOOK_UP_INTERVAL = 5.0
"""Seconds between look-ups of a room with members. For so long newcomers may enter the former
room after an operator has replaced it by another with the same id, perhaps with a password."""

_RETRY_UNAVAILABLE = 5.0
"""Seconds after which a client may try again: a database that restarts is back by then."""


@define(eq=False)
class RoomRegistry:
    """The rooms that have members, and the empty ones that will be forgotten.

    Attributes:
        limits: The limits of the server.
        node: The name of this node.
        on_demand: True if a client that joins a room which doesn't exist creates it.
        rate_limits: The rate limits by address.
        wall: The clock of UNIX time.
        unsettled: The rooms in which the current event has left work (see `Room.settle`).
        creators: The counts of rooms by the addresses that have created them.
        ended: The rooms that have ended lately.
        histories: The texts that are kept for late comers.
    """

    limits: Limits
    node: str
    on_demand: bool
    rate_limits: RateLimits
    _deadlines: Deadlines[Deadline]
    wall: WallClock = field(factory=WallClock)
    unsettled: list[Room] = field(factory=list, init=False)
    _rooms: dict[RoomId, Room] = field(factory=dict, init=False)
    _expiring: dict[RoomId, Room] = field(factory=dict, init=False)
    creators: RoomCreators = field(init=False)
    ended: EndedRooms = field(init=False)
    histories: Histories = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.creators = RoomCreators(self.limits)
        self.ended = EndedRooms(self.limits)
        self.histories = Histories(self.limits, self._deadlines)

    def __len__(self) -> int:
        return len(self._rooms)

    def __iter__(self) -> Iterator[Room]:
        return iter(self._rooms.values())

    def find(self, room_id: RoomId) -> Room | None:
        """Return the room if it is in the registry, with members or without."""
        return self._rooms.get(room_id)

    def is_open(self, room: Room, record: RoomRecord) -> bool:
        """Return whether a room is still there, and is the one with this record."""
        is_here = self._rooms.get(room.record.id) is room
        return is_here and record.incarnation == room.record.incarnation

    def occupied(self, room_id: RoomId) -> Room | None:
        """Return the room if it has members, and needn't be looked up in the store."""
        room = self._rooms.get(room_id)
        return room if room is not None and room.members else None

    def prepare_look_up(self, room_id: RoomId, now: Timestamp) -> None:
        """Make sure that a room without members can be opened when the store has found it.

        Raises:
            Unavailable: There are as many rooms as there may be.
        """
        room = self._rooms.get(room_id)
        if room is None:
            self._check_space()
        else:
            room.empty_since = now  # a client is about to join: do not forget the room now

    def is_look_up_due(self, room: Room, now: Timestamp) -> bool:
        """Return whether to ask the store if a room with members is still the one with its id.

        That is asked once in `_LOOK_UP_INTERVAL` seconds. Until the answer comes, and if none
        does, other clients join the room as it is.
        """
        if room.looked_up_at + _LOOK_UP_INTERVAL > now:
            return False
        room.looked_up_at = now
        return True

    def record_on_demand(self, room_id: RoomId, name: str, now: Timestamp) -> RoomRecord:
        """Return the record of a room that is created because a client joins it."""
        empty_for = self.limits.room_empty_for
        return RoomRecord(room_id, name, self.wall.at(now), empty_for=empty_for)

    def is_known(self, room_id: RoomId) -> bool:
        """Return whether the room is in the registry, with members or without."""
        return room_id in self._rooms

    def reconcile(
        self, room: Room, stored: StoredRoom, now: Timestamp, creator: str | None = None
    ) -> list[Effect]:
        """Take over the changes of a room that has members, as they were found in the store.

        A record of another incarnation is another room, which takes its place. `creator` is the
        address that has just created the stored room, if any.
        """
        record = stored.room
        if record.incarnation == room.former_incarnation:  # a late answer
            self.uncount_creation(creator, record.public)
            return []
        if record.incarnation == room.record.incarnation:
            self.uncount_creation(creator, record.public)
            effects: list[Effect] = []
            if record.revision > room.record.revision:
                self._recount(room.creator, room.record, record)
                effects = adopt(room, stored, self.guest_limit(record))
                self.watch_expiry(room)
            take_bans_and_invitations(room, stored)
            return effects
        self.uncount_creation(room.creator, room.record.public)
        room.creator, room.looked_up_at = creator, now
        effects = succeed(room, stored, self.guest_limit(record))
        self.watch_expiry(room)
        return effects

    def _recount(self, creator: str | None, before: RoomRecord, now: RoomRecord) -> None:
        """Count a room anew that has become public, or is public no more."""
        if now.public and not before.public:
            self.creators.count_public(creator)
        elif before.public and not now.public:
            self.creators.uncount_public(creator)

    def reserve_public(self, room: Room, address: NetworkAddress | None) -> None:
        """Count a room as public that is about to become so, until `release_public`.

        A room whose creator isn't known counts for `address`, which makes it public.

        Raises:
            RateLimited: The creator has as many public rooms as it may have, or `address` as
                many rooms.
        """
        if room.creator is None:
            self.creators.check(address, public=True)
            room.creator = address
            self.creators.count(address, public=False)
        else:
            self.creators.check_public(room.creator)
        self.creators.count_public(room.creator)

    def release_public(self, room: Room) -> None:
        """End the reservation of `reserve_public`; a room that is public now is counted so."""
        self.creators.uncount_public(room.creator)

    def count_creation(
        self, address: NetworkAddress | None, now: Timestamp, public: bool = False
    ) -> None:
        """Count and charge a room that an address is about to create.

        Raises:
            Unavailable: There are as many rooms as there may be.
            RateLimited: The address creates too many, or too many of its rooms exist.
        """
        self._check_space()
        self.creators.check(address, public)
        self.rate_limits.acquire(LimitedAction.CREATE_ROOM, address, now)
        self.creators.count(address, public)

    def undo_creation(self, address: NetworkAddress | None, public: bool = False) -> None:
        """Uncount a room that was not created, and give the address its unit back."""
        self.uncount_creation(address, public)
        self.rate_limits.refund(LimitedAction.CREATE_ROOM, address)

    def uncount_creation(self, creator: str | None, public: bool = False) -> None:
        """Uncount a room that has ended, or was not created."""
        self.creators.uncount(creator, public)

    def _check_space(self) -> None:
        if len(self._rooms) >= self.limits.rooms:
            text = "this server has too many rooms"
            raise Unavailable(text, retry_after=_RETRY_UNAVAILABLE)

    def guest_limit(self, record: RoomRecord) -> int:
        """Return the most members that a room may have."""
        return min(record.guest_limit or self.limits.guest_limit, self.limits.guest_limit)

    def open(self, stored: StoredRoom, now: Timestamp, creator: str | None = None) -> Room:
        """Return a stored room, opened without members; it is forgotten if it stays empty.

        `creator` is the address that has just created it, if any.
        """
        record = stored.room
        before = self._rooms.get(record.id)
        if before is not None and before.record.incarnation == record.incarnation:
            self.uncount_creation(creator, record.public)
            self._recount(before.creator, before.record, record)
            room, room.record = before, record
            room.guest_limit = self.guest_limit(record)
            room.bans, room.invitations = {}, {}
        else:
            room = self._new_room(record, now, creator)
            if before is not None:  # the operator has deleted that room
                self.uncount_creation(before.creator, before.record.public)
                room.former_incarnation = before.record.incarnation
        room.looked_up_at = now
        take_bans_and_invitations(room, stored)
        self._rooms[record.id] = room
        self.watch_expiry(room)
        self.watch_empty(room, now)
        return room

    def _new_room(self, record: RoomRecord, now: Timestamp, creator: str | None) -> Room:
        return Room(
            record,
            self.guest_limit(record),
            self.limits.roster_interval,
            History(self.histories),
            self.node,
            wall=self.wall,
            creator=creator,
            unused_since=Timestamp(now - max(0.0, self.wall.at(now) - record.created_at)),
            on_unsettled=self.unsettled.append,
        )

    def preview(self, stored: StoredRoom) -> Room:
        """Return a stored room without opening it: nobody joins the one that is returned."""
        limit = self.guest_limit(stored.room)
        history = History(self.histories)
        room = Room(stored.room, limit, self.limits.roster_interval, history, wall=self.wall)
        take_bans_and_invitations(room, stored)
        return room

    def close(self) -> None:
        """Forget all rooms, because the server stops."""
        for room in self._rooms.values():
            room.history.clear()
        self._rooms.clear()
        self._expiring.clear()
        self.creators.clear()
        self.ended.clear()

    def _drop(self, room: Room) -> None:
        del self._rooms[room.record.id]
        self._expiring.pop(room.record.id, None)
        self.uncount_creation(room.creator, room.record.public)

    def keep(self, room: Room) -> None:
        """Keep a room in the registry, because it has a member now."""
        self._rooms[room.record.id] = room

    def load(self, records: Iterable[RoomRecord], now: Timestamp) -> None:
        """Watch the rooms that are stored at the start, those that end some time."""
        for record in records:
            ends = record.empty_for is not None or record.expires is not None
            if ends and record.id not in self._rooms:
                self.open(StoredRoom(record), now)

    def watch_empty(self, room: Room, now: Timestamp) -> None:
        """Watch a room without members, or drop it at once if it never ends.

        While clients wait for it, it is neither dropped nor forgotten.
        """
        room.empty_since = now
        self._watch(room, now)

    def _watch(self, room: Room, now: Timestamp) -> None:
        ends_at = self._ends_at(room)
        if room.waiting:  # nobody waits longer than this
            ends_at = now + self.limits.waiting_seconds
        if ends_at is not None:
            self._deadlines.arm(CheckEmptiness(room.record.id), ends_at)
        elif room.record.expires is None:
            self._drop(room)

    # The times of rooms ----------------------------------------------------------------

    def opens_in(self, record: RoomRecord, now: Timestamp) -> float | None:
        """Return the seconds until guests may join a room, or None if they may already."""
        seconds = (record.not_before or 0.0) - self.wall.at(now)
        return seconds if record.not_before is not None and seconds > 0 else None

    def has_expired(self, record: RoomRecord, now: Timestamp) -> bool:
        """Return whether a room's time has come to end."""
        return record.expires is not None and record.expires - self.wall.ahead <= now

    def watch_expiry(self, room: Room) -> None:
        """Arm the deadline of a room that expires."""
        if room.record.expires is not None:
            self._expiring[room.record.id] = room
            due = room.record.expires - self.wall.ahead
            self._deadlines.arm(ExpireRoom(room.record.id), due)

    def clock_was_set(self) -> None:
        """Arm the deadlines of all rooms that expire, because UNIX time was set."""
        for room in self._expiring.values():
            self.watch_expiry(room)

    def end(self, record: RoomRecord, now: Timestamp) -> list[Effect]:
        """Forget a room that has ended; for a while it isn't created again on demand."""
        room = self._rooms.get(record.id)
        if room is not None and room.record.incarnation == record.incarnation:
            self._drop(room)
        self.ended.add(record, now)
        return [ForgetRoom(record.id, record.incarnation)]

    # Rooms that are empty --------------------------------------------------------------

    def forget_if_empty(self, room_id: RoomId, now: Timestamp) -> list[Effect]:
        """Forget a room that has been empty for its time."""
        room = self._rooms.get(room_id)
        if room is None or room.members:
            return []
        ends_at = self._ends_at(room)
        if room.waiting or ends_at is None or ends_at > now:
            self._watch(room, now)
            return []
        self._drop(room)
        return [ForgetRoom(room_id, room.record.incarnation, if_unused=True)]

    def _ends_at(self, room: Room) -> float | None:
        """Return the time at which an empty room ends, or None.

        A room that a client has created waits longer for its first member. One that isn't open
        yet is there until then, and waits for its first guest.
        """
        record, unused_seconds = room.record, self.limits.unused_room_seconds
        if room.empty_since is None or record.empty_for is None:
            return None
        ends_at = room.empty_since + record.empty_for
        opens_at = -inf if record.not_before is None else record.not_before - self.wall.ahead
        if room.empty_since < opens_at:
            return max(ends_at, opens_at + unused_seconds)
        if record.owner_digest is None or room.was_entered:
            return ends_at
        return max(ends_at, room.unused_since + unused_seconds)

    def forgive_pause(self, paused_at: Timestamp, now: Timestamp) -> None:
        """Extend the time of empty rooms by a pause of the server: no client could join."""
        for room in self:
            if room.empty_since is not None:
                room.empty_since = without_pause(room.empty_since, paused_at, now)
                room.unused_since = without_pause(room.unused_since, paused_at, now)

    def settle_later(self, room: Room, now: Timestamp) -> None:
        """Arm the deadline of the room's next work, if there is any."""
        due = room.next_work(now)
        if due is not None:
            self._deadlines.arm(SettleRoom(room.record.id), due)

    def continue_work(self, room_id: RoomId) -> list[Effect]:
        """Send the next reports of a room, and have it settled."""
        room = self._rooms.get(room_id)
        if room is None:
            return []
        room.unsettle()
        return room.continue_reports()

    def schedule_saves(self, now: Timestamp) -> None:
        """Arm the deadlines that store all members again, one room at a time."""
        for room in self:
            if room.members:
                self._deadlines.arm(SaveMembers(room.record.id), now)

    def save(self, room_id: RoomId) -> list[Effect]:
        """Return the effects that store the members of a room again."""
        room = self._rooms.get(room_id)
        return [] if room is None else [member.save() for member in room.members.values()]
