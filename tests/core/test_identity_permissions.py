"""Conversations about what a token permits: a role, rooms, and creating rooms."""

import pytest
from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.questions import CheckPassword, CreateRoomRecord, Identify
from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.errors import NotAllowed, PasswordRequired, RoomNotFound, WrongPassword
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION
from driving.driver import START
from driving.store import OWNER_TOKEN

from .moderated_room import OWNED, talk_with
from .phrases import (
    has_role,
    id_of,
    join,
    kick,
    lock,
    refusal,
    rename,
    resume,
    seen,
)

LOBBY, ATTIC = RoomId("lobby"), RoomId("attic")
SECRET = evolve(OWNED, password_hash="tin can")
TED = Identity("ted@example", "Ted Logan")
BAD_TOKEN = NotAllowed("nobody has this token")
OTHER_ROOMS = NotAllowed("your token is for other rooms")
NAMED_ALREADY = NotAllowed("your token says what you are called")


# Roles ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["owner", "moderator", "guest"])
def test_a_client_has_the_role_of_its_token(role: m.Role) -> None:
    talk = talk_with(Identity("ted@example", role=role), OWNED)
    assert talk.joins("ted", "lobby", token="a token").role == role


def test_the_owners_token_makes_an_owner_of_whoever_shows_it() -> None:
    talk = talk_with(TED, OWNED)
    body = talk.joins("ted", "lobby", token="a token", owner_token=OWNER_TOKEN)
    assert body.clients == (seen("ted", "Ted Logan", "owner"),)


def test_a_moderator_by_token_decides_and_comes_in_through_the_lock() -> None:
    talk = talk_with(evolve(TED, role="moderator"), OWNED)
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.joins("bob", "lobby")
    talk.says("ann", lock())
    body = talk.joins("ted", "lobby", token="a token")
    assert (body.role, body.locked, body.waiting) == ("moderator", True, ())
    talk.says("ted", kick("bob"))
    talk.is_closed("bob", 4506)


def test_a_guest_by_token_waits_in_a_locked_room_and_keeps_its_name() -> None:
    talk = talk_with(TED, OWNED)
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.says("ann", lock())
    talk.knocks("ted", "lobby", token="a token")
    talk.says("ann", m.Lock(GROUND_CONTROL, m.LockBody(False)))
    talk.forget()
    talk.says("ted", rename("The King"))
    talk.hears("ted", refusal("ted", NAMED_ALREADY))
    assert talk.router.roster(LOBBY)[-1] == seen("ted", "Ted Logan")


# Rooms ----------------------------------------------------------------------------------


def test_a_token_for_one_room_opens_it_without_its_password_and_no_other() -> None:
    """jitsi/lib-jitsi-meet issue 1427: a token for room B opened room A."""
    talk = talk_with(evolve(TED, rooms=frozenset({LOBBY})), SECRET, evolve(OWNED, id=ATTIC))
    talk.knocks("ted", "attic", id="7", token="a token")
    talk.hears("ted", refusal("ted", OTHER_ROOMS, reply_to="7"))
    talk.says("ted", join("lobby", token="a token"))
    body = talk.is_in("ted")
    assert (body.room_id, body.role) == ("lobby", "guest")


def test_not_even_an_owner_by_token_enters_a_room_that_the_token_does_not_name() -> None:
    king = Identity("king", role="owner", rooms=frozenset({ATTIC}))
    talk = talk_with(king, SECRET)
    talk.knocks("king", "lobby", token="a token", password="tin can")
    talk.hears("king", refusal("king", OTHER_ROOMS))
    talk.says("king", join("lobby", token="a token", owner_token=OWNER_TOKEN))
    talk.hears("king", refusal("king", OTHER_ROOMS))


def test_a_token_for_other_rooms_makes_none() -> None:
    talk = talk_with(evolve(TED, rooms=frozenset({LOBBY})))
    talk.knocks("ted", "attic", token="a token")
    talk.hears("ted", refusal("ted", OTHER_ROOMS))
    assert talk.rooms == {}


def test_a_token_for_no_room_opens_none() -> None:
    talk = talk_with(evolve(TED, rooms=frozenset()), OWNED)
    talk.knocks("ted", "lobby", token="a token")
    talk.hears("ted", refusal("ted", OTHER_ROOMS))


