"""Facts about the state of a router that its effects don't tell.

No other module of the tests reads private members of a router.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from camus_core.events import ConnectionId
from camus_core.records import ClientId, RoomId, RoomRecord
from camus_core.router import Router
from camus_core.wire.messages import Message
from camus_core.wire.states import State


@frozen
class InspectedRoom:
    """A room that has members, or is watched while it is empty.

    Attributes:
        record: Its record.
        creator: The network address that has created it, if any.
        was_entered: True if it has had a member.
        members: The ids of its members, in order of joining.
        core_members: The ids of those without a session.
    """

    record: RoomRecord
    creator: str | None
    was_entered: bool
    members: Sequence[ClientId]
    core_members: Sequence[ClientId]


@frozen
class InspectedSession:
    """A session, with the counts of its delivery and the messages that it keeps."""

    client_id: ClientId
    room_id: RoomId
    is_away: bool
    received: int
    sent: int
    unconfirmed: Sequence[Message]
    unconfirmed_bytes: int


def rooms(router: Router) -> Iterator[InspectedRoom]:
    """Yield every room."""
    for room in router._rooms:
        members = room.members.values()
        yield InspectedRoom(
            room.record,
            room.creator,
            room.was_entered,
            [one.id for one in members],
            [one.id for one in members if one.delivery is None],
        )


def sessions(router: Router) -> Iterator[InspectedSession]:
    """Yield every session."""
    for session in router._sessions:
        delivery = session.delivery
        yield InspectedSession(
            session.member.id,
            session.room.record.id,
            session.member.connection is None,
            delivery.received,
            delivery.sent,
            delivery.unconfirmed_messages(),
            delivery.unconfirmed_bytes,
        )


def member_on(router: Router, connection: ConnectionId) -> ClientId | None:
    """Return the id of the member on a connection, if its client has been admitted."""
    known = router._connections.get(connection)
    return None if known is None or known.member is None else known.member.id


def waiting_clients(router: Router) -> Counter[RoomId]:
    """Return the number of clients that wait for each room, counted one by one."""
    return Counter(
        one.room.record.id
        for one in router._waiting_rooms._waiters.values()
        if one.request.connection.state is State.WAITING
    )


def waiting_room_sizes(router: Router) -> dict[RoomId, int]:
    """Return the number of clients that the router has noted for each waiting room."""
    return {id: len(waiters) for id, waiters in router._waiting_rooms._by_room.items()}


def remembered_addresses(router: Router) -> int:
    """Return the number of network addresses whose rate limits the router remembers."""
    return len(router._rate_limits)


def rooms_by_network(router: Router, *, public: bool = False) -> Mapping[str, int]:
    """Return the number of existing rooms, or public ones, that each network has created."""
    creators = router._rooms.creators
    return creators.public if public else creators.rooms
