"""Conversations about rooms that are deleted and created anew outside this server."""

import pytest
from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.effects import SaveClient
from camus_core.limits import Limits
from camus_core.questions import Failed, LookUpRoom
from camus_core.records import RoomId, RoomRecord
from camus_core.wire import messages as m
from camus_core.wire.errors import PasswordRequired, RoomNotFound
from camus_core.wire.profile import SESSION
from driving.driver import START
from driving.store import OWNER_TOKEN

from .phrases import bye, greeting, id_of, join, refusal
from .talk import Talk

LOBBY = RoomId("lobby")
GUARDED = RoomRecord(
    LOBBY, "Lobby", START, password_hash="jam", incarnation="made by an operator"
)
LATER = 6.0
"""Seconds after which a room with members is looked up once more."""


def recreate_room(talk: Talk, record: RoomRecord = GUARDED) -> None:
    """Replace a room by another one with its id, as an operator does."""
    talk.store.put(record)


def test_a_timer_of_an_old_room_leaves_the_one_alone_that_has_its_id_now() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.drops("ann")
    recreate_room(talk)
    talk.waits(1000)
    assert talk.rooms[LOBBY] == GUARDED
    talk.knocks("eve", "lobby")
    talk.hears("eve", refusal("eve", PasswordRequired()))


@pytest.mark.parametrize("seconds", [0, 200])
def test_who_comes_while_the_old_room_is_still_watched_comes_to_the_new_one(
    seconds: float,
) -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.drops("ann")
    recreate_room(talk)
    talk.waits(seconds)
    talk.knocks("eve", "lobby")
    talk.hears("eve", refusal("eve", PasswordRequired()))
    talk.joins("ted", "lobby", password="jam")
    assert talk.store.clients[id_of("ted")].incarnation == GUARDED.incarnation
    talk.says("ted", bye())
    talk.waits(1000)
    assert talk.rooms[LOBBY] == GUARDED


def test_a_new_room_of_the_id_doesnt_count_for_whoever_made_the_old_one() -> None:
    talk = Talk(limits=Limits(rooms_per_address=1))
    talk.joins("ann", "lobby", address="192.0.2.1")
    talk.says("ann", bye())
    recreate_room(talk)
    talk.joins("ted", "lobby", password="jam", address="192.0.2.7")
    talk.joins("ann 2", "attic", address="192.0.2.1")


def test_people_stay_in_a_room_that_is_made_anew_and_newcomers_find_the_new_one() -> None:
    talk = Talk()
    talk.joins("ann", "lobby")
    talk.gather("lobby", "bob")
    recreate_room(talk, evolve(GUARDED, guest_limit=3))
    talk.waits(LATER)
    talk.forget()
    talk.knocks("eve", "lobby")
    talk.hears("eve", refusal("eve", PasswordRequired()))
    saved = [change.client.id for change in talk.changes if isinstance(change, SaveClient)]
    assert saved == [id_of("ann"), id_of("bob")]
    assert {one.incarnation for one in talk.store.clients.values()} == {GUARDED.incarnation}
    talk.hears_nothing("ann", "bob")
    talk.joins("ted", "lobby", password="jam")
    assert [client.id for client in talk.router.roster(LOBBY)] == [
        id_of(n) for n in ("ann", "bob", "ted")
    ]
    talk.knocks("joe", "lobby", password="jam")
    assert isinstance(talk.has_heard("joe")[0], m.Error), "the new room is full"


def test_a_restart_gives_them_their_places_in_the_new_room() -> None:
    talk = Talk()
    talk.joins("ann", "lobby")
    recreate_room(talk)
    talk.waits(LATER)
    talk.joins("ted", "lobby", password="jam")
    talk.stops()
    talk.starts_again()
    assert talk.resumes("ann 2", "ann").id == id_of("ann")
    assert talk.resumes("ted 2", "ted").id == id_of("ted")


