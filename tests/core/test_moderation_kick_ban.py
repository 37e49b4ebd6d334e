"""Conversations about kick and ban: the removal, the notices, and coming back."""

from collections.abc import Callable

import pytest
from attrs import evolve

from camus_core.census import Census
from camus_core.effects import Close, ForgetClient, SaveRoom, Send
from camus_core.events import Received
from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.errors import PasswordRequired, UnknownReceiver
from camus_core.wire.messages import Order
from camus_core.wire.profile import SESSION
from driving.store import OWNER_TOKEN

from .moderated_room import OWNED, moderated_room, moderated_room_with
from .phrases import (
    acked,
    ban,
    came,
    done,
    hi,
    id_of,
    join,
    kick,
    left,
    refusal,
    resume,
    roster,
    seen,
    undeliverable,
)
from .talk import Talk

LOBBY = RoomId("lobby")
HOME = "192.0.2.1"

SENT_OUT: list[tuple[Callable[..., Order], m.LeaveReason, int]] = [
    (kick, "kicked", 4506),
    (ban, "banned", 4507),
]
either_way = pytest.mark.parametrize(("order", "reason", "code"), SENT_OUT)


# Removed ----------------------------------------------------------------------------------


@either_way
def test_the_others_hear_at_once_why_somebody_has_left(
    order: Callable[..., Order], reason: m.LeaveReason, code: int
) -> None:
    talk = moderated_room("bob", "eve")
    talk.gather("lobby", "joe")
    talk.says("ann", order("eve", id="7"))
    talk.is_closed("eve", code)
    talk.hears("ann", left("eve", reason), done("ann", reply_to="7"))
    talk.hears("bob", left("eve", reason))
    talk.hears("joe", m.Bye(m.ROOM, talk.milliseconds(), id_of("eve")))
    talk.hears("joe", roster("room", "lobby", "ann", "bob", "joe"))
    talk.hears_nothing("ann", "bob", "eve", "joe")
    assert talk.changes == [ForgetClient(id_of("eve"))]


def test_the_effects_of_a_kick_are_in_this_order() -> None:
    talk = moderated_room("eve")
    ann, eve = talk.connection("ann"), talk.connection("eve")
    close = Close(eve, 4506, "an owner or moderator has removed this client from the room")
    assert talk.router.handle(Received(ann, kick("eve", id="7")), talk.now) == [
        close,
        ForgetClient(id_of("eve")),
        Send([ann], left("eve", "kicked")),
        Send([ann], done("ann", reply_to="7")),
    ]


def test_the_effects_of_a_ban_are_in_this_order() -> None:
    talk = moderated_room_with("eve", HOME)
    ann, eve = talk.connection("ann"), talk.connection("eve")
    close = Close(eve, 4507, "an owner or moderator has banned this client from the room")
    assert talk.router.handle(Received(ann, ban("eve", id="7")), talk.now) == [
        SaveRoom(evolve(OWNED, bans=(f"address {HOME}",))),
        close,
        ForgetClient(id_of("eve")),
        Send([ann], left("eve", "banned")),
        Send([ann], done("ann", reply_to="7")),
    ]


@either_way
def test_a_member_of_the_core_profile_is_sent_out_likewise(
    order: Callable[..., Order], reason: m.LeaveReason, code: int
) -> None:
    talk = moderated_room()
    talk.gather("lobby", "joe", "sue")
    talk.says("ann", order("joe"))
    talk.is_closed("joe", code)
    talk.hears("ann", left("joe", reason), done("ann"))
    talk.hears("sue", m.Bye(m.ROOM, talk.milliseconds(), id_of("joe")))
    talk.hears("sue", roster("room", "lobby", "ann", "sue"))
    talk.hears_nothing("ann", "joe", "sue")


@either_way
def test_who_is_sent_out_says_nothing_any_more(
    order: Callable[..., Order], reason: m.LeaveReason, code: int
) -> None:
    talk = moderated_room("eve")
    talk.says("ann", order("eve"))
    talk.forget()
    talk.says("eve", hi("room"))
    talk.says("eve", join("lobby"))
    talk.drops("eve", code)
    talk.hears_nothing("ann", "eve")
    talk.confirms("ann")
    assert talk.router.census() == Census(1, 1, 1, 0, 0)


@either_way
def test_who_is_away_is_sent_out_too(
    order: Callable[..., Order], reason: m.LeaveReason, code: int
) -> None:
    talk = moderated_room("eve")
    talk.drops("eve")
    talk.says("ann", order("eve"))
    talk.hears("ann", left("eve", reason), done("ann"))
    talk.confirms("ann")
    assert talk.router.census() == Census(1, 1, 1, 0, 0)
    talk.lives(60)
    talk.hears("ann", acked("ann", 1))
    talk.hears_nothing("ann")


# Messages to the removed client ------------------------------------------------------------


@either_way
def test_who_has_said_what_was_not_confirmed_hears_that_it_was_lost(
    order: Callable[..., Order], reason: m.LeaveReason, code: int
) -> None:
    talk = moderated_room("bob", "eve")
    talk.says("bob", hi("eve", id="1"))
    talk.confirms("eve")
    talk.says("bob", hi("eve", id="2"))
    talk.says("bob", m.Bye(id_of("eve"), id="3"))
    talk.says("ann", hi("room", id="4"))
    talk.forget()
    talk.says("ann", order("eve", id="7"))
    talk.hears(
        "ann",
        left("eve", reason),
        undeliverable("ann", "eve", "gone", reply_to="4"),
        done("ann", reply_to="7"),
    )
    talk.hears("bob", left("eve", reason), undeliverable("bob", "eve", "gone", reply_to="2"))
    talk.hears_nothing("ann", "bob")


