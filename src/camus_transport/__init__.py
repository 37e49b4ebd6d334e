"""The asyncio part of Camus: the server, its transports, Python clients and `camus-serve`."""

from camus_core.admission.links import invitation_in, link_to

from .client import (
    HAND,
    Backoff,
    Discarded,
    Dropped,
    Expired,
    InWaitingRoom,
    Refused,
    Rejoined,
    Resumed,
    RoomKey,
    Session,
    SessionEvent,
    Token,
    Unanswered,
    create_room,
    find_room,
    join,
    new_secret,
    next_hand,
    raised_hands,
)
from .client.peer import ConnectionClosed, Peer, connect
from .signaling import Signaling

__all__ = [
    "HAND",
    "Backoff",
    "ConnectionClosed",
    "Discarded",
    "Dropped",
    "Expired",
    "InWaitingRoom",
    "Peer",
    "Refused",
    "Rejoined",
    "Resumed",
    "RoomKey",
    "Session",
    "SessionEvent",
    "Signaling",
    "Token",
    "Unanswered",
    "connect",
    "create_room",
    "find_room",
    "invitation_in",
    "join",
    "link_to",
    "new_secret",
    "next_hand",
    "raised_hands",
]
