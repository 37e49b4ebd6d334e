"""The census: the numbers of rooms, members and connections at a moment."""

from attrs import frozen


@frozen
class Census:
    """The numbers that the metrics and the log report.

    Attributes:
        connections: Open connections, in a room or not.
        rooms: Rooms with at least one member.
        members: Members of all rooms.
        away: Members of these that have no connection at the moment.
        unconfirmed_bytes: Bytes that are kept for clients until they confirm them.
    """

    connections: int
    rooms: int
    members: int
    away: int
    unconfirmed_bytes: int
