"""Conversations about tokens that name rooms, which their bearers create and join."""

import pytest

from camus_core.admission.identity import Identity
from camus_core.records import RoomId, RoomRecord
from camus_core.wire import messages as m
from camus_core.wire.errors import NotAllowed
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION
from driving.store import OWNER_TOKEN

from .moderated_room import OWNED, talk_with
from .phrases import join, refusal
from .talk import Talk

LOBBY, ATTIC = RoomId("lobby"), RoomId("attic")
INVITED = Identity("ted@example", rooms=frozenset({ATTIC}))
OTHERS = NotAllowed("your token is for other rooms")
GUESTS = NotAllowed("guests may not create rooms here: present a token")


def create(name: str | None, token: str | None = None) -> m.CreateRoom:
    return m.CreateRoom(GROUND_CONTROL, m.CreateRoomBody(name, token=token))


@pytest.mark.parametrize("guests", [True, False])
@pytest.mark.parametrize("name", ["cellar", None])
def test_a_token_that_names_rooms_makes_no_others(name: str | None, guests: bool) -> None:
    talk = talk_with(INVITED, guests=guests)
    talk.connects("ted", None, SESSION)
    talk.says("ted", create(name, "a token"))
    talk.hears("ted", refusal("ted", OTHERS))
    assert set(talk.rooms) == set()
    talk.says("ted", create("attic", "a token"))
    assert set(talk.rooms) == {ATTIC}


def test_it_does_not_count_as_a_room_of_the_address() -> None:
    talk = talk_with(INVITED, OWNED)
    talk.connects("ted", None, SESSION, address="192.0.2.1")
    for _ in range(3):
        talk.says("ted", create("cellar", "a token"))
    assert talk.router.inspect().rooms_created == {}


def test_the_room_that_one_makes_for_another_token_is_not_entered_with_the_owners() -> None:
    """Otherwise a bearer could create any room, and let others in by its owner token."""
    talk = talk_with(INVITED, guests=False)
    talk.connects("ted", None, SESSION)
    talk.says("ted", create("attic", "a token"))
    talk.knocks("eve", "attic", owner_token=OWNER_TOKEN)
    why = NotAllowed("guests may not join here: present a token")
    talk.hears("eve", refusal("eve", why))


def test_the_rooms_of_a_token_hold_for_its_bearer_in_a_room_and_back_again() -> None:
    talk = talk_with(INVITED, guests=False)
    talk.joins("ted", "attic", token="a token")
    talk.says("ted", create("cellar"))
    talk.hears("ted", refusal("ted", OTHERS))
    talk.drops("ted")
    talk.resumes("ted 2", "ted", room_id="attic")
    talk.says("ted 2", create("cellar"))
    talk.hears("ted 2", refusal("ted", OTHERS))


def test_a_place_that_is_taken_over_with_a_token_for_fewer_rooms_makes_fewer() -> None:
    talk = talk_with(Identity("ted@example"), guests=False)
    talk.store.tokens["a weak token"] = INVITED
    talk.joins("ted", "attic", token="a token")
    talk.drops("ted")
    talk.knocks("ted 2", "attic", token="a weak token")
    assert talk.is_in("ted 2").id == talk.router.roster(ATTIC)[0].id
    talk.says("ted 2", create("cellar"))
    talk.hears("ted 2", refusal("ted", OTHERS))
    talk.drops("ted 2")
    talk.resumes("ted 3", "ted 2", room_id="attic")
    talk.says("ted 3", create("cellar"))
    talk.hears("ted 3", refusal("ted", OTHERS))


def test_after_a_restart_a_token_is_shown_anew_to_make_a_room_where_guests_make_none() -> None:
    talk = talk_with(INVITED, OWNED, guests=False)
    talk.joins("ted", "attic", token="a token")
    talk.stops()
    talk.starts_again()
    assert talk.resumes("ted 2", "ted", room_id="attic").reason == "restarted"
    talk.says("ted 2", create("cellar"))
    talk.hears("ted 2", refusal("ted", GUESTS))
    talk.says("ted 2", create("cellar", "a token"))
    talk.hears("ted 2", refusal("ted", OTHERS))


def test_of_a_token_for_other_rooms_that_was_refused_nothing_stays() -> None:
    talk = talk_with(INVITED, OWNED)
    talk.knocks("ted", "lobby", token="a token")
    talk.hears("ted", refusal("ted", OTHERS))
    talk.says("ted", create("cellar"))
    assert set(talk.rooms) == {LOBBY, "cellar"}


def test_whose_place_has_ended_and_whose_token_is_for_other_rooms_stays_out() -> None:
    talk = talk_with(Identity("ted@example"), OWNED, guests=False)
    talk.joins("ted", "lobby", token="a token")
    talk.drops("ted")
    talk.waits(60)
    talk.store.tokens["a token"] = INVITED
    talk.connects("ted 2", None, SESSION)
    again = m.ResumeBody(talk.token("ted"), 0)
    talk.says("ted 2", join("lobby", resume=again, token="a token"))
    talk.hears("ted 2", refusal("ted 2", OTHERS))


def test_the_owners_token_of_a_room_that_was_deleted_does_not_own_its_successor() -> None:
    talk = Talk(OWNED)
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.says("ann", m.Bye(GROUND_CONTROL))
    talk.store.put(RoomRecord(LOBBY, "Lobby", talk.now, owner_digest="another digest"))
    talk.knocks("ann 2", "lobby", owner_token=OWNER_TOKEN)
    why = NotAllowed("this is not the owner token of this room")
    talk.hears("ann 2", refusal("ann 2", why))
    talk.says("ann 2", join("lobby"))
    assert talk.is_in("ann 2").role == "guest"
