"""The Python client of the session profile, whose sessions outlive their connections."""

from .attributes import HAND, next_hand, raised_hands
from .backoff import Backoff
from .encryption import RoomKey, new_secret
from .events import (
    Dropped,
    Expired,
    InWaitingRoom,
    Rejected,
    Rejoined,
    Resumed,
    SessionEvent,
)
from .joining import create_room, find_room, join
from .reconnection import Token
from .requests import Refused, Unanswered
from .session import Session

__all__ = [
    "HAND",
    "Backoff",
    "Dropped",
    "Expired",
    "InWaitingRoom",
    "Refused",
    "Rejected",
    "Rejoined",
    "Resumed",
    "RoomKey",
    "Session",
    "SessionEvent",
    "Token",
    "Unanswered",
    "create_room",
    "find_room",
    "join",
    "new_secret",
    "next_hand",
    "raised_hands",
]
