"""Invitations that are listed, revoked, and ended (INV-14 to INV-19)."""

from ...limits import Limits
from ..address_phrases import ELSEWHERE, HERE, THERE
from ..ban_phrases import bans
from ..control_phrases import creates_as_owner, decides, makes_a_moderator, set_role
from ..invitation_phrases import (
    WRONG,
    comes_invited,
    create_invitation,
    invitation,
    invited,
    invites,
    is_not_invited,
    lists,
    revoke,
    revokes,
)
from ..phrases import are_refused
from ..room_phrases import IN_2100
from ..scenario import Connects, Hears, Says, Scenario, SetsClock, Setting, Waits
from ..session_phrases import enters, is_refused, visits
from ..vocabulary import (
    BILL,
    CAMUS_2,
    MAJOR_TOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    client_joined,
    join,
    joined,
    to,
    updated,
)

SCENARIOS = (
    Scenario(
        "invitations are listed, the oldest first, without their secrets",
        ("INV-14",),
        (
            *creates_as_owner(BILL),
            *lists(BILL),
            *visits(TED, BILL),
            *makes_a_moderator(BILL, TED),
            *invites(BILL, name=" For Rufus "),
            *invites(TED, 2, role="moderator", not_before=0.5, expires=float(IN_2100), uses=3),
            *comes_invited(RUFUS, BILL, TED),
            *lists(
                TED,
                invitation(name="For Rufus", used=1),
                invitation(2, role="moderator", not_before=0.5, expires=float(IN_2100), uses=3),
            ),
        ),
    ),
    Scenario(
        "an invitation has a name of the form of a username, or none",
        ("INV-15",),
        (
            *creates_as_owner(BILL),
            *are_refused(
                BILL,
                "invalid-name",
                create_invitation(name=""),
                create_invitation(name="x" * 65),
                create_invitation(name="a\u202eb"),
            ),
            *are_refused(BILL, "malformed-message", create_invitation(name=7)),
            *invites(BILL, name="x" * 64),
        ),
    ),
    Scenario(
        "a revoked invitation lets nobody else in",
        ("INV-16",),
        (
            *creates_as_owner(BILL),
            *invites(BILL),
            *comes_invited(TED, BILL),
            *revokes(BILL),
            *is_not_invited(RUFUS),
            *lists(BILL),
            *are_refused(
                BILL,
                "not-found",
                revoke(),
                to(SERVER, "revoke-invitation", {"id": WRONG}),
                to(SERVER, "revoke-invitation", {"id": "?"}),
            ),
        ),
    ),
    Scenario(
        "moderators revoke invitations, an owner's only an owner",
        ("INV-17", "CTRL-1"),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *makes_a_moderator(BILL, TED),
            *visits(RUFUS, BILL, TED),
            *makes_a_moderator(BILL, RUFUS),
            Hears(TED, updated(RUFUS, MAJOR_TOM, "moderator")),
            *invites(BILL),
            *invites(TED, 2),
            *invites(TED, 3),
            *are_refused(RUFUS, "not-allowed", revoke(1)),
            *revokes(RUFUS, 2),
            *revokes(BILL, 3),
            *lists(RUFUS, invitation(1)),
            *revokes(BILL, 1),
        ),
    ),
    Scenario(
        "one more than a room may have is refused, unless others are over",
        ("INV-18",),
        (
            *creates_as_owner(BILL),
            *invites(BILL, 1, uses=1),
            *invites(BILL, 2, expires=IN_2100),
            *are_refused(BILL, "too-many-invitations", create_invitation()),
            *comes_invited(TED, BILL, nth=1),
            *invites(BILL, 3),
            *lists(BILL, invitation(2, expires=float(IN_2100)), invitation(3)),
            *are_refused(BILL, "too-many-invitations", create_invitation()),
            SetsClock(3_200_000_000.0),
            Waits(0.2),
            *invites(BILL, 4),
            *lists(BILL, invitation(3), invitation(4)),
            *revokes(BILL, 3),
            *invites(BILL, 5),
        ),
        Setting(Limits(invitations=2)),
    ),
    Scenario(
        "where the operator wants no invitations there are none",
        ("INV-18",),
        (
            *creates_as_owner(BILL),
            *are_refused(
                BILL,
                "unknown-type",
                create_invitation(),
                to(SERVER, "list-invitations"),
                to(SERVER, "revoke-invitation", {"id": WRONG}),
            ),
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "invalid-invitation", join(invitation=WRONG)),
        ),
        Setting(Limits(invitations=0)),
    ),
    Scenario(
        "a ban ends the invitations that the banned member has made",
        ("INV-19",),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *makes_a_moderator(BILL, TED),
            *invites(BILL, 1),
            *invites(TED, 2, role="moderator"),
            *invites(TED, 3),
            *bans(BILL, TED),
            *lists(BILL, invitation(1)),
            *is_not_invited(TED_ANEW, 2, address=ELSEWHERE),
        ),
    ),
    Scenario(
        "whoever is made a guest has invited no moderators",
        ("INV-19",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *makes_a_moderator(BILL, TED),
            *invites(BILL, 1, role="moderator"),
            *invites(TED, 2, role="moderator"),
            *invites(TED, 3),
            *decides(BILL, set_role(TED, "guest"), updated(TED, MAJOR_TOM)),
            Hears(TED, updated(TED, MAJOR_TOM)),
            *lists(BILL, invitation(1, role="moderator"), invitation(3)),
            *enters(RUFUS, "circle-k"),
            *is_not_invited(TED_ANEW, 2),
            Says(TED_ANEW, invited(3)),
            Hears(TED_ANEW, joined(TED_ANEW)),
            *(Hears(one, client_joined(TED_ANEW)) for one in (BILL, TED)),
        ),
    ),
)
