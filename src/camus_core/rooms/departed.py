"""Departed guests: those that have left a room lately, and can still be banned (BAN-15)."""

from attrs import define, field

from ..clocks import LONG_AGO
from ..events import Timestamp
from ..records import ClientRecord
from .member import Member

MOST_DEPARTED = 32
"""The guests that a room remembers, 1 KB each: one that does harm and leaves at once is among
them still when a moderator has reached for the ban, also in a room where many come and go."""


@define(eq=False)
class DepartedGuests:
    """The guests that have left one room last, in order of leaving."""

    _departed: dict[str, tuple[Timestamp, ClientRecord]] = field(factory=dict, init=False)

    def add(self, member: Member, now: Timestamp) -> None:
        """Remember a member that leaves now, if it is a guest."""
        self._departed.pop(member.id, None)
        if member.role == "guest":
            self._departed[member.id] = now, member.record()
        if len(self._departed) > MOST_DEPARTED:
            del self._departed[next(iter(self._departed))]

    def find(self, client_id: str, since: float) -> ClientRecord | None:
        """Return the guest with this id that has left since a time of the deadline clock."""
        left_at, client = self._departed.get(client_id, (LONG_AGO, None))
        return client if left_at >= since else None

    def clear(self) -> None:
        """Forget them all."""
        self._departed.clear()
