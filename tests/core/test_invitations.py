"""Conversations about invitations: their records, and what happens while a use is counted."""

from typing import Any

import pytest

from camus_core.conformance import Setting
from camus_core.conformance.control_phrases import (
    admit,
    creates_as_owner,
    deny,
    kick,
    lock,
    locks,
    waiting,
    waits,
    waits_no_more,
)
from camus_core.conformance.invitation_phrases import (
    create_invitation,
    invitation,
    invited,
    invites,
    is_not_invited,
    lists,
    revoke,
    revokes,
    waits_invited,
)
from camus_core.conformance.phrases import are_refused
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    Hears,
    HearsNothing,
    IsClosed,
    Says,
    Waits,
)
from camus_core.conformance.session_phrases import is_refused, visits
from camus_core.conformance.vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    but,
    by,
    client_joined,
    done,
    join,
    joined,
    left,
    refused,
    to,
    turn_of,
)
from camus_core.effects import ForgetInvitation, SaveInvitation
from camus_core.inviting import new_invitation
from camus_core.limits import Limits
from camus_core.orders import Invite
from camus_core.questions import DrawSecret, Failed, LookUpRoom, UseInvitation
from camus_core.records import InvitationRecord, NetworkAddress, RoomId, digest
from camus_core.wire.errors import NotFound, TooManyInvitations
from camus_core.wire.messages import CreateInvitationBody
from driving.conversation import Conversation
from driving.driver import START

ROOM_ID = RoomId(DEFAULT_ROOM)
HOME = NetworkAddress("192.0.2.1")

TURN = join(resume={"session": turn_of(TED)})


def stored(talk: Conversation) -> tuple[InvitationRecord, ...]:
    """Return the invitations to the room as the store has them."""
    return talk.server.store.invitations(ROOM_ID)


def house(limits: Limits | None = None, **data: Any) -> Conversation:
    """Return a conversation with an owner, who has made one invitation with this data."""
    talk = Conversation(Setting(limits or Limits()))
    talk.plays(*creates_as_owner(BILL), *invites(BILL, **data))
    return talk


def test_the_store_has_the_digest_of_a_secret_and_who_has_made_the_invitation() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), *visits(TED, BILL))
    member = talk.server.store.clients[next(iter(talk.server.store.clients))]
    talk.plays(*invites(BILL, name=" For Ted ", role="moderator", expires=4e9, uses=3))
    [made] = stored(talk)
    secret = digest("secret number 1")
    assert made == InvitationRecord(
        made.id,
        digest(secret),
        "For Ted",
        "moderator",
        "Major Tom",
        START,
        None,
        4e9,
        3,
        by_owner=True,
        maker=member.guest_digest,
    )
    assert secret not in repr(made)
    assert made.digest not in repr(made)
    assert isinstance(talk.server.changes[-1], SaveInvitation)


def test_one_invitation_more_forgets_those_that_are_over_in_the_store_too() -> None:
    talk = house(Limits(invitations=1), uses=1)
    talk.plays(
        Connects(TED, None, CAMUS_2),
        Says(TED, invited()),
        Hears(TED, joined(TED)),
        Hears(BILL, client_joined(TED)),
    )
    [first] = stored(talk)
    talk.plays(*invites(BILL, 2))
    room = talk.server.store.rooms[ROOM_ID]
    assert ForgetInvitation(ROOM_ID, room.incarnation, first.id) in talk.server.changes
    assert [one.id for one in stored(talk)] != [first.id]
    assert len(stored(talk)) == 1


# While a use is counted -----------------------------------------------------------------


def using() -> Conversation:
    """Return a conversation in which Ted's only use of an invitation is about to be counted."""
    talk = house(uses=1)
    talk.plays(Connects(TED, None, CAMUS_2))
    talk.server.holds_questions = True
    talk.plays(Says(TED, invited()))
    question = talk.question_about(TED)
    assert isinstance(question, UseInvitation)
    return talk


def test_nobody_has_joined_before_the_use_is_counted() -> None:
    talk = using()
    talk.plays(HearsNothing(TED), HearsNothing(BILL))
    assert stored(talk)[0].used == 0
    talk.answers(TED)
    assert stored(talk)[0].used == 1
    talk.plays(Hears(TED, joined(TED)), Hears(BILL, client_joined(TED)))
    talk.ends()


