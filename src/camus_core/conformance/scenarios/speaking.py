"""The attribute `speak`, and requests to mute (ATTR-9 to ATTR-11, ATTR-19 to ATTR-23)."""

from ...limits import Limits
from ..attribute_phrases import (
    mute_requested,
    now_has,
    request_mute,
    set_attributes,
    silences,
)
from ..control_phrases import creates_as_owner, decides, host_and_moderator
from ..phrases import are_refused, is_answered
from ..scenario import (
    Connects,
    Drops,
    Hears,
    HearsNothing,
    Joins,
    Says,
    Scenario,
    Setting,
    Step,
)
from ..session_phrases import goes_on, meet, visits
from ..vocabulary import (
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    ROOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    UNKNOWN_CLIENT,
    but,
    client_joined,
    done,
    join,
    joined,
    owner_token_of,
    refused,
    to,
)

_RUFUS_IS_AN_OWNER: tuple[Step, ...] = (
    Connects(RUFUS, None, CAMUS_2),
    Says(RUFUS, join(owner_token=owner_token_of(DEFAULT_ROOM))),
    Hears(RUFUS, joined(RUFUS, role="owner")),
)

SCENARIOS = (
    Scenario(
        "nobody sets `speak` for oneself, and nothing that comes with it",
        ("ATTR-9",),
        (
            *host_and_moderator(BILL, TED),
            *visits(RUFUS, BILL, TED),
            *(
                step
                for who in (BILL, TED, RUFUS)
                for step in are_refused(
                    who,
                    "not-allowed",
                    set_attributes(speak="yes"),
                    set_attributes(hand="1", speak=None),
                    set_attributes(who, speak="yes"),
                )
            ),
            HearsNothing(RUFUS),
        ),
    ),
    Scenario(
        "moderators take `speak` from members of a lower role, and give it back",
        ("ATTR-10", "ATTR-8"),
        (
            *host_and_moderator(BILL, TED),
            *visits(RUFUS, BILL, TED),
            *silences(TED, RUFUS, BILL),
            *decides(TED, set_attributes(RUFUS, speak=None), now_has(RUFUS)),
            Hears(RUFUS, now_has(RUFUS)),
            Hears(BILL, now_has(RUFUS)),
            *decides(
                BILL, set_attributes(TED, speak="no"), now_has(TED, "moderator", speak="no")
            ),
            Hears(TED, now_has(TED, "moderator", speak="no")),
            Hears(RUFUS, now_has(TED, "moderator", speak="no")),
        ),
    ),
    Scenario(
        "an attribute of somebody else is out of reach, but `speak` of a lower role",
        ("ATTR-11", "CTRL-1", "CTRL-23"),
        (
            *host_and_moderator(BILL, TED),
            *_RUFUS_IS_AN_OWNER,
            Hears(BILL, client_joined(RUFUS, role="owner")),
            Hears(TED, client_joined(RUFUS, role="owner")),
            Connects(TED_ANEW, None, CAMUS_2),
            Says(TED_ANEW, join()),
            Hears(TED_ANEW, joined(TED_ANEW)),
            *(Hears(one, client_joined(TED_ANEW)) for one in (BILL, TED, RUFUS)),
            *are_refused(
                TED_ANEW,
                "not-allowed",
                *(set_attributes(who, speak="no") for who in (BILL, TED, UNKNOWN_CLIENT)),
                set_attributes(TED, hand="1"),
            ),
            *are_refused(
                TED,
                "not-allowed",
                set_attributes(BILL, speak="no"),
                set_attributes(TED_ANEW, hand="1"),
                set_attributes(TED_ANEW, speak="no", hand="1"),
            ),
            *are_refused(BILL, "not-allowed", set_attributes(RUFUS, speak="no")),
            *are_refused(
                BILL,
                "unknown-receiver",
                set_attributes(UNKNOWN_CLIENT, speak="no"),
                set_attributes(UNKNOWN_CLIENT),
            ),
            *are_refused(BILL, "not-allowed", set_attributes(UNKNOWN_CLIENT, hand="1")),
            *are_refused(TED, "not-allowed", set_attributes(BILL)),
            *decides(BILL, set_attributes(TED)),
            HearsNothing(TED_ANEW),
        ),
    ),
    Scenario(
        "a member that names itself sets its own",
        ("ATTR-11",),
        (
            *meet(BILL, TED),
            *decides(TED, set_attributes(TED, hand="1"), now_has(TED, hand="1")),
            Hears(BILL, now_has(TED, hand="1")),
        ),
    ),
    Scenario(
        "a moderator asks a member to mute, and nobody else is told",
        ("ATTR-19",),
        (
            *host_and_moderator(BILL, TED),
            *visits(RUFUS, BILL, TED),
            Says(TED, but(request_mute(RUFUS), id="9")),
            Hears(TED, but(done(TED), reply_to="9")),
            Hears(RUFUS, mute_requested(RUFUS, TED)),
            *decides(BILL, request_mute(TED, "video")),
            Hears(TED, mute_requested(TED, BILL, "video")),
            HearsNothing(BILL),
            HearsNothing(RUFUS),
        ),
    ),
    Scenario(
        "who is away is asked when it comes back",
        ("ATTR-19", "SESS-27"),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            Drops(TED),
            *decides(BILL, request_mute(TED)),
            *goes_on(TED, 0, 0),
            Hears(TED, mute_requested(TED, BILL)),
        ),
    ),
    Scenario(
        "everyone is everyone of a lower role",
        ("ATTR-20",),
        (
            *host_and_moderator(BILL, TED),
            *visits(RUFUS, BILL, TED),
            *decides(TED, request_mute(None)),
            Hears(RUFUS, mute_requested(ROOM, TED)),
            *decides(BILL, request_mute(None, "video")),
            Hears(RUFUS, mute_requested(ROOM, BILL, "video")),
            Hears(TED, mute_requested(ROOM, BILL, "video")),
            HearsNothing(BILL),
        ),
    ),
    Scenario(
        "a moderator who is alone asks nobody",
        ("ATTR-20",),
        (*creates_as_owner(BILL), *decides(BILL, request_mute(None)), HearsNothing(BILL)),
    ),
    Scenario(
        "a guest asks nobody, and a moderator nobody of its own role or a higher one",
        ("ATTR-21", "CTRL-1", "CTRL-23"),
        (
            *host_and_moderator(BILL, TED),
            *visits(RUFUS, BILL, TED),
            *are_refused(
                RUFUS,
                "not-allowed",
                *(request_mute(who) for who in (BILL, TED, RUFUS, None, UNKNOWN_CLIENT)),
            ),
            *are_refused(TED, "not-allowed", request_mute(BILL), request_mute(TED)),
            *are_refused(BILL, "not-allowed", request_mute(BILL)),
            *are_refused(BILL, "unknown-receiver", request_mute(UNKNOWN_CLIENT)),
            *are_refused(
                BILL,
                "malformed-message",
                to(SERVER, "request-mute", {"kind": "audio"}),
                to(SERVER, "request-mute", {"id": TED, "kind": "screen"}),
            ),
            HearsNothing(TED),
            HearsNothing(RUFUS),
        ),
    ),
    Scenario(
        "members of the core profile aren't asked, and ask nobody",
        ("ATTR-22", "SESS-59"),
        (
            *creates_as_owner(BILL),
            Joins(TED),
            Hears(BILL, client_joined(TED)),
            *is_answered(TED),
            *decides(BILL, request_mute(TED)),
            *decides(BILL, request_mute(None)),
            *are_refused(TED, "unknown-type", request_mute(None)),
            HearsNothing(TED),
        ),
    ),
    Scenario(
        "who asks too often is refused",
        ("ATTR-23", "LIM-12"),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *decides(BILL, request_mute(TED)),
            Hears(TED, mute_requested(TED, BILL)),
            Says(BILL, request_mute(None)),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            HearsNothing(TED),
        ),
        Setting(Limits(announcements_per_minute=0.001, announcement_burst=1.0)),
    ),
)
