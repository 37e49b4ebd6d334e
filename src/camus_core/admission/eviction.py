"""Eviction: the held place that a full room gives up for a newcomer (rule LIM-28).

An address could take every place of a room and then drop its connections: each place is held
for a while, and costs it nothing more. So in a full room the disconnected members of one
address keep only a part of all places (`Limits.address_part`), and those of a wider IPv6
network a larger part (`quotas_of`). A newcomer from another network gets a place that is over
this part, the one held for longest. Without a newcomer no place is lost: a class that loses its
network comes back to all its places.
"""

from collections import Counter

from ..limits import Limits
from ..rate_limits import networks_of, quotas_of
from ..records import NetworkAddress
from ..rooms.member import SessionMember
from ..rooms.room import Room


def member_to_evict(
    room: Room, newcomer: NetworkAddress | None, limits: Limits
) -> SessionMember | None:
    """Return the member whose held place ends for a newcomer from this address, if any."""
    away = [
        member
        for member in room.members.values()
        if isinstance(member, SessionMember) and member.away_since is not None
    ]
    away.sort(key=_away_since)
    own = networks_of(newcomer) if newcomer is not None else ()
    for size, quota in enumerate(quotas_of(room.guest_limit, limits)):
        counts = Counter(_network(member, size) for member in away)
        for member in away:
            network = _network(member, size)
            if network is not None and network not in own and counts[network] > quota:
                return member
    return None


def _away_since(member: SessionMember) -> float:
    return member.away_since or 0.0


def _network(member: SessionMember, size: int) -> str | None:
    networks = () if member.address is None else networks_of(member.address)
    return networks[size] if size < len(networks) else None
