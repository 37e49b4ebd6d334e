"""Conversations about creating rooms, and about the list of public rooms."""

import pytest

from camus_core.census import Census
from camus_core.limits import Limits
from camus_core.questions import CreatedRoom, CreateRoomRecord, Failed, ListPublicRooms
from camus_core.records import RoomId, RoomRecord, digest
from camus_core.wire import messages as m
from camus_core.wire.errors import InvalidName, NameTaken, ProtocolError, Unavailable
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION
from driving.driver import START
from driving.store import OWNER_TOKEN

from .phrases import bye, came, hi, id_of, join, refusal, roster, seen
from .talk import Talk

ATTIC = RoomId("attic")


def create(name: str | None = None, *, id: str | None = None, **more: object) -> m.CreateRoom:
    return m.CreateRoom(GROUND_CONTROL, m.CreateRoomBody(name, **more), id=id)  # type: ignore[arg-type]


def created(name: str, room_id: str, *, reply_to: str | None = None) -> m.RoomCreated:
    body = m.RoomCreatedBody(room_id, OWNER_TOKEN)
    return m.RoomCreated(id_of(name), body, GROUND_CONTROL, reply_to=reply_to)


def list_entry(name: str, *rooms: m.ListedRoom) -> m.Rooms:
    return m.Rooms(id_of(name), rooms, GROUND_CONTROL)


# Creating rooms ----------------------------------------------------------------------------


def test_a_client_makes_a_room_and_is_its_owner() -> None:
    talk = Talk(on_demand=False)
    talk.connects("ann", None, SESSION)
    talk.says("ann", create("attic", id="7", password="tin can", guest_limit=2))
    talk.hears("ann", created("ann", "attic", reply_to="7"))
    made = RoomRecord(
        ATTIC,
        "attic",
        START,
        password_hash="tin can",
        guest_limit=2,
        empty_for=300.0,
        owner_digest=digest(OWNER_TOKEN),
    )
    assert talk.rooms == {ATTIC: made}
    talk.says("ann", join("attic", owner_token=OWNER_TOKEN))
    assert talk.is_in("ann").clients == (seen("ann", role="owner"),)
    talk.joins("bob", "attic", password="tin can")
    talk.hears("ann", came("bob"))
    talk.connects("eve", None, SESSION)
    talk.says("eve", join("attic", password="tin can"))
    assert talk.router.census().members == 2


def test_the_driver_is_asked_for_what_the_core_cannot_make() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", None, SESSION)
    requested = m.CreateRoomBody("The Attic", "tin can", public=True, guest_limit=3)
    talk.says("ann", m.CreateRoom(GROUND_CONTROL, requested))
    talk.asks("ann", CreateRoomRecord(requested, START, 300.0))
    talk.says("ann", m.ListRooms())
    talk.asks("ann", ListPublicRooms(100))


def test_who_is_in_a_room_may_make_another_and_stays_where_it_is() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    talk.says("ann", create("attic", id="7"))
    talk.hears("ann", created("ann", "attic", reply_to="7"))
    talk.says("ann", m.GetRoomInfo())
    talk.hears("ann", roster("ann", "lobby", "ann"))


def test_a_name_that_is_taken_is_refused_and_the_room_is_as_it_was() -> None:
    talk = Talk()
    talk.gather("attic", "bob", profile=SESSION)
    before = talk.rooms
    talk.connects("ann", None, SESSION)
    talk.says("ann", create("attic", id="7", password="mine"))
    talk.hears("ann", refusal("ann", NameTaken(), reply_to="7"))
    assert talk.rooms == before
    talk.says("ann", join("attic"))
    assert talk.is_in("ann").clients == (seen("bob"), seen("ann"))


@pytest.mark.parametrize("name", ["", "  ", "n" * 65, "a\nb", "\u202eroom"])
def test_a_name_that_is_none_is_refused_before_anybody_is_asked(name: str) -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", None, SESSION)
    talk.says("ann", create(name, id="7"))
    talk.asks_nothing("ann")
    (heard,) = talk.has_heard("ann")
    assert isinstance(heard, m.Error)
    assert (heard.data.code, heard.reply_to) == (InvalidName.code, "7")


@pytest.mark.parametrize("answer", [Failed("no connection"), None])
def test_after_a_refusal_another_try_may_succeed(answer: Failed | None) -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", None, SESSION)
    talk.says("ann", create("attic"))
    talk.answers("ann", answer)
    why: ProtocolError = NameTaken() if answer is None else Unavailable(retry_after=5.0)
    talk.hears("ann", refusal("ann", why))
    talk.says("ann", create("attic"))
    talk.answers("ann")
    talk.hears("ann", created("ann", "attic"))


