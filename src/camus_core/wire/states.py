"""The states of a connection, and the recipients that a message may have in each of them."""

from collections.abc import Mapping
from enum import StrEnum

from .errors import (
    AlreadyJoined,
    NotJoined,
    ProtocolError,
    ServerOnlyType,
    UnknownType,
    WrongReceiver,
)

SERVER, CLIENT, EVERYONE = "the server", "one client", "the room"


class State(StrEnum):
    """The state of a connection: its profile, and whether its client has joined a room."""

    CORE = "in a room, core profile"
    UNJOINED = "not in a room yet, session profile"
    JOINED = "in a room, session profile"
    WAITING = "in a waiting room, session profile"


Cell = frozenset[str] | type[ProtocolError]
"""The recipients that a message may have, or the error that answers it."""


class Legality:
    """The recipients that messages of one type may have, by the state of their sender.

    Attributes:
        cells: The recipients for each state, or the error that answers the message there.
        recipients: The same with no recipients in place of an error, as the router reads it for
            each frame.
    """

    def __init__(self, *, core: Cell, unjoined: Cell, joined: Cell, waiting: Cell) -> None:
        self.cells: Mapping[State, Cell] = {
            State.CORE: core,
            State.UNJOINED: unjoined,
            State.JOINED: joined,
            State.WAITING: waiting,
        }
        self.recipients: Mapping[State, frozenset[str]] = {
            state: cell if isinstance(cell, frozenset) else frozenset()
            for state, cell in self.cells.items()
        }

    def reaches(self, recipient: str) -> bool:
        """Return whether the message may go to this recipient in any state."""
        return any(recipient in recipients for recipients in self.recipients.values())

    def why_not(self, state: State) -> type[ProtocolError]:
        """Return the error for a message that is illegal in this state or to its recipient."""
        cell = self.cells[state]
        return WrongReceiver if isinstance(cell, frozenset) else cell


_TO_SERVER: Cell = frozenset({SERVER})
_TO_CLIENT: Cell = frozenset({CLIENT})
_TO_OTHERS: Cell = frozenset({CLIENT, EVERYONE})
_TO_ONE: Cell = frozenset({SERVER, CLIENT})
_TO_ANYONE: Cell = frozenset({SERVER, CLIENT, EVERYONE})


def _from_members(recipients: Cell, elsewhere: Cell = NotJoined) -> Legality:
    return Legality(core=recipients, unjoined=elsewhere, joined=recipients, waiting=elsewhere)


PEER_MESSAGE = _from_members(_TO_CLIENT)
"""Members to one client."""

ROOM_MESSAGE = _from_members(_TO_OTHERS)
"""Members to one client or the room."""

ANYONES_MESSAGE = _from_members(_TO_ANYONE)
"""Members to the server, one client or the room."""

GOODBYE = _from_members(_TO_ANYONE, elsewhere=_TO_SERVER)
"""Members to anybody, and all others to the server."""

SIGN_OF_LIFE = _from_members(_TO_ONE, elsewhere=_TO_SERVER)
"""Members to the server or one client, and all others to the server."""

MEMBERS_REQUEST = _from_members(_TO_SERVER)
"""Members of both profiles to the server."""

SESSION_REQUEST = Legality(
    core=UnknownType, unjoined=NotJoined, joined=_TO_SERVER, waiting=NotJoined
)
"""Members of the session profile to the server."""

LOBBY_REQUEST = Legality(
    core=UnknownType, unjoined=_TO_SERVER, joined=_TO_SERVER, waiting=NotJoined
)
"""Clients of the session profile to the server, in a room or not."""

JOIN_REQUEST = Legality(
    core=UnknownType, unjoined=_TO_SERVER, joined=AlreadyJoined, waiting=AlreadyJoined
)
"""Clients of the session profile to the server, before they join."""

SERVER_ONLY = _from_members(ServerOnlyType, elsewhere=ServerOnlyType)
"""The server to clients of both profiles."""

SESSION_SERVER_ONLY = Legality(
    core=UnknownType, unjoined=ServerOnlyType, joined=ServerOnlyType, waiting=ServerOnlyType
)
"""The server to clients of the session profile."""
