"""Searches for rooms: what they ask the driver, and what they leave behind."""

import pytest
from attrs import evolve

from camus_core.admission.passwords import UNMATCHABLE_HASH, verify_password
from camus_core.conformance import Setting
from camus_core.conformance.ban_phrases import bans
from camus_core.conformance.control_phrases import creates_as_owner
from camus_core.conformance.names_phrases import find, finds, found, found_with
from camus_core.conformance.scenario import Connects, Drops, ExistingRoom, Hears, IsClosed, Says
from camus_core.conformance.session_phrases import enters
from camus_core.conformance.vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    client_joined,
    left,
    refused,
    to,
)
from camus_core.questions import CheckPassword, Failed, LookUpRoom, MakeSlug, Slug
from camus_core.records import RoomId
from driving.bare_router import record_of
from driving.conversation import Conversation

_VAULT = ExistingRoom("vault", password="tin can")


@pytest.mark.parametrize("room", ["vault", "nowhere"])
def test_the_driver_has_the_same_work_whether_there_is_such_a_room_or_not(room: str) -> None:
    talk = Conversation(Setting(rooms=(_VAULT,)))
    talk.server.holds_questions = True
    talk.plays(Connects(TED, None, CAMUS_2), Says(TED, find(room, password="tin cup")))
    assert talk.question_about(TED) == LookUpRoom(RoomId(room), None)
    talk.answers(TED)
    hashed = "tin can" if room == "vault" else UNMATCHABLE_HASH
    assert talk.question_about(TED) == CheckPassword("tin cup", hashed)
    talk.answers(TED)
    talk.plays(Hears(TED, found(room)))


def test_no_password_matches_where_there_is_none() -> None:
    assert not verify_password("", UNMATCHABLE_HASH)


def test_a_search_opens_and_writes_nothing() -> None:
    talk = Conversation(Setting(rooms=(_VAULT, ExistingRoom("attic", empty_for=5.0))))
    before = talk.router.inspect()
    talk.plays(
        Connects(TED, None, CAMUS_2),
        *finds(TED, "attic", found_with("attic", "attic")),
        *finds(TED, "vault", found("vault")),
        *finds(TED, "nowhere", found("nowhere")),
        Drops(TED),
    )
    assert talk.server.changes == []
    assert talk.router.inspect().rooms == before.rooms


def test_who_leaves_while_it_searches_leaves_nothing_behind() -> None:
    talk = Conversation()
    talk.server.holds_questions = True
    talk.plays(Connects(TED, None, CAMUS_2), Says(TED, find("Attic!")))
    assert talk.question_about(TED) == MakeSlug("Attic!")
    talk.plays(Drops(TED))
    talk.answers(TED, Slug(RoomId("attic")))
    talk.ends()


def test_a_search_that_the_store_does_not_answer_may_be_tried_again() -> None:
    talk = Conversation()
    talk.plays(*enters(BILL))
    talk.server.holds_questions = True
    talk.plays(Connects(TED, None, CAMUS_2), Says(TED, find(DEFAULT_ROOM)))
    talk.answers(TED, Failed("away"))
    talk.plays(Hears(TED, refused(ANY_CLIENT, "unavailable", retry_after=True)))


def test_who_would_have_waited_learns_no_members_when_the_last_moderator_has_left() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL, password="tin can"),
        *enters(TED, password="tin can", address="192.0.2.1"),
        Hears(BILL, client_joined(TED)),
        *bans(BILL, TED),
        *enters(RUFUS, password="tin can"),
        Hears(BILL, client_joined(RUFUS)),
        Connects(TED_ANEW, None, CAMUS_2, address="192.0.2.1"),
    )
    talk.server.holds_questions = True
    talk.plays(Says(TED_ANEW, find(DEFAULT_ROOM, password="tin can")))
    talk.answers(TED_ANEW)
    talk.plays(
        Says(BILL, to(SERVER, "bye")), IsClosed(BILL, 1000), Hears(RUFUS, left(BILL, "left"))
    )
    talk.answers(TED_ANEW)
    talk.plays(Hears(TED_ANEW, found(DEFAULT_ROOM, "Excellent Adventure")))


def test_the_password_of_a_room_in_place_of_another_keeps_its_members_secret() -> None:
    talk = Conversation(Setting(rooms=(ExistingRoom(DEFAULT_ROOM),)))
    talk.plays(*enters(BILL))
    secret = record_of(ExistingRoom(DEFAULT_ROOM), "tin can")
    talk.server.store.put(evolve(secret, incarnation="the next"))
    talk.plays(
        Connects(TED, None, CAMUS_2),
        *finds(TED, DEFAULT_ROOM, found(DEFAULT_ROOM)),
        *finds(
            TED,
            DEFAULT_ROOM,
            found_with(DEFAULT_ROOM, DEFAULT_ROOM, BILL),
            password="tin can",
        ),
    )
