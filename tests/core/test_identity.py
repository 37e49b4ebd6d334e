"""Conversations about identities: tokens, and the names in them."""

import pytest
from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.effects import SaveClient
from camus_core.questions import Failed, Identify, LookUpRoom
from camus_core.records import (
    ClientRecord,
    NetworkAddress,
    RoomId,
    RoomRecord,
    SessionDigest,
    digest,
)
from camus_core.wire import messages as m
from camus_core.wire.errors import NotAllowed, PasswordRequired, RoomNotFound, Unavailable
from camus_core.wire.profile import SESSION
from driving.driver import START

from .moderated_room import OWNED, talk_with
from .phrases import (
    came,
    done,
    id_of,
    join,
    refusal,
    rename,
    renamed,
    secret_of,
    seen,
)

LOBBY = RoomId("lobby")
SECRET = evolve(OWNED, password_hash="tin can")
TED = Identity("ted@example", "Ted Logan")
BAD_TOKEN = NotAllowed("nobody has this token")
NAMED_ALREADY = NotAllowed("your token says what you are called")


# Identities ----------------------------------------------------------------------------


@pytest.mark.parametrize("id", ["", "a" * 257, "a\0", "\ud800"])
def test_an_id_can_be_stored_and_is_not_long(id: str) -> None:
    assert Identity("a" * 256).id == "a" * 256
    with pytest.raises(ValueError, match="id"):
        Identity(id)


@pytest.mark.parametrize("name", ["", " ", "a" * 65, "\n", "\u202e"])
def test_a_name_is_a_username(name: str) -> None:
    with pytest.raises(ValueError, match="a name"):
        Identity("ted", name)


# Tokens ---------------------------------------------------------------------------------


def test_who_shows_a_token_is_looked_up_before_the_room_is() -> None:
    talk = talk_with(TED)
    talk.holds_questions = True
    talk.knocks("ted", "lobby", id="7", token="a token")
    talk.asks("ted", Identify("a token"))
    talk.answers("ted")
    made = RoomRecord(LOBBY, "lobby", START, empty_for=300.0)
    talk.asks("ted", LookUpRoom(LOBBY, made))
    talk.hears_nothing("ted")
    talk.answers("ted")
    assert talk.is_in("ted").clients == (seen("ted", "Ted Logan"),)


def test_who_is_known_is_stored_with_that() -> None:
    talk = talk_with(evolve(TED, role="moderator"))
    talk.joins("ted", "lobby", token="a token", address="192.0.2.1")
    record = ClientRecord(
        id_of("ted"),
        LOBBY,
        "Ted Logan",
        START,
        role="moderator",
        node="this node",
        session_digest=SessionDigest(digest(secret_of("ted"))),
        identity="ted@example",
        username_asserted=True,
        address=NetworkAddress("192.0.2.1"),
        incarnation=repr(START),
    )
    assert talk.changes == [SaveClient(record)]


def test_a_bad_token_opens_nothing_and_something_else_may_be_tried() -> None:
    talk = talk_with(TED)
    talk.knocks("ted", "lobby", id="7", token="a forged token")
    talk.hears("ted", refusal("ted", BAD_TOKEN, reply_to="7"))
    talk.is_open("ted")
    assert talk.rooms == {}
    talk.says("ted", join("lobby"))
    assert talk.is_in("ted").clients == (seen("ted"),)


def test_a_token_that_nobody_can_look_at_may_be_shown_again() -> None:
    talk = talk_with(TED)
    talk.holds_questions = True
    talk.knocks("ted", "lobby", id="7", token="a token")
    talk.answers("ted", Failed("no connection"))
    talk.hears("ted", refusal("ted", Unavailable(retry_after=5.0), reply_to="7"))
    talk.holds_questions = False
    talk.says("ted", join("lobby", token="a token"))
    assert talk.is_in("ted").clients == (seen("ted", "Ted Logan"),)


def test_who_has_gone_before_it_was_known_does_not_come_in() -> None:
    talk = talk_with(TED)
    talk.holds_questions = True
    talk.knocks("ted", "lobby", token="a token")
    talk.drops("ted")
    talk.answers("ted")
    talk.hears_nothing("ted")
    assert talk.rooms == {}


def test_a_token_is_good_for_the_join_that_shows_it_and_no_other() -> None:
    talk = talk_with(evolve(TED, role="moderator"), SECRET)
    talk.connects("ted", None, SESSION)
    talk.says("ted", join("attic", token="a token", owner_token="mine"))
    talk.hears("ted", refusal("ted", RoomNotFound()))
    talk.says("ted", join("lobby"))
    talk.hears("ted", refusal("ted", PasswordRequired()))
    talk.says("ted", join("lobby", password="tin can"))
    assert talk.is_in("ted").clients == (seen("ted"),)


def test_a_resume_never_looks_at_a_token() -> None:
    """A token that has expired in the meantime must not end a call."""
    talk = talk_with(TED)
    talk.joins("ted", "lobby", token="a token")
    talk.drops("ted")
    del talk.store.tokens["a token"]
    talk.holds_questions = True
    talk.connects("ted 2", None, SESSION)
    again = m.ResumeBody(talk.token("ted"), talk.received("ted"))
    talk.says("ted 2", join("lobby", resume=again, token="a token"))
    body = talk.is_in("ted 2")
    assert (body.id, body.resumed) == (id_of("ted"), True)


def test_where_there_is_no_place_to_resume_the_token_decides() -> None:
    talk = talk_with(TED)
    talk.knocks("ted", "lobby", resume=m.ResumeBody("of yore", 5), token="a token")
    body = talk.is_in("ted")
    assert (body.reason, body.clients) == ("unknown", (seen("ted", "Ted Logan"),))
    talk.knocks("eve", "lobby", resume=m.ResumeBody("of yore", 5), token="a forged token")
    talk.hears("eve", refusal("eve", BAD_TOKEN))


# Names ----------------------------------------------------------------------------------


def test_a_name_in_the_token_is_the_username_whatever_else_is_said() -> None:
    talk = talk_with(TED)
    talk.joins("ann", "lobby")
    talk.knocks("ted", "lobby", token="a token", username="The King")
    assert talk.is_in("ted").clients == (seen("ann"), seen("ted", "Ted Logan"))
    talk.hears("ann", came("ted", "Ted Logan"))
    talk.says("ted", rename("The King", id="7"))
    talk.hears("ted", refusal("ted", NAMED_ALREADY, reply_to="7"))
    talk.hears_nothing("ann", "ted")


def test_a_name_in_the_token_stays_after_a_resume_and_a_restart() -> None:
    talk = talk_with(TED)
    talk.joins("ted", "lobby", token="a token")
    talk.drops("ted")
    talk.resumes("ted 2", "ted")
    talk.says("ted 2", rename("The King"))
    talk.hears("ted 2", refusal("ted", NAMED_ALREADY))
    talk.starts_again()
    assert talk.resumes("ted 3", "ted 2").clients == (seen("ted", "Ted Logan"),)
    talk.says("ted 3", rename("The King"))
    talk.hears("ted 3", refusal("ted", NAMED_ALREADY))


def test_who_has_no_name_in_its_token_takes_one() -> None:
    talk = talk_with(Identity("ted@example"))
    body = talk.joins("ted", "lobby", token="a token", username="Ted")
    assert body.clients == (seen("ted", "Ted"),)
    talk.says("ted", rename("Theodore"))
    talk.hears("ted", renamed("ted", "Theodore"), done("ted"))
