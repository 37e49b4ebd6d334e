"""Conversations about admission to a room; `test_roster` continues them."""

import pytest
from attrs import evolve

from camus_core.admission.passwords import hash_password
from camus_core.effects import ForgetClient, SaveClient
from camus_core.limits import Limits
from camus_core.records import ClientRecord, RoomId, RoomRecord
from camus_core.wire import messages as m
from camus_core.wire.errors import PasswordRequired, RoomFull
from driving.driver import START

from .phrases import greeting, id_of, refusal
from .talk import Talk

LOBBY = RoomId("lobby")


# Admitted -----------------------------------------------------------------------------


def test_a_newcomer_is_greeted_with_its_id() -> None:
    talk = Talk()
    talk.connects("ann", "lobby")
    talk.hears("ann", greeting("ann"))
    talk.hears_nothing("ann")
    talk.is_open("ann")


def test_members_are_written_to_the_store_and_removed_from_it() -> None:
    talk = Talk()
    ann = ClientRecord(
        id_of("ann"), LOBBY, "Ann", START, node="this node", incarnation=repr(START)
    )
    talk.connects("ann", "lobby")
    talk.says("ann", m.Profile("ground control", m.ProfileBody("Ann")))
    talk.drops("ann")
    assert talk.changes == [
        SaveClient(evolve(ann, username="Major Tom")),
        SaveClient(ann),
        ForgetClient(id_of("ann"), "this node"),
    ]


# Refused --------------------------------------------------------------------------------


def test_a_full_room_refuses_and_nobody_else_hears_of_it() -> None:
    talk = Talk(RoomRecord(LOBBY, "Lobby", START, guest_limit=2))
    talk.gather("lobby", "ann", "bob")
    talk.connects("eve", "lobby")
    talk.hears("eve", refusal("eve", RoomFull()))
    talk.is_closed("eve", 4504)
    talk.waits(1)
    talk.hears_nothing("ann", "bob", "eve")
    assert talk.changes == []


def test_a_place_that_becomes_free_is_taken() -> None:
    talk = Talk(RoomRecord(LOBBY, "Lobby", START, guest_limit=2))
    talk.gather("lobby", "ann", "bob")
    talk.drops("ann")
    talk.connects("eve", "lobby")
    talk.connects("joe", "lobby")
    talk.is_open("bob", "eve")
    talk.is_closed("joe", 4504)


@pytest.mark.parametrize("of_the_room", [None, 3, 4])
def test_no_room_lets_more_in_than_the_server_allows(of_the_room: int | None) -> None:
    lobby = RoomRecord(LOBBY, "Lobby", START, guest_limit=of_the_room)
    talk = Talk(lobby, limits=Limits(guest_limit=3))
    talk.gather("lobby", "ann", "bob", "eve")
    talk.is_open("ann", "bob", "eve")
    talk.connects("joe", "lobby")
    talk.is_closed("joe", 4504)


def test_a_room_with_a_password_refuses() -> None:
    password = hash_password("tin can", bytes(16))
    talk = Talk(RoomRecord(LOBBY, "Lobby", START, password_hash=password))
    talk.connects("ann", "lobby")
    talk.hears("ann", refusal("ann", PasswordRequired()))
    talk.hears_nothing("ann")
    talk.is_closed("ann", 4502)
    assert talk.changes == []
