"""Reconciliation: a room with members takes over the changes that were found in the store."""

from collections.abc import Collection

from attrs import evolve

from ..effects import Effect
from ..records import RoomRecord, StoredRoom
from ..wire import messages as m
from .room import Room


def take_bans_and_invitations(room: Room, stored: StoredRoom) -> None:
    """Add the stored bans and invitations that the room doesn't know, in order of age.

    One that the room knows stays as it is, but for the uses of an invitation, and one that
    isn't stored stays, too: the answer may be older than the last change.
    """
    stored_bans = {ban.id: ban for ban in stored.bans if ban.id not in room.ended_bans}
    room.bans = stored_bans | room.bans
    invitations = {one.id: one for one in stored.invitations}
    for id in room.ended_invitations:
        invitations.pop(id, None)
    for id, known in room.invitations.items():
        used = max(known.used, invitations.get(id, known).used)
        invitations[id] = evolve(known, used=used)
    room.invitations = invitations


def end_what_ended_elsewhere(
    room: Room, stored: StoredRoom, known: Collection[str]
) -> frozenset[str]:
    """End the bans and invitations that another program has ended in the store; return their
    ids.

    `known` are the ids of those that the room had when the store was asked: what this node has
    changed until the answer came is in the answer.
    """
    if stored.room.incarnation != room.record.incarnation:
        return frozenset()
    stored_ids = {ban.id for ban in stored.bans} | {one.id for one in stored.invitations}
    ended = frozenset(known) - stored_ids
    room.bans = {id: ban for id, ban in room.bans.items() if id not in ended}
    room.invitations = {id: one for id, one in room.invitations.items() if id not in ended}
    return ended


def adopt(room: Room, stored: StoredRoom, guest_limit: int) -> list[Effect]:
    """Take over a newer revision of the room's record, and tell the members what has changed.

    The lock stays: each server that has members decides about its own.
    """
    before, places = room.record, room.guest_limit
    room.record = evolve(stored.room, locked=before.locked)
    room.guest_limit = guest_limit
    now, unchanged = room.record, m.RoomUpdatedBody(before.locked)
    news = m.RoomUpdatedBody(
        before.locked,
        now.name if now.name != before.name else None,
        _has_password(now) if now.password_hash != before.password_hash else None,
        guest_limit if guest_limit != places else None,
        now.public if now.public != before.public else None,
    )
    return room.tell_update(news) if news != unchanged else []


def _has_password(record: RoomRecord) -> bool:
    return record.password_hash is not None


def succeed(room: Room, stored: StoredRoom, guest_limit: int) -> list[Effect]:
    """Become the room that was created with the same id in place of the one that has members.

    The members stay, and so does the lock. Bans, invitations and the history of the former room
    end, and so do the roles that its owner token gave to guest clients.
    """
    room.record, before = evolve(stored.room, locked=room.record.locked), room.record
    room.guest_limit, room.former_incarnation = guest_limit, before.incarnation
    room.bans, room.invitations = {}, {}
    room.history.clear()
    room.ended_bans.clear()
    room.ended_invitations.clear()
    take_bans_and_invitations(room, stored)
    effects: list[Effect] = []
    if before.locked != stored.room.locked:
        effects.append(room.save_lock())
    for member in room.members.values():
        if member.identity is None and member.role != "guest":
            effects += room.set_role(member, "guest")
        else:
            effects.append(member.save())
    return effects
