"""How many of the rooms that are there each address has made, and how many are public."""

from collections.abc import Mapping, Sequence

from attrs import define, field

from ..limits import Limits
from ..rate_limits import networks_of, quotas_of, quotas_within
from ..wire.errors import RateLimited


@define(eq=False)
class RoomCreators:
    """Counts rooms by the networks from which they were made; at most one count for a room."""

    limits: Limits
    rooms: dict[str, int] = field(factory=dict, init=False)
    public: dict[str, int] = field(factory=dict, init=False)

    def check(self, creator: str | None, public: bool) -> None:
        """See that somebody from this address may make one more.

        Raises:
            RateLimited: there are as many of its rooms, or of its public rooms, as may be.
        """
        limits = self.limits
        most = quotas_within(limits.rooms_per_address, limits.rooms, limits)
        if _has(self.rooms, creator, most):
            text = "too many rooms of your address are still there"
            raise RateLimited(text, retry_after=limits.room_empty_for)
        listed = quotas_of(limits.rooms_listed, limits)
        if public and limits.address_part < 1 and _has(self.public, creator, listed):
            text = "too many public rooms of your address are still there"
            raise RateLimited(text, retry_after=limits.room_empty_for)

    def count(self, creator: str | None, public: bool) -> None:
        """A room is about to be made."""
        for network in _networks(creator):
            for counts in self._counts(public):
                counts[network] = counts.get(network, 0) + 1

    def uncount(self, creator: str | None, public: bool) -> None:
        """A room is no more, or was not made."""
        for network in _networks(creator):
            for counts in self._counts(public):
                if network in counts:
                    counts[network] -= 1
                    if not counts[network]:
                        del counts[network]

    def clear(self) -> None:
        """The server stops."""
        self.rooms.clear()
        self.public.clear()

    def _counts(self, public: bool) -> tuple[dict[str, int], ...]:
        return (self.rooms, self.public) if public else (self.rooms,)


def _networks(creator: str | None) -> tuple[str, ...]:
    return () if creator is None else networks_of(creator)


def _has(counts: Mapping[str, int], creator: str | None, most: Sequence[float]) -> bool:
    pairs = zip(_networks(creator), most, strict=False)
    return any(counts.get(network, 0) >= limit for network, limit in pairs)