def test_what_was_said_to_whom_a_kick_has_reached_first_goes_to_nobody() -> None:
    talk = moderated_room("bob", "eve")
    talk.says("ann", kick("eve"))
    talk.forget()
    talk.says("bob", hi("eve", id="7"))
    talk.hears("bob", refusal("bob", UnknownReceiver(), reply_to="7"))


def test_a_second_kick_finds_nobody() -> None:
    talk = moderated_room("eve", moderators=["max"])
    talk.says("ann", kick("eve"))
    talk.forget()
    talk.says("max", kick("eve"))
    talk.hears("max", refusal("max", UnknownReceiver()))
    talk.hears_nothing("ann")


# Kicked: may come again -----------------------------------------------------------------


def test_who_was_kicked_may_come_again_as_a_newcomer() -> None:
    talk = moderated_room_with("eve", HOME)
    talk.says("ann", kick("eve"))
    talk.forget()
    body = talk.joins("eve 2", "lobby", address=HOME)
    assert (body.id, body.role, body.reason) == (id_of("eve 2"), "guest", None)
    talk.hears("ann", came("eve 2"))
    assert talk.rooms == {LOBBY: OWNED}


def test_the_session_of_who_was_kicked_cannot_be_resumed() -> None:
    talk = moderated_room("eve")
    talk.says("ann", kick("eve"))
    talk.forget()
    body = talk.resumes("eve 2", "eve")
    assert (body.id, body.resumed, body.reason) == (id_of("eve 2"), False, "unknown")
    assert body.clients == (seen("ann", role="owner"), seen("eve 2"))
    talk.hears("ann", came("eve 2"))


def test_who_was_kicked_while_away_comes_back_as_a_newcomer() -> None:
    talk = moderated_room("eve")
    talk.drops("eve")
    talk.says("ann", kick("eve"))
    body = talk.resumes("eve 2", "eve")
    assert (body.id, body.reason) == (id_of("eve 2"), "unknown")


@pytest.mark.parametrize("order", [kick, ban])
def test_who_is_sent_out_after_a_restart_before_it_is_back_is_a_newcomer(
    order: Callable[..., Order],
) -> None:
    talk = moderated_room("eve")
    talk.starts_again()
    talk.resumes("ann 2", "ann")
    talk.says("ann 2", order("eve"))
    assert id_of("eve") not in talk.store.clients
    body = talk.resumes("eve 2", "eve")
    assert (body.id, body.reason) == (id_of("eve 2"), "unknown")


def test_who_is_kicked_while_its_session_is_looked_up_is_a_newcomer() -> None:
    """The place was in the store when the question was asked, and isn't at the answer."""
    talk = moderated_room("eve")
    talk.starts_again()
    talk.holds_questions = True
    talk.connects("eve 2", None, SESSION)
    talk.says("eve 2", resume(talk.token("eve"), 0))
    talk.connects("ann 2", None, SESSION)
    talk.says("ann 2", resume(talk.token("ann"), talk.received("ann")))
    talk.answers("ann 2")
    talk.says("ann 2", kick("eve"))
    talk.answers("eve 2")
    body = talk.is_in("eve 2")
    assert (body.id, body.reason) == (id_of("eve 2"), "unknown")


def test_a_moderator_who_was_kicked_comes_again_as_a_guest() -> None:
    talk = moderated_room(moderators=["max"])
    talk.says("ann", kick("max"))
    assert talk.joins("max 2", "lobby").role == "guest"


def test_who_was_kicked_needs_the_password_to_come_back() -> None:
    secret = evolve(OWNED, password_hash="tin can")
    talk = Talk(secret)
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.joins("eve", "lobby", password="tin can")
    talk.says("ann", kick("eve"))
    talk.connects("eve 2", None, SESSION)
    talk.says("eve 2", resume(talk.token("eve"), 0))
    talk.hears("eve 2", refusal("eve 2", PasswordRequired()))


def test_the_place_of_who_was_kicked_is_free_for_others() -> None:
    talk = Talk(evolve(OWNED, guest_limit=2))
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.joins("eve", "lobby")
    talk.drops("eve")
    talk.says("ann", kick("eve"))
    assert talk.joins("joe", "lobby").clients == (seen("ann", role="owner"), seen("joe"))


# The moderator ---------------------------------------------------------------------------


def test_who_kicks_counts_what_it_says_and_hears_as_ever() -> None:
    talk = moderated_room("eve")
    talk.says("ann", kick("eve"))
    talk.confirms("ann")
    talk.drops("ann")
    body = talk.resumes("ann 2", "ann")
    assert (body.resumed, body.received) == (True, 1)
    talk.hears_nothing("ann 2")


def test_a_kick_whose_answer_was_lost_is_answered_again_and_not_done_again() -> None:
    talk = moderated_room("eve")
    received = talk.received("ann")
    talk.says("ann", kick("eve", id="7"))
    talk.drops("ann")
    talk.joins("eve 2", "lobby")
    assert talk.resumes("ann 2", "ann", received).received == 1
    talk.hears("ann 2", left("eve", "kicked"), done("ann", reply_to="7"), came("eve 2"))
    talk.is_open("eve 2")


def test_a_room_whose_guests_were_all_sent_out_stays_its_owners() -> None:
    talk = moderated_room("eve", room=evolve(OWNED, empty_for=5.0))
    talk.says("ann", kick("eve"))
    talk.lives(30)
    talk.confirms("ann")
    assert talk.router.census() == Census(1, 1, 1, 0, 0)
    assert LOBBY in talk.rooms
