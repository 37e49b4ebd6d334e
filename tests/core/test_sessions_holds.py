"""Conversations about places: held while a client is disconnected, resumed, and ended."""

import pytest

from camus_core.census import Census
from camus_core.effects import ForgetClient
from camus_core.limits import Limits
from camus_core.records import RoomId, RoomRecord
from camus_core.wire import messages as m
from camus_core.wire.errors import MalformedMessage, RoomFull, UnknownReceiver
from camus_core.wire.messages import GROUND_CONTROL, Json
from camus_core.wire.profile import SESSION
from driving.driver import START

from .phrases import (
    bye,
    came,
    hi,
    id_of,
    join,
    left,
    refusal,
    roster,
    seen,
)
from .talk import Talk

LOBBY = RoomId("lobby")


# Held ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "seconds"), [(None, 30), (1006, 30), (1000, 30), (1001, 5)])
def test_of_a_drop_the_others_hear_when_its_place_ends(code: int | None, seconds: int) -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.gather("lobby", "joe")
    talk.drops("bob", code)
    talk.lives(seconds - 0.5)
    talk.hears_nothing("ann", "joe")
    talk.waits(0.5)
    talk.hears("ann", left("bob", "gone"))
    talk.hears("joe", m.Bye("room", talk.milliseconds(), id_of("bob")))
    talk.hears("joe", roster("room", "lobby", "ann", "joe"))


def test_who_is_cut_off_keeps_its_place_however_it_happened() -> None:
    talk = Talk(limits=Limits(refusals_in_a_row=2))
    talk.gather("lobby", "ann", "stalls", "is refused", profile=SESSION)
    talk.stalls("stalls")
    talk.is_closed("stalls", 4000)
    for _ in range(2):
        talk.says("is refused", MalformedMessage("not JSON"))
    talk.is_closed("is refused", 4002)
    talk.hears_nothing("ann")
    census = talk.router.census()
    assert (census.connections, census.members, census.away) == (1, 3, 2)
    talk.waits(60)
    talk.is_closed("ann", 4001)
    census = talk.router.census()
    assert (census.connections, census.members, census.away) == (0, 1, 1)


def test_who_comes_back_in_time_is_the_same_and_nobody_hears_of_it() -> None:
    """peerjs issue 224: a client that came back after a drop was told "ID is taken"."""
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.gather("lobby", "joe")
    for before, again in (("bob", "bob 2"), ("bob 2", "bob 3"), ("bob 3", "bob 4")):
        talk.drops(before)
        talk.lives(29)
        body = talk.resumes(again, before)
        assert (body.id, body.resumed) == (id_of("bob"), True)
    talk.lives(100)
    talk.hears_nothing("ann", "joe", "bob 4")
    talk.confirms("ann")
    assert talk.router.census() == Census(3, 1, 3, 0, 0)


def test_each_drop_has_a_grace_time_of_its_own() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    talk.lives(20)
    talk.resumes("bob 2", "bob")
    talk.drops("bob 2")
    talk.lives(29.5)
    talk.hears_nothing("ann")
    talk.waits(0.5)
    talk.hears("ann", left("bob", "gone"))


def test_a_page_that_is_closed_after_a_long_hold_is_held_for_a_short_time_only() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    talk.resumes("bob 2", "bob")
    talk.drops("bob 2", 1001)
    talk.waits(5)
    talk.hears("ann", left("bob", "gone"))
    talk.lives(26)
    talk.hears_nothing("ann")


def test_no_place_is_held_longer_than_the_deployment_says() -> None:
    talk = Talk(limits=Limits(place_seconds=1))
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob", 1001)
    talk.waits(1)
    talk.hears("ann", left("bob", "gone"))


def test_a_place_that_is_held_counts_and_is_in_every_roster() -> None:
    talk = Talk(RoomRecord(LOBBY, "Lobby", START, guest_limit=2))
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    talk.says("ann", m.GetRoomInfo())
    talk.hears("ann", roster("ann", "lobby", "ann", "bob"))
    talk.connects("eve", None, SESSION)
    talk.says("eve", join("lobby"))
    talk.hears("eve", refusal("eve", RoomFull()))
    talk.lives(30)
    talk.says("eve", join("lobby"))
    assert talk.is_in("eve").clients == (seen("ann"), seen("eve"))


# Ended ---------------------------------------------------------------------------------


def test_a_bye_holds_nothing() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.gather("lobby", "joe")
    talk.says("bob", m.Bye(GROUND_CONTROL, Json(b"5")))
    talk.is_closed("bob", 1000)
    talk.hears("ann", left("bob", "left"))
    talk.hears("joe", m.Bye("room", Json(b"5"), id_of("bob")))
    talk.hears("joe", roster("room", "lobby", "ann", "joe"))
    assert talk.changes == [ForgetClient(id_of("bob"), "this node")]
    body = talk.resumes("bob 2", "bob")
    assert (body.id, body.reason) == (id_of("bob 2"), "unknown")


def test_who_comes_too_late_is_a_newcomer_with_a_new_id() -> None:
    """nextcloud/spreed issue 5337: clients whose session had expired could not come back."""
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    talk.lives(30)
    talk.hears("ann", left("bob", "gone"))
    body = talk.resumes("bob 2", "bob")
    assert (body.id, body.resumed, body.reason) == (id_of("bob 2"), False, "unknown")
    assert body.clients == (seen("ann"), seen("bob 2"))
    assert talk.token("bob 2") != talk.token("bob")
    talk.hears("ann", came("bob 2"))


def test_a_message_to_whose_place_has_ended_goes_to_nobody() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    talk.lives(30)
    talk.forget()
    talk.says("ann", hi("bob", id="7"))
    talk.hears("ann", refusal("ann", UnknownReceiver(), reply_to="7"))


def test_a_room_whose_last_place_has_ended_goes_in_its_time() -> None:
    talk = Talk(RoomRecord(LOBBY, "Lobby", START, empty_for=60.0))
    talk.gather("lobby", "ann", profile=SESSION)
    talk.drops("ann")
    talk.waits(89.5)
    assert LOBBY in talk.rooms
    talk.waits(0.5)
    assert LOBBY not in talk.rooms


def test_a_room_outlives_one_of_two_that_drops() -> None:
    """OpenAyame/ayame deleted the room when one of two members dropped."""
    talk = Talk(RoomRecord(LOBBY, "Lobby", START, empty_for=1.0))
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    talk.waits(5)
    talk.drops("ann")
    talk.waits(20)
    assert talk.resumes("ann 2", "ann").resumed
    assert talk.resumes("bob 2", "bob").resumed
    assert LOBBY in talk.rooms


def test_places_that_come_and_go_leave_nothing_behind() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    weights = []
    for number in range(1000):
        name = f"guest {number}"
        talk.joins(name, "lobby")
        talk.says(name, hi("room"))
        talk.drops(name, 1001)
        talk.waits(1)
        talk.confirms("ann")
        if number % 100 == 99:
            weights.append(talk.weight())
    assert max(weights[2:]) <= weights[1] * 1.1
    talk.says("ann", bye())
    talk.waits(400)
    assert talk.router.census() == Census(0, 0, 0, 0, 0)
    assert talk.router.next_deadline() is None
