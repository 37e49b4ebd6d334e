"""Banned guests and others of their address (BAN-1 to BAN-6)."""

from ...admission.identity import Identity
from ...limits import Limits
from ..address_phrases import ELSEWHERE, HERE, THERE
from ..ban_phrases import bans
from ..control_phrases import (
    admit,
    ban,
    creates_as_owner,
    decides,
    enters_waiting_room,
    is_admitted,
    is_locked,
    lock,
    locks,
    waiting,
    waits,
    waits_no_more,
)
from ..patterns import A_TIME, Pattern, Wildcard
from ..phrases import is_answered
from ..scenario import (
    Connects,
    Drops,
    Hears,
    HearsNothing,
    IsClosed,
    Says,
    Scenario,
    Setting,
    Waits,
)
from ..session_phrases import enters, is_refused, visits
from ..vocabulary import (
    BILL,
    BILL_ANEW,
    CAMUS_2,
    ROOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    but,
    by,
    client_joined,
    guest_token_of,
    join,
    joined,
    left,
    refused,
    resume,
    to,
    turn_of,
)

_A_GUEST_TOKEN = Wildcard(r'"[0-9a-f]{64}"')

_OWN = "0123456789abcdef" * 4
"""A guest token that a client has of its own."""

_TOKENS = Setting(tokens={"Ted's": Identity("ted"), "Rufus's": Identity("rufus")})

_BANNED = join(guest_token=guest_token_of(TED))
"""The `join` of a banned guest that shows its guest token."""


def _without_guest_token(who: str) -> Pattern:
    """Return the `joined` of a client that has no guest token."""
    data = dict(joined(who)["data"])
    del data["guest_token"]
    return but(joined(who), data=data)


