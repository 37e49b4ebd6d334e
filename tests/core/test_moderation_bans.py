"""Conversations about bans: which clients they keep out, and how many there may be."""

import pytest
from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_core.wire.errors import Banned
from camus_core.wire.profile import SESSION
from driving.store import OWNER_TOKEN

from .moderated_room import OWNED, locked_room, moderated_room, moderated_room_with
from .phrases import (
    ban,
    bye,
    done,
    greeting,
    id_of,
    join,
    left,
    lock,
    refusal,
    resume,
    seen,
    unlock,
    waits_no_more,
)
from .talk import Talk

LOBBY = RoomId("lobby")
HOME, OFFICE = "192.0.2.1", "192.0.2.2"


# Keeping clients out -----------------------------------------------------------------------


def test_a_guest_is_banned_by_its_address() -> None:
    talk = moderated_room_with("eve", HOME)
    talk.says("ann", ban("eve"))
    talk.forget()
    talk.knocks("eve 2", "lobby", address=HOME)
    talk.hears("eve 2", refusal("eve 2", Banned()))
    talk.is_open("eve 2")
    talk.connects("eve 3", "lobby", address=HOME)
    talk.hears("eve 3", refusal("eve 3", Banned()))
    talk.is_closed("eve 3", 4507)
    talk.hears_nothing("ann", "eve 2", "eve 3")
    talk.joins("joe", "lobby", address=OFFICE)
    talk.joins("bob", "lobby")
    talk.connects("sue", "lobby", address=OFFICE)
    talk.hears("sue", greeting("sue"))


def test_a_member_of_the_core_profile_is_banned_by_its_address_too() -> None:
    talk = moderated_room()
    talk.connects("joe", "lobby", address=HOME)
    talk.says("ann", ban("joe"))
    talk.knocks("joe 2", "lobby", address=HOME)
    talk.hears("joe 2", refusal("joe 2", Banned()))


def test_a_ban_holds_in_its_own_room() -> None:
    talk = moderated_room_with("eve", HOME)
    talk.says("ann", ban("eve"))
    assert talk.joins("eve 2", "attic", address=HOME).room_id == "attic"


def test_who_is_inside_with_the_same_address_stays_and_may_come_back() -> None:
    talk = moderated_room_with("eve", HOME)
    talk.joins("joe", "lobby", address=HOME)
    talk.connects("sue", "lobby", address=HOME)
    talk.says("ann", ban("eve"))
    talk.is_open("joe", "sue")
    talk.drops("joe")
    talk.connects("joe 2", None, SESSION, address=HOME)
    talk.says("joe 2", resume(talk.token("joe"), talk.received("joe")))
    assert talk.is_in("joe 2").resumed


def test_who_is_known_is_banned_by_that_wherever_it_comes_from() -> None:
    talk = moderated_room()
    talk.store.tokens["her token"] = Identity("eve@example")
    talk.joins("eve", "lobby", token="her token", address=HOME)
    talk.says("ann", ban("eve"))
    assert talk.rooms[LOBBY].bans == ("identity eve@example",)
    talk.knocks("eve 2", "lobby", token="her token", address=OFFICE)
    talk.hears("eve 2", refusal("eve 2", Banned()))
    assert talk.joins("a guest", "lobby", address=HOME).role == "guest"


def test_who_shows_who_it_is_is_not_kept_out_by_a_ban_of_its_address() -> None:
    talk = moderated_room_with("eve", HOME)
    talk.store.tokens["his token"] = Identity("joe@example")
    talk.says("ann", ban("eve"))
    assert talk.joins("joe", "lobby", token="his token", address=HOME).role == "guest"


def test_who_has_the_owners_token_is_not_kept_out_by_a_ban_of_its_address() -> None:
    talk = moderated_room_with("eve", HOME)
    talk.says("ann", ban("eve"))
    body = talk.joins("ann 2", "lobby", owner_token=OWNER_TOKEN, address=HOME)
    assert body.role == "owner"


def test_who_is_banned_by_what_it_is_does_not_come_in_with_the_owners_token() -> None:
    talk = moderated_room()
    talk.store.tokens["her token"] = Identity("eve@example")
    talk.joins("eve", "lobby", token="her token")
    talk.says("ann", ban("eve"))
    talk.knocks("eve 2", "lobby", token="her token", owner_token=OWNER_TOKEN)
    talk.hears("eve 2", refusal("eve 2", Banned()))


