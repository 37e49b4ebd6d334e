"""The price of refused frames, and how many there may be (CORE-52, CORE-114)."""

from ...limits import Limits
from ..control_phrases import creates_as_owner, set_role
from ..patterns import A_TIME
from ..phrases import are_refused, is_answered
from ..scenario import (
    DEFAULT_ROOM,
    Connects,
    ExistingRoom,
    Hears,
    IsClosed,
    Joins,
    Says,
    Scenario,
    Setting,
)
from ..session_phrases import enters, visits
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    ROOM,
    SERVER,
    TED,
    UNKNOWN_CLIENT,
    by,
    join,
    pushed,
    refused,
    to,
)

_NEVER_AGAIN = 0.001
"""Units per second: none comes back during a scenario."""


_RENAMED = to(SERVER, "profile", {"username": "Ted"})

_ONE_REFUSED = are_refused(BILL, "malformed-message", "Bogus!")
_ONE_TO_NOBODY = (
    Says(BILL, to("nobody", "x-note", 1)),
    Hears(BILL, refused(BILL, "unknown-receiver")),
)

SCENARIOS = (
    Scenario(
        "a refused frame costs as much as ten",
        ("CORE-51", "CORE-114"),
        (
            Joins(BILL),
            *_ONE_REFUSED,
            *is_answered(BILL) * 2,
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(messages_per_second=_NEVER_AGAIN, message_burst=12.0)),
    ),
    Scenario(
        "a frame that is too much costs as much as ten, and leaves the rest of the share",
        ("CORE-51", "CORE-114"),
        (
            *enters(BILL),
            Says(BILL, to(SERVER, "list-rooms", "." * 60_000)),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            *is_answered(BILL) * 6,
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(messages_per_second=_NEVER_AGAIN, message_burst=17.0)),
    ),
    Scenario(
        "a frame with too many bytes costs as much as ten too",
        ("CORE-51", "CORE-114", "CORE-115"),
        (
            Joins(BILL),
            Says(BILL, to(BILL, "x-note", "." * 9_000)),
            Hears(BILL, by(BILL, BILL, "x-note", "." * 9_000)),
            Says(BILL, to(BILL, "x-note", "." * 9_000)),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            *is_answered(BILL) * 2,
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(
            Limits(
                messages_per_second=_NEVER_AGAIN,
                message_burst=14.0,
                relayed_bytes_per_second=_NEVER_AGAIN,
                relayed_burst_bytes=10_000.0,
            )
        ),
    ),
    Scenario(
        "a refused frame that costs more than ten costs that, and nothing on top",
        ("CORE-113", "CORE-114"),
        (
            Joins(BILL),
            Says(BILL, "Bogus!".ljust(11 * 8192)),
            Hears(BILL, refused(BILL, "malformed-message")),
            *is_answered(BILL) * 2,
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(
            Limits(frame_bytes=11 * 8192, messages_per_second=_NEVER_AGAIN, message_burst=14.0)
        ),
    ),
    Scenario(
        "a frame with too many bytes costs no more than ten, however long it is",
        ("CORE-114", "CORE-115"),
        (
            Joins(BILL),
            Says(BILL, to(BILL, "x-note", "." * 9_000)),
            Hears(BILL, by(BILL, BILL, "x-note", "." * 9_000)),
            Says(BILL, to(BILL, "x-note", "." * 100_000)),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            *is_answered(BILL) * 8,
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(
            Limits(
                frame_bytes=2**17,
                messages_per_second=_NEVER_AGAIN,
                message_burst=20.0,
                relayed_bytes_per_second=_NEVER_AGAIN,
                relayed_burst_bytes=100_000.0,
            )
        ),
    ),
    Scenario(
        "a request that is refused as rate-limited by another limit costs ten too",
        ("CORE-114",),
        (
            Joins(BILL),
            Says(BILL, _RENAMED),
            Hears(BILL, pushed((BILL, "Ted"))),
            Says(BILL, _RENAMED),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            *is_answered(BILL),
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(
            Limits(messages_per_second=_NEVER_AGAIN, message_burst=12.2, announcement_burst=1.0)
        ),
    ),
    Scenario(
        "a message to a client that has left costs one, and closes nobody",
        ("CORE-51", "CORE-52", "CORE-114", "CORE-118"),
        (
            Joins(BILL),
            *_ONE_TO_NOBODY * 9,
            *is_answered(BILL),
        ),
        Setting(
            Limits(messages_per_second=_NEVER_AGAIN, message_burst=12.0, refusals_in_a_row=3)
        ),
    ),
    Scenario(
        "a request is refused for the first of the reasons that the reference lists",
        ("CORE-76",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *are_refused(TED, "not-allowed", set_role(UNKNOWN_CLIENT, "moderator")),
            *are_refused(BILL, "unknown-receiver", set_role(UNKNOWN_CLIENT, "moderator")),
            Says(BILL, set_role(UNKNOWN_CLIENT, "moderator")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            Says(BILL, to(SERVER, "profile", {"username": ""})),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            *are_refused(TED, "not-allowed", set_role(BILL, "guest")),
            *are_refused(TED, "invalid-username", to(SERVER, "profile", {"username": ""})),
        ),
        Setting(Limits(announcements_per_minute=_NEVER_AGAIN, announcement_burst=1.0)),
    ),
    Scenario(
        "who is refused again and again is closed, and the others hear its bye",
        ("CORE-43", "CORE-52"),
        (
            Joins(BILL),
            Joins(TED),
            *_ONE_REFUSED * 2,
            Says(BILL, "Bogus!"),
            Hears(BILL, refused(BILL, "too-many-refusals")),
            IsClosed(BILL, 4002),
            Hears(TED, by(BILL, ROOM, "bye", A_TIME)),
        ),
        Setting(Limits(refusals_in_a_row=3)),
    ),
    Scenario(
        "a join with a wrong password counts among the refused frames in a row",
        ("CORE-52",),
        (
            Connects(BILL, None, CAMUS_2),
            *(
                step
                for code in ("wrong-password", "wrong-password", "too-many-refusals")
                for step in (
                    Says(BILL, join(password="Bogus!")),
                    Hears(BILL, refused(ANY_CLIENT, code)),
                )
            ),
            IsClosed(BILL, 4002),
        ),
        Setting(
            Limits(refusals_in_a_row=3),
            rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),),
        ),
    ),
    Scenario(
        "one good frame makes up for the refused ones before",
        ("CORE-52", "CORE-117"),
        (
            Joins(BILL),
            *_ONE_REFUSED * 2,
            *is_answered(BILL),
            *_ONE_REFUSED * 2,
        ),
        Setting(Limits(refusals_in_a_row=3)),
    ),
    Scenario(
        "each full 8 KiB of a refused frame counts as one refusal more",
        ("CORE-119",),
        (
            Joins(BILL),
            *_ONE_REFUSED,
            *is_answered(BILL),
            Says(BILL, "." * 16_384),
            Hears(BILL, refused(BILL, "too-many-refusals")),
            IsClosed(BILL, 4002),
        ),
        Setting(Limits(refusals_in_a_row=3)),
    ),
    Scenario(
        "each full 8 KiB of a join that is refused counts as one refusal more",
        ("CORE-119",),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join(password="." * 16_384)),
            Hears(BILL, refused(ANY_CLIENT, "too-many-refusals")),
            IsClosed(BILL, 4002),
        ),
        Setting(
            Limits(refusals_in_a_row=3),
            rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),),
        ),
    ),
    Scenario(
        "a long message to a client that has left counts as no refusal",
        ("CORE-118", "CORE-119"),
        (
            Joins(BILL),
            Says(BILL, to("nobody", "x-note", "." * 16_384)),
            Hears(BILL, refused(BILL, "unknown-receiver")),
            *_ONE_REFUSED,
        ),
        Setting(Limits(refusals_in_a_row=3)),
    ),
    Scenario(
        "a frame that is too much counts among the refused ones",
        ("CORE-120",),
        (
            Joins(BILL),
            *is_answered(BILL),
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, refused(BILL, "too-many-refusals")),
            IsClosed(BILL, 4002),
        ),
        Setting(
            Limits(messages_per_second=_NEVER_AGAIN, message_burst=1.0, refusals_in_a_row=2)
        ),
    ),
)
