"""Every number that a deployment may change, each with its reason."""

from attrs import frozen


@frozen
class Limits:
    """Sizes are bytes, durations seconds.

    The reason for each number stands below it; `camus-serve` has an option of the same
    name for each.
    """

    frame_bytes: int = 64 * 1024
    """One message, over all its fragments. Nine video lines make an offer of 16.5 KB."""

    send_buffer_bytes: int = 1024 * 1024
    """What may wait for one slow reader: a second of 8 Mbit/s. Over it the reader goes."""

    handshake_seconds: float = 10.0
    """From the TCP connection to the end of the upgrade: many round trips of a bad network."""

    connections: int | None = None
    """Connections in all; None is the limit of open files minus 64 for everything else."""

    connections_per_address: int = 64
    """A classroom behind one IPv4 address; an IPv6 address counts by its /64."""

    messages_per_second: float = 50.0
    """What one client may go on sending: many times a call's candidates."""

    message_burst: float = 1000.0
    """What one client may send at once: a newcomer's offers and candidates to 40 peers."""

    refusals_in_a_row: int = 100
    """A client that is refused this often, with nothing accepted between, is closed."""

    ping_after: float = 20.0
    """Silence after which the server pings: proxies cut idle connections from 30 s on."""

    silent_for: float = 60.0
    """Silence after which a client is taken for dead: two pings were not answered."""

    roster_interval: float = 0.2
    """Least time between two pushes of one room's roster; a person doesn't see the delay."""

    rooms: int = 100_000
    """Rooms in memory, empty ones that wait for their end too: about 100 MB."""

    guest_limit: int = 256
    """Members of one room unless it says less: a push of the roster grows with their square."""

    room_empty_for: float = 300.0
    """How long a room made on demand outlives its last member: time to come back."""

    turn_seconds: int = 24 * 3600
    """Life of TURN credentials: longer than any call, shorter than a leak is worth."""

    unwritten_records: int = 100_000
    """Client records that wait for a database that is away; over it the oldest are dropped."""
