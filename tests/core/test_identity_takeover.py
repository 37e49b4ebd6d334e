"""Conversations about members that join anew and take over the place held for them."""

from typing import Any

import pytest
from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.census import Census
from camus_core.effects import SaveClient, Send
from camus_core.events import Answered
from camus_core.records import ClientRecord, RoomId, SessionDigest, digest
from camus_core.wire import messages as m
from camus_core.wire.errors import PasswordRequired
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION
from driving.driver import START
from driving.store import OWNER_TOKEN

from .moderated_room import OWNED
from .phrases import (
    came,
    done,
    hi,
    id_of,
    join,
    kick,
    left,
    lock,
    refusal,
    rename,
    renamed,
    roster,
    secret_of,
    seen,
    set_role,
    undeliverable,
    who_waits,
)
from .talk import Talk

LOBBY = RoomId("lobby")
TED = Identity("ted@example", "Ted Logan")


def lobby_after_drop_of_ted(**identity: Any) -> Talk:
    """Return a conversation in Ann's lobby, which Ted, who has a token, has just left."""
    talk = Talk(OWNED)
    talk.store.tokens["a token"] = evolve(TED, **identity)
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.joins("ted", "lobby", token="a token")
    talk.drops("ted")
    talk.waits(3)
    talk.confirms("ann")
    talk.forget()
    return talk


def test_it_has_its_id_again_and_to_the_others_it_leaves_and_comes() -> None:
    talk = lobby_after_drop_of_ted()
    talk.gather("lobby", "joe")
    talk.knocks("ted 2", "lobby", id="7", token="a token")
    answer = talk.heard["ted 2"][0]
    assert (answer.receiver, answer.reply_to) == (id_of("ted"), "7")
    body = talk.is_in("ted 2")
    assert (body.id, body.role) == (id_of("ted"), "guest")
    assert (body.resumed, body.reason, body.received) == (False, None, None)
    assert body.clients == (seen("ann", role="owner"), seen("ted", "Ted Logan"), seen("joe"))
    talk.hears("ann", left("ted", "rejoined"), came("ted", "Ted Logan"))
    talk.hears("joe", m.Bye(m.ROOM, talk.milliseconds(), id_of("ted")))
    talk.hears("joe", roster("room", "lobby", "ann", "ted", "joe", ted="Ted Logan"))
    talk.hears_nothing("ann", "joe", "ted 2")
    talk.says("ann", hi("ted"))
    talk.hears("ted 2", hi("ted", by="ann"))


def test_the_effects_of_a_takeover_are_in_this_order() -> None:
    talk = lobby_after_drop_of_ted()
    talk.holds_questions = True
    talk.knocks("ted 2", "lobby", token="a token")
    talk.holds_questions = False
    ann, ted = talk.connection("ann"), talk.connection("ted 2")
    record = ClientRecord(
        id_of("ted"),
        LOBBY,
        "Ted Logan",
        START,
        node="this node",
        session_digest=SessionDigest(digest(secret_of("ted 2"))),
        identity="ted@example",
        username_asserted=True,
        incarnation=repr(START),
    )
    answered = Answered(ted, TED)
    save, joined, *told = talk.router.handle(answered, talk.now)
    assert save == SaveClient(record)
    assert isinstance(joined, Send)
    assert (joined.to, type(joined.message)) == ((ted,), m.Joined)
    assert told == [
        Send([ann], left("ted", "rejoined")),
        Send([ann], came("ted", "Ted Logan")),
    ]


def test_a_roster_follows_to_the_core_profile_as_soon_as_one_may_be_pushed() -> None:
    talk = lobby_after_drop_of_ted()
    talk.gather("lobby", "joe")
    talk.says("ann", rename("Ann"))
    talk.hears("joe", roster("room", "lobby", "ann", "ted", "joe", ann="Ann", ted="Ted Logan"))
    talk.joins("ted 2", "lobby", token="a token")
    talk.hears("joe", m.Bye(m.ROOM, talk.milliseconds(), id_of("ted")))
    talk.hears_nothing("joe")
    talk.waits(0.2)
    talk.hears("joe", roster("room", "lobby", "ann", "ted", "joe", ann="Ann", ted="Ted Logan"))


