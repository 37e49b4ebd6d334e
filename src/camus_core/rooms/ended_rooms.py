"""The rooms that have ended lately, which aren't made again on demand for a while."""

from attrs import define, field

from ..events import Timestamp
from ..limits import Limits
from ..records import RoomId, RoomRecord

_MOST_ENDED = 10_000
"""The ended rooms that are remembered, 0.3 KB each; the one that ended first is forgotten."""


@define(eq=False)
class EndedRooms:
    """The rooms that have ended in the last `Limits.ended_room_seconds`, oldest first."""

    limits: Limits
    _ended: dict[RoomId, tuple[str, Timestamp]] = field(factory=dict, init=False)

    def add(self, room: RoomRecord, now: Timestamp) -> None:
        """Remember that a room has ended now."""
        self._ended.pop(room.id, None)
        self._ended[room.id] = room.incarnation, now
        if len(self._ended) > _MOST_ENDED:
            del self._ended[next(iter(self._ended))]

    def has(self, room_id: RoomId, now: Timestamp) -> bool:
        """Return whether a room with this id has ended lately."""
        _, ended_at = self._ended.get(room_id, ("", None))
        return ended_at is not None and now < ended_at + self.limits.ended_room_seconds

    def is_late_answer(self, room: RoomRecord) -> bool:
        """Return whether this very room has ended, so that the store was read before."""
        incarnation, _ = self._ended.get(room.id, (None, None))
        return incarnation == room.incarnation
