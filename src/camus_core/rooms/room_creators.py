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
        public_quotas = quotas_of(limits.rooms_listed, limits)
        if (
            public
            and limits.address_part < 1
            and _has_used(self.public, creator, public_quotas)
        ):
            text = "too many public rooms of your address are still there"
            raise RateLimited(text, retry_after=limits.room_empty_for)

    def count(self, creator: str | None, public: bool) -> None:
        """Count a room that is about to be created."""
        for network in _networks(creator):
            for counts in self._counts(public):
                counts[network] = counts.get(network, 0) + 1

    def uncount(self, creator: str | None, public: bool) -> None:
        """Uncount a room that has ended, or was not created."""
        for network in _networks(creator):
            for counts in self._counts(public):
                if network in counts:
                    counts[network] -= 1
                    if not counts[network]:
                        del counts[network]

    def clear(self) -> None:
        """Forget all counts, because the server stops."""
        self.rooms.clear()
        self.public.clear()

    def _counts(self, public: bool) -> tuple[dict[str, int], ...]:
        return (self.rooms, self.public) if public else (self.rooms,)


def _networks(creator: str | None) -> tuple[str, ...]:
    return () if creator is None else networks_of(creator)


def _has_used(counts: Mapping[str, int], creator: str | None, quotas: Sequence[float]) -> bool:
    """Return True if one of the creator's networks has used up its quota."""
    pairs = zip(_networks(creator), quotas, strict=False)
    return any(counts.get(network, 0) >= quota for network, quota in pairs)