def test_what_was_said_to_it_meanwhile_is_reported_as_expired() -> None:
    talk = lobby_after_drop_of_ted()
    talk.says("ann", hi("ted", id="8"))
    talk.joins("ted 2", "lobby", token="a token")
    talk.hears(
        "ann",
        undeliverable("ann", "ted", "expired", reply_to="8"),
        left("ted", "rejoined"),
        came("ted", "Ted Logan"),
    )
    talk.hears_nothing("ann", "ted 2")


def test_its_own_session_of_before_finds_nothing_any_more() -> None:
    """The phone that was used before doesn't get the place back from the computer."""
    talk = lobby_after_drop_of_ted()
    talk.joins("ted 2", "lobby", token="a token")
    body = talk.resumes("ted 3", "ted")
    assert (body.id, body.reason) == (id_of("ted 3"), "unknown")
    talk.is_open("ted 2")


def test_the_new_session_can_be_resumed_like_any_other() -> None:
    talk = lobby_after_drop_of_ted()
    talk.joins("ted 2", "lobby", token="a token")
    assert talk.token("ted 2").startswith(secret_of("ted 2"))
    talk.says("ann", hi("ted"))
    talk.drops("ted 2")
    talk.says("ann", hi("room"))
    body = talk.resumes("ted 3", "ted 2")
    assert (body.id, body.resumed) == (id_of("ted"), True)
    talk.hears("ted 3", hi("room", by="ann"))


def test_frames_are_counted_from_the_new_join_on() -> None:
    talk = lobby_after_drop_of_ted()
    talk.joins("ted 2", "lobby", token="a token")
    talk.says("ted 2", hi("ann"))
    talk.drops("ted 2")
    assert talk.resumes("ted 3", "ted 2").received == 1


def test_a_live_connection_is_not_taken_over_but_a_second_member() -> None:
    talk = lobby_after_drop_of_ted()
    talk.resumes("ted 2", "ted")
    body = talk.joins("ted 3", "lobby", token="a token")
    assert body.clients == (
        seen("ann", role="owner"),
        seen("ted", "Ted Logan"),
        seen("ted 3", "Ted Logan"),
    )
    talk.hears("ann", came("ted 3", "Ted Logan"))
    talk.is_open("ted 2")


def test_of_two_places_the_one_that_is_held_is_taken_over() -> None:
    talk = lobby_after_drop_of_ted()
    talk.resumes("ted 2", "ted")
    talk.joins("ted 3", "lobby", token="a token")
    talk.drops("ted 3")
    assert talk.joins("ted 4", "lobby", token="a token").id == id_of("ted 3")
    talk.is_open("ted 2")


def test_of_two_places_that_are_held_the_older_one_is_taken_over_and_the_other_ends() -> None:
    talk = lobby_after_drop_of_ted()
    talk.resumes("ted 2", "ted")
    talk.joins("ted 3", "lobby", token="a token")
    talk.drops("ted 3")
    talk.drops("ted 2")
    assert talk.joins("ted 4", "lobby", token="a token").id == id_of("ted")
    talk.forget()
    talk.lives(30)
    assert talk.has_heard("ann")[-1] == left("ted 3", "gone")


def test_somebody_else_does_not_get_it() -> None:
    talk = lobby_after_drop_of_ted()
    talk.store.tokens["his token"] = Identity("bill@example", "Ted Logan")
    for name, more in (("bill", {"token": "his token"}), ("eve", {"username": "Ted Logan"})):
        assert talk.joins(name, "lobby", **more).id == id_of(name)
    talk.hears("ann", came("bill", "Ted Logan"), came("eve", "Ted Logan"))


def test_a_guest_who_comes_anew_gets_no_place_of_a_guest() -> None:
    talk = Talk()
    talk.joins("bob", "lobby", address="192.0.2.1")
    talk.drops("bob")
    assert talk.joins("bob 2", "lobby", address="192.0.2.1").id == id_of("bob 2")


def test_a_place_in_another_room_stays_there() -> None:
    talk = lobby_after_drop_of_ted()
    assert talk.joins("ted 2", "attic", token="a token").id == id_of("ted 2")
    assert talk.resumes("ted 3", "ted").id == id_of("ted")


def test_one_who_comes_in_the_core_profile_is_a_second_member() -> None:
    """The core profile has no message that tells of a place that was taken over or lost."""
    talk = lobby_after_drop_of_ted()
    talk.connects("ted 2", "lobby", identity=TED)
    (welcome,) = talk.has_heard("ted 2")
    assert welcome.receiver == id_of("ted 2")
    assert talk.resumes("ted 3", "ted").id == id_of("ted")


