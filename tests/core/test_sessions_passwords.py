"""Conversations about admission: passwords, owners, and answers that arrive late."""

import pytest

from camus_core.limits import Limits
from camus_core.questions import CheckPassword, Failed
from camus_core.records import RoomId, RoomRecord, digest
from camus_core.wire.errors import (
    NotAllowed,
    PasswordRequired,
    RoomFull,
    RoomNotFound,
    Unavailable,
    WrongPassword,
)
from camus_core.wire.profile import SESSION
from driving.driver import START
from driving.store import OWNER_TOKEN

from .phrases import bye, came, join, refusal, seen
from .talk import Talk

LOBBY = RoomId("lobby")
LOCKED = RoomRecord(
    LOBBY, "Lobby", START, password_hash="tin can", owner_digest=digest(OWNER_TOKEN)
)


def test_a_password_opens_a_room_and_may_be_tried_again() -> None:
    talk = Talk(LOCKED)
    talk.connects("ann", "lobby", SESSION)
    talk.says("ann", join(id="1"))
    talk.hears("ann", refusal("ann", PasswordRequired(), reply_to="1"))
    talk.says("ann", join(id="2", password="tin cup"))
    talk.hears("ann", refusal("ann", WrongPassword(), reply_to="2"))
    talk.says("ann", join(id="3", password="tin can"))
    assert talk.is_in("ann").role == "guest"


def test_the_owners_token_opens_its_room_without_the_password() -> None:
    talk = Talk(LOCKED)
    body = talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    assert (body.role, body.clients) == ("owner", (seen("ann", role="owner"),))
    talk.joins("bob", "lobby", password="tin can")
    talk.hears("ann", came("bob"))


def test_a_token_for_one_room_opens_no_other() -> None:
    """jitsi/lib-jitsi-meet issue 1427: a token for room B opened room A."""
    attic = RoomRecord(
        RoomId("attic"), "Attic", START, password_hash="p", owner_digest=digest("another")
    )
    talk = Talk(LOCKED, attic)
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.connects("eve", None, SESSION)
    talk.says("eve", join("attic", owner_token=OWNER_TOKEN, password="p"))
    why = NotAllowed("this is not the owner token of this room")
    talk.hears("eve", refusal("eve", why))
    assert talk.router.census().members == 1


def test_a_room_without_an_owner_has_no_token_that_opens_it() -> None:
    talk = Talk()
    talk.connects("ann", "lobby")
    talk.connects("eve", None, SESSION)
    talk.says("eve", join("lobby", owner_token=""))
    why = NotAllowed("this is not the owner token of this room")
    talk.hears("eve", refusal("eve", why))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, PasswordRequired()),
        ({"password": "tin cup"}, WrongPassword()),
        (
            {"owner_token": "mine", "password": "tin cup"},
            NotAllowed("this is not the owner token of this room"),
        ),
        ({"password": "tin can"}, RoomFull()),
        ({"owner_token": OWNER_TOKEN}, RoomFull()),
    ],
)
def test_of_several_reasons_the_first_in_their_order_is_told(
    more: dict[str, str], why: PasswordRequired
) -> None:
    talk = Talk(LOCKED, limits=Limits(guest_limit=1))
    talk.joins("bob", "lobby", password="tin can")
    talk.connects("ann", None, SESSION)
    talk.says("ann", join("lobby", **more))
    talk.hears("ann", refusal("ann", why))
    talk.is_open("ann")
    talk.hears_nothing("ann", "bob")


def test_wrong_passwords_in_a_row_end_as_other_refusals_do() -> None:
    talk = Talk(LOCKED, limits=Limits(refusals_in_a_row=3))
    talk.connects("eve", None, SESSION)
    for guess in ("a", "b", "c"):
        talk.is_open("eve")
        talk.says("eve", join("lobby", password=guess))
    talk.is_closed("eve", 4002)


# While a question is open --------------------------------------------------------------


def test_a_password_counts_only_for_the_room_that_it_was_checked_for() -> None:
    talk = Talk(LOCKED)
    talk.joins("bob", "lobby", password="tin can")
    talk.holds_questions = True
    talk.connects("ann", None, SESSION)
    talk.says("ann", join("lobby", password="tin can"))
    talk.asks("ann", CheckPassword("tin can", "tin can"))
    talk.says("bob", bye())
    another = RoomRecord(LOBBY, "Lobby", START, password_hash="tin cup")
    talk.store.put(another)
    talk.answers("ann", True)
    talk.answers("ann")
    talk.asks("ann", CheckPassword("tin can", "tin cup"))
    talk.answers("ann")
    talk.hears("ann", refusal("ann", WrongPassword()))
    assert talk.router.census().members == 0


def test_a_room_that_was_deleted_while_the_password_was_checked_is_not_found() -> None:
    talk = Talk(LOCKED, on_demand=False)
    talk.holds_questions = True
    talk.connects("ann", None, SESSION)
    talk.says("ann", join("lobby", password="tin can"))
    talk.answers("ann")
    talk.asks("ann", CheckPassword("tin can", "tin can"))
    talk.store.delete_room(LOBBY)
    talk.answers("ann", True)
    talk.answers("ann")
    talk.hears("ann", refusal("ann", RoomNotFound()))
    assert talk.changes == []


def test_a_room_that_became_full_while_the_password_was_checked_refuses() -> None:
    talk = Talk(LOCKED, limits=Limits(guest_limit=2))
    talk.joins("bob", "lobby", password="tin can")
    talk.holds_questions = True
    for name in ("ann", "eve"):
        talk.connects(name, None, SESSION)
        talk.says(name, join("lobby", password="tin can"))
    talk.answers("eve")
    talk.answers("ann")
    assert talk.is_in("eve").clients == (seen("bob"), seen("eve"))
    talk.hears("ann", refusal("ann", RoomFull()))
    talk.is_open("ann")


def test_an_answer_for_who_has_gone_lets_nobody_in() -> None:
    talk = Talk(LOCKED)
    talk.joins("bob", "lobby", password="tin can")
    talk.forget()
    talk.holds_questions = True
    talk.connects("ann", None, SESSION)
    talk.says("ann", join("lobby", password="tin can"))
    talk.drops("ann")
    talk.answers("ann")
    talk.hears_nothing("ann", "bob")
    assert talk.changes == []


def test_a_password_that_nobody_could_check_may_be_shown_again() -> None:
    talk = Talk(LOCKED)
    talk.joins("bob", "lobby", password="tin can")
    talk.holds_questions = True
    talk.connects("ann", None, SESSION)
    talk.says("ann", join("lobby", password="tin can"))
    talk.answers("ann", Failed("too many wait"))
    talk.hears("ann", refusal("ann", Unavailable(retry_after=5.0)))
    talk.says("ann", join("lobby", password="tin can"))
    talk.answers("ann")
    talk.is_in("ann")
    talk.hears("bob", came("ann"))
