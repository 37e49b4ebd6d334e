"""Deadlines: what falls due and when, in one heap that is re-armed lazily."""

from collections.abc import Hashable, Iterator
from heapq import heappop, heappush
from typing import Generic, TypeVar

from attrs import frozen

from .events import ConnectionId, Timestamp
from .records import ClientId, RoomId


@frozen
class CheckSilence:
    """Ping or close a connection if its client is silent."""

    connection: ConnectionId


@frozen
class SettleRoom:
    """Send the next reports of lost messages in a room, and the roster if it has changed."""

    room_id: RoomId


@frozen
class SaveMembers:
    """Write the members of a room to the store again."""

    room_id: RoomId


@frozen
class CheckEmptiness:
    """Forget a room if it is still empty."""

    room_id: RoomId


@frozen
class ExpireRoom:
    """End a room if its time has come."""

    room_id: RoomId


@frozen
class EndHold:
    """End a member's place if its client is still away."""

    client_id: ClientId


@frozen
class EndWait:
    """Refuse a waiting client if nobody has admitted it."""

    client_id: ClientId


@frozen
class EndBans:
    """End the bans of a room whose time is over, and decide again about its waiting clients."""

    room_id: RoomId


@frozen
class Acknowledge:
    """Send a member an `ack` if frames of it are still unacknowledged."""

    client_id: ClientId


@frozen
class Resend:
    """Send a client that has resumed the next frames that it has missed."""

    client_id: ClientId


@frozen
class RefreshIceServers:
    """Send new TURN credentials to members whose own will soon expire."""


@frozen
class ForgetTexts:
    """Forget the texts of all rooms that were kept for long enough."""


Deadline = (
    CheckSilence
    | SettleRoom
    | SaveMembers
    | CheckEmptiness
    | ExpireRoom
    | EndHold
    | EndWait
    | EndBans
    | Acknowledge
    | Resend
    | RefreshIceServers
    | ForgetTexts
)

Key = TypeVar("Key", bound=Hashable)


class Deadlines(Generic[Key]):
    """A heap of times with at most one live entry for each key.

    A deadline that moves to a later time stays where it is: when it comes up, its handler
    looks at the time that holds now, and arms it again for that. So a frame costs no heap
    operation, and 10,000 idle clients cost nothing.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[Timestamp, int, Key]] = []
        self._armed: dict[Key, Timestamp] = {}
        self._serial = 0

    def arm(self, key: Key, when: float) -> None:
        """Arm `key` for `when`, unless it is armed for an earlier time already."""
        armed = self._armed.get(key)
        if armed is not None and armed <= when:
            return
        self._armed[key] = Timestamp(when)
        self._serial += 1
        heappush(self._heap, (Timestamp(when), self._serial, key))

    def next(self) -> Timestamp | None:
        """Return the earliest time, or None if nothing is armed."""
        return self._heap[0][0] if self._heap else None

    def due(self, now: Timestamp) -> Iterator[Key]:
        """Yield each key whose time has come, disarmed."""
        while self._heap and self._heap[0][0] <= now:
            when, _, key = heappop(self._heap)
            if self._armed.get(key) == when:
                del self._armed[key]
                yield key
