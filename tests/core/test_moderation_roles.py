"""Conversations about roles: who may moderate whom, and changes of roles."""

from collections.abc import Callable

import pytest

from camus_core.effects import SaveClient
from camus_core.records import ClientRecord, RoomId, SessionDigest, digest
from camus_core.wire import messages as m
from camus_core.wire.errors import NotAllowed, NotJoined, UnknownReceiver, UnknownType
from camus_core.wire.messages import Order
from camus_core.wire.profile import SESSION
from driving.driver import START
from driving.store import OWNER_TOKEN

from .moderated_room import OWNED, moderated_room
from .phrases import (
    admit,
    ban,
    came,
    deny,
    done,
    has_role,
    hi,
    id_of,
    kick,
    knocked,
    left,
    lock,
    refusal,
    secret_of,
    seen,
    set_role,
    unlock,
    waits_no_more,
    who_waits,
)
from .talk import Talk

LOBBY = RoomId("lobby")
GUESTS_DO_NOT = NotAllowed("guests don't decide about others")


def not_about(role: str) -> NotAllowed:
    return NotAllowed(f"you can't decide about somebody who is {role}")


def make_moderator(name: str, *, id: str | None = None) -> m.SetRole:
    return set_role(name, "moderator", id=id)


def make_guest(name: str, *, id: str | None = None) -> m.SetRole:
    return set_role(name, "guest", id=id)


# Permissions ---------------------------------------------------------------------------------

PEOPLE = {
    "ann": "owner",
    "second owner": "owner",
    "max": "moderator",
    "mia": "moderator",
    "bob": "guest",
    "eve": "guest",
}

DECIDES = {("owner", "moderator"), ("owner", "guest"), ("moderator", "guest")}


def everybody() -> Talk:
    talk = moderated_room("bob", "eve", moderators=["max", "mia"])
    talk.joins("second owner", "lobby", owner_token=OWNER_TOKEN)
    talk.forget()
    return talk


@pytest.mark.parametrize("order", [kick, ban, make_moderator, make_guest])
@pytest.mark.parametrize("whom", PEOPLE)
@pytest.mark.parametrize("who", PEOPLE)
def test_one_decides_about_those_of_a_lower_rank_only(
    who: str, whom: str, order: Callable[..., Order]
) -> None:
    talk = everybody()
    before = talk.router.roster(LOBBY)
    talk.says(who, order(whom, id="7"))
    if (PEOPLE[who], PEOPLE[whom]) in DECIDES:
        assert talk.has_heard(who)[-1] == done(who, reply_to="7")
        return
    why = GUESTS_DO_NOT if PEOPLE[who] == "guest" else not_about(PEOPLE[whom])
    talk.hears(who, refusal(who, why, reply_to="7"))
    talk.hears_nothing(*PEOPLE)
    talk.is_open(*PEOPLE)
    assert talk.router.roster(LOBBY) == before
    assert talk.changes == []


@pytest.mark.parametrize("order", [lock(id="7"), unlock(id="7"), admit("w"), deny("w")])
def test_a_guest_decides_nothing_about_the_room(order: Order) -> None:
    talk = moderated_room("bob")
    talk.says("bob", order)
    talk.hears("bob", refusal("bob", GUESTS_DO_NOT, reply_to=order.id))
    talk.hears_nothing("ann", "bob")
    assert talk.rooms == {LOBBY: OWNED}


@pytest.mark.parametrize("order", [kick, ban, make_moderator, admit, deny])
def test_who_is_not_there_is_not_found(order: Callable[..., Order]) -> None:
    """The answer is the same for an unknown id and for a member of another room."""
    talk = moderated_room("bob")
    talk.joins("elsewhere", "attic")
    talk.connects("in no room", None, SESSION)
    not_inside = UnknownReceiver()
    if order in (admit, deny):
        not_inside = UnknownReceiver("no client with this id is in the waiting room")
        talk.says("ann", order("bob"))
        talk.hears("ann", refusal("ann", not_inside))
    for name in ("nobody", "elsewhere", "in no room"):
        talk.says("ann", order(name, id=name))
        talk.hears("ann", refusal("ann", not_inside, reply_to=name))
    talk.forget()
    talk.says("elsewhere", hi("room"))
    talk.is_open("bob", "elsewhere", "in no room")
    talk.hears_nothing("ann", "bob")


def test_who_waits_is_no_member_to_decide_about() -> None:
    talk = moderated_room()
    talk.says("ann", lock())
    talk.knocks("eve", "lobby")
    talk.forget()
    for order in (kick("eve"), make_moderator("eve")):
        talk.says("ann", order)
        talk.hears("ann", refusal("ann", UnknownReceiver()))
    talk.is_open("eve")
    talk.hears_nothing("ann", "eve")


