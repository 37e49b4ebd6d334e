"""Conversations about the lock: which clients pass it, and when it ends."""

import pytest
from attrs import evolve

from camus_core.effects import SaveRoom
from camus_core.records import RoomId
from camus_core.wire.errors import (
    NotAllowed,
    PasswordRequired,
    RoomFull,
    RoomLocked,
    WrongPassword,
)
from camus_core.wire.profile import SESSION
from driving.store import OWNER_TOKEN

from .moderated_room import OWNED, locked_room, moderated_room
from .phrases import (
    LOCKED,
    UNLOCKED,
    admit,
    bye,
    came,
    done,
    hi,
    id_of,
    join,
    kick,
    knocked,
    lock,
    refusal,
    rename,
    resume,
    seen,
    unlock,
    waits_for,
    who_waits,
)
from .talk import Talk

LOBBY = RoomId("lobby")
OWNER = seen("ann", role="owner")


# Locked ---------------------------------------------------------------------------------


def test_a_lock_is_told_to_everybody_inside_and_stored() -> None:
    talk = moderated_room("bob")
    talk.gather("lobby", "joe")
    talk.says("ann", lock(id="7"))
    talk.hears("ann", LOCKED, done("ann", reply_to="7"))
    talk.hears("bob", LOCKED)
    talk.hears_nothing("ann", "bob", "joe")
    assert talk.changes == [SaveRoom(evolve(OWNED, locked=True))]
    talk.forget()
    talk.says("ann", unlock(id="8"))
    talk.hears("ann", UNLOCKED, done("ann", reply_to="8"))
    talk.hears("bob", UNLOCKED)
    talk.hears_nothing("ann", "bob", "joe")
    assert talk.changes == [SaveRoom(OWNED)]


def test_a_lock_that_changes_nothing_is_done_and_told_to_nobody_else() -> None:
    talk = moderated_room("bob")
    talk.says("ann", unlock(id="6"))
    talk.hears("ann", done("ann", reply_to="6"))
    talk.says("ann", lock())
    talk.forget()
    talk.says("ann", lock(id="7"))
    talk.hears("ann", done("ann", reply_to="7"))
    talk.hears_nothing("bob")
    assert talk.changes == []


def test_a_moderator_locks_and_opens_as_an_owner_does() -> None:
    talk = moderated_room(moderators=["max"])
    talk.says("max", lock())
    talk.says("ann", unlock())
    talk.says("max", lock())
    assert talk.rooms[LOBBY].locked
    talk.hears("ann", LOCKED, UNLOCKED, done("ann"), LOCKED)
    talk.hears("max", LOCKED, done("max"), UNLOCKED, LOCKED, done("max"))


def test_whoever_comes_in_reads_whether_the_room_is_locked() -> None:
    talk = moderated_room()
    assert not talk.joins("bob", "lobby").locked
    talk.says("ann", lock())
    body = talk.joins("sue", "lobby", owner_token=OWNER_TOKEN)
    assert (body.role, body.locked, body.waiting) == ("owner", True, ())


def test_a_newcomer_of_the_core_profile_is_refused_by_a_locked_room() -> None:
    talk = locked_room("bob")
    talk.connects("joe", "lobby")
    talk.hears("joe", refusal("joe", RoomLocked()))
    talk.is_closed("joe", 4503)
    talk.hears_nothing("ann", "bob", "joe")


def test_who_is_inside_may_do_all_that_it_could() -> None:
    talk = locked_room("bob")
    talk.says("bob", hi("room"))
    talk.hears("ann", hi("room", by="bob"))
    talk.says("bob", rename("Bob"))
    assert talk.router.roster(LOBBY) == (OWNER, seen("bob", "Bob"))


# Through the lock -----------------------------------------------------------------------


def test_owners_come_in_through_the_lock() -> None:
    talk = locked_room("bob", waiting=("eve",))
    body = talk.joins("sue", "lobby", owner_token=OWNER_TOKEN)
    assert (body.role, body.locked, body.waiting) == ("owner", True, (who_waits("eve"),))
    talk.hears("ann", came("sue", role="owner"))
    talk.hears("bob", came("sue", role="owner"))
    talk.hears_nothing("eve")


def test_who_resumes_comes_in_through_the_lock() -> None:
    talk = locked_room("bob")
    talk.drops("bob")
    talk.lives(29)
    body = talk.resumes("bob 2", "bob")
    assert (body.resumed, body.locked) == (True, True)
    talk.drops("bob 2")
    assert talk.rejoins("bob 3", "bob 2").reason == "rejoined"


def test_whose_place_has_ended_waits_like_everybody() -> None:
    talk = locked_room("bob")
    talk.drops("bob")
    talk.lives(30)
    talk.connects("bob 2", None, SESSION)
    said = evolve(resume(talk.token("bob"), 0), id="7")
    talk.says("bob 2", said)
    talk.hears("bob 2", waits_for("lobby", "bob 2", reply_to="7"))
    talk.says("ann", admit("bob 2"))
    body = talk.is_in("bob 2")
    assert (body.id, body.resumed, body.reason) == (id_of("bob 2"), False, "unknown")


def test_who_was_kicked_waits_like_everybody() -> None:
    talk = locked_room("bob")
    talk.says("ann", kick("bob"))
    talk.knocks("bob 2", "lobby")
    talk.hears("bob 2", waits_for("lobby", "bob 2"))


# Other conditions of admission -------------------------------------------------------------


