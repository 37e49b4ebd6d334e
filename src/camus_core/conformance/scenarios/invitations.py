"""Clients that come in with an invitation, and wrong invitations (INV-1 to INV-7)."""

from ...admission.identity import Identity
from ...limits import Limits
from ...records import RoomId
from ..address_phrases import ELSEWHERE, HERE, THERE, are_rate_limited
from ..ban_phrases import bans
from ..control_phrases import creates_as_owner, makes_a_moderator
from ..invitation_phrases import (
    WRONG,
    comes_invited,
    create_invitation,
    invited,
    invites,
    is_not_invited,
    revokes,
    secret_of,
)
from ..names_phrases import find, finds, found, found_with
from ..patterns import Wildcard
from ..phrases import are_refused
from ..room_phrases import IN_2100
from ..scenario import (
    Connects,
    ExistingRoom,
    Hears,
    HearsNothing,
    Joins,
    Says,
    Scenario,
    Setting,
)
from ..session_phrases import enters, is_refused, visits
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    by,
    client_joined,
    guest_token_of,
    join,
    joined,
    refused,
    to,
)

_MODERATOR = Identity("bill", role="moderator")

_ONE_GUESS = Limits(wrong_passwords=1)


def _hex(digits: int) -> Wildcard:
    return Wildcard(rf'"[0-9a-f]{{{digits}}}"')


