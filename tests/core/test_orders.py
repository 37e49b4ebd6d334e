"""Conversations about orders of the server's operator, who ranks above all members."""

from collections.abc import Callable

import pytest
from attrs import evolve

from camus_core.effects import Close, ForgetClient, SaveRoom, Send
from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.errors import Banned, Denied, RoomFull, RoomNotFound, UnknownReceiver
from camus_core.wire.messages import Order

from .moderated_room import OWNED, locked_room, moderated_room
from .phrases import (
    LOCKED,
    UNLOCKED,
    admit,
    ban,
    came,
    deny,
    has_role,
    hi,
    id_of,
    kick,
    knocked,
    left,
    lock,
    refusal,
    roster,
    seen,
    set_role,
    undeliverable,
    unlock,
    waits_for,
    waits_no_more,
)
from .talk import Talk

LOBBY = RoomId("lobby")
HOME = "192.0.2.1"
NOBODY_THERE = RoomNotFound("nobody is in that room")
NOT_WAITING = UnknownReceiver("no client with this id is in the waiting room")


# Carried out --------------------------------------------------------------------------------


def test_the_effects_of_an_order_are_in_this_order() -> None:
    talk = moderated_room()
    ann = talk.connection("ann")
    close = Close(ann, 4506, "an owner or moderator has removed this client from the room")
    assert talk.router.order(LOBBY, kick("ann"), talk.now) == [
        close,
        ForgetClient(id_of("ann")),
    ]


def test_a_lock_is_stored_and_told_to_the_members() -> None:
    talk = moderated_room()
    assert talk.router.order(LOBBY, lock(), talk.now) == [
        SaveRoom(evolve(OWNED, locked=True)),
        Send([talk.connection("ann")], LOCKED),
    ]


@pytest.mark.parametrize(
    ("order", "reason", "code"), [(kick, "kicked", 4506), (ban, "banned", 4507)]
)
@pytest.mark.parametrize("whom", ["ann", "max", "bob"])
def test_anybody_can_be_sent_out(
    whom: str, order: Callable[[str], Order], reason: m.LeaveReason, code: int
) -> None:
    talk = moderated_room("bob", "eve", moderators=["max"])
    talk.gather("lobby", "joe")
    talk.says("eve", hi(whom, id="7"))
    talk.forget()
    talk.orders("lobby", order(whom))
    talk.is_closed(whom, code)
    talk.hears("eve", left(whom, reason), undeliverable("eve", whom, "gone", reply_to="7"))
    others = [one for one in ("ann", "max", "bob", "eve", "joe") if one != whom]
    talk.hears("joe", m.Bye(m.ROOM, talk.milliseconds(), id_of(whom)))
    talk.hears("joe", roster("room", "lobby", *others))
    talk.hears_nothing("eve", "joe")


def test_who_was_banned_stays_out() -> None:
    talk = moderated_room()
    talk.joins("eve", "lobby", address=HOME)
    talk.orders("lobby", ban("eve"))
    talk.knocks("eve 2", "lobby", address=HOME)
    talk.hears("eve 2", refusal("eve 2", Banned()))


@pytest.mark.parametrize("role", ["moderator", "guest"])
def test_an_owner_can_be_made_less(role: m.GrantedRole) -> None:
    talk = moderated_room("bob")
    talk.orders("lobby", set_role("ann", role))
    talk.hears("ann", has_role("ann", role))
    talk.hears("bob", has_role("ann", role))
    assert talk.router.roster(LOBBY) == (seen("ann", role=role), seen("bob"))


def test_a_guest_can_be_made_a_moderator_where_nobody_is() -> None:
    """A room created on demand has no owner; an order appoints its first moderator."""
    talk = Talk()
    talk.joins("bob", "attic")
    talk.joins("eve", "attic")
    talk.orders("attic", set_role("bob", "moderator"))
    talk.says("bob", kick("eve"))
    talk.is_closed("eve", 4506)


