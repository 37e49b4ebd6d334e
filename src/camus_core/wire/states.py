"""The table of legality: the recipients that each message may have, by state of its sender."""

from collections.abc import Mapping
from enum import Enum

from . import messages as m
from .errors import (
    AlreadyJoined,
    NotJoined,
    ProtocolError,
    ServerOnlyType,
    UnknownType,
    WrongReceiver,
)

SERVER, CLIENT, EVERYONE = "the server", "one client", "the room"


class State(Enum):
    """The state of a connection: its profile, and whether its client has joined a room."""

    CORE = "in a room, core profile"
    UNJOINED = "not in a room yet, session profile"
    JOINED = "in a room, session profile"
    WAITING = "in a waiting room, session profile"


Cell = frozenset[str] | type[ProtocolError]
"""The recipients that a message may have, or the error that answers it."""

_TO_SERVER: Cell = frozenset({SERVER})
_TO_CLIENT: Cell = frozenset({CLIENT})
_TO_OTHERS: Cell = frozenset({CLIENT, EVERYONE})
_TO_ONE: Cell = frozenset({SERVER, CLIENT})
_TO_ANYONE: Cell = frozenset({SERVER, CLIENT, EVERYONE})

TABLE: Mapping[type[m.Message], tuple[Cell, Cell, Cell, Cell]] = {
    #                     CORE            UNJOINED        JOINED          WAITING
    m.Ping:              (_TO_ONE,        _TO_SERVER,     _TO_ONE,        _TO_SERVER),
    m.Pong:              (_TO_ONE,        _TO_SERVER,     _TO_ONE,        _TO_SERVER),
    m.Text:              (_TO_OTHERS,     NotJoined,      _TO_OTHERS,     NotJoined),
    m.GetRoomInfo:       (_TO_SERVER,     NotJoined,      _TO_SERVER,     NotJoined),
    m.RoomInfo:          (ServerOnlyType, ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.Profile:           (_TO_SERVER,     NotJoined,      _TO_SERVER,     NotJoined),
    m.GetIceServers:     (_TO_SERVER,     NotJoined,      _TO_SERVER,     NotJoined),
    m.IceServers:        (ServerOnlyType, ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.Offer:             (_TO_CLIENT,     NotJoined,      _TO_CLIENT,     NotJoined),
    m.Answer:            (_TO_CLIENT,     NotJoined,      _TO_CLIENT,     NotJoined),
    m.IceCandidate:      (_TO_CLIENT,     NotJoined,      _TO_CLIENT,     NotJoined),
    m.Greeting:          (_TO_ANYONE,     NotJoined,      _TO_ANYONE,     NotJoined),
    m.Bye:               (_TO_ANYONE,     _TO_SERVER,     _TO_ANYONE,     _TO_SERVER),
    m.Error:             (ServerOnlyType, ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.Extension:         (_TO_OTHERS,     NotJoined,      _TO_OTHERS,     NotJoined),
    m.Join:              (UnknownType,    _TO_SERVER,     AlreadyJoined,  AlreadyJoined),
    m.Joined:            (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.CreateRoom:        (UnknownType,    _TO_SERVER,     _TO_SERVER,     NotJoined),
    m.RoomCreated:       (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.ListRooms:         (UnknownType,    _TO_SERVER,     _TO_SERVER,     NotJoined),
    m.Rooms:             (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.ClientJoined:      (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.ClientLeft:        (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.ClientUpdated:     (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.Done:              (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.Ack:               (UnknownType,    NotJoined,      _TO_SERVER,     NotJoined),
    m.Undeliverable:     (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.GoingAway:         (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.Kick:              (UnknownType,    NotJoined,      _TO_SERVER,     NotJoined),
    m.Ban:               (UnknownType,    NotJoined,      _TO_SERVER,     NotJoined),
    m.SetRole:           (UnknownType,    NotJoined,      _TO_SERVER,     NotJoined),
    m.Lock:              (UnknownType,    NotJoined,      _TO_SERVER,     NotJoined),
    m.Admit:             (UnknownType,    NotJoined,      _TO_SERVER,     NotJoined),
    m.Deny:              (UnknownType,    NotJoined,      _TO_SERVER,     NotJoined),
    m.RoomUpdated:       (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.Waiting:           (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.ClientWaiting:     (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
    m.ClientWaitingLeft: (UnknownType,    ServerOnlyType, ServerOnlyType, ServerOnlyType),
}  # fmt: skip

LEGAL: Mapping[State, Mapping[type[m.Message], frozenset[str]]] = {
    state: {
        kind: cell if isinstance(cell := row[column], frozenset) else frozenset()
        for kind, row in TABLE.items()
    }
    for column, state in enumerate(State)
}
"""The table in the form in which the router reads it for each frame: the legal recipients."""


def why_not(kind: type[m.Message], state: State) -> type[ProtocolError]:
    """Return the error for a message that is illegal in this state or to its recipient."""
    cell = TABLE[kind][list(State).index(state)]
    return WrongReceiver if isinstance(cell, frozenset) else cell