def test_a_place_of_the_core_profile_is_never_held() -> None:
    talk = Talk()
    talk.store.tokens["a token"] = TED
    talk.connects("ted", "lobby", identity=TED)
    body = talk.joins("ted 2", "lobby", token="a token")
    assert body.clients == (seen("ted", "Ted Logan"), seen("ted 2", "Ted Logan"))


def test_who_is_known_from_its_handshake_takes_its_place_over_too() -> None:
    talk = lobby_after_drop_of_ted()
    talk.connects("ted 2", None, SESSION, identity=TED)
    talk.says("ted 2", join("lobby"))
    assert talk.is_in("ted 2").id == id_of("ted")


# The member after the takeover --------------------------------------------------------------


def test_a_new_name_in_the_token_is_its_name() -> None:
    talk = lobby_after_drop_of_ted(name=None)
    talk.store.tokens["a token"] = evolve(TED, name="Theodore")
    talk.joins("ted 2", "lobby", token="a token", username="Ted")
    talk.hears("ann", left("ted", "rejoined"), came("ted", "Theodore"))
    talk.says("ted 2", rename("Ted"))
    assert talk.router.roster(LOBBY)[-1] == seen("ted", "Theodore")


def test_where_the_token_has_no_name_the_one_it_says_is_its_name() -> None:
    talk = lobby_after_drop_of_ted()
    talk.store.tokens["a token"] = evolve(TED, name=None)
    talk.joins("ted 2", "lobby", token="a token", username="Teddy")
    talk.hears("ann", left("ted", "rejoined"), came("ted", "Teddy"))
    talk.says("ted 2", rename("Ted"))
    talk.hears("ted 2", renamed("ted", "Ted"), done("ted"))


def test_the_role_that_it_was_given_stays() -> None:
    talk = lobby_after_drop_of_ted()
    talk.says("ann", set_role("ted", "moderator"))
    talk.forget()
    assert talk.joins("ted 2", "lobby", token="a token").role == "moderator"
    talk.hears("ann", left("ted", "rejoined"), came("ted", "Ted Logan", "moderator"))


def test_a_higher_role_that_it_shows_is_its_role() -> None:
    talk = lobby_after_drop_of_ted()
    body = talk.joins("ted 2", "lobby", token="a token", owner_token=OWNER_TOKEN)
    assert body.role == "owner"
    talk.drops("ted 2")
    assert talk.resumes("ted 3", "ted 2").role == "owner"
    assert talk.store.clients[id_of("ted")].role == "owner"


def test_where_it_comes_from_now_is_where_a_ban_would_look() -> None:
    talk = lobby_after_drop_of_ted()
    talk.joins("ted 2", "lobby", token="a token", address="192.0.2.7")
    assert talk.store.clients[id_of("ted")].address == "192.0.2.7"


# Obstacles -----------------------------------------------------------------------------------


def test_a_full_room_has_its_place_for_it() -> None:
    talk = Talk(evolve(OWNED, guest_limit=1))
    talk.store.tokens["a token"] = TED
    talk.joins("ted", "lobby", token="a token")
    talk.drops("ted")
    assert talk.joins("ted 2", "lobby", token="a token").clients == (seen("ted", "Ted Logan"),)


def test_a_locked_room_lets_it_in() -> None:
    talk = lobby_after_drop_of_ted(role="moderator")
    talk.store.tokens["a token"] = TED
    talk.says("ann", lock())
    talk.knocks("eve", "lobby")
    talk.forget()
    body = talk.joins("ted 2", "lobby", token="a token")
    assert (body.id, body.role, body.locked) == (id_of("ted"), "moderator", True)
    assert body.waiting == (who_waits("eve"),)


def test_the_password_is_asked_for_as_ever() -> None:
    talk = Talk(evolve(OWNED, password_hash="tin can"))
    talk.store.tokens["a token"] = TED
    talk.joins("ted", "lobby", token="a token", password="tin can")
    talk.drops("ted")
    talk.knocks("ted 2", "lobby", token="a token")
    talk.hears("ted 2", refusal("ted 2", PasswordRequired()))
    talk.says("ted 2", join("lobby", token="a token", password="tin can"))
    assert talk.is_in("ted 2").id == id_of("ted")


