"""Conversations about rooms that are deleted and created anew outside this server."""

import pytest
from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.conformance import Setting
from camus_core.conformance.control_phrases import enters_waiting_room, locks
from camus_core.conformance.room_phrases import is_updated
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    Starts,
    Waits,
)
from camus_core.conformance.session_phrases import (
    creates,
    enters,
    is_back,
    is_refused,
    is_stopped,
    visits,
)
from camus_core.conformance.vocabulary import (
    ANY_CLIENT,
    BILL,
    BILL_ANEW,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    client_joined,
    join,
    joined,
    member,
    owner_token_of,
    refused,
    to,
)
from camus_core.effects import SaveBan, SaveClient, SaveLock
from camus_core.limits import Limits
from camus_core.questions import Failed, LookUpRoom, UpdateRoom
from camus_core.records import BanRecord, ClientId, RoomId, RoomRecord, RoomValue
from driving.conversation import Conversation
from driving.driver import START

ROOM_ID = RoomId(DEFAULT_ROOM)
GUARDED = RoomRecord(
    ROOM_ID, "Circle K", START, password_hash="69", incarnation="made by an operator"
)
LATER = Waits(6)
"""A wait after which a room with members is looked up once more."""


def recreate_room(talk: Conversation, record: RoomRecord = GUARDED) -> None:
    """Replace a room by another one with its id, as an operator does."""
    talk.server.store.put(record)


@pytest.mark.parametrize("seconds", [0, 200, 1000])
def test_a_timer_of_a_deleted_room_leaves_its_successor_alone(seconds: float) -> None:
    talk = Conversation()
    talk.plays(Joins(BILL), Drops(BILL))
    recreate_room(talk)
    talk.plays(
        Waits(seconds),
        Connects(TED, None, CAMUS_2),
        *is_refused(TED, "password-required", join()),
        Says(TED, join(password="69")),
        Hears(TED, joined(TED)),
    )
    assert talk.server.store.clients[ClientId(TED)].incarnation == GUARDED.incarnation
    talk.plays(Says(TED, to(SERVER, "bye")), IsClosed(TED, 1000), Waits(1000))
    assert talk.server.store.rooms == {ROOM_ID: GUARDED}


def test_a_successor_does_not_count_among_the_rooms_of_the_first_creator() -> None:
    talk = Conversation(Setting(Limits(rooms_per_address=1)))
    talk.plays(*enters(BILL, address="192.0.2.1"))
    recreate_room(talk)
    talk.plays(LATER, *enters(TED, address="192.0.2.7", password="69"))
    talk.plays(*enters(BILL_ANEW, "san-dimas", address="192.0.2.1"))


def test_members_stay_in_a_room_that_is_recreated_and_newcomers_find_its_successor() -> None:
    talk = Conversation()
    talk.plays(*enters(BILL), Joins(TED), Hears(BILL, client_joined(TED)))
    recreate_room(talk, evolve(GUARDED, guest_limit=3))
    talk.plays(LATER)
    talk.server.changes.clear()
    talk.plays(
        Connects(RUFUS, None, CAMUS_2),
        *is_refused(RUFUS, "password-required", join()),
        HearsNothing(BILL),
    )
    changes, clients = talk.server.changes, talk.server.store.clients
    saved = [change.client.id for change in changes if isinstance(change, SaveClient)]
    assert saved == list(clients) == [BILL, TED]
    assert {one.incarnation for one in clients.values()} == {GUARDED.incarnation}
    talk.plays(
        Says(RUFUS, join(password="69")),
        Hears(RUFUS, joined(RUFUS, clients=[member(BILL), member(TED), member(RUFUS)])),
        Hears(BILL, client_joined(RUFUS)),
        Connects(TED_ANEW, None, CAMUS_2),
        *is_refused(TED_ANEW, "room-full", join(password="69")),
        *is_stopped(BILL, RUFUS),
        Starts(),
        *is_back(BILL, 3, BILL, RUFUS, handled=0),
        *is_back(RUFUS, 1, BILL, RUFUS, handled=0),
    )


def test_a_lock_that_members_have_set_is_stored_for_the_successor_of_their_room() -> None:
    talk = Conversation(Setting(tokens={"Bill's": Identity("bill", role="moderator")}))
    talk.plays(
        Connects(BILL, None, CAMUS_2),
        Says(BILL, join(token="Bill's")),
        Hears(BILL, joined(BILL, role="moderator")),
        *locks(BILL),
    )
    recreate_room(talk)
    talk.plays(LATER, *enters_waiting_room(TED, BILL, password="69"))
    assert talk.server.store.rooms[ROOM_ID] == evolve(GUARDED, locked=True)
    recreate_room(talk, evolve(GUARDED, incarnation="locked", locked=True))
    talk.server.changes.clear()
    talk.plays(LATER, *enters_waiting_room(RUFUS, BILL, password="69"))
    assert not any(isinstance(change, SaveLock) for change in talk.server.changes)


def test_places_of_a_deleted_room_are_not_in_its_successor_after_a_restart() -> None:
    talk = Conversation()
    talk.plays(*enters(BILL), *is_stopped(BILL))
    kept = talk.server.store.clients[ClientId(BILL)]
    recreate_room(talk)
    talk.server.store.put_client(kept)
    talk.plays(
        Starts(),
        Connects(TED, None, CAMUS_2),
        *is_refused(TED, "password-required", join()),
        Says(TED, join(password="69")),
        Hears(TED, joined(TED, clients=[member(TED)])),
    )


