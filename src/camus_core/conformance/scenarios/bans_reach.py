"""The clients that a ban reaches beside the member that it names (BAN-15, BAN-16)."""

from ...admission.identity import Identity
from ...limits import Limits
from ..address_phrases import ELSEWHERE, HERE, THERE, joins_from
from ..ban_phrases import bans, bans_both, listed, lists
from ..control_phrases import (
    ban,
    creates_as_owner,
    decides,
    enters_waiting_room,
    is_removed,
    kick,
    locks,
    makes_a_moderator,
    refused_because,
    waits_no_more,
)
from ..history_phrases import chats, comes, hosts, text_removed
from ..patterns import A_TIME
from ..phrases import are_refused, is_answered
from ..scenario import (
    Connects,
    Drops,
    Hears,
    HearsNothing,
    IsClosed,
    Says,
    Scenario,
    Setting,
    Step,
    Waits,
)
from ..session_phrases import is_refused, leaves, visits
from ..vocabulary import (
    BILL,
    CAMUS_2,
    MAJOR_TOM,
    ROOM,
    RUFUS,
    TED,
    TED_ANEW,
    but,
    by,
    client_joined,
    done,
    guest_token_of,
    join,
    joined,
    left,
    refused,
    resume,
    updated,
)

_OWN = "0123456789abcdef" * 4
"""A guest token that a client has of its own."""

_HISTORY_AND_TED = Setting(Limits(history_texts=10), tokens={"Ted's": Identity("ted")})


def _enters_with_token(who: str, *others: str, address: str | None = None) -> tuple[Step, ...]:
    """Return the steps by which a guest joins that shows `_OWN`, and the others are told."""
    return (
        Connects(who, None, CAMUS_2, address=address),
        Says(who, join(guest_token=_OWN)),
        Hears(who, joined(who, guest_token=_OWN)),
        *(Hears(other, client_joined(who)) for other in others),
    )


def _enters_with_identity(who: str, *others: str) -> tuple[Step, ...]:
    """Return the steps by which a client joins with Ted's token, and the others are told."""
    return (
        Connects(who, None, CAMUS_2),
        Says(who, join(token="Ted's")),
        Hears(who, joined(who, history=[])),
        *(Hears(other, client_joined(who)) for other in others),
    )


