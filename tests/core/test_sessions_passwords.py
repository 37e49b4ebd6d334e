"""Conversations about passwords that are being checked while something else happens."""

from camus_core.conformance import Setting
from camus_core.conformance.patterns import Wildcard
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    IsClosed,
    Says,
)
from camus_core.conformance.session_phrases import enters
from camus_core.conformance.vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    client_joined,
    join,
    joined,
    refused,
    to,
)
from camus_core.questions import CheckPassword, Failed
from camus_core.records import RoomId, RoomRecord
from driving.conversation import Conversation
from driving.driver import START

PASSWORD = "Wyld Stallyns"
JOIN = join(password=PASSWORD)
SETTING = Setting(
    rooms=(ExistingRoom(DEFAULT_ROOM, password=PASSWORD, guest_limit=2),), rooms_on_demand=False
)


def conversation_with_checks(*clients: str) -> Conversation:
    """Return a conversation in Bill's room, for which the passwords of these are checked."""
    talk = Conversation(SETTING)
    talk.plays(*enters(BILL, password=PASSWORD))
    talk.server.holds_questions = True
    for who in clients:
        talk.plays(Connects(who, None, CAMUS_2), Says(who, JOIN))
        assert talk.question_about(who) == CheckPassword(PASSWORD, PASSWORD)
    return talk


def test_a_right_password_opens_no_successor_of_its_room() -> None:
    talk = conversation_with_checks(TED)
    talk.plays(Says(BILL, to(SERVER, "bye")), IsClosed(BILL, 1000))
    talk.server.store.put(
        RoomRecord(RoomId(DEFAULT_ROOM), "Circle K", START, password_hash="69")
    )
    talk.answers(TED, True)
    talk.answers(TED)
    assert talk.question_about(TED) == CheckPassword(PASSWORD, "69")
    talk.answers(TED)
    talk.plays(Hears(TED, refused(ANY_CLIENT, "wrong-password")))
    assert talk.router.census().members == 0


def test_a_room_that_is_deleted_during_the_check_is_not_found() -> None:
    talk = conversation_with_checks(TED)
    talk.plays(Says(BILL, to(SERVER, "bye")), IsClosed(BILL, 1000))
    talk.server.store.delete_room(RoomId(DEFAULT_ROOM))
    talk.answers(TED, True)
    talk.answers(TED)
    talk.plays(Hears(TED, refused(ANY_CLIENT, "room-not-found")))


def test_a_room_that_fills_up_during_the_check_is_full() -> None:
    talk = conversation_with_checks(TED, RUFUS)
    talk.answers(RUFUS)
    talk.answers(TED)
    talk.plays(
        Hears(RUFUS, joined(RUFUS)),
        Hears(BILL, client_joined(RUFUS)),
        Hears(TED, refused(ANY_CLIENT, "room-full")),
    )
    talk.ends()


def test_a_client_that_leaves_during_the_check_is_not_admitted() -> None:
    talk = conversation_with_checks(TED)
    talk.plays(Drops(TED))
    before = list(talk.server.changes)
    talk.answers(TED)
    assert talk.server.changes == before
    talk.ends()


def test_a_password_that_could_not_be_checked_may_be_presented_again() -> None:
    talk = conversation_with_checks(TED)
    talk.answers(TED, Failed("too many wait"))
    unavailable = refused(ANY_CLIENT, "unavailable", retry_after=Wildcard("5.0"))
    talk.plays(Hears(TED, unavailable), Says(TED, JOIN))
    talk.answers(TED)
    talk.plays(Hears(TED, joined(TED)), Hears(BILL, client_joined(TED)))