def test_an_invitation_that_is_revoked_meanwhile_lets_nobody_in() -> None:
    talk = using()
    talk.plays(*revokes(BILL))
    talk.answers(TED)
    talk.plays(Hears(TED, refused(ANY_CLIENT, "invalid-invitation")))
    talk.ends()


def test_an_invitation_that_is_revoked_right_after_the_count_lets_nobody_in() -> None:
    talk = using()
    talk.plays(*revokes(BILL))
    talk.answers(TED, True)
    talk.plays(Hears(TED, refused(ANY_CLIENT, "invalid-invitation")))
    talk.ends()


def test_a_room_that_is_locked_meanwhile_has_the_client_wait_and_counts_no_second_use() -> None:
    talk = using()
    talk.plays(*locks(BILL))
    talk.answers(TED)
    talk.plays(
        Hears(TED, waiting(TED)),
        Hears(BILL, waits(TED)),
        Says(BILL, admit(TED)),
        Hears(BILL, waits_no_more(TED)),
        Hears(BILL, client_joined(TED)),
        Hears(BILL, done(BILL)),
        Hears(TED, joined(TED, locked=True)),
    )
    assert stored(talk)[0].used == 1
    talk.ends()


def test_a_store_that_fails_refuses_the_client_and_nothing_is_counted_here() -> None:
    talk = using()
    talk.answers(TED, Failed("away"))
    talk.server.holds_questions = False
    talk.plays(
        Hears(TED, refused(ANY_CLIENT, "unavailable", retry_after=True)),
        *lists(BILL, invitation(uses=1)),
        Says(TED, invited()),
        Hears(TED, joined(TED)),
        Hears(BILL, client_joined(TED)),
    )
    talk.ends()


def test_a_client_whose_connection_ends_meanwhile_is_not_there() -> None:
    talk = using()
    talk.plays(Drops(TED))
    talk.answers(TED)
    talk.server.holds_questions = False
    talk.plays(HearsNothing(BILL), *lists(BILL, invitation(uses=1, used=1)))
    talk.ends()


def test_the_last_use_goes_to_one_of_two_that_come_at_once() -> None:
    talk = using()
    talk.plays(Connects(RUFUS, None, CAMUS_2), Says(RUFUS, invited()))
    talk.answers(RUFUS)
    talk.answers(TED)
    talk.plays(
        Hears(RUFUS, joined(RUFUS)),
        Hears(BILL, client_joined(RUFUS)),
        Hears(TED, refused(ANY_CLIENT, "invalid-invitation")),
    )
    talk.ends()


def test_the_loser_of_the_last_use_is_charged_for_a_wrong_one() -> None:
    talk = house(Limits(wrong_passwords=1), uses=1)
    talk.plays(Connects(TED, None, CAMUS_2, address=HOME))
    talk.server.holds_questions = True
    talk.plays(Says(TED, invited()))
    talk.answers(TED, False)
    talk.plays(
        Hears(TED, refused(ANY_CLIENT, "invalid-invitation")),
        Says(TED, invited()),
        Hears(TED, refused(ANY_CLIENT, "rate-limited", retry_after=True)),
    )


def test_a_room_that_cannot_be_looked_up_costs_no_guess() -> None:
    talk = Conversation(Setting(Limits(wrong_passwords=1)))
    talk.server.holds_questions = True
    talk.plays(Connects(TED, None, CAMUS_2, address=HOME))
    for _ in range(3):
        talk.plays(Says(TED, join(invitation="0" * 64)))
        assert isinstance(talk.question_about(TED), LookUpRoom)
        talk.answers(TED, Failed("away"))
        talk.plays(Hears(TED, refused(ANY_CLIENT, "unavailable", retry_after=True)))


# While a waiting client is admitted ---------------------------------------------------------


def admitting() -> Conversation:
    """Return a conversation in which the use of Ted, who waits, is about to be counted."""
    talk = house(uses=1)
    talk.plays(*locks(BILL), *waits_invited(TED, BILL))
    talk.server.holds_questions = True
    talk.plays(Says(BILL, admit(TED)), Hears(BILL, done(BILL)))
    assert isinstance(talk.question_about(TED), UseInvitation)
    return talk


IS_OUT = but(refused(TED, "invalid-invitation"), reply_to="let me in")


