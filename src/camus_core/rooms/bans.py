"""Bans: the clients that may not join a room, or only if a moderator admits them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import evolve

from ..effects import Effect, ForgetBan, SaveBan
from ..events import Timestamp
from ..rate_limits import networks_of
from ..records import BanRecord, digest
from .room import Room


def bans_at(room: Room, now: Timestamp) -> list[BanRecord]:
    """Return the bans of a room that haven't ended, the oldest first."""
    time = room.wall.at(now)
    return [ban for ban in room.bans.values() if ban.holds_at(time)]


def give_ban(room: Room, ban: BanRecord, limit: int, now: Timestamp) -> list[Effect]:
    """Add a ban, in place of one of the same client, and keep at most `limit` of all.

    A client without an identity, a guest token and an address can't be banned, and nothing
    changes.
    """
    if (ban.identity, ban.guest_digest, ban.address) == (None, None, None):
        return []
    kept = []
    for one in bans_at(room, now):
        if _is_same(one, ban):
            ban = _stricter(ban, one)
        else:
            kept.append(one)
    while len(kept) >= max(1, limit):
        kept.remove(_dispensable(kept, ban))
    ids = {one.id for one in kept}
    while ban.id in ids:
        ban = evolve(ban, id=digest(ban.id)[: len(ban.id)])
    effects = end_bans(room, room.bans.keys() - ids - {ban.id})
    room.bans.pop(ban.id, None)
    room.bans[ban.id] = ban
    return [*effects, SaveBan(room.record.id, room.record.incarnation, ban)]


def end_bans(room: Room, ids: Iterable[str]) -> list[Effect]:
    """End the bans with these ids."""
    ended = set(ids)
    effects: list[Effect] = []
    for id in [id for id in room.bans if id in ended]:
        del room.bans[id]
        room.ended_bans.append(id)
        effects.append(ForgetBan(room.record.id, room.record.incarnation, id))
    return effects


def end_bans_in_time(room: Room, now: Timestamp) -> list[Effect]:
    """End the bans whose time is over."""
    return end_bans(room, room.bans.keys() - {ban.id for ban in bans_at(room, now)})


def _is_same(ban: BanRecord, given: BanRecord) -> bool:
    """Return whether two bans are of the same client, as far as can be known."""
    subject = given.identity, given.address, given.guest_digest
    return (ban.identity, ban.address, ban.guest_digest) == subject


def _stricter(given: BanRecord, former: BanRecord) -> BanRecord:
    """Return the given ban, no shorter than the former one, and an owner's if that was."""
    until = None
    if given.until is not None and former.until is not None:
        until = max(given.until, former.until)
    return evolve(given, until=until, by_owner=given.by_owner or former.by_owner)


def _dispensable(bans: Sequence[BanRecord], given: BanRecord) -> BanRecord:
    """Return the ban that ends for the given one: of the networks with the most, the oldest.

    A guest that comes again and again with another guest token, or from another address of its
    network, is banned each time, and must not end the bans of others by that. An owner's ban
    ends after those of moderators.
    """
    candidates = [ban for ban in bans if not ban.by_owner] or bans
    counts = Counter(network for ban in [*candidates, given] for network in set(_networks(ban)))
    return max(candidates, key=lambda ban: [counts[network] for network in _networks(ban)])


def _networks(ban: BanRecord) -> Sequence[str]:
    """Return three networks of a ban, the widest first.

    An IPv4 address, and a ban without an address, stands for all three.
    """
    if ban.address is None:
        return (ban.id,) * 3
    networks = networks_of(ban.address)
    return networks[::-1] if len(networks) == 3 else networks * 3
