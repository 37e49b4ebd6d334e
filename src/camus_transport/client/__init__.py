"""The Python client of the session profile, whose sessions outlive their connections."""

from .attributes import HAND, next_hand, raised_hands
from .backoff import Backoff
from .encryption import RoomKey, new_secret
from .events import (
    Discarded,
    Dropped,
    Expired,
    InWaitingRoom,
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
    "Discarded",
    "Dropped",
    "Expired",
    "InWaitingRoom",
    "Refused",
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