def test_a_client_that_is_admitted_twice_takes_one_use() -> None:
    talk = admitting()
    talk.plays(
        Says(BILL, admit(TED)),
        Hears(BILL, done(BILL)),
        Says(BILL, lock(False)),
        Hears(BILL, by(SERVER, "room", "room-updated", {"locked": False})),
        Hears(BILL, done(BILL)),
    )
    talk.answers(TED)
    talk.plays(
        Hears(BILL, waits_no_more(TED)),
        Hears(BILL, client_joined(TED)),
        Hears(TED, but(joined(TED), reply_to="let me in")),
    )
    assert stored(talk)[0].used == 1
    talk.ends()


def test_a_waiting_client_is_turned_away_when_the_store_has_no_use_left_for_it() -> None:
    talk = admitting()
    talk.answers(TED, False)
    talk.plays(Hears(BILL, waits_no_more(TED)), Hears(TED, IS_OUT))
    talk.ends()


def test_a_waiting_client_is_told_that_the_store_fails() -> None:
    talk = admitting()
    talk.answers(TED, Failed("away"))
    failed = but(refused(TED, "unavailable", retry_after=True), reply_to="let me in")
    talk.plays(Hears(BILL, waits_no_more(TED)), Hears(TED, failed))
    talk.ends()


@pytest.mark.parametrize("how", ["denied", "revoked", "gone"])
def test_a_client_that_waits_no_more_by_then_is_not_admitted(how: str) -> None:
    talk = admitting()
    match how:
        case "denied":
            is_denied = but(refused(TED, "denied"), reply_to="let me in")
            talk.plays(Says(BILL, deny(TED)), Hears(TED, is_denied))
        case "revoked":
            talk.plays(Says(BILL, revoke()), Hears(TED, IS_OUT))
        case _:
            talk.plays(Says(TED, to(SERVER, "bye")), IsClosed(TED, 1000))
    talk.plays(Hears(BILL, waits_no_more(TED)))
    if how != "gone":
        talk.plays(Hears(BILL, done(BILL)))
    talk.answers(TED)
    talk.ends()


def test_a_client_that_has_come_back_by_then_is_admitted_where_it_is_now() -> None:
    talk = admitting()
    former = talk.server.connection_of(TED)
    talk.plays(
        Drops(TED),
        Connects(TED, None, CAMUS_2),
        Says(TED, but(TURN, id="again")),
        Hears(TED, but(waiting(TED), reply_to="again")),
    )
    talk.server.answer(former)
    talk.plays(
        Hears(BILL, waits_no_more(TED)),
        Hears(BILL, client_joined(TED)),
        Hears(TED, but(joined(TED, locked=True, reason="unknown"), reply_to="again")),
    )
    talk.ends()


def test_a_room_that_is_full_by_then_turns_the_client_away() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL, guest_limit=2),
        *invites(BILL),
        *locks(BILL),
        *waits_invited(TED, BILL),
        Connects(RUFUS, None, CAMUS_2),
        Says(RUFUS, join()),
        Hears(RUFUS, waiting(RUFUS)),
        Hears(BILL, waits(RUFUS)),
    )
    talk.server.holds_questions = True
    talk.plays(
        *(Says(BILL, admit(who)) for who in (TED, RUFUS)),
        Hears(BILL, done(BILL)),
        Hears(BILL, waits_no_more(RUFUS)),
        Hears(BILL, client_joined(RUFUS)),
        Hears(BILL, done(BILL)),
        Hears(RUFUS, joined(RUFUS, locked=True)),
    )
    talk.answers(TED)
    talk.plays(
        *(Hears(one, waits_no_more(TED)) for one in (BILL,)),
        Hears(TED, but(refused(TED, "room-full"), reply_to="let me in")),
    )
    talk.ends()


# While a secret is drawn --------------------------------------------------------------------


def test_a_member_that_is_made_a_guest_meanwhile_makes_no_invitation() -> None:
    talk = house()
    talk.server.holds_questions = True
    talk.plays(Says(BILL, create_invitation()))
    assert talk.question_about(BILL) == DrawSecret()
    assert talk.orders(to(SERVER, "set-role", {"id": BILL, "role": "guest"})) is None
    talk.answers(BILL)
    talk.plays(
        Hears(
            BILL,
            by(
                SERVER,
                "room",
                "client-updated",
                dict(id=BILL, username="Major Tom", role="guest"),
            ),
        ),
        Hears(BILL, refused(BILL, "not-allowed")),
    )
    assert len(stored(talk)) == 1


