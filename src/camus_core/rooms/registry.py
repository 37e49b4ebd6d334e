"""The rooms of one server: opened, watched while they are empty, forgotten."""

from collections.abc import Iterable, Iterator

from attrs import define, field

from ..clocks import WallClock, without_pause
from ..deadlines import (
    CheckEmptiness,
    ContinueReports,
    Deadline,
    Deadlines,
    PushRoster,
    SaveMembers,
)
from ..effects import Effect, ForgetRoom
from ..events import Timestamp
from ..limits import Limits
from ..questions import Answer, Failed, LookUpRoom
from ..rate_limits import LimitedAction, RateLimits
from ..records import NetworkAddress, RoomId, RoomRecord
from ..wire.errors import NotAllowed, ProtocolError, RateLimited, Unavailable
from .member import Member
from .room import Room
from .room_creators import RoomCreators

_LOOK_AGAIN = 5.0
"""Seconds for which newcomers go into a room with members without a look-up. So long may one
that an operator has made under its id in its place stand without its password."""

_RETRY_UNAVAILABLE = 5.0
"""Seconds: a database that restarts is back by then."""


@define(eq=False)
class RoomRegistry:
    """Every room that somebody is in, or that goes when it stays empty.

    `stalled` are the members of all of them that let too much wait, and `reporting` rooms that
    have more reports to make. `makers` counts the rooms by the addresses that have made them.
    """

    limits: Limits
    node: str
    on_demand: bool
    rate_limits: RateLimits
    _deadlines: Deadlines[Deadline]
    wall: WallClock = field(factory=WallClock)
    stalled: list[Member] = field(factory=list, init=False)
    rooms_to_report: list[RoomId] = field(factory=list, init=False)
    _rooms: dict[RoomId, Room] = field(factory=dict, init=False)
    creators: RoomCreators = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.creators = RoomCreators(self.limits)

    def __len__(self) -> int:
        return len(self._rooms)

    def __iter__(self) -> Iterator[Room]:
        return iter(self._rooms.values())

    def occupied(self, room_id: RoomId) -> Room | None:
        """Return the room if somebody is in it: then no look-up is needed."""
        room = self._rooms.get(room_id)
        return room if room is not None and room.members else None

    def look_up(
        self,
        room_id: RoomId,
        address: NetworkAddress | None,
        refusal: ProtocolError | None,
        now: Timestamp,
    ) -> LookUpRoom:
        """Return the question that opens a room for somebody from this address.

        `refusal` says why none may be made for it, if that is so.

        Raises:
            Unavailable: there are as many rooms as there may be.
        """
        room = self._rooms.get(room_id)
        if room is None:
            self._check_space()
        else:
            room.empty_since = now  # somebody is at the door: it is not to go just now
        if not self.on_demand:
            return LookUpRoom(room_id, None)
        if refusal is not None:
            return LookUpRoom(room_id, None, refusal=refusal)
        empty_for = self.limits.room_empty_for
        wanted = RoomRecord(room_id, room_id, self.wall.at(now), empty_for=empty_for)
        if room is not None:
            return LookUpRoom(room_id, wanted)
        try:
            self.count_creation(address, now)
        except RateLimited as too_many:
            return LookUpRoom(room_id, None, refusal=too_many)  # it may be there already
        return LookUpRoom(room_id, wanted, address)

    def look_up_again(self, room: Room, now: Timestamp) -> LookUpRoom | None:
        """Return the question whether a room with members is still the one of its id, from
        time to time; meanwhile, and where there is no answer, others come in.
        """
        if room.looked_up_at + _LOOK_AGAIN > now:
            return None
        room.looked_up_at = now
        return LookUpRoom(room.record.id, None)

    def reconcile(
        self, room: Room, record: RoomRecord, now: Timestamp, creator: str | None = None
    ) -> list[Effect]:
        """A room with members is found in the store as this; `maker` has made it just now."""
        if record.incarnation in (
            room.record.incarnation,
            room.former_incarnation,
        ):  # or an old answer
            self.uncount_creation(creator, record.public)
            return []
        self.uncount_creation(room.creator, room.record.public)
        room.creator, room.looked_up_at = creator, now
        return room.replace_record(record, self.guest_limit(record))

    def count_creation(
        self, address: NetworkAddress | None, now: Timestamp, public: bool = False
    ) -> None:
        """Count a room that somebody from this address is about to make.

        Raises:
            Unavailable: there are as many as there may be.
            RateLimited: the address makes too many, or has made too many that are there.
        """
        self._check_space()
        self.creators.check(address, public)
        self.rate_limits.acquire(LimitedAction.CREATE_ROOM, address, now)
        self.creators.count(address, public)

    def undo_creation(self, address: NetworkAddress | None, public: bool = False) -> None:
        """There was nothing to make: it counts for nothing."""
        self.uncount_creation(address, public)
        self.rate_limits.refund(LimitedAction.CREATE_ROOM, address)

    def uncount_creation(self, creator: str | None, public: bool = False) -> None:
        """A room that an address has made is no more, or was not made."""
        self.creators.uncount(creator, public)

    def _check_space(self) -> None:
        if len(self._rooms) >= self.limits.rooms:
            text = "this server has too many rooms"
            raise Unavailable(text, retry_after=_RETRY_UNAVAILABLE)

    def guest_limit(self, record: RoomRecord) -> int:
        """Return how many may be in a room."""
        return min(record.guest_limit or self.limits.guest_limit, self.limits.guest_limit)

    def open(self, record: RoomRecord, now: Timestamp, creator: str | None = None) -> Room:
        """Return a room that is empty so far, and goes if it stays so.

        `maker` is the address that has made it just now.
        """
        limit = self.guest_limit(record)
        interval = self.limits.roster_interval
        room = Room(
            record,
            limit,
            interval,
            self.node,
            wall=self.wall,
            creator=creator,
            unused_since=Timestamp(now - max(0.0, self.wall.at(now) - record.created_at)),
            stalled=self.stalled,
            rooms_to_report=self.rooms_to_report,
        )
        room.looked_up_at = now
        before = self._rooms.get(record.id)
        if before is not None and before.record.incarnation == record.incarnation:
            self.uncount_creation(creator, record.public)
            room.was_entered, room.creator = before.was_entered, before.creator
            room.unused_since = before.unused_since
        elif before is not None:
            self.uncount_creation(
                before.creator, before.record.public
            )  # somebody has deleted it
            room.former_incarnation = before.record.incarnation
        self._rooms[record.id] = room
        self.watch_empty(room, now)
        return room

    def close(self) -> None:
        """The server stops: nothing happens in a room any more."""
        self._rooms.clear()
        self.creators.clear()

    def _drop(self, room: Room) -> None:
        del self._rooms[room.record.id]
        self.uncount_creation(room.creator, room.record.public)

    def keep(self, room: Room) -> None:
        """Somebody has come in."""
        self._rooms[room.record.id] = room

    def load(self, records: Iterable[RoomRecord], now: Timestamp) -> None:
        """Watch the rooms that an earlier run has left."""
        for record in records:
            if record.empty_for is not None and record.id not in self._rooms:
                self.open(record, now)

    def watch_empty(self, room: Room, now: Timestamp) -> None:
        """Nobody is in the room any more; it goes when its time is over."""
        room.empty_since = now
        ends_at = self._ends_at(room)
        if ends_at is None:
            self._drop(room)
        else:
            self._deadlines.arm(CheckEmptiness(room.record.id), ends_at)

    def forget_if_empty(self, room_id: RoomId, now: Timestamp) -> list[Effect]:
        """Forget the room if it has been empty for its time."""
        room = self._rooms.get(room_id)
        ends_at = self._ends_at(room) if room is not None else None
        if room is None or ends_at is None:
            return []
        if ends_at > now:
            self._deadlines.arm(CheckEmptiness(room_id), ends_at)
            return []
        self._drop(room)
        return [ForgetRoom(room_id, room.record.incarnation, if_unused=True)]

    def _ends_at(self, room: Room) -> float | None:
        """Return when an empty room goes; one that a client has made waits for somebody."""
        record = room.record
        if room.empty_since is None or record.empty_for is None:
            return None
        ends_at = room.empty_since + record.empty_for
        if record.owner_digest is None or room.was_entered:
            return ends_at
        return max(ends_at, room.unused_since + self.limits.unused_room_seconds)

    def forgive_pause(self, paused_at: Timestamp, now: Timestamp) -> None:
        """Empty rooms outlive a pause of the server: nobody could come meanwhile."""
        for room in self:
            if room.empty_since is not None:
                room.empty_since = without_pause(room.empty_since, paused_at, now)
                room.unused_since = without_pause(room.unused_since, paused_at, now)

    def schedule_push(self, room: Room) -> None:
        """See to it that the push that waits is made."""
        if room.push_at is not None:
            self._deadlines.arm(PushRoster(room.record.id), room.push_at)

    def push(self, room_id: RoomId, now: Timestamp) -> list[Effect]:
        """Push the roster, if it is time to."""
        room = self._rooms.get(room_id)
        if room is None or room.push_at is None:
            return []
        if room.push_at > now:
            self.schedule_push(room)
            return []
        return room.push(now)

    def schedule_saves(self, now: Timestamp) -> None:
        """See to it that all members are stored again, a room at a time."""
        for room in self:
            if room.members:
                self._deadlines.arm(SaveMembers(room.record.id), now)

    def save(self, room_id: RoomId) -> list[Effect]:
        """Store the members of a room again."""
        room = self._rooms.get(room_id)
        return [] if room is None else [room.save(one) for one in room.members.values()]

    def schedule_reports(self, now: Timestamp) -> None:
        """See to it that rooms go on with their reports as soon as others were heard."""
        for room_id in self.rooms_to_report:
            self._deadlines.arm(ContinueReports(room_id), now)
        self.rooms_to_report.clear()

    def continue_reports(self, room_id: RoomId) -> list[Effect]:
        """Have a room go on with its reports."""
        room = self._rooms.get(room_id)
        return [] if room is None else room.continue_reports()


def checked_answer(answer: Answer) -> Answer:
    """Return an answer that is one.

    Raises:
        Unavailable: the store failed.
        NotAllowed: a token is not good.
    """
    if isinstance(answer, Failed):
        raise Unavailable(retry_after=_RETRY_UNAVAILABLE)
    if isinstance(answer, NotAllowed):
        raise answer
    return answer
