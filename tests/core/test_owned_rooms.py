"""Conversations about rooms that change, end and expire: the store and the operator."""

import pytest
from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.conformance import Setting
from camus_core.conformance.control_phrases import (
    admit,
    creates_as_owner,
    decides,
    enters_waiting_room,
    is_locked,
    locks,
    set_role,
    waiting,
    waiting_client,
    waits_no_more,
)
from camus_core.conformance.room_phrases import (
    end_room,
    is_updated,
    update_room,
    updates,
)
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
    StandsStill,
    Waits,
)
from camus_core.conformance.session_phrases import is_refused, visits
from camus_core.conformance.vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    by,
    client_joined,
    join,
    joined,
    refused,
    to,
    updated,
)
from camus_core.effects import ForgetClient, ForgetRoom
from camus_core.limits import Limits
from camus_core.questions import Failed, HashPassword, PasswordHash, UpdateRoom
from camus_core.records import ClientId, RoomId, RoomRecord, StoredRoom
from camus_core.wire.errors import RoomNotFound
from driving.conversation import Conversation
from driving.driver import START

ROOM_ID = RoomId(DEFAULT_ROOM)
UNAVAILABLE = refused(BILL, "unavailable", retry_after=True)


def owner_and_guest() -> Conversation:
    """Return a conversation in a room that Bill owns, with Ted."""
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), *visits(TED, BILL))
    return talk


def record(talk: Conversation) -> RoomRecord:
    """Return the record of the room."""
    return talk.server.store.rooms[ROOM_ID]


# Changes ------------------------------------------------------------------------------------


def test_the_password_is_hashed_before_the_store_changes_anything() -> None:
    talk = owner_and_guest()
    talk.server.holds_questions = True
    talk.plays(Says(BILL, update_room(password="69", guest_limit=None)))
    assert talk.question_about(BILL) == HashPassword("69")
    talk.answers(BILL, PasswordHash("a hash"))
    changes = {"password_hash": "a hash", "guest_limit": None}
    assert talk.question_about(BILL) == UpdateRoom(ROOM_ID, record(talk).incarnation, changes)
    talk.plays(HearsNothing(BILL), HearsNothing(TED))


@pytest.mark.parametrize("answers", [0, 1])
def test_a_failing_store_leaves_the_room_as_it_is(answers: int) -> None:
    talk = owner_and_guest()
    before = record(talk)
    talk.server.holds_questions = True
    talk.plays(Says(BILL, update_room(name="Circle K", password="69", locked=True)))
    for _ in range(answers):
        talk.answers(BILL)
    talk.answers(BILL, Failed("the store is away"))
    talk.server.holds_questions = False
    talk.plays(Hears(BILL, UNAVAILABLE), HearsNothing(TED))
    assert record(talk) == before
    talk.plays(*visits(RUFUS, BILL, TED))


def test_a_password_that_could_not_be_hashed_costs_nothing() -> None:
    talk = Conversation(Setting(Limits(room_creation_burst=1.0)))
    talk.plays(*creates_as_owner(BILL, address="192.0.2.1"))
    talk.server.holds_questions = True
    talk.plays(Says(BILL, update_room(password="69")))
    talk.answers(BILL, Failed("too many wait"))
    talk.server.holds_questions = False
    talk.plays(Hears(BILL, UNAVAILABLE))
    talk.plays(*updates(BILL, changes={"password": "69"}, password=True))


def test_an_owner_that_has_gone_has_changed_the_room_once_the_store_was_asked() -> None:
    talk = owner_and_guest()
    talk.server.holds_questions = True
    talk.plays(Says(BILL, update_room(name="Circle K", locked=True)), Drops(BILL))
    talk.answers(BILL)
    talk.plays(Hears(TED, is_updated(name="Circle K")))
    assert (record(talk).name, record(talk).locked) == ("Circle K", False)
    talk.ends()


def test_an_owner_that_goes_while_the_password_is_hashed_changes_nothing() -> None:
    talk = owner_and_guest()
    before = record(talk)
    talk.server.holds_questions = True
    talk.plays(Says(BILL, update_room(password="69")), Drops(BILL))
    talk.answers(BILL)
    assert record(talk) == before
    talk.ends()


def test_a_member_that_owns_the_room_no_more_changes_nothing() -> None:
    talk = owner_and_guest()
    before = record(talk)
    talk.server.holds_questions = True
    talk.plays(Says(BILL, update_room(password="69")))
    assert talk.orders(set_role(BILL, "guest")) is None
    talk.plays(*(Hears(one, updated(BILL, "Major Tom")) for one in (BILL, TED)))
    talk.answers(BILL)
    talk.plays(Hears(BILL, refused(BILL, "not-allowed")))
    assert record(talk) == before


