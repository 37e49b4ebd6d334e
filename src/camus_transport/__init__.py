"""asyncio around the core: transports, the server that drives it, clients, `camus-serve`."""

from .client import (
    Backoff,
    Dropped,
    Expired,
    Refused,
    Rejoined,
    Resumed,
    Session,
    SessionEvent,
    Token,
    Unanswered,
    Waiting,
    create_room,
    join,
)
from .client.peer import Disconnected, Peer, connect
from .signaling import Signaling

__all__ = [
    "Backoff",
    "Disconnected",
    "Dropped",
    "Expired",
    "Peer",
    "Refused",
    "Rejoined",
    "Resumed",
    "Session",
    "SessionEvent",
    "Signaling",
    "Token",
    "Unanswered",
    "Waiting",
    "connect",
    "create_room",
    "join",
]