def test_who_has_not_shown_the_password_does_not_even_wait() -> None:
    talk = Talk(evolve(OWNED, password_hash="tin can"))
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.says("ann", lock())
    talk.forget()
    talk.knocks("eve", "lobby")
    talk.hears("eve", refusal("eve", PasswordRequired()))
    talk.says("eve", join("lobby", password="tin cup"))
    talk.hears("eve", refusal("eve", WrongPassword()))
    talk.says("eve", join("lobby", owner_token="mine", password="tin can"))
    why = NotAllowed("this is not the owner token of this room")
    talk.hears("eve", refusal("eve", why))
    talk.hears_nothing("ann")
    talk.says("eve", join("lobby", password="tin can"))
    talk.hears("eve", waits_for("lobby", "eve"))
    talk.hears("ann", knocked("eve"))
    talk.says("ann", admit("eve"))
    assert talk.is_in("eve").role == "guest"


def test_a_full_room_that_is_locked_is_locked_first() -> None:
    talk = locked_room(room=evolve(OWNED, guest_limit=1))
    talk.knocks("eve", "lobby")
    talk.hears("eve", waits_for("lobby", "eve"))
    talk.connects("joe", "lobby")
    talk.hears("joe", refusal("joe", RoomLocked()))


def test_a_lock_that_comes_while_a_password_is_checked_holds() -> None:
    talk = Talk(evolve(OWNED, password_hash="tin can"))
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.holds_questions = True
    talk.knocks("eve", "lobby", password="tin can")
    talk.says("ann", lock())
    talk.forget()
    talk.answers("eve")
    talk.hears("eve", waits_for("lobby", "eve"))
    talk.hears("ann", knocked("eve"))


# The lock ends with the last member -----------------------------------------------------


@pytest.mark.parametrize("goes", ["says bye", "drops"])
def test_when_the_last_has_left_those_who_wait_come_in(goes: str) -> None:
    talk = locked_room(waiting=("eve", "joe"))
    if goes == "says bye":
        talk.says("ann", bye())
    else:
        talk.drops("ann")
        talk.lives(29.5)
        talk.hears_nothing("eve", "joe")
        talk.waits(0.5)
    body = talk.is_in("eve")
    assert (body.locked, body.clients) == (False, (seen("eve"),))
    talk.hears("eve", came("joe"))
    assert talk.is_in("joe").clients == (seen("eve"), seen("joe"))
    talk.hears_nothing("eve", "joe")
    assert talk.rooms == {LOBBY: OWNED}


def test_a_room_that_was_left_locked_is_open_for_who_comes_next() -> None:
    talk = locked_room("bob")
    talk.says("ann", bye())
    talk.knocks("eve", "lobby", id="7")
    talk.hears("eve", refusal("eve", RoomLocked(), reply_to="7"))
    talk.says("bob", bye())
    assert talk.rooms == {LOBBY: OWNED}
    body = talk.joins("joe", "lobby")
    assert (body.locked, body.clients) == (False, (seen("joe"),))


def test_of_those_who_wait_as_many_come_in_as_there_are_places() -> None:
    talk = locked_room(waiting=("eve", "joe"), room=evolve(OWNED, guest_limit=1))
    talk.says("ann", bye())
    assert talk.is_in("eve").clients == (seen("eve"),)
    talk.hears("joe", refusal("joe", RoomFull(), reply_to="join of joe"))
    talk.hears_nothing("eve", "joe")


def test_a_room_that_goes_with_its_last_member_stays_while_somebody_waited() -> None:
    talk = locked_room(waiting=("eve",), room=evolve(OWNED, empty_for=5.0))
    talk.says("ann", bye())
    talk.lives(60)
    assert LOBBY in talk.rooms
    talk.says("eve", bye())
    talk.waits(5)
    assert talk.rooms == {}


def test_a_member_of_the_core_profile_keeps_the_lock() -> None:
    talk = moderated_room()
    talk.gather("lobby", "joe")
    talk.says("ann", lock())
    talk.says("ann", bye())
    talk.knocks("eve", "lobby")
    talk.hears("eve", refusal("eve", RoomLocked()))
    talk.says("joe", bye())
    talk.says("eve", join("lobby"))
    assert talk.is_in("eve").clients == (seen("eve"),)


# A restart ------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_locked_room_is_locked_after_a_restart_while_a_place_is_held(how: str) -> None:
    talk = locked_room("bob")
    if how == "stopped":
        talk.stops()
    talk.starts_again()
    talk.knocks("eve", "lobby", id="7")
    talk.hears("eve", waits_for("lobby", "eve", reply_to="7"))
    body = talk.resumes("ann 2", "ann")
    assert (body.reason, body.role, body.locked, body.waiting) == (
        "restarted",
        "owner",
        True,
        (who_waits("eve"),),
    )


def test_a_lock_of_a_room_without_held_places_has_ended_with_the_node() -> None:
    talk = locked_room()
    talk.starts_again()
    talk.waits(31)
    assert not talk.joins("bob", "lobby").locked
    assert talk.rooms == {LOBBY: OWNED}
    talk.starts_again("third node")
    assert not talk.resumes("bob 2", "bob").locked


def test_a_lock_ends_with_the_last_place_that_was_held_over_a_restart() -> None:
    talk = locked_room()
    talk.starts_again()
    talk.joins("bob", "lobby", owner_token=OWNER_TOKEN)
    talk.says("bob", bye())
    talk.waits(15)
    talk.knocks("eve", "lobby")
    talk.hears("eve", waits_for("lobby", "eve"))
    talk.waits(15)
    assert talk.rooms == {LOBBY: OWNED}
    assert talk.is_in("eve").clients == (seen("eve"),)


def test_who_waits_at_a_server_that_stops_is_told_to_come_back() -> None:
    talk = locked_room(waiting=("eve",))
    talk.stops()
    talk.hears_nothing("eve")
    talk.is_closed("eve", 1012)
    talk.drops("eve")
    talk.waits(400)
    talk.hears_nothing("eve")
