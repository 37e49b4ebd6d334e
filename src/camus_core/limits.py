"""Every number that a deployment may change, each with its reason."""

from math import floor
from typing import Any

from attrs import field, frozen, validators

_MOST = 10**12
"""A terabyte, or 30,000 years: more is a mistake, and nobody can wait for infinity."""


def _limit(default: Any, reason: str) -> Any:
    number = validators.optional([validators.gt(0), validators.le(_MOST)])
    return field(default=default, validator=number, metadata={"reason": reason})


def _part(default: Any, reason: str) -> Any:
    part = validators.and_(validators.gt(0), validators.le(1))
    return field(default=default, validator=part, metadata={"reason": reason})


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
        4 * 1024 * 1024,
        "what may wait for one reader: the bursts of three senders. Over it the reader is "
        "closed",
    )

    slow_reader_bytes: int = _limit(
        1024 * 1024,
        "a reader is slow while more than this waits for it, and less than this goes to it in "
        "`slow_reader_seconds`: 0.8 Mbit/s with these defaults",
    )

    slow_reader_seconds: float = _limit(
        10.0,
        "how long a reader may be slow before it is closed: a change of networks, a lift, and "
        "TCP's way back to speed",
    )

    all_send_buffer_bytes: int = _limit(
        256 * 1024 * 1024,
        "what may wait for all slow readers together; over it the one with most of it is "
        "closed",
    )

    handshake_seconds: float = _limit(
        10.0,
        "from the TCP connection to the end of the upgrade: many round trips of a bad network",
    )

    request_head_bytes: int = _limit(
        16 * 1024,
        "the head of one HTTP request, its cookies included; a larger one is answered 431",
    )

    connections: int | None = _limit(
        None,
        "connections in all; None is the limit of open files minus 64 for everything else",
    )

    connections_per_address: int = _limit(
        64,
        "a classroom behind one IPv4 address; an IPv6 address counts by its /64, and by its "
        "/56 and /48, which have larger shares",
    )

    messages_per_second: float = _limit(
        50.0,
        "what one client may go on sending: many times a call's candidates",
    )

    message_burst: float = _limit(
        1000.0,
        "what one client may send at once: a newcomer's offers and candidates to 40 peers",
    )

    relayed_bytes_per_second: float = _limit(
        128 * 1024.0,
        "bytes, times their receivers, that one client may go on sending each second: a "
        "session description for everybody in a large call",
    )

    relayed_burst_bytes: float = _limit(
        1024 * 1024.0,
        "the same at once: a newcomer's offers and candidates to 40 peers",
    )

    relayed_shares: float = _limit(
        8.0,
        "an address has the relayed bytes of so many clients; a class of 30 that starts "
        "calls of eight at once needs half of these",
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

    place_seconds: float = _limit(
        30.0,
        "how long a place is held for a session that has lost its connection: a change of "
        "networks, a short tunnel",
    )

    reload_seconds: float = _limit(
        5.0,
        "the same for a page that was closed or reloaded (close code 1001)",
    )

    unconfirmed_frames: int = _limit(
        4096,
        "frames kept for one session until it confirms them, 32 at a time: more than three "
        "clients' bursts",
    )

    unconfirmed_bytes: int = _limit(
        4 * 1024 * 1024,
        "bytes of those, but never more than fits the send buffer when they are sent again",
    )

    away_bytes: int = _limit(
        256 * 1024,
        "bytes of those while the client is away: a newcomer's offers and candidates",
    )

    all_unconfirmed_bytes: int = _limit(
        256 * 1024 * 1024,
        "bytes of those, all sessions together; over it the one longest away loses its own",
    )

    joins_per_minute: float = _limit(
        60.0,
        "what newcomers of one address may go on joining, and sessions that nobody knows",
    )

    join_burst: float = _limit(
        120.0,
        "the same at once: a class behind one address that starts, twice",
    )

    room_creations_per_minute: float = _limit(
        20.0,
        "rooms that one address may go on making, on demand too",
    )

    room_creation_burst: float = _limit(
        60.0,
        "the same at once: a day's appointments, made by a program",
    )

    rooms_per_address: int = _limit(
        200,
        "rooms that one address has made, and that are still there",
    )

    wrong_passwords: int = _limit(
        10,
        "wrong passwords of one address within ten minutes: a person's mistakes, no guessing",
    )

    ice_servers_per_hour: float = _limit(
        60.0,
        "TURN credentials that one address may ask for, besides those that come with joining",
    )

    addresses: int = _limit(
        10_000,
        "addresses whose doings are remembered, 1 KB each; the one longest idle is forgotten",
    )

    ipv6_56_shares: float = _limit(
        4.0,
        "how many times the share of one /64 an IPv6 /56, one home's network, has of all that "
        "is counted by address, connections included",
    )

    ipv6_48_shares: float = _limit(
        8.0,
        "the same for a /48: one company's network, or the phones of one provider's customers",
    )

    address_part: float = _part(
        0.5,
        "the part that one address may have of the places at a locked door, of a full room's "
        "places without a connection, and of the list of rooms; a /56 may have this part of "
        "the rest too, and so may a /48. Where all clients have one address it has to be 1",
    )

    announcements_per_minute: float = _limit(
        60.0,
        "new names, roles and locks of one member, of which the server tells the others, each "
        "minute. A page that is loaded again and takes its place back counts as six of these",
    )

    announcement_burst: float = _limit(
        60.0,
        "the same at once: ten reloads, or a moderator who gives everybody a role",
    )

    announcement_shares: float = _limit(
        8.0,
        "how many times the announcements of one member an address may make: a class whose "
        "browsers all say their names twice",
    )

    waiting: int = _limit(
        20,
        "who may wait at one locked door: more than a moderator overlooks",
    )

    waiting_seconds: float = _limit(
        300.0,
        "how long somebody may wait there",
    )

    bans: int = _limit(
        100,
        "whom one room keeps out; over it the one longest banned may come in again",
    )

    rooms_listed: int = _limit(
        100,
        "rooms that `list-rooms` is told: more than a person reads, and 20 KB",
    )

    password_checks: int = _limit(
        64,
        "passwords that wait to be checked or hashed, 50 ms each; the next is refused",
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

    unused_room_seconds: float = _limit(
        3600.0,
        "how long a room that a client has created waits for its first member",
    )

    turn_seconds: int = _limit(
        24 * 3600,
        "life of TURN credentials: longer than any call, shorter than a leak is worth",
    )

    drain_seconds: float = _limit(
        2.0,
        "from SIGTERM, when /readyz turns 503, to the end: a load balancer looks meanwhile",
    )

    reconnects_per_second: float = _limit(
        500.0,
        "how fast the clients of a server that stops are told to come back to its successor",
    )

    unwritten_records: int = _limit(
        100_000,
        "client records that wait for a database that is away; over it the oldest are dropped",
    )

    @property
    def connected_bytes(self) -> int:
        """What a connected session may keep: sent again, all of it fits the send buffer."""
        return max(1, min(self.unconfirmed_bytes, self.send_buffer_bytes - self.frame_bytes))

    @property
    def frames_to_resend(self) -> int:
        """How many of its own frames a client keeps: sent again, all are within its share."""
        return max(1, min(self.unconfirmed_frames, floor(self.message_burst)))

    @property
    def bytes_to_resend(self) -> int:
        """The same of their bytes."""
        return max(1, min(self.connected_bytes, floor(self.relayed_burst_bytes)))
