"""Conversations about the shares of one address in waiting rooms, places and the list."""

import pytest
from attrs import evolve

from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.errors import Banned, RateLimited, RoomFull, RoomLocked
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION

from .moderated_room import moderated_room
from .phrases import admit, ban, id_of, join, lock, refusal, resume, unlock
from .talk import Talk

HOME, OFFICE = "192.0.2.1", "192.0.2.2"
LOBBY = RoomId("lobby")
FULL_DOOR = RoomLocked("the room is locked, and too many from your address wait already")


def ids(talk: Talk) -> list[str]:
    return [one.id for one in talk.router.roster(LOBBY)]


def held_room(places: int, part: float = 0.5) -> Talk:
    """Return a room with this many places, all held for disconnected clients of one address."""
    talk = Talk(limits=Limits(guest_limit=places, address_part=part))
    for number in range(places):
        talk.joins(f"eve {number}", "lobby", address=HOME)
    for number in range(places):
        talk.drops(f"eve {number}")
    talk.forget()
    return talk


# The waiting room ----------------------------------------------------------------------------


def test_one_address_takes_half_of_a_waiting_room() -> None:
    """Without this limit one address could take all 20 positions, and no other could knock."""
    talk = moderated_room()
    talk.says("ann", lock())
    for number in range(10):
        talk.knocks(f"eve {number}", "lobby", address=HOME)
    talk.knocks("eve", "lobby", address=HOME)
    talk.hears("eve", refusal("eve", FULL_DOOR))
    talk.knocks("bob", "lobby", address=OFFICE)
    assert talk.heard["bob"][0].type == "waiting"
    talk.says("eve 0", m.Bye(GROUND_CONTROL))
    talk.says("eve", join("lobby"))
    assert talk.heard["eve"][-1].type == "waiting"


def test_those_without_an_address_may_fill_it() -> None:
    talk = moderated_room()
    talk.says("ann", lock())
    for number in range(20):
        talk.knocks(f"bob {number}", "lobby")
    assert talk.heard["bob 19"][0].type == "waiting"


@pytest.mark.parametrize(
    ("network", "most"), [("2001:db8:0:{:x}::/64", 15), ("2001:db8:0:{:x}00::/64", 17)]
)
def test_a_wider_network_takes_a_larger_part_of_a_waiting_room(network: str, most: int) -> None:
    talk = moderated_room()
    talk.says("ann", lock())
    for number in range(19):
        talk.knocks(f"eve {number}", "lobby", address=network.format(number))
    heard = [talk.heard[f"eve {number}"][0].type for number in range(19)]
    assert heard == ["waiting"] * most + ["error"] * (19 - most)
    talk.knocks("bob", "lobby", address=OFFICE)
    assert talk.heard["bob"][0].type == "waiting"


# Held places -------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [OFFICE, None])
def test_a_room_that_one_address_holds_without_a_connection_has_space(
    address: str | None,
) -> None:
    talk = held_room(6)
    for number in range(3):
        talk.joins(f"bob {number}", "lobby", address=address)
    assert ids(talk) == [
        *(id_of(f"eve {number}") for number in (3, 4, 5)),
        *(id_of(f"bob {number}") for number in range(3)),
    ]
    talk.knocks("joe", "lobby", address=address)
    talk.hears("joe", refusal("joe", RoomFull()))


def test_the_others_hear_that_the_place_is_gone_before_they_hear_who_has_come() -> None:
    talk = Talk(limits=Limits(guest_limit=4))
    talk.joins("ann", "lobby", address=OFFICE)
    for number in range(3):
        talk.joins(f"eve {number}", "lobby", address=HOME)
        talk.drops(f"eve {number}")
    talk.forget()
    talk.joins("bob", "lobby")
    gone, came = talk.has_heard("ann")
    assert isinstance(gone, m.ClientLeft) and isinstance(came, m.ClientJoined)
    assert (gone.data.id, gone.data.reason) == (id_of("eve 0"), "gone")
    talk.connects("eve again", None, SESSION, address=HOME)
    talk.says("eve again", resume(talk.token("eve 0"), 0))
    talk.hears("eve again", refusal("eve again", RoomFull()))


def test_the_member_that_is_away_longest_loses_its_place() -> None:
    talk = Talk(limits=Limits(guest_limit=3))
    for number in range(3):
        talk.joins(f"eve {number}", "lobby", address=HOME)
    for number in (2, 0, 1):
        talk.drops(f"eve {number}")
        talk.waits(1)
    talk.joins("bob", "lobby", address=OFFICE)
    assert ids(talk) == [id_of(one) for one in ("eve 0", "eve 1", "bob")]


def test_a_client_of_the_core_profile_finds_space_too() -> None:
    talk = held_room(4)
    talk.connects("bob", "lobby", address=OFFICE)
    assert ids(talk)[-1] == id_of("bob")


def test_a_moderator_and_the_end_of_the_lock_let_in_as_far_as_there_is_space() -> None:
    talk = moderated_room(limits=Limits(guest_limit=5))
    for number in range(4):
        talk.joins(f"eve {number}", "lobby", address=HOME)
        talk.drops(f"eve {number}")
    talk.says("ann", lock())
    for name in ("bob", "joe", "sue"):
        talk.knocks(name, "lobby", address=OFFICE)
    talk.says("ann", admit("bob"))
    talk.says("ann", unlock())
    assert ids(talk) == [id_of(one) for one in ("ann", "eve 2", "eve 3", "bob", "joe")]
    assert talk.has_heard("sue")[-1] == refusal("sue", RoomFull())


