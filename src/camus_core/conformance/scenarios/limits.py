"""Rate limits of a client (CORE-50 to CORE-53)."""

from ...limits import Limits
from ..attribute_phrases import request_mute
from ..control_phrases import decides, is_locked, lock, set_role
from ..history_phrases import chats, hosts, remove_text, text_removed
from ..patterns import A_TIME, about
from ..phrases import are_refused, is_answered
from ..room_phrases import updates
from ..scenario import (
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    Scenario,
    Setting,
    Waits,
)
from ..vocabulary import (
    BILL,
    MAJOR_TOM,
    ROOM,
    SERVER,
    TED,
    by,
    client_joined,
    pushed,
    refused,
    roster,
    to,
    updated,
)

_NEVER_AGAIN = 0.001
"""Units per second: none comes back during a scenario."""


_LONG = "." * 20_000
"""So long that the limits of the scenario allow two of them, and not three."""

_RENAMED = to(SERVER, "profile", {"username": "Ted"})

SCENARIOS = (
    Scenario(
        "who sends too much is refused, hears when to go on, and may go on then",
        ("CORE-50", "CORE-110"),
        (
            Joins(BILL),
            Joins(TED),
            *is_answered(BILL) * 2,
            Says(BILL, to(TED, "x-note", "too much")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            HearsNothing(TED),
            Waits(1.2),
            *is_answered(BILL),
        ),
        Setting(Limits(messages_per_second=1.0, message_burst=2.0)),
    ),
    Scenario(
        "a client that sends too much hears after how many seconds a frame is taken",
        ("CORE-50",),
        (
            Joins(BILL),
            Says(BILL, to(BILL, "x-note", "." * 9_000)),
            Hears(BILL, by(BILL, BILL, "x-note", "." * 9_000)),
            Says(BILL, to(BILL, "x-note", "." * 9_000)),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=about(81))),
            *is_answered(BILL) * 4,
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=about(100))),
        ),
        Setting(
            Limits(
                messages_per_second=0.01,
                message_burst=16.0,
                relayed_bytes_per_second=100.0,
                relayed_burst_bytes=10_000.0,
            )
        ),
    ),
    Scenario(
        "one client's flood is no other's",
        ("CORE-50", "CORE-110"),
        (
            Joins(BILL),
            Joins(TED),
            *is_answered(BILL),
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            *is_answered(TED),
        ),
        Setting(Limits(messages_per_second=_NEVER_AGAIN, message_burst=1.0)),
    ),
    Scenario(
        "a message to the room costs more, the more are in it",
        ("CORE-51",),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, to(ROOM, "x-note")),
            Hears(BILL, by(BILL, ROOM, "x-note")),
            Hears(TED, by(BILL, ROOM, "x-note")),
            Says(BILL, to(ROOM, "x-note")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(messages_per_second=_NEVER_AGAIN, message_burst=2.3)),
    ),
    Scenario(
        "a request for the roster and a new name cost more, the more are in the room",
        ("CORE-51",),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(BILL, roster(BILL, (BILL, MAJOR_TOM), (TED, MAJOR_TOM))),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            Says(TED, _RENAMED),
            Hears(TED, pushed((BILL, MAJOR_TOM), (TED, "Ted"))),
            Says(TED, _RENAMED),
            Hears(TED, refused(TED, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(messages_per_second=_NEVER_AGAIN, message_burst=2.3)),
    ),
    Scenario(
        "a change that others are told of costs more, the more are in the room",
        ("CORE-51", "LIM-8"),
        (
            *hosts(BILL),
            Joins(TED),
            Hears(BILL, client_joined(TED)),
            *decides(BILL, lock(), is_locked()),
            *decides(BILL, set_role(TED, "moderator"), updated(TED, MAJOR_TOM, "moderator")),
            *decides(BILL, request_mute(None)),
            *chats(BILL, "Bogus!", TED, id="1"),
            *decides(BILL, remove_text(BILL, id="1"), text_removed(BILL, id="1")),
            *updates(BILL, changes={"public": True}, public=True, locked=True),
            Says(BILL, to(ROOM, "x-note")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            HearsNothing(TED),
        ),
        Setting(
            Limits(
                messages_per_second=_NEVER_AGAIN,
                message_burst=2 + 5 * 1.2 + 10.2 + 1.1,
                history_texts=1,
            )
        ),
    ),
    Scenario(
        "what a client says counts by its bytes, once for each who hears it",
        ("CORE-51", "CORE-115"),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, to(TED, "x-note", _LONG)),
            Hears(TED, by(BILL, TED, "x-note", _LONG)),
            Says(BILL, to(ROOM, "x-note", _LONG)),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            Says(BILL, to(TED, "x-note", _LONG)),
            Hears(TED, by(BILL, TED, "x-note", _LONG)),
            HearsNothing(BILL),
        ),
        Setting(Limits(relayed_bytes_per_second=_NEVER_AGAIN, relayed_burst_bytes=50_000.0)),
    ),
    Scenario(
        "what the server itself reads counts by its bytes once",
        ("CORE-115",),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, to(SERVER, "ping", _LONG)),
            Hears(BILL, by(SERVER, BILL, "pong", _LONG)),
            *are_refused(BILL, "malformed-message", "." * 20_000),
            Says(BILL, to(SERVER, "ping", _LONG)),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(relayed_bytes_per_second=_NEVER_AGAIN, relayed_burst_bytes=50_000.0)),
    ),
    Scenario(
        "who doesn't read is closed, so that what waits for it has a bound",
        ("CORE-53",),
        (
            Joins(BILL),
            *[Says(BILL, to(BILL, "x-note", "." * 60_000))] * 150,
            IsClosed(BILL, 4000, after_anything=True),
        ),
        Setting(Limits(send_buffer_bytes=128 * 1024, relayed_burst_bytes=2.0**24)),
    ),
    Scenario(
        "who reads slowly for long is closed, though more might wait for it",
        ("CORE-53", "CORE-133"),
        (
            Joins(BILL),
            Joins(TED),
            *[Says(BILL, to(BILL, "x-note", "." * 60_000))] * 150,
            Waits(2.5),
            IsClosed(BILL, 4000, after_anything=True),
            Hears(TED, by(BILL, ROOM, "bye", A_TIME)),
            *is_answered(TED),
        ),
        Setting(
            Limits(
                send_buffer_bytes=2**25,
                slow_reader_bytes=128 * 1024,
                slow_reader_seconds=1.0,
                relayed_burst_bytes=2.0**25,
                message_burst=10_000.0,
            )
        ),
        wire=True,
    ),
    Scenario(
        "where too much waits for all together, the client is closed for which most does",
        ("CORE-53", "CORE-134"),
        (
            Joins(BILL),
            Joins(TED),
            *[Says(BILL, to(BILL, "x-note", "." * 60_000))] * 150,
            IsClosed(BILL, 4000, after_anything=True),
            Hears(TED, by(BILL, ROOM, "bye", A_TIME)),
            *is_answered(TED),
        ),
        Setting(
            Limits(
                send_buffer_bytes=2**25,
                all_send_buffer_bytes=256 * 1024,
                relayed_burst_bytes=2.0**25,
                message_burst=10_000.0,
            )
        ),
        wire=True,
    ),
    Scenario(
        "a frame that is too much is refused as that, whatever else is wrong with it",
        ("CORE-50", "CORE-76"),
        (
            Joins(BILL),
            *is_answered(BILL),
            Says(BILL, "Bogus!"),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(messages_per_second=_NEVER_AGAIN, message_burst=1.0)),
    ),
    Scenario(
        "each full 8 KiB of a message costs as much as one message more",
        ("CORE-113",),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "ping", "." * 8_000)),
            Hears(BILL, by(SERVER, BILL, "pong", "." * 8_000)),
            Says(BILL, to(SERVER, "ping", "." * 16_384)),
            Hears(BILL, by(SERVER, BILL, "pong", "." * 16_384)),
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(messages_per_second=_NEVER_AGAIN, message_burst=4.0)),
    ),
    Scenario(
        "a message that costs more than the whole share is taken from a full one",
        ("CORE-116",),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "ping", "." * 20_000)),
            Hears(BILL, by(SERVER, BILL, "pong", "." * 20_000)),
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(messages_per_second=_NEVER_AGAIN, message_burst=2.0)),
    ),
)