SCENARIOS = (
    Scenario(
        "a guest is given a secret, and a client with an identity has none",
        ("BAN-1", "BAN-2"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, guest_token=_A_GUEST_TOKEN)),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's", guest_token=_OWN)),
            Hears(TED, _without_guest_token(TED)),
            Hears(BILL, client_joined(TED)),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, join(guest_token="a" * 63)),
            Hears(RUFUS, joined(RUFUS, guest_token=_A_GUEST_TOKEN)),
            Hears(BILL, client_joined(RUFUS)),
            Hears(TED, client_joined(RUFUS)),
        ),
        _TOKENS,
    ),
    Scenario(
        "who brings its secret along keeps it, at a door too",
        ("BAN-1", "BAN-2"),
        (
            *creates_as_owner(BILL),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(guest_token=_OWN)),
            Hears(TED, joined(TED, guest_token=_OWN)),
            Hears(BILL, client_joined(TED)),
            *locks(BILL, TED),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, but(join(), id="let me in")),
            Hears(
                RUFUS,
                but(
                    waiting(RUFUS),
                    reply_to="let me in",
                    data={**waiting(RUFUS)["data"], "guest_token": _A_GUEST_TOKEN},
                ),
            ),
            Hears(BILL, waits(RUFUS)),
            *decides(BILL, admit(RUFUS), waits_no_more(RUFUS), client_joined(RUFUS)),
            *is_admitted(RUFUS, TED),
        ),
    ),
    Scenario(
        "a banned guest is known by its secret, wherever it comes from",
        ("BAN-3", "CTRL-56"),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *bans(BILL, TED),
            Connects(TED_ANEW, None, CAMUS_2, address=ELSEWHERE),
            *is_refused(TED_ANEW, "banned", _BANNED, resume(TED, 0)),
            Says(TED_ANEW, join(guest_token=_OWN)),
            Hears(TED_ANEW, joined(TED_ANEW)),
            Hears(BILL, client_joined(TED_ANEW)),
        ),
    ),
    Scenario(
        "other guests of a banned address wait, also where the room is open",
        ("BAN-4", "CTRL-41"),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *bans(BILL, TED),
            *enters_waiting_room(RUFUS, BILL, address=THERE, guest_token=_OWN),
            *decides(BILL, admit(RUFUS), waits_no_more(RUFUS), client_joined(RUFUS)),
            *is_admitted(RUFUS, locked=False),
            *enters_waiting_room(TED_ANEW, BILL, address=THERE),
            *decides(BILL, ban(TED_ANEW), waits_no_more(TED_ANEW)),
            Hears(TED_ANEW, but(refused(TED_ANEW, "banned"), reply_to="let me in")),
            *is_refused(TED_ANEW, "banned", join(), join(guest_token=guest_token_of(TED_ANEW))),
            *visits(BILL_ANEW, BILL, RUFUS, address=ELSEWHERE),
        ),
    ),
    Scenario(
        "a guest of a banned address that was admitted waits again when it comes again",
        ("BAN-4",),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *bans(BILL, TED),
            *enters_waiting_room(RUFUS, BILL, address=THERE, guest_token=_OWN),
            *decides(BILL, admit(RUFUS), waits_no_more(RUFUS), client_joined(RUFUS)),
            *is_admitted(RUFUS, locked=False),
            Says(RUFUS, to(SERVER, "bye")),
            IsClosed(RUFUS, 1000),
            Hears(BILL, left(RUFUS, "left")),
            *enters_waiting_room(TED_ANEW, BILL, address=THERE, guest_token=_OWN),
        ),
    ),
    Scenario(
        "where no moderator is, other guests of a banned address are refused",
        ("BAN-4", "CTRL-41"),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *visits(RUFUS, BILL, TED, address=ELSEWHERE),
            *bans(BILL, TED, RUFUS),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Hears(RUFUS, left(BILL, "left")),
            Connects(TED_ANEW, None, CAMUS_2, address=THERE),
            *is_refused(TED_ANEW, "banned", join(), join(guest_token=_OWN)),
        ),
    ),
    Scenario(
        "a moderator that is away is waited for, one of the core profile is none",
        ("BAN-4",),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *bans(BILL, TED),
            Connects(RUFUS, token="Rufus's", address=ELSEWHERE),
            Hears(RUFUS, by(SERVER, RUFUS, "greeting", "This is Ground Control to Major Tom")),
            Hears(BILL, client_joined(RUFUS, role="moderator")),
            Drops(BILL),
            *enters_waiting_room(TED_ANEW, address=THERE),
            Waits(0.7),
            Hears(RUFUS, by(BILL, ROOM, "bye", A_TIME)),
            *is_answered(TED_ANEW),
            Connects(BILL_ANEW, None, CAMUS_2, address=THERE),
            *is_refused(BILL_ANEW, "banned", join()),
        ),
        Setting(
            Limits(place_seconds=0.5),
            tokens={"Rufus's": Identity("rufus", role="moderator")},
        ),
    ),
    Scenario(
        "without a moderator nobody comes back to its turn from a banned address, or loses it",
        ("BAN-4", "DOOR-6", "SESS-55"),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *visits(TED_ANEW, BILL, TED, address=HERE),
            *bans(BILL, TED, TED_ANEW),
            *locks(BILL, TED_ANEW),
            *enters_waiting_room(RUFUS, BILL, address=ELSEWHERE),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Hears(TED_ANEW, left(BILL, "left")),
            Connects(BILL_ANEW, None, CAMUS_2, address=THERE),
            *is_refused(BILL_ANEW, "banned", join(resume={"session": turn_of(RUFUS)})),
            HearsNothing(RUFUS),
            Connects(TED, None, CAMUS_2, address=HERE),
            Says(TED, join(resume={"session": turn_of(RUFUS)})),
            IsClosed(RUFUS, 4505),
            Hears(TED, waiting(RUFUS, moderated=False)),
        ),
    ),
    Scenario(
        "a client of a banned address shows the password before it waits",
        ("BAN-4", "SESS-55"),
        (
            *creates_as_owner(BILL, address=HERE, password="69"),
            *enters(TED, password="69", address=THERE),
            Hears(BILL, client_joined(TED)),
            *bans(BILL, TED),
            Connects(RUFUS, None, CAMUS_2, address=THERE),
            *is_refused(RUFUS, "password-required", join()),
            *is_refused(RUFUS, "wrong-password", join(password="68")),
            Says(RUFUS, join(password="69")),
            Hears(RUFUS, waiting(RUFUS)),
            Hears(BILL, waits(RUFUS)),
        ),
    ),
    Scenario(
        "where too many wait, and when the wait is over, they are refused",
        ("BAN-5",),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *bans(BILL, TED),
            *enters_waiting_room(RUFUS, BILL, address=THERE),
            Connects(TED_ANEW, None, CAMUS_2, address=THERE),
            *is_refused(TED_ANEW, "banned", join()),
            Hears(RUFUS, but(refused(RUFUS, "banned"), reply_to="let me in")),
            Hears(BILL, waits_no_more(RUFUS)),
        ),
        Setting(Limits(waiting=1, waiting_seconds=0.5)),
    ),
    Scenario(
        "with the last member they are refused",
        ("BAN-5",),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *bans(BILL, TED),
            *enters_waiting_room(RUFUS, BILL, address=THERE),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Hears(RUFUS, but(refused(RUFUS, "banned"), reply_to="let me in")),
        ),
    ),
    Scenario(
        "who waits because of a ban goes on waiting when the lock ends",
        ("BAN-6", "CTRL-21"),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *bans(BILL, TED),
            *locks(BILL),
            *enters_waiting_room(TED_ANEW, BILL, address=THERE),
            *enters_waiting_room(RUFUS, BILL, address=ELSEWHERE),
            *decides(
                BILL, lock(False), is_locked(False), waits_no_more(RUFUS), client_joined(RUFUS)
            ),
            *is_admitted(RUFUS, locked=False),
            *is_answered(TED_ANEW),
            HearsNothing(TED_ANEW),
        ),
    ),
)