def test_who_is_in_no_room_decides_nothing() -> None:
    talk = moderated_room("bob")
    talk.connects("eve", None, SESSION)
    for order in (kick("bob"), ban("bob"), make_moderator("bob"), lock(), admit("bob")):
        talk.says("eve", order)
        talk.hears("eve", refusal("eve", NotJoined()))
    talk.is_open("bob")
    talk.hears_nothing("ann", "bob")


def test_a_role_holds_in_its_own_room() -> None:
    """The owner of one room is a guest in another."""
    talk = moderated_room()
    talk.joins("ann 2", "attic")
    talk.joins("bob", "attic")
    talk.forget()
    talk.says("ann 2", kick("bob"))
    talk.hears("ann 2", refusal("ann 2", GUESTS_DO_NOT))
    talk.is_open("bob")


# Changes of roles
# ------------------------------------------------------------------------------


def test_a_new_role_is_told_to_everybody_and_stored() -> None:
    talk = moderated_room("bob", "eve")
    talk.says("ann", make_moderator("bob", id="7"))
    talk.hears("ann", has_role("bob", "moderator"), done("ann", reply_to="7"))
    talk.hears("bob", has_role("bob", "moderator"))
    talk.hears("eve", has_role("bob", "moderator"))
    talk.hears_nothing("ann", "bob", "eve")
    record = ClientRecord(
        id_of("bob"),
        LOBBY,
        "Major Tom",
        START,
        role="moderator",
        node="this node",
        session_digest=SessionDigest(digest(secret_of("bob"))),
        incarnation=repr(START),
    )
    assert talk.changes == [SaveClient(record)]


def test_a_moderator_makes_a_guest_a_moderator_and_only_an_owner_takes_that_back() -> None:
    talk = moderated_room("bob", moderators=["max"])
    talk.says("max", make_moderator("bob"))
    assert talk.router.roster(LOBBY)[-1] == seen("bob", role="moderator")
    talk.forget()
    talk.says("max", make_guest("bob"))
    talk.hears("max", refusal("max", not_about("moderator")))
    talk.says("ann", make_guest("bob"))
    talk.hears("ann", has_role("bob", "guest"), done("ann"))
    talk.hears("bob", has_role("bob", "guest"))


@pytest.mark.parametrize("role", ["moderator", "guest"])
def test_a_role_that_a_member_has_already_stays_and_nobody_hears_of_it(
    role: m.GrantedRole,
) -> None:
    name = {"moderator": "max", "guest": "bob"}[role]
    talk = moderated_room("bob", moderators=["max"])
    talk.says("ann", set_role(name, role, id="7"))
    talk.hears("ann", done("ann", reply_to="7"))
    talk.hears_nothing("ann", "bob", "max")
    assert talk.changes == []


def test_a_new_moderator_decides_at_once_and_a_former_one_no_more() -> None:
    talk = moderated_room("bob", "eve", "joe")
    talk.says("ann", make_moderator("bob"))
    talk.forget()
    talk.says("bob", kick("eve"))
    talk.hears("bob", left("eve", "kicked"), done("bob"))
    talk.says("ann", make_guest("bob"))
    talk.forget()
    talk.says("bob", kick("joe"))
    talk.hears("bob", refusal("bob", GUESTS_DO_NOT))
    talk.is_open("joe")


def test_a_room_may_have_two_owners_and_neither_decides_about_the_other() -> None:
    talk = moderated_room()
    body = talk.joins("joe", "lobby", owner_token=OWNER_TOKEN)
    assert body.clients == (seen("ann", role="owner"), seen("joe", role="owner"))
    talk.hears("ann", came("joe", role="owner"))
    talk.says("joe", kick("ann"))
    talk.hears("joe", refusal("joe", not_about("owner")))


def test_a_role_outlives_a_drop_and_a_restart_but_no_bye() -> None:
    talk = moderated_room("bob")
    talk.says("ann", make_moderator("bob"))
    talk.drops("bob")
    talk.resumes("bob 2", "bob")
    assert talk.router.roster(LOBBY)[-1] == seen("bob", role="moderator")
    talk.starts_again()
    body = talk.resumes("bob 3", "bob 2")
    assert (body.reason, body.role) == ("restarted", "moderator")
    talk.resumes("ann 2", "ann")
    talk.forget()
    talk.says("bob 3", m.Bye(m.GROUND_CONTROL))
    assert talk.joins("bob 4", "lobby").role == "guest"


