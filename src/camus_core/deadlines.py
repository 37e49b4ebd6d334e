"""When the core wants to be woken, and for what: one heap, re-armed lazily."""

from collections.abc import Hashable, Iterator
from heapq import heappop, heappush
from typing import Generic, TypeVar

from attrs import frozen

from .events import ConnectionId, Timestamp
from .records import ClientId, RoomId


@frozen
class CheckSilence:
    """Look whether a connection has been heard."""

    connection: ConnectionId


@frozen
class PushRoster:
    """Push a room's roster."""

    room_id: RoomId


@frozen
class ContinueReports:
    """Tell senders in a room of more of what was lost."""

    room_id: RoomId


@frozen
class SaveMembers:
    """Store the members of a room again."""

    room_id: RoomId


@frozen
class CheckEmptiness:
    """Look whether a room is still empty."""

    room_id: RoomId


@frozen
class EndHold:
    """Look whether a member is still away."""

    client_id: ClientId


@frozen
class EndWait:
    """Look whether a client still waits at a locked door."""

    client_id: ClientId


@frozen
class Acknowledge:
    """Confirm what has come from a member, if it was not done since."""

    client_id: ClientId


@frozen
class Resend:
    """Send a client that has come back more of what it has missed."""

    client_id: ClientId


@frozen
class RefreshIceServers:
    """Give new TURN credentials to those whose own grow old."""


Deadline = (
    CheckSilence
    | PushRoster
    | ContinueReports
    | SaveMembers
    | CheckEmptiness
    | EndHold
    | EndWait
    | Acknowledge
    | Resend
    | RefreshIceServers
)

Key = TypeVar("Key", bound=Hashable)


class Deadlines(Generic[Key]):
    """Holds at most one time for each key, and so is as large as what it watches.

    A deadline that moves to a later time is left where it is: when it comes up, its owner
    looks whether it still holds and arms it again. A frame so costs no heap operation, and
    10,000 idle clients cost nothing.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[Timestamp, int, Key]] = []
        self._armed: dict[Key, Timestamp] = {}
        self._serial = 0

    def arm(self, key: Key, when: float) -> None:
        """Have `key` come up at `when`, or at an earlier time that it is armed for already."""
        armed = self._armed.get(key)
        if armed is not None and armed <= when:
            return
        self._armed[key] = Timestamp(when)
        self._serial += 1
        heappush(self._heap, (Timestamp(when), self._serial, key))

    def next(self) -> Timestamp | None:
        """Return the earliest time, or None when nothing is armed."""
        return self._heap[0][0] if self._heap else None

    def due(self, now: Timestamp) -> Iterator[Key]:
        """Yield each key whose time has come; it is disarmed before it is yielded."""
        while self._heap and self._heap[0][0] <= now:
            when, _, key = heappop(self._heap)
            if self._armed.get(key) == when:
                del self._armed[key]
                yield key
