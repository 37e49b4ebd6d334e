"""asyncio around the core: transports, the server that drives it, clients, `camus-serve`."""

from .backoff import Backoff
from .client import Disconnected, Peer, connect
from .joining import create_room, join
from .requests import Refused, Unanswered
from .session import Session
from .session_events import Dropped, Expired, Rejoined, Resumed
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
    "Signaling",
    "Unanswered",
    "connect",
    "create_room",
    "join",
]