SCENARIOS = (
    Scenario(
        "a banned guest goes out of all its tabs, and another of its address stays",
        ("BAN-16", "CTRL-42", "SESS-87"),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(RUFUS, BILL, address=THERE),
            *_enters_with_token(TED, BILL, RUFUS, address=THERE),
            *_enters_with_token(TED_ANEW, BILL, RUFUS, TED, address=ELSEWHERE),
            *bans_both(BILL, TED_ANEW, TED, RUFUS),
            *is_answered(RUFUS),
            *lists(BILL, listed(TED)),
        ),
    ),
    Scenario(
        "a tab that is away goes out with the others, and so does one beside a waiting tab",
        ("BAN-16", "CTRL-40", "CTRL-53"),
        (
            *creates_as_owner(BILL),
            *_enters_with_token(TED, BILL),
            *locks(BILL, TED),
            *enters_waiting_room(TED_ANEW, BILL, guest_token=_OWN),
            Drops(TED),
            *decides(BILL, ban(TED_ANEW), waits_no_more(TED_ANEW), left(TED, "banned")),
            Hears(TED_ANEW, but(refused(TED_ANEW, "banned"), reply_to="let me in")),
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "banned", resume(TED, 1, guest_token=_OWN)),
        ),
    ),
    Scenario(
        "a banned identity goes out on all its devices, with the reason, and with its texts",
        ("BAN-16", "HIST-11"),
        (
            *hosts(BILL),
            *_enters_with_identity(TED, BILL),
            *_enters_with_identity(TED_ANEW, BILL, TED),
            *chats(TED_ANEW, "Bogus!", BILL, TED),
            Says(BILL, ban(TED, reason="Not excellent")),
            Hears(BILL, left(TED_ANEW, "banned")),
            Hears(BILL, left(TED, "banned")),
            Hears(BILL, text_removed(TED_ANEW)),
            Hears(BILL, done(BILL)),
            Hears(TED_ANEW, refused_because(TED_ANEW, "banned", "Not excellent")),
            IsClosed(TED_ANEW, 4507),
            Hears(TED, left(TED_ANEW, "banned")),
            Hears(TED, refused_because(TED, "banned", "Not excellent")),
            IsClosed(TED, 4507),
            *comes(RUFUS, BILL),
        ),
        _HISTORY_AND_TED,
    ),
    Scenario(
        "with a banned guest of the core profile, which has no token, nobody goes out",
        ("BAN-16", "CTRL-42"),
        (
            *creates_as_owner(BILL, address=HERE),
            *joins_from(THERE, TED),
            Hears(BILL, client_joined(TED)),
            *joins_from(THERE, RUFUS),
            Hears(BILL, client_joined(RUFUS)),
            *decides(BILL, ban(TED), left(TED, "banned")),
            IsClosed(TED, 4507),
            Hears(RUFUS, by(TED, ROOM, "bye", A_TIME)),
            *is_answered(RUFUS),
        ),
    ),
    Scenario(
        "who has been made a moderator stays when another tab of it is banned",
        ("BAN-16", "CTRL-1"),
        (
            *creates_as_owner(BILL),
            *_enters_with_token(TED, BILL),
            *_enters_with_token(RUFUS, BILL, TED),
            *makes_a_moderator(BILL, RUFUS),
            Hears(TED, updated(RUFUS, MAJOR_TOM, "moderator")),
            *bans(BILL, TED, RUFUS),
            *is_answered(RUFUS),
        ),
    ),
    Scenario(
        "a guest that has left and come back is sent out by the ban of its former id",
        ("BAN-15", "BAN-16"),
        (
            *creates_as_owner(BILL),
            *_enters_with_token(TED, BILL),
            *leaves(TED, BILL),
            *_enters_with_token(TED_ANEW, BILL),
            *decides(BILL, ban(TED), left(TED_ANEW, "banned")),
            IsClosed(TED_ANEW, 4507),
        ),
    ),
    Scenario(
        "a guest that has left is banned all the same, and others of its address wait",
        ("BAN-15",),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *visits(RUFUS, BILL, TED, address=ELSEWHERE),
            *leaves(TED, BILL, RUFUS),
            *decides(BILL, ban(TED)),
            HearsNothing(RUFUS),
            *lists(BILL, listed(TED)),
            Connects(TED, None, CAMUS_2, address=ELSEWHERE),
            *is_refused(TED, "banned", join(guest_token=guest_token_of(TED))),
            *enters_waiting_room(TED_ANEW, BILL, address=THERE),
        ),
    ),
    Scenario(
        "the texts of a guest that has left are removed when it is banned",
        ("BAN-15", "HIST-11"),
        (
            *hosts(BILL),
            *_enters_with_identity(TED, BILL),
            *chats(TED, "Bogus!", BILL),
            *leaves(TED, BILL),
            *decides(BILL, ban(TED), text_removed(TED)),
            *comes(RUFUS, BILL),
        ),
        _HISTORY_AND_TED,
    ),
    Scenario(
        "a guest whose place has ended, or that was kicked, is banned all the same",
        ("BAN-15",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *visits(RUFUS, BILL, TED),
            *decides(BILL, kick(TED), left(TED, "kicked")),
            *is_removed(TED, "kicked", RUFUS),
            Drops(RUFUS),
            Hears(BILL, left(RUFUS, "gone")),
            *decides(BILL, ban(TED)),
            *decides(BILL, ban(RUFUS)),
            Connects(TED, None, CAMUS_2),
            *is_refused(
                TED,
                "banned",
                join(guest_token=guest_token_of(TED)),
                join(guest_token=guest_token_of(RUFUS)),
            ),
        ),
        Setting(Limits(place_seconds=0.3)),
    ),
    Scenario(
        "a guest that has left for longer, and a moderator that has left, are banned no more",
        ("BAN-15", "CTRL-23"),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *visits(RUFUS, BILL, TED),
            *makes_a_moderator(BILL, RUFUS),
            Hears(TED, updated(RUFUS, MAJOR_TOM, "moderator")),
            *leaves(RUFUS, BILL, TED),
            *leaves(TED, BILL),
            *are_refused(BILL, "unknown-receiver", ban(RUFUS), kick(TED)),
            Waits(0.6),
            *are_refused(BILL, "unknown-receiver", ban(TED)),
            *lists(BILL),
        ),
        Setting(Limits(waiting_seconds=0.5)),
    ),
    Scenario(
        "a guest bans nobody that has left",
        ("BAN-15", "CTRL-1"),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *visits(RUFUS, BILL, TED),
            *leaves(TED, BILL, RUFUS),
            *are_refused(RUFUS, "not-allowed", ban(TED)),
            *lists(BILL),
        ),
    ),
)