def test_whose_place_has_ended_comes_as_a_newcomer() -> None:
    talk = lobby_after_drop_of_ted()
    talk.lives(30)
    assert talk.joins("ted 2", "lobby", token="a token").id == id_of("ted 2")


@pytest.mark.parametrize("how", ["kicked", "said bye"])
def test_whose_place_was_ended_comes_as_a_newcomer(how: str) -> None:
    talk = lobby_after_drop_of_ted()
    if how == "kicked":
        talk.says("ann", kick("ted"))
    else:
        talk.resumes("ted 2", "ted")
        talk.says("ted 2", m.Bye(GROUND_CONTROL))
    assert talk.joins("ted 3", "lobby", token="a token").id == id_of("ted 3")


def test_who_comes_back_while_its_password_is_checked_keeps_its_place() -> None:
    """The place was held when the question was asked and isn't any more at the answer."""
    talk = Talk(evolve(OWNED, password_hash="tin can"))
    talk.store.tokens["a token"] = TED
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.joins("ted", "lobby", token="a token", password="tin can")
    talk.drops("ted")
    talk.holds_questions = True
    talk.knocks("ted 2", "lobby", token="a token", password="tin can")
    talk.answers("ted 2")
    talk.resumes("ted 3", "ted")
    talk.answers("ted 2")
    assert talk.is_in("ted 2").id == id_of("ted 2")
    talk.is_open("ted 3")


# A restart ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_after_a_restart_it_takes_its_place_over(how: str) -> None:
    talk = lobby_after_drop_of_ted()
    if how == "stopped":
        talk.stops()
    talk.starts_again()
    talk.forget()
    body = talk.joins("ted 2", "lobby", token="a token")
    assert (body.id, body.resumed, body.reason) == (id_of("ted"), False, None)
    assert body.clients == (seen("ann", role="owner"), seen("ted", "Ted Logan"))
    saved = talk.store.clients[id_of("ted")]
    assert (saved.node, saved.session_digest) == ("next node", digest(secret_of("ted 2")))
    talk.resumes("ann 2", "ann")
    talk.drops("ted 2")
    assert talk.resumes("ted 3", "ted 2").resumed
    talk.starts_again("third node")
    assert talk.resumes("ted 4", "ted 3").id == id_of("ted")


def test_after_a_restart_its_old_session_finds_nothing_any_more() -> None:
    talk = lobby_after_drop_of_ted()
    talk.starts_again()
    talk.joins("ted 2", "lobby", token="a token")
    body = talk.resumes("ted 3", "ted")
    assert (body.id, body.reason) == (id_of("ted 3"), "unknown")


@pytest.mark.parametrize("resume", [None, m.ResumeBody(f"{'0' * 64}.0", received=0)])
def test_of_messages_of_before_it_is_told_nothing_for_it_no_longer_knows_them(
    resume: m.ResumeBody | None,
) -> None:
    talk = lobby_after_drop_of_ted()
    talk.resumes("ted 2", "ted")
    talk.joins("bob", "lobby")
    talk.drops("bob")
    talk.says("ted 2", hi("bob", id="5"))
    talk.drops("ted 2")
    talk.stops()
    left_over = talk.store.clients[id_of("ted")].session_snapshot
    assert left_over is not None and f'"{id_of("bob")}","expired","5"' in left_over
    talk.starts_again()
    body = talk.joins("ted 3", "lobby", token="a token", resume=resume)
    assert (body.id, body.received) == (id_of("ted"), None)
    talk.hears_nothing("ted 3")


def test_places_that_are_taken_over_again_and_again_leave_nothing_behind() -> None:
    talk = lobby_after_drop_of_ted()
    weights = []
    for number in range(2, 500):
        talk.joins(f"ted {number}", "lobby", token="a token")
        talk.drops(f"ted {number}")
        talk.waits(6)
        talk.shows_life("ann")
        talk.confirms("ann")
        if number % 100 == 99:
            weights.append(talk.weight())
    assert max(weights[2:]) <= weights[1] * 1.1
    talk.says("ann", m.Bye(GROUND_CONTROL))
    talk.waits(400)
    assert talk.router.census() == Census(0, 0, 0, 0, 0)
    assert talk.router.next_deadline() is None