def test_a_guest_without_an_address_is_only_sent_out() -> None:
    talk = moderated_room("eve")
    talk.says("ann", ban("eve"))
    talk.is_closed("eve", 4507)
    assert talk.rooms == {LOBBY: OWNED}
    assert talk.joins("eve 2", "lobby").id == id_of("eve 2")


@pytest.mark.parametrize("is_away", [False, True])
def test_the_session_of_who_was_banned_cannot_be_resumed(is_away: bool) -> None:
    talk = moderated_room_with("eve", HOME)
    if is_away:
        talk.drops("eve")
    talk.says("ann", ban("eve"))
    talk.connects("eve 2", None, SESSION, address=HOME)
    talk.says("eve 2", resume(talk.token("eve"), 0))
    talk.hears("eve 2", refusal("eve 2", Banned()))
    talk.connects("eve 3", None, SESSION, address=OFFICE)
    talk.says("eve 3", resume(talk.token("eve"), 0))
    assert talk.is_in("eve 3").id == id_of("eve 3")


def test_a_ban_holds_after_everybody_has_left_and_after_a_restart() -> None:
    talk = moderated_room_with("eve", HOME)
    talk.says("ann", ban("eve"))
    talk.says("ann", bye())
    for again in ("eve 2", "eve 3"):
        talk.knocks(again, "lobby", address=HOME)
        talk.hears(again, refusal(again, Banned()))
        talk.starts_again(f"node {again}")


def test_who_comes_back_after_a_restart_can_be_banned_as_before() -> None:
    """Its address and its identity are stored with it."""
    talk = moderated_room_with("eve", HOME)
    talk.store.tokens["his token"] = Identity("joe@example")
    talk.joins("joe", "lobby", token="his token", address=HOME)
    talk.starts_again()
    talk.resumes("ann 2", "ann")
    talk.says("ann 2", ban("eve"))
    talk.says("ann 2", ban("joe"))
    assert talk.rooms[LOBBY].bans == (f"address {HOME}", "identity joe@example")


def test_who_was_banned_before_the_restart_is_not_held_a_place_after_it() -> None:
    talk = moderated_room_with("eve", HOME)
    talk.drops("eve")
    talk.says("ann", ban("eve"))
    talk.starts_again()
    talk.connects("eve 2", None, SESSION, address=HOME)
    talk.says("eve 2", resume(talk.token("eve"), 0))
    talk.hears("eve 2", refusal("eve 2", Banned()))
    assert talk.resumes("ann 2", "ann").clients == (seen("ann", role="owner"),)


def test_who_is_banned_hears_that_before_anything_of_a_password() -> None:
    room = evolve(OWNED, password_hash="tin can", locked=True, bans=(f"address {HOME}",))
    talk = Talk(room)
    talk.knocks("eve", "lobby", address=HOME)
    talk.hears("eve", refusal("eve", Banned()))


# Banned while waiting ----------------------------------------------------------------------


def test_a_ban_sends_those_away_who_wait_and_could_not_knock_again() -> None:
    talk = locked_room("bob", moderators=["max"])
    talk.store.tokens["her token"] = Identity("eve@example")
    talk.says("ann", unlock())
    talk.joins("eve", "lobby", address=HOME)
    talk.says("ann", lock())
    talk.knocks("eve 2", "lobby", address=HOME, id="7")
    talk.knocks("eve 3", "lobby", address=HOME, token="her token")
    talk.knocks("joe", "lobby", address=OFFICE)
    talk.forget()
    talk.says("ann", ban("eve"))
    talk.hears("max", waits_no_more("eve 2"), left("eve", "banned"))
    talk.hears("ann", waits_no_more("eve 2"), left("eve", "banned"), done("ann"))
    talk.hears("bob", left("eve", "banned"))
    talk.hears("eve 2", refusal("eve 2", Banned(), reply_to="7"))
    talk.is_open("eve 2", "eve 3", "joe")
    talk.says("ann", unlock())
    assert [one.id for one in talk.router.roster(LOBBY)] == [
        id_of(name) for name in ("ann", "max", "bob", "eve 3", "joe")
    ]
    talk.hears_nothing("eve 2")


