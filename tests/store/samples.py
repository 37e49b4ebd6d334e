"""Sample rooms and clients for the tests of the stores."""

from camus_core.records import ClientId, ClientRecord, RoomId, RoomRecord, SessionDigest

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
