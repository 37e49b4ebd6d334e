"""Every number that a deployment may change, each with its reason."""

from typing import Any

from attrs import field, frozen, validators


def _limit(default: Any, reason: str) -> Any:
    positive = validators.optional(validators.gt(0))
    return field(default=default, validator=positive, metadata={"reason": reason})


@frozen
class Limits:
    """Sizes are bytes, durations seconds; each number stands beside its reason.

    `camus-serve` has an option, and the environment a `CAMUS_` variable, of the same name.
    """

    frame_bytes: int = _limit(
        64 * 1024,
        "one message, over all its fragments. Nine video lines make an offer of 16.5 KB",
    )

    send_buffer_bytes: int = _limit(
        1024 * 1024,
        "what may wait for one slow reader: a second of 8 Mbit/s. Over it the reader goes",
    )

    handshake_seconds: float = _limit(
        10.0,
        "from the TCP connection to the end of the upgrade: many round trips of a bad network",
    )

    connections: int | None = _limit(
        None,
        "connections in all; None is the limit of open files minus 64 for everything else",
    )

    connections_per_address: int = _limit(
        64,
        "a classroom behind one IPv4 address; an IPv6 address counts by its /64",
    )

    messages_per_second: float = _limit(
        50.0,
        "what one client may go on sending: many times a call's candidates",
    )

    message_burst: float = _limit(
        1000.0,
        "what one client may send at once: a newcomer's offers and candidates to 40 peers",
    )

    refusals_in_a_row: int = _limit(
        100,
        "a client that is refused this often, with nothing accepted between, is closed",
    )

    ping_after: float = _limit(
        20.0,
        "silence after which the server pings: proxies cut idle connections from 30 s on",
    )

    silent_for: float = _limit(
        60.0,
        "silence after which a client is taken for dead: two pings were not answered",
    )

    roster_interval: float = _limit(
        0.2,
        "least time between two pushes of one room's roster; a person doesn't see the delay",
    )

    rooms: int = _limit(
        100_000,
        "rooms in memory, empty ones that wait for their end too: about 100 MB",
    )

    guest_limit: int = _limit(
        256,
        "members of one room unless it says less: a push of the roster grows with their square",
    )

    room_empty_for: float = _limit(
        300.0,
        "how long a room made on demand outlives its last member: time to come back",
    )

    turn_seconds: int = _limit(
        24 * 3600,
        "life of TURN credentials: longer than any call, shorter than a leak is worth",
    )

    unwritten_records: int = _limit(
        100_000,
        "client records that wait for a database that is away; over it the oldest are dropped",
    )
