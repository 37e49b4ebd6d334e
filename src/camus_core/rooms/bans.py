"""Bans: the clients that may not join a room."""

from attrs import evolve

from ..effects import Effect, ForgetBan, SaveBan
from ..records import BanRecord, NetworkAddress
from .room import Room


def give_ban(
    room: Room,
    ban: BanRecord,
    identity: str | None,
    address: NetworkAddress | None,
    limit: int,
) -> list[Effect]:
    """Ban a client by its identity or else its address; keep the last `limit` bans.

    `ban` has all other attributes of the ban. It replaces an earlier one of the same identity
    or address. A client without either can't be banned, and nothing changes.
    """
    if identity is None and address is None:
        return []
    given = evolve(ban, identity=identity, address=address if identity is None else None)
    others = [one.id for one in room.bans.values() if not _is_same(one, given)]
    kept = others[max(0, len(others) + 1 - limit) :]
    ended = [id for id in room.bans if id not in kept and id != given.id]
    room.bans = {id: room.bans[id] for id in kept} | {given.id: given}
    key = room.record.id, room.record.incarnation
    return [*(ForgetBan(*key, id) for id in ended), SaveBan(*key, given)]


def _is_same(ban: BanRecord, given: BanRecord) -> bool:
    """Return whether a ban is one of the same client, or covers the same clients."""
    subject = given.identity, given.address, given.guest_digest
    return ban.id == given.id or (ban.identity, ban.address, ban.guest_digest) == subject


def is_banned(room: Room, identity: str | None, address: NetworkAddress | None) -> bool:
    """Return whether a ban covers a client with this identity and this address."""
    return any(ban.covers(identity, address) for ban in room.bans.values())