def test_a_room_is_locked_and_opened_as_by_its_owner() -> None:
    talk = moderated_room("bob")
    talk.orders("lobby", lock())
    talk.knocks("eve", "lobby", id="7")
    talk.orders("lobby", lock())
    talk.orders("lobby", unlock())
    talk.hears("ann", LOCKED, knocked("eve"), UNLOCKED, waits_no_more("eve"), came("eve"))
    talk.hears("bob", LOCKED, UNLOCKED, came("eve"))
    talk.hears("eve", waits_for("lobby", "eve", reply_to="7"))
    assert not talk.is_in("eve").locked
    talk.hears_nothing("ann", "bob", "eve")


def test_who_waits_is_let_in_or_sent_away() -> None:
    talk = locked_room(waiting=("eve", "joe"))
    talk.orders("lobby", admit("eve"))
    talk.orders("lobby", deny("joe"))
    talk.hears("ann", waits_no_more("eve"), came("eve"), waits_no_more("joe"))
    assert talk.is_in("eve").clients == (seen("ann", role="owner"), seen("eve"))
    talk.hears("joe", refusal("joe", Denied(), reply_to="join of joe"))
    talk.hears_nothing("ann", "eve", "joe")


def test_who_is_away_is_sent_out_too() -> None:
    talk = moderated_room("bob")
    talk.drops("bob")
    talk.orders("lobby", kick("bob"))
    talk.hears("ann", left("bob", "kicked"))
    assert talk.resumes("bob 2", "bob").reason == "unknown"


def test_the_last_member_sent_out_leaves_the_room_open_to_those_who_wait() -> None:
    talk = locked_room(waiting=("eve",))
    talk.orders("lobby", kick("ann"))
    body = talk.is_in("eve")
    assert (body.locked, body.clients) == (False, (seen("eve"),))


# Refused -------------------------------------------------------------------------------------


EVERY_ORDER: list[Order] = [
    *(kick("ann"), ban("ann"), set_role("ann", "guest"), lock(), admit("ann"), deny("ann"))
]


@pytest.mark.parametrize("order", EVERY_ORDER, ids=lambda order: order.type)
def test_where_nobody_is_nothing_is_done(order: Order) -> None:
    empty, stored = OWNED, evolve(OWNED, id=RoomId("stored"))
    talk = Talk(empty, stored)
    talk.joins("ann", "lobby")
    talk.says("ann", m.Bye(m.GROUND_CONTROL))
    talk.forget()
    for room_id in ("lobby", "stored", "attic"):
        talk.order_is_refused(room_id, order, NOBODY_THERE)
    assert talk.changes == []
    assert talk.rooms == {LOBBY: empty, RoomId("stored"): stored}


def test_who_is_not_there_is_not_found() -> None:
    talk = locked_room("bob", waiting=("eve",))
    about_members: list[Order] = [kick("eve"), ban("joe"), set_role("eve", "moderator")]
    for order in about_members:
        talk.order_is_refused("lobby", order, UnknownReceiver())
    for order in (admit("bob"), deny("joe")):
        talk.order_is_refused("lobby", order, NOT_WAITING)
    talk.hears_nothing("ann", "bob", "eve")
    assert talk.changes == []


def test_an_order_admits_nobody_to_a_full_room() -> None:
    talk = locked_room(waiting=("eve",), room=evolve(OWNED, guest_limit=1))
    talk.order_is_refused("lobby", admit("eve"), RoomFull())
    talk.hears_nothing("ann", "eve")
    talk.orders("lobby", deny("eve"))
    talk.hears("eve", refusal("eve", Denied(), reply_to="join of eve"))


def test_a_server_that_has_stopped_does_nothing_any_more() -> None:
    talk = moderated_room()
    talk.stops()
    talk.forget()
    talk.order_is_refused("lobby", kick("ann"), NOBODY_THERE)
    talk.hears_nothing("ann")
    assert talk.changes == []


# The roster -----------------------------------------------------------------------------------


def test_the_roster_has_everybody_in_order_of_joining_those_who_are_away_too() -> None:
    talk = moderated_room("bob", moderators=["max"])
    talk.gather("lobby", "joe")
    talk.drops("bob")
    talk.says("ann", lock())
    talk.knocks("eve", "lobby")
    assert talk.router.roster(LOBBY) == (
        seen("ann", role="owner"),
        seen("max", role="moderator"),
        seen("bob"),
        seen("joe"),
    )
    assert talk.router.roster(RoomId("attic")) == ()