def test_who_is_away_can_be_given_a_role_and_hears_of_it_when_it_is_back() -> None:
    talk = moderated_room("bob")
    talk.drops("bob")
    talk.says("ann", make_moderator("bob"))
    assert talk.resumes("bob 2", "bob").role == "moderator"
    talk.hears("bob 2", has_role("bob", "moderator"))


# The core profile --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "order", [kick("ann"), ban("ann"), make_guest("ann"), lock(), admit("ann"), deny("ann")]
)
def test_a_member_of_the_core_profile_decides_nothing_whatever_it_is(order: Order) -> None:
    talk = moderated_room()
    talk.gather("lobby", "joe")
    talk.says("ann", make_moderator("joe"))
    talk.forget()
    talk.says("joe", order)
    talk.hears("joe", refusal("joe", UnknownType()))
    talk.hears_nothing("ann", "joe")


def test_a_moderator_of_the_core_profile_is_out_of_reach_for_other_moderators() -> None:
    talk = moderated_room(moderators=["max"])
    talk.gather("lobby", "joe")
    talk.says("ann", make_moderator("joe"))
    talk.hears("ann", has_role("joe", "moderator"), done("ann"))
    talk.hears("max", has_role("joe", "moderator"))
    talk.hears_nothing("joe")
    talk.says("max", kick("joe"))
    talk.hears("max", refusal("max", not_about("moderator")))
    talk.is_open("joe")


def test_a_moderator_of_the_core_profile_hears_of_nobody_who_waits() -> None:
    talk = moderated_room()
    talk.gather("lobby", "joe")
    talk.says("ann", lock())
    talk.knocks("eve", "lobby")
    talk.says("ann", make_moderator("joe"))
    talk.says("ann", deny("eve"))
    talk.hears_nothing("joe")


# Notices about waiting clients ----------------------------------------------------------------


def test_a_new_moderator_is_told_who_waits_and_from_then_on_hears_of_it() -> None:
    talk = moderated_room("bob")
    talk.says("ann", lock())
    talk.knocks("eve", "lobby", username="Eve")
    talk.knocks("joe", "lobby")
    talk.forget()
    talk.says("ann", make_moderator("bob"))
    talk.hears("ann", has_role("bob", "moderator"), done("ann"))
    talk.hears("bob", has_role("bob", "moderator"), knocked("eve", "Eve"), knocked("joe"))
    talk.drops("joe")
    talk.hears("bob", waits_no_more("joe"))
    talk.says("bob", admit("eve"))
    talk.hears("bob", waits_no_more("eve"), came("eve", "Eve"), done("bob"))


def test_a_former_moderator_hears_no_more_who_waits() -> None:
    talk = moderated_room(moderators=["max"])
    talk.says("ann", lock())
    talk.knocks("eve", "lobby")
    talk.hears("max", m.RoomUpdated(m.ROOM, m.RoomUpdatedBody(True), m.GROUND_CONTROL))
    talk.hears("max", knocked("eve"))
    talk.says("ann", make_guest("max"))
    talk.hears("max", has_role("max", "guest"))
    talk.says("ann", deny("eve"))
    talk.knocks("joe", "lobby")
    talk.hears_nothing("max")


def test_a_moderator_that_comes_back_without_its_state_reads_who_waits_in_the_answer() -> None:
    talk = moderated_room("bob", moderators=["max"])
    talk.says("ann", lock())
    talk.knocks("eve", "lobby", username="Eve")
    talk.drops("max")
    talk.knocks("joe", "lobby")
    body = talk.rejoins("max 2", "max")
    assert (body.locked, body.role) == (True, "moderator")
    assert body.waiting == (who_waits("eve", "Eve"), who_waits("joe"))
    talk.drops("bob")
    assert talk.rejoins("bob 2", "bob").waiting is None


def test_a_moderator_that_resumes_hears_what_it_has_missed_of_who_waits() -> None:
    talk = moderated_room(moderators=["max"])
    talk.says("ann", lock())
    talk.knocks("eve", "lobby")
    talk.has_heard("max")
    talk.drops("max")
    talk.knocks("joe", "lobby")
    talk.says("ann", deny("eve"))
    body = talk.resumes("max 2", "max")
    assert (body.resumed, body.locked, body.waiting) == (True, True, None)
    talk.hears("max 2", knocked("joe"), waits_no_more("eve"))


def test_an_owner_who_comes_in_reads_that_nobody_waits() -> None:
    talk = moderated_room()
    body = talk.joins("joe", "lobby", owner_token=OWNER_TOKEN)
    assert (body.locked, body.waiting) == (False, ())
