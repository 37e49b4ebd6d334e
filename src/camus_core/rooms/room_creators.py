"""Room creators: how many of the existing rooms each network address has created."""

from collections.abc import Mapping, Sequence

from attrs import define, field

from ..limits import Limits
from ..rate_limits import networks_of, quotas_of, quotas_within
from ..wire.errors import RateLimited


@define(eq=False)
class RoomCreators:
    """Counts of the existing rooms by the networks of their creators.

    Attributes:
        limits: The limits of the server.
        rooms: The number of rooms by network, where there is one.
        public: The number of public rooms among these.
    """

    limits: Limits
    rooms: dict[str, int] = field(factory=dict, init=False)
    public: dict[str, int] = field(factory=dict, init=False)

    def check(self, creator: str | None, public: bool) -> None:
        """Check that an address may create one more room.

        Raises:
            RateLimited: It has as many rooms, or public rooms, as it may have (rules LIM-4 and
                LIM-27).
        """
        limits = self.limits
        quotas = quotas_within(limits.rooms_per_address, limits.rooms, limits)
        if _has_used(self.rooms, creator, quotas):
            text = "too many rooms of your address are still there"
            raise RateLimited(text, retry_after=limits.room_empty_for)
        if public:
            self.check_public(creator)

    def check_public(self, creator: str | None) -> None:
        """Check that one more room of an address may be public.

        Raises:
            RateLimited: It has as many public rooms as it may have (rule LIM-27).
        """
        limits = self.limits
        quotas = quotas_of(limits.rooms_listed, limits)
        if limits.address_part < 1 and _has_used(self.public, creator, quotas):
            text = "too many public rooms of your address are still there"
            raise RateLimited(text, retry_after=limits.room_empty_for)

    def count(self, creator: str | None, public: bool) -> None:
        """Count a room that is about to be created."""
        _count(self.rooms, creator)
        if public:
            self.count_public(creator)

    def count_public(self, creator: str | None) -> None:
        """Count a room of the address as a public one."""
        _count(self.public, creator)

    def uncount(self, creator: str | None, public: bool) -> None:
        """Uncount a room that has ended, or was not created."""
        _uncount(self.rooms, creator)
        if public:
            self.uncount_public(creator)

    def uncount_public(self, creator: str | None) -> None:
        """Uncount a room of the address that is not a public one any more."""
        _uncount(self.public, creator)

    def clear(self) -> None:
        """Forget all counts, because the server stops."""
        self.rooms.clear()
        self.public.clear()


def _networks(creator: str | None) -> tuple[str, ...]:
    return () if creator is None else networks_of(creator)


def _count(counts: dict[str, int], creator: str | None) -> None:
    for network in _networks(creator):
        counts[network] = counts.get(network, 0) + 1


def _uncount(counts: dict[str, int], creator: str | None) -> None:
    for network in _networks(creator):
        if network in counts:
            counts[network] -= 1
            if not counts[network]:
                del counts[network]


def _has_used(counts: Mapping[str, int], creator: str | None, quotas: Sequence[float]) -> bool:
    """Return True if one of the creator's networks has used up its quota."""
    pairs = zip(_networks(creator), quotas, strict=False)
    return any(counts.get(network, 0) >= quota for network, quota in pairs)
