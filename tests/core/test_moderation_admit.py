"""Conversations about waiting clients: admitted, denied, or let in by unlocking."""

from attrs import evolve

from camus_core.wire.errors import Denied, RoomFull, UnknownReceiver

from .moderated_room import OWNED, locked_room
from .phrases import (
    UNLOCKED,
    admit,
    bye,
    came,
    deny,
    done,
    greeting,
    hi,
    id_of,
    join,
    knocked,
    left,
    refusal,
    seen,
    unlock,
    waits_for,
    waits_no_more,
)

OWNER = seen("ann", role="owner")
NOT_WAITING = UnknownReceiver("no client with this id is in the waiting room")


# Admitted -------------------------------------------------------------------------------


def test_who_is_admitted_is_in_and_everybody_hears_of_it() -> None:
    talk = locked_room("bob", moderators=["max"], waiting=("eve", "joe"))
    talk.says("max", admit("eve", id="7"))
    talk.hears("ann", waits_no_more("eve"), came("eve"))
    talk.hears("max", waits_no_more("eve"), came("eve"), done("max", reply_to="7"))
    talk.hears("bob", came("eve"))
    answer = talk.heard["eve"][0]
    assert (answer.receiver, answer.reply_to) == (id_of("eve"), "join of eve")
    body = talk.is_in("eve")
    assert (body.id, body.role, body.resumed, body.reason) == (
        id_of("eve"),
        "guest",
        False,
        None,
    )
    assert (body.locked, body.waiting) == (True, None)
    assert body.clients == (OWNER, seen("max", role="moderator"), seen("bob"), seen("eve"))
    talk.hears_nothing("ann", "max", "bob", "eve", "joe")
    talk.says("eve", hi("bob"))
    talk.hears("bob", hi("bob", by="eve"))


def test_whoever_has_waited_has_a_session_like_everybody() -> None:
    talk = locked_room(waiting=("eve",))
    talk.says("ann", admit("eve"))
    talk.is_in("eve")
    talk.says("ann", hi("eve"))
    talk.drops("eve")
    talk.says("ann", hi("room"))
    body = talk.resumes("eve 2", "eve")
    assert (body.id, body.resumed, body.locked) == (id_of("eve"), True, True)
    talk.hears("eve 2", hi("room", by="ann"))


def test_who_is_admitted_to_a_full_room_goes_on_waiting() -> None:
    talk = locked_room("bob", waiting=("eve",), room=evolve(OWNED, guest_limit=2))
    talk.says("ann", admit("eve", id="7"))
    talk.hears("ann", refusal("ann", RoomFull(), reply_to="7"))
    talk.hears_nothing("ann", "bob", "eve")
    talk.says("bob", bye())
    talk.hears("ann", left("bob", "left"))
    talk.says("ann", admit("eve", id="8"))
    talk.hears("ann", waits_no_more("eve"), came("eve"), done("ann", reply_to="8"))
    assert talk.is_in("eve").clients == (OWNER, seen("eve"))


def test_a_place_that_is_held_fills_the_room_for_who_waits_too() -> None:
    talk = locked_room("bob", waiting=("eve",), room=evolve(OWNED, guest_limit=2))
    talk.drops("bob")
    talk.says("ann", admit("eve"))
    talk.hears("ann", refusal("ann", RoomFull()))


def test_who_is_admitted_twice_is_in_once() -> None:
    talk = locked_room(moderators=["max"], waiting=("eve",))
    talk.says("ann", admit("eve"))
    talk.forget()
    talk.says("max", admit("eve"))
    talk.hears("max", refusal("max", NOT_WAITING))
    talk.hears_nothing("ann", "eve")


# Denied ------------------------------------------------------------------------------------


def test_who_is_denied_is_told_so_and_nobody_else_but_those_who_decide() -> None:
    talk = locked_room("bob", moderators=["max"], waiting=("eve",))
    talk.says("ann", deny("eve", id="7"))
    talk.hears("ann", waits_no_more("eve"), done("ann", reply_to="7"))
    talk.hears("max", waits_no_more("eve"))
    talk.hears("eve", refusal("eve", Denied(), reply_to="join of eve"))
    talk.hears_nothing("ann", "max", "bob", "eve")
    talk.is_open("eve")


def test_who_is_denied_may_knock_again_or_go_elsewhere() -> None:
    talk = locked_room(waiting=("eve",))
    talk.says("ann", deny("eve"))
    talk.forget()
    talk.says("eve", join("lobby", id="8"))
    talk.hears("eve", waits_for("lobby", "eve", reply_to="8"))
    talk.hears("ann", knocked("eve"))
    talk.says("ann", deny("eve"))
    talk.forget()
    talk.says("eve", join("attic"))
    assert talk.is_in("eve").room_id == "attic"


# Unlocked ---------------------------------------------------------------------------------


def test_unlocking_lets_all_in_who_wait_in_the_order_of_coming() -> None:
    talk = locked_room("bob", waiting=("eve", "joe"))
    talk.says("ann", unlock(id="7"))
    talk.hears(
        "ann",
        UNLOCKED,
        waits_no_more("eve"),
        came("eve"),
        waits_no_more("joe"),
        came("joe"),
        done("ann", reply_to="7"),
    )
    talk.hears("bob", UNLOCKED, came("eve"), came("joe"))
    body = talk.is_in("eve")
    assert (body.locked, body.clients) == (False, (OWNER, seen("bob"), seen("eve")))
    talk.hears("eve", came("joe"))
    body = talk.is_in("joe")
    assert body.clients == (OWNER, seen("bob"), seen("eve"), seen("joe"))
    talk.hears_nothing("ann", "bob", "eve", "joe")


def test_who_has_no_place_in_the_opened_room_hears_that_it_is_full() -> None:
    talk = locked_room(waiting=("eve", "joe", "sue"), room=evolve(OWNED, guest_limit=2))
    talk.says("ann", unlock())
    talk.hears("ann", UNLOCKED, waits_no_more("eve"), came("eve"))
    talk.hears("ann", waits_no_more("joe"), waits_no_more("sue"), done("ann"))
    assert talk.is_in("eve").clients == (OWNER, seen("eve"))
    for name in ("joe", "sue"):
        talk.hears(name, refusal(name, RoomFull(), reply_to=f"join of {name}"))
        talk.is_open(name)
    talk.hears_nothing("eve", "joe", "sue")
    talk.says("eve", bye())
    talk.says("joe", join("lobby"))
    assert talk.is_in("joe").clients == (OWNER, seen("joe"))


def test_who_comes_after_the_room_was_opened_need_not_wait() -> None:
    talk = locked_room()
    talk.says("ann", unlock())
    assert talk.joins("eve", "lobby").clients == (OWNER, seen("eve"))
    talk.connects("joe", "lobby")
    talk.hears("joe", greeting("joe"))
