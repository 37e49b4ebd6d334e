"""How many attributes there may be, and what they cost (ATTR-16 to ATTR-18)."""

from ...limits import Limits
from ..address_phrases import HERE, THERE
from ..attribute_phrases import (
    now_has,
    set_attributes,
    set_room_attributes,
    sets,
    sets_for_room,
)
from ..control_phrases import creates_as_owner, decides
from ..phrases import are_refused
from ..scenario import (
    Hears,
    HearsNothing,
    Says,
    Scenario,
    Setting,
)
from ..session_phrases import meet, note, visits
from ..vocabulary import (
    BILL,
    RUFUS,
    SERVER,
    TED,
    refused,
    to,
)

_NEVER_AGAIN = 0.001
"""Units each second or minute: nothing comes back during a scenario."""

SCENARIOS = (
    Scenario(
        "a member, and a room, have so many attributes and no more",
        ("ATTR-16",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *sets(TED, BILL, a="1", b="2"),
            *are_refused(TED, "too-many-attributes", set_attributes(c="3")),
            *decides(TED, set_attributes(a=None, c="3"), now_has(TED, b="2", c="3")),
            Hears(BILL, now_has(TED, b="2", c="3")),
            *sets_for_room(BILL, TED, a="1", b="2"),
            *are_refused(BILL, "too-many-attributes", set_room_attributes(c="3")),
            HearsNothing(TED),
        ),
        Setting(Limits(attributes=2)),
    ),
    Scenario(
        "they count in bytes of JSON, those of one member together, and of one room",
        ("ATTR-16",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *sets(TED, BILL, a="1", b='ü\u2028/"\n\x01'),
            *are_refused(
                TED,
                "too-many-attributes",
                set_attributes(a="12"),
                set_attributes(c=""),
                set_attributes(
                    **{"far too long, even for this attribute": "", "a": None, "b": None}
                ),
            ),
            *sets_for_room(BILL, TED, name="1" * 21),
            *are_refused(BILL, "too-many-attributes", set_room_attributes(a="")),
            HearsNothing(TED),
        ),
        Setting(Limits(attribute_bytes=len(r'{"a":"1","b":"ü---/\"\n\u0001"}'.encode()))),
    ),
    Scenario(
        "a member that has all it may have can still lose `speak`",
        ("ATTR-16", "ATTR-10"),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *sets(TED, BILL, hand="111"),
            *are_refused(BILL, "too-many-attributes", set_attributes(TED, speak="never")),
            *decides(
                BILL, set_attributes(TED, speak="no"), now_has(TED, hand="111", speak="no")
            ),
            Hears(TED, now_has(TED, hand="111", speak="no")),
        ),
        Setting(Limits(attributes=1, attribute_bytes=len('{"speak":"no"}'))),
    ),
    Scenario(
        "a change costs as much as a message to the room",
        ("ATTR-17",),
        (
            *meet(BILL, TED),
            *sets(TED, BILL, hand="1"),
            *decides(TED, set_attributes(hand=None), now_has(TED)),
            Hears(BILL, now_has(TED)),
            Says(TED, set_attributes(hand="2")),
            Hears(TED, refused(TED, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(messages_per_second=_NEVER_AGAIN, message_burst=4.5)),
    ),
    Scenario(
        "changes count among those that others are told of",
        ("ATTR-17", "LIM-12"),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *sets(TED, BILL, hand="1"),
            *decides(TED, set_attributes(hand="1")),
            Says(TED, set_attributes(hand=None)),
            Hears(TED, refused(TED, "rate-limited", retry_after=True)),
            Says(TED, to(SERVER, "profile", {"username": "Ted"})),
            Hears(TED, refused(TED, "rate-limited", retry_after=True)),
            *sets_for_room(BILL, TED, layout="grid"),
            *decides(BILL, set_attributes(hand="1"), now_has(BILL, "owner", hand="1")),
            Hears(TED, now_has(BILL, "owner", hand="1")),
            Says(BILL, set_room_attributes(layout=None)),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            HearsNothing(TED),
        ),
        Setting(Limits(announcements_per_minute=_NEVER_AGAIN, announcement_burst=2.0)),
    ),
    Scenario(
        "all that a member has counts by its bytes, once for each who is told",
        ("ATTR-18", "CORE-115"),
        (
            *meet(BILL, TED),
            *sets(TED, BILL, a="x" * 1000),
            *decides(TED, set_attributes(a="x" * 1000)),
            Says(TED, set_attributes(b="1")),
            Hears(TED, refused(TED, "rate-limited", retry_after=True)),
            *note(BILL, TED, "Nobody else feels it."),
            *sets(BILL, TED, b="1"),
            HearsNothing(BILL),
        ),
        Setting(Limits(relayed_bytes_per_second=_NEVER_AGAIN, relayed_burst_bytes=4_000.0)),
    ),
    Scenario(
        "all that a room has counts by its bytes for the one that changes it",
        ("ATTR-18",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *sets_for_room(BILL, TED, a="x" * 1000),
            Says(BILL, set_room_attributes(b="1")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            HearsNothing(TED),
        ),
        Setting(Limits(relayed_bytes_per_second=_NEVER_AGAIN, relayed_burst_bytes=4_000.0)),
    ),
    Scenario(
        "the bytes of the changes of one address count together",
        ("ATTR-18", "LIM-14"),
        (
            *visits(BILL, address=HERE),
            *visits(TED, BILL, address=HERE),
            *visits(RUFUS, BILL, TED, address=THERE),
            *sets(TED, BILL, RUFUS, a="x" * 1000),
            Says(BILL, set_attributes(a="x" * 1000)),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            *sets(RUFUS, BILL, TED, a="x" * 1000),
        ),
        Setting(
            Limits(
                relayed_bytes_per_second=_NEVER_AGAIN,
                relayed_burst_bytes=4_000.0,
                relayed_shares=1.0,
            )
        ),
    ),
)
