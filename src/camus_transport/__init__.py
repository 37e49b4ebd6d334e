"""The asyncio part of Camus: the server, its transports, Python clients and `camus-serve`."""

from .client import (
    Backoff,
    Dropped,
    Expired,
    InWaitingRoom,
    Refused,
    Rejected,
    Rejoined,
    Resumed,
    RoomKey,
    Session,
    SessionEvent,
    Token,
    Unanswered,
    create_room,
    join,
    new_secret,
)
from .client.peer import ConnectionClosed, Peer, connect
from .signaling import Signaling

__all__ = [
    "Backoff",
    "ConnectionClosed",
    "Dropped",
    "Expired",
    "InWaitingRoom",
    "Peer",
    "Refused",
    "Rejected",
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
    "join",
    "new_secret",
]