def test_changes_whose_answers_cross_are_both_there() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL))
    incarnation = record(talk).incarnation
    talk.server.holds_questions = True
    talk.plays(Says(BILL, update_room(name="Circle K")))
    first = talk.server.find(talk.question_about(BILL))
    other = talk.server.store.find(UpdateRoom(ROOM_ID, incarnation, {"guest_limit": 8}))
    assert isinstance(other, RoomRecord)
    talk.server.takes_over_record(other)
    talk.plays(Hears(BILL, is_updated(name="Circle K", guest_limit=8)))
    talk.answers(BILL, first)
    talk.plays(Hears(BILL, by(SERVER, BILL, "done")))
    assert talk.router.inspect().rooms[ROOM_ID].record.guest_limit == 8


def test_the_lock_alone_is_changed_without_a_question() -> None:
    talk = owner_and_guest()
    talk.server.holds_questions = True
    talk.plays(
        Says(BILL, update_room(locked=True)),
        *(Hears(one, is_locked()) for one in (BILL, TED)),
        Hears(BILL, by(SERVER, BILL, "done")),
    )


def test_a_room_that_the_operator_has_deleted_can_not_be_changed() -> None:
    talk = owner_and_guest()
    talk.server.store.delete_room(ROOM_ID)
    talk.plays(
        Says(BILL, update_room(name="Circle K")),
        Hears(BILL, refused(BILL, "room-not-found")),
        HearsNothing(TED),
    )


# Endings ------------------------------------------------------------------------------------


def test_an_ended_room_is_forgotten_with_its_clients() -> None:
    talk = owner_and_guest()
    incarnation = record(talk).incarnation
    talk.server.changes.clear()
    assert talk.orders(end_room()) is None
    talk.plays(IsClosed(BILL, 4508), IsClosed(TED, 4508))
    ended = [ForgetClient(ClientId(one)) for one in (BILL, TED)]
    assert talk.server.changes == [*ended, ForgetRoom(ROOM_ID, incarnation)]
    assert talk.router.inspect().rooms == {}
    assert talk.router.census().unconfirmed_bytes == 0
    assert talk.orders(end_room()) == RoomNotFound("nobody is in that room").refusal()


def test_the_operator_ends_a_room_that_nobody_is_in() -> None:
    limits = Limits(ended_room_seconds=30.0)
    talk = Conversation(Setting(limits, rooms=(ExistingRoom(DEFAULT_ROOM),)))
    stored = record(talk)
    talk.server.ends_room(stored)
    assert talk.server.store.rooms == {}
    talk.plays(Connects(TED, None, CAMUS_2), *is_refused(TED, "room-not-found", join()))
    talk.plays(Waits(30), Says(TED, join()), Hears(TED, joined(TED)))


def test_clients_that_wait_for_a_room_without_members_hear_of_its_end() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL))
    starts_locked = evolve(record(talk), starts_locked=True, locked=True, incarnation="locked")
    talk.server.store.put(starts_locked)
    talk.plays(Says(BILL, to(SERVER, "bye")), IsClosed(BILL, 1000), Waits(6))
    talk.plays(
        Connects(RUFUS, None, CAMUS_2),
        Says(RUFUS, {**join(), "id": "let me in"}),
        Hears(RUFUS, {**waiting(RUFUS, moderated=False), "reply_to": "let me in"}),
    )
    talk.server.ends_room(record(talk))
    ended = {**refused(RUFUS, "room-ended"), "reply_to": "let me in"}
    talk.plays(Hears(RUFUS, ended), *is_refused(RUFUS, "room-not-found", join()))
    assert talk.router.inspect().waiting == 0


def test_clients_that_wait_for_a_permanent_room_without_members_are_let_in_there() -> None:
    talk = Conversation(Setting(tokens={"Bill's": Identity("bill", role="moderator")}))
    locked = RoomRecord(ROOM_ID, "Circle K", START, locked=True, starts_locked=True)
    talk.server.store.put(locked)
    talk.plays(
        Connects(TED, None, CAMUS_2),
        Says(TED, join()),
        Hears(TED, waiting(TED, moderated=False)),
        Connects(BILL, None, CAMUS_2),
        Says(BILL, join(token="Bill's")),
        Hears(BILL, joined(BILL, role="moderator", locked=True, waiting=[waiting_client(TED)])),
        *decides(BILL, admit(TED), waits_no_more(TED), client_joined(TED)),
        Hears(TED, joined(TED, locked=True)),
    )


