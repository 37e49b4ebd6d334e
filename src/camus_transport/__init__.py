"""The asyncio part of Camus: the server, its transports, Python clients and `camus-serve`."""

from .client import (
    HAND,
    Backoff,
    Dropped,
    Expired,
    InWaitingRoom,
    Refused,
    Rejoined,
    Resumed,
    Session,
    SessionEvent,
    Token,
    Unanswered,
    create_room,
    find_room,
    join,
    next_hand,
    raised_hands,
)
from .client.peer import ConnectionClosed, Peer, connect
from .signaling import Signaling

__all__ = [
    "HAND",
    "Backoff",
    "ConnectionClosed",
    "Dropped",
    "Expired",
    "InWaitingRoom",
    "Peer",
    "Refused",
    "Rejoined",
    "Resumed",
    "Session",
    "SessionEvent",
    "Signaling",
    "Token",
    "Unanswered",
    "connect",
    "create_room",
    "find_room",
    "join",
    "next_hand",
    "raised_hands",
]
