"""The numbers of rooms, members and connections at a moment."""

from attrs import frozen


@frozen
class Census:
    """How much there is: `members` have a place in a room, `away` of them no connection."""

    connections: int
    rooms: int
    members: int
    away: int
    unconfirmed_bytes: int