def test_the_owner_of_a_deleted_room_is_a_guest_and_a_role_by_token_stays() -> None:
    room = ExistingRoom(DEFAULT_ROOM)
    tokens = {"Ted's": Identity("ted", role="moderator")}
    talk = Conversation(Setting(rooms=(room,), tokens=tokens))
    talk.plays(Connects(TED, None, CAMUS_2), Says(TED, join(token="Ted's")))
    talk.plays(Hears(TED, joined(TED, role="moderator")))
    talk.server.store.delete_room(ROOM_ID)
    talk.plays(
        Connects(BILL, None, CAMUS_2),
        *creates(BILL, DEFAULT_ROOM, name="Excellent Adventure"),
        Says(BILL, join(owner_token=owner_token_of(DEFAULT_ROOM))),
        Hears(BILL, joined(BILL, role="owner")),
    )
    recreate_room(talk)
    now_there = [member(TED, role="moderator"), member(BILL), member(RUFUS)]
    talk.plays(
        LATER,
        Connects(RUFUS, None, CAMUS_2),
        Says(RUFUS, join(password="69")),
        Hears(RUFUS, joined(RUFUS, clients=now_there)),
    )


def test_a_room_with_members_is_looked_up_now_and_then_and_is_open_if_the_store_fails() -> None:
    talk = Conversation()
    talk.plays(*enters(BILL), LATER)
    talk.server.holds_questions = True
    talk.plays(Connects(TED, None, CAMUS_2), Says(TED, join()))
    assert talk.question_about(TED) == LookUpRoom(ROOM_ID, None)
    talk.plays(*visits(RUFUS, BILL))
    talk.answers(TED, Failed("the disk is on fire"))
    talk.plays(Hears(TED, joined(TED)))


def test_what_another_server_changes_in_a_room_with_members_applies_to_newcomers() -> None:
    talk = Conversation(Setting(tokens={"Rufus's": Identity("rufus")}))
    talk.plays(*enters(BILL))
    store = talk.server.store
    room = store.rooms[ROOM_ID]
    changes: dict[str, RoomValue] = {"password_hash": "69", "guest_limit": 2}
    store.find(UpdateRoom(ROOM_ID, room.incarnation, changes))
    store.write(SaveBan(ROOM_ID, room.incarnation, BanRecord("r1", identity="rufus")))
    talk.plays(
        LATER,
        Connects(TED, None, CAMUS_2),
        *is_refused(TED, "password-required", join()),
        Hears(BILL, is_updated(password=True, guest_limit=2)),
        *is_refused(TED, "banned", join(password="69", token="Rufus's")),
        Says(TED, join(password="69")),
        Hears(TED, joined(TED)),
        Hears(BILL, client_joined(TED)),
        Connects(TED_ANEW, None, CAMUS_2),
        *is_refused(TED_ANEW, "room-full", join(password="69")),
        HearsNothing(BILL),
    )


def test_an_older_record_of_a_room_changes_nothing() -> None:
    talk = Conversation()
    talk.plays(*enters(BILL))
    store = talk.server.store
    old = store.find(LookUpRoom(ROOM_ID, None))
    incarnation = store.rooms[ROOM_ID].incarnation
    store.find(UpdateRoom(ROOM_ID, incarnation, {"password_hash": "69"}))
    talk.plays(LATER, Connects(TED, None, CAMUS_2))
    talk.plays(*is_refused(TED, "password-required", join()), LATER)
    talk.server.holds_questions = True
    talk.plays(Says(TED, join()))
    talk.answers(TED, old)
    talk.plays(Hears(TED, refused(ANY_CLIENT, "password-required")))


def test_a_room_that_was_deleted_stays_until_its_last_member_has_left() -> None:
    setting = Setting(rooms=(ExistingRoom(DEFAULT_ROOM),), rooms_on_demand=False)
    talk = Conversation(setting)
    talk.plays(Joins(BILL))
    talk.server.store.delete_room(ROOM_ID)
    talk.plays(LATER, Joins(TED), Drops(BILL), Drops(TED), Connects(RUFUS))
    talk.plays(Hears(RUFUS, refused(RUFUS, "room-not-found")), IsClosed(RUFUS, 4500))


def test_a_late_answer_about_a_deleted_room_changes_nothing() -> None:
    talk = Conversation()
    talk.plays(Joins(BILL))
    old = talk.server.store.find(LookUpRoom(ROOM_ID, None))
    talk.plays(LATER)
    talk.server.holds_questions = True
    talk.plays(Connects(TED, None, CAMUS_2), Says(TED, join()))
    recreate_room(talk)
    talk.plays(LATER, Connects(RUFUS, None, CAMUS_2), Says(RUFUS, join()))
    talk.answers(RUFUS)
    talk.answers(TED, old)
    refusal = refused(ANY_CLIENT, "password-required")
    talk.plays(Hears(RUFUS, refusal), Connects(TED_ANEW, None, CAMUS_2))
    talk.plays(Says(TED_ANEW, join()), Hears(TED_ANEW, refusal))
