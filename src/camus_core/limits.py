"""Limits: every number that a deployment may change, each with its reason."""

from math import floor
from typing import Any

from attrs import field, frozen, validators

_MAXIMUM = 10**12
"""A terabyte, or 30,000 years: more is a mistake, and a timer can't wait for infinity."""


def _limit(default: Any, reason: str) -> Any:
    number = validators.optional([validators.gt(0), validators.le(_MAXIMUM)])
    return field(default=default, validator=number, metadata={"reason": reason})


def _number_kept(default: int, most: int, reason: str) -> Any:
    number = validators.and_(validators.ge(0), validators.le(most))
    return field(default=default, validator=number, metadata={"reason": reason})


def _fraction(default: Any, reason: str) -> Any:
    fraction = validators.and_(validators.gt(0), validators.le(1))
    return field(default=default, validator=fraction, metadata={"reason": reason})


@frozen
class Limits:
    """The limits of a server: sizes in bytes, and durations in seconds unless named otherwise.

    For each, `camus-serve` has an option and reads a `CAMUS_` variable of the same name. The
    reason beside each default is the help text of that option.
    """

    frame_bytes: int = _limit(
        64 * 1024,
        "the largest message, over all its fragments; an offer with nine video lines has "
        "16.5 KB",
    )

    send_buffer_bytes: int = _limit(
        4 * 1024 * 1024,
        "the most that may wait to be sent to one client, the bursts of three senders; a "
        "client for which more waits is closed",
    )

    slow_reader_bytes: int = _limit(
        1024 * 1024,
        "a client is slow while more than this waits to be sent to it, and less than this "
        "is sent within `slow_reader_seconds`: 0.8 Mbit/s with these defaults",
    )

    slow_reader_seconds: float = _limit(
        10.0,
        "how long a client may be slow before it is closed: time for a change of "
        "networks, a lift, and for TCP to get back to speed",
    )

    all_send_buffer_bytes: int = _limit(
        256 * 1024 * 1024,
        "the most that may wait for all slow clients together; over it the one for which "
        "most waits is closed",
    )

    handshake_seconds: float = _limit(
        10.0,
        "the time from the TCP connection to the end of the WebSocket handshake: many "
        "round trips of a bad network",
    )

    request_head_bytes: int = _limit(
        16 * 1024,
        "the largest head of an HTTP request, with its cookies; a larger one is answered "
        "with 431",
    )

    connections: int | None = _limit(
        None,
        "the most connections in all; by default the limit of open files, less 64 for "
        "other files",
    )

    connections_per_address: int = _limit(
        64,
        "the most connections of one address: a classroom behind one IPv4 address. For "
        "IPv6 an address is a /64; its /56 and /48 may have several times as many",
    )

    messages_per_second: float = _limit(
        50.0,
        "messages that one client may send each second, for as long as it likes: many "
        "times the ICE candidates of a call",
    )

    message_burst: float = _limit(
        1000.0,
        "messages that one client may send at once: a newcomer's offers and candidates to "
        "40 peers",
    )

    relayed_bytes_per_second: float = _limit(
        128 * 1024.0,
        "bytes, times their recipients, that one client may send each second: a session "
        "description for everybody in a large call",
    )

    relayed_burst_bytes: float = _limit(
        1024 * 1024.0,
        "bytes, times their recipients, that one client may send at once: a newcomer's "
        "offers and candidates to 40 peers",
    )

    relayed_shares: float = _limit(
        8.0,
        "how many times the relayed bytes of one client an address may send; a class of "
        "30 that starts calls of eight at once needs half of that",
    )

    refusals_in_a_row: int = _limit(
        100,
        "a client is closed when this many of its messages in a row were refused",
    )

    ping_after: float = _limit(
        20.0,
        "silence after which the server sends a ping: proxies cut idle connections from "
        "30 s on",
    )

    silent_for: float = _limit(
        60.0,
        "silence after which a client is taken for dead: it has not answered two pings",
    )

    roster_interval: float = _limit(
        0.2,
        "the shortest time between two pushes of a room's roster: too short for a person "
        "to notice",
    )

    place_seconds: float = _limit(
        30.0,
        "how long the place of a client that has lost its connection is held: a change of "
        "networks, a short tunnel",
    )

    reload_seconds: float = _limit(
        5.0,
        "how long the place is held when the page was closed or reloaded (close code 1001)",
    )

    unconfirmed_frames: int = _limit(
        4096,
        "the most frames kept for one client until it confirms them: more than the bursts "
        "of three senders",
    )

    unconfirmed_bytes: int = _limit(
        4 * 1024 * 1024,
        "the most bytes of unconfirmed frames kept for one client; no more than the send "
        "buffer can take when they are sent again",
    )

    away_bytes: int = _limit(
        256 * 1024,
        "the most bytes of unconfirmed frames kept for a client while it is away: a "
        "newcomer's offers and candidates",
    )

    all_unconfirmed_bytes: int = _limit(
        256 * 1024 * 1024,
        "the most bytes of unconfirmed frames kept for all clients together; over it the "
        "client that is away longest loses its own. Small frames take up to four times as "
        "much memory",
    )

    joins_per_minute: float = _limit(
        60.0,
        "joins of one address each minute, by newcomers and with unknown sessions",
    )

    join_burst: float = _limit(
        120.0,
        "joins of one address at once: a class behind one address that starts, twice",
    )

    room_creations_per_minute: float = _limit(
        20.0,
        "rooms that one address may create each minute, those created on demand included",
    )

    room_creation_burst: float = _limit(
        60.0,
        "rooms that one address may create at once: a day's appointments, made by a program",
    )

    rooms_per_address: int = _limit(
        200,
        "the most rooms created by one address that exist at the same time",
    )

    wrong_passwords: int = _limit(
        10,
        "wrong passwords of one address within ten minutes: enough for a person's "
        "mistakes, too few to guess",
    )

    ice_servers_per_hour: float = _limit(
        60.0,
        "TURN credentials that one address may ask for each hour, besides those that come "
        "with joining",
    )

    addresses: int = _limit(
        10_000,
        "addresses for which rate limits are remembered, 1 KB each; the one that is idle "
        "longest is forgotten",
    )

    ipv6_56_shares: float = _limit(
        4.0,
        "how many times the limits of one IPv6 address (a /64) hold for its /56, the "
        "network of a home; connections included",
    )

    ipv6_48_shares: float = _limit(
        8.0,
        "how many times the limits of one IPv6 address (a /64) hold for its /48: the "
        "network of a company, or the phones of a provider's customers",
    )

    address_part: float = _fraction(
        0.5,
        "the part that one address may have of a room's waiting places, of a full room's "
        "held places, and of the list of rooms; a /56 may have this part of the rest too, "
        "and so may a /48. Where all clients have one address it has to be 1",
    )

    announcements_per_minute: float = _limit(
        60.0,
        "changes by one member each minute that the server announces to the others, such as "
        "new names, roles, attributes and locks. Joining again after a reload counts as six",
    )

    announcement_burst: float = _limit(
        60.0,
        "announcements by one member at once: ten reloads, or a moderator who gives "
        "everybody a role",
    )

    announcement_shares: float = _limit(
        8.0,
        "how many times the announcements of one member an address may make: a class "
        "whose browsers all say their names twice",
    )

    attributes: int = _limit(
        16,
        "the most attributes of one member, and of one room",
    )

    attribute_bytes: int = _limit(
        1024,
        "the most bytes of them together, as JSON without spaces: a full room of members "
        "with so many has a roster of 300 KB",
    )

    waiting: int = _limit(
        20,
        "the most clients that may wait for admission to one locked room: more than a "
        "moderator can keep track of",
    )

    waiting_seconds: float = _limit(
        300.0,
        "how long a client may wait for admission, and a guest that has left can be banned",
    )

    bans: int = _limit(
        100,
        "the most bans of one room; over it the oldest one ends",
    )

    invitations: int = _number_kept(
        100,
        1000,
        "the most invitations of one room, at most 1000: more than a person can keep track of; "
        "with 0 there are none, and nobody comes in with one",
    )

    history_texts: int = _number_kept(
        0,
        100,
        "the last texts of a room that are kept in memory and told to clients that join it, "
        "at most 100; by default none is kept",
    )

    history_bytes: int = _limit(
        64 * 1024,
        "the most bytes of texts kept for one room; over it the oldest ones are forgotten",
    )

    history_seconds: float = _limit(
        3600.0,
        "how long a text is kept: a meeting",
    )

    all_history_bytes: int = _limit(
        64 * 1024 * 1024,
        "the most bytes of texts kept for all rooms together, with 300 bytes for each text; "
        "over it the oldest ones are forgotten",
    )

    rooms_listed: int = _limit(
        100,
        "the most rooms in the answer to `list-rooms`: more than a person reads, and 20 KB",
    )

    password_checks: int = _limit(
        64,
        "the most passwords that wait to be checked or hashed, 50 ms each; further ones "
        "are refused",
    )

    rooms: int = _limit(
        100_000,
        "the most rooms in memory, with the empty ones that have not ended yet: about 100 MB",
    )

    guest_limit: int = _limit(
        256,
        "the most members of one room, unless the room has a lower limit: the cost of "
        "pushing its roster grows with their square",
    )

    room_empty_for: float = _limit(
        300.0,
        "how long a room that was created on demand outlives its last member: time to "
        "come back",
    )

    unused_room_seconds: float = _limit(
        3600.0,
        "how long a room that a client has created waits for its first member",
    )

    ended_room_seconds: float = _limit(
        60.0,
        "how long a room that was ended isn't created again on demand: its members' programs "
        "have stopped trying to come back by then",
    )

    room_schedule_seconds: float = _limit(
        30 * 24 * 3600.0,
        "how far ahead a client may set the times of a room that it creates, which is kept "
        "until it opens",
    )

    turn_seconds: int = _limit(
        24 * 3600,
        "how long TURN credentials are valid: longer than any call, and too short for a "
        "leak to be worth much",
    )

    drain_seconds: float = _limit(
        2.0,
        "the time from SIGTERM, when /readyz begins to answer 503, to the end: a load "
        "balancer notices within it",
    )

    reconnects_per_second: float = _limit(
        500.0,
        "how many clients of a server that stops come back to the next one each second",
    )

    unwritten_records: int = _limit(
        100_000,
        "the most changes that wait while the database is unavailable; over it the oldest "
        "are dropped",
    )

    @property
    def connected_bytes(self) -> int:
        """The most bytes kept for a connected session; all of them fit in the send buffer.

        `frame_bytes` is left for the `joined` before them, and for the WebSocket's headers.
        """
        return max(1, min(self.unconfirmed_bytes, self.send_buffer_bytes - self.frame_bytes))

    @property
    def frames_to_resend(self) -> int:
        """The most frames that a client keeps; it may send them all again at once."""
        return max(1, min(self.unconfirmed_frames, floor(self.message_burst)))

    @property
    def bytes_to_resend(self) -> int:
        """The most bytes that a client keeps; it may send them all again at once."""
        return max(1, min(self.connected_bytes, floor(self.relayed_burst_bytes)))