def test_who_is_known_and_banned_waits_no_more_on_another_connection() -> None:
    talk = moderated_room()
    talk.store.tokens["her token"] = Identity("eve@example")
    talk.joins("eve", "lobby", token="her token")
    talk.says("ann", lock())
    talk.knocks("eve 2", "lobby", token="her token", id="7", address=HOME)
    talk.forget()
    talk.says("ann", ban("eve"))
    talk.hears("eve 2", refusal("eve 2", Banned(), reply_to="7"))
    talk.says("ann", bye())
    talk.hears_nothing("eve 2")


# The number of bans --------------------------------------------------------------------------


def test_of_too_many_bans_the_oldest_leaves() -> None:
    talk = moderated_room(limits=Limits(bans=2))
    for number in (1, 2, 3):
        talk.joins(f"eve {number}", "lobby", address=f"192.0.2.{number}")
        talk.says("ann", ban(f"eve {number}"))
    assert talk.rooms[LOBBY].bans == ("address 192.0.2.2", "address 192.0.2.3")
    assert talk.joins("eve 4", "lobby", address="192.0.2.1").id == id_of("eve 4")
    talk.knocks("eve 5", "lobby", address="192.0.2.2")
    talk.hears("eve 5", refusal("eve 5", Banned()))


def test_who_is_banned_again_is_banned_once_and_is_the_newest() -> None:
    talk = moderated_room(limits=Limits(bans=2))
    for name in ("eve", "joe"):
        talk.joins(name, "lobby", address={"eve": HOME, "joe": OFFICE}[name])
    talk.joins("eve 2", "lobby", address=HOME)
    for name in ("eve", "joe", "eve 2"):
        talk.says("ann", ban(name))
    assert talk.rooms[LOBBY].bans == (f"address {OFFICE}", f"address {HOME}")


def test_a_room_keeps_a_hundred_bans() -> None:
    assert Limits().bans == 100


def test_somebody_called_like_an_address_is_not_banned_with_it() -> None:
    talk = moderated_room()
    talk.store.tokens["a token"] = Identity(HOME)
    talk.joins("eve", "lobby", address=HOME)
    talk.says("ann", ban("eve"))
    assert talk.joins("joe", "lobby", token="a token").id == id_of("joe")


# Bans of waiting clients --------------------------------------------------------------------


def test_a_client_that_waits_is_banned_by_its_address_with_others_from_there() -> None:
    talk = moderated_room()
    talk.says("ann", lock())
    for name, address in [("eve", HOME), ("eve 2", HOME), ("joe", OFFICE)]:
        talk.knocks(name, "lobby", address=address)
    talk.forget()
    talk.says("ann", ban("eve", id="7"))
    assert talk.rooms[LOBBY].bans == (f"address {HOME}",)
    for name in ("eve", "eve 2"):
        talk.hears(name, refusal(name, Banned()))
        talk.is_open(name)
        talk.says(name, join("lobby"))
        talk.hears(name, refusal(name, Banned()))
    talk.hears("ann", waits_no_more("eve"), waits_no_more("eve 2"), done("ann", reply_to="7"))
    talk.hears_nothing("ann", "joe")


def test_who_is_known_and_waits_is_banned_by_that() -> None:
    talk = moderated_room()
    talk.store.tokens["her token"] = Identity("eve@example")
    talk.says("ann", lock())
    talk.knocks("eve", "lobby", token="her token", address=HOME)
    talk.knocks("joe", "lobby", address=HOME)
    talk.forget()
    talk.says("ann", ban("eve"))
    assert talk.rooms[LOBBY].bans == ("identity eve@example",)
    talk.hears("eve", refusal("eve", Banned()))
    talk.hears_nothing("joe")


def test_a_guest_without_an_address_that_waits_is_only_sent_away() -> None:
    talk = moderated_room()
    talk.says("ann", lock())
    talk.knocks("eve", "lobby")
    talk.forget()
    talk.says("ann", ban("eve"))
    talk.hears("eve", refusal("eve", Banned()))
    assert talk.rooms[LOBBY].bans == ()
    talk.says("eve", join("lobby"))
    assert talk.heard["eve"][-1].type == "waiting"
