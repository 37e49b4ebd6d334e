"""What differs between the profiles of the protocol: two small values."""

from attrs import frozen


@frozen
class ProtocolProfile:
    """How the clients of one profile are treated.

    `admitted_on_connect`: the address names the room; otherwise the client sends `join`.
    `hears_deltas`: it hears of each change by itself, and of none by pushed rosters and `bye`.
    `keeps_place`: its frames are counted and confirmed, and its place outlives a drop.
    """

    name: str
    admitted_on_connect: bool
    receives_deltas: bool
    keeps_session: bool


CORE = ProtocolProfile(
    "camus.1", admitted_on_connect=True, receives_deltas=False, keeps_session=False
)
"""What the description says; for clients that offer no subprotocol."""

SESSION = ProtocolProfile(
    "camus.2", admitted_on_connect=False, receives_deltas=True, keeps_session=True
)
"""Sessions that survive; its name is the WebSocket subprotocol."""


CAPABILITIES = ("control", "create-room", "list-rooms", "resume", "undeliverable")
"""What a client of the session profile can rely on here, beyond the core profile."""


ACK_FRAMES = 32


ACK_BYTES = 64 * 1024


ACK_SECONDS = 2.0
"""After so much, or so long, what has come is confirmed (rule SESS-25)."""