SCENARIOS = (
    Scenario(
        "owners and moderators make invitations, of which nobody else is told",
        ("INV-1",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *makes_a_moderator(BILL, TED),
            *visits(RUFUS, BILL, TED),
            Says(BILL, create_invitation(name="For Ted", role=None, uses=None)),
            Hears(
                BILL,
                by(SERVER, BILL, "invitation-created", {"id": _hex(32), "secret": _hex(64)}),
            ),
            *invites(TED),
            HearsNothing(BILL),
            HearsNothing(RUFUS),
            *comes_invited(TED_ANEW, BILL, TED, RUFUS),
        ),
    ),
    Scenario(
        "an invitation stands for the password, and gives its role",
        ("INV-2", "INV-3"),
        (
            *creates_as_owner(BILL, password="69"),
            *invites(BILL, role="moderator"),
            *invites(BILL, 2, role="guest"),
            *comes_invited(TED, BILL, role="moderator"),
            *comes_invited(RUFUS, BILL, TED, nth=2),
            Connects(TED_ANEW, None, CAMUS_2),
            *is_refused(TED_ANEW, "password-required", join()),
        ),
    ),
    Scenario(
        "moderators invite moderators, and nobody invites an owner",
        ("INV-2",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *makes_a_moderator(BILL, TED),
            *are_refused(
                BILL,
                "malformed-message",
                create_invitation(role="owner"),
                create_invitation(role="king"),
                to(SERVER, "create-invitation"),
            ),
            *invites(TED, role="moderator"),
            *comes_invited(RUFUS, BILL, TED, role="moderator"),
        ),
    ),
    Scenario(
        "a client has the higher one of two roles that it shows",
        ("INV-2",),
        (
            *creates_as_owner(BILL),
            *invites(BILL),
            *comes_invited(TED, BILL, role="moderator", token="Bill's"),
        ),
        Setting(tokens={"Bill's": _MODERATOR}),
    ),
    Scenario(
        "whoever is invited comes in where guests are not let in, and makes no rooms",
        ("INV-4", "CTRL-9"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join(token="Bill's")),
            Hears(BILL, joined(BILL, role="moderator")),
            *invites(BILL),
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "not-allowed", join()),
            *is_refused(TED, "invalid-invitation", join(invitation=WRONG)),
            Says(TED, invited()),
            Hears(TED, joined(TED)),
            Hears(BILL, client_joined(TED)),
            *are_refused(TED, "not-allowed", to(SERVER, "create-room", {"name": "Circle K"})),
        ),
        Setting(tokens={"Bill's": _MODERATOR}, guests=False),
    ),
    Scenario(
        "an invitation opens no room that the identity doesn't name, nor one that is full",
        ("INV-5", "CTRL-31"),
        (
            *creates_as_owner(BILL, guest_limit=1),
            *invites(BILL, role="moderator"),
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "not-allowed", invited(token="Ted's")),
            *is_refused(TED, "room-full", invited()),
        ),
        Setting(tokens={"Ted's": Identity("ted", rooms=frozenset({RoomId("circle-k")}))}),
    ),
    Scenario(
        "an invited guest waits until the room opens, and a moderator doesn't",
        ("INV-5", "ROOM-19", "ROOM-20"),
        (
            *creates_as_owner(BILL, not_before=IN_2100),
            *invites(BILL),
            *invites(BILL, 2, role="moderator"),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, invited()),
            Hears(
                RUFUS,
                refused(ANY_CLIENT, "room-not-open", retry_after=Wildcard(r"\d{10}(\.\d+)?")),
            ),
            *comes_invited(TED, BILL, nth=2, role="moderator"),
        ),
        Setting(Limits(room_schedule_seconds=1e10)),
    ),
    Scenario(
        "an invitation takes no ban of a client back, and that of its address for a moderator",
        ("INV-5", "BAN-3", "BAN-4"),
        (
            *creates_as_owner(BILL, address=HERE),
            *invites(BILL, role="moderator"),
            *visits(TED, BILL, address=THERE),
            *bans(BILL, TED),
            Connects(TED_ANEW, None, CAMUS_2, address=ELSEWHERE),
            *is_refused(TED_ANEW, "banned", invited(guest_token=guest_token_of(TED))),
            *comes_invited(RUFUS, BILL, role="moderator", address=THERE),
        ),
    ),
    Scenario(
        "all that can be wrong with an invitation has one answer, and no room is made",
        ("INV-6",),
        (
            *creates_as_owner(BILL),
            *invites(BILL),
            *invites(BILL, 2, not_before=IN_2100),
            *revokes(BILL),
            *is_not_invited(TED, 1),
            *is_refused(
                TED,
                "invalid-invitation",
                invited(2),
                join(invitation=WRONG),
                join(invitation=""),
                join(invitation="\x00ä" * 100),
                join(invitation=WRONG, password="69", owner_token="x"),
                join("circle-k", invitation=WRONG),
                join("circle-k", invitation=WRONG, owner_token="x"),
                join("waterloo", invitation=WRONG, password="69"),
            ),
            *is_refused(TED, "malformed-message", join(invitation=7)),
            Connects(RUFUS, None, CAMUS_2),
            *finds(RUFUS, "circle-k", found("circle-k")),
        ),
        Setting(rooms=(ExistingRoom("waterloo", password="69"),)),
    ),
    Scenario(
        "an invitation is for one room",
        ("INV-6",),
        (
            *creates_as_owner(BILL),
            *invites(BILL),
            *is_not_invited(TED, room_id="circle-k"),
            *enters(RUFUS, "circle-k"),
            *is_refused(TED, "invalid-invitation", invited(room_id="circle-k")),
            *comes_invited(TED_ANEW, BILL),
        ),
    ),
    Scenario(
        "wrong invitations of an address count as wrong passwords, also where no room is",
        ("INV-7", "LIM-5"),
        (
            *creates_as_owner(BILL, address=HERE, password="69"),
            *invites(BILL),
            *is_not_invited(TED, room_id="circle-k", address=THERE),
            *are_rate_limited(TED, invited(), join(invitation=WRONG), join(password="69")),
            *comes_invited(RUFUS, BILL, address=ELSEWHERE),
        ),
        Setting(_ONE_GUESS),
    ),
    Scenario(
        "right invitations don't count, and who shows none comes in",
        ("INV-7",),
        (
            *creates_as_owner(BILL, address=HERE),
            *invites(BILL),
            *comes_invited(TED, BILL, address=THERE),
            *comes_invited(TED_ANEW, BILL, TED, address=THERE),
            Connects(RUFUS, None, CAMUS_2, address=THERE),
            *is_refused(RUFUS, "invalid-invitation", join(invitation=WRONG)),
            *are_rate_limited(RUFUS, invited()),
            Says(RUFUS, join()),
            Hears(RUFUS, joined(RUFUS)),
            *(Hears(one, client_joined(RUFUS)) for one in (BILL, TED, TED_ANEW)),
        ),
        Setting(_ONE_GUESS),
    ),
    Scenario(
        "with an invitation a client finds the room and its members",
        ("INV-8", "NAME-8", "NAME-9"),
        (
            *creates_as_owner(BILL, password="69"),
            *invites(BILL),
            Connects(TED, None, CAMUS_2),
            *finds(TED, DEFAULT_ROOM, found(DEFAULT_ROOM)),
            *finds(
                TED,
                f"https://example.com/#/{DEFAULT_ROOM}/{WRONG}",
                found_with(DEFAULT_ROOM, "Excellent Adventure", BILL),
                invitation=secret_of(),
            ),
        ),
    ),
    Scenario(
        "a wrong invitation finds no room that is there, and none that isn't, at one price",
        ("INV-8", "NAME-7"),
        (
            *creates_as_owner(BILL, address=HERE),
            *invites(BILL),
            Connects(TED, None, CAMUS_2, address=THERE),
            *finds(TED, DEFAULT_ROOM, found(DEFAULT_ROOM), invitation=WRONG),
            *are_rate_limited(
                TED,
                find(DEFAULT_ROOM, invitation=WRONG),
                find(DEFAULT_ROOM, invitation=secret_of()),
                find("circle-k", invitation=WRONG),
            ),
            Connects(RUFUS, None, CAMUS_2, address=ELSEWHERE),
            *finds(RUFUS, "circle-k", found("circle-k"), invitation=WRONG),
            *are_rate_limited(
                RUFUS,
                find("circle-k", invitation=WRONG),
                find(DEFAULT_ROOM, invitation=secret_of()),
            ),
            *finds(
                RUFUS,
                DEFAULT_ROOM,
                found_with(DEFAULT_ROOM, "Excellent Adventure", BILL),
            ),
        ),
        Setting(_ONE_GUESS),
    ),
    Scenario(
        "where guests are not let in, a wrong invitation doesn't tell which rooms are there",
        ("INV-6", "INV-7"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join(token="Bill's")),
            Hears(BILL, joined(BILL, role="moderator")),
            Connects(TED, None, CAMUS_2),
            *is_refused(
                TED,
                "invalid-invitation",
                join(invitation=WRONG),
                join("circle-k", invitation=WRONG),
            ),
            *is_refused(
                TED,
                "not-allowed",
                join(invitation=WRONG, token="Ted's"),
                join("circle-k", invitation=WRONG, token="Ted's"),
            ),
        ),
        Setting(
            tokens={
                "Bill's": _MODERATOR,
                "Ted's": Identity("ted", rooms=frozenset({RoomId("waterloo")})),
            },
            guests=False,
        ),
    ),
    Scenario(
        "guests and clients outside neither make invitations nor revoke them",
        ("INV-9", "CTRL-1"),
        (
            *creates_as_owner(BILL),
            *invites(BILL),
            *visits(TED, BILL),
            Connects(RUFUS, None, CAMUS_2),
            Joins(TED_ANEW),
            Hears(BILL, client_joined(TED_ANEW)),
            Hears(TED, client_joined(TED_ANEW)),
            *(
                step
                for frame in (
                    create_invitation(),
                    to(SERVER, "list-invitations"),
                    to(SERVER, "revoke-invitation", {"id": "(id of invitation 1)"}),
                    to(SERVER, "revoke-invitation", {"id": WRONG}),
                )
                for step in (
                    *are_refused(TED, "not-allowed", frame),
                    *is_refused(RUFUS, "not-joined", frame),
                    *are_refused(TED_ANEW, "unknown-type", frame),
                )
            ),
        ),
    ),
)