def test_places_of_the_old_room_are_not_in_the_new_one_after_a_restart() -> None:
    talk = Talk()
    talk.joins("ann", "lobby")
    kept = talk.store.clients[id_of("ann")]
    talk.stops()
    recreate_room(talk)
    talk.store.put_client(evolve(kept, away_since=talk.now))
    talk.starts_again()
    talk.connects("ann 2", None, SESSION)
    talk.says("ann 2", m.Join(m.GROUND_CONTROL, m.JoinBody(room_id=LOBBY)))
    assert isinstance(talk.has_heard("ann 2")[0], m.Error), "a newcomer without a password"
    talk.joins("ted", "lobby", password="jam")
    assert [client.id for client in talk.router.roster(LOBBY)] == [id_of("ted")]


def test_the_owner_of_the_old_room_is_a_guest_in_the_new_one_and_a_known_one_stays() -> None:
    owned = RoomRecord(LOBBY, "Lobby", START, owner_digest=None)
    talk = Talk(owned)
    talk.store.tokens["ted's"] = Identity("ted", role="moderator")
    talk.joins("ted", "lobby", token="ted's")
    talk.store.delete_room(LOBBY)
    talk.waits(1)
    talk.connects("ann", None, SESSION)
    talk.says("ann", m.CreateRoom(m.GROUND_CONTROL, m.CreateRoomBody(name="lobby")))
    talk.has_heard("ann")
    talk.says("ann", join("lobby", owner_token=OWNER_TOKEN))
    assert talk.is_in("ann").role == "owner"
    recreate_room(talk)
    talk.waits(LATER)
    talk.joins("bob", "lobby", password="jam")
    roles = [client.role for client in talk.router.roster(LOBBY)]
    assert roles == ["moderator", "guest", "guest"]


def test_a_room_that_is_created_where_people_are_in_a_deleted_one_has_its_owner() -> None:
    talk = Talk()
    talk.joins("ann", "lobby")
    talk.store.delete_room(LOBBY)
    talk.waits(1)
    talk.connects("ted", None, SESSION)
    talk.says(
        "ted", m.CreateRoom(m.GROUND_CONTROL, m.CreateRoomBody(name="lobby", password="jam"))
    )
    talk.has_heard("ted")
    talk.says("ted", join("lobby", owner_token=OWNER_TOKEN))
    assert talk.is_in("ted").role == "owner"


def test_newcomers_look_up_a_room_with_members_now_and_then_and_not_each() -> None:
    talk = Talk(GUARDED)
    talk.joins("ann", "lobby", password="jam")
    talk.waits(LATER)
    talk.holds_questions = True
    talk.connects("bob", "lobby")
    talk.asks("bob", LookUpRoom(LOBBY, None))
    talk.connects("eve", "lobby")
    talk.asks_nothing("eve")


def test_while_the_database_is_away_people_come_into_a_room_with_members() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.waits(LATER)
    talk.holds_questions = True
    talk.connects("bob", "lobby")
    talk.answers("bob", Failed("the disk is on fire"))
    talk.hears("bob", greeting("bob"))


def test_people_stay_in_a_room_that_was_deleted_and_others_come_until_all_have_left() -> None:
    talk = Talk(RoomRecord(LOBBY, "Lobby", START), on_demand=False)
    talk.gather("lobby", "ann")
    talk.store.delete_room(LOBBY)
    talk.waits(LATER)
    talk.gather("lobby", "bob")
    talk.drops("ann")
    talk.drops("bob")
    talk.connects("eve", "lobby")
    talk.hears("eve", refusal("eve", RoomNotFound()))


def test_an_answer_about_the_old_room_that_comes_late_changes_nothing() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    old = talk.store.find(LookUpRoom(LOBBY, None))
    talk.waits(LATER)
    talk.holds_questions = True
    talk.knocks("bob", "lobby", password="jam")
    recreate_room(talk)
    talk.waits(LATER)
    talk.knocks("eve", "lobby")
    talk.answers("eve")
    talk.hears("eve", refusal("eve", PasswordRequired()))
    talk.answers("bob", old)
    talk.knocks("joe", "lobby")
    talk.hears("joe", refusal("joe", PasswordRequired()))
