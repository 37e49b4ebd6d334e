"""What differs between the profiles of the protocol: two small values."""

from attrs import frozen


@frozen
class Profile:
    """How the clients of one profile are treated.

    `admitted_on_connect`: the address names the room; otherwise the client sends `join`.
    `hears_deltas`: it hears of each change by itself, and of none by pushed rosters and `bye`.
    `keeps_place`: its frames are counted and confirmed, and its place outlives a drop.
    """

    name: str
    admitted_on_connect: bool
    hears_deltas: bool
    keeps_place: bool


CORE = Profile("camus.1", admitted_on_connect=True, hears_deltas=False, keeps_place=False)
"""What the description says; for clients that offer no subprotocol."""

SESSION = Profile("camus.2", admitted_on_connect=False, hears_deltas=True, keeps_place=True)
"""Sessions that survive; its name is the WebSocket subprotocol."""


CAPABILITIES = ("control", "create-room", "list-rooms", "resume", "undeliverable")
"""What a client of the session profile can rely on here, beyond the core profile."""


ACK_FRAMES = 32


ACK_BYTES = 64 * 1024


ACK_SECONDS = 2.0
"""After so much, or so long, what has come is confirmed (rule SESS-25)."""