def test_an_answer_that_was_read_before_the_end_opens_no_room() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), Connects(TED, None, CAMUS_2), Waits(6))
    stored = StoredRoom(record(talk))
    talk.server.holds_questions = True
    talk.plays(Says(TED, join()))
    assert talk.orders(end_room()) is None
    talk.plays(IsClosed(BILL, 4508))
    talk.answers(TED, stored)
    talk.plays(Hears(TED, refused(ANY_CLIENT, "room-not-found")))
    assert talk.router.inspect().rooms == {}


def test_a_change_that_is_stored_after_the_end_counts_for_nobody() -> None:
    talk = Conversation(Setting(Limits(rooms_listed=2)))
    talk.plays(*creates_as_owner(BILL, address="192.0.2.1"))
    talk.server.holds_questions = True
    talk.plays(Says(BILL, update_room(public=True)))
    answer = evolve(record(talk), public=True, revision=1)
    assert talk.orders(end_room()) is None
    talk.plays(IsClosed(BILL, 4508))
    talk.answers(BILL, answer)
    inspection = talk.router.inspect()
    assert (inspection.rooms_created, inspection.public_rooms_created) == ({}, {})


def test_a_room_ends_at_its_time_also_where_the_server_stood_still() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL, expires=START + 40.0), *visits(TED, BILL))
    talk.plays(*locks(BILL, TED), *enters_waiting_room(RUFUS, BILL))
    talk.plays(Waits(35), HearsNothing(TED))
    talk.plays(StandsStill(30), IsClosed(BILL, 4508, after_anything=True))
    assert talk.server.store.rooms == {}


def test_a_room_that_expires_ends_when_the_clock_is_set_and_not_before() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL, expires=START + 20.0))
    talk.server.set_clock(-1000.0)
    talk.plays(Waits(40), HearsNothing(BILL))
    talk.server.set_clock(0.0)
    talk.plays(IsClosed(BILL, 4508))


def test_a_room_ends_later_if_the_clock_was_set_back() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL, expires=START + 20.0))
    talk.server.set_clock(-10.0)
    talk.plays(Waits(29), HearsNothing(BILL), Waits(1), IsClosed(BILL, 4508))


def test_a_permanent_room_that_nobody_is_in_ends_at_its_time() -> None:
    talk = Conversation()
    talk.server.store.put(RoomRecord(ROOM_ID, "Circle K", START, expires=START + 100.0))
    talk.plays(Joins(BILL), Drops(BILL), Waits(99))
    assert list(talk.server.store.rooms) == [ROOM_ID]
    talk.plays(Waits(1))
    assert talk.server.store.rooms == {}
    assert talk.router.next_deadline() is None


def test_a_room_whose_time_was_over_before_the_server_knew_it_is_forgotten() -> None:
    talk = Conversation()
    talk.server.store.put(RoomRecord(ROOM_ID, "Circle K", START - 9.0, expires=START - 1.0))
    talk.plays(Connects(TED, None, CAMUS_2), *is_refused(TED, "room-not-found", join()))
    assert talk.server.store.rooms == {}


def test_ended_rooms_are_remembered_up_to_a_bound() -> None:
    talk = Conversation()
    stored = RoomRecord(ROOM_ID, "Circle K", START)
    talk.server.ends_room(stored)
    talk.server.ends_room(evolve(stored, id=RoomId("room-9")))
    for number in range(10_000):
        talk.server.ends_room(evolve(stored, id=RoomId(f"room-{number}")))
    talk.plays(Connects(TED, None, CAMUS_2), Says(TED, join()), Hears(TED, joined(TED)))
    talk.plays(Says(TED, to(SERVER, "bye")), IsClosed(TED, 1000))
    talk.server.ends_room(evolve(stored, id=RoomId("room-10000")))
    talk.plays(
        Connects(RUFUS, None, CAMUS_2), *is_refused(RUFUS, "room-not-found", join("room-9"))
    )


def test_the_room_of_a_change_hears_of_it_when_the_operator_makes_it() -> None:
    talk = owner_and_guest()
    changes = UpdateRoom(ROOM_ID, record(talk).incarnation, {"name": "Circle K"})
    answer = talk.server.store.find(changes)
    assert isinstance(answer, RoomRecord)
    talk.server.takes_over_record(answer)
    talk.plays(*(Hears(one, is_updated(name="Circle K")) for one in (BILL, TED)))
    talk.server.takes_over_record(
        evolve(answer, incarnation="another", revision=9, name="Waterloo")
    )
    talk.plays(Joins(RUFUS), *(Hears(one, client_joined(RUFUS)) for one in (BILL, TED)))
    talk.ends()
