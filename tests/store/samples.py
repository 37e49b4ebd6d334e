"""Sample records for the tests of the stores."""

from camus_core.effects import ForgetBan, SaveBan, SaveInvitation, SaveLock
from camus_core.records import (
    BanRecord,
    ClientId,
    ClientRecord,
    InvitationRecord,
    RoomId,
    RoomRecord,
    SessionDigest,
)

FIRST_INCARNATION = "the first of this id"
"""The incarnation of rooms, unless a test wants another."""


def a_room(
    id: str,
    name: str = "A room",
    created_at: float = 1_762_473_600.25,
    public: bool = False,
    incarnation: str = FIRST_INCARNATION,
) -> RoomRecord:
    return RoomRecord(RoomId(id), name, created_at, public, incarnation=incarnation)


def a_client(
    id: str,
    room: str = "lobby",
    joined_at: float = 5.0,
    node: str = "",
    session: str | None = None,
    away_since: float | None = None,
    incarnation: str = FIRST_INCARNATION,
) -> ClientRecord:
    return ClientRecord(
        id=ClientId(id),
        room_id=RoomId(room),
        username="Ann",
        joined_at=joined_at,
        node=node,
        session_digest=None if session is None else SessionDigest(session),
        away_since=away_since,
        incarnation=incarnation,
    )


def an_invitation(
    id: str, created_at: float = 7.0, uses: int | None = None, used: int = 0
) -> InvitationRecord:
    return InvitationRecord(
        id, f"digest of {id}", "A friend", "guest", "Ann", created_at, uses=uses, used=used
    )


def locks(room: RoomRecord, locked: bool = True) -> SaveLock:
    return SaveLock(room.id, room.incarnation, locked)


def bans(room: RoomRecord, ban: BanRecord) -> SaveBan:
    return SaveBan(room.id, room.incarnation, ban)


def takes_back(room: RoomRecord, ban: BanRecord) -> ForgetBan:
    return ForgetBan(room.id, room.incarnation, ban.id)


def invites(room: RoomRecord, invitation: InvitationRecord) -> SaveInvitation:
    return SaveInvitation(room.id, room.incarnation, invitation)