def test_there_are_no_more_rooms_than_the_server_allows() -> None:
    talk = Talk(limits=Limits(rooms=2))
    talk.gather("lobby", "ann", profile=SESSION)
    talk.says("ann", create("attic"))
    talk.says("ann", create("cellar"))
    told, refused = talk.has_heard("ann")
    assert told == created("ann", "attic")
    assert isinstance(refused, m.Error)
    assert refused.data.code == Unavailable.code
    assert set(talk.rooms) == {"lobby", "attic"}


def test_a_room_that_somebody_has_entered_before_its_maker_heard_of_it_stays_whole() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", None, SESSION)
    talk.says("ann", create("attic"))
    record = RoomRecord(ATTIC, "attic", START, empty_for=300.0, owner_digest=digest("o"))
    talk.store.put(record)
    talk.connects("bob", "attic")
    talk.answers("bob")
    talk.answers("ann", CreatedRoom(record, "o"))
    talk.holds_questions = False
    talk.forget()
    talk.says("ann", join("attic"))
    assert talk.is_in("ann").clients == (seen("bob"), seen("ann"))
    talk.says("ann", hi("bob"))
    talk.hears("bob", hi("bob", by="ann"))


# Lifetime ---------------------------------------------------------------------------------


def test_a_room_that_nobody_enters_lasts_an_hour() -> None:
    talk = Talk()
    talk.connects("ann", None, SESSION)
    talk.says("ann", create("attic"))
    talk.drops("ann")
    talk.waits(3599)
    assert ATTIC in talk.rooms
    talk.waits(1)
    assert talk.rooms == {}
    assert talk.router.next_deadline() is None


def test_after_the_last_has_left_it_lasts_five_minutes() -> None:
    talk = Talk()
    talk.connects("ann", None, SESSION)
    talk.says("ann", create("attic"))
    talk.lives(600)
    talk.forget()
    talk.says("ann", join("attic"))
    talk.is_in("ann")
    talk.says("ann", bye())
    talk.waits(299.5)
    assert ATTIC in talk.rooms
    talk.waits(0.5)
    assert talk.rooms == {}


def test_one_who_is_turned_away_makes_it_last_no_hour() -> None:
    talk = Talk()
    talk.connects("ann", None, SESSION)
    talk.says("ann", create("attic", password="tin can"))
    talk.forget()
    talk.says("ann", join("attic", password="tin can"))
    talk.says("ann", bye())
    talk.connects("eve", None, SESSION)
    talk.says("eve", join("attic", password="tin cup"))
    talk.drops("eve")
    talk.waits(300)
    assert talk.rooms == {}


def test_one_who_comes_in_the_last_moment_keeps_it() -> None:
    talk = Talk()
    talk.connects("ann", None, SESSION)
    talk.says("ann", create("attic"))
    talk.forget()
    talk.waits(3590)
    talk.joins("bob", "attic")
    talk.lives(3600)
    assert ATTIC in talk.rooms


def test_the_end_of_its_maker_does_not_end_it() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", None, SESSION)
    talk.says("ann", create("attic"))
    talk.drops("ann")
    talk.answers("ann")
    talk.waits(3599)
    assert ATTIC in talk.rooms
    talk.waits(1)
    assert talk.rooms == {}


# The list ----------------------------------------------------------------------------------


def test_public_rooms_are_listed_with_who_is_in_them() -> None:
    lobby = RoomRecord(RoomId("lobby"), "The Lobby", START, public=True, password_hash="p")
    small = RoomRecord(RoomId("small"), "Small", START, public=True, guest_limit=3)
    secret = RoomRecord(RoomId("secret"), "Secret", START)
    talk = Talk(lobby, small, secret, limits=Limits(guest_limit=8))
    talk.gather("small", "ann", "bob", profile=SESSION)
    talk.gather("secret", "joe")
    talk.drops("bob")
    talk.connects("eve", None, SESSION)
    talk.says("eve", m.ListRooms())
    talk.hears(
        "eve",
        list_entry(
            "eve",
            m.ListedRoom("lobby", "The Lobby", 0, 8, password=True),
            m.ListedRoom("small", "Small", 2, 3, password=False),
        ),
    )


def test_the_list_is_bounded() -> None:
    rooms = [RoomRecord(RoomId(f"r{one}"), "R", START, public=True) for one in range(9)]
    talk = Talk(*rooms, limits=Limits(rooms_listed=4))
    talk.connects("ann", None, SESSION)
    talk.says("ann", m.ListRooms())
    (heard,) = talk.has_heard("ann")
    assert isinstance(heard, m.Rooms)
    assert len(heard.data) == 4


def test_asking_for_the_list_opens_no_room() -> None:
    talk = Talk(RoomRecord(ATTIC, "Attic", START, public=True, empty_for=60.0))
    talk.connects("ann", None, SESSION)
    talk.says("ann", m.ListRooms())
    talk.hears("ann", list_entry("ann", m.ListedRoom("attic", "Attic", 0, 256, password=False)))
    assert talk.router.census() == Census(1, 0, 0, 0, 0)