def test_a_class_that_loses_its_network_comes_back_to_all_of_its_places() -> None:
    talk = held_room(30)
    for number in range(30):
        talk.connects(f"eve {number}, back", None, SESSION, address=HOME)
        talk.says(f"eve {number}, back", resume(talk.token(f"eve {number}"), None))
        assert talk.is_in(f"eve {number}, back").id == id_of(f"eve {number}")


def test_who_comes_from_the_same_address_gets_no_place_of_its_neighbours() -> None:
    talk = held_room(6)
    talk.knocks("eve", "lobby", address=HOME)
    talk.hears("eve", refusal("eve", RoomFull()))


def test_places_of_members_that_are_connected_are_not_touched() -> None:
    talk = Talk(limits=Limits(guest_limit=6))
    for number in range(6):
        talk.joins(f"eve {number}", "lobby", address=HOME)
    for number in range(3):
        talk.drops(f"eve {number}")
    talk.knocks("bob", "lobby", address=OFFICE)
    talk.hears("bob", refusal("bob", RoomFull()))


def test_a_room_of_one_place_keeps_it_for_its_member() -> None:
    talk = held_room(1)
    talk.knocks("bob", "lobby", address=OFFICE)
    talk.hears("bob", refusal("bob", RoomFull()))


def test_the_part_is_the_deployments_to_say() -> None:
    talk = held_room(6, part=1.0)
    talk.knocks("bob", "lobby", address=OFFICE)
    talk.hears("bob", refusal("bob", RoomFull()))


# The list of public rooms -------------------------------------------------------------------


def public(name: str, listed: bool = True) -> m.CreateRoom:
    return m.CreateRoom(GROUND_CONTROL, m.CreateRoomBody(name, public=listed))


def test_one_address_makes_half_of_the_rooms_that_are_listed() -> None:
    """Without this limit one address could create all listed rooms."""
    talk = Talk(limits=Limits(rooms_listed=10))
    talk.connects("eve", None, SESSION, address=HOME)
    for number in range(5):
        talk.says("eve", public(f"a{number}"))
    talk.forget()
    talk.says("eve", public("a5"))
    text = "too many public rooms of your address are still there"
    talk.hears("eve", refusal("eve", RateLimited(text, retry_after=300.0)))
    talk.says("eve", public("a5", listed=False))
    talk.connects("bob", None, SESSION, address=OFFICE)
    for number in range(5):
        talk.says("bob", public(f"b{number}"))
    talk.forget()
    talk.says("bob", m.ListRooms())
    (listed,) = talk.has_heard("bob")
    assert isinstance(listed, m.Rooms)
    assert [one.room_id for one in listed.data] == [
        f"{who}{number}" for who in "ab" for number in range(5)
    ]


def test_where_an_address_may_have_all_it_makes_more_than_are_listed() -> None:
    talk = Talk(limits=Limits(rooms_listed=2, address_part=1))
    talk.connects("eve", None, SESSION, address=HOME)
    for name in "abc":
        talk.says("eve", public(name))
    assert set(talk.rooms) == set("abc")


def test_when_a_public_room_is_gone_another_may_be_made() -> None:
    talk = Talk(limits=Limits(rooms_listed=2, unused_room_seconds=10, room_empty_for=10))
    talk.connects("eve", None, SESSION, address=HOME)
    for _ in range(3):
        talk.says("eve", public("a"))
        talk.says("eve", public("b"))
        assert set(talk.rooms) == {"a"}
        talk.lives(11)
        assert set(talk.rooms) == set()
    assert talk.router.inspect().public_rooms_created == {}


def test_a_public_room_that_is_deleted_and_made_anew_by_others_counts_no_more() -> None:
    talk = Talk(limits=Limits(rooms_listed=2, unused_room_seconds=10, room_empty_for=10))
    talk.connects("eve", None, SESSION, address=HOME)
    talk.says("eve", public("a"))
    anew = evolve(talk.rooms[RoomId("a")], public=False, incarnation="made anew")
    talk.store.put(anew)
    talk.joins("bob", "a", address=OFFICE)
    talk.forget()
    talk.says("eve", public("b"))
    assert set(talk.rooms) == {"a", "b"}
    assert set(talk.router.inspect().public_rooms_created) == {HOME}


# Bans ---------------------------------------------------------------------------------------


def test_a_ban_follows_a_guest_to_the_address_that_it_has_now() -> None:
    talk = moderated_room()
    talk.joins("eve", "lobby", address=HOME)
    talk.drops("eve")
    talk.connects("eve 2", None, SESSION, address=OFFICE)
    talk.says("eve 2", resume(talk.token("eve"), 0))
    assert talk.is_in("eve 2").resumed
    assert talk.store.clients[id_of("eve")].address == OFFICE
    talk.says("ann", ban("eve"))
    assert talk.rooms[LOBBY].bans == (f"address {OFFICE}",)
    talk.knocks("eve 3", "lobby", address=OFFICE)
    talk.hears("eve 3", refusal("eve 3", Banned()))
    assert talk.joins("joe", "lobby", address=HOME).role == "guest"
