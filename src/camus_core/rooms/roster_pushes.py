"""Roster pushes: when members of the core profile are told that the roster has changed."""

from collections.abc import Iterable

from attrs import define

from ..clocks import LONG_AGO, Timestamp
from .member import Member


@define(eq=False)
class RosterPushes:
    """The pushes of one room. The first change is pushed at once; later ones wait, together.

    Attributes:
        interval: The shortest time between two pushes, in seconds.
    """

    interval: float
    _has_changed: bool = False
    _pushed_at: Timestamp = LONG_AGO

    _only_joined: Member | None = None
    """The member whose joining is the only change since the last push: it isn't told of it."""

    def note_change(self, joined: Member | None) -> None:
        """Note a change of the roster; `joined` is the member that has joined, if any."""
        self._only_joined = None if self._has_changed else joined
        self._has_changed = True

    def forget_changes(self) -> None:
        """Forget the changes, because nobody is left to be told."""
        self._has_changed, self._only_joined = False, None

    def next(self) -> Timestamp | None:
        """Return the time of the next push, or None if the roster hasn't changed."""
        return Timestamp(self._pushed_at + self.interval) if self._has_changed else None

    def push(self, members: Iterable[Member], now: Timestamp) -> list[Member]:
        """Return the members to tell now: none if no push is due.

        A push is withheld from members that have sent nothing yet (rule CORE-109).
        """
        due = self.next()
        if due is None or due > now:
            return []
        only_joined = self._only_joined
        self.forget_changes()
        self._pushed_at = now
        recipients = []
        for member in members:
            if member is only_joined or member.profile.receives_deltas:
                continue
            if member.has_spoken:
                recipients.append(member)
            else:
                member.roster_withheld = True
        return recipients