def test_a_token_that_names_no_room_needs_the_password_of_each() -> None:
    talk = talk_with(TED, SECRET)
    talk.knocks("ted", "lobby", token="a token")
    talk.hears("ted", refusal("ted", PasswordRequired()))
    talk.says("ted", join("lobby", token="a token", password="tin cup"))
    talk.hears("ted", refusal("ted", WrongPassword()))
    talk.says("ted", join("lobby", token="a token", password="tin can"))
    assert talk.is_in("ted").clients == (seen("ted", "Ted Logan"),)


def test_of_a_token_and_a_password_both_are_asked_for_in_this_order() -> None:
    talk = talk_with(TED, SECRET)
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.holds_questions = True
    talk.knocks("ted", "lobby", token="a token", password="tin can")
    talk.asks("ted", Identify("a token"))
    talk.answers("ted")
    talk.asks("ted", CheckPassword("tin can", "tin can"))
    talk.answers("ted")
    assert talk.is_in("ted").clients == (
        seen("ann", role="owner"),
        seen("ted", "Ted Logan"),
    )


@pytest.mark.parametrize("role", ["owner", "moderator"])
def test_who_decides_by_token_needs_no_password(role: m.Role) -> None:
    talk = talk_with(evolve(TED, role=role), SECRET)
    assert talk.joins("ted", "lobby", token="a token").role == role


def test_a_room_that_is_not_there_is_not_found_before_anything_is_said_of_a_token() -> None:
    talk = talk_with(evolve(TED, rooms=frozenset({LOBBY})), on_demand=False)
    talk.knocks("ted", "attic", token="a token")
    talk.hears("ted", refusal("ted", RoomNotFound()))


# create-room ----------------------------------------------------------------------------


def create(token: str | None, *, id: str | None = None) -> m.CreateRoom:
    return m.CreateRoom(GROUND_CONTROL, m.CreateRoomBody("attic", token=token), id=id)


def test_who_makes_a_room_by_token_is_looked_up_first() -> None:
    talk = talk_with(TED)
    talk.holds_questions = True
    talk.connects("ted", None, SESSION)
    said = create("a token", id="7")
    talk.says("ted", said)
    talk.asks("ted", Identify("a token"))
    talk.answers("ted")
    talk.asks("ted", CreateRoomRecord(said.data, START, empty_for=300.0))
    talk.answers("ted")
    body = m.RoomCreatedBody("attic", OWNER_TOKEN)
    talk.hears("ted", m.RoomCreated(id_of("ted"), body, GROUND_CONTROL, reply_to="7"))


def test_a_bad_token_makes_no_room() -> None:
    talk = talk_with(TED)
    talk.connects("eve", None, SESSION)
    talk.says("eve", create("a forged token", id="7"))
    talk.hears("eve", refusal("eve", BAD_TOKEN, reply_to="7"))
    assert talk.rooms == {}


def test_who_has_gone_before_it_was_known_makes_no_room() -> None:
    talk = talk_with(TED)
    talk.holds_questions = True
    talk.connects("ted", None, SESSION)
    talk.says("ted", create("a token"))
    talk.drops("ted")
    talk.answers("ted")
    assert (talk.rooms, talk.questions) == ({}, {})


def test_a_role_in_a_token_holds_in_every_room_and_can_be_raised_in_one() -> None:
    talk = talk_with(TED, OWNED)
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.joins("ted", "lobby", token="a token")
    talk.forget()
    talk.says("ann", m.SetRole(GROUND_CONTROL, m.SetRoleBody(id_of("ted"), "moderator")))
    talk.hears("ted", has_role("ted", "moderator", "Ted Logan"))
    assert talk.joins("ted 2", "attic", token="a token").role == "guest"


def test_a_session_token_is_no_token_of_an_identity() -> None:
    talk = talk_with(TED)
    talk.joins("ted", "lobby", token="a token")
    talk.connects("eve", None, SESSION)
    talk.says("eve", resume("a token", 0, "attic"))
    assert talk.is_in("eve").clients == (seen("eve"),)
