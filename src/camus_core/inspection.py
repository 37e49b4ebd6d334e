"""Inspection: a read-only view of a router's state at a moment, for tests and tools."""

from collections.abc import Mapping

from attrs import frozen

from .admission.waiting_room import WaitingRooms
from .client_connection import ClientConnection
from .events import ConnectionId
from .rate_limits import RateLimits
from .records import ClientId, RoomId, RoomRecord
from .rooms.member import SessionMember
from .rooms.registry import RoomRegistry
from .rooms.room import Room
from .sessions.sessions import Sessions
from .wire.messages import Message, SessionClient


@frozen
class MemberView:
    """A member of a room.

    Attributes:
        info: Its id, username and role.
        keeps_session: True in the session profile.
    """

    info: SessionClient
    keeps_session: bool


@frozen
class RoomView:
    """A room with members, or an empty one that will be forgotten.

    Attributes:
        record: The room as the store keeps it.
        creator: The network address that has created it, if known.
        was_entered: True once the room has had a member.
        members: The members, in order of joining.
        waiting: The number of clients in its waiting room.
        texts: The number of texts in its history.
    """

    record: RoomRecord
    creator: str | None
    was_entered: bool
    members: tuple[MemberView, ...]
    waiting: int
    texts: int

    @classmethod
    def of(cls, room: Room, waiting: int) -> "RoomView":
        """Return the view of a room for which so many clients wait."""
        members = (
            MemberView(member.info(), member.profile.keeps_session)
            for member in room.members.values()
        )
        return cls(
            room.record,
            room.creator,
            room.was_entered,
            tuple(members),
            waiting,
            len(room.history.texts),
        )


@frozen
class SessionView:
    """The session of a member.

    Attributes:
        room_id: The room of the member.
        is_away: True while the member has no connection.
        received: The number of the client's frames that were decided in this epoch.
        sent: The number of frames for the client in this epoch.
        unconfirmed: The frames that the client hasn't confirmed, in order.
        unconfirmed_bytes: The bytes that are kept for the client.
    """

    room_id: RoomId
    is_away: bool
    received: int
    sent: int
    unconfirmed: tuple[Message, ...]
    unconfirmed_bytes: int

    @classmethod
    def of(cls, member: SessionMember) -> "SessionView":
        """Return the view of a member's session."""
        delivery = member.delivery
        return cls(
            member.room.record.id,
            member.connection is None,
            delivery.received,
            delivery.sent,
            tuple(delivery.unconfirmed_messages()),
            delivery.unconfirmed_bytes,
        )


@frozen
class Inspection:
    """The state of a router.

    Attributes:
        connections: The open connections, each with the id of the member that its client is.
        rooms: The rooms.
        sessions: The sessions, by the ids of their members.
        waiting: The number of clients in all waiting rooms.
        limited_addresses: The number of addresses whose actions are counted.
        rooms_created: The number of rooms by the network of their creators.
        public_rooms_created: The number of public rooms among these.
        texts: The number of texts in all histories.
        history_bytes: The bytes that they take.
    """

    connections: Mapping[ConnectionId, ClientId | None]
    rooms: Mapping[RoomId, RoomView]
    sessions: Mapping[ClientId, SessionView]
    waiting: int
    limited_addresses: int
    rooms_created: Mapping[str, int]
    public_rooms_created: Mapping[str, int]
    texts: int
    history_bytes: int

    @classmethod
    def of(
        cls,
        connections: Mapping[ConnectionId, ClientConnection],
        rooms: RoomRegistry,
        sessions: Sessions,
        waiting_rooms: WaitingRooms,
        rate_limits: RateLimits,
    ) -> "Inspection":
        """Return the state of a router that has these parts."""
        return cls(
            connections={
                connection.id: None if connection.member is None else connection.member.id
                for connection in connections.values()
            },
            rooms={
                room.record.id: RoomView.of(room, waiting_rooms.count(room.record.id))
                for room in rooms
            },
            sessions={member.id: SessionView.of(member) for member in sessions},
            waiting=len(waiting_rooms),
            limited_addresses=len(rate_limits),
            rooms_created=dict(rooms.creators.rooms),
            public_rooms_created=dict(rooms.creators.public),
            texts=len(rooms.histories),
            history_bytes=rooms.histories.used,
        )
