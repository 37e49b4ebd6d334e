"""The two profiles of the protocol, and the differences between them."""

from attrs import frozen

from . import messages as m


@frozen
class ProtocolProfile:
    """The treatment of the clients of one profile.

    Attributes:
        name: The name of the profile. That of the session profile is its WebSocket subprotocol.
        admitted_on_connect: The URL names the room; otherwise the client sends `join`.
        receives_deltas: The client receives a message for each change of the room, and neither
            pushed rosters nor the `bye` of others.
        keeps_session: Frames are counted and confirmed, and a client that loses its connection
            keeps its place for a while.
    """

    name: str
    admitted_on_connect: bool
    receives_deltas: bool
    keeps_session: bool


CORE = ProtocolProfile(
    "camus.1", admitted_on_connect=True, receives_deltas=False, keeps_session=False
)
"""The core profile, for clients that offer no subprotocol, such as the browser client of Camus
0.3, the earlier AGPL application.
"""

SESSION = ProtocolProfile(
    "camus.2", admitted_on_connect=False, receives_deltas=True, keeps_session=True
)
"""The session profile, for clients that offer the subprotocol of its name."""

_OF_REQUESTS = {kind.capability for kind in m.MESSAGES.values() if kind.capability is not None}

CAPABILITIES = tuple(sorted(_OF_REQUESTS | {"encrypted-rooms", "resume", "undeliverable"}))
"""The capabilities that a server can have (see `camus_core.capabilities`)."""

ACK_FRAMES = 32
ACK_BYTES = 64 * 1024
ACK_SECONDS = 2.0
"""Received frames are confirmed after this many, this many bytes, or this many seconds,
whichever comes first (rule SESS-25).
"""
