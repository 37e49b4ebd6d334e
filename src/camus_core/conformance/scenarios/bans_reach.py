"""The clients that a ban reaches beside the member that it names (BAN-15)."""

from ...admission.identity import Identity
from ...limits import Limits
from ..address_phrases import ELSEWHERE, HERE, THERE
from ..ban_phrases import listed, lists
from ..control_phrases import (
    ban,
    creates_as_owner,
    decides,
    enters_waiting_room,
    is_removed,
    kick,
    makes_a_moderator,
)
from ..history_phrases import chats, comes, hosts, text_removed
from ..phrases import are_refused
from ..scenario import (
    Connects,
    Drops,
    Hears,
    HearsNothing,
    Says,
    Scenario,
    Setting,
    Waits,
)
from ..session_phrases import is_refused, leaves, visits
from ..vocabulary import (
    BILL,
    CAMUS_2,
    MAJOR_TOM,
    RUFUS,
    TED,
    TED_ANEW,
    client_joined,
    guest_token_of,
    join,
    joined,
    left,
    updated,
)

SCENARIOS = (
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
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, history=[])),
            Hears(BILL, client_joined(TED)),
            *chats(TED, "Bogus!", BILL),
            *leaves(TED, BILL),
            *decides(BILL, ban(TED), text_removed(TED)),
            *comes(RUFUS, BILL),
        ),
        Setting(Limits(history_texts=10), tokens={"Ted's": Identity("ted")}),
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
