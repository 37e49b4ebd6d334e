"""Rooms and clients for the tests of the stores."""

from camus_core.records import ClientId, ClientRecord, RoomId, RoomRecord


def a_room(
    id: str, name: str = "A room", created_at: float = 1_762_473_600.25, public: bool = False
) -> RoomRecord:
    return RoomRecord(id=RoomId(id), name=name, created_at=created_at, public=public)


def a_client(
    id: str,
    room: str = "lobby",
    joined_at: float = 5.0,
    run: str = "",
    session: str | None = None,
    away_since: float | None = None,
) -> ClientRecord:
    return ClientRecord(
        id=ClientId(id),
        room_id=RoomId(room),
        username="Ann",
        joined_at=joined_at,
        run=run,
        session=session,
        away_since=away_since,
    )
