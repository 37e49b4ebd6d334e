"""Which place of a full room ends so that somebody else comes in: one that is only held.

An address can take every place of a room and then drop its connections: each place is held for
a while, and costs it nothing more. So in a full room an address has a part of all places (see
`Limits.address_part`) without a connection, and a wider IPv6 network a larger one (`most_of`).
For a newcomer from elsewhere the place ends that is over this part and was away for longest.
Where nobody comes, nobody loses a place: a class that loses its network comes back to all.
"""

from collections import Counter

from ..limits import Limits
from ..rate_limits import networks_of, quotas_of
from ..rooms.member import Member
from ..rooms.room import Room


def member_to_evict(room: Room, newcomer: str | None, limits: Limits) -> Member | None:
    """Return the member whose held place ends for a newcomer from this address, if one does."""
    away = [one for one in room.members.values() if one.away_since is not None]
    away.sort(key=_away_since)
    own = networks_of(newcomer) if newcomer is not None else ()
    most = quotas_of(room.guest_limit, limits)
    for size, limit in enumerate(most):
        counts = Counter(_network(member, size) for member in away)
        for member in away:
            network = _network(member, size)
            if network is not None and network not in own and counts[network] > limit:
                return member
    return None


def _away_since(member: Member) -> float:
    return member.away_since or 0.0


def _network(member: Member, size: int) -> str | None:
    networks = () if member.address is None else networks_of(member.address)
    return networks[size] if size < len(networks) else None