def test_a_member_that_is_kicked_meanwhile_makes_no_invitation() -> None:
    talk = house()
    talk.plays(*visits(TED, BILL))
    talk.server.holds_questions = True
    talk.plays(Says(BILL, create_invitation()))
    assert talk.orders(kick(BILL)) is None
    talk.answers(BILL)
    talk.plays(IsClosed(BILL, 4506), Hears(TED, left(BILL, "kicked")))
    assert len(stored(talk)) == 1
    talk.ends()


# The store and other servers ------------------------------------------------------------


def test_an_invitation_that_another_program_has_revoked_is_noticed_at_a_look_up() -> None:
    talk = house()
    [made] = stored(talk)
    room = talk.server.store.rooms[ROOM_ID]
    talk.server.store.write(ForgetInvitation(ROOM_ID, room.incarnation, made.id))
    talk.plays(Waits(6), *is_not_invited(TED), *lists(BILL))
    talk.ends()


def test_uses_at_another_server_are_noticed_at_a_look_up() -> None:
    talk = house(uses=5)
    room = talk.server.store.rooms[ROOM_ID]
    for _ in range(3):
        use = UseInvitation(ROOM_ID, room.incarnation, stored(talk)[0].id)
        assert talk.server.store.find(use) is True
    talk.plays(Waits(6), *visits(TED, BILL), *lists(BILL, invitation(uses=5, used=3)))


def test_a_look_up_from_before_brings_no_revoked_invitation_back() -> None:
    talk = house()
    talk.plays(Waits(6), Connects(TED, None, CAMUS_2))
    talk.server.holds_questions = True
    talk.plays(Says(TED, join()))
    question = talk.question_about(TED)
    earlier = talk.server.store.find(question)
    talk.plays(*revokes(BILL))
    talk.answers(TED, earlier)
    talk.plays(Hears(TED, joined(TED)), Hears(BILL, client_joined(TED)), *lists(BILL))
    talk.ends()


def test_no_invitation_opens_a_room_where_the_operator_wants_none() -> None:
    talk = Conversation(Setting(Limits(invitations=0)))
    talk.plays(*creates_as_owner(BILL))
    room = talk.server.store.rooms[ROOM_ID]
    kept = new_invitation(CreateInvitationBody(), "5ec", "Ann", START)
    talk.server.store.write(SaveInvitation(ROOM_ID, room.incarnation, kept))
    talk.plays(
        Waits(6),
        Connects(TED, None, CAMUS_2),
        *is_refused(TED, "invalid-invitation", join(invitation="5ec")),
    )


# The operator ---------------------------------------------------------------------------


def test_the_operators_invitations_are_revoked_by_owners_and_the_operator() -> None:
    talk = house(role="moderator")
    talk.plays(
        Connects(TED, None, CAMUS_2),
        Says(TED, invited()),
        Hears(TED, joined(TED, role="moderator")),
        Hears(BILL, client_joined(TED, role="moderator")),
        *revokes(BILL),
    )
    body = CreateInvitationBody(uses=1)
    made = [new_invitation(body, name, SERVER, START) for name in ("first", "second")]
    for one in made:
        assert talk.server.order(ROOM_ID, Invite(one)) is None
    talk.plays(
        *lists(TED, *(invitation(id=one.id, by=SERVER, uses=1) for one in made)),
        *are_refused(TED, "not-allowed", revocation_of(made[0].id)),
        Says(BILL, revocation_of(made[0].id)),
        Hears(BILL, done(BILL)),
    )
    assert talk.orders(revocation_of(made[1].id)) is None
    gone = NotFound("no invitation to this room has this id").refusal()
    assert talk.orders(revocation_of(made[1].id)) == gone
    talk.plays(*lists(BILL))


def revocation_of(id: str) -> dict[str, object]:
    return dict(to(SERVER, "revoke-invitation", {"id": id}))


def test_the_operator_makes_no_more_than_a_room_may_have() -> None:
    talk = house(Limits(invitations=1))
    invite = Invite(new_invitation(CreateInvitationBody(), "5ec", SERVER, START))
    assert talk.server.order(ROOM_ID, invite) == TooManyInvitations().refusal()
    assert talk.router.invitations(ROOM_ID) == stored(talk)
    assert talk.router.invitations(RoomId("circle-k")) is None
